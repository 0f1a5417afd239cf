"""64 threads that call at once, from the call to the simulated Zoho and back: one token request, whatever happens."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zbt_notebook.client.errors import SignInRejected, Unreachable, ZbtError

THREADS = 64


@pytest.fixture
def storm(connection, wire):
    """``storm()``: each thread makes a call; what came, and how many token requests it cost."""
    portal = connection.get("/portals/")["portals"][0]["id"]
    paths = ["/portals/", f"/portal/{portal}/projects/"] * (THREADS // 2)  # no address nears its limit of 100

    def blow():
        before, together = wire.count("/oauth/v2/token"), threading.Barrier(THREADS)

        def call(path):
            together.wait(20)
            try:
                return bool(connection.get(path))
            except ZbtError as error:
                return type(error), str(error)

        with ThreadPoolExecutor(THREADS) as pool:
            outcomes = list(pool.map(call, paths))
        return set(outcomes), wire.count("/oauth/v2/token") - before

    return blow


def test_an_expired_token(storm, world):
    """An hour later all go on with one new token."""
    world.clock.advance(3600)
    assert storm() == ({True}, 1)


def test_an_early_401(storm, world):
    """Zoho rejects a token that should be good: one refresh, and each call is repeated once."""
    tokens = world.accounts.state.tokens
    with world.accounts.state.lock:
        tokens.grants.clear()
    before = world.log.total
    assert storm() == ({True}, 1)
    assert world.log.total - before <= 2 * THREADS + 1


@pytest.mark.parametrize("early", [True, False])
def test_a_token_endpoint_that_fails(storm, world, early):
    """One request is sent and one error is everybody's, whether the token has expired or was rejected."""
    if early:
        world.accounts.state.tokens.grants.clear()
    else:
        world.clock.advance(3600)
    world.faults.add(kind="html", path="/oauth/v2/toke[n]", times=None, status=503)
    outcomes, asked = storm()
    assert (len(outcomes), asked) == (1, 1)
    assert outcomes.pop()[0] is Unreachable


def test_a_sign_in_that_was_ended(storm, world):
    """The user revoked the access: one request, 64 times the same advice."""
    world.disconnect()
    outcomes, asked = storm()
    assert (len(outcomes), asked) == (1, 1)
    assert outcomes.pop()[0] is SignInRejected
