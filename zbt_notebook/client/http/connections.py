"""Connections that print nothing of what they send, and read no longer than until their deadline."""

import io
import threading
from collections.abc import Callable
from functools import cache
from http.client import HTTPConnection
from typing import Any, Self

from urllib3.exceptions import HTTPError


class TooSlow(HTTPError):
    """The answer was not through at the deadline."""


class Deadline:
    """The time at which an exchange must be over. While it is entered, every read of this thread keeps to it."""

    __slots__ = ("_clock", "_until")

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._until = clock() + seconds

    def left(self) -> float:
        """Seconds that are left; raise TooSlow where there are none."""
        left = self._until - self._clock()
        if left <= 0:
            raise TooSlow
        return left

    def __enter__(self) -> Self:
        _of_thread.deadline = self
        return self

    def __exit__(self, *_raised: object) -> None:
        _of_thread.deadline = None


class _OfThread(threading.local):
    deadline: Deadline | None = None


_of_thread = _OfThread()


class _TimedReader(io.RawIOBase):
    """Reads from a socket, each time for no longer than the deadline leaves.

    A read's own timeout begins anew with every byte, so that a server that drips, be it inside a header or the size of
    a chunk, would never be too slow.
    """

    def __init__(self, raw: Any, connection: Any) -> None:
        self._raw = raw
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        deadline = _of_thread.deadline
        if deadline is None:
            return self._read(buffer)
        left, usual = deadline.left(), self._connection.gettimeout()
        if usual is not None and usual <= left:
            return self._read(buffer)
        self._connection.settimeout(left)
        try:
            return self._read(buffer)
        except TimeoutError:
            raise TooSlow from None
        finally:
            self._connection.settimeout(usual)

    def _read(self, buffer: Any) -> int | None:
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """A socket that is read and written by the deadline; all else is the socket's own."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def makefile(self, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if mode != "rb":
            return self._connection.makefile(mode, *arguments, **options)
        return io.BufferedReader(_TimedReader(self._connection.makefile("rb", buffering=0), self._connection))

    def sendall(self, data: Any) -> None:
        """Send all of it. urllib3 leaves the time to be connected for that: an upload takes longer."""
        if _of_thread.deadline is not None:
            self._connection.settimeout(_of_thread.deadline.left())
        try:
            self._connection.sendall(data)
        except TimeoutError:
            raise TooSlow from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _Guarded:
    """``http.client.HTTPConnection.debuglevel = 1`` makes http.client print every header and body.

    Many a snippet sets it, for every connection of the process: the token, the code and the secret would stand in a
    cell's output. An attribute that is found first hides it, and costs nothing.
    """

    debuglevel = 0
    sock: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # the class it is mixed into has it
        self.sock = _TimedSocket(self.sock)

    def _tunnel(self) -> None:
        """Ask a proxy for the way to a host; TLS is spoken over the bare socket after that."""
        bare, self.sock = self.sock, _TimedSocket(self.sock)
        try:
            super()._tunnel()  # type: ignore[misc]  # as above
        finally:
            self.sock = self.sock and bare  # where it fails, it is closed


@cache
def guarded(kind: type[HTTPConnection]) -> type[HTTPConnection]:
    """The same kind of connection, be it direct, by TLS or through a proxy: quiet, and read by the deadline."""
    return kind if issubclass(kind, _Guarded) else type(f"Guarded{kind.__name__}", (_Guarded, kind), {})
