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
from typing import NoReturn, Protocol, Self

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
        self._locked_until = 0

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot and give 0, or give the nanoseconds until one is free; None where only a response can free one.

        *leave* slots are kept for others.
        """
        free_at = self._free_at
        while free_at and free_at[0] <= now:
            free_at.popleft()
        excess = self._in_flight + len(free_at) - (self.limit - leave if leave < self.limit else 1)
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

    def lock(self, until: int) -> None:
        """Zoho refuses until then."""
        self._locked_until = until

    def lock_left(self, now: int) -> int:
        """Nanoseconds that Zoho's lock still lasts."""
        return self._locked_until - now if self._locked_until > now else 0

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
    until the condition is notified or the seconds are over, and may do so faster than the sun. *windows* makes the
    window of a key, where it is to be another than this process's own.
    """

    def __init__(
        self,
        clock: Callable[[], int],
        today: Callable[[], datetime],
        *,
        limit: int = LIMIT,
        window: int = WINDOW + SLACK,
        wait: Callable[[Condition, float], object] = Condition.wait,
        windows: Callable[[str], "Window"] | None = None,
    ) -> None:
        self._clock = clock
        self._today = today
        self._wait = wait
        self._limit = limit
        self._new_window = windows or (lambda _: SlidingWindow(limit, window))
        self._windows: dict[str, Window] = {}
        self._lock = Lock()  # taken by itself where nobody waits: a Condition takes twice the time (measured)
        self._changed = Condition(self._lock)
        self._waiters = 0

    def slot(self, key: str, lane: Lane = INTERACTIVE) -> "SlotUse":
        """Hold a slot of *key* in a ``with`` while the request is under way, waiting for one where none is free.

        Raise RateLimited at once, sending nothing, while Zoho's lock lasts.
        """
        return SlotUse(self, key, lane)

    def acquire(self, key: str, lane: Lane = INTERACTIVE) -> "Window":
        """Take a slot, waiting for it; ``release`` gives it back."""
        with self._lock:
            window = self._windows.get(key) or self._window_of(key)
            while True:
                now = self._clock()
                if left := window.lock_left(now):
                    self._refuse(left)
                pause = window.take(now, leave=lane.leave)
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

    def release(self, window: "Window", *, sent: bool) -> None:
        """Give a slot back, after the answer."""
        with self._lock:
            window.release(self._clock(), sent=sent)
            if self._waiters:
                self._changed.notify_all()

    def _refuse(self, left: int) -> NoReturn:
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
            self._window_of(key).lock(self._clock() + int(seconds * SECOND))
            self._changed.notify_all()

    def _window_of(self, key: str) -> "Window":
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = self._new_window(key)
        return window

    def with_windows(self, windows: Callable[[str], "Window"]) -> "RateLimits":
        """The same limits, counted in other windows from now on."""
        return RateLimits(self._clock, self._today, limit=self._limit, wait=self._wait, windows=windows)

    @property
    def limit(self) -> int:
        """Requests of one URL pattern in a window."""
        return self._limit

    def forecast(self, key: str, count: int, leave: int = 0) -> float:
        """Seconds until the last of *count* further requests may go."""
        with self._changed:
            now = self._clock()
            window = self._window_of(key)
            return (window.lock_left(now) + window.forecast(now, count, leave=leave)) / SECOND

    def use(self) -> tuple[WindowUse, ...]:
        """Every window that counts something now, the fullest first."""
        with self._changed:
            now = self._clock()
            rows = [
                WindowUse(key, window.used(now), window.limit, self._end_of(window.lock_left(now)))
                for key, window in self._windows.items()
            ]
        return tuple(sorted((row for row in rows if row.used or row.locked_until), key=lambda row: -row.used))

    def _end_of(self, left: int) -> datetime | None:
        return (self._today() + timedelta(microseconds=left // 1000)).astimezone(UTC) if left else None


class Window(Protocol):
    """What a window must be able to do: ``SlidingWindow`` is one, and so is one that processes share."""

    @property
    def limit(self) -> int:
        """How many slots it has."""

    @property
    def window(self) -> int:
        """Nanoseconds for which a slot counts."""

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot, or tell how long to wait."""

    def release(self, now: int, *, sent: bool = True) -> None:
        """Give a slot back."""

    def used(self, now: int) -> int:
        """Slots that are taken."""

    def forecast(self, now: int, count: int, *, leave: int = 0) -> int:
        """Nanoseconds until the last of so many requests may go."""

    def lock(self, until: int) -> None:
        """Zoho refuses until then."""

    def lock_left(self, now: int) -> int:
        """Nanoseconds that Zoho's lock still lasts."""


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
