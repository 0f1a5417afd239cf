"""A portal of several projects without a socket, and a connection to it."""

import pytest

from tests.core.conftest import NOW, Wire
from zbt_notebook import kernel
from zbt_notebook.authorization import Clock
from zbt_notebook.data_centers import DataCenter
from zbt_notebook.login_flow import LoginFlow
from zbt_notebook.pull import interrupted
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World


def sign_in(world, transport):
    clock = Clock(wall=world.clock.now, monotonic=world.clock.now)
    client = world.client
    data_center = DataCenter("sandbox", world.accounts_url(), world.api_url())
    flow = LoginFlow(
        client.client_id,
        client.client_secret,
        client.redirect_uri,
        "triage",
        data_center,
        transport=transport,
        clock=clock,
    )
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
