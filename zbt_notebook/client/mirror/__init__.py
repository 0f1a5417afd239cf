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
from collections.abc import Mapping, Sequence
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
from zbt_notebook.client.mirror.store import Damaged, Store, is_data_file
from zbt_notebook.client.mirror.tables import as_frame
from zbt_notebook.client.progress import say
from zbt_notebook.client.quoting import counted

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.connection import Connection
    from zbt_notebook.client.progress import OnProgress

_LEE_WAY = 15 * 60_000  # milliseconds that are asked for again: clocks differ, and a change can be in the making
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
        """A state as it was written; None for what is none. Keys of a later version are let be."""
        if kept is None:
            return None
        texts = (kept.get("kind"), kept.get("portal", ""), kept.get("portal_id", ""))
        numbers = ("number", "current", "cursor")
        projects, files, counts = kept.get("projects", []), kept.get("files"), (kept.get("rows"), kept.get("off", {}))
        orders = kept.get("orders", {})
        is_ours = (
            all(isinstance(text, str) for text in texts)
            and all(type(kept.get(name, 0)) is int for name in numbers)
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
        files, rows, off = dict(state.files), dict(state.rows), dict(state.off)
        damaged = {project for project, name in files.items() if not self._store.is_sound(name)}
        for project in damaged:
            del files[project]
            rows.pop(project, None)
        cursor = state.cursor or state.current
        since = max(0, cursor - _LEE_WAY) if state.number and cursor and kind.changed and not full else None
        started, home = time.monotonic(), state.portal_id or portal or None
        with connection.client.dates_heard() as dates:
            pull = partial(connection.pull, self.kind, portal=home, projects=projects, progress=progress)
            try:
                frame = pull(since=since)
            except NoTimeOfChange:  # then all of it is compared with what is here
                since = None
                frame = pull()
        began = min(dates, default=int(connection.client.today().timestamp() * 1000))
        refused = _refused(frame)
        self.deleted = self._without_the_gone(frame, files, rows, refused) if since is not None else 0
        self._merge(frame, files, rows, keep_others=since is not None, refused=refused)
        wrong = _miscounted(frame, kind, began, rows, off) | damaged if since is not None else set()
        wrong = (wrong & set(frame.attrs["zbt"]["project_ids"])) - refused
        if wrong:
            whole = connection.pull(self.kind, portal=home, projects=sorted(wrong), progress=progress)
            refused |= _refused(whole)
            self._replace(wrong - refused, whole, files, rows)
            off |= _differences(whole, kind, began, rows, wrong)
        elif since is None:
            off = _differences(frame, kind, began, rows, set(rows))
        cursor = _cursor(frame, kind, cursor, dates, time.monotonic() - started)
        if refused:  # what a project refused is asked for again, all of it where nothing of it is left
            began, cursor = (0, 0) if damaged & refused else (state.current, state.cursor)
        about = frame.attrs["zbt"]
        fresh = State(
            self.kind,
            state.number + 1,
            began,
            portal,
            as_names(projects),
            files,
            rows,
            off,
            cursor,
            about["portal"],
            about["orders"] or state.orders,
        )
        self._store.write_json(f"state-{fresh.number:06}.json", asdict(fresh))
        self._sweep(fresh)
        return frame

    def _without_the_gone(
        self, frame: "pd.DataFrame", files: dict[str, str], rows: dict[str, int], refused: set[str]
    ) -> int:
        """Let go of projects that Zoho does not list any more, and say so; the number of their rows."""
        gone = set(files) - set(frame.attrs["zbt"]["project_ids"]) - refused
        lost = sum(rows.pop(project, 0) for project in gone)
        for project in gone:
            del files[project]
        if gone:
            say(f"{counted(len(gone), 'projects')} gone from Zoho: {counted(lost, self.kind)} taken out of the mirror")
        return lost

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

    def _merge(
        self,
        frame: "pd.DataFrame",
        files: dict[str, str],
        rows: dict[str, int],
        *,
        keep_others: bool,
        refused: set[str],
    ) -> None:
        """Write what came, and change the files that make up the data set, and their rows."""
        fresh = self._store.by_project(frame)
        if not keep_others:
            for gone in set(files) - set(fresh) - refused:
                del files[gone], rows[gone]
        moved = self._store.ids_of(frame) if keep_others else set()
        for project, table in fresh.items():
            old = [files[project]] if keep_others and project in files else []
            files[project], rows[project] = self._store.write(project, self._store.merged(old, table))
        if moved and find_kind(self.kind).ids_are_global:
            for project in set(files) - set(fresh):  # a record that moved to another project has left this one
                table = self._store.read([files[project]], None)
                left = self._store.without(table, moved)
                if left.num_rows < table.num_rows:
                    files[project], rows[project] = self._store.write(project, left)

    def _replace(self, projects: set[str], whole: "pd.DataFrame", files: dict[str, str], rows: dict[str, int]) -> None:
        """Put what was read anew in the place of these projects' files."""
        fresh = self._store.by_project(whole)
        for project in projects:
            before = rows.pop(project, 0)
            files.pop(project, None)
            if project in fresh:
                files[project], rows[project] = self._store.write(project, fresh[project])
            self.deleted += max(0, before - rows.get(project, 0))

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


def _differences(
    frame: "pd.DataFrame", kind: Kind, began: int, rows: Mapping[str, int], projects: set[str]
) -> dict[str, int]:
    """By how much the projects' own counts differ from the rows that were made before they were counted."""
    late: dict[str, int] = {}
    if kind.made and not frame.empty:
        made = _milliseconds(frame[kind.made])
        late = {
            str(project): int(count) for project, count in frame.loc[made > began, "project.id"].value_counts().items()
        }
    announced: Mapping[str, int] = frame.attrs["zbt"]["announced"]
    return {
        project: count - rows.get(project, 0) + late.get(project, 0)
        for project, count in announced.items()
        if project in projects or not rows.get(project)
    }


def _miscounted(
    frame: "pd.DataFrame", kind: Kind, began: int, rows: Mapping[str, int], off: Mapping[str, int]
) -> set[str]:
    """The projects whose own count is another than it should be by the rows held: some were deleted, or never came."""
    known = set(frame.attrs["zbt"]["announced"])
    differences = _differences(frame, kind, began, rows, known)
    return {project for project, difference in differences.items() if difference != off.get(project, 0)}


def _cursor(frame: "pd.DataFrame", kind: Kind, before: int, dates: Sequence[int], seconds: float) -> int:
    """Up to when changes are known, by Zoho's clock: its answers' dates, and the newest change seen.

    This machine's clock may be ahead, and changes would then be missed: it is never asked. Without dates, what was
    changed elsewhere while the newest change was on its way is asked for again.
    """
    seen = [before] if before else []
    if kind.changed in frame and (changed := _milliseconds(frame[kind.changed].dropna()).max()) > 0:
        seen.append(int(changed))
    newest = max(seen, default=1)
    return max(1, min([*dates, newest]) if dates else newest - int(seconds * 1000))


def _milliseconds(times: "pd.Series[Any]") -> "pd.Series[int]":
    """Times since the epoch; what is none lies long before it."""
    from zbt_notebook.client.frames.arrange import moments

    return moments(times).astype("datetime64[ms, UTC]").astype("int64")  # type: ignore[no-any-return]
