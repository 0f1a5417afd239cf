"""The rate limits of every client that this process calls for. They outlive a sign-in, as Zoho's counts do.

Zoho's locks outlive the process too: they are kept in files.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.shared_file import opened, read, runtime_folder, write
from zbt_notebook.client.limits.token_budget import TokenBudget

_LONGEST_LOCK = 2 * 3600 * 1_000_000_000  # nanoseconds; what ends later was written before the machine started anew
_LATEST = 16  # that are kept after the last sign-in that used them; a window counts for two minutes

Kept = TypeVar("Kept")


class _Keep(Generic[Kept]):
    """One object for each name, shared by all who ask for it; kept while somebody holds it, the latest ones longer."""

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


class KnownLocks:
    """When each of Zoho's locks of one client ends: kept in small files, so that the next kernel knows it too.

    Times are those of the machine's monotonic clock, in nanoseconds.
    """

    def __init__(self, folder: Path, address: str, client_id: str) -> None:
        self._folder = folder
        self._address = address
        self._client_id = client_id

    @classmethod
    def of(cls, address: str, client_id: str) -> "KnownLocks | None":
        """The locks of a client at Zoho; None for a stand-in on this machine, and where there is no runtime folder."""
        folder = runtime_folder() if address.startswith("https://") else None
        return None if folder is None else cls(folder, address, client_id)

    def keep(self, key: str, until: int) -> None:
        """Write down for later kernels when a lock ends; where that fails, Zoho will refuse them once."""
        with contextlib.suppress(OSError), opened(self._path(key)) as handle:
            write(handle, str(until).encode())

    def until(self, key: str, now: int) -> int:
        """When the lock of a URL pattern ends; 0 where there is none."""
        try:
            with opened(self._path(key), create=False) as handle:
                until = int(read(handle))
        except (OSError, ValueError):
            return 0
        return until if 0 < until - now <= _LONGEST_LOCK else 0

    def _path(self, key: str) -> Path:
        return self._folder / f"lock-{_word(self._address)}-{_word(f'{self._client_id} {key}')}"


def forget_locks(address: str | None = None) -> None:
    """Delete the files of the locks at an API's address; without one, of all."""
    folder = runtime_folder()
    for path in folder.glob(f"lock-{_word(address) if address else '*'}-*") if folder else ():
        with contextlib.suppress(OSError):
            path.unlink()


def _word(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]


_limits = _Keep(
    lambda address, client: RateLimits(
        time.monotonic_ns, lambda: datetime.now(UTC), locks=KnownLocks.of(address, client)
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
    forget_locks(address)
    _budgets.forget(address)
