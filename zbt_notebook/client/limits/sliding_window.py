"""Never more requests in any rolling window than Zoho allows, whatever the network does.

A slot is free again a full window after the *response*. For request i, the server counts it at some time aᵢ between
sending and response. A slot is reused at sendⱼ ≥ recvᵢ + W, hence aⱼ ≥ aᵢ + W: no two uses of one slot lie in one
window, so ``limit`` slots never exceed ``limit`` requests in a window, for any latency and without comparing clocks.
Counting from the sending, as token buckets and fixed windows do, was measured to overrun.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

SECOND = 1_000_000_000  # times are integer nanoseconds: with floats `now + (t - now) < t` can spin without progress

LIMIT = 100  # requests per URL pattern …
WINDOW = 120 * SECOND  # … in two minutes: https://www.zoho.com/deluge/help/projects/get-portals.html
SLACK = SECOND // 10  # for two clocks that do not run alike; 800 ppm apart is far more than clocks are
LEASE = 70 * SECOND  # longer than any request lives: the transport's deadline is a minute


class Window(Protocol):
    """The slots of one URL pattern. No I/O: the time is given, and nothing waits here.

    ``SlidingWindow`` is one, and so is one that processes share.
    """

    @property
    def limit(self) -> int:
        """How many slots it has."""

    @property
    def window(self) -> int:
        """Nanoseconds for which a slot counts."""

    @property
    def in_flight(self) -> int:
        """Requests of this process that are not answered yet."""

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot and give 0, or give the nanoseconds until one is free; None where only a response can free one.

        *leave* slots are kept for others.
        """

    def release(self, now: int, *, sent: bool = True) -> None:
        """Give a slot back; it counts for a full window from now on, unless nothing was ever sent."""

    def used(self, now: int) -> int:
        """Slots that are taken at this time."""

    def forecast(self, now: int, count: int, *, leave: int = 0) -> int:
        """Nanoseconds until the last of *count* requests may go, if nobody else asks and all are answered at once."""

    def lock(self, until: int) -> None:
        """Zoho refuses until then."""

    def lock_left(self, now: int) -> int:
        """Nanoseconds that Zoho's lock still lasts."""

    def taken(self, now: int) -> list[int]:
        """When each slot that is taken now will be free, ascending; for a request under way, the latest that can be."""

    def adopt(self, now: int, taken: Iterable[int]) -> None:
        """Let so many slots be taken until these times, as another window counted them."""


def wait_for_slot(taken: Sequence[int], count: int, slots: int, window: int) -> int:
    """Nanoseconds until the last of *count* requests may go through *slots*; *taken* are free in so many, ascending.

    Each request goes when enough before it are over, so request j goes a window after request j - slots.
    """
    rounds, remainder = divmod(count - 1, slots)
    awaited = (
        len(taken) + remainder - slots
    )  # the one of the taken slots that this request of the first round waits for
    return rounds * window + (taken[awaited] if awaited >= 0 else 0)


class SlidingWindow:
    """The slots of one URL pattern, counted for one process."""

    def __init__(self, limit: int = LIMIT, window: int = WINDOW + SLACK) -> None:
        self.limit = limit
        self.window = window
        self.in_flight = 0
        self._free_at: deque[int] = deque()  # ascending, for responses come in the order of the clock
        self._locked_until = 0

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot, or tell how long to wait."""
        free_at = self._free_at
        while free_at and free_at[0] <= now:
            free_at.popleft()
        excess = self.in_flight + len(free_at) - (self.limit - leave if leave < self.limit else 1)
        if excess < 0:
            self.in_flight += 1
            return 0
        return free_at[excess] - now if excess < len(free_at) else None

    def release(self, now: int, *, sent: bool = True) -> None:
        """Give a slot back."""
        self.in_flight -= 1
        if sent:
            self._free_at.append(now + self.window)

    def used(self, now: int) -> int:
        """Slots that are taken."""
        self._forget(now)
        return self.in_flight + len(self._free_at)

    def forecast(self, now: int, count: int, *, leave: int = 0) -> int:
        """Nanoseconds until the last of so many requests may go."""
        self._forget(now)
        taken = [time - now for time in self._free_at]
        taken += [self.window] * self.in_flight
        return wait_for_slot(taken, count, max(1, self.limit - leave), self.window) if count > 0 else 0

    def lock(self, until: int) -> None:
        """Zoho refuses until then."""
        self._locked_until = until

    def lock_left(self, now: int) -> int:
        """Nanoseconds that Zoho's lock still lasts."""
        return self._locked_until - now if self._locked_until > now else 0

    def taken(self, now: int) -> list[int]:
        """When each slot that is taken now will be free."""
        self._forget(now)
        return [*self._free_at, *[now + LEASE + self.window] * self.in_flight]

    def adopt(self, now: int, taken: Iterable[int]) -> None:
        """Let so many slots be taken until these times."""
        self._free_at = deque(sorted(time for time in [*self._free_at, *taken] if time > now))

    def abandon(self, now: int) -> None:
        """Count requests in flight as long as they may last: another process has them, and gets their answers."""
        in_flight, self.in_flight = self.in_flight, 0
        self.adopt(now, [now + LEASE + self.window] * in_flight)

    def _forget(self, now: int) -> None:
        while self._free_at and self._free_at[0] <= now:
            self._free_at.popleft()
