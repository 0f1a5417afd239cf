"""What is asked of every file: its length, its version, its reprs."""

import dataclasses
import importlib
import pkgutil
import re
import shutil
import subprocess
import tomllib

import pytest

import zbt_notebook
from tests.conftest import ROOT
from tests.tiers import SLOW

# Lines; a module that outgrows them becomes a folder of the same name. A test file and a card's looks read as lists.
LONGEST = {"zbt_notebook/*.py": 400, "tests/*.py": 500, "zbt_notebook/*.js": 500, "zbt_notebook/*.css": 500}
SECRET = re.compile("secret|token|password|verifier|^code$|^pasted$|^form$|^body$|^headers$|authorization")
# Names that match and whose values are public, each with its reason.
HARMLESS = {
    "Answer.headers",  # what the sandbox's BugTracker sends beside a body: content type, rate limits
    "_Refusal.code",  # the number of an error of Zoho's
}


def tracked(*patterns):
    git = shutil.which("git")
    assert git
    listed = subprocess.run([git, "ls-files", *patterns], check=True, capture_output=True, text=True, cwd=ROOT)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_no_source_file_is_long():
    """A file is read in one sitting."""
    for pattern, longest in LONGEST.items():
        lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in tracked(pattern)}
        assert {name: length for name, length in lengths.items() if length > longest} == {}


def test_the_quick_tier_tries_fewer_examples():
    """A number of examples is given by ``examples``; what the quick tier leaves out may have its own."""
    own = re.compile(r"max_examples=\d")
    tests = [path for path in tracked("tests/*.py") if path.name.startswith("test_")]
    found = {path.relative_to(ROOT / "tests").as_posix() for path in tests if own.search(path.read_text("utf-8"))}
    assert found <= set(SLOW)


def test_the_version_is_said_once():
    """The package and its project file agree, and the changelog knows the version or collects for the next one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert zbt_notebook.__version__ == project["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in changes or f"## [{project['version']}]" in changes


def test_the_top_level_is_the_users():
    """Beside dotfiles and the usual short texts there is only what a user looks for."""
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {top for top in tops if not top.startswith(".")} <= {
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md", "pyproject.toml"),
        *("zbt_notebook", "notebooks", "tests"),
    }


@pytest.mark.parametrize("command", ["python3 -m zbt_notebook demo", "python3 -m tests"])
def test_the_two_commands_stand_in_the_readme(command):
    """A new user finds both, as they are typed, each in a block of its own."""
    assert f"```bash\n{command}\n```" in (ROOT / "README.md").read_text("utf-8")


def modules():
    for found in pkgutil.walk_packages(zbt_notebook.__path__, "zbt_notebook."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def dataclasses_of_the_package():
    return sorted(
        {
            value
            for module in modules()
            for value in vars(module).values()
            if isinstance(value, type)
            and dataclasses.is_dataclass(value)
            and value.__module__.startswith("zbt_notebook.")
        },
        key=lambda found: (found.__module__, found.__qualname__),
    )


def holds_text(annotation):
    return "str" in str(annotation) and "Callable" not in str(annotation)


@pytest.mark.parametrize("found", dataclasses_of_the_package(), ids=lambda found: found.__qualname__)
def test_no_repr_shows_a_secret(found):
    """What tracebacks, logs and outputs print of a value leaves out each field that can hold a secret."""
    value = object.__new__(found)
    texts = [field.name for field in dataclasses.fields(found) if holds_text(field.type)]
    for field in dataclasses.fields(found):
        object.__setattr__(value, field.name, f"<canary {field.name}>" if field.name in texts else None)
    secrets = [name for name in texts if SECRET.search(name) and f"{found.__name__}.{name}" not in HARMLESS]
    if secrets:
        shown = repr(value)
        assert [name for name in secrets if f"<canary {name}>" in shown] == []
