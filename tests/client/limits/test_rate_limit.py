"""Never more requests in any rolling window than allowed."""

import bisect
import heapq
import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiers import examples
from zbt_notebook.client.errors import RateLimited
from zbt_notebook.client.limits.rate_limit import Lane, RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND, SlidingWindow


def arrivals(limit, window, *, workers, requests, seed, latency):
    """Simulate in virtual time: when each request reaches the server, by a clock nobody else knows."""
    dice = random.Random(seed)
    slots = SlidingWindow(limit, window)
    events = [(0, worker, "ready", 0) for worker in range(workers)]
    heapq.heapify(events)
    reached, sent = [], 0
    while events:
        now, worker, kind, _ = heapq.heappop(events)
        if kind == "answered":
            slots.release(now)
        if sent >= requests:
            continue
        wait = slots.take(now)
        if wait == 0:
            sent += 1
            there, back = latency(dice), latency(dice)
            reached.append(now + there)
            heapq.heappush(events, (now + there + back, worker, "answered", 0))
        else:
            heapq.heappush(events, (now + (wait or SECOND // 10), worker, "ready", 0))
    return sorted(reached)


LATENCIES = {
    "constant": lambda _: SECOND // 10,
    "uniform": lambda dice: dice.randrange(1, SECOND),
    "heavy tail": lambda dice: min(int(SECOND * dice.paretovariate(1.1) / 20), 90 * SECOND),
    "stalls": lambda dice: 30 * SECOND if dice.random() < 0.02 else SECOND // 20,
}


@pytest.mark.parametrize("latency", LATENCIES)
@settings(max_examples=examples(25))
@given(seed=st.integers(0, 2**32), workers=st.integers(1, 16))
def test_no_rolling_window_of_the_server_ever_holds_too_many(latency, seed, workers):
    """For any seed, latency and number of workers."""
    limit, window = 10, 12 * SECOND
    times = arrivals(limit, window, workers=workers, requests=60, seed=seed, latency=LATENCIES[latency])
    assert len(times) == 60
    for position, time in enumerate(times):
        assert position + 1 - bisect.bisect_right(times, time - window) <= limit


def test_the_budget_is_used_to_the_full():
    """The first hundred go at once, the next when the first one's window ends."""
    window = SlidingWindow(100, 120 * SECOND)
    for _ in range(100):
        assert window.take(0) == 0
    assert window.take(0) is None  # nothing answered yet: nobody can say when
    for now in range(100):
        window.release(now)
    assert window.take(100) == 120 * SECOND - 100
    assert window.take(120 * SECOND) == 0
    assert window.used(120 * SECOND) == 100


def test_a_request_that_never_left_costs_nothing():
    """Its slot is free at once."""
    window = SlidingWindow(1, SECOND)
    assert window.take(0) == 0
    window.release(0, sent=False)
    assert window.take(0) == 0


def test_a_bulk_pull_leaves_slots_to_the_user():
    """An interactive call never waits behind a pull."""
    window = SlidingWindow(10, SECOND)
    for _ in range(7):
        assert window.take(0, leave=3) == 0
    assert window.take(0, leave=3) is None
    assert window.take(0) == 0


class Now:
    """A clock that only moves when told."""

    def __init__(self):
        self.nanoseconds = 0

    def __call__(self):
        return self.nanoseconds

    def today(self):
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.nanoseconds // 1000)


def test_a_lock_holds_every_call_back_until_it_ends():
    """Nothing is sent, and the error tells the time; other addresses go on."""
    now = Now()
    limits = RateLimits(now, now.today)
    limits.lock("GET /bugs", now.today() + timedelta(minutes=23))
    with pytest.raises(RateLimited) as caught, limits.slot("GET /bugs"):
        pass
    assert caught.value.retry_at == now.today() + timedelta(minutes=23)
    with limits.slot("GET /users"):
        pass
    now.nanoseconds += 23 * 60 * SECOND + 1
    with limits.slot("GET /bugs"):
        pass
    assert {use.key: use.used for use in limits.use()} == {"GET /bugs": 1}


def test_who_waits_is_told_how_long_and_can_stop():
    """The callback sees the seconds, and its exception ends the wait."""
    now = Now()
    limits = RateLimits(now, now.today, limit=1, window=10 * SECOND)
    with limits.slot("k"):
        pass
    told = []

    def waiting(seconds):
        told.append(seconds)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), limits.slot("k", Lane(waiting=waiting)):
        pass
    assert told == [10.0]


def test_a_waiter_goes_on_when_its_slot_comes():
    """Woken by the response of another thread."""
    limits = RateLimits(lambda: 0, Now().today, limit=1)
    order = []
    inside, waiting = threading.Event(), threading.Event()

    def second():
        inside.wait(5)
        with limits.slot("k", Lane(waiting=lambda _: waiting.set())):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with limits.slot("k") as use:
        inside.set()
        assert waiting.wait(5)
        order.append("first")
        use.sent = False
    thread.join(5)
    assert order == ["first", "second"]
