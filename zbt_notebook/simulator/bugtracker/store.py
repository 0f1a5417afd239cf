"""What the simulated portal holds; every write shows in later reads."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.data import portal, prose
from zbt_notebook.simulator.data.generate import Dataset
from zbt_notebook.simulator.data.rows import (
    Activity,
    Attachment,
    Bug,
    Category,
    Choice,
    Comment,
    Document,
    Event,
    Folder,
    Forum,
    IssueLink,
    Member,
    Milestone,
    Project,
    Tag,
    TimeLog,
)


class _Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=_Row)
C = TypeVar("C", Comment, Attachment)
D = TypeVar("D")
_KEPT = 64


class Table(Generic[R]):
    """Rows of one kind by id and by project, in the order they came."""

    def __init__(self, rows: Iterable[R] = ()) -> None:
        self._rows: dict[int, R] = {}
        self._by_project: defaultdict[int, dict[int, R]] = defaultdict(dict)
        self._derived: dict[Hashable, Any] = {}
        for row in rows:
            self.put(row)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def put(self, row: R) -> R:
        """Add a row, or put it in the place of the one with its id."""
        self._rows[row.id] = row
        self._by_project[getattr(row, "project_id", 0)][row.id] = row
        self._derived.clear()
        return row

    def change(self, row: R, **changes: Any) -> R:
        """Put a changed copy in the row's place."""
        return self.put(replace(row, **changes))  # type: ignore[type-var]  # every row is a dataclass

    def get(self, row_id: int) -> R | None:
        """The row of this id, if there is one."""
        return self._rows.get(row_id)

    def find(self, row_id: int, what: str, project_id: int | None = None) -> R:
        """The row of this id (and project); Refused where there is none."""
        row = self._rows.get(row_id)
        if row is None or (project_id is not None and getattr(row, "project_id", 0) != project_id):
            raise refusals.not_found(what)
        return row

    def of(self, project_id: int) -> list[R]:
        """The rows of a project."""
        return list(self._by_project[project_id].values())

    def remove(self, row: R) -> None:
        """Take a row out."""
        del self._rows[row.id]
        del self._by_project[getattr(row, "project_id", 0)][row.id]
        self._derived.clear()

    def derived(self, key: Hashable, work: Callable[[], D]) -> D:
        """What *work* makes of the rows, worked out once for a *key* until the next write."""
        known: D | None = self._derived.get(key)
        if known is None:
            if len(self._derived) >= _KEPT:
                self._derived.clear()
            known = self._derived[key] = work()
        return known

    def remove_project(self, project_id: int) -> None:
        """Take out all that belongs to a project."""
        for row in self.of(project_id):
            self.remove(row)


class Children(Generic[C]):
    """Rows that hang on one parent, generated from the parent's seed when first asked for."""

    def __init__(self, tell: Callable[[int], list[C]]) -> None:
        self._tell: Callable[[int], list[C]] = tell
        self._known: dict[int, list[C]] = {}

    def of(self, parent_id: int) -> list[C]:
        """The parent's rows, oldest first."""
        if parent_id not in self._known:
            self._known[parent_id] = self._tell(parent_id)
        return self._known[parent_id]

    def find(self, parent_id: int, row_id: int, what: str) -> C:
        """One of them; Refused where there is none."""
        for row in self.of(parent_id):
            if row.id == row_id:
                return row
        raise refusals.not_found(what)

    def add(self, row: C) -> C:
        """Append a row."""
        self.of(row.parent_id).append(row)
        return row

    def begin(self, parent_id: int) -> None:
        """Let a new parent have none."""
        self._known[parent_id] = []

    def change(self, row: C, **changes: Any) -> C:
        """Put a changed copy in the row's place."""
        rows = self.of(row.parent_id)
        changed = rows[rows.index(row)] = replace(row, **changes)
        return changed

    def remove(self, row: C) -> None:
        """Take a row out."""
        self.of(row.parent_id).remove(row)


class Store:
    """The portal's records."""

    def __init__(self, dataset: Dataset) -> None:
        self.members: Table[Member] = Table(portal.MEMBERS)
        self.projects: Table[Project] = Table(dataset.projects)
        self.milestones: Table[Milestone] = Table(dataset.milestones)
        self.bugs: Table[Bug] = Table(dataset.bugs)
        self.logs: Table[TimeLog] = Table(dataset.logs)
        self.events: Table[Event] = Table(dataset.events)
        self.categories: Table[Category] = Table(dataset.categories)
        self.forums: Table[Forum] = Table(dataset.forums)
        self.folders: Table[Folder] = Table(dataset.folders)
        self.documents: Table[Document] = Table(dataset.documents)
        self.tags: Table[Tag] = Table(portal.TAGS)
        self.comments: Children[Comment] = Children(self._generated_comments)
        self.attachments: Children[Attachment] = Children(self._generated_attachments)
        self.activities: defaultdict[int, list[Activity]] = defaultdict(list)
        self.timers: dict[tuple[int, int], int] = {}
        self.rates: dict[tuple[int, int], str] = {}
        self.links: Table[IssueLink] = Table()
        self.exported_ms: int | None = None  # when the portal was exported last
        self.uploads: dict[int, Attachment] = {}  # files of the portal that hang nowhere
        self.choices: dict[int, Choice] = {
            choice.id: choice
            for choices in (
                portal.STATUSES,
                portal.SEVERITIES,
                portal.CLASSIFICATIONS,
                portal.REPRODUCIBLES,
                portal.MODULES,
            )
            for choice in choices
        }
        self._next_id = dataset.next_id

    def take_id(self) -> int:
        """A number that nothing else has."""
        self._next_id += 2
        return self._next_id

    def member_name(self, member_id: int) -> str:
        """A user's name, or ``Unassigned``."""
        member = self.members.get(member_id)
        return member.name if member else "Unassigned"

    def member_by_any_id(self, number: int) -> Member | None:
        """A user by ZUID or by ZPUID: callers mix them up, and Zoho mostly lets them."""
        found = self.members.get(number)
        return found or next((member for member in self.members if member.zpuid == number), None)

    def find_member(self, number: int, what: str) -> Member:
        """A user by either id; Refused where there is none."""
        member = self.member_by_any_id(number)
        if member is None:
            raise refusals.not_found(what)
        return member

    def bugs_with_logs(self) -> frozenset[int]:
        """Ids of the bugs on which time was logged."""
        return self.logs.derived("bugs", lambda: frozenset(log.bug_id for log in self.logs))

    def bug_counts(self, project_id: int) -> tuple[int, int]:
        """How many bugs of a project are open and closed."""
        counts: dict[int, tuple[int, int]] = self.bugs.derived("counts", dict)
        if project_id not in counts:
            bugs = self.bugs.of(project_id)
            closed = sum(1 for bug in bugs if bug.closed_ms is not None)
            counts[project_id] = len(bugs) - closed, closed
        return counts[project_id]

    def remove_bug(self, bug: Bug) -> None:
        """Delete a bug with its time logs."""
        self.bugs.remove(bug)
        for log in [log for log in self.logs.of(bug.project_id) if log.bug_id == bug.id]:
            self.logs.remove(log)

    def remove_project(self, project: Project) -> None:
        """Delete a project with all it holds."""
        tracked: tuple[Table[Any], ...] = (self.milestones, self.bugs, self.logs, self.events)
        talked: tuple[Table[Any], ...] = (self.categories, self.forums, self.folders, self.documents)
        for table in tracked + talked:
            table.remove_project(project.id)
        self.projects.remove(project)

    def record(self, bug: Bug, author: int, name: str, state: str, at_ms: int) -> None:
        """Remember that something happened to a bug."""
        self.activities[bug.id].append(
            Activity(self.take_id(), bug.project_id, bug.id, name, "Bug", author, state, at_ms)
        )

    def _generated_comments(self, parent_id: int) -> list[Comment]:
        if forum := self.forums.get(parent_id):
            return prose.answers(forum, self.projects.find(forum.project_id, "Project").team)
        bug = self.bugs.get(parent_id)
        project = self.projects.get(bug.project_id) if bug else None
        return prose.comments(bug, project.team) if bug and project and bug.comment_count else []

    def _generated_attachments(self, parent_id: int) -> list[Attachment]:
        bug = self.bugs.get(parent_id)
        return prose.attachments(bug) if bug and bug.attachment_count else []
