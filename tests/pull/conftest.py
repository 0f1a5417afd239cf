"""A portal of several projects without a socket, and a connection to it."""

import pytest

from tests.core.conftest import NOW, Wire, login_flow
from zbt_notebook import kernel
from zbt_notebook.pull import interrupted
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World


def sign_in(world, transport):
    flow = login_flow(world, transport)
    return flow.finish(world.consent(flow.authorization_url))


@pytest.fixture
def world():
    return World(projects=5, bugs=1234, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def wire(world):
    return Wire(world)


@pytest.fixture
def connection(world, wire):
    return sign_in(world, wire)


@pytest.fixture
def store(world):
    return world.bugtracker().store


@pytest.fixture(autouse=True)
def forgetful_kernel():
    yield
    for left in kernel.connections():
        kernel.forget(left)
    interrupted.forget()
