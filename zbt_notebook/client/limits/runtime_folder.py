"""This user's own folder for what the processes of one machine share while they run."""

import os
import stat
import tempfile
from pathlib import Path


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
