"""The columns of the classic API out of V3's records, so that a notebook survives the switch from one to the other.

| classic column | V3 | note |
|---|---|---|
| `id`, `id_string` | `id` | a number, and its text |
| `key`, `bug_prefix`, `bug_number` | `prefix` | `QA7-I51` is all three |
| `title` | `name` | |
| `description`, `flag` | the same | |
| `closed` | `status.is_closed_type` | |
| `status.id`, `.type`, `.colorcode` | `status.id`, `.name`, `.color` | |
| `severity`, `reproducible`, `classification`: `.id`, `.type` | `severity`, `is_it_reproducible`, `classification`: `.id`, `.value` | |
| `module.id`, `.name` | `module.id`, `.value` | |
| `milestone`, `affected_milestone`: `.id`, `.name` | `release_milestone`, `affected_milestone` | |
| `assignee_name`, `assignee_zpuid` | `assignee.name`, `.zpuid` | "Unassigned User" reads "Unassigned" |
| `reported_person`, `reporter_email` | `created_by.name`, `.email` | V3 gives the reporter's `zpuid`, not `reporter_id` |
| `created_time_long`, `updated_time_long`, `due_date_long` | `created_time`, `last_updated_time`, `due_date` | ISO 8601, to the second |
| `escalation_level`, `comment_count`, `attachment_count`, `has_log_hours`, `assignee_id`, `link.…`, `GROUP_NAME.…` | none | null |
| `customfields.…` | not known | no column |

Dates as text (`created_time`, `created_time_format`) are in the portal's time zone, which V3's records do not tell: null.
What only V3 has keeps its own name under `v3.`: nothing is lost.
"""  # noqa: E501  a table's rows are not wrapped

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from zbt_notebook.errors import UsageError

_NOTHING = {
    "reporter_id": None,
    "reporter_non_zuser": None,
    "escalation_level": None,
    "has_log_hours": None,
    "comment_count": None,
    "attachment_count": None,
    "assignee_id": None,
    "GROUP_NAME": {
        "ASSOCIATED_TEAMS": {"AnyTeam": None},
        "ASSOCIATED_TEAMS_COUNT": None,
        "IS_TEAM_UNASSIGNED": None,
    },
    "link": {"self": {"url": None}, "timesheet": {"url": None}, "web": {"url": None}},
}


def as_classic(kind: str, record: Any) -> Any:
    """A record of V3 in the shape of the classic API; of a kind without a mapping, the record itself."""
    shape = _SHAPES.get(kind)
    return shape(record) if shape and isinstance(record, dict) else record


def _bug(issue: Mapping[str, Any]) -> dict[str, Any]:
    used = {
        *("id", "prefix", "name", "description", "flag", "status", "severity", "is_it_reproducible", "classification"),
        *("module", "release_milestone", "affected_milestone", "assignee", "created_by", "project"),
        *("created_time", "last_updated_time", "due_date"),
    }
    prefix = str(issue.get("prefix") or "")
    status = _object(issue.get("status"))
    assignee, reporter = _object(issue.get("assignee")), _object(issue.get("created_by"))
    bug: dict[str, Any] = {
        **_identity(issue),
        "key": prefix or None,
        "bug_prefix": prefix.partition("-")[0] or None,
        "bug_number": prefix.rpartition("-")[2].lstrip("IT") or None,
        "title": issue.get("name"),
        "flag": issue.get("flag"),
        "closed": status.get("is_closed_type"),
        "status": {"id": status.get("id"), "type": status.get("name"), "colorcode": status.get("color")},
        "severity": _choice(issue.get("severity"), "type"),
        "reproducible": _choice(issue.get("is_it_reproducible"), "type"),
        "classification": _choice(issue.get("classification"), "type"),
        "module": _choice(issue.get("module"), "name"),
        "assignee_name": "Unassigned" if assignee.get("name") == "Unassigned User" else assignee.get("name"),
        "assignee_zpuid": _number(assignee.get("zpuid")),
        "reported_person": reporter.get("name"),
        "reporter_email": reporter.get("email"),
        **_NOTHING,
        **_moment("created_time", issue.get("created_time")),
        **_moment("updated_time", issue.get("last_updated_time")),
    }
    if "description" in issue:
        bug["description"] = issue["description"]
    if issue.get("due_date"):
        bug |= _moment("due_date", issue["due_date"])
    for ours, theirs in (("milestone", "release_milestone"), ("affected_milestone", "affected_milestone")):
        if milestone := _object(issue.get(theirs)):
            bug[ours] = {"id": milestone.get("id"), "name": milestone.get("name")}
    return bug | _rest(issue, used)


def _milestone(record: Mapping[str, Any]) -> dict[str, Any]:
    used = {"id", "name", "owner", "flag", "start_date", "end_date", "status", "project"}
    owner, status = _object(record.get("owner")), _object(record.get("status"))
    done = status.get("is_closed_type")
    return {
        **_identity(record),
        "name": record.get("name"),
        "owner_name": owner.get("name"),
        "owner_id": None,  # V3 tells the owner's zpuid alone
        "flag": str(record["flag"]).lower() if record.get("flag") else None,
        **_moment("start_date", record.get("start_date")),
        **_moment("end_date", record.get("end_date")),
        "status": None if done is None else "completed" if done else "notcompleted",
    } | _rest(record, used)


_SHAPES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"bugs": _bug, "milestones": _milestone}


def check_filters(kind: str, where: Mapping[str, str], assumed: Mapping[str, str]) -> None:
    """Raise UsageError for a filter that V3 does not have and that cannot be applied to its records here."""
    possible = _FILTERS if kind == "bugs" else _MILESTONE_FILTERS if kind == "milestones" else {}
    unknown = [name for name, value in where.items() if name not in possible and assumed.get(name) != value]
    if unknown:
        raise UsageError(
            f"V3 has no filter {unknown[0]!r}",
            hint=f"There, these can be used: {', '.join(possible) or 'none'}. Choose in the DataFrame for others.",
        )


def keeps(record: Any, where: Mapping[str, str]) -> bool:
    """Whether a record, already in classic shape, passes the classic list's filters."""
    filters = _FILTERS if "key" in record else _MILESTONE_FILTERS
    return all(filters[name](record, value) for name, value in where.items() if name in filters)


def _has_id(*path: str) -> Callable[[Any, str], bool]:
    def test(record: Any, value: str) -> bool:
        for name in path:
            record = _object(record).get(name)
        return str(record) in {part.strip() for part in value.split(",")}

    return test


def _always(_record: Any, _value: str) -> bool:
    return True


_FILTERS: Mapping[str, Callable[[Any, str], bool]] = {
    "statustype": lambda record, value: record.get("closed") is (value == "closed"),
    "flag": lambda record, value: str(record.get("flag")).lower() == value.lower(),
    "status": _has_id("status", "id"),
    "severity": _has_id("severity", "id"),
    "classification": _has_id("classification", "id"),
    "module": _has_id("module", "id"),
    "milestone": _has_id("milestone", "id"),
    "affected": _has_id("affected_milestone", "id"),
    "assignee": _has_id("assignee_zpuid"),
    "sort_column": _always,
    "sort_order": _always,
}
_MILESTONE_FILTERS: Mapping[str, Callable[[Any, str], bool]] = {
    "status": lambda record, value: value == "all" or record.get("status") == value,
    "flag": lambda record, value: value == "allflag" or record.get("flag") == value,
}


def _identity(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": _number(record.get("id")), "id_string": None if record.get("id") is None else str(record["id"])}


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _choice(value: Any, key: str) -> dict[str, Any]:
    choice = _object(value)
    return {"id": choice.get("id"), key: choice.get("value")}


def _moment(name: str, text: Any) -> dict[str, Any]:
    return {name: None, f"{name}_format": None, f"{name}_long": _epoch(text)}


def _epoch(text: Any) -> int | None:
    """ISO 8601 as epoch milliseconds; a day alone counts from its midnight in UTC."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _rest(record: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    rest = {name: value for name, value in record.items() if name not in used}
    return {"v3": rest} if rest else {}
