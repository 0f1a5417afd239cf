"""Time logs: on bugs, and on a project in general."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import BUG, PROJECT, Collection
from zbt_notebook.simulator.bugtracker.kinds import Clocked, Day, Identifier, Identifiers, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import one
from zbt_notebook.simulator.data.rows import TimeLog

_BILLS = ("Billable", "Non Billable")


def log_shape(call: Call, log: TimeLog) -> Json:
    """Shape a time log; one on a bug names the bug, a general one has a name of its own."""
    hours, minutes = divmod(log.minutes, 60)
    created = call.triple("created_time", log.created_ms)
    where: tuple[object, ...] = ("projects", log.project_id, "logs", log.id)
    shape: Json = {
        "id": log.id,
        "id_string": str(log.id),
        "hours": hours,
        "minutes": minutes,
        "total_minutes": log.minutes,
        "hours_display": f"{hours:02}:{minutes:02}",
        "notes": log.notes,
        "bill_status": _BILLS[not log.billable],
        "approval_status": log.approval,
        "owner_name": call.name(log.owner),
        "owner_id": str(log.owner),
        "log_date": dates.day_text(log.day_ms),
        "log_date_long": dates.midnight(log.day_ms, call.offset),
        "created_time_long": log.created_ms,
        "created_time_format": created["created_time_format"],
    }
    if bug := call.store.bugs.get(log.bug_id):
        shape["bug"] = {"id": bug.id, "title": bug.title}
        where = ("projects", log.project_id, "bugs", bug.id, "logs", log.id)
    else:
        shape["name"] = log.name
    return shape | {"link": {"self": call.link(*where)}}


def _period(view: str, day_ms: int) -> tuple[int, int]:
    """First and last calendar day of the day, the week from Sunday, or the month."""
    day = datetime.fromtimestamp(day_ms / 1000, UTC)
    if view == "week":
        day -= timedelta(days=(day.weekday() + 1) % 7)
        last = day + timedelta(days=6)
    elif view == "month":
        day = day.replace(day=1)
        last = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    else:
        last = day
    return int(day.timestamp() * 1000), int(last.timestamp() * 1000)


def _sum(logs: Iterable[TimeLog]) -> str:
    hours, minutes = divmod(sum(log.minutes for log in logs), 60)
    return f"{hours:02}:{minutes:02}"


def list_logs(call: Call) -> Answer:
    """List the time logs of a day, week or month, gathered by day."""
    values = call.values
    first, last = _period(values["view_type"], values["date"])
    users, bill = values["users_list"], values["bill_status"]
    on_bugs = values["component_type"] == "bug"
    logs = sorted(
        (
            log
            for log in call.store.logs.of(call.project.id)
            if first <= log.day_ms <= last
            and bool(log.bug_id) == on_bugs
            and (users is None or log.owner in users)
            and bill in {"All", _BILLS[not log.billable]}
        ),
        key=lambda log: (log.day_ms, log.id),
    )
    shown = call.page(logs)
    if not shown:
        return Answer(204)
    kind = "buglogs" if on_bugs else "generallogs"
    days = []
    for day in sorted({log.day_ms for log in shown}):
        of_day = [log for log in shown if log.day_ms == day]
        days.append(
            {
                "date": dates.day_text(day),
                "date_long": dates.midnight(day, call.offset),
                "display_format": dates.minute_text(day),
                "total_hours": _sum(of_day),
                kind: [log_shape(call, log) for log in of_day],
            }
        )
    return Answer(200, {"timelogs": {"grandtotal": _sum(logs), "role": call.user.role, "date": days}})


def list_logs_of_bug(call: Call) -> Answer:
    """List the time logs of a bug, where its own link points; without days, as a log that was just made is shown."""
    logs = sorted(
        (log for log in call.store.logs.of(call.project.id) if log.bug_id == call.bug.id),
        key=lambda log: (log.day_ms, log.id),
    )
    shown = call.page(logs)
    return Answer(200, {"timelogs": {"buglogs": [log_shape(call, log) for log in shown]}}) if shown else Answer(204)


def _written(call: Call, log: TimeLog, status: int) -> Answer:
    kind = "buglogs" if log.bug_id else "generallogs"
    return Answer(status, {"timelogs": {kind: [log_shape(call, call.store.logs.put(log))]}})


def add_log(call: Call) -> Answer:
    """Log time, on a bug or in general; without ``owner`` it is the caller's."""
    values = call.values
    log = TimeLog(
        id=call.store.take_id(),
        project_id=call.project.id,
        bug_id=call.bug.id if "bug" in call.path else 0,
        owner=_owner(call, call.user.id),
        day_ms=values["date"],
        minutes=values["hours"],
        billable=values["bill_status"] == "Billable",
        notes=values.get("notes", ""),
        created_ms=call.now_ms,
        name=values.get("name", ""),
    )
    return _written(call, log, 201)


def _owner(call: Call, otherwise: int) -> int:
    return call.store.find_member(call.values["owner"], "Owner").id if "owner" in call.values else otherwise


def _log(call: Call) -> TimeLog:
    log = call.store.logs.find(call.number("log"), "Time log", call.project.id)
    if "bug" in call.path and log.bug_id != call.bug.id:
        raise refusals.not_found("Time log")
    return log


def update_log(call: Call) -> Answer:
    """Change a time log."""
    log, values = _log(call), call.values
    changed = call.store.logs.change(
        log,
        owner=_owner(call, log.owner),
        billable=values["bill_status"] == "Billable" if "bill_status" in values else log.billable,
        **call.columns("notes", "name", date="day_ms", hours="minutes"),
    )
    return _written(call, changed, 200)


def approve_log(call: Call) -> Answer:
    """Approve a time log, or reject it."""
    return _written(call, call.store.logs.change(_log(call), approval=call.values["approval_status"]), 200)


def delete_log(call: Call) -> Answer:
    """Delete a time log."""
    call.store.logs.remove(_log(call))
    return succeeded("Timesheet log deleted")


_ONE = {"type": "object", "properties": {"timelogs": one("TimeLogs")}, "required": ["timelogs"]}
_GENERAL = Collection(f"{PROJECT}/logs/", "log", "timesheets", _ONE)
_ON_BUG = Collection(f"{BUG}/logs/", "log", "timesheets", _ONE)
_NEW = (
    Parameter("date", Day(), required=True),
    Parameter("bill_status", OneOf(_BILLS), required=True),
    Parameter("hours", Clocked(), required=True, about="hh:mm"),
    Parameter("notes", Text()),
    Parameter("owner", Identifier()),
)
_CHANGES = tuple(replace(field, required=False) for field in _NEW)
_NAME = Parameter("name", Text(500, 1))
_APPROVAL = Parameter("approval_status", OneOf(("Approved", "Rejected", "Pending")), required=True)
ROUTES = (
    _GENERAL.listed_by(
        list_logs,
        "List time logs",
        Parameter("users_list", Identifiers("all"), required=True, about="Users' ids, or all."),
        Parameter("view_type", OneOf(("day", "week", "month")), required=True),
        Parameter("date", Day(), required=True, about="Any day of the period."),
        Parameter("bill_status", OneOf(("All", *_BILLS)), required=True),
        Parameter("component_type", OneOf(("bug", "general")), required=True),
    ),
    _GENERAL.created_by(add_log, "Log time in general", replace(_NAME, required=True), *_NEW),
    _GENERAL.changed_by(update_log, "Change a general time log", _NAME, *_CHANGES),
    _GENERAL.deleted_by(delete_log, "Delete a general time log"),
    _GENERAL.changed_by(approve_log, "Approve a general time log", _APPROVAL, at="approval"),
    _ON_BUG.listed_by(list_logs_of_bug, "List a bug's time logs"),
    _ON_BUG.created_by(add_log, "Log time on a bug", *_NEW),
    _ON_BUG.changed_by(update_log, "Change a bug's time log", *_CHANGES),
    _ON_BUG.deleted_by(delete_log, "Delete a bug's time log"),
    _ON_BUG.changed_by(approve_log, "Approve a bug's time log", _APPROVAL, at="approval"),
)
