"""What an import costs, and who may import whom."""

import subprocess
import sys

import pytest

from tests.__main__ import linters
from tests.conftest import ROOT

HEAVY = (
    *("pandas", "numpy", "requests", "ipywidgets", "anywidget", "jmespath", "nest_asyncio2", "matplotlib"),
    *("webbrowser", "zbt_notebook.client.redactor"),  # half as long again as all of %load_ext
)
REPORT = f"import sys; print(*(name for name in {HEAVY} if name in sys.modules))"


def run(*arguments):
    done = subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_importing_the_package_imports_nothing_heavy():
    """``import zbt_notebook`` costs milliseconds: what is heavy is imported when it is needed."""
    assert run("-c", f"import zbt_notebook; {REPORT}") == []


def test_load_ext_imports_nothing_heavy():
    """``%load_ext zbt_notebook`` registers the magics and imports none of the libraries behind them."""
    shell = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance()"
    loaded = "shell.run_line_magic('load_ext', 'zbt_notebook'); assert 'zbt' in shell.magics_manager.magics['line']"
    assert run("-c", f"{shell}\n{loaded}\n{REPORT}") == []


@pytest.mark.parametrize(
    "module", ["zbt_notebook", "zbt_notebook.cli", "zbt_notebook.dev_environment", "tests.__main__"]
)
def test_a_bare_python_imports_what_the_two_commands_start_with(module):
    """A fresh machine has the standard library alone (here: no site-packages), and the commands begin all the same."""
    assert run("-S", "-c", f"import {module}") == []


def test_a_bare_python_runs_the_sandbox():
    """The simulated Zoho needs nothing but the standard library."""
    assert run("-S", "-c", "import zbt_notebook.simulator as s; print(s.World(bugs=1).client.client_id[:5])") == [
        "1000."
    ]


def test_imports_point_one_way():
    """The contracts of pyproject.toml hold: layers, and one home each for requests, pandas and the sandbox."""
    command = [*linters()["import-linter"], "--no-cache"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_the_client_does_not_speak_the_notebooks_words():
    """Nothing in the client's code names ``%zbt``: hints name steps, and the notebook says them in its own words."""
    sources = (ROOT / "zbt_notebook" / "client").rglob("*.py")
    assert [path.name for path in sources if "%zbt" in path.read_text("utf-8")] == []


def test_hints_speak_the_words_of_whoever_shows_them():
    """A script that takes the client alone reads of Python; by the package's front door, of ``%zbt``."""
    error = "try: {}.current()\nexcept errors.NotSignedIn as error: print(error.hint)"
    alone = "from zbt_notebook.client import errors, signed_in\n" + error.format("signed_in")
    whole = "from zbt_notebook.client import errors\nimport zbt_notebook as zbt\n" + error.format("zbt")
    assert "zbt.connect(…)," in run("-c", alone)
    assert {"%zbt", "login"} <= set(run("-c", whole))
