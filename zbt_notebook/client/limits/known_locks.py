"""When each of Zoho's locks ends, kept in a small file of the user's so that the next kernel knows it too."""

import contextlib
import hashlib
from pathlib import Path

from zbt_notebook.client.limits.runtime_folder import runtime_folder
from zbt_notebook.client.limits.shared_file import opened, read, write

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
        with contextlib.suppress(OSError), opened(self._path(key)) as handle:
            write(handle, str(until).encode())

    def until(self, key: str, now: int) -> int:
        """When the lock of a URL pattern ends; 0 where there is none."""
        try:
            with opened(self._path(key), create=False) as handle:
                until = int(read(handle))
        except (OSError, ValueError):
            return 0
        return until if 0 < until - now <= _LONGEST else 0

    def _path(self, key: str) -> Path:
        return self._folder / f"lock-{_word(self._address)}-{_word(f'{self._client_id} {key}')}"


def forget(address: str | None = None) -> None:
    """Let go of the locks at an API's address; without one, of all."""
    folder = runtime_folder()
    for path in folder.glob(f"lock-{_word(address) if address else '*'}-*") if folder else ():
        with contextlib.suppress(OSError):
            path.unlink()


def _word(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
