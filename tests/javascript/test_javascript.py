"""The cards' JavaScript: formatted, linted and type-checked, and one scope without a name twice."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from zbt_notebook.notebook.js_bundle import bundle

FOLDER = ROOT / "zbt_notebook" / "notebook" / "js"
HERE = Path(__file__).parent
PACKAGES = ("@biomejs/biome@2.6.8", "typescript@5.9")
COMMANDS = (("biome", "check", "--config-path", str(HERE), str(FOLDER)), ("tsc", "-p", str(HERE)))


@pytest.fixture(scope="module")
def tools():
    """The folder of the programs, kept in ``.venvs``; where there is no node, or no registry, nothing can be run."""
    folder = ROOT / ".venvs" / "-".join(re.sub(r"\W+", "-", package).strip("-") for package in PACKAGES)
    programs = folder / "node_modules" / ".bin"
    if all((programs / command[0]).exists() for command in COMMANDS):
        return programs
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
    done = subprocess.run(install, check=False, capture_output=True, text=True, timeout=110)
    if done.returncode:
        pytest.skip(f"the registry gives nothing: {done.stderr[-200:]}")
    return programs


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_it_is_formatted_linted_and_typed(tools, command):
    """Nothing is found; every file of the folder is looked at."""
    program, *arguments = command
    done = subprocess.run([tools / program, *arguments], check=False, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["card", "project_picker"])
def test_a_bundle_is_one_scope(name):
    """No import is left, one export, and no name is declared twice at the top level."""
    source = bundle(name)
    assert not re.findall(r"^import ", source, re.MULTILINE)
    assert re.findall(r"^export .*", source, re.MULTILINE) == ["export default {"]
    names = re.findall(r"^(?:const|let|class|function|async function) (\w+)", source, re.MULTILINE)
    assert len(names) == len(set(names)) > 5


def test_every_file_is_in_a_bundle():
    """Nothing lies in the folder that no card is made of."""
    bundles = bundle("card") + bundle("project_picker")
    for path in FOLDER.glob("*.js"):
        first = next(line for line in path.read_text("utf-8").splitlines() if line.startswith("//"))
        assert first in bundles, path.name
