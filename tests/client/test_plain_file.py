"""What is read as a file is one: nothing waits for a pipe, and no device is read without end."""

import os
import socket
from unittest.mock import Mock

import pytest

import zbt_notebook as zbt
from zbt_notebook.client.bugs.files import Files
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.client.rest import arguments

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in its folders")


def a_socket(path, monkeypatch):
    monkeypatch.chdir(path.parent)  # the address of a socket has room for a hundred bytes
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path.name)


def a_large_file(path, _monkeypatch):
    path.touch()
    os.truncate(path, 10**12)


PUT = {
    "a pipe": (lambda path, _: os.mkfifo(path), "a pipe or a device"),
    "a socket": (a_socket, "a pipe or a device"),
    "a device": (lambda path, _: path.symlink_to("/dev/zero"), "a pipe or a device"),
    "a folder": (lambda path, _: path.mkdir(), "directory"),
    "a link to itself": (lambda path, _: path.symlink_to(path), "symbolic links"),
    "a file beyond memory": (a_large_file, "more than 1,024 MiB"),
    "nothing": (lambda *_: None, "No such file"),
}
ROADS = {
    "audit": zbt.audit,
    "an upload": lambda path: arguments.call("POST", "/x/", files={"file": path}),
    "an attachment": lambda path: Files.attach(Mock(), path),
}


@pytest.mark.parametrize(("put", "message"), PUT.values(), ids=PUT)
@pytest.mark.parametrize("read", ROADS.values(), ids=ROADS)
def test_what_is_no_file_is_refused_at_once(put, message, read, tmp_path, monkeypatch):
    """In two lines, wherever a user names a file."""
    path = tmp_path / "it"
    put(path, monkeypatch)
    with pytest.raises(zbt.UsageError, match=message):
        read(path)


@pytest.mark.parametrize("place", ["a\0b", "\ud800", "~nobody-has-this-name/x", 5, None])
def test_what_is_no_path_is_refused_alike(place):
    """As an error of the system, which those who read translate."""
    with pytest.raises(OSError, match=r"no path|No such file"):
        read_plain(place)


def test_a_file_of_ones_own_home_is_read(tmp_path, monkeypatch):
    """Whole, as bytes."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "it").write_bytes(b"\xff\0")
    assert read_plain("~/it") == b"\xff\0"
