"""Writes a file whole or not at all, and only where a file may stand."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def path_problem(path: Path) -> str:
    """Say why no file can be written at *path*, as the end of a sentence that begins with its name; empty if one can.

    A link is no place: what it points to would be changed, or the link be replaced, and nobody said which.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except (OSError, ValueError) as error:
        return f"is no place for a file ({getattr(error, 'strerror', None) or 'not a path'})"
    if stat.S_ISDIR(mode):
        return "is a folder"
    if stat.S_ISLNK(mode):
        return "is a link"
    if not stat.S_ISREG(mode):
        return "is a pipe or a device, not a file"
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        return "is in a folder that you may not write to"
    return ""


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Have *write* make the file beside its place, then move it there; what it raises leaves the old file as it was.

    A new file is for its owner alone; one that was there keeps its mode.
    """
    beside = path.with_name(f".{path.name[:40]}.{token_hex(8)}{path.suffix}")  # known before it is there
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        write(beside)
        with suppress(FileNotFoundError):
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
