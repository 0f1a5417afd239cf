"""Reads files that are files: a pipe is not waited for, nor a device read without end."""

import errno
import stat
from os import PathLike
from pathlib import Path

_LARGEST = 2**30  # bytes: more than any upload or notebook, and less than memory


def read_plain(file: str | PathLike[str]) -> bytes:
    """All that a file holds; raise OSError where there is none to read: a pipe, a socket, a device, no path at all."""
    try:
        path = Path(file).expanduser()
        facts = path.stat()
    except (TypeError, ValueError, RuntimeError):
        raise OSError(errno.EINVAL, "it is no path") from None
    if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):  # a folder says so by itself
        raise OSError(errno.EINVAL, "it is a pipe or a device, and no file")
    if facts.st_size > _LARGEST:
        raise OSError(errno.EFBIG, f"it holds more than {_LARGEST >> 20:,} MiB")
    return path.read_bytes()
