"""Names of files as users write them."""

import os
from pathlib import Path

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown


def path_of(filename: str) -> Path:
    """Give the path that a name stands for, ``~`` included; raise UsageError for what no file can be called."""
    try:
        if b"\0" not in os.fsencode(filename):
            return Path(filename).expanduser()
    except (UnicodeEncodeError, RuntimeError):  # half a character, nobody's home
        pass
    raise UsageError(
        f"{shown(filename)} is no name of a file", hint="Look at it: how does it begin, and what is in it?"
    )


def working_folder() -> str:
    """Name the folder in which the kernel works; it may be gone."""
    try:
        return str(Path.cwd())
    except OSError:
        return "a folder that is gone"
