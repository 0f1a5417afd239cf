"""Mailboxes: what passes from Jupyter's server to a kernel, once, and to nobody else."""

import contextlib
import os
import shutil
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.stopped import full_disk
from tests.tiers import examples
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.notebook.sign_in import mailbox
from zbt_notebook.notebook.sign_in.catchers import Answer
from zbt_notebook.notebook.sign_in.mailbox import LIFE, Mailbox, mailbox_folder

STATE, QUERY = "s" * 43, "code=1000.a.b&state=" + "s" * 43
CONNECTED = Answer(connected=True, title="Connected", text="You can close this tab.")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    return mailbox_folder()


def test_a_redirect_passes_once_and_so_does_the_reply(folder):
    """The kernel gets the query and the server the answer; a second redirect finds nobody, and no file is left."""
    kernel, server = Mailbox(STATE), Mailbox(STATE)
    assert not server.post(QUERY)
    kernel.open()
    assert kernel.take() is None
    assert server.post(QUERY)
    assert not server.post(QUERY)
    assert (kernel.take(), kernel.take()) == (QUERY, None)
    kernel.reply(CONNECTED)
    kernel.close()
    assert (server.replied(), server.replied()) == (CONNECTED, None)
    assert list(folder.iterdir()) == []


def test_files_are_the_users_own_and_do_not_name_the_state(folder):
    """Mode 0600 in a folder of mode 0700; the state is in no name and in no file before the redirect has come."""
    Mailbox(STATE).open()
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert STATE not in path.name + path.read_text("utf-8")
    assert STATE not in repr(Mailbox(STATE))


def test_a_mailbox_expires_and_is_swept(folder):
    """After ten minutes no redirect is taken; later what a killed kernel left is deleted by whoever comes by."""
    now = [folder.stat().st_mtime]
    kernel = Mailbox(STATE, clock=lambda: now[0])
    kernel.open()
    now[0] += LIFE + 1
    assert not Mailbox(STATE, clock=lambda: now[0]).post(QUERY)
    kernel.open()
    now[0] += 3 * LIFE
    Mailbox("other", clock=lambda: now[0]).open()
    assert len(list(folder.iterdir())) == 1


def test_a_redirect_can_be_taken_back(folder):
    """Where the kernel says nothing the code does not lie around; one that it has taken cannot be taken back."""
    kernel, server = Mailbox(STATE), Mailbox(STATE)
    kernel.open()
    assert server.post(QUERY)
    assert server.withdraw()
    assert not server.withdraw()
    assert kernel.take() is None
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("folder")
def test_what_comes_as_somebody_looks_is_not_lost(monkeypatch):
    """Nothing is there yet, and then it is: the next look finds it, the kernel's and the server's."""
    kernel, server = Mailbox(STATE), Mailbox(STATE)
    kernel.open()
    comes: list = []

    def looks(path):
        try:
            return read_plain(path)
        except FileNotFoundError:
            while comes:
                comes.pop()()
            raise

    monkeypatch.setattr(mailbox, "read_plain", looks)
    comes.append(lambda: server.post(QUERY))
    assert (kernel.take(), kernel.take()) == (None, QUERY)
    comes.append(lambda: kernel.reply(CONNECTED))
    assert (server.replied(), server.replied()) == (None, CONNECTED)


ODD = {
    "a link": lambda path: path.symlink_to(path.parent.parent / "elsewhere"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a folder": os.mkdir,
    "another's text": lambda path: path.write_text('{"until": "x", "query": 5}'),
    "no text": lambda path: path.write_bytes(b"\xff\xfe"),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in its folders")
@pytest.mark.parametrize("kind", ["waiting", "claimed", "redirect", "answer"])
@pytest.mark.parametrize("put", ODD.values(), ids=ODD)
def test_whatever_is_in_the_place_of_a_file_costs_only_the_catching(put, kind, folder):
    """It is replaced, or the mailbox takes nothing; nobody waits for it, and nothing is somebody else's exception."""
    kernel, server = Mailbox(STATE), Mailbox(STATE)
    put(folder / kernel._path(kind).name)
    for act in (kernel.take, server.withdraw, server.replied):
        act()
    with contextlib.suppress(UsageError):
        kernel.open()
    with contextlib.suppress(OSError):  # the server extension says that the folder cannot be used
        server.post(QUERY)
    kernel.reply(CONNECTED)
    for act in (kernel.take, server.replied, kernel.close):
        act()
    assert not (folder.parent / "elsewhere").exists()


def test_a_full_disk_or_a_folder_that_is_gone_costs_only_the_catching(folder):
    """The card says so, and the code is pasted; with room again, the same mailbox can be opened."""
    box = Mailbox(STATE)
    with full_disk(3), pytest.raises(UsageError, match="File too large"):
        box.open()
    assert list(folder.iterdir()) == []
    box.open()
    with full_disk(3):
        box.reply(CONNECTED)
    shutil.rmtree(folder)
    assert box.take() is None
    box.reply(CONNECTED)
    box.close()
    with pytest.raises(UsageError, match="No such file"):
        box.open()


@pytest.mark.parametrize("content", ["", "[]", "not json", "\x00", "[" * 100_000])
def test_a_file_of_another_make_is_no_message(folder, content):
    """It is deleted, and nothing is said."""
    box = Mailbox(STATE)
    (folder / box._path("answer").name).write_text(content, "utf-8")
    assert box.replied() is None
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")
@pytest.mark.parametrize("mode", [0o777, 0o750])
def test_a_folder_that_others_can_enter_is_refused(folder, mode):
    """Two lines that say what to do."""
    folder.chmod(mode)
    with pytest.raises(UsageError, match="for you alone") as caught:
        mailbox_folder()
    assert "mode 700" in caught.value.hint


def test_a_link_is_refused(folder, tmp_path):
    """Somebody may have put it there; and a file in the folder's place is no folder."""
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(UsageError):
        mailbox_folder()
    folder.unlink()
    folder.touch()
    with pytest.raises(UsageError):
        mailbox_folder()


@settings(max_examples=examples(30))
@given(state=st.text(), other=st.text())
def test_any_text_is_a_state_of_its_own(tmp_path_factory, state, other):
    """No state reaches another's mailbox, nor a file outside of the folder."""
    folder = tmp_path_factory.mktemp("boxes")
    Mailbox(state, folder).open()
    assert [path.parent for path in folder.rglob("*")] == [folder]
    assert Mailbox(other, folder).post("q") is (state == other)


class TwoSignIns(RuleBasedStateMachine):
    """Two kernels and a server, in any order: what a redirect brings reaches the kernel of its state, once."""

    @initialize()
    def start(self):
        folder = mailbox.mailbox_folder()
        for path in folder.iterdir():
            path.unlink()
        self.boxes = {name: Mailbox(name, folder) for name in ("ada", "bob")}
        self.posted: dict[str, list] = {"ada": [], "bob": []}
        self.taken: dict[str, list] = {"ada": [], "bob": []}
        self.is_open = dict.fromkeys(self.boxes, False)
        self.number = 0

    @rule(name=st.sampled_from(["ada", "bob"]))
    def open(self, name):
        self.boxes[name].open()
        self.is_open[name] = True

    @rule(name=st.sampled_from(["ada", "bob"]))
    def post(self, name):
        self.number += 1
        query = f"{name}-{self.number}"
        assert self.boxes[name].post(query) is self.is_open[name]
        if self.is_open[name]:
            self.posted[name].append(query)
        self.is_open[name] = False

    @rule(name=st.sampled_from(["ada", "bob"]))
    def take(self, name):
        found = self.boxes[name].take()
        if found is not None:
            self.taken[name].append(found)

    @rule(name=st.sampled_from(["ada", "bob"]))
    def close(self, name):
        self.boxes[name].close()
        self.is_open[name] = False

    @invariant()
    def nothing_is_taken_twice_or_by_another(self):
        for name, taken in getattr(self, "taken", {}).items():
            assert len(set(taken)) == len(taken)
            assert set(taken) <= set(self.posted[name])


TestTwoSignIns = TwoSignIns.TestCase
TestTwoSignIns.settings = settings(max_examples=examples(20), stateful_step_count=20)
