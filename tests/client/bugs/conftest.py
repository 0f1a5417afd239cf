"""A portal of several projects without a socket, and a connection to it."""

import pytest

from tests.client.conftest import NOW, Wire, login_flow
from zbt_notebook.client import signed_in
from zbt_notebook.client.lists import kept_pull
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
    for left in signed_in.connections():
        signed_in.forget(left)
    kept_pull.forget()
