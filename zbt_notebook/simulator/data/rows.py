"""The records of the simulated portal, compact and immutable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Member:
    """A user of the portal; ``id`` is the ZUID, ``zpuid`` the portal's own number for the same person."""

    id: int
    zpuid: int
    name: str
    email: str
    role: str = "employee"
    active: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a pick list: a status, a severity, a module."""

    id: int
    name: str
    color: str = ""
    closes: bool = False


# fmt: off
FieldKind = Literal[
    "text", "lines", "number", "decimal", "money", "pick", "picks", "user", "users", "check", "date", "moment",
    "email", "url", "phone",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field the portal added to its bugs; the ids of its options follow its own."""

    id: int
    column: str
    label: str
    kind: FieldKind
    api_name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A project; ``hostile`` marks the one whose texts attack whoever shows them."""

    id: int
    name: str
    prefix: str
    description: str
    owner: int
    created_ms: int
    status: str = "active"
    team: tuple[int, ...] = ()
    hostile: bool = False
    changed_ms: int = 0  # 0: never, since it was made
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """A release or a date to keep."""

    id: int
    project_id: int
    name: str
    owner: int
    start_ms: int
    end_ms: int
    internal: bool = True
    completed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug; whatever ``grain`` (its own random number) stands for is generated only when asked for."""

    id: int
    project_id: int
    number: int
    title: str
    grain: int
    reporter: int
    assignee: int
    status_id: int
    severity_id: int
    reproducible_id: int
    classification_id: int
    module_id: int
    milestone_id: int
    affected_id: int
    internal: bool
    created_ms: int
    updated_ms: int
    due_ms: int | None
    closed_ms: int | None
    comment_count: int
    attachment_count: int
    escalation: int = 0
    description: str | None = None
    custom: Mapping[str, Any] | None = None
    followers: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    resolution: str = ""
    resolved_by: int = 0
    resolved_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a bug or in a forum; ``parent_id`` says on which."""

    id: int
    project_id: int
    parent_id: int
    author: int
    content: str
    created_ms: int
    changed_ms: int = 0  # 0: never, since it was made
    changed_by: int = 0


@dataclass(frozen=True, slots=True)
class IssueLink:
    """Two bugs that have to do with each other; ``type`` is what the first is to the second."""

    id: int
    bug_id: int
    other_id: int
    type: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at a bug."""

    id: int
    project_id: int
    parent_id: int
    file_name: str
    content_type: str
    content: bytes
    author: int
    created_ms: int
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class TimeLog:
    """Minutes somebody spent on a bug, or on the project in general (``bug_id`` 0)."""

    id: int
    project_id: int
    bug_id: int
    owner: int
    day_ms: int
    minutes: int
    billable: bool
    notes: str
    created_ms: int
    name: str = ""
    approval: str = "Pending"


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting."""

    id: int
    project_id: int
    title: str
    location: str
    start_ms: int
    minutes: int
    participants: tuple[int, ...]
    reminder: str = "on time"
    repeat: str = "only once"
    times: int = 1


@dataclass(frozen=True, slots=True)
class Category:
    """A drawer for forum posts."""

    id: int
    project_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Forum:
    """A discussion."""

    id: int
    project_id: int
    name: str
    content: str
    author: int
    created_ms: int
    category_id: int = 0
    sticky: bool = False
    announcement: bool = False
    followers: tuple[int, ...] = ()
    best_answer: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """A place for documents."""

    id: int
    project_id: int
    name: str
    discussion: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document."""

    id: int
    number: str
    author: int
    created_ms: int
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the project, with its versions, newest first."""

    id: int
    project_id: int
    folder_id: int
    file_name: str
    content_type: str
    versions: tuple[Version, ...]
    tags: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A coloured word."""

    id: int
    name: str
    color_class: str
    author: int


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened."""

    id: int
    project_id: int
    parent_id: int
    name: str
    activity_for: str
    author: int
    state: str
    at_ms: int
