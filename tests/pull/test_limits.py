"""A whole pull under the simulated Zoho's rate limit, in virtual time: never locked, exact, and at the limit."""

from bisect import bisect_right

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from zbt_notebook.limits.rate_limit import RateLimits
from zbt_notebook.limits.sliding_window import SECOND, SlidingWindow
from zbt_notebook.simulator.bugtracker.throttle import Throttle
from zbt_notebook.simulator.switches import Switches


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
        self.switches = Switches(url_limit=self.LIMIT, url_window=20, url_lock=60)
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
            assert self.throttle.wait("GET /bugs", self.now / SECOND, self.switches) == 0

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


AtTheServer.TestCase.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
TestAtTheServer = AtTheServer.TestCase


@pytest.mark.parametrize(
    ("count", "leave", "windows"), [(1, 0, 0), (100, 0, 0), (101, 0, 1), (97, 3, 0), (98, 3, 1), (1000, 0, 9)]
)
def test_the_forecast_is_the_time_it_takes(count, leave, windows):
    """Windows that have to pass before the last request may go."""
    limits = RateLimits(lambda: 0, lambda: None)
    assert limits.forecast("k", count, leave) == pytest.approx(windows * 120.1)


def test_the_forecast_knows_what_is_spent_already():
    """And what is under way."""
    now = [0]
    limits = RateLimits(lambda: now[0], lambda: None, limit=2, window=10 * SECOND)
    with limits.slot("k"):
        now[0] = 4 * SECOND
    now[0] = 5 * SECOND
    assert limits.forecast("k", 1) == 0
    assert limits.forecast("k", 2) == 9
