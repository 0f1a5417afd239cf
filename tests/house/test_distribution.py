"""What a user installs: the wheel with its data files, and the sdist that it is built from."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from email import message_from_string

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(600)  # a cold cache fetches pandas first

PACKAGE = ROOT / "zbt_notebook"
UV = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
SESSION = """
from IPython.core.interactiveshell import InteractiveShell
import zbt_notebook
assert "site-packages" in zbt_notebook.__file__, zbt_notebook.__file__
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "zbt_notebook")
shell.run_line_magic("zbt", "login --sandbox --auto")
bugs = shell.run_line_magic("zbt", "GET /portals/")
print(type(bugs).__name__, len(bugs))
shell.run_line_magic("zbt", "logout")
"""


def run(*command, **options):
    done = subprocess.run([*map(str, command)], check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def uv(*words, **options):
    assert UV, "uv comes with the tests' own packages"
    return run(UV, "--cache-dir", os.environ["TESTS_UV_CACHE_DIR"], *words, **options)


def interpreter_in(folder):
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def environment_of(folder, python=sys.executable):
    """A new virtual environment; its interpreter."""
    uv("venv", "--quiet", "--python", python, folder)
    return interpreter_in(folder)


def away_from_the_checkout():
    """The variables of a user's shell: no path leads to the sources under test."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The two files that a release uploads: the wheel is built from the sdist, as pip builds it."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--out-dir", folder, ROOT)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """An environment with the wheel and what it declares, and nothing else; its interpreter."""
    python = environment_of(tmp_path_factory.mktemp("user") / "env")
    uv("pip", "install", "--quiet", "--python", python, built[0])
    return python


def files_of(folder, name_in_the_wheel):
    """Every file of a folder of the checkout, by its path in the wheel."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {f"{name_in_the_wheel}/{path.relative_to(folder).as_posix()}" for path in files}


def test_the_wheel_holds_every_file_of_the_package(built):
    """JavaScript, styles, pages, the endpoints, notebooks, py.typed and the server extension's switch."""
    names = set(zipfile.ZipFile(built[0]).namelist())
    needed = files_of(PACKAGE, "zbt_notebook") | files_of(ROOT / "notebooks", "zbt_notebook/notebooks")
    assert {name.rpartition(".")[2] for name in needed} >= {"js", "css", "json", "html", "ipynb", "typed", "py"}
    assert needed - names == set()
    assert any(name.endswith(".data/data/etc/jupyter/jupyter_server_config.d/zbt_notebook.json") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"zbt_notebook"}  # no tests, no second package


def test_the_sdist_holds_what_a_packager_needs(built):
    """The sources, their tests, the notebooks and the licence; nothing of the folder that git ignores."""
    with tarfile.open(built[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tracked = set(run("git", "ls-files", "--cached", cwd=ROOT).split("\n")) - {""}
    assert tracked - names == set()
    assert not [name for name in names if name.startswith((".venv", ".git/")) or "__pycache__" in name]


def test_the_metadata_says_what_pyproject_says(built):
    """Name, Python and licence of the wheel; its README is shown by an index."""
    archive = zipfile.ZipFile(built[0])
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(archive.read(name).decode())
    assert (metadata["Name"], metadata["Requires-Python"], metadata["License-Expression"]) == (
        "zbt-notebook",
        ">=3.11",
        "BSD-3-Clause",
    )
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "%zbt login" in metadata.get_payload()


def test_the_wheel_alone_signs_in_and_makes_a_frame(installed, tmp_path):
    """``%load_ext``, a sign-in to the sandbox and a frame need nothing but what the wheel declares."""
    said = run(installed, "-W", "error::ResourceWarning", "-c", SESSION, cwd=tmp_path, env=away_from_the_checkout())
    assert re.search(r"^DataFrame [1-9]", said, re.MULTILINE), said


def test_the_wheels_command_serves_the_sandbox(installed, tmp_path):
    """``zbt-notebook sandbox``, the installed command, tells its address in one line and answers there."""
    command = installed.with_name("zbt-notebook")
    assert run(command, "--version", env=away_from_the_checkout()).startswith("zbt-notebook ")
    with subprocess.Popen(
        [command, "sandbox"], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=away_from_the_checkout()
    ) as serving:
        assert serving.stdout
        told = json.loads(serving.stdout.readline())
        serving.terminate()
    assert told["client_id"].startswith("1000.")
    assert serving.returncode == 0


def test_the_wheel_brings_its_notebooks_and_enables_its_server_extension(installed, tmp_path):
    """Both stand in the environment where the demo and Jupyter look for them."""
    look = "from zbt_notebook import cli; print(*(path.name for path in cli.notebooks_folder().glob('*.ipynb')))"
    names = run(installed, "-c", look, cwd=tmp_path, env=away_from_the_checkout()).split()
    assert sorted(names) == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    enabled = installed.parents[1] / "etc/jupyter/jupyter_server_config.d/zbt_notebook.json"
    assert json.loads(enabled.read_text()) == {"ServerApp": {"jpserver_extensions": {"zbt_notebook": True}}}
