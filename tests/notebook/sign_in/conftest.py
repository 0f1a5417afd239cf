"""A small sandbox for the sign-ins of this folder, and no connection left behind."""

import pytest

from zbt_notebook.client import signed_in
from zbt_notebook.notebook.embedded_sandbox import sandbox


@pytest.fixture
def site():
    """A sandbox of its own, running."""
    running = sandbox(bugs=20, projects=1)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_connections():
    yield
    for connection in signed_in.connections():
        signed_in.forget(connection)
