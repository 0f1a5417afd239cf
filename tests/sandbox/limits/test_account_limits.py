"""How many codes and tokens there may be, and how often (fact sheet A3)."""

import json

import pytest

from tests.sandbox.person import landed

THROTTLED = {
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


def test_ten_refreshes_in_ten_minutes(world, person):
    """The eleventh token call of a refresh token is throttled with HTTP 400 until the window has moved on."""
    token = person.sign_in()["refresh_token"]
    assert all("access_token" in json.loads(person.refresh(token).body) for _ in range(10))
    response = person.refresh(token)
    assert (response.status, json.loads(response.body)) == (400, THROTTLED)
    world.clock.advance(599)
    assert json.loads(person.refresh(token).body) == THROTTLED
    world.clock.advance(1)
    assert "access_token" in json.loads(person.refresh(token).body)


@pytest.mark.parametrize("status", [200, 400, 429])
def test_the_throttle_comes_in_three_statuses(world, person, status):
    """Sources disagree on the throttle's status; its body is always the same."""
    world.set(token_throttle_status=status, access_token_limit=1)
    token = person.sign_in()["refresh_token"]
    person.refresh(token)
    response = person.refresh(token)
    assert (response.status, json.loads(response.body)) == (status, THROTTLED)


def test_each_refresh_token_has_its_own_budget(world, person):
    """The ten calls are counted per refresh token."""
    world.set(access_token_limit=1)
    first, second = person.sign_in()["refresh_token"], person.sign_in()["refresh_token"]
    assert [person.refresh(token).status for token in (first, second, first, second)] == [200, 200, 400, 400]


def test_ten_access_tokens_live_per_refresh_token(world, person):
    """One more evicts the oldest, which then allows nothing."""
    first = person.sign_in()
    second = json.loads(person.refresh(first["refresh_token"]).body)["access_token"]
    for _ in range(8):
        person.refresh(first["refresh_token"])
    assert world.accounts.grant_for(first["access_token"])
    person.refresh(first["refresh_token"])
    assert world.accounts.grant_for(first["access_token"]) is None
    assert world.accounts.grant_for(second)


def test_expired_access_tokens_leave_room(world, person):
    """Only living tokens count."""
    world.set(access_tokens_kept=2, token_lifetime=60)
    first = person.sign_in()
    world.clock.advance(61)
    others = [json.loads(person.refresh(first["refresh_token"]).body)["access_token"] for _ in range(2)]
    assert all(world.accounts.grant_for(token) for token in others)


def test_the_21st_refresh_token_evicts_the_oldest(world, person):
    """Twenty refresh tokens per user and client; the oldest goes silently, with its access tokens."""
    world.set(refresh_token_limit=0, code_limit=0)
    answers = [person.sign_in() for _ in range(20)]
    assert world.accounts.grant_for(answers[0]["access_token"])
    person.sign_in()
    assert world.accounts.grant_for(answers[0]["access_token"]) is None
    assert json.loads(person.refresh(answers[0]["refresh_token"]).body) == {"error": "invalid_code"}
    assert "access_token" in json.loads(person.refresh(answers[1]["refresh_token"]).body)


def test_the_21st_refresh_token_may_be_denied_instead(world, person):
    """One page says that the twenty-first is refused with Access Denied: a switch."""
    world.set(refresh_tokens_kept=2, refresh_overflow="deny")
    person.sign_in()
    person.sign_in()
    assert person.sign_in() == THROTTLED


def test_ten_new_refresh_tokens_in_ten_minutes(world, person):
    """The eleventh is throttled, and the code is still good once the window has moved on."""
    world.set(code_limit=0, code_lifetime=3600)
    assert all("refresh_token" in person.sign_in() for _ in range(10))
    code = person.code(prompt="consent")
    assert person.exchange(code) == THROTTLED
    world.clock.advance(600)
    assert "refresh_token" in person.exchange(code)


def test_ten_codes_in_ten_minutes(world, person):
    """Over the rate, the browser comes back with ``access_denied`` and no code."""
    for _ in range(10):
        assert person.code()
    assert landed(world.consent(person.link()))["error"] == "access_denied"
    world.clock.advance(600)
    assert person.code()


def test_four_codes_a_minute_then_blocked(world, person):
    """The Projects FAQ's rule, by switches: four a minute per client, then ten minutes of nothing."""
    world.set(code_limit=4, code_window=60, code_block=600)
    for _ in range(4):
        assert person.code()
    assert "error" in landed(world.consent(person.link()))
    world.clock.advance(599)
    assert "error" in landed(world.consent(person.link()))
    world.clock.advance(1)
    assert person.code()


def test_a_limit_of_zero_is_none(world, person):
    """Limits can be switched off."""
    world.set(access_token_limit=0, access_tokens_kept=0)
    first = person.sign_in()
    for _ in range(30):
        assert person.refresh(first["refresh_token"]).status == 200
    assert world.accounts.grant_for(first["access_token"])
