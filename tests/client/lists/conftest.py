"""A portal of several projects."""

import pytest

from tests.client.conftest import NOW
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World


@pytest.fixture
def world():
    return World(projects=5, bugs=1234, clock=SandboxClock(frozen_at=NOW))
