"""What the processes of one sign-in know together, so that one of them refreshes for all."""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from zbt_notebook.client.limits.runtime_folder import runtime_folder

with contextlib.suppress(ImportError):  # Windows has none; there is no runtime folder either, and nothing is shared
    import fcntl

_NONCE, _TAG = 16, 32  # bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """The newest access token, or the newest failure, and the latest calls for one.

    Times are of the monotonic clock, which the processes of one machine share until it starts anew; the token's end
    is told by the wall clock too.
    """

    access_token: str = field(default="", repr=False)
    ends_on_wall: float = 0.0
    ends: float = 0.0
    scopes: tuple[str, ...] = ()
    calls: tuple[float, ...] = ()  # for tokens, in the last ten minutes
    failed: float = 0.0
    error: str = ""  # Zoho's word, or empty where nothing answered
    message: str = ""
    hint: str = ""


class TokenShare:
    """A small file, sealed with the refresh token: who does not hold that one can neither read nor forge it."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._seal_key, self._tag_key = (hmac.digest(key, use, "sha256") for use in (b"seal", b"tag"))

    def __repr__(self) -> str:
        return "TokenShare()"

    @classmethod
    def of(cls, secret: str, folder: Path | None = None) -> "TokenShare | None":
        """The share of everyone who holds *secret*; None where this machine has no place for one."""
        folder = folder or runtime_folder()
        if folder is None:
            return None
        key = hashlib.sha256(b"zbt-notebook shared token 1\0" + secret.encode()).digest()
        name = hmac.digest(key, b"name", "sha256").hex()[:32]
        return cls(folder / f"token-{name}", key)

    @contextlib.contextmanager
    def alone(self) -> Iterator["ShareEntry"]:
        """Hold the share while no other process does; waiting for it can be interrupted."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield ShareEntry(self, handle)
        finally:
            os.close(handle)  # and with it the lock

    def seal(self, text: bytes) -> bytes:
        """Encrypt, then authenticate."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._covered(text, nonce)
        return sealed + hmac.digest(self._tag_key, sealed, "sha256")

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed, or None for anything else: an empty file, a torn write, somebody else's."""
        body, tag = sealed[:-_TAG], sealed[-_TAG:]
        if len(body) < _NONCE or not hmac.compare_digest(hmac.digest(self._tag_key, body, "sha256"), tag):
            return None
        return self._covered(body[_NONCE:], body[:_NONCE])

    def _covered(self, text: bytes, nonce: bytes) -> bytes:
        """The text, or what covers it: HMAC-SHA256 in counter mode, for the standard library has no cipher."""
        blocks = range(-(-len(text) // 32))
        stream = b"".join(hmac.digest(self._seal_key, nonce + block.to_bytes(8, "big"), "sha256") for block in blocks)
        return bytes(byte ^ cover for byte, cover in zip(text, stream, strict=False))


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """The share, while it is held."""

    _share: TokenShare
    _handle: int

    def read(self) -> Shared:
        """What is known together; nothing, where the file holds nothing of ours."""
        os.lseek(self._handle, 0, os.SEEK_SET)
        text = self._share.open(os.read(self._handle, 1 << 16))
        if text is None:
            return Shared()
        known = json.loads(text)
        return Shared(**{**known, "scopes": tuple(known["scopes"]), "calls": tuple(known["calls"])})

    def write(self, known: Shared) -> None:
        """Let the others know."""
        os.ftruncate(self._handle, 0)
        os.pwrite(
            self._handle,
            self._share.seal(json.dumps({each.name: getattr(known, each.name) for each in fields(known)}).encode()),
            0,
        )
