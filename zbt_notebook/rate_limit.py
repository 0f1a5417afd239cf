"""Never more requests in any rolling window than Zoho allows, whatever the network does.

A slot is free again a full window after the *response*. For request i, the server counts it at some time aᵢ between
sending and response. A slot is reused at sendⱼ ≥ recvᵢ + W, hence aⱼ ≥ aᵢ + W: no two uses of one slot lie in one
window, so ``limit`` slots never exceed ``limit`` requests in a window, for any latency and without comparing clocks.
Counting from the sending, as token buckets and fixed windows do, was measured to overrun.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock
from typing import Self

from zbt_notebook.errors import RateLimited

SECOND = 1_000_000_000  # times are integer nanoseconds: with floats `now + (t - now) < t` can spin without progress

LIMIT = 100  # requests per URL pattern …
WINDOW = 120 * SECOND  # … in two minutes: https://www.zoho.com/deluge/help/projects/get-portals.html
SLACK = SECOND // 10  # for two clocks that do not run alike; 800 ppm apart is far more than clocks are
LOOK_UP = 0.5  # seconds: who waits looks up this often for Ctrl-C and for a lock
INTERACTIVE_SLOTS = 3  # what a bulk pull leaves to the user's own calls


@dataclass(frozen=True, slots=True)
class Lane:
    """How a call queues: it leaves some slots to others, and tells *waiting* the seconds that remain.

    ``waiting`` is called at least twice a second while the call waits, and may raise to stop it.
    """

    leave: int = 0
    waiting: Callable[[float], None] | None = None


INTERACTIVE = Lane()


class SlidingWindow:
    """The slots of one URL pattern. Thinks only: the time is given, nobody waits here."""

    def __init__(self, limit: int = LIMIT, window: int = WINDOW + SLACK) -> None:
        self.limit = limit
        self.window = window
        self._in_flight = 0
        self._free_at: deque[int] = deque()  # ascending, for responses come in the order of the clock

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot and give 0, or give the nanoseconds until one is free; None where only a response can free one.

        *leave* slots are kept for others.
        """
        free_at = self._free_at
        while free_at and free_at[0] <= now:
            free_at.popleft()
        excess = self._in_flight + len(free_at) - max(1, self.limit - leave)
        if excess < 0:
            self._in_flight += 1
            return 0
        return free_at[excess] - now if excess < len(free_at) else None

    def forecast(self, now: int, count: int, *, leave: int = 0) -> int:
        """Nanoseconds until the last of *count* requests may go, if nobody else asks and all are answered at once."""
        self._forget(now)
        slots = max(1, self.limit - leave)
        late = self._in_flight + len(self._free_at) + count - slots - 1  # the slot, in order, that the last one takes
        if late < 0:
            return 0
        known = self._free_at[late] - now if late < len(self._free_at) else 0
        return known or self.window * max(1, -(-(late + 1 - len(self._free_at)) // slots))

    def release(self, now: int, *, sent: bool = True) -> None:
        """Give a slot back; it counts for a full window from now on, unless nothing was ever sent."""
        self._in_flight -= 1
        if sent:
            self._free_at.append(now + self.window)

    def used(self, now: int) -> int:
        """Slots that are taken at this time."""
        self._forget(now)
        return self._in_flight + len(self._free_at)

    def _forget(self, now: int) -> None:
        while self._free_at and self._free_at[0] <= now:
            self._free_at.popleft()


@dataclass(frozen=True, slots=True)
class WindowUse:
    """How much of one window is used; ``locked_until`` where Zoho refuses."""

    key: str
    used: int
    limit: int
    locked_until: datetime | None = None


class RateLimits:
    """The windows of one client at one data centre, shared by all its threads.

    *clock* gives nanoseconds that never run backwards; *today* gives the date and time (UTC); *wait* lets the time pass
    until the condition is notified or the seconds are over, and may do so faster than the sun.
    """

    def __init__(
        self,
        clock: Callable[[], int],
        today: Callable[[], datetime],
        *,
        limit: int = LIMIT,
        window: int = WINDOW + SLACK,
        wait: Callable[[Condition, float], object] = Condition.wait,
    ) -> None:
        self._clock = clock
        self._today = today
        self._wait = wait
        self._limit = limit
        self._window = window
        self._windows: dict[str, SlidingWindow] = {}
        self._locks: dict[str, int] = {}
        self._lock = Lock()  # taken by itself where nobody waits: a Condition takes twice the time (measured)
        self._changed = Condition(self._lock)
        self._waiters = 0

    def slot(self, key: str, lane: Lane = INTERACTIVE) -> "SlotUse":
        """Hold a slot of *key* in a ``with`` while the request is under way, waiting for one where none is free.

        Raise RateLimited at once, sending nothing, while Zoho's lock lasts.
        """
        return SlotUse(self, key, lane)

    def acquire(self, key: str, lane: Lane = INTERACTIVE) -> SlidingWindow:
        """Take a slot, waiting for it; ``release`` gives it back."""
        with self._lock:
            window = self._windows.get(key)
            if window is None:
                window = self._windows[key] = SlidingWindow(self._limit, self._window)
            while True:
                if self._locks:
                    self._refuse_while_locked(key)
                pause = window.take(self._clock(), leave=lane.leave)
                if pause == 0:
                    return window
                seconds = (window.window if pause is None else pause) / SECOND
                if lane.waiting:
                    lane.waiting(seconds)
                self._waiters += 1
                try:
                    self._wait(self._changed, min(seconds, LOOK_UP))
                finally:
                    self._waiters -= 1

    def release(self, window: SlidingWindow, *, sent: bool) -> None:
        """Give a slot back, after the answer."""
        with self._lock:
            window.release(self._clock(), sent=sent)
            if self._waiters:
                self._changed.notify_all()

    def _refuse_while_locked(self, key: str) -> None:
        left = self._locks.get(key, 0) - self._clock()
        if left > 0:
            retry_at = self._today() + timedelta(microseconds=left // 1000)
            raise RateLimited(
                f"Zoho has locked this address until {retry_at:%H:%M:%S} UTC: nothing was sent",
                hint="Wait until then: a call during the lock can make it longer. Other addresses still work.",
                retry_at=retry_at,
            )

    def lock(self, key: str, retry_at: datetime) -> None:
        """Send nothing for *key* before *retry_at*, and let all who wait for it know."""
        with self._changed:
            seconds = max(0.0, (retry_at - self._today()).total_seconds())
            self._locks[key] = self._clock() + int(seconds * SECOND)
            self._changed.notify_all()

    @property
    def limit(self) -> int:
        """Requests of one URL pattern in a window."""
        return self._limit

    def forecast(self, key: str, count: int, leave: int = 0) -> float:
        """Seconds until the last of *count* further requests may go."""
        with self._changed:
            now = self._clock()
            window = self._windows.get(key) or SlidingWindow(self._limit, self._window)
            locked = max(0, self._locks.get(key, 0) - now)
            return (locked + window.forecast(now, count, leave=leave)) / SECOND

    def use(self) -> tuple[WindowUse, ...]:
        """Every window that counts something now, the fullest first."""
        with self._changed:
            now = self._clock()
            rows = [
                WindowUse(key, window.used(now), window.limit, self._locked_until(key, now))
                for key, window in self._windows.items()
            ]
        return tuple(sorted((row for row in rows if row.used or row.locked_until), key=lambda row: -row.used))

    def _locked_until(self, key: str, now: int) -> datetime | None:
        left = self._locks.get(key, 0) - now
        return (self._today() + timedelta(microseconds=left // 1000)).astimezone(UTC) if left > 0 else None


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
