"""Kernels, and terminals, for the tests of this folder."""

import io
import os
import sys

import pexpect
import pytest

from tests.forget import FORGET
from tests.kernel.front_end import FrontEnd
from tests.leaks.canaries import leave, leave_children, leave_front_end
from tests.leaks.watched_sandbox import watched_sandbox


@pytest.fixture
def sandbox():
    """All of its secrets are known; a short code may be asked about every second."""
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def site(sandbox):
    """The variables that make the sandbox the data centre of a kernel, or of a terminal."""
    return {"ZBT_ACCOUNTS_URL": sandbox.accounts_url, "ZBT_API_URL": sandbox.api_url}


@pytest.fixture
def start_terminal(tmp_path):
    """``start_terminal("IPython", *options, **environment)``: in a pseudo-terminal, so wide that no link is wrapped."""
    running, said = [], {}

    def start(module, *options, **environment):
        terminal = pexpect.spawn(
            sys.executable,
            ["-m", module, *options],
            cwd=str(tmp_path),
            env=os.environ | {"IPYTHONDIR": str(tmp_path / "ipython")} | environment,
            encoding="utf-8",
            timeout=60,
            dimensions=(50, 2000),
        )
        running.append(terminal)
        terminal.logfile_read = said[terminal] = io.StringIO()
        terminal.expect(r"In \[1\]:")
        return terminal

    yield start
    leave_children()
    for terminal in running:
        leave("terminal", said[terminal].getvalue())
        terminal.close(force=True)


@pytest.fixture
def start_kernel(tmp_path, monkeypatch):
    """``start_kernel(cell_ids=True, kernel_name="python3", **environment)``: a fresh kernel with these variables."""
    running = []

    def start(*, cell_ids=True, kernel_name="python3", **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        running.append(FrontEnd(tmp_path, cell_ids=cell_ids, kernel_name=kernel_name))
        return running[-1]

    yield start
    for front_end in running:
        front_end.stop()


@pytest.fixture(scope="module")
def kept():
    """The kernels that the tests of a file share, by name; none before a test asks for it."""
    front_ends: dict[str, FrontEnd] = {}
    yield front_ends
    for front_end in front_ends.values():
        front_end.stop()


@pytest.fixture
def shared_kernel(kept, tmp_path):
    """``shared_kernel(kernel_name="python3", cell_ids=True)``: a kernel that has forgotten what other tests did."""
    used = []

    def take(kernel_name="python3", *, cell_ids=True):
        if kernel_name not in kept:
            kept[kernel_name] = FrontEnd(tmp_path, kernel_name=kernel_name)
        used.append(kept[kernel_name])
        forgotten = used[-1].run(FORGET.format(folder=tmp_path))
        assert forgotten.status == "ok", forgotten
        used[-1].forget()
        used[-1].cell_ids = cell_ids
        return used[-1]

    yield take
    for front_end in used:
        leave_front_end(front_end)


@pytest.fixture
def kernel(shared_kernel):
    """Such a kernel, its front end in the test's hands."""
    return shared_kernel()
