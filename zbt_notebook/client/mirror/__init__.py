"""Keeps a Parquet data set in step with Zoho: fetches what changed, and is whole at every instant.

::

    data/bugs/
        state-000007.json            which files make up the data set now, and up to when it is current
        project=404170…/1b2c….parquet

A run writes new files first, then one new state; whoever reads sees the old data set or the new one, never half of
either. Files that no state names any more are removed after that. The highest state that is whole counts.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists.kinds import Kind, find_kind
from zbt_notebook.client.lists.pages import NoTimeOfChange
from zbt_notebook.client.lists.pull_request import as_names
from zbt_notebook.client.mirror.contents import Contents, milliseconds
from zbt_notebook.client.mirror.store import Damaged, Store, is_data_file
from zbt_notebook.client.mirror.tables import as_frame
from zbt_notebook.client.quoting import counted

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.connection import Connection
    from zbt_notebook.client.progress import OnProgress

_LEEWAY = 15 * 60_000  # milliseconds that are asked for again: clocks differ, and a change can be in the making
_FARTHEST = 4_102_444_800_000  # epoch milliseconds, the year 2100: a state that claims more is damaged
_STATES_KEPT = 2  # the present one, and the one that a reader may be at


def mirror(
    place: str | Path,
    kind: str = "bugs",
    *,
    portal: str | int | None = None,
    projects: str | int | Sequence[str | int] = "all",
    connection: "Connection | None" = None,
    full: bool = False,
    progress: "bool | OnProgress" = True,
) -> "Mirror":
    """Bring the Parquet data set at *place* up to date, or begin it there; then read it: ``.frame()``, ``.files``.

    *place* is a folder, or a URL that pyarrow or fsspec knows. After the first run only what changed since the last one
    is fetched. What was deleted at Zoho is not among it. But projects count their bugs: where one has fewer than this
    data set, it is read anew, it alone. Of other kinds, and where V3 tells no counts, ``full=True`` fetches everything
    and lets go of the rest.

    A run may be stopped at any instant. Raise UsageError without pyarrow, and for a data set of something else.
    """
    kept = Mirror(Store.at(place), find_kind(kind).name)
    kept.update(
        connection or signed_in.current(),
        portal="" if portal is None else str(portal),
        projects=projects,
        full=full,
        progress=progress,
    )
    return kept


@dataclass(frozen=True, slots=True)
class State:
    """What makes up the data set: *files* by project, each with its number of rows; *current* is up to when."""

    kind: str
    number: int = 0
    current: int = 0  # epoch milliseconds; 0 where everything is still to come
    portal: str = ""
    projects: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    off: Mapping[str, int] = field(default_factory=dict)  # by how much a project's own count differs, read whole
    cursor: int = 0  # epoch milliseconds by Zoho's clock: later changes are to be asked for
    portal_id: str = ""  # of the portal meant: the next run need not look it up
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of the words of status and severity

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "State | None":
        """A state as it was written; None for what is none. Keys of a later version are ignored."""
        if kept is None:
            return None
        texts = (kept.get("kind"), kept.get("portal", ""), kept.get("portal_id", ""))
        numbers = ("number", "current", "cursor")
        projects, files, counts = kept.get("projects", []), kept.get("files"), (kept.get("rows"), kept.get("off", {}))
        orders = kept.get("orders", {})
        is_ours = (
            all(isinstance(text, str) for text in texts)
            and all(type(kept.get(name, 0)) is int and 0 <= kept.get(name, 0) < _FARTHEST for name in numbers)
            and isinstance(projects, list)
            and isinstance(files, dict)
            and all(map(is_data_file, files.values()))
            and all(isinstance(one, dict) and all(type(n) is int for n in one.values()) for one in counts)
            and set(files) == set(counts[0] or ())
            and isinstance(orders, dict)
            and all(isinstance(words, list) and all(isinstance(one, str) for one in words) for words in orders.values())
        )
        if not is_ours or not kept.get("number"):
            return None
        known = {name: kept[name] for name in cls.__slots__ if name in kept}
        return cls(**{**known, "projects": tuple(map(str, projects))})

    def since(self, kind: Kind) -> int | None:
        """From when on changes are asked for, in epoch milliseconds; None where everything is."""
        cursor = self.cursor or self.current
        return max(0, cursor - _LEEWAY) if self.number and cursor and kind.changed else None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a pull gave: the changes, or everything. *dates* are those of Zoho's answers, in epoch milliseconds."""

    frame: "pd.DataFrame"
    is_changes: bool
    began: int  # epoch milliseconds, by Zoho's clock where it was heard
    dates: Sequence[int]
    started: float  # by this machine's monotonic clock

    @classmethod
    def of(cls, connection: "Connection", pull: "Callable[..., pd.DataFrame]", since: int | None) -> "_Answer":
        """Fetch what changed *since*, or everything, as where the records tell no time of change."""
        started = time.monotonic()
        with connection.client.dates_heard() as dates:
            try:
                frame = pull(since=since)
            except NoTimeOfChange:  # then all of it is compared with what is here
                since = None
                frame = pull()
        began = min(dates, default=int(connection.client.today().timestamp() * 1000))
        return cls(frame, since is not None, began, dates, started)


class Mirror:
    """A data set on disk. ``update`` fetches, everything else reads what is there."""

    def __init__(self, store: "Store", kind: str) -> None:
        self.kind = kind
        self.deleted = 0  # rows that the last update found deleted at Zoho
        self._store = store

    def __repr__(self) -> str:
        state = self.state
        when = (
            datetime.fromtimestamp(state.current / 1000, UTC).isoformat(timespec="minutes")
            if state.current
            else "never"
        )
        rows = sum(state.rows.values())
        deleted = f", {self.deleted:,} found deleted" if self.deleted else ""
        return f"<Mirror of {counted(rows, self.kind)} at {self._store}, current at {when}{deleted}>"

    @property
    def state(self) -> State:
        """The highest state that is whole; an empty one at the beginning. Raise Damaged where all are damaged."""
        state, any_there = self._state()
        if not state.number and any_there:
            raise Damaged(
                f"no state of the data set at {self._store} can be read",
                hint="Run the mirror again: it reads everything anew.",
            )
        return state

    def _state(self) -> tuple[State, bool]:
        """The highest state that is whole, and whether there are any."""
        names = self._store.names("state-")
        for name in reversed(names):
            state = State.read(self._store.read_json(name))
            if state is not None:
                return state, True
        return State(self.kind), bool(names)

    @property
    def files(self) -> list[str]:
        """The Parquet files of the present state: what to give to DuckDB, Dask or pyarrow."""
        return [self._store.address(name) for name in sorted(self.state.files.values())]

    def frame(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """The whole data set as a DataFrame, or some of its columns."""
        state = self.state
        table = self._store.read(sorted(state.files.values()), columns)
        return as_frame(table, dict(find_kind(self.kind).columns), state.orders)

    def update(
        self,
        connection: "Connection",
        *,
        portal: str = "",
        projects: str | int | Sequence[str | int] = "all",
        full: bool = False,
        progress: "bool | OnProgress" = True,
    ) -> "pd.DataFrame":
        """Fetch what changed, and commit it; gives the rows that came. Raise UsageError where it cannot be written."""
        try:
            with self._store.alone():
                return self._update(connection, portal, projects, full=full, progress=progress)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise UsageError(
            f"the data set at {self._store} cannot be written: {reason}",
            hint="Make room or choose another place, then run this again: what was there before still is.",
        )

    def _update(
        self,
        connection: "Connection",
        portal: str,
        projects: str | int | Sequence[str | int],
        *,
        full: bool,
        progress: "bool | OnProgress",
    ) -> "pd.DataFrame":
        state, kind = self._checked(portal, projects), find_kind(self.kind)
        contents = Contents(self._store, kind, state.files, state.rows, state.off)
        damaged = contents.drop_damaged()
        pull = partial(connection.pull, self.kind, portal=state.portal_id or portal or None, progress=progress)
        answer = _Answer.of(connection, partial(pull, projects=projects), None if full else state.since(kind))
        refused = self._take(answer, contents, damaged, pull)
        current, cursor = answer.began, _cursor(answer, kind, state.cursor or state.current)
        if refused:  # what a project refused is asked for again, all of it where nothing of it is left
            current, cursor = (0, 0) if damaged & refused else (state.current, state.cursor)
        about = answer.frame.attrs["zbt"]
        fresh = State(
            self.kind,
            state.number + 1,
            current,
            portal,
            as_names(projects),
            contents.files,
            contents.rows,
            contents.off,
            cursor,
            about["portal"],
            about["orders"] or state.orders,
        )
        self._store.write_json(f"state-{fresh.number:06}.json", asdict(fresh))
        self._sweep(fresh)
        return answer.frame

    def _take(
        self, answer: "_Answer", contents: Contents, damaged: set[str], pull: "Callable[..., pd.DataFrame]"
    ) -> set[str]:
        """Write what came, and read anew the projects that it leaves in doubt; the projects that refused."""
        frame, refused, self.deleted = answer.frame, _refused(answer.frame), 0
        if not answer.is_changes:
            contents.put(frame, refused)
            contents.off = contents.differences(frame, answer.began, set(contents.rows))
            return refused
        self.deleted = contents.drop_unlisted(frame, refused)
        contents.merge(frame)
        doubtful = contents.miscounted(frame, answer.began) | damaged
        doubtful = (doubtful & set(frame.attrs["zbt"]["project_ids"])) - refused
        if doubtful:
            whole = pull(projects=sorted(doubtful))
            refused |= _refused(whole)
            self.deleted += contents.replace(doubtful - refused, whole)
            contents.off |= contents.differences(whole, answer.began, doubtful)
        return refused

    def _checked(self, portal: str, projects: str | int | Sequence[str | int]) -> State:
        state, _ = self._state()
        if state.kind != self.kind:
            raise UsageError(
                f"there is a data set of {state.kind} at {self._store}", hint="Choose another place for this one."
            )
        if state.number and (state.portal, state.projects) != (portal, as_names(projects)):
            raise UsageError(
                f"the data set at {self._store} is of other projects",
                hint="Ask for the same portal and projects as when it was begun, or choose another place.",
            )
        return state

    def _sweep(self, state: State) -> None:
        """Remove what no state names any more; an interrupted run's files go with the next."""
        states = self._store.names("state-")
        kept = set(state.files.values())
        for name in states[-_STATES_KEPT:]:
            state_kept = State.read(self._store.read_json(name))
            kept |= set(state_kept.files.values()) if state_kept else set()
        for name in states[:-_STATES_KEPT]:
            self._store.remove(name)
        for name in (*self._store.data_files(), *self._store.names(".state-")):
            if name not in kept:
                self._store.remove(name)


def _refused(frame: "pd.DataFrame") -> set[str]:
    return {str(error["project.id"]) for error in frame.attrs["zbt"]["errors"]}


def _cursor(answer: _Answer, kind: Kind, before: int) -> int:
    """Up to when changes are known, by Zoho's clock: its answers' dates, and the newest change seen.

    This machine's clock may be ahead, and changes would then be missed: it is never asked. Without dates, what was
    changed elsewhere while the newest change was on its way is asked for again.
    """
    seen, frame, dates = [before] if before else [], answer.frame, answer.dates
    if kind.changed in frame and (changed := milliseconds(frame[kind.changed].dropna()).max()) > 0:
        seen.append(int(changed))
    newest = max(seen, default=1)
    return max(1, min([*dates, newest]) if dates else newest - int((time.monotonic() - answer.started) * 1000))
