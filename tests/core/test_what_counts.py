"""What counts against Zoho's limit, and for how long it is remembered."""

import pytest

from zbt_notebook.authorization import Authorization
from zbt_notebook.connection import Connection
from zbt_notebook.data_centers import DataCenter
from zbt_notebook.errors import Unreachable
from zbt_notebook.oauth import ClientCredentials, Token
from zbt_notebook.simulator import Sandbox
from zbt_notebook.transport import RequestsTransport


def used(connection):
    return sum(window.used for window in connection.status().windows)


def at(address, transport, client_id="1000.COUNTS", **options):
    """A connection that is signed in already, to wherever that is."""
    token = Token("1000.access", "1000.refresh", ("ZohoBugTracker.bugs.READ",), 3600)
    data_center = DataCenter("here", address, address)
    authorization = Authorization(ClientCredentials(client_id, "secret"), data_center, token, transport)
    connection = Connection(authorization, transport, **options)
    connection.client._sleep = lambda _: None  # between two tries
    return connection


def test_a_call_that_nobody_took_costs_nothing():
    """Port 9 of this machine: nothing listens, nothing is sent, and Zoho counted nothing."""
    transport = RequestsTransport()
    connection = at("http://127.0.0.1:9", transport)
    for call in (lambda: connection.get("/portals/"), lambda: connection.request("POST", "/portals/")):
        with pytest.raises(Unreachable, match="does not accept"):
            call()
    assert used(connection) == 0
    transport.close()


def test_a_call_that_broke_off_counts():
    """It may have arrived, and so may each of its repeats."""
    transport = RequestsTransport()
    with Sandbox(projects=1, bugs=5) as sandbox:
        connection = at(sandbox.api_url, transport)
        sandbox.faults.add(path="/restapi/*", kind="reset", times=3)
        with pytest.raises(Unreachable, match="broke"):
            connection.get("/portals/")
    assert used(connection) == 3
    transport.close()


def test_a_call_that_is_interrupted_counts(connection):
    """Nobody knows how far it came."""

    def interrupted(_request):
        raise KeyboardInterrupt

    connection.client._transport = interrupted
    with pytest.raises(KeyboardInterrupt):
        connection.get("/portals/")
    assert used(connection) == 1
