"""Kernels, and terminals, for the tests of this folder."""

import io
import os
import sys

import pexpect
import pytest

from tests.kernel.front_end import FrontEnd
from tests.leaks.canaries import leave, leave_children
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


@pytest.fixture
def kernel(start_kernel):
    """A fresh kernel, its front end in the test's hands."""
    return start_kernel()
