"""The limiter as its callers use it: calls of the user's, pages that give way, locks, and a server that counts."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.tiers import examples
from zbt_notebook.client.errors import RateLimited
from zbt_notebook.client.limits.rate_limit import INTERACTIVE, Lane, RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND
from zbt_notebook.client.lists.slot_reserve import reserve
from zbt_notebook.simulator.bugtracker.throttle import Rule, Throttle

TODAY = datetime(2026, 1, 1, tzinfo=UTC)


class Waits(Exception):
    """There is no slot for it now."""


class Callers(RuleBasedStateMachine):
    """Everything happens in one thread: whoever would wait is told so, or sees what others do meanwhile."""

    LIMIT, WINDOW = 8, 20 * SECOND

    def __init__(self):
        super().__init__()
        self.now, self.locked_until = 0, 0
        self.meanwhile = None
        self.under_way = []
        self.throttle = Throttle()
        self.zoho = Rule(self.LIMIT, window=20, lock=60)
        self.limits = RateLimits(
            lambda: self.now,
            lambda: TODAY + timedelta(microseconds=self.now // 1000),
            limit=self.LIMIT,
            window=self.WINDOW,
            wait=self.wait,
        )

    def wait(self, changed, _):
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is None:
            raise Waits
        changed.release()
        try:
            meanwhile()
        finally:
            changed.acquire()

    def send(self, lane):
        """A call that reaches the server at once; whether it had a slot."""
        try:
            window = self.limits.acquire("k", lane)
        except Waits:
            return False
        except RateLimited:
            assert self.now < self.locked_until
            return False
        assert self.now >= self.locked_until
        assert self.throttle.wait("k", self.now / SECOND, self.zoho) == 0
        self.under_way.append(window)
        return True

    @property
    def used(self):
        return self.limits._window_of("k").used(self.now)

    @property
    def most(self):
        return self.LIMIT - self.limits._others["k"]

    @rule()
    def the_user_calls(self):
        free = self.used < self.most
        assert self.send(INTERACTIVE) == (free and self.now >= self.locked_until)

    @rule(due=st.integers(1, 60), alone=st.booleans())
    def a_page_is_asked_for(self, due, alone):
        leave = reserve(self.limits, "k", due, others_may_call=not alone)
        assert 0 <= leave <= 2
        before = self.used
        if self.send(Lane(leave, yields=True)):
            assert before < max(1, self.most - leave)

    @precondition(lambda self: self.now >= self.locked_until)
    @rule(seconds=st.floats(0, 25), pages=st.integers(1, 4))
    def pages_are_asked_for_while_the_user_waits(self, seconds, pages):
        """The slot that comes back is the user's."""
        seen: list = []

        def meanwhile():
            self.now += int(seconds * SECOND)
            seen.extend(self.send(Lane(yields=True)) for _ in range(pages))
            assert not any(seen) or self.used < self.most

        self.meanwhile = meanwhile
        sent = self.send(INTERACTIVE)
        self.meanwhile = None
        assert sent or not any(seen)

    @rule(data=st.data())
    def an_answer_comes(self, data):
        if self.under_way:
            window = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
            self.limits.release(window, sent=True)

    @rule(minutes=st.integers(0, 2))
    def zoho_locks(self, minutes):
        """Somebody else has used the rest."""
        before, locked = self.most, self.now < self.locked_until
        self.locked_until = self.now + minutes * 60 * SECOND
        left = self.limits.lock("k", TODAY + timedelta(microseconds=self.locked_until // 1000))
        assert left == self.most == (before if locked else before - before // 2) >= 1
        self.locked_until = self.now + self.limits._window_of("k").lock_left(self.now)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds):
        self.now += int(seconds * SECOND)

    @rule(count=st.integers(1, 30))
    def the_forecast_is_kept(self, count):
        """Never sooner than a lock allows, and later for more."""
        assert self.limits.forecast("k", count) >= (self.locked_until - self.now) / SECOND
        assert self.limits.forecast("k", count) <= self.limits.forecast("k", count + 1)

    @invariant()
    def never_too_many(self):
        assert self.used <= self.LIMIT


Callers.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=50, deadline=None)
TestCallers = Callers.TestCase
