"""Records of V3, kind by kind, in the shape of the classic API."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

from zbt_notebook.client.v3_columns.custom_fields import Labels, custom_fields
from zbt_notebook.client.v3_columns.reading import Reading, epoch, number

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
_NOBODY = "Unassigned User"  # V3's word for nobody: name and e-mail address


def as_classic(kind: str, record: Any, of: str = "", labels: Labels | None = None) -> Any:
    """A record of V3 in the shape of the classic API; of a kind without a mapping, the record itself.

    *of* is the issue that it was listed of, *labels* are those of custom fields by ``api_name``.
    """
    shape = _SHAPES.get(kind)
    return shape(Reading(record), of, labels or {}) if shape and isinstance(record, dict) else record


def _identity(read: Reading) -> dict[str, Any]:
    """Both spellings of an id."""
    return {"id": number(read.see("id")), "id_string": read.text("id")}


def _choice(read: Reading, name: str, key: str) -> dict[str, Any]:
    """A value of a pick list, under the classic name of its text."""
    return {"id": read.take(name, "id"), key: read.take(name, "value")}


def person(read: Reading, name: str, word: str, *, named: str = "", zuid: str = "") -> dict[str, Any]:
    """The columns of one person, the same from both APIs where they mean the same.

    ``WORD_zpuid`` is the user of the portal, by which one assigns and filters; *zuid*, ``WORD_id`` unless told, the
    account at Zoho; *named*, ``WORD_name`` unless told, the full name.
    """
    own = read.see(name)
    if isinstance(own, str):  # some answers name a person and tell no more
        return {named or f"{word}_name": read.take(name)}
    full_name = read.take(name, "full_name") or read.take(name, "name")
    if read.see(name, "name") == full_name:
        read.take(name, "name")
    if read.see(name, "display_name") == full_name:
        read.take(name, "display_name")
    email = read.take(name, "email")
    return {
        named or f"{word}_name": "Unassigned" if full_name == _NOBODY else full_name,
        f"{word}_zpuid": read.number(name, "zpuid"),
        zuid or f"{word}_id": read.text(name, "zuid"),
        f"{word}_email": None if email == _NOBODY else email,
    }


def _title(read: Reading) -> Any:
    """The title, which some portals escape for HTML, even twice; as it came, it then stays among the rest."""
    name = read.see("name")
    title = unescape(unescape(name)) if isinstance(name, str) and "&" in name else name
    if title == name:
        read.take("name")
    return title


def _bug(read: Reading, _of: str, labels: Labels) -> dict[str, Any]:
    prefix = str(read.take("prefix") or "")
    bug: dict[str, Any] = {
        **_identity(read),
        "key": prefix or None,
        "bug_prefix": prefix.partition("-")[0] or None,
        "bug_number": prefix.rpartition("-")[2].lstrip("IT") or None,
        "title": _title(read),
        "flag": read.take("flag"),
        "closed": read.take("status", "is_closed_type"),
        "status": {
            "id": read.take("status", "id"),
            "type": read.take("status", "name"),
            "colorcode": read.take("status", "color"),
        },
        "severity": _choice(read, "severity", "type"),
        "reproducible": _choice(read, "is_it_reproducible", "type"),
        "classification": _choice(read, "classification", "type"),
        "module": _choice(read, "module", "name"),
        **person(read, "assignee", "assignee"),
        **person(read, "created_by", "reporter", named="reported_person"),
        "comment_count": read.take("comment_count"),
        "attachment_count": read.take("attachment_count"),
        **_NOTHING,
        **read.moment("created_time", "created_time"),
        **read.moment("updated_time", "last_updated_time"),
    }
    if read.see("status", "color_hexcode") == read.see("status", "color"):
        read.take("status", "color_hexcode")
    if read.see("description") is not None:
        bug["description"] = read.take("description")
    if read.see("due_date"):
        bug |= read.moment("due_date", "due_date")
    for ours, theirs in (("milestone", "release_milestone"), ("affected_milestone", "affected_milestone")):
        if isinstance(read.see(theirs), dict):
            bug[ours] = {"id": read.take(theirs, "id"), "name": read.take(theirs, "name")}
    if fields := custom_fields(read, labels):
        bug["customfields"] = fields
    _project(read, bug)
    return bug | read.rest()


def _project(read: Reading, record: dict[str, Any]) -> None:
    """The project that a record names goes with it, as it is: the pull puts its own in front."""
    if read.see("project") is not None:
        record["project"] = _known_project(read.record["project"])
        read.passed("project")


def _known_project(project: Any) -> Any:
    return {**project, "id": number(project.get("id"))} if isinstance(project, dict) else {"name": project}


def _milestone(read: Reading, _of: str, _labels: Labels) -> dict[str, Any]:
    done = read.see("status", "is_closed_type")
    flag = read.see("flag")
    if isinstance(flag, str) and flag.islower():
        read.take("flag")
    milestone = {
        **_identity(read),
        "name": read.take("name"),
        **person(read, "owner", "owner"),
        "flag": str(flag).lower() if flag else None,
        **read.moment("start_date", "start_date"),
        **read.moment("end_date", "end_date"),
        **read.moment("completed_date", "completed_date"),
        "status": None if done is None else "completed" if done else "notcompleted",
        "link": {"self": {"url": None}, "status": {"url": None}},
    }
    _project(read, milestone)
    return milestone | read.rest()


def _comment(read: Reading, of: str, _labels: Labels) -> dict[str, Any]:
    author = "added_by" if read.see("added_by") is not None else "created_by"
    made = "created_time" if read.see("created_time") is not None else "added_time"
    return {
        **_identity(read),
        "content": read.first("comment", "content"),
        **person(read, author, "added_by", named="added_person", zuid="added_by"),
        **read.moment("created_time", made),
        "bug_id": of or None,
    } | read.rest()


def _user(read: Reading, _of: str, _labels: Labels) -> dict[str, Any]:
    zpuid = read.text("zpuid")
    if "zuid" in read.record:
        zuid = read.text("zuid")
        zpuid = zpuid or read.text("id")
        if read.see("id") is not None and str(read.see("id")) in {zpuid, zuid}:
            read.take("id")
    else:
        zuid = read.text("id")
    role = read.see("role", "type") or read.see("role", "name") or read.see("role")
    if isinstance(role, str):
        role = _ROLES.get(role.lower(), role.lower())
        if role == read.see("role"):
            read.take("role")
    return {
        "id": zuid,
        "zpuid": zpuid,
        "name": read.first("full_name", "name", "display_name"),
        "email": read.take("email"),
        "role": role if isinstance(role, str) else None,
        "active": _is_active(read),
    } | read.rest()


def _is_active(read: Reading) -> Any:
    """V3 tells it as a flag, v3.1 as the word "active" of a status, which stays to be read as well."""
    flag = read.first("is_active", "active")
    status = read.see("status")
    return flag if flag is not None else status.lower() == "active" if isinstance(status, str) else None


_ROLES = {"administrator": "admin"}


def _time_log(read: Reading, _of: str, _labels: Labels) -> dict[str, Any]:
    clock = _CLOCK.fullmatch(str(read.see("log_hour")))
    hours, minutes = (int(clock[1]), int(clock[2])) if clock else (None, None)
    day = read.first("date", "day_date")
    on_bug = not {str(read.see("type")), str(read.see("module_detail", "type"))}.isdisjoint({"issue", "bug"})
    log: dict[str, Any] = {
        **_identity(read),
        "hours": hours,
        "minutes": minutes,
        "total_minutes": None if hours is None or minutes is None else hours * 60 + minutes,
        "hours_display": read.take("log_hour"),
        "notes": read.first("notes", "log_notes"),
        "bill_status": read.take("billing_status"),
        "approval_status": read.take("approval", "status"),
        **person(read, "owner", "owner"),
        "approver_name": read.take("approval", "name"),
        "approver_email": read.take("approval", "email"),
        "log_date": _american(day) or day,
        "log_date_long": epoch(day),
        "created_time_long": read.moment("created_time", "created_time")["created_time_long"],
        "created_time_format": None,
        "link": {"self": {"url": None}},
        "log_type": "bug" if on_bug else read.take("type"),
        "day_date": _american(day),
        "day_date_long": epoch(day),
        "day_display_format": None,
        "day_total_hours": None,
    }
    if on_bug:
        log["bug"] = {"id": read.number("module_detail", "id"), "title": read.take("module_detail", "name")}
    else:
        log["name"] = read.first("log_name", "name")
    _project(read, log)
    return log | read.rest()


def _american(day: Any) -> str | None:
    """A day as the classic API writes it, which it can be without knowing the time zone: it is a day, no moment."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", str(day), re.ASCII)
    return f"{found[2]}-{found[3]}-{found[1]}" if found else None


_SHAPES: Mapping[str, Callable[[Reading, str, Labels], dict[str, Any]]] = {
    "bugs": _bug,
    "milestones": _milestone,
    "comments": _comment,
    "users": _user,
    "timelogs": _time_log,
}
