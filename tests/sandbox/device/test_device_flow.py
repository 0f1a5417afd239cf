"""The device authorization flow (fact sheet A5)."""

import json
import re
from urllib.parse import urlencode

import pytest

from tests.sandbox.person import FORM, Person, ticket
from zbt_notebook.simulator import Clock, World
from zbt_notebook.simulator.http import Request


@pytest.fixture
def world():
    return World(data_centers=("us", "eu"), clock=Clock(frozen_at=1_700_000_000))


@pytest.fixture
def device(world):
    return Person(world, world.demo_client("device"))


def start(device, **changes):
    fields = {
        "client_id": device.client.client_id,
        "grant_type": "device_request",
        "scope": "ZohoBugTracker.bugs.READ,ZohoBugTracker.portals.READ",
        "access_type": "offline",
    }
    return device.say("/oauth/v3/device/code", **(fields | changes))


def poll(device, started, dc=None):
    fields = device.credentials(grant_type="device_token", code=started["device_code"])
    return device.say("/oauth/v3/device/token", dc, **fields)


def test_the_first_answer_is_in_milliseconds(world, device):
    """User code, device code, page, 30,000 ms between polls, 300,000 ms of life; no secret was needed."""
    answer = start(device)
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", answer["user_code"])
    assert answer["verification_url"] == f"{world.accounts_url()}/oauth/v3/device"
    assert answer["verification_uri_complete"].endswith(f"?user_code={answer['user_code']}")
    assert (answer["interval"], answer["expires_in"]) == (30_000, 300_000)


def test_the_first_answer_in_seconds(world, device):
    """Others saw seconds, and no complete address: switches."""
    world.set(device_units="seconds", device_complete_uri=False)
    answer = start(device)
    assert (answer["interval"], answer["expires_in"]) == (30, 300)
    assert "verification_uri_complete" not in answer


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "1004.NOBODY"}, "invalid_client"),
        ({"scope": "ZohoBugTracker.bugs.LOOK"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"grant_type": "device_token"}, "unsupported_grant_type"),
    ],
)
def test_known_start_errors(device, changes, word):
    """An unknown client or scope is refused at the start."""
    assert start(device, **changes) == {"error": word}


def test_a_server_client_cannot_start_a_device_flow(world, device):
    """The flow belongs to non-browser clients."""
    assert start(device, client_id=world.client.client_id) == {"error": "invalid_client"}


def test_polling_until_the_user_accepts(world, device):
    """``authorization_pending`` until the decision, then both tokens, once; the refresh goes to ``/oauth/v2/token``."""
    started = start(device)
    assert poll(device, started) == {"error": "authorization_pending"}
    world.approve_device(started["user_code"])
    world.clock.advance(30)
    answer = poll(device, started)
    assert answer.keys() >= {"access_token", "refresh_token", "api_domain", "token_type", "expires_in"}
    world.clock.advance(30)
    assert poll(device, started) == {"error": "invalid_code"}
    assert "access_token" in json.loads(device.refresh(answer["refresh_token"]).body)


def test_online_access_gives_no_refresh_token(world, device):
    """Without ``access_type=offline`` there is an access token only."""
    started = start(device, access_type="online")
    world.approve_device(started["user_code"])
    assert "refresh_token" not in poll(device, started)


def test_two_polls_within_thirty_seconds_are_too_fast(world, device):
    """The second is told ``slow_down``, and counts as a poll itself."""
    started = start(device)
    poll(device, started)
    world.clock.advance(29)
    assert poll(device, started) == {"error": "slow_down"}
    world.clock.advance(29)
    assert poll(device, started) == {"error": "slow_down"}
    world.clock.advance(30)
    assert poll(device, started) == {"error": "authorization_pending"}


def test_the_interval_is_a_switch(world, device):
    """Tests and demos need not wait half a minute."""
    world.set(device_interval=0)
    started = start(device)
    assert [poll(device, started)["error"] for _ in range(3)] == ["authorization_pending"] * 3


def test_a_throttled_device_may_ask_again(world, device):
    """A sign-in refused by the limit on new refresh tokens is not lost."""
    world.set(refresh_token_limit=1)
    for expected in ("access_token", "error_description"):
        started = start(device)
        world.approve_device(started["user_code"])
        assert expected in poll(device, started)
    world.set(refresh_token_limit=0, device_interval=0)
    assert "access_token" in poll(device, started)


def test_rejected(world, device):
    """A user who rejects is told to the device as ``access_denied``."""
    started = start(device)
    world.approve_device(started["user_code"], accept=False)
    assert poll(device, started) == {"error": "access_denied"}


def test_expired(world, device):
    """After five minutes the code is ``expired`` and can no longer be typed."""
    started = start(device)
    world.clock.advance(300)
    assert poll(device, started) == {"error": "expired"}
    with pytest.raises(ValueError, match="no device waits"):
        world.approve_device(started["user_code"])


def test_a_user_of_another_data_centre(world, device):
    """``other_dc`` names the place under both keys in use; polling goes on there."""
    started = start(device)
    world.sign_in(data_center="eu")
    world.approve_device(started["user_code"])
    assert poll(device, started) == {"error": "other_dc", "user_location": "eu", "dc": "eu"}
    answer = poll(device, started, "eu")
    assert world.accounts.grant_for(answer["access_token"]).data_center == "eu"


@pytest.mark.parametrize("key", ["user_location", "dc"])
def test_other_dc_under_one_key_only(world, device, key):
    """Which of the two keys is real is not known: a switch sends one alone."""
    world.set(device_location_keys=(key,))
    started = start(device)
    world.sign_in(data_center="eu")
    world.approve_device(started["user_code"])
    assert poll(device, started) == {"error": "other_dc", key: "eu"}


def test_polling_needs_the_secret(world, device):
    """The poll authenticates the client; a foreign or unknown device code is ``invalid_code``."""
    started = start(device)
    wrong = device.credentials(grant_type="device_token", code=started["device_code"], client_secret="wrong")
    assert device.say("/oauth/v3/device/token", **wrong) == {"error": "invalid_client_secret"}
    assert poll(device, {"device_code": "1000.no.code"}) == {"error": "invalid_code"}
    assert device.say("/oauth/v3/device/token", grant_type="x") == {"error": "unsupported_grant_type"}
    other = Person(world, world.register_client("Other device", type="device"))
    assert poll(other, started) == {"error": "invalid_code"}


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_the_user_types_the_code_and_decides(world, device, decision):
    """The page takes the code in any case, with or without its hyphen, and asks before it grants."""
    started = start(device)
    typed = started["user_code"].lower().replace("-", "")
    page = device.get(f"{started['verification_url']}?user_code={typed}")
    assert b"Device demo" in page.body
    form = {"ticket": ticket(page), "user_code": started["user_code"], "decision": decision}
    done = world.handle(Request("POST", started["verification_url"], FORM, urlencode(form).encode()))
    assert done.status == 200
    assert ("access_token" in poll(device, started)) is (decision == "accept")


def test_the_device_page_refuses_what_it_did_not_ask(world, device):
    """A form without the page's own ticket decides nothing; an unknown code is asked for again."""
    started = start(device)
    form = urlencode({"ticket": "é", "user_code": started["user_code"], "decision": "accept"}).encode()
    world.handle(Request("POST", started["verification_url"], FORM, form))
    assert poll(device, started) == {"error": "authorization_pending"}
    assert "no sign-in with this code" in device.get(f"{started['verification_url']}?user_code=XXXX").body.decode()
    assert "user_code" in device.get(started["verification_url"]).body.decode()
