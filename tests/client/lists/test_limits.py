"""A whole pull under the simulated Zoho's rate limit, in virtual time: never locked, exact, and at the limit."""

import threading
from bisect import bisect_right
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from zbt_notebook.client.limits.rate_limit import Lane, RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND, SlidingWindow
from zbt_notebook.client.lists import slot_reserve
from zbt_notebook.client.lists.slot_reserve import reserve
from zbt_notebook.simulator.bugtracker.throttle import Rule, Throttle


@pytest.fixture
def world(large_world):
    return large_world


def some_day():
    """The date, which nothing here depends on."""
    return datetime(2026, 9, 21, tzinfo=UTC)


@pytest.fixture
def hurried(connection, world):
    """Waits move the world's clock in place of the sun."""

    def wait(condition, seconds):
        condition.wait(0.001)
        world.clock.advance(seconds)

    clock = connection.client._clock
    connection.client.limits = RateLimits(lambda: int(clock.monotonic() * SECOND), clock.today, limit=10, wait=wait)
    world.set(url_limit=10)
    return connection


def test_a_pull_at_the_limit_is_never_locked_out(hurried, store, world):
    """More requests than a window holds: all rows come, no refusal, and no minute is wasted."""
    began = world.clock.now()
    frame = hurried.pull("comments")
    assert world.bugtracker().throttle.locks(world.clock.now()) == {}
    bugs = [bug for project in store.projects for bug in store.bugs.of(project.id)]
    assert len(frame) == sum(len(store.comments.of(bug.id)) for bug in bugs)
    windows = (frame.attrs["zbt"]["pages"] - 1) // 10
    assert windows >= 1
    assert world.clock.now() - began < (windows + 1) * 125


class AtTheServer(RuleBasedStateMachine):
    """Requests leave, reach the server some time later and are answered some time after that; the server counts."""

    LIMIT, WINDOW = 5, 20 * SECOND

    def __init__(self):
        super().__init__()
        self.now = 0
        self.window = SlidingWindow(self.LIMIT, self.WINDOW)
        self.throttle = Throttle()
        self.zoho = Rule(
            self.LIMIT, window=self.WINDOW, lock=60 * SECOND
        )  # whole nanoseconds: no rounding on either side
        self.travelling, self.reached, self.arrivals = [], 0, []

    @rule(leave=st.integers(0, 4))
    def send(self, leave):
        wait = self.window.take(self.now, leave=leave)
        if wait == 0:
            self.travelling.append(None)
        else:
            assert wait is None or wait > 0  # never a spin without progress

    @rule(data=st.data())
    def reach_the_server(self, data):
        if None in self.travelling:
            at = data.draw(st.sampled_from([i for i, when in enumerate(self.travelling) if when is None]))
            self.travelling[at] = self.now
            self.arrivals.append(self.now)
            assert self.throttle.wait("GET /bugs", self.now, self.zoho) == 0

    @rule(data=st.data())
    def answer(self, data):
        done = [i for i, when in enumerate(self.travelling) if when is not None]
        if done:
            self.travelling.pop(data.draw(st.sampled_from(done)))
            self.window.release(self.now)

    @rule()
    def never_leave(self):
        if None in self.travelling:
            self.travelling.remove(None)
            self.window.release(self.now, sent=False)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds):
        self.now += int(seconds * SECOND)

    @rule()
    def the_promised_moment_comes(self):
        wait = self.window.take(self.now)
        if wait == 0:
            self.travelling.append(None)
        elif wait:
            self.now += wait
            assert self.window.take(self.now) == 0
            self.travelling.append(None)

    @invariant()
    def no_window_is_too_full(self):
        times = sorted(self.arrivals)
        assert all(at + 1 - bisect_right(times, time - self.WINDOW) <= self.LIMIT for at, time in enumerate(times))
        assert self.window.used(self.now) <= self.LIMIT


AtTheServer.TestCase.settings = settings(stateful_step_count=60, deadline=None)
TestAtTheServer = AtTheServer.TestCase


@pytest.mark.parametrize(
    ("count", "leave", "windows"), [(1, 0, 0), (100, 0, 0), (101, 0, 1), (97, 3, 0), (98, 3, 1), (1000, 0, 9)]
)
def test_the_forecast_is_the_time_it_takes(count, leave, windows):
    """Windows that have to pass before the last request may go."""
    limits = RateLimits(lambda: 0, some_day)
    assert limits.forecast("k", count, leave) == pytest.approx(windows * 120.1)


def test_the_forecast_knows_what_is_spent_already():
    """And what is under way."""
    now = [0]
    limits = RateLimits(lambda: now[0], some_day, limit=2, window=10 * SECOND)
    with limits.slot("k"):
        now[0] = 4 * SECOND
    now[0] = 5 * SECOND
    assert limits.forecast("k", 1) == 0
    assert limits.forecast("k", 2) == 9


def a_pull(pages, *, others_may_call):
    """The first window of a pull, as it leaves slots: how many it takes before it waits."""
    limits = RateLimits(lambda: 0, some_day)
    for sent in range(pages):
        leave = reserve(limits, "k", pages - sent, others_may_call=others_may_call)
        window = limits._window_of("k")
        if window.take(0, leave=leave) != 0:
            return sent
        window.release(0)
    return pages


@pytest.mark.parametrize(("pages", "taken"), [(1000, 100), (973, 97), (985, 99), (101, 97), (100, 100), (98, 98)])
def test_a_pull_leaves_what_costs_it_no_window(pages, taken):
    """Nine windows are the time for 901 pages and for 1,000: slots are left as long as all pages find one."""
    assert a_pull(pages, others_may_call=False) == taken


@pytest.mark.parametrize(("pages", "taken"), [(1000, 97), (101, 97), (100, 100)])
def test_a_pull_leaves_slots_to_whoever_may_call(pages, taken):
    """From another thread or kernel; but for the last window, where that would be two minutes instead of seconds."""
    assert a_pull(pages, others_may_call=True) == taken


def test_a_pull_in_a_thread_or_on_a_shared_budget_is_not_alone(connection, tmp_path, monkeypatch):
    """In a cell it is: no other cell runs meanwhile."""
    seen = []

    def noted(*_, others_may_call, **__):
        seen.append(others_may_call)
        return 0

    monkeypatch.setattr(slot_reserve, "reserve", noted)
    connection.pull("bugs", limit=1)
    assert not any(seen)
    seen.clear()
    thread = threading.Thread(target=connection.pull, args=("bugs",), kwargs={"limit": 1, "progress": False})
    thread.start()
    thread.join()
    assert seen
    assert all(seen)
    seen.clear()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert connection.share_budget()
    connection.pull("bugs", limit=1)
    assert seen
    assert all(seen)


def test_a_waiting_call_of_the_users_goes_before_every_page():
    """Where no slot was left, it has the first that comes back."""
    now, order = [0], []
    limits = RateLimits(
        lambda: now[0], some_day, limit=2, window=10 * SECOND, wait=lambda changed, _: changed.wait(0.001)
    )
    for _ in range(2):
        with limits.slot("k"):
            now[0] += SECOND
    waits = {name: threading.Event() for name in ("page", "call")}

    def ask(name, *, yields):
        with limits.slot("k", Lane(waiting=lambda _: waits[name].set(), yields=yields)):
            order.append(name)

    threads = [threading.Thread(target=ask, args=(name,), kwargs={"yields": name == "page"}) for name in waits]
    for thread, waiting in zip(threads, waits.values(), strict=True):
        thread.start()
        assert waiting.wait(5)
    now[0] = 11 * SECOND
    threads[1].join(5)
    now[0] = 40 * SECOND
    threads[0].join(5)
    assert order == ["call", "page"]


def test_the_forecast_counts_what_is_under_way_once():
    """A page that was sent and not answered is due, but needs no slot any more."""
    limits = RateLimits(lambda: 0, some_day, limit=2, window=10 * SECOND)
    with limits.slot("k"):
        assert limits.forecast("k", 2) == 0
    assert limits.forecast("k", 2) == 10
