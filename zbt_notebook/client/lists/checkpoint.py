"""A file that holds what a pull has fetched, so that a killed kernel loses none of it.

The first line is the plan, each further line one page. A line that a kill cut short is not read.
"""

import contextlib
import errno
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.limits.shared_file import try_lock
from zbt_notebook.client.lists.page import Page
from zbt_notebook.client.lists.plan import Listing, Plan
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.rest.api import ApiCall

_VERSION = 1
_BEGINNING = b'{"version":'


def default_path(request: PullRequest, data_center: str) -> Path:
    """Where the checkpoint of a request lies when the user names no place: in the user's cache, under its own name."""
    try:
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        hint = "Name a file: checkpoint='pull.zbt'."
        raise UsageError("there is no home folder to keep a checkpoint in", hint=hint) from None
    name = hashlib.sha256(f"{data_center} {_essence(request)}".encode()).hexdigest()[:24]
    return Path(cache) / "zbt-notebook" / "pulls" / f"{name}.jsonl"


def _essence(request: PullRequest) -> str:
    return repr(replace(request, id="", checkpoint="", concurrency=0))


class Checkpoint:
    """One pull's file, readable by its owner alone. Pages may be written from any thread."""

    def __init__(self, request: PullRequest) -> None:
        self._path = Path(request.checkpoint)
        self._request = _essence(request)
        self._lock = threading.Lock()
        self._file: Any = None
        self._whole = 0  # bytes that were read as whole lines

    def read(self) -> tuple[str, int, Plan] | None:
        """What the file was begun with: the API, the time of the plan, the plan. None where there is no such file.

        Raise UsageError for a file of something else.
        """
        first = self._first_line()
        if _BEGINNING.startswith(first) or (first.startswith(_BEGINNING) and not first.endswith(b"\n")):
            return None  # there is no file; or a kill cut the first line short, and nothing had been fetched
        try:
            request, begun = _read_header(first)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
            raise UsageError(
                f"{str(self._path)!r} is no checkpoint of a pull", hint="Name another file, or delete this one."
            ) from None
        if request != self._request:
            raise UsageError(
                f"the checkpoint {str(self._path)!r} is of another pull",
                hint="Ask for the same as then, name another file, or delete this one.",
            )
        return begun

    def _first_line(self) -> bytes:
        """The header as it stands; empty where there is no such file."""
        try:
            if not self._path.exists():
                return b""
            if not self._path.is_file():
                raise OSError(errno.EINVAL, "it is no plain file")  # noqa: TRY301  a pipe would be waited for
            with self._path.open("rb") as file:
                first = file.read(len(_BEGINNING))  # a file of something else may have no line end for long
                return first + (file.readline() if first == _BEGINNING else b"")
        except OSError as error:
            raise _unusable(self._path, error) from None

    def entries(self, lists: int) -> Iterator[tuple[int, Page, bool | None, list[Any]]]:
        """Every whole page of the file: the position of its list, the page, the server's word, the records.

        A line that is damaged, or of none of so many *lists*, ends it: what follows is fetched again.
        """
        with self._path.open("rb") as file:
            file.readline()
            self._whole = file.tell()
            for text in file:
                try:
                    position, index, size, more, records = json.loads(text)
                    entry = position, Page(int(index), int(size)), more, list(records)
                    is_ours = text.endswith(b"\n") and 0 <= position < lists
                except (ValueError, TypeError, OverflowError, RecursionError):
                    return
                if not is_ours:
                    return
                yield entry
                self._whole = file.tell()

    def begin(self, api: str, planned_at: int, plan: Plan) -> None:
        """Write the plan into a fresh file."""
        header = {
            "version": _VERSION,
            "wish": self._request,
            "api": api,
            "planned_at": planned_at,
            "empty": plan.empty,
            "announced": dict(plan.announced),
            "projects": plan.projects,
            "portal": plan.portal,
            "listings": list(map(_as_json, plan.listings)),
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open(os.O_CREAT)
            os.ftruncate(self._file.fileno(), 0)
            self._append({**header, "digest": _digest(header)})
        except OSError as error:
            raise _unusable(self._path, error) from None

    def go_on(self) -> None:
        """Go on writing after the last complete line."""
        try:
            whole = self._whole or self._path.read_bytes().rfind(b"\n") + 1
            self._open(0)
            os.ftruncate(self._file.fileno(), whole)
        except OSError as error:
            raise _unusable(self._path, error) from None
        self._file.seek(whole)
        self._whole = 0

    def write(self, position: int, page: Page, more: bool | None, records: Sequence[Any]) -> None:  # noqa: FBT001  as in entries()
        """Append one page."""
        with self._lock:
            if self._file is None:
                return
            try:
                self._append([position, page.index, page.size, more, list(records)])
            except OSError as error:
                raise _unusable(self._path, error) from None

    def done(self) -> None:
        """The pull is complete: the file has served. One that cannot be removed is empty, and counts as none."""
        with contextlib.suppress(OSError):
            os.truncate(self._path, 0)
        self.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def close(self) -> None:
        """Close the file, and keep it for the next run."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _open(self, flags: int) -> None:
        flags |= os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self._path, flags, 0o600)
        self._file = os.fdopen(handle, "wb", buffering=0)  # what did not fit is not tried again at the end
        if not try_lock(handle):
            self._file.close()
            self._file = None
            raise UsageError(
                f"another pull writes to the checkpoint {str(self._path)!r}",
                hint="Wait for it, or name another file for this one.",
            )

    def _append(self, value: Any) -> None:
        line = json.dumps(value, separators=(",", ":")).encode() + b"\n"
        if self._file.write(line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _digest(header: dict[str, Any]) -> str:
    """What tells that a plan is as it was written."""
    return hashlib.sha256(json.dumps(header).encode()).hexdigest()


def _read_header(line: bytes) -> tuple[str, tuple[str, int, Plan]]:
    """Whose checkpoint it is, and what it was begun with; any of Python's errors for what is no header."""
    header = json.loads(line)
    if header.pop("digest") != _digest(header) or header["version"] != _VERSION:
        raise ValueError
    plan = Plan(
        tuple(map(_listing, header["listings"])),
        int(header["empty"]),
        header.get("announced", {}),
        tuple(header.get("projects", ())),
        str(header.get("portal", "")),
    )
    return header["wish"], (str(header["api"]), int(header["planned_at"]), plan)


def _as_json(listing: Listing) -> dict[str, Any]:
    return {
        "path": listing.call.path,
        "params": listing.call.params,
        "project": dict(listing.project),
        "exact": listing.exact,
        "at_most": listing.at_most,
        "limit": listing.limit,
        "refused": listing.refused.message if listing.refused else "",
    }


def _listing(entry: dict[str, Any]) -> Listing:
    return Listing(
        ApiCall("GET", entry["path"], tuple((name, value) for name, value in entry["params"])),
        entry["project"],
        entry["exact"],
        entry["at_most"],
        entry["limit"],
        _refusal(entry.get("refused")),
    )


def _refusal(message: str | None) -> ApiError | None:
    return ApiError(message, hint="Pull this project by itself to see more.") if message else None


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"the checkpoint {str(path)!r} cannot be used: {error.strerror}", hint="Name another file with checkpoint=."
    )
