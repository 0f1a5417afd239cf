"""The core's tests speak to the simulated Zoho without a socket."""

from collections import Counter
from typing import Any

import pytest

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.authorization import Clock
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.http.requests_objects import prepare
from zbt_notebook.client.lists import kept_pull
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.simulator import http as sandbox_http
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

NOW = 1_790_000_000.0  # 2026-09-21


class Wire:
    """A transport that hands every request to a world, and remembers what it saw."""

    def __init__(self, world):
        self.world = world
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        prepared: Any = prepare(request)
        headers = {name.lower(): str(value) for name, value in prepared.headers.items()}
        answer = self.world.handle(sandbox_http.Request(prepared.method, prepared.url, headers, prepared.body or b""))
        return Response(answer.status, {name.lower(): value for name, value in answer.headers}, answer.body)

    def count(self, ending):
        return Counter(request.url.endswith(ending) for request in self.requests)[True]


def login_flow(world, transport):
    """A sign-in of the world's own client that nobody consented to yet."""
    client = world.client
    return LoginFlow(
        client.client_id,
        client.client_secret,
        client.redirect_uri,
        "triage",
        DataCenter("sandbox", world.accounts_url(), world.api_url()),
        transport=transport,
        clock=Clock(wall=world.clock.now, monotonic=world.clock.now, sleep=world.clock.advance),
    )


def sign_in(world, transport):
    """A connection of the world's own client."""
    flow = login_flow(world, transport)
    return flow.finish(world.consent(flow.authorization_url))


@pytest.fixture
def world():
    return World(projects=3, bugs=450, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def store(world):
    return world.bugtracker().store


@pytest.fixture
def wire(world):
    return Wire(world)


@pytest.fixture
def clock(world):
    return Clock(wall=world.clock.now, monotonic=world.clock.now, sleep=world.clock.advance)


@pytest.fixture
def data_center(world):
    return DataCenter("sandbox", world.accounts_url(), world.api_url())


@pytest.fixture
def flow(world, wire):
    return login_flow(world, wire)


@pytest.fixture
def connection(world, flow):
    return flow.finish(world.consent(flow.authorization_url))


@pytest.fixture(autouse=True)
def forgetful_kernel():
    """No test leaves a connection, or a pull that was cut short, to the next."""
    yield
    for left in signed_in.connections():
        signed_in.forget(left)
    kept_pull.forget()
