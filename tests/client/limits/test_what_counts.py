"""What counts against Zoho's limit, and for how long it is remembered."""

import gc
from datetime import timedelta

import pytest

from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import RateLimited, Unreachable
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.http.transport import RequestsTransport
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.shared_budget import SharedBudget
from zbt_notebook.notebook.embedded_sandbox import sandbox as start_sandbox
from zbt_notebook.simulator import Sandbox

PORTALS = Response(200, {"content-type": "application/json"}, b'{"portals": []}')
HERE, ELSEWHERE = "http://127.0.0.1:1", "http://127.0.0.1:2"


def used(connection):
    return sum(window.used for window in connection.status().windows)


def at(address, transport=lambda _: PORTALS, client_id="1000.COUNTS", refresh="1000.refresh", **options):
    """A connection that is signed in already, to wherever that is."""
    token = Token("1000.access", refresh, ("ZohoBugTracker.bugs.READ",), 3600)
    data_center = DataCenter("here", address, address)
    clock = options.get("clock")
    authorization = Authorization(
        ClientCredentials(client_id, "canary-of-a-client"), data_center, token, transport, clock=clock
    )
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

    connection.client.transport = interrupted
    with pytest.raises(KeyboardInterrupt):
        connection.get("/portals/")
    assert used(connection) == 1


def test_who_signs_in_again_goes_on_counting():
    """Zoho counts by client and address: neither a new token nor another name begins a new window."""
    first = at(HERE)
    first.get("/portals/")
    first.logout()
    del first
    gc.collect()
    second, third = at(HERE), at(HERE, name="other")
    second.get("/portals/")
    assert used(second) == used(third) == 2
    assert used(at(HERE, client_id="1000.OTHER")) == used(at(ELSEWHERE)) == 0


def test_zohos_lock_outlives_the_sign_in():
    """Signing in again is what many try first; nothing is sent before the time all the same."""
    first = at(HERE)
    first.client.limits.lock("GET /restapi/portals", first.client.today() + timedelta(minutes=20))
    with pytest.raises(RateLimited):
        at(HERE).get("/portals/")


def test_a_clock_or_limits_of_ones_own_are_nobody_elses():
    """Their times mean nothing to others."""
    at(HERE).get("/portals/")
    clock = Clock(wall=lambda: 0.0, monotonic=lambda: 0.0)
    assert used(at(HERE, clock=clock)) == 0
    assert used(at(HERE, limits=RateLimits(lambda: 0, clock.today))) == 0


def test_what_nobody_uses_is_not_kept_for_ever():
    """The latest sixteen clients, and all who are signed in."""
    held = at(HERE, client_id="1000.HELD")
    held.get("/portals/")
    at(HERE, client_id="1000.GONE").get("/portals/")
    for number in range(16):
        at(HERE, client_id=f"1000.X{number}").get("/portals/")
    gc.collect()
    assert [used(at(HERE, client_id=f"1000.{name}")) for name in ("GONE", "HELD", "X15")] == [0, 1, 1]


def test_a_budget_that_is_shared_is_shared_by_all_of_the_client(monkeypatch, tmp_path):
    """What this kernel's connections have used goes over to the file, once; the lock too."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    first, second = at(HERE), at(HERE, name="other")
    first.get("/portals/")
    second.client.limits.lock("GET /users", second.client.today() + timedelta(minutes=20))
    assert second.share_budget()
    assert first.share_budget()
    first.get("/portals/")
    elsewhere = RateLimits(first.client.limits._clock, first.client.today, windows=SharedBudget.of(HERE, "1000.COUNTS"))
    assert elsewhere.forecast("GET /users", 1) > 1100
    elsewhere.forecast("GET /restapi/portals", 1)
    assert [use.used for use in elsewhere.use() if use.used] == [2]
    assert used(second) == 2


def test_a_sandbox_that_is_stopped_takes_its_counts_along():
    """Another one may come to its address, and has counted nothing."""
    site = start_sandbox(projects=1, bugs=5)
    address = site.data_center.api_url
    at(address).get("/portals/")
    site.stop()
    assert used(at(address)) == 0


def test_a_refresh_token_has_one_budget_however_often_it_is_used():
    """A remembered sign-in brings back the refresh token of a connection that may still be there."""
    answer = Response(200, {}, b'{"access_token": "1000.new", "expires_in": 3600}')
    first, second = (at(HERE, lambda _: answer, name=name) for name in "ab")  # an exchange each
    first.refresh()
    second.refresh()
    assert first.status().token_budget_left == second.status().token_budget_left == 6
    other = at(HERE, lambda _: answer, refresh="1000.another")
    assert other.status().token_budget_left == 9


def test_a_refresh_that_never_left_costs_nothing_of_its_budget():
    """Port 9 of this machine: nothing listens."""
    transport = RequestsTransport()
    connection = at("http://127.0.0.1:9", transport)
    with pytest.raises(Unreachable):
        connection.refresh()
    assert connection.status().token_budget_left == 9
    transport.close()


def test_a_lock_that_these_calls_did_not_cause_halves_what_they_use():
    """Others call with the same client: Zoho would lock again and again. Threads that meet one lock count it once."""
    connection = at(HERE)
    limits, until = connection.client.limits, connection.client.today() + timedelta(seconds=1)
    assert limits.lock("GET /users", until) == 50
    assert limits.lock("GET /users", until) == 50
    assert {use.key: use.limit for use in connection.status().windows}["GET /users"] == 50
    assert limits.forecast("GET /users", 51) >= 120 > limits.forecast("GET /users", 50)
    assert limits.forecast("GET /bugs", 100) == 0
