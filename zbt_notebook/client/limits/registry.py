"""The rate limits of every client that this process calls for. They outlive a sign-in, as Zoho's counts do."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.limits import known_locks
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.token_budget import TokenBudget

_LATEST = 16  # that are kept after the last sign-in that used them; a window counts for two minutes

Kept = TypeVar("Kept")


class _Keep(Generic[Kept]):
    """One of a kind for all who ask by the same name, as long as somebody holds it; the latest ones for longer."""

    def __init__(self, make: Callable[[str, str], Kept]) -> None:
        self._make = make
        self._lock = ForkSafeLock()
        self._held: WeakValueDictionary[tuple[str, str], Kept] = WeakValueDictionary()
        self._latest: deque[Kept] = deque(maxlen=_LATEST)

    def of(self, name: tuple[str, str]) -> Kept:
        with self._lock:
            kept = self._held.get(name)
            if kept is None:
                kept = self._held[name] = self._make(*name)
            if kept in self._latest:
                self._latest.remove(kept)
            self._latest.append(kept)
            return kept

    def forget(self, address: str | None) -> None:
        with self._lock:
            for name in [name for name in self._held if address in {None, name[0]}]:
                kept = self._held.pop(name)
                if kept in self._latest:
                    self._latest.remove(kept)


_limits = _Keep(
    lambda address, client: RateLimits(
        time.monotonic_ns, lambda: datetime.now(UTC), locks=known_locks.KnownLocks.of(address, client)
    )
)
_budgets = _Keep(lambda _, __: TokenBudget())


def limits_of(api_url: str, client_id: str) -> RateLimits:
    """The windows in which Zoho counts the calls of a client: the same ones after every sign-in, under every name."""
    return _limits.of((api_url, client_id))


def token_budget_of(accounts_url: str, refresh_token: str) -> TokenBudget:
    """The token calls that Zoho counts for a refresh token, which itself is not kept."""
    return _budgets.of((accounts_url, sha256(refresh_token.encode()).hexdigest()))


def forget(address: str | None = None) -> None:
    """Count anew at an API's or accounts server's address, for there is another server now; without one, at all."""
    _limits.forget(address)
    known_locks.forget(address)
    _budgets.forget(address)
