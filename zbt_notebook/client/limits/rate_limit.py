"""Holds calls back until they may go: a slot for each, taken before it is sent and given back after its answer."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock
from typing import NoReturn, Protocol, Self

from zbt_notebook.client.errors import RateLimited
from zbt_notebook.client.forks import renew_in_child
from zbt_notebook.client.limits.allowance import allowance
from zbt_notebook.client.limits.sliding_window import SECOND, SLACK, WINDOW, SlidingWindow, Window

LOOK_UP = 0.5  # seconds: who waits looks up this often for Ctrl-C and for a lock
INTERACTIVE_SLOTS = 3  # what a bulk pull leaves to the user's own calls


@dataclass(frozen=True, slots=True)
class Lane:
    """How a call queues: it leaves some slots to others, and tells *waiting* the seconds that remain.

    A call that ``yields`` takes no slot that a waiting call of another lane could have. ``waiting`` is called at
    least twice a second while the call waits, and may raise to stop it. ``through`` is asked, with the key, the end of
    a lock and the time, whether the call waits for that end; without it no call does.
    """

    leave: int = 0
    waiting: Callable[[float], None] | None = None
    yields: bool = False
    through: Callable[[str, datetime, datetime], bool] | None = None

    def waits_for(self, key: str, ends: datetime, now: datetime) -> bool:
        """Whether a call waits for the end of a lock."""
        return self.through is not None and self.through(key, ends, now)


INTERACTIVE = Lane()


class Locks(Protocol):
    """Where the locks of earlier kernels are known from, and left to later ones."""

    def keep(self, key: str, until: int) -> None:
        """Write down when a lock ends, by the clock."""

    def until(self, key: str, now: int) -> int:
        """When a lock ends; 0 where none is known."""


@dataclass(frozen=True, slots=True)
class WindowUse:
    """How much of one window is used; ``locked_until`` where Zoho refuses."""

    key: str
    used: int
    limit: int
    locked_until: datetime | None = None


class RateLimits:
    """The windows of one client at one data centre, used by all its threads; ``is_shared`` where others use them too.

    *limit* is that of every URL pattern; without it, each has what its API allows.
    *clock* gives nanoseconds that never run backwards; *today* gives the date and time (UTC); *wait* lets the time pass
    until the condition is notified or the seconds are over, and may do so faster than the sun. *windows* makes the
    window of a key, where it is to be another than this process's own; *locks* knows of earlier kernels' locks.
    """

    def __init__(
        self,
        clock: Callable[[], int],
        today: Callable[[], datetime],
        *,
        limit: int | None = None,
        window: int = WINDOW + SLACK,
        wait: Callable[[Condition, float], object] = Condition.wait,
        windows: Callable[[str], Window] | None = None,
        locks: Locks | None = None,
    ) -> None:
        self._clock = clock
        self._today = today
        self._wait = wait
        self._limit = limit
        self._locks = locks
        self.is_shared = windows is not None
        self._new_window = windows or (lambda key: SlidingWindow(self.limit_of(key), window))
        self._windows: dict[str, Window] = {}
        self._begin_to_wait()
        renew_in_child(self)
        self._others: Counter[str] = Counter()  # slots that others of the same client seem to use, by key

    def _begin_to_wait(self) -> None:
        self._lock = Lock()  # taken by itself where nobody waits: a Condition takes twice the time (measured)
        self._changed = Condition(self._lock)
        self._waiters = 0
        self._first: Counter[str] = Counter()  # who waits and gives no way, by key

    def renew_after_fork(self) -> None:
        """Drop the parent's waiters. What it sent counts here too; its requests in flight end there, unseen."""
        self._begin_to_wait()
        if self.is_shared:
            self._windows = {}  # opened anew, for this process
            return
        now = self._clock()
        for window in self._windows.values():
            if isinstance(window, SlidingWindow):
                window.abandon(now)

    def slot(self, key: str, lane: Lane = INTERACTIVE) -> "SlotUse":
        """Hold a slot of *key* in a ``with`` while the request is under way, waiting for one where none is free.

        Raise RateLimited at once, sending nothing, while Zoho's lock lasts.
        """
        return SlotUse(self, key, lane)

    def acquire(self, key: str, lane: Lane = INTERACTIVE) -> Window:
        """Take a slot, waiting for it; ``release`` gives it back."""
        with self._lock:
            while True:
                window = self._windows.get(key) or self._window_of(key)  # anew: they may be shared since the last look
                now = self._clock()
                left = window.lock_left(now)
                if left and not lane.waits_for(key, self._after(left), self._today()):
                    self._refuse(left)
                first = self._first[key] if lane.yields else 0
                leave = lane.leave + first + (self._others[key] if self._others else 0)
                pause = None if first and leave >= window.limit else left or window.take(now, leave=leave)
                if pause == 0:
                    return window
                seconds = (window.window if pause is None else pause) / SECOND
                if lane.waiting:
                    lane.waiting(seconds)
                self._waiters += 1
                self._first[key] += not lane.yields
                try:
                    self._wait(self._changed, min(seconds, LOOK_UP))
                finally:
                    self._waiters -= 1
                    self._first[key] -= not lane.yields

    def release(self, window: Window, *, sent: bool) -> None:
        """Give a slot back, after the answer."""
        with self._lock:
            window.release(self._clock(), sent=sent)
            if self._waiters:
                self._changed.notify_all()

    def _refuse(self, left: int) -> NoReturn:
        retry_at = self._after(left)
        raise RateLimited(
            f"Zoho has locked this address until {retry_at:%H:%M:%S} UTC: nothing was sent",
            hint="Wait until then: a call during the lock can make it longer. Other addresses still work.",
            retry_at=retry_at,
        )

    def heed(self, key: str, limit: int, remaining: int, margin: int) -> None:
        """Take over what an answer tells of its window: how many calls it takes, and how many are left.

        What the server counts beyond this client's own calls, others have used: as much is left to them.
        """
        with self._changed:
            window = self._window_of(key)
            ours, allowed = window.used(self._clock()), max(1, limit - margin)
            if isinstance(window, SlidingWindow) and self._limit is None:
                window.limit = allowed
            foreign = max(0, limit - remaining - ours)
            self._others[key] = min(window.limit - 1, max(0, window.limit - allowed) + foreign)
            if self._waiters:
                self._changed.notify_all()

    def lock(self, key: str, retry_at: datetime) -> int:
        """Send nothing for *key* before *retry_at*, and let all who wait for it know.

        These windows were not overrun, so others call with the same client: half of what was used is left to them from
        now on. Give what remains.
        """
        with self._changed:
            now, window = self._clock(), self._window_of(key)
            if not window.lock_left(now):
                self._others[key] += (window.limit - self._others[key]) // 2
            seconds = max(0.0, (retry_at - self._today()).total_seconds())
            until = now + int(seconds * SECOND)
            window.lock(until)
            if self._locks is not None:
                self._locks.keep(key, until)
            self._changed.notify_all()
            return window.limit - self._others[key]

    def _window_of(self, key: str) -> Window:
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = self._new_window(key)
            if self._locks is not None and (until := self._locks.until(key, self._clock())):
                window.lock(until)
        return window

    def share(self, windows: Callable[[str], Window]) -> None:
        """Count in windows that are shared with others from now on; what counts already goes over to them."""
        with self._changed:
            if self.is_shared:
                return
            now, own = self._clock(), self._windows
            self.is_shared, self._new_window, self._windows = True, windows, {}
            for key, window in own.items():
                shared = self._window_of(key)
                shared.adopt(now, window.taken(now))
                if left := window.lock_left(now):
                    shared.lock(now + left)
            self._changed.notify_all()

    def limit_of(self, key: str) -> int:
        """Requests of a URL pattern in a window."""
        return allowance(key) if self._limit is None else self._limit

    def forecast(self, key: str, count: int, leave: int = 0) -> float:
        """Seconds until the last of *count* requests may go, those under way included.

        *leave* slots are left to others until the last window. There each request goes a window after the one that had
        its slot before, whatever is left.
        """
        with self._changed:
            now = self._clock()
            window = self._window_of(key)
            unsent = max(0, count - window.in_flight)
            others = self._others[key]
            earlier = unsent - (window.limit - others)
            if earlier > 0:
                wait = window.forecast(now, earlier, leave=leave + others) + window.window
            else:
                wait = window.forecast(now, unsent, leave=leave + others)
            return (window.lock_left(now) + wait) / SECOND

    def use(self) -> tuple[WindowUse, ...]:
        """Every window that counts something now, the fullest first."""
        with self._changed:
            now = self._clock()
            rows = [
                WindowUse(key, window.used(now), window.limit - self._others[key], self._end_of(window.lock_left(now)))
                for key, window in self._windows.items()
            ]
        return tuple(sorted((row for row in rows if row.used or row.locked_until), key=lambda row: -row.used))

    def _after(self, left: int) -> datetime:
        return (self._today() + timedelta(microseconds=left // 1000)).astimezone(UTC)

    def _end_of(self, left: int) -> datetime | None:
        return self._after(left) if left else None


class SlotUse:
    """One use of a slot; ``sent`` is set to False where the request never left."""

    __slots__ = ("_key", "_lane", "_limits", "_window", "sent")

    def __init__(self, limits: RateLimits, key: str, lane: Lane) -> None:
        self.sent = True
        self._limits = limits
        self._key = key
        self._lane = lane

    def __enter__(self) -> Self:
        self._window = self._limits.acquire(self._key, self._lane)
        return self

    def __exit__(self, *_raised: object) -> None:
        self._limits.release(self._window, sent=self.sent)
