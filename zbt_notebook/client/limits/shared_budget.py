"""One rate limit for all kernels of a user on a machine: its slots lie in a small file that all of them map.

Each slot of a file is the time, in nanoseconds of the machine's monotonic clock, from which it is free. Who claims a
slot writes a time after which even the slowest request is over, and a window more: where a kernel is killed, its slots
free themselves. Who has its answer writes the true time. The last number of the file is the end of Zoho's lock.
"""

import contextlib
import hashlib
import mmap
import os
from collections.abc import Iterable
from pathlib import Path

from zbt_notebook.client.limits.allowance import allowance
from zbt_notebook.client.limits.runtime_folder import runtime_folder
from zbt_notebook.client.limits.sliding_window import LEASE, LIMIT, SECOND, SLACK, WINDOW, turn

with contextlib.suppress(ImportError):  # Windows has none; there is no runtime folder either, and nothing is shared
    import fcntl

_LONGEST_LOCK = 2 * 3600 * SECOND
_LATE = 600 * SECOND  # *now* was read before the wait for the file, and others have claimed since
_NUMBER = 8  # bytes


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
        self._open()

    def __repr__(self) -> str:
        return f"SharedWindow({self._path.name!r}, limit={self.limit})"

    def _open(self) -> None:
        size = _NUMBER * (self.limit + 1)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if os.fstat(self._handle).st_size < size:
            os.ftruncate(self._handle, size)  # two at once do no harm: what is new is all zeros, free slots
        self._map = mmap.mmap(self._handle, size)
        self._slots = memoryview(self._map).cast("q")
        self._free_at = self._slots[: self.limit]
        self._process = os.getpid()

    def close(self) -> None:
        """Unmap the file; it stays, for the others."""
        self._free_at.release()
        self._slots.release()
        self._map.close()
        os.close(self._handle)

    def take(self, now: int, *, leave: int = 0) -> int | None:
        """Take a slot and give 0, or give the nanoseconds until one is free. *leave* slots are kept for others."""
        if self._process != os.getpid():
            self._after_a_fork()
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            times = self._free_at.tolist()
            least = min(times)
            if least <= now and not leave:
                return self._claim(times.index(least), now)
            times = self._times(now)
            excess = sum(time > now for time in times) - max(1, self.limit - leave)
            if excess >= 0:
                return sorted(time for time in times if time > now)[excess] - now
            return self._claim(times.index(min(times)), now)
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _claim(self, slot: int, now: int) -> int:
        claimed = self._slots[slot] = now + self._lease + self.window
        self._held.append((slot, claimed))
        return 0

    def release(self, now: int, *, sent: bool = True) -> None:
        """Give a slot back; it counts for a full window from now on, unless nothing was ever sent."""
        if not self._held:
            return  # a child after a fork holds none of its parent's
        slot, claimed = self._held.pop(0)  # the oldest claim: those that stay outlast the requests still under way
        if self._slots[slot] == claimed:  # else the lease ran out, and the slot is somebody else's
            self._slots[slot] = now + self.window if sent else 0

    @property
    def under_way(self) -> int:
        """Requests of this process that are not answered yet."""
        return len(self._held)

    def used(self, now: int) -> int:
        """Slots that are taken at this time, by whomever."""
        return sum(time > now for time in self._times(now))

    def forecast(self, now: int, count: int, *, leave: int = 0) -> int:
        """Nanoseconds until the last of *count* requests may go, if nobody else asks and all are answered at once."""
        taken = [min(time - now, self.window) for time in self.taken(now)]
        return turn(taken, count, max(1, self.limit - leave), self.window) if count > 0 else 0

    def lock(self, until: int) -> None:
        """Let all kernels know of Zoho's lock."""
        self._slots[self.limit] = until

    def lock_left(self, now: int) -> int:
        """Nanoseconds that Zoho's lock still lasts, whoever met it; one written before the machine's start is none."""
        left = self._slots[self.limit] - now
        return left if 0 < left <= _LONGEST_LOCK else 0

    def taken(self, now: int) -> list[int]:
        """When each slot that is taken now, by whomever, will be free."""
        return sorted(time for time in self._times(now) if time > now)

    def adopt(self, now: int, taken: Iterable[int]) -> None:
        """Let the slots that are free first be taken until these times, as another window counted them."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            times = self._times(now)
            first_free = sorted(range(self.limit), key=times.__getitem__)
            for slot, until in zip(first_free, sorted(taken), strict=False):
                self._slots[slot] = max(times[slot], until)
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _times(self, now: int) -> list[int]:
        """When each slot is free; times that no claim reaches were written before the machine started anew."""
        farthest = now + self._lease + self.window + _LATE
        return [time if time <= farthest else 0 for time in self._free_at.tolist()]

    def _after_a_fork(self) -> None:
        """A child shares its parent's lock, and would not be kept out by it: it opens the file for itself."""
        self._held = []
        self._open()
