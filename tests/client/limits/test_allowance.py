"""What each API allows, what is left unused of it, and what an answer's headers tell."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.errors import RateLimited, UsageError
from zbt_notebook.client.limits.allowance import OneLock, allowance, stated_limits
from zbt_notebook.client.limits.rate_limit import Lane, RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND

V3, CLASSIC = "GET /api/v3/portal/{}/issues", "GET /restapi/portal/{}/projects"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_v3_allows_twice_as_much_less_a_margin(monkeypatch):
    """190 of 200, unless the setting says otherwise; of the classic API all 100."""
    assert (allowance(V3), allowance(CLASSIC)) == (190, 100)
    monkeypatch.setenv("ZBT_V3_MARGIN", "0")
    assert allowance(V3) == 200
    monkeypatch.setenv("ZBT_V3_MARGIN", " '25' ")
    assert allowance(V3) == 175


@pytest.mark.parametrize("told", ["-1", "200", "ten", "1e1", "٣"])
def test_a_margin_that_is_none_is_refused_in_two_lines(monkeypatch, told):
    """Below the limit, and a whole number."""
    monkeypatch.setenv("ZBT_V3_MARGIN", told)
    with pytest.raises(UsageError, match="ZBT_V3_MARGIN") as raised:
        allowance(V3)
    assert raised.value.hint


class Time:
    """A clock that is set forward by waiting."""

    def __init__(self):
        self.now = 0

    def limits(self, **more):
        return RateLimits(lambda: self.now, lambda: NOON + timedelta(microseconds=self.now // 1000), wait=self, **more)

    def __call__(self, _condition, seconds):
        self.now += int(seconds * SECOND)


def used(limits, key, count):
    for _ in range(count):
        with limits.slot(key):
            pass


def test_the_190th_call_of_v3_goes_at_once_and_the_191st_a_window_later():
    """Each URL pattern has the window of its own API."""
    time = Time()
    limits = time.limits()
    used(limits, V3, 190)
    assert time.now == 0
    used(limits, V3, 1)
    assert time.now >= 120 * SECOND


@given(st.dictionaries(st.sampled_from(["ratelimit", "ratelimit-remaining"]), st.text(max_size=8)))
def test_headers_that_tell_nothing_are_passed_over(headers):
    """Whatever stands there: two numbers that fit together, or nothing."""
    told = stated_limits(headers)
    assert told is None or (0 < told[0] >= told[1] >= 0)


def test_an_answers_headers_are_believed_over_constants():
    """A limit of 60 holds from then on, less the margin, and what others have used of it is left to them."""
    time = Time()
    limits = time.limits()
    used(limits, V3, 1)
    assert stated_limits({"ratelimit": "60", "ratelimit-remaining": "39"}) == (60, 39)
    limits.heed(V3, 60, 39, 10)
    assert limits.use()[0].limit == 30  # 50 may be used, and 20 of the 21 that are counted were others'
    used(limits, V3, 29)
    assert time.now == 0
    used(limits, V3, 1)
    assert time.now > 0


def test_a_pull_waits_for_the_end_of_one_lock_of_v3():
    """The call goes when the lock is over; a second lock, one of the classic API and a very long one are refused."""
    time = Time()
    limits = time.limits()
    lane = Lane(through=OneLock())
    limits.lock(V3, NOON + timedelta(minutes=9))
    with limits.slot(V3, lane):
        assert 540 <= time.now / SECOND < 545
    limits.lock(V3, NOON + timedelta(minutes=30))
    with pytest.raises(RateLimited), limits.slot(V3, lane):
        pass
    for key, minutes in ((CLASSIC, 12), (V3.replace("issues", "users"), 60)):
        limits.lock(key, NOON + timedelta(minutes=minutes))
        with pytest.raises(RateLimited), limits.slot(key, Lane(through=OneLock())):
            pass


def test_without_a_pull_a_lock_is_refused_at_once():
    """Who waits at a cell is told, and not kept for ten minutes."""
    limits = Time().limits()
    limits.lock(V3, NOON + timedelta(minutes=9))
    with pytest.raises(RateLimited), limits.slot(V3):
        pass
