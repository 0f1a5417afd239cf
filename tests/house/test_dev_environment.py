"""The environment of a source checkout, on small checkouts of their own: real venv, real pip and uv, no index."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.conftest import ROOT
from zbt_notebook import dev_environment
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.dev_environment import Environment

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "zbt-notebook"
version = "0"
dependencies = []
optional-dependencies = { lab = ["pip"], test = [] }
"""
BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    files = {
        "zbt_notebook-0.dist-info/METADATA":
            "Metadata-Version: 2.1\\nName: zbt-notebook\\nVersion: 0\\n"
            "Provides-Extra: lab\\nRequires-Dist: pip; extra == 'lab'\\nProvides-Extra: test\\n",
        "zbt_notebook-0.dist-info/WHEEL":
            "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "zbt_notebook-0.dist-info/RECORD": "",
    }
    name = "zbt_notebook-0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""


UV = shutil.which("uv")


@pytest.fixture
def pip_wheel(tmp_path_factory):
    """A folder with a wheel of that name: what a registry has."""
    folder = tmp_path_factory.mktemp("wheels")
    info = "pip-99.dist-info"
    files = {
        "pip/__init__.py": "",
        "pip/__main__.py": "print('pip 99')",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: pip\nVersion: 99\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / "pip-99-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return folder


@pytest.fixture(params=["uv"])
def root(request, tmp_path, monkeypatch, pip_wheel):
    """A checkout whose installation needs nobody, filled by uv or, where there is none, by pip."""
    for installer in ("PIP", "UV"):
        monkeypatch.setenv(f"{installer}_NO_INDEX", "1")
        monkeypatch.setenv(f"{installer}_FIND_LINKS", str(pip_wheel))
    assert UV, "uv comes with the tests' own packages"
    monkeypatch.setattr(shutil, "which", lambda _name: UV if request.param == "uv" else None)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)
    return tmp_path


@pytest.fixture
def environment(root):
    return Environment(root)


def installed_in(environment):
    listing = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
    names = subprocess.check_output([environment.python, "-c", listing], text=True).split()
    return sorted({name for name in names if name != "setuptools"})  # which ensurepip brings on Python 3.11


@pytest.fixture
def no_ensurepip(monkeypatch):
    """As on Debian: the environment's own pip comes from the registry. Elsewhere ensurepip takes five seconds."""
    works = dev_environment._works
    monkeypatch.setattr(dev_environment, "_works", lambda command: "ensurepip" not in command and works(command))


@pytest.mark.parametrize("root", ["uv", "pip"], indirect=True)
def test_it_is_filled_once_and_pip_works_there(environment, capfd):
    """The first start shows the names before and while they come, the next only looks; the user can install more."""
    assert environment.prepare("lab")
    said = capfd.readouterr()
    assert "Installing pip and what they need:" in said.err
    assert said.out == ""
    assert installed_in(environment) == ["pip", "zbt-notebook"]
    done = subprocess.run([environment.python, "-m", "pip", "--version"], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("pip ")
    assert environment.is_ready("lab")
    assert not environment.prepare("lab")


@pytest.mark.usefixtures("no_ensurepip")
def test_where_uv_cannot_pip_does(environment, monkeypatch, tmp_path, capfd):
    """A uv that fails, for it has another configuration than pip, is told and passed over."""
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\nexit 2\n")
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name: str(broken))
    assert environment.prepare("lab")
    assert "uv cannot" in capfd.readouterr().err
    assert installed_in(environment) == ["pip", "zbt-notebook"]


def test_a_changed_project_file_refreshes_what_is_there(root, environment):
    """New requirements are installed into the same environment, with every extra that was asked for before."""
    environment.prepare("test")
    (environment.folder / "kept").touch()
    (root / "pyproject.toml").write_text(PROJECT + "# changed\n")
    assert not environment.is_ready("test")
    assert environment.prepare("lab")
    assert (environment.is_ready("test"), environment.is_ready("lab")) == (True, True)
    assert (environment.folder / "kept").exists()


@pytest.mark.usefixtures("no_ensurepip")
def test_a_half_made_environment_is_made_anew(root, environment):
    """A start that was cut off or failed, by uv and by pip, leaves nothing that a later one would trust."""
    (root / "backend.py").write_text("raise RuntimeError('cut off')")
    with pytest.raises(ZbtError, match="the packages were not installed"):
        environment.prepare("lab")
    assert not environment.is_ready("lab")
    (environment.folder / "debris").touch()
    (root / "backend.py").write_text(BACKEND)
    assert environment.prepare("lab")
    assert not (environment.folder / "debris").exists()
    assert installed_in(environment) == ["pip", "zbt-notebook"]


@pytest.mark.parametrize("damage", ["moved", "unreadable", "no interpreter"])
def test_an_environment_that_cannot_be_trusted_is_made_anew(environment, damage):
    """Moved with its folder, with a damaged note, or with its interpreter gone: it is not repaired but remade."""
    environment.prepare("lab")
    (environment.folder / "debris").touch()
    note = environment.folder / "zbt-notebook.json"
    if damage == "moved":
        note.write_text(json.dumps({**json.loads(note.read_text()), "root": "/elsewhere"}))
    elif damage == "unreadable":
        note.write_text("{")
    else:
        environment.python.unlink()
    assert environment.prepare("lab")
    assert not (environment.folder / "debris").exists()


@pytest.mark.usefixtures("no_ensurepip")
def test_a_users_own_environment_is_added_to_and_never_deleted(root, environment):
    """A .venv that somebody else made keeps what it holds, also when the installation fails."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment.folder], check=True)
    (environment.folder / "theirs").touch()
    (root / "backend.py").write_text("raise RuntimeError('cut off')")
    with pytest.raises(ZbtError):
        environment.prepare("lab")
    (root / "backend.py").write_text(BACKEND)
    assert environment.prepare("lab")
    assert (environment.folder / "theirs").exists()
    assert installed_in(environment) == ["pip", "zbt-notebook"]


def test_a_bare_interpreter_goes_on_in_the_environment(root):
    """Started by a Python without packages, a command ends up in .venv, its arguments with it."""
    package = root / "zbt_notebook"
    (package / "client").mkdir(parents=True)
    for file in [*(ROOT / "zbt_notebook").glob("*.py"), *(ROOT / "zbt_notebook" / "client").glob("*.py")]:
        shutil.copy(file, package / file.relative_to(ROOT / "zbt_notebook"))
    (package / "where.py").write_text(
        "import os, sys\nfrom zbt_notebook import dev_environment\n"
        "dev_environment.enter('lab', module='zbt_notebook.where')\n"
        "print(sys.prefix, os.environ['VIRTUAL_ENV'], *sys.argv[1:])\n"
    )
    command = [sys.executable, "-S", "-m", "zbt_notebook.where", "--an", "argument"]
    for _start in range(2):
        another = bare() | {"VIRTUAL_ENV": str(root / "another")}
        done = subprocess.run(command, check=False, cwd=root, env=another, capture_output=True, text=True)
        assert done.stdout.split() == [str(root / ".venv")] * 2 + ["--an", "argument"], done.stderr


def bare():
    """The tests' environment without their PYTHONPATH, which would lead back to the checkout under test."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
