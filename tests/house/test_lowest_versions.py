"""The lower bounds in pyproject.toml are true: what they allow is enough."""

import os
import re
import sys
import tomllib

import pytest

from tests import BYTECODE
from tests.conftest import ROOT
from tests.house.test_distribution import environment_of, interpreter_in, run, uv

EXTRAS = "fast,excel,keyring"
TOOLS = ("pytest", "pytest-timeout", "hypothesis")
TESTS = (
    "tests/client/auth/test_authorization.py",
    "tests/client/frames/test_frame_dtypes.py",
    "tests/client/frames/test_iso_times.py",
    "tests/client/http",
    "tests/client/rest/test_api.py",
    "tests/client/rest/test_encoding.py",
    "tests/client/test_connection.py",
    "tests/notebook/magic/test_call_line.py",
    "tests/notebook/sign_in/test_login_card.py",
)
OPTIONS = "addopts=--strict-markers --import-mode=importlib"  # those of pyproject.toml name more than these tools
CHOICE = ("-o", OPTIONS, "-m", "not slow", "--hypothesis-profile=quick", "-p", "no:cacheprovider")
OTHERS_OWN = "ignore::DeprecationWarning"  # an old library calls what a newer one has deprecated; no user sees it
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


TOOLS_NEEDED = [line for line in PROJECT["optional-dependencies"]["test"] if re.split(r"[<>=]", line)[0] in TOOLS]


def filled(name, python, *options):
    """The interpreter of an environment with what the project needs, kept in ``.venvs`` of the checkout.

    What it has is resolved anew each time, and costs nothing where that is the same. The project itself is not in it:
    the tests read it from the checkout.
    """
    folder = ROOT / ".venvs" / name
    inside = interpreter_in(folder)
    if not inside.exists():
        environment_of(folder, python)
    extras = [word for extra in EXTRAS.split(",") for word in ("--extra", extra)]
    install = ("pip", "install", "--quiet", "--upgrade", "--python", inside, *options)
    uv(*install, "-r", ROOT / "pyproject.toml", *extras, *TOOLS_NEEDED)
    return inside


def run_tests(python, *tests):
    """What is compiled for it is kept: pandas and IPython take ten seconds."""
    kept = os.environ | {"PYTHONPYCACHEPREFIX": str(BYTECODE)}
    run(python, "-W", OTHERS_OWN, "-m", "pytest", "-q", "-W", OTHERS_OWN, *CHOICE, *tests, cwd=ROOT, env=kept)


@pytest.mark.timeout(900)
def test_the_unit_tests_pass_with_the_lowest_versions_allowed():
    """The oldest pandas, requests, IPython, ipywidgets … that pyproject.toml takes run the client and ``%zbt``."""
    extras = PROJECT["optional-dependencies"]
    python = filled("lowest-versions", sys.executable, "--resolution", "lowest-direct")
    installed = dict(re.findall(r"^(.+?)==(.+)$", uv("pip", "freeze", "--python", python), re.MULTILINE))
    wanted = [*PROJECT["dependencies"], *TOOLS_NEEDED, *(line for extra in EXTRAS.split(",") for line in extras[extra])]
    for line in wanted:
        [(name, lowest)] = re.findall(r"^([\w-]+)>=([\d.]+)$", line)
        assert f"{installed[name]}.".startswith(f"{lowest}."), line  # it is the lowest that was tried
    run_tests(python, *TESTS)
