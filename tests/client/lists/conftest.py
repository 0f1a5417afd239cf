"""A portal of several projects, most of which come in one page each; and one whose lists have several."""

import pytest

from tests.client.conftest import NOW
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World


@pytest.fixture
def world():
    return World(projects=5, bugs=500, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def large_world():
    """Where pages are the subject: a file lets its ``world`` be this one."""
    return World(projects=5, bugs=1234, clock=SandboxClock(frozen_at=NOW))
