"""The rate limit per URL pattern."""

import json
from email.utils import parsedate_to_datetime

import pytest

PORTALS = "/restapi/portals/"


def exhaust(caller, path=PORTALS, times=100):
    for _ in range(times):
        assert caller.send("GET", path).status in {200, 204}


def test_the_hundred_and_first_call_in_two_minutes_locks_for_thirty(caller):
    """After 100 calls the next is answered with the recorded body, ``details`` being an object for once."""
    exhaust(caller)
    answer = caller.send("GET", PORTALS)
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "error": {
            "status_code": 400,
            "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            "error_type": "OPERATIONAL_VALIDATION_ERROR",
            "details": {
                "message": "Cannot execute more than 100 requests per API in 2 minutes. Try again after 30 minutes."
            },
        }
    }
    caller.clock.advance(1799)
    assert caller.send("GET", PORTALS).status == 400


def test_the_window_rolls(caller):
    """Calls older than two minutes no longer count."""
    exhaust(caller, times=60)
    caller.clock.advance(61)
    exhaust(caller, times=40)
    caller.clock.advance(60)
    exhaust(caller, times=60)
    assert caller.send("GET", PORTALS).status == 400


def test_a_lock_ends_after_thirty_minutes_of_silence(caller):
    """Who waits is let in again, with a fresh count."""
    exhaust(caller, times=100)
    assert caller.send("GET", PORTALS).status == 400
    caller.clock.advance(1801)
    exhaust(caller)


def test_calls_during_the_lock_prolong_it_or_not(caller):
    """Each further call starts the lock anew, unless the switch says otherwise: then the message counts down."""
    exhaust(caller)
    caller.send("GET", PORTALS)
    caller.clock.advance(1200)
    caller.send("GET", PORTALS)
    caller.clock.advance(1200)
    assert caller.send("GET", PORTALS).status == 400
    caller.switch(throttle_extends_lock=False)
    caller.clock.advance(480)
    answer = caller.send("GET", PORTALS)
    assert "Try again after 22 minutes." in answer.body.decode()
    caller.clock.advance(1321)
    assert caller.send("GET", PORTALS).status == 200


@pytest.mark.parametrize("status", [400, 200, 429])
def test_the_three_dresses(caller, status):
    """The refusal comes with 400, 200 or 429, with a Retry-After in seconds or as a date where the switch says so."""
    caller.switch(throttle_status=status, throttle_retry_after="seconds", url_limit=2, url_lock=90)
    exhaust(caller, times=2)
    answer = caller.send("GET", PORTALS)
    assert answer.status == status
    assert caller.error(answer)["title"] == "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
    assert dict(answer.headers)["Retry-After"] == "90"
    caller.switch(throttle_retry_after="date")
    told = parsedate_to_datetime(dict(caller.send("GET", PORTALS).headers)["Retry-After"])
    assert told.timestamp() == caller.clock.now() + 90
    caller.switch(throttle_retry_after="none")
    assert "Retry-After" not in dict(caller.send("GET", PORTALS).headers)


def test_v3_has_a_limit_of_its_own(caller):
    """200 calls in 2 minutes, then 10 minutes locked, of which the refusal says 8; the classic API is not asked."""
    exhaust(caller, "/api/v3/portals", times=200)
    answer = caller.send("GET", "/api/v3/portals")
    assert (answer.status, caller.error(answer)) == (
        400,
        {
            "status_code": 400,
            "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            "error_type": "OPERATIONAL_VALIDATION_ERROR",
            "details": {
                "message": "Cannot execute more than 200 requests per API in 2 minutes. Try again after 8 minutes."
            },
        },
    )
    assert caller.send("GET", PORTALS).status == 200
    caller.clock.advance(599)
    caller.switch(throttle_extends_lock=False)
    assert caller.send("GET", "/api/v3/portals").status == 400
    caller.clock.advance(1)
    assert caller.send("GET", "/api/v3/portals").status == 200


def test_v3_may_tell_what_is_left(caller):
    """``RateLimit`` and its kin, where the switch says so; the classic API has none."""
    caller.switch(v3_rate_headers=True, v3_limit=2)
    left = [dict(caller.send("GET", "/api/v3/portals").headers)["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["1", "0", "0"]
    told = dict(caller.send("GET", "/api/v3/portals").headers)
    assert (told["RateLimit"], told["RateLimit-Window"], told["RateLimit-Window-Unit"]) == ("2", "120", "seconds")
    assert "RateLimit" not in dict(caller.send("GET", PORTALS).headers)


def test_all_projects_share_one_count_and_methods_do_not(caller):
    """The pattern is counted, not the address: ids do not tell calls apart, methods and other paths do."""
    projects = [project["id"] for project in caller.get("/restapi/portal/brightwater/projects/")["projects"]]
    caller.switch(url_limit=6)
    for project in projects:
        exhaust(caller, f"/restapi/portal/brightwater/projects/{project}/bugs/", times=1)
    bugs = f"/restapi/portal/brightwater/projects/{projects[0]}/bugs"
    assert caller.send("GET", bugs).status == 400
    assert caller.form(bugs, title="x").status == 201
    assert caller.send("GET", f"{bugs}/customviews/").status == 200


def test_a_limit_of_zero_is_no_limit(caller):
    """Who wants peace switches the limit off."""
    caller.switch(url_limit=0)
    exhaust(caller, times=300)


def test_refused_tokens_do_not_count(caller):
    """Only calls that pass the gate are counted."""
    caller.switch(url_limit=1)
    grant, caller.grant = caller.grant, None
    for _ in range(3):
        assert caller.send("GET", PORTALS).status == 401
    caller.grant = grant
    assert caller.send("GET", PORTALS).status == 200
