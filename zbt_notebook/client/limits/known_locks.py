"""Zoho's locks as one kernel leaves them to the next: when each ends, in a small file of the user's own."""

import contextlib
import hashlib
import os
from pathlib import Path

from zbt_notebook.client.limits.runtime_folder import runtime_folder

_LONGEST = 2 * 3600 * 1_000_000_000  # nanoseconds; what ends later was written before the machine started anew


class KnownLocks:
    """The locks of one client at one API, by the machine's monotonic clock, in nanoseconds."""

    def __init__(self, folder: Path, address: str, client_id: str) -> None:
        self._folder = folder
        self._address = address
        self._client_id = client_id

    @classmethod
    def of(cls, address: str, client_id: str) -> "KnownLocks | None":
        """Those of a client at Zoho; None for a stand-in on this machine, and where there is no place for them."""
        folder = runtime_folder() if address.startswith("https://") else None
        return None if folder is None else cls(folder, address, client_id)

    def keep(self, key: str, until: int) -> None:
        """Let kernels that start later know; where that fails, they will be told by Zoho."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError), os.fdopen(os.open(self._path(key), flags, 0o600), "w") as file:
            file.write(str(until))

    def until(self, key: str, now: int) -> int:
        """When the lock of a URL pattern ends; 0 where there is none."""
        try:
            until = int(self._path(key).read_text())
        except (OSError, ValueError):
            return 0
        return until if 0 < until - now <= _LONGEST else 0

    def _path(self, key: str) -> Path:
        return self._folder / f"lock-{_word(self._address)}-{_word(f'{self._client_id} {key}')}"


def forget(address: str | None = None) -> None:
    """Let go of the locks at an API's address; without one, of all."""
    folder = runtime_folder()
    for path in folder.glob(f"lock-{_word(address) if address else '*'}-*") if folder else ():
        path.unlink(missing_ok=True)


def _word(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
