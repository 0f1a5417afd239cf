"""The access token that processes with the same sign-in share, so that one of them refreshes for all."""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any

from zbt_notebook.client.limits.shared_file import held, read, runtime_folder, tell_once, write
from zbt_notebook.client.secret_str import SecretStr, StaysInKernel

PATIENCE = 5.0  # seconds: a refresh takes one; who holds the file for longer hangs, or was stopped
_UNSHARED = "the access token is not shared"
_TOKEN = re.compile(r"[\x21-\x7e]{0,4096}")  # what a header takes, as where tokens arrive


@dataclass(frozen=True, slots=True)
class Shared(StaysInKernel):
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "access_token", SecretStr(self.access_token))

    @classmethod
    def of(cls, content: bytes) -> "Shared":
        """Read a file's content; nothing is known where it is empty, torn, or of another make."""
        try:
            known = json.loads(content)
            return cls(**{each.name: _typed(each.name, known[each.name]) for each in fields(cls)})
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            return cls()

    def content(self) -> bytes:
        """The file's content for others to read."""
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)}).encode()


def _typed(name: str, value: Any) -> Any:
    """The value of a field, of its kind; raise TypeError or ValueError for any other."""
    if name == "scopes":
        return tuple(map(_text, value))
    if name == "access_token" and not _TOKEN.fullmatch(_text(value)):
        raise ValueError
    if name == "calls":
        return tuple(map(_number, value))
    return _number(value) if name in {"ends_on_wall", "ends", "failed"} else _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> float:
    if type(value) not in {int, float} or not isfinite(value):
        raise TypeError
    return float(value)


class TokenShare:
    """A small file of this user's alone (0600, in a folder that nobody else can enter), named by the refresh token."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __repr__(self) -> str:
        return "TokenShare()"

    @classmethod
    def of(cls, secret: str, folder: Path | None = None) -> "TokenShare | None":
        """The share of everyone who holds *secret*; None where this machine has no place for one."""
        folder = folder or runtime_folder()
        name = hashlib.sha256(b"zbt-notebook shared token 2\0" + secret.encode()).hexdigest()[:32]
        return None if folder is None else cls(folder / f"token-{name}")

    @contextlib.contextmanager
    def alone(self) -> Iterator["ShareEntry | None"]:
        """Hold the share while no other process does; None where it cannot be held, which is told once."""
        with contextlib.ExitStack() as stack:
            try:
                entry = ShareEntry(stack.enter_context(held(self._path, seconds=PATIENCE)))
            except OSError as error:
                tell_once(_UNSHARED, error)
                entry = None
            yield entry


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """The file, while this process holds its lock."""

    _handle: int

    def read(self) -> Shared:
        """What the file holds."""
        try:
            return Shared.of(read(self._handle))
        except OSError as error:
            tell_once(_UNSHARED, error)
            return Shared()

    def write(self, known: Shared) -> None:
        """Write it for the other processes; where that fails, they ask Zoho."""
        try:
            write(self._handle, known.content())
        except OSError as error:
            tell_once(_UNSHARED, error)
