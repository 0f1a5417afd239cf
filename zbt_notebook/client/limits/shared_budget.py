"""One rate limit for all kernels of a user on a machine: its slots lie in a small file that all of them read and write.

Each slot of a file is the time, in nanoseconds of the machine's monotonic clock, from which it is free. Who claims a
slot writes a time after which even the slowest request is over, and a window more: where a kernel is killed, its slots
free themselves. Who has its answer writes the true time. The last number of the file is the end of Zoho's lock.

A window knows what it read last: where the file cannot be used, it goes on with that, and so never allows more.
"""

import contextlib
import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from zbt_notebook.client.limits.allowance import allowance
from zbt_notebook.client.limits.shared_file import held, opened, read, runtime_folder, tell_once, write
from zbt_notebook.client.limits.sliding_window import LEASE, LIMIT, SECOND, SLACK, WINDOW, wait_for_slot

_LONGEST_LOCK = 2 * 3600 * SECOND
_LATE = 600 * SECOND  # *now* was read before the wait for the file, and others have claimed since
_PATIENCE = 0.5  # seconds for a lock that is held for microseconds; who holds it for longer was stopped
_ALONE_FOR = 30 * SECOND  # before a file that could not be used is tried again


class SharedBudget:
    """Makes the windows of one client at one data centre, for ``RateLimits(windows=…)``.

    Not across machines: there, give each a share of the limit.
    """

    def __init__(self, folder: Path, name: str, *, limit: int | None = None, window: int = WINDOW + SLACK) -> None:
        self._folder = folder
        self._name = name
        self._limit = limit
        self._window = window

    @classmethod
    def of(cls, data_center: str, client_id: str) -> "SharedBudget | None":
        """The budget of a client at a data centre; None where this machine has no place for one."""
        folder = runtime_folder()
        return None if folder is None else cls(folder, f"{data_center} {client_id}")

    def __call__(self, key: str) -> "SharedWindow":
        """The window of one URL pattern."""
        limit = allowance(key) if self._limit is None else self._limit
        name = hashlib.sha256(f"{self._name} {key} {limit}".encode()).hexdigest()[:32]
        return SharedWindow(self._folder / f"budget-{name}", limit=limit, window=self._window)


class SharedWindow:
    """The slots of one URL pattern, as ``sliding_window.SlidingWindow``, but in a file."""

    def __init__(self, path: Path, *, limit: int = LIMIT, window: int = WINDOW + SLACK, lease: int = LEASE) -> None:
        self.limit = limit
        self.window = window
        self._path = path
        self._lease = lease
        self._held: list[tuple[int, int]] = []  # slot, and what was written into it
        self._slots = array("q", bytes(8 * (limit + 1)))  # as the file was read last, or as this process alone counts
        self._is_ahead = False  # of the file
        self._now = self._alone_until = 0
        self._process = os.getpid()

    def __repr__(self) -> str:
        return f"SharedWindow({self._path.name!r}, limit={self.limit})"

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot and give 0, or give the nanoseconds until one is free. *leave* slots are kept for others."""
        if self._process != os.getpid():  # a child after a fork has none of its parent's requests under way
            self._process, self._held = os.getpid(), []
        with self._changing(now):
            times = self._times(now)
            least = min(times)
            if least > now or leave:
                excess = sum(time > now for time in times) - max(1, self.limit - leave)
                if excess >= 0:
                    return sorted(time for time in times if time > now)[excess] - now
            slot = times.index(least)
            claimed = self._slots[slot] = now + self._lease + self.window
            self._held.append((slot, claimed))
            return 0

    def release(self, now: int, *, sent: bool = True) -> None:
        """Give a slot back; it counts for a full window from now on, unless nothing was ever sent."""
        if not self._held or self._process != os.getpid():
            return
        slot, claimed = self._held.pop(0)  # the oldest claim: those that stay outlast the requests still under way
        with self._changing(now):
            if self._slots[slot] == claimed:  # else the lease ran out, and the slot is somebody else's
                self._slots[slot] = now + self.window if sent else 0

    @property
    def in_flight(self) -> int:
        """Requests of this process that are not answered yet."""
        return len(self._held)

    def used(self, now: int) -> int:
        """Slots that are taken at this time, by whomever."""
        return len(self.taken(now))

    def forecast(self, now: int, count: int, *, leave: int = 0) -> int:
        """Nanoseconds until the last of *count* requests may go, if nobody else asks and all are answered at once."""
        taken = [min(time - now, self.window) for time in self.taken(now)]
        return wait_for_slot(taken, count, max(1, self.limit - leave), self.window) if count > 0 else 0

    def lock(self, until: int) -> None:
        """Let all kernels know of Zoho's lock."""
        with self._changing(self._now):
            self._slots[self.limit] = until

    def lock_left(self, now: int) -> int:
        """Nanoseconds that Zoho's lock still lasts, whoever met it; one written before the machine's start is none."""
        self._reload(now)
        left = self._slots[self.limit] - now
        return left if 0 < left <= _LONGEST_LOCK else 0

    def taken(self, now: int) -> list[int]:
        """When each slot that is taken now, by whomever, will be free."""
        self._reload(now)
        return sorted(time for time in self._times(now) if time > now)

    def adopt(self, now: int, taken: Iterable[int]) -> None:
        """Let the slots that are free first be taken until these times, as another window counted them."""
        with self._changing(now):
            times = self._times(now)
            first_free = sorted(range(self.limit), key=times.__getitem__)
            for slot, until in zip(first_free, sorted(taken), strict=False):
                self._slots[slot] = max(times[slot], until)

    def _times(self, now: int) -> list[int]:
        """When each slot is free; times that no claim reaches were written before the machine started anew."""
        farthest = now + self._lease + self.window + _LATE
        return [time if time <= farthest else 0 for time in self._slots[: self.limit]]

    @contextlib.contextmanager
    def _changing(self, now: int) -> Iterator[None]:
        """Lock the file, read it, and write what the block changed; where that fails, the change stays in memory."""
        self._now = now
        with contextlib.ExitStack() as stack:
            handle = None
            if now >= self._alone_until:
                try:
                    handle = stack.enter_context(held(self._path, seconds=_PATIENCE))
                    self._learn(read(handle))
                except OSError as error:
                    handle = None
                    self._go_alone(now, error)
            before = self._slots[:]
            yield
            if self._slots == before and not self._is_ahead:
                return
            self._is_ahead = True
            if handle is not None:
                try:
                    write(handle, self._slots.tobytes())
                    self._is_ahead = False
                except OSError as error:
                    self._go_alone(now, error)

    def _reload(self, now: int) -> None:
        """Read the file without its lock: a number that is being written counts a moment later."""
        if now < self._alone_until:
            return
        try:
            with opened(self._path) as handle:
                self._learn(read(handle))
        except OSError as error:
            self._go_alone(now, error)

    def _learn(self, content: bytes) -> None:
        """Take over what the file holds; where it lacks what this process knows, the later time of each slot counts."""
        size = 8 * len(self._slots)
        there = array("q", content[:size].ljust(size, b"\0"))
        if self._is_ahead or len(content) < size:
            there = array("q", map(max, there, self._slots))
            self._is_ahead = True
        self._slots = there

    def _go_alone(self, now: int, error: OSError) -> None:
        tell_once("the rate limit is not shared", error)
        self._alone_until = now + _ALONE_FOR
