"""Records of V3, kind by kind, in the shape of the classic API."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from zbt_notebook.client.v3_columns.custom_fields import NAMES, custom_fields
from zbt_notebook.client.v3_columns.pieces import choice, epoch, first, identity, moment, nested, number, rest, text

_NOTHING = {
    "reporter_non_zuser": None,
    "escalation_level": None,
    "has_log_hours": None,
    "GROUP_NAME": {
        "ASSOCIATED_TEAMS": {"AnyTeam": None},
        "ASSOCIATED_TEAMS_COUNT": None,
        "IS_TEAM_UNASSIGNED": None,
    },
    "link": {"self": {"url": None}, "timesheet": {"url": None}, "web": {"url": None}},
}
_CLOCK = re.compile(r"(\d{1,6}):([0-5]?\d)(?::\d\d)?", re.ASCII)


def as_classic(kind: str, record: Any, of: str = "") -> Any:
    """A record of V3 in the shape of the classic API; of a kind without a mapping, the record itself.

    *of* is the issue that it was listed of.
    """
    shape = _SHAPES.get(kind)
    return shape(record, of) if shape and isinstance(record, dict) else record


def _bug(issue: Mapping[str, Any], _of: str) -> dict[str, Any]:
    used = {
        *("id", "prefix", "name", "description", "flag", "status", "severity", "is_it_reproducible", "classification"),
        *("module", "release_milestone", "affected_milestone", "assignee", "created_by", "project"),
        *("created_time", "last_updated_time", "due_date", "comment_count", "attachment_count"),
    }
    prefix = str(issue.get("prefix") or "")
    status = nested(issue.get("status"))
    assignee, reporter = nested(issue.get("assignee")), nested(issue.get("created_by"))
    bug: dict[str, Any] = {
        **identity(issue),
        "key": prefix or None,
        "bug_prefix": prefix.partition("-")[0] or None,
        "bug_number": prefix.rpartition("-")[2].lstrip("IT") or None,
        "title": issue.get("name"),
        "flag": issue.get("flag"),
        "closed": status.get("is_closed_type"),
        "status": {"id": status.get("id"), "type": status.get("name"), "colorcode": status.get("color")},
        "severity": choice(issue.get("severity"), "type"),
        "reproducible": choice(issue.get("is_it_reproducible"), "type"),
        "classification": choice(issue.get("classification"), "type"),
        "module": choice(issue.get("module"), "name"),
        "assignee_name": "Unassigned" if assignee.get("name") == "Unassigned User" else assignee.get("name"),
        "assignee_zpuid": number(assignee.get("zpuid")),
        "assignee_id": text(assignee.get("zuid")),
        "reported_person": reporter.get("name"),
        "reporter_email": reporter.get("email"),
        "reporter_id": text(reporter.get("zuid")),
        "comment_count": issue.get("comment_count"),
        "attachment_count": issue.get("attachment_count"),
        **_NOTHING,
        **moment("created_time", issue.get("created_time")),
        **moment("updated_time", issue.get("last_updated_time")),
    }
    if "description" in issue:
        bug["description"] = issue["description"]
    if issue.get("due_date"):
        bug |= moment("due_date", issue["due_date"])
    for ours, theirs in (("milestone", "release_milestone"), ("affected_milestone", "affected_milestone")):
        if milestone := nested(issue.get(theirs)):
            bug[ours] = {"id": milestone.get("id"), "name": milestone.get("name")}
    if fields := custom_fields(issue):
        bug["customfields"] = fields
        used |= NAMES
    return bug | rest(issue, used)


def _milestone(record: Mapping[str, Any], _of: str) -> dict[str, Any]:
    used = {"id", "name", "owner", "flag", "start_date", "end_date", "status", "project"}
    owner, status = nested(record.get("owner")), nested(record.get("status"))
    done = status.get("is_closed_type")
    return {
        **identity(record),
        "name": record.get("name"),
        "owner_name": owner.get("name"),
        "owner_id": text(owner.get("zuid")),
        "flag": str(record["flag"]).lower() if record.get("flag") else None,
        **moment("start_date", record.get("start_date")),
        **moment("end_date", record.get("end_date")),
        "status": None if done is None else "completed" if done else "notcompleted",
        "link": {"self": {"url": None}, "status": {"url": None}},
    } | rest(record, used)


def _comment(record: Mapping[str, Any], of: str) -> dict[str, Any]:
    used = {"id", "comment", "content", "created_by", "added_by", "created_time", "added_time"}
    author = nested(first(record, "created_by", "added_by"))
    return {
        **identity(record),
        "content": first(record, "comment", "content"),
        "added_by": text(author.get("zuid")),
        "added_person": author.get("name"),
        **moment("created_time", first(record, "created_time", "added_time")),
        "bug_id": of or None,
    } | rest(record, used)


def _user(record: Mapping[str, Any], _of: str) -> dict[str, Any]:
    used = {"id", "zuid", "zpuid", "name", "full_name", "email", "role", "is_active", "active"}
    zpuid, own = record.get("zpuid"), record.get("id")
    if "zuid" in record:
        zpuid, own = zpuid or own, record["zuid"]
    role = record.get("role")
    told = nested(role)
    if told:
        used.discard("role")
        role = first(told, "type", "name")
    return {
        "id": text(own),
        "zpuid": text(zpuid),
        "name": first(record, "full_name", "name", "display_name"),
        "email": record.get("email"),
        "role": _ROLES.get(role.lower(), role.lower()) if isinstance(role, str) else role,
        "active": first(record, "is_active", "active"),
    } | rest(record, used)


_ROLES = {"administrator": "admin"}


def _time_log(record: Mapping[str, Any], _of: str) -> dict[str, Any]:
    used = {
        *("id", "date", "type", "log_hour", "notes", "log_notes", "billing_status", "approval", "owner", "project"),
        *("created_time", "module_detail", "log_name", "day_date"),
    }
    owner, thing = nested(record.get("owner")), nested(record.get("module_detail"))
    clock = _CLOCK.fullmatch(str(record.get("log_hour")))
    hours, minutes = (int(clock[1]), int(clock[2])) if clock else (None, None)
    day = first(record, "date", "day_date")
    on_bug = not {str(record.get("type")), str(thing.get("type"))}.isdisjoint({"issue", "bug"})
    log: dict[str, Any] = {
        **identity(record),
        "hours": hours,
        "minutes": minutes,
        "total_minutes": None if hours is None or minutes is None else hours * 60 + minutes,
        "hours_display": record.get("log_hour"),
        "notes": first(record, "notes", "log_notes"),
        "bill_status": record.get("billing_status"),
        "approval_status": nested(record.get("approval")).get("status"),
        "owner_name": owner.get("name"),
        "owner_id": text(owner.get("zuid")),
        "log_date": _american(day),
        "log_date_long": epoch(day),
        "created_time_long": epoch(record.get("created_time")),
        "created_time_format": None,
        "link": {"self": {"url": None}},
        "log_type": "bug" if on_bug else record.get("type"),
        "day_date": _american(day),
        "day_date_long": epoch(day),
        "day_display_format": None,
        "day_total_hours": None,
    }
    if on_bug:
        log["bug"] = {"id": number(thing.get("id")), "title": thing.get("name")}
    else:
        log["name"] = first(record, "log_name", "name")
    return log | rest(record, used)


def _american(day: Any) -> str | None:
    """A day as the classic API writes it, which it can be without knowing the time zone: it is a day, no moment."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", str(day), re.ASCII)
    return f"{found[2]}-{found[3]}-{found[1]}" if found else None


_SHAPES: Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
    "bugs": _bug,
    "milestones": _milestone,
    "comments": _comment,
    "users": _user,
    "timelogs": _time_log,
}
