"""Small files that this user's processes share: opened with care, locked with a deadline, never mapped.

They lie in a folder that only this user can enter.

A mapped file kills the process (SIGBUS) once the disk is full or somebody has emptied it. Here whatever is wrong raises
OSError; who shares a file then goes on alone, and the user is told once.
"""

import contextlib
import errno
import logging
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 1 << 16  # bytes
_OTHERS, _OTHERS_WRITE = 0o077, 0o022

_log = logging.getLogger("zbt_notebook")
_reported: set[str] = set()


if sys.platform == "win32":

    def open_own(path: Path, *, create: bool = True) -> int:
        """Windows has neither an owner to check nor ``flock``: nothing is shared there."""
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), str(path), create)

    def try_lock(handle: int) -> bool:
        """Windows: two processes at once are the user's own affair."""
        return handle >= 0

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Lock the file for this process, without waiting; False where another one has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def open_own(path: Path, *, create: bool = True) -> int:
        """Open a file of this user's own for reading and writing; others can neither read nor write it afterwards.

        Raise OSError for a link, a pipe, a folder, a device or somebody else's file. What others could write before is
        not believed: such a file is emptied.
        """
        # a pipe must not be waited for: O_NONBLOCK says nothing to a file
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        handle = os.open(path, flags, 0o600)
        try:
            _make_private(handle)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _make_private(handle: int) -> None:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.getuid():
            raise OSError(errno.EPERM, "there is something else than a file of this user's own in its place")
        if facts.st_mode & _OTHERS:
            os.fchmod(handle, 0o600)
        if facts.st_mode & _OTHERS_WRITE:
            os.ftruncate(handle, 0)


@contextlib.contextmanager
def opened(path: Path, *, create: bool = True) -> Iterator[int]:
    """Give the handle of ``open_own``, and close it."""
    handle = open_own(path, create=create)
    try:
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def held(path: Path, *, seconds: float) -> Iterator[int]:
    """Give the file's handle while no other process holds the file.

    Raise OSError (TimeoutError) where another one holds it for longer than *seconds*: it may be stopped, or hang.
    Waiting can be interrupted. The lock ends with the handle, so that a child after a fork inherits none.
    """
    with opened(path) as handle:
        end, pause = time.monotonic() + seconds, 0.0005
        while not try_lock(handle):
            if time.monotonic() >= end:
                raise TimeoutError(errno.ETIMEDOUT, "another process holds it and does not let go")
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
        yield handle


def read(handle: int) -> bytes:
    """What the file holds, as far as a small file goes."""
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, _LARGEST)


def write(handle: int, content: bytes) -> None:
    """Put *content* in place of what the file holds; raise OSError where that did not fit."""
    os.lseek(handle, 0, os.SEEK_SET)
    written = os.write(handle, content)
    os.ftruncate(handle, written)
    if written < len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def tell_once(what: str, error: OSError) -> None:
    """Say, the first time in this process, that *what* is not shared."""
    if what not in _reported:
        _reported.add(what)
        _log.warning(
            "zbt-notebook: %s with other kernels: %s. This kernel goes on alone.", what, error.strerror or error
        )


def runtime_folder() -> Path | None:
    """A folder that only this user can enter, made where it is not there; None where there can be none.

    Below XDG_RUNTIME_DIR (in memory, gone with the session) where there is one, else below the temporary folder. One
    that belongs to somebody else, or is a link, is not used.
    """
    if not hasattr(os, "getuid"):
        return None  # Windows: no owner to check, no flock to share by
    base = os.environ.get("XDG_RUNTIME_DIR")
    try:  # gettempdir() raises where nothing can be written anywhere
        folder = Path(base) / "zbt-notebook" if base else Path(tempfile.gettempdir()) / f"zbt-notebook-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o077
    return folder if private else None
