"""After a test: no secret that a sandbox of this process ever gave out stands in anything that the test left behind.

Known are all codes and tokens that were made while the test ran, and the secrets of the clients of every sandbox that
runs; of what a sandbox in another process makes, the shapes. Searched is what was printed, displayed, logged and kept
in the shell's history, what kernels and pages said, the files of ``tmp_path``, of the home and of the runtime folder,
notebooks as they are and as the page that nbconvert makes of them, what any process wrote into IPython's database,
and what children were called with. A test that holds a secret on purpose says so: ``@pytest.mark.holds_secret("why")``.
"""

import io
import json
import logging
import os
import re
import weakref
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace

import IPython.core.displaypub
import IPython.utils.capture
import pytest

from tests.leaks.artefacts import exported, last_rows, new_rows
from tests.leaks.find_secrets import find_secrets
from zbt_notebook.client.limits.shared_file import runtime_folder
from zbt_notebook.simulator.accounts import state, tokens
from zbt_notebook.simulator.accounts.clients import invent_credentials

WATCHED = {"notebook", "notebooks", "kernel", "browser"}  # folders of tests
LOGGERS = ("zbt_notebook", "urllib3", "requests")
SHAPES = re.compile(  # decimals alone are the numbers of bugs, one after the other, in a Parquet file
    rb"1000\.[0-9a-f]{32}\.[0-9a-f]{32}|(?<![0-9a-zA-Z_./+=-])(?![0-9]{42})[0-9a-f]{42}(?![0-9a-zA-Z_/+=-])"
)
BASE64 = re.compile(rb"MTAwMC4|(?<=[A-Za-z0-9+/])(?:EwMDAu|xMDAwL)[A-Za-z0-9+/]{30}")  # "1000." at each place
# What processes share is an access token, in a folder that is the user's alone.
TOLD_SANDBOX = "sandbox-of-a-test"  # and how a kernel is told of its sandbox
_OTHERS = ("token-", TOLD_SANDBOX)
_HISTORY = "history.sqlite"  # and its journal: the tests' home has one for all of them
_LARGEST = 2_000_000  # bytes of a file that are looked at

_made: list[str] = []  # the halves of codes and tokens, in the order in which sandboxes gave them out
_clients: dict[str, tuple[str, weakref.ref]] = {}  # a client's secret -> its ID, and what lives as long as its sandbox
_left: list[tuple[str, bytes]] = []  # (artefact, content) of the test that runs
_reports = pytest.StashKey[dict]()


def leave(artefact, text):
    """Say what is left behind by something that ends before its test does: a shell, a kernel, a page."""
    _left.append((artefact, text if isinstance(text, bytes) else str(text).encode("utf-8", "surrogatepass")))


def leave_notebook(artefact, text):
    """A saved notebook, and the page that is published of it."""
    leave(artefact, text)
    leave(f"{artefact} as HTML", exported(text))


def leave_shell(shell):
    """The history of an IPython shell, and what its cells gave."""
    history = shell.history_manager
    history.writeout_cache()
    rows = history.db.execute("SELECT source, source_raw FROM history WHERE session = ?", (history.session_number,))
    leave("history", repr((history.input_hist_raw, history.input_hist_parsed, rows.fetchall())))
    leave("outputs of the shell", repr(history.output_hist_reprs) + repr(shell.user_ns.get("Out", "")))


def leave_children():
    """Arguments and environment of every process below this one, where the system tells them."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text("latin-1").rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    ours = {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= more
    for process in ours - {os.getpid()}:
        for part in ("cmdline", "environ"):
            try:
                leave(f"{part} of a child", Path("/proc", str(process), part).read_bytes())
            except OSError:
                continue


def leave_front_end(front_end):
    """All that a kernel said to its front ends, and what its process was called with."""
    leave("messages of the kernel", json.dumps(front_end.messages, default=repr))
    leave_children()


def traces(since=0):
    """Where what was left behind holds a secret: known ones (tokens from the *since*-th on), or its shape."""
    secrets = _tokens(since) | {
        f"secret of {name}": secret for secret, (name, sandbox) in _clients.items() if sandbox() is not None
    }
    found = set()
    for artefact, content in _left:
        found |= {f"{artefact}: {one}" for one in find_secrets(content, secrets)}
        if SHAPES.search(content) or BASE64.search(content):
            found.add(f"{artefact}: the shape of a secret")
    return sorted(found)


@pytest.fixture(autouse=True, scope="session")
def canaries():
    """Remember every code, token and client secret that a sandbox of this process makes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "secrets", SimpleNamespace(token_hex=_remembering_half(token_hex)))
        patch.setattr(state, "invent_credentials", _remembering_secret(invent_credentials))
        yield


def _remembering_half(make):
    def token_hex(size):
        _made.append(make(size))
        return _made[-1]

    return token_hex


def _remembering_secret(invent):
    def invent_credentials(source, client_type):
        client_id, secret = invent(source, client_type)
        _clients[secret] = client_id, weakref.ref(source)
        return client_id, secret

    return invent_credentials


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep what was captured of each phase where the search finds it."""
    report = yield
    item.stash.setdefault(_reports, {})[call.when] = report
    return report


@pytest.fixture(autouse=True)
def no_traces(request):
    """Search all that the test left behind."""
    if not WATCHED & set(request.path.relative_to(request.config.rootpath).parts):
        yield
        return
    _left.clear()
    since, before = len(_made), _files(request)
    rows = {Path(path): last_rows(Path(path)) for path in before if path.endswith(_HISTORY)}
    with pytest.MonkeyPatch.context() as patch, _logs():
        recorders = _record(patch)
        yield
    for recorder in recorders:
        leave("captured by a cell", recorder.getvalue())
    for name, changed in _files(request).items():
        path = Path(name)
        if before.get(name) != changed and not path.name.startswith(_OTHERS):
            _leave_file(path, rows.get(path, {}), since)
    for report in request.node.stash.get(_reports, {}).values():
        for title, text in report.sections:
            leave(title, text)
    marker = request.node.get_closest_marker("holds_secret")
    found = traces(since)
    _left.clear()
    if marker is None:
        assert not found, found


def _leave_file(path, rows, since):
    """What is in a file; of a history all that is new, and of its bytes, which tests share, this test's own tokens."""
    content = path.read_bytes()[:_LARGEST] if path.is_file() else b""
    if path.name == _HISTORY:
        leave("IPython's database", repr(new_rows(path, rows)))
    if not path.name.startswith(_HISTORY):
        leave(path.name, content)
    elif find_secrets(content, _tokens(since)):
        leave(f"bytes of {path.name}", "".join(_tokens(since).values()))
    if path.suffix == ".ipynb":
        leave(f"{path.name} as HTML", exported(content.decode("utf-8", "replace")))


def _tokens(since):
    return {f"code or token {number}": half for number, half in enumerate(_made[since:])}


def _record(patch):
    """Hear everything that is printed into a test's own hands, or displayed."""
    readouterr, publish = pytest.CaptureFixture.readouterr, IPython.core.displaypub.DisplayPublisher.publish

    def read(fixture):
        captured = readouterr(fixture)
        leave("captured by the test", f"{captured.out}\0{captured.err}")
        return captured

    def published(publisher, data, *arguments, **more):
        leave("displayed", json.dumps([data, more], default=repr))
        return publish(publisher, data, *arguments, **more)

    class Recorder(io.StringIO):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            recorders.append(self)

    recorders: list = []
    patch.setattr(pytest.CaptureFixture, "readouterr", read)
    patch.setattr(IPython.core.displaypub.DisplayPublisher, "publish", published)
    patch.setattr(IPython.utils.capture, "StringIO", Recorder)
    return recorders


class _Ear(logging.Handler):
    def emit(self, record):
        leave(f"log of {record.name}", record.getMessage())


class _logs:  # noqa: N801  a context manager
    """Hear the loggers at DEBUG."""

    def __enter__(self):
        self._ear, self._levels = _Ear(), {}
        for name in LOGGERS:
            logger = logging.getLogger(name)
            self._levels[logger] = logger.level
            logger.setLevel(logging.DEBUG)
            logger.addHandler(self._ear)

    def __exit__(self, *_error):
        for logger, level in self._levels.items():
            logger.setLevel(level)
            logger.removeHandler(self._ear)


def _files(request):
    """Every file of the home, the runtime folder and the test's own, with when it changed."""
    folders = [Path.home(), runtime_folder()]
    folders += [request.node.funcargs[name] for name in ("tmp_path",) if name in request.node.funcargs]
    found = {}
    for folder in filter(None, folders):
        for root, _folders, names in os.walk(folder):
            for path in (os.path.join(root, name) for name in names):  # noqa: PTH118  hundreds, before and after each test
                try:
                    facts = os.lstat(path)
                except OSError:
                    continue
                found[path] = (facts.st_mtime_ns, facts.st_size)
    return found
