"""What makes up a data set while a run changes it: a file and a number of rows for each project."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.mirror.store import Store
from zbt_notebook.client.progress import say
from zbt_notebook.client.quoting import counted

if TYPE_CHECKING:
    import pandas as pd


class Contents:
    """The *files* and *rows* of each project, and ``off``: by how much its own count differs where it was read whole.

    Files are only ever added here: those of the state before stay, so that whoever reads it finds them.
    """

    def __init__(
        self, store: Store, kind: Kind, files: Mapping[str, str], rows: Mapping[str, int], off: Mapping[str, int]
    ) -> None:
        self.files, self.rows, self.off = dict(files), dict(rows), dict(off)
        self._store, self._kind = store, kind

    def drop_damaged(self) -> set[str]:
        """Let go of the projects whose file cannot be read; which these were."""
        damaged = {project for project, name in self.files.items() if not self._store.is_sound(name)}
        for project in damaged:
            self._drop(project)
        return damaged

    def drop_unlisted(self, frame: "pd.DataFrame", refused: set[str]) -> int:
        """Let go of the projects that Zoho does not list any more, and say so; the number of their rows."""
        gone = set(self.files) - set(frame.attrs["zbt"]["project_ids"]) - refused
        lost = sum(self._drop(project) for project in gone)
        if gone:
            projects, rows = counted(len(gone), "projects"), counted(lost, self._kind.name)
            say(f"{projects} gone from Zoho: {rows} taken out of the mirror")
        return lost

    def _drop(self, project: str) -> int:
        self.files.pop(project, None)
        return self.rows.pop(project, 0)

    def put(self, frame: "pd.DataFrame", refused: set[str]) -> None:
        """Write what was read whole, in place of all but what a project *refused*."""
        fresh = self._store.by_project(frame)
        for project in set(self.files) - set(fresh) - refused:
            self._drop(project)
        for project, table in fresh.items():
            self._write(project, self._store.merged([], table))

    def merge(self, changes: "pd.DataFrame") -> None:
        """Write what changed into the projects' files."""
        fresh, changed = self._store.by_project(changes), self._store.ids_of(changes)
        for project, table in fresh.items():
            old = [self.files[project]] if project in self.files else []
            self._write(project, self._store.merged(old, table))
        if changed and self._kind.ids_are_global:
            for project in set(self.files) - set(fresh):  # a record that moved to another project has left this one
                table = self._store.read([self.files[project]], None)
                left = self._store.without(table, changed)
                if left.num_rows < table.num_rows:
                    self._write(project, left)

    def replace(self, projects: set[str], whole: "pd.DataFrame") -> int:
        """Put what was read anew in the place of these projects' files; how many rows fewer they have."""
        fresh, fewer = self._store.by_project(whole), 0
        for project in projects:
            before = self._drop(project)
            if project in fresh:
                self._write(project, fresh[project])
            fewer += max(0, before - self.rows.get(project, 0))
        return fewer

    def _write(self, project: str, table: Any) -> None:
        self.files[project], self.rows[project] = self._store.write(project, table)

    def miscounted(self, frame: "pd.DataFrame", counted_at: int) -> set[str]:
        """The projects whose own count is another than the rows held make likely: some were deleted, or never came."""
        differences = self.differences(frame, counted_at, set(frame.attrs["zbt"]["announced"]))
        return {project for project, difference in differences.items() if difference != self.off.get(project, 0)}

    def differences(self, frame: "pd.DataFrame", counted_at: int, projects: set[str]) -> dict[str, int]:
        """By how much the projects' own counts differ from the rows that were made before they were counted."""
        late: dict[str, int] = {}
        if self._kind.made and not frame.empty:
            made = milliseconds(frame[self._kind.made])
            counts = frame.loc[made > counted_at, "project.id"].value_counts()
            late = {str(project): int(count) for project, count in counts.items()}
        announced: Mapping[str, int] = frame.attrs["zbt"]["announced"]
        return {
            project: count - self.rows.get(project, 0) + late.get(project, 0)
            for project, count in announced.items()
            if project in projects or not self.rows.get(project)
        }


def milliseconds(times: "pd.Series[Any]") -> "pd.Series[int]":
    """Times since the epoch; what is none lies long before it."""
    from zbt_notebook.client.frames.arrange import moments

    return moments(times).astype("datetime64[ms, UTC]").astype("int64")  # type: ignore[no-any-return]
