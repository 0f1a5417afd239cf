"""``zbt-notebook``: the demo and the sandbox, as a shell runs them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import zbt_notebook
from tests.conftest import ROOT
from zbt_notebook import cli
from zbt_notebook.client.errors import ZbtError

STOPS = [signal.SIGINT, signal.SIGTERM]


def command(*words):
    return [sys.executable, "-m", "zbt_notebook", *words]


@pytest.fixture
def start(tmp_path):
    """``start("sandbox")``: the command as a child process, ended with the test."""
    running = []

    def start_one(*words):
        running.append(subprocess.Popen(command(*words), text=True, stdout=-1, stderr=-1, cwd=tmp_path))
        return running[-1]

    yield start_one
    for process in running:
        process.kill()
        process.communicate()


def fetch(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        return answer.read().decode()


def is_gone(url):
    try:
        fetch(url)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return True
    return False


@pytest.mark.parametrize("stop", STOPS)
def test_the_sandbox_says_where_it_is_and_serves_until_stopped(start, stop):
    """One line of JSON, then answers, then a clean end on Ctrl-C or SIGTERM."""
    process = start("sandbox")
    told = json.loads(process.stdout.readline())
    assert sorted(told) == ["accounts_url", "api_url", "client_id", "client_secret", "redirect_uri"]
    assert "<html" in fetch(told["redirect_uri"] + "?code=1000.a.b")
    process.send_signal(stop)
    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0
    assert is_gone(told["redirect_uri"])


@pytest.mark.parametrize("stop", STOPS)
def test_the_demo_serves_the_users_copy_of_the_notebooks_until_stopped(start, stop, tmp_path):
    """The printed address opens JupyterLab on ./zbt-demo, which stays as it is left; stopping ends all."""
    mine = tmp_path / "zbt-demo" / "00_quickstart.ipynb"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    process = start("demo", "--no-browser")
    lines = [process.stdout.readline() for _ in range(4)]
    folder, zoho, address = (line.split()[-1] for line in lines[:3])
    assert Path(folder) == tmp_path / "zbt-demo"
    assert "JupyterLab" in fetch(address)
    process.send_signal(stop)
    rest, errors = process.communicate(timeout=20)
    assert (rest.strip(), errors, process.returncode) == ("Stopped.", "", 0)
    assert (is_gone(address), is_gone(zoho)) == (True, True)
    theirs = {path.name: path.read_bytes() for path in cli.notebooks_folder().glob("*.ipynb")}
    assert {path.name: path.read_bytes() for path in Path(folder).glob("*.ipynb")} == theirs | {mine.name: b"mine"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """A file in its place: two lines, and nothing is started."""
    (tmp_path / "zbt-demo").touch()
    with pytest.raises(ZbtError, match="cannot be copied") as caught:
        cli.copy_of_the_notebooks(tmp_path)
    assert caught.value.hint == "Type the command in a folder of yours."


def test_the_demo_says_when_its_port_is_taken(start):
    """A port that somebody else holds ends the demo with Jupyter's own words and the place of its log."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output, errors = start("demo", "--no-browser", "--port", str(port)).communicate(timeout=60)
    assert output == ""
    assert f"port {port}" in errors
    assert "The whole log is in" in errors


def test_the_demo_names_the_extra_it_needs(tmp_path):
    """Installed from a wheel without JupyterLab, the demo says what to install."""
    shutil.copytree(ROOT / "zbt_notebook", tmp_path / "zbt_notebook", ignore=shutil.ignore_patterns("__pycache__"))
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [sys.executable, "-S", "-m", "zbt_notebook", "demo"]
    done = subprocess.run(words, check=False, cwd=tmp_path, env=bare, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == 'The demo needs JupyterLab, which is not installed.\npip install "zbt-notebook[demo]"\n'


def test_the_version_is_told(capsys):
    """``--version`` prints the package's."""
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"zbt-notebook {zbt_notebook.__version__}\n"


@pytest.mark.parametrize("words", [[], ["dmeo"], ["demo", "--port", "many"], ["sandbox", "--secret"]])
def test_unknown_words_show_the_usage(words, capsys):
    """What cannot be understood ends with the usage and status 2, and starts nothing."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(words)
    assert capsys.readouterr().err.startswith("usage: zbt-notebook")
