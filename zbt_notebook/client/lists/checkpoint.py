"""A file that holds what a pull has fetched, so that a killed kernel loses none of it.

The first line is the plan, each further line one page. A line that a kill cut short is not read.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.lists.pager import Ask
from zbt_notebook.client.lists.plan import Listing, Plan
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.turning import Layout
from zbt_notebook.client.rest.api import ApiCall

_VERSION = 1


def default_path(wish: PullRequest, data_center: str) -> Path:
    """Where the checkpoint of a wish lies when the user names no place: in the user's cache, under its own name."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    name = hashlib.sha256(f"{data_center} {_essence(wish)}".encode()).hexdigest()[:24]
    return Path(cache) / "zbt-notebook" / "pulls" / f"{name}.jsonl"


def _essence(wish: PullRequest) -> str:
    return repr(replace(wish, id="", checkpoint="", concurrency=0))


class Checkpoint:
    """One pull's file, readable by its owner alone. Pages may be written from any thread."""

    def __init__(self, wish: PullRequest) -> None:
        self._path = Path(wish.checkpoint)
        self._wish = _essence(wish)
        self._lock = threading.Lock()
        self._file: Any = None

    def read(self) -> tuple[str, int, Plan] | None:
        """What the file was begun with: the API, the time of the plan, the plan. None where there is no such file."""
        try:
            with self._path.open(encoding="utf-8") as file:
                header = json.loads(file.readline())
        except (OSError, ValueError):
            return None
        if not isinstance(header, dict) or header.get("version") != _VERSION:
            raise UsageError(
                f"{str(self._path)!r} is no checkpoint of a pull", hint="Name another file, or delete this one."
            )
        if header["wish"] != self._wish:
            raise UsageError(
                f"the checkpoint {str(self._path)!r} is of another pull",
                hint="Ask for the same as then, name another file, or delete this one.",
            )
        listings = tuple(map(_listing, header["listings"]))
        return header["api"], header["planned_at"], Plan(listings, header["empty"])

    def entries(self) -> Iterator[Layout | tuple[int, Ask, bool | None, list[Any]]]:
        """Every whole page of the file: its line in the plan, its place, the server's word, its records.

        Where the pull turned to V3 between them, the lines from there on.
        """
        with self._path.open(encoding="utf-8") as file:
            file.readline()
            for text in file:
                try:
                    told = json.loads(text)
                except ValueError:
                    return
                if isinstance(told, dict):
                    yield [place if isinstance(place, int) else _listing(place) for place in told["turn"]]
                    continue
                position, index, size, more, records = told
                yield position, Ask(index, size), more, records

    def begin(self, api: str, planned_at: int, plan: Plan) -> None:
        """Write the plan into a fresh file."""
        header = {
            "version": _VERSION,
            "wish": self._wish,
            "api": api,
            "planned_at": planned_at,
            "empty": plan.empty,
            "listings": list(map(_told, plan.listings)),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._open(os.O_CREAT | os.O_TRUNC)
        self._append(header)

    def go_on(self) -> None:
        """Write on behind the last whole line."""
        whole = self._path.read_bytes().rfind(b"\n") + 1
        self._open(0)
        os.ftruncate(self._file.fileno(), whole)
        self._file.seek(whole)

    def turn(self, layout: Layout) -> None:
        """Keep that the pull has turned to V3, with its lines from here on."""
        with self._lock:
            if self._file is not None:
                self._append({"turn": [place if isinstance(place, int) else _told(place) for place in layout]})

    def write(self, position: int, ask: Ask, more: bool | None, records: Sequence[Any]) -> None:  # noqa: FBT001  as in entries()
        """Keep one page; not one of a line that has fallen away."""
        with self._lock:
            if self._file is not None and position >= 0:
                self._append([position, ask.index, ask.size, more, list(records)])

    def done(self) -> None:
        """The pull is complete: the file has served."""
        self.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Write no more; the file stays."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _open(self, flags: int) -> None:
        flags |= os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.fdopen(os.open(self._path, flags, 0o600), "w", encoding="utf-8")

    def _append(self, value: Any) -> None:
        self._file.write(json.dumps(value, separators=(",", ":")) + "\n")
        self._file.flush()


def _told(listing: Listing) -> dict[str, Any]:
    return {
        "path": listing.call.path,
        "params": listing.call.params,
        "project": dict(listing.project),
        "exact": listing.exact,
        "at_most": listing.at_most,
        "limit": listing.limit,
        "refused": listing.refused.message if listing.refused else "",
    }


def _listing(told: dict[str, Any]) -> Listing:
    return Listing(
        ApiCall("GET", told["path"], tuple((name, value) for name, value in told["params"])),
        told["project"],
        told["exact"],
        told["at_most"],
        told["limit"],
        _refusal(told.get("refused")),
    )


def _refusal(message: str | None) -> ApiError | None:
    return ApiError(message, hint="Pull this project by itself to see more.") if message else None
