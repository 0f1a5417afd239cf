"""How many access tokens Zoho still gives for one refresh token."""

from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from zbt_notebook.client.forks import ForkSafeLock

TOKEN_BUDGET = 10  # access tokens per refresh token …
TOKEN_WINDOW = 600.0  # … in ten minutes: https://www.zoho.com/accounts/protocol/oauth/token-limits.html


class TokenBudget:
    """The calls that count for one refresh token. No I/O: times are given, in seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._calls: deque[float] = deque(maxlen=TOKEN_BUDGET)
        self._blocked_until = float("-inf")

    @property
    def calls(self) -> tuple[float, ...]:
        """When the latest calls were made, at most as many as Zoho allows."""
        return tuple(self._calls)

    def left(self, now: float) -> int:
        """How many tokens Zoho still gives in the running ten minutes; none while it refuses."""
        return 0 if now < self._blocked_until else self._unspent(now)

    def _unspent(self, now: float) -> int:
        return TOKEN_BUDGET - sum(called > now - TOKEN_WINDOW for called in self.calls)

    def spend(self, now: float) -> float:
        """Count a call and give 0, or give the seconds until Zoho would grant one."""
        with self._lock:
            wait = self._blocked_until - now
            if self._unspent(now) <= 0:
                wait = max(wait, self._calls[0] + TOKEN_WINDOW - now)
            if wait > 0:
                return wait
            self._calls.append(now)
            return 0.0

    def take_back(self, called: float) -> None:
        """Forget a call that never left."""
        with self._lock, suppress(ValueError):  # what others did meanwhile may have pushed it out
            self._calls.remove(called)

    def learn(self, calls: Iterable[float], now: float) -> None:
        """Count calls as well that others made."""
        with self._lock:
            recent = {call for call in (*self._calls, *calls) if now - TOKEN_WINDOW < call <= now}
            self._calls = deque(sorted(recent), maxlen=TOKEN_BUDGET)

    def block(self, now: float) -> None:
        """Zoho has refused: count no token as left for ten minutes, the longest that it may go on refusing."""
        self._blocked_until = now + TOKEN_WINDOW
