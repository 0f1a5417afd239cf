"""Counting what happened in the last few minutes, to refuse what is too much."""

from collections import deque
from collections.abc import Hashable


class RollingCounts:
    """How often something happened for a key within a rolling window; refused attempts do not count."""

    def __init__(self) -> None:
        self._times: dict[Hashable, deque[float]] = {}
        self._blocked_until: dict[Hashable, float] = {}

    def take(self, key: Hashable, now: float, *, limit: int, window: float, block: float = 0) -> bool:
        """Count one more and return True, or return False where the window is full (a limit of 0 never is)."""
        if not limit:
            return True
        if now < self._blocked_until.get(key, now):
            return False
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - window:
            times.popleft()
        if len(times) >= limit:
            if block:
                self._blocked_until[key] = now + block
            return False
        times.append(now)
        return True
