"""Hands a caught redirect from Jupyter's server to the kernel that waits for it, through files of their user's own.

Both processes see Jupyter's runtime folder. The kernel opens a mailbox for the ``state`` of its sign-in. The server
puts the redirect there, once, and waits for the kernel's reply. A mailbox goes by a hash of the state: a listing of the
folder tells nothing, and whoever does not know the state cannot find it.
"""

import contextlib
import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zbt_notebook.client.atomic_write import write_atomically
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.notebook.sign_in.catchers import Answer

LIFE = 600.0  # seconds for which a mailbox takes a redirect
_SWEPT_AFTER = 2 * LIFE  # what a killed process left behind


def mailbox_folder() -> Path:
    """The folder of all mailboxes, which only this user can enter; raise UsageError where there can be none."""
    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir()) / "zbt-sign-in"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
    except OSError as error:
        raise _not_private(folder) from error
    if not stat.S_ISDIR(facts.st_mode) or not _is_private(facts):
        raise _not_private(folder)
    return folder


if sys.platform == "win32":

    def _is_private(facts: os.stat_result) -> bool:
        """Windows: the runtime folder is in the user's own profile."""
        return bool(facts)

else:

    def _is_private(facts: os.stat_result) -> bool:
        return facts.st_uid == os.getuid() and not facts.st_mode & 0o077


def _not_private(folder: Path, reason: str = "") -> UsageError:
    why = f" ({reason})" if reason else ""
    return UsageError(
        f"Jupyter's runtime folder cannot keep anything for you alone{why}, so its server catches no redirect",
        hint=f"Make {folder} a folder of yours with mode 700, or paste the code.",
    )


class Mailbox:
    """The mailbox of one ``state``, as either process sees it."""

    def __init__(self, state: str, folder: Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder or mailbox_folder()
        self._name = hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Mailbox {self._name[:8]}>"

    # the kernel's side

    def open(self) -> None:
        """Begin to wait; what others left behind long ago is swept away. Raise UsageError where that is impossible."""
        self._sweep()
        try:
            self._write("waiting", {"until": self._clock() + LIFE})
        except OSError as error:
            raise _not_private(self._folder, error.strerror or type(error).__name__) from None

    def take(self) -> str | None:
        """The redirect's query string, once, when it has come."""
        found = self._take("redirect")
        return None if found is None else str(found.get("query", ""))

    def reply(self, answer: Answer) -> None:
        """Say what the redirect has led to; where that fails, the server's page sends its reader to the card."""
        with contextlib.suppress(OSError):
            self._write("answer", {"connected": answer.connected, "title": answer.title, "text": answer.text})

    def close(self) -> None:
        """Wait no longer. A reply stays for the server to read."""
        for kind in ("waiting", "claimed", "redirect"):
            self._remove(kind)

    # the server's side

    def post(self, query: str) -> bool:
        """Put the redirect in; False where no sign-in waits for this state, or one has had its redirect."""
        self._sweep()
        try:
            self._path("waiting").rename(self._path("claimed"))  # of two requests at once, one succeeds
        except OSError:
            return False
        claimed = self._take("claimed")
        until = claimed.get("until") if claimed else None
        if not isinstance(until, float) or not until > self._clock():
            return False
        self._write("redirect", {"query": query})
        return True

    def replied(self) -> Answer | None:
        """What the kernel says of the redirect, once, when it has said it."""
        found = self._take("answer")
        if found is None:
            return None
        return Answer(found.get("connected") is True, str(found.get("title", "")), str(found.get("text", "")))

    def withdraw(self) -> bool:
        """Take the redirect back; False where the kernel has it already."""
        return self._take("redirect") is not None

    # files

    def _path(self, kind: str) -> Path:
        return self._folder / f"{self._name}.{kind}"

    def _write(self, kind: str, content: dict[str, Any]) -> None:
        """Make the file whole or not at all, in the place of whatever is there."""
        self._remove(kind)

        def write(part: Path) -> None:
            part.write_text(json.dumps(content), "utf-8")

        write_atomically(self._path(kind), write)

    def _remove(self, kind: str) -> None:
        with contextlib.suppress(OSError):  # it is not there, or a folder has taken its place
            self._path(kind).unlink()

    def _take(self, kind: str) -> dict[str, Any] | None:
        path = self._path(kind)
        try:
            content = json.loads(read_plain(path))
            path.unlink()
        except FileNotFoundError:
            return None  # not to be removed: it may come at this instant, from the other side
        except (OSError, ValueError, RecursionError):
            self._remove(kind)
            return None
        return content if isinstance(content, dict) else None

    def _sweep(self) -> None:
        paths: list[Path] = []
        with contextlib.suppress(OSError):  # the folder is gone
            paths += self._folder.iterdir()
        for path in paths:
            with contextlib.suppress(OSError):  # another process sweeps too
                if self._clock() - path.lstat().st_mtime > _SWEPT_AFTER:
                    path.unlink()
