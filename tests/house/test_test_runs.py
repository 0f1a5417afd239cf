"""How the tests themselves run: with their own plugins alone, and without compiling anything twice."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PLUGINS = {"hypothesis", "pytest-cov", "pytest-randomly", "pytest-timeout", "pytest-xdist"}


def test_no_plugin_that_happens_to_be_installed_takes_part(pytestconfig):
    """Some warn, and a warning is an error; some take seconds to import."""
    assert {found.project_name for _, found in pytestconfig.pluginmanager.list_plugin_distinfo()} <= PLUGINS


def test_what_is_compiled_is_kept_although_nothing_may_be_written_beside_the_sources():
    """A kernel of a test takes half the time, and a checkout is as clean as its user wants it."""
    look = "import sys, tests; print(sys.dont_write_bytecode, sys.pycache_prefix == str(tests.BYTECODE))"
    wish = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", look], env=wish, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_a_server_of_a_test_makes_no_grammar_of_iris():
    """It does without, as where ``rfc3987_syntax`` is not installed; each start took three seconds longer."""
    look = "import sys, jsonschema; print('lark' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_choice_without_slow_tests_has_none():
    """They bear their mark before pytest chooses by marks, as the quick tier does."""
    slow = "tests/client/bugs/test_every_filter.py"
    run = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "--quiet",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
        slow,
    ]
    done = subprocess.run(run, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout
