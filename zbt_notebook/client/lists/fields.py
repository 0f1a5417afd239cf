"""The fields of what Zoho lists, each declared once: its short name, where it stands in either API, what it takes.

Filters, writes, the first columns of a frame, help, completion and the table in the README are made from these.

    >>> field("bugs", "assignee").read({"assignee_name": "Ann Lee", "assignee_zpuid": 4000000001})
    [Choice(id='4000000001', name='Ann Lee', others=())]
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from zbt_notebook.client.html_text import text_of
from zbt_notebook.client.lists.criteria import Choice, Criterion, Operator

Type = Literal["text", "choice", "person", "moment", "day", "number", "flag"]
CUSTOM = "customfields."

_EQUAL: tuple[Operator, ...] = ("==", "!=")
_ORDERED: tuple[Operator, ...] = ("==", "!=", ">=", "<=", ">", "<")
OPERATORS_OF: Mapping[Type, tuple[Operator, ...]] = MappingProxyType(
    {
        "text": (*_EQUAL, "~="),
        "choice": (*_EQUAL, "~="),
        "person": (*_EQUAL, "~="),
        "moment": _ORDERED,
        "day": _ORDERED,
        "number": _ORDERED,
        "flag": _EQUAL,
    }
)
_NOBODY = frozenset({"unassigned", "unassigned user"})
_AMOUNT = re.compile(r"(?:[A-Z]{3}|[^\w\s.,+-]) ?([+-]?\d[\d,]*(?:\.\d+)?)")  # USD 1,250.00, and $1250
NEAREST_DAY = timedelta(hours=13)  # a day is its midnight in the portal's zone: with this, of all from -10:59 to +13


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``paths`` are where its text or value stands in a record, the classic API's before V3's.

    ``ids`` are the paths of its ids. ``query`` is the classic list's word for a filter by id. ``write`` and
    ``write_v3`` are the keys of a body, where it can be written. ``words`` are other names that a user may say.
    """

    name: str
    label: str
    type: Type
    paths: tuple[str, ...]
    ids: tuple[str, ...] = ()
    query: str = ""
    write: str = ""
    write_v3: str = ""
    words: tuple[str, ...] = ()
    values: tuple[str, ...] = ()  # all that it can hold, where Zoho's pages say so
    several: bool = False  # whether it can hold more than one, which a custom one shows with commas between them
    ranked: bool = False  # whether its choices come one after another: in the order of Zoho's own list

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What it can be compared by."""
        return (*_ORDERED, "~=") if self.ranked else OPERATORS_OF[self.type]

    def read(self, record: Mapping[str, Any]) -> list[object]:
        """What a record has in it, as ``Criterion.holds`` takes it; empty where it has nothing."""
        if self.type in {"choice", "person"}:
            return list(self._choices(record))
        for path in self.paths:
            value = at(record, path)
            if value is not None and value != "" and not isinstance(value, Mapping):
                return [found for found in (_READ[self.type](value),) if found is not None]
        return []

    def _choices(self, record: Mapping[str, Any]) -> Iterator[Choice]:
        for path in self.paths:
            value = at(record, path)
            if self.several and isinstance(value, str):
                yield from _joined(value)
                return
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        yield Choice(str(item.get("zpuid") or item.get("id") or ""), str(item.get("name") or ""))
                    else:
                        yield Choice("", str(item))
                return
            if value is not None and value != "":
                if self.type != "person" or str(value).casefold() not in _NOBODY:
                    ids = [
                        str(known)
                        for path in self.ids
                        if isinstance(known := at(record, path), str | int) and known != ""
                    ]
                    yield Choice(ids[0] if ids else "", str(value), tuple(ids[1:]))
                return


def _joined(text: str) -> Iterator[Choice]:
    """Every name that may stand in a text of names with commas between them, for a name may hold some itself."""
    parts = [part for part in text.split(",") if part.strip()]
    for first in range(len(parts)):
        for last in range(first, len(parts)):
            yield Choice("", ",".join(parts[first : last + 1]).strip())


def at(record: Mapping[str, Any], path: str) -> Any:
    """What stands in a record at a dotted path; None where nothing does."""
    if path.startswith(CUSTOM):
        return _custom(record, path.removeprefix(CUSTOM))
    value: Any = record
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _custom(record: Mapping[str, Any], label: str) -> Any:
    found = record.get("customfields")
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict) and item.get("label_name") == label:
            return item.get("value")
    return None


def _moment(value: Any) -> datetime | None:
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _day(value: Any) -> date | None:
    if isinstance(value, int):
        moment = _moment(value)
        return (moment + NEAREST_DAY).date() if moment else None
    text = str(value)
    for form in ("%m-%d-%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def _number(value: Any) -> float | None:
    if isinstance(value, int | float):
        return value
    money = _AMOUNT.fullmatch(str(value).strip())
    try:
        return float(money[1].replace(",", "") if money else str(value))
    except ValueError:
        return None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).casefold())


_READ: Mapping[str, Callable[[Any], object]] = {
    "text": str,
    "moment": _moment,
    "day": _day,
    "number": _number,
    "flag": _flag,
}


def _person(word: str) -> tuple[str, ...]:
    """The paths of a person's ids: flat in the classic API and in the columns of a pull, nested in V3."""
    flat = ("zpuid", "id", "zuid", "email")
    return (*(f"{word}_{name}" for name in flat), *(f"{word}.{name}" for name in ("zpuid", "zuid", "email")))


_PROJECT = Field("project", "Project", "choice", ("project.name",), ("project.id",))

FIELDS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "bugs": (
            Field("key", "Key", "text", ("key", "prefix")),
            Field("title", "Title", "text", ("title", "name"), write="title", write_v3="name", words=("name",)),
            Field(
                *("status", "Status", "choice", ("status.type", "status.name"), ("status.id",)),
                query="status",
                write="status_id",
                write_v3="status",
                ranked=True,
            ),
            Field(
                *("severity", "Severity", "choice", ("severity.type", "severity.value"), ("severity.id",)),
                query="severity",
                write="severity_id",
                write_v3="severity",
                ranked=True,
            ),
            Field(
                *("assignee", "Assignee", "person", ("assignee_name", "assignee.name"), _person("assignee")),
                query="assignee",
                write="assignee",
                write_v3="assignee",
                words=("owner",),
            ),
            Field(
                *("milestone", "Milestone", "choice", ("milestone.name", "release_milestone.name")),
                ids=("milestone.id", "release_milestone.id"),
                query="milestone",
                write="milestone_id",
                write_v3="release_milestone",
                words=("release milestone", "phase"),
            ),
            Field(
                *("due", "Due date", "day", ("due_date_long", "due_date")),
                write="due_date",
                write_v3="due_date",
                words=("due_date",),
            ),
            Field("created", "Created", "moment", ("created_time_long", "created_time"), words=("created_time",)),
            Field(
                *("updated", "Updated", "moment", ("updated_time_long", "last_updated_time")),
                words=("updated_time", "last_updated_time", "modified"),
            ),
            Field(
                *("classification", "Classification", "choice", ("classification.type", "classification.value")),
                ids=("classification.id",),
                query="classification",
                write="classification_id",
                write_v3="classification",
            ),
            Field(
                *("module", "Module", "choice", ("module.name", "module.value"), ("module.id",)),
                query="module",
                write="module_id",
                write_v3="module",
            ),
            Field(
                *("reproducible", "Is it reproducible", "choice", ("reproducible.type", "is_it_reproducible.value")),
                ids=("reproducible.id", "is_it_reproducible.id"),
                write="reproducible_id",
                write_v3="is_it_reproducible",
                words=("is_it_reproducible",),
            ),
            Field(
                *("reporter", "Reporter", "person", ("reported_person", "created_by.name")),
                ids=(*_person("reporter"), "created_by.zpuid", "created_by.zuid", "created_by.email"),
                query="reporter",
                words=("reported_person", "created_by"),
            ),
            Field(
                *("affected", "Affected milestone", "choice", ("affected_milestone.name",)),
                ids=("affected_milestone.id",),
                query="affected",
                write="affectedMile_id",
                write_v3="affected_milestone",
                words=("affected_milestone",),
            ),
            Field(
                *("flag", "Flag", "text", ("flag",)),
                query="flag",
                write="flag",
                write_v3="flag",
                values=("Internal", "External"),
            ),
            Field("closed", "Closed", "flag", ("closed", "status.is_closed_type"), query="statustype"),
            Field(
                "tags",
                "Tags",
                "choice",
                ("tags", "v3.tags"),
                write="tags",
                write_v3="tags",
                words=("tag",),
                several=True,
            ),
            Field("description", "Description", "text", ("description",), write="description", write_v3="description"),
            Field("comments", "Comments", "number", ("comment_count",), words=("comment_count",)),
            Field("attachments", "Attachments", "number", ("attachment_count",), words=("attachment_count",)),
            _PROJECT,
        ),
        "timelogs": (
            Field(
                *("date", "Date", "day", ("log_date_long", "log_date", "date", "day_date")),
                words=("log_date", "day"),
            ),
            Field("owner", "Owner", "person", ("owner_name", "owner.name"), _person("owner"), words=("user", "person")),
            Field("hours", "Hours", "number", ("hours",)),
            Field("bug", "Bug", "text", ("bug.title", "module_detail.name", "name"), words=("title",)),
            Field("notes", "Notes", "text", ("notes", "log_notes")),
            Field("billing", "Billing status", "text", ("bill_status", "billing_status"), words=("bill_status",)),
            Field("approval", "Approval status", "text", ("approval_status", "approval.status")),
            Field("created", "Created", "moment", ("created_time_long", "created_time")),
            _PROJECT,
        ),
        "milestones": (
            Field("name", "Name", "text", ("name",), words=("title",)),
            Field("status", "Status", "text", ("status", "status.name")),
            Field("owner", "Owner", "person", ("owner_name", "owner.name"), _person("owner")),
            Field("start", "Start", "day", ("start_date_long", "start_date"), words=("start_date",)),
            Field("end", "End", "day", ("end_date_long", "end_date"), words=("end_date", "due")),
            Field("flag", "Flag", "text", ("flag",)),
            _PROJECT,
        ),
        "users": (
            Field("name", "Name", "text", ("name", "full_name", "display_name")),
            Field("email", "E-mail", "text", ("email",)),
            Field("role", "Role", "text", ("role", "role.type", "role.name")),
            Field("active", "Active", "flag", ("active", "is_active")),
            _PROJECT,
        ),
        "projects": (
            Field("name", "Name", "text", ("name",), words=("title",)),
            Field("status", "Status", "text", ("status", "status.name")),
            Field("owner", "Owner", "person", ("owner_name", "owner.name"), _person("owner")),
            Field("created", "Created", "moment", ("created_date_long", "created_time")),
            Field("description", "Description", "text", ("description",)),
        ),
        "portals": (
            Field("name", "Name", "text", ("name", "portal_name")),
            Field("company", "Company", "text", ("settings.company_name", "org_name")),
            Field("plan", "Plan", "text", ("bug_plan", "plan", "project_plan")),
            Field("zone", "Time zone", "text", ("settings.time_zone", "timezone")),
            Field("role", "Role", "text", ("role", "profile.name")),
        ),
        "tags": (
            Field("name", "Name", "text", ("name",), words=("title",)),
            Field("color", "Color", "text", ("color_class",)),
        ),
        "history": (
            Field("time", "Time", "moment", ("time_long", "time", "action_time")),
            Field(
                *("person", "Person", "person", ("activity_by", "user.display_name", "user.name", "user.full_name")),
                ids=("user.zpuid", "user.id"),
            ),
            Field("activity", "Activity", "text", ("state", "activity", "field.field_name")),
        ),
        "attachments": (
            Field("name", "Name", "text", ("file_name", "name")),
            Field("size", "Size", "number", ("file_size", "size")),
            Field(
                *("person", "Person", "person", ("uploaded_person", "uploaded_by.name", "associated_by_name")),
                ids=("uploaded_by", "created_by"),
            ),
            Field("created", "Created", "moment", ("uploaded_time_long", "uploaded_time", "created_time")),
        ),
        "comments": (
            Field("author", "Author", "person", ("added_person", "added_by.name"), _person("added_by")),
            Field("created", "Created", "moment", ("created_time_long", "created_time")),
            Field("content_text", "Text", "text", ("content_text", "comment_text")),
        ),
    }
)


def field(kind: str, name: str) -> Field:
    """The field of exactly that short name; a custom one, of any label, where the name says so."""
    if name.startswith(CUSTOM):
        return custom_field(name.removeprefix(CUSTOM))
    return next(known for known in FIELDS[kind] if known.name == name)


def custom_field(
    label: str, kind: Type = "text", write: str = "", values: Sequence[str] = (), *, several: bool = False
) -> Field:
    """A field that the portal added, by its label."""
    path, held = CUSTOM + label, tuple(values)
    return Field(path, label, kind, (path,), write=write, write_v3=write, values=held, several=several)


def fulfils(kind: str, record: Any, criteria: Sequence[Criterion]) -> bool:
    """Whether a record, in the shape of either API, fulfils every criterion."""
    return all(isinstance(record, dict) and one.holds(read(kind, record, one)) for one in criteria)


def read(kind: str, record: Mapping[str, Any], criterion: Criterion) -> list[object]:
    """What a record has in the field of a criterion."""
    if not criterion.field.startswith(CUSTOM):
        found = field(kind, criterion.field).read(record)
        return [text_of(str(one)) for one in found] if criterion.field == "description" else found  # HTML as it reads
    sample = next((value for value in criterion.values if value is not None), "")
    own, several = criterion.field.removeprefix(CUSTOM), isinstance(sample, Choice)
    return custom_field(own, _type_of(sample), several=several).read(record)


def _type_of(value: object) -> Type:
    """How a custom field is to be read, to be compared with a value: the values know, as the field was found by it."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, datetime) or type(value).__name__ == "Span":
        return "moment"
    if isinstance(value, date):
        return "day"
    if isinstance(value, Choice):
        return "choice"
    return "number" if isinstance(value, int | float) else "text"
