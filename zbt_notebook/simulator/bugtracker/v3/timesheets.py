"""Time logs in V3: gathered by day, of one module at a time; written in bulk."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Clocked, Day, Identifier, Json, OneOf, Text, YesNo
from zbt_notebook.simulator.bugtracker.parameters import ListOf, ManyOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many, one, paged
from zbt_notebook.simulator.bugtracker.v3.filters import Field, Filter, filtered, zpuid
from zbt_notebook.simulator.bugtracker.v3.json_kinds import Written
from zbt_notebook.simulator.bugtracker.v3.paging import FREE_PAGE, cut, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J, P
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data.rows import TimeLog

_LONGEST = 184 * dates.DAY_MS  # customdate spans six months at most
_MODULES = ("task", "issue", "general")
_BILLS = ("Billable", "Non Billable")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _time_of_day(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment:%I:%M %p}"


def _log(call: Call, log: TimeLog) -> Json:
    bug = call.store.bugs.get(log.bug_id)
    project = call.store.projects.find(log.project_id, "Project")
    owner = person(call, log.owner)
    shape: Json = {
        "id": str(log.id),
        "date": dates.iso_day(log.day_ms),
        "type": "issue" if bug else "general",
        "log_hour": _clock(log.minutes),
        "notes": log.notes,
        "log_notes": log.notes,
        "billing_status": _BILLS[not log.billable],
        "approval": {"status": log.approval},
        "owner": owner,
        "added_by": {name: value for name, value in owner.items() if name != "zuid"},
        "project": {"id": str(project.id), "name": project.name},
        "created_time": dates.iso(log.created_ms),
        "last_modified_time": dates.iso(log.created_ms),
    }
    if log.id % 16:  # 94 % of them tell from when to when
        shape["start_time"] = _time_of_day(log.created_ms - log.minutes * 60_000)
        shape["end_time"] = _time_of_day(log.created_ms)
    if log.approval == "Approved":
        shape["approval"] |= {"name": owner["name"], "email": owner["email"]}
    if bug:
        prefix = f"{project.prefix}-I{bug.number}"
        shape["module_detail"] = {"id": str(bug.id), "name": bug.title, "prefix": prefix, "type": "bug"}
    else:
        shape["log_name"] = log.name
    return shape


def _sum(logs: Iterable[TimeLog]) -> Json:
    logs = list(logs)
    billable = sum(log.minutes for log in logs if log.billable)
    total = sum(log.minutes for log in logs)
    return {
        "total_hours": _clock(total),
        "billable_hours": _clock(billable),
        "non_billable_hours": _clock(total - billable),
    }


@dataclass(frozen=True, slots=True)
class Module:
    """What time was logged on: its type, and an id where one thing alone is meant."""

    def read(self, name: str, value: object) -> Json:
        """Take an object with a known type."""
        if not isinstance(value, dict) or value.get("type") not in _MODULES:
            raise refusals.invalid_value(name)
        return value

    def schema(self) -> Json:
        """An object."""
        properties = {"type": {"enum": list(_MODULES)}, "id": Identifier().schema()}
        return {"type": "object", "properties": properties, "required": ["type"], "additionalProperties": False}


def _period(call: Call) -> tuple[int, int]:
    """First and last calendar day; without its two ends, customdate is the six months until today."""
    values = call.values
    now = datetime.fromtimestamp(call.now_ms / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today = int(now.timestamp() * 1000)
    if values["view_type"] == "projectspan":
        return 0, today
    if values["view_type"] == "customdate":
        last = values.get("end_date", today)
        first = values.get("start_date", last - _LONGEST)
        if not 0 <= last - first <= _LONGEST:
            raise refusals.invalid_value("end_date")
        return first, last
    back = {"day": 0, "week": (now.weekday() + 1) % 7, "month": now.day - 1}[values["view_type"]]
    return today - back * dates.DAY_MS, today


def _fields_of(call: Call) -> dict[str, Field]:
    """What a filter may ask of time logs."""
    return {
        "owner": ("user", lambda log: zpuid(call, log.owner)),
        "user": ("user", lambda log: zpuid(call, log.owner)),
        "billing_status": ("pick", lambda log: [_BILLS[not log.billable].casefold()]),
        "date": ("day", lambda log: [log.day_ms]),
        "notes": ("text", lambda log: [log.notes.casefold()]),
    }


def report(call: Call) -> Answer:
    """Sum up the time logs of a period: of a project, or of the portal."""
    first, last = _period(call)
    of = call.store.logs.of(call.project.id) if "project" in call.path else list(call.store.logs)
    return Answer(200, {"log_hours": _sum(log for log in of if first <= log.day_ms <= last)})


def list_logs(call: Call) -> Answer:
    """List the time logs of a period, gathered by day: of a project, or of the portal."""
    store, module = call.store, call.values["module"]
    first, last = _period(call)
    of = store.logs.of(call.project.id) if "project" in call.path else list(store.logs)
    of = filtered(call, of, _fields_of(call))
    logs = sorted(
        (
            log
            for log in of
            if first <= log.day_ms <= last
            and {"issue": bool(log.bug_id), "general": not log.bug_id, "task": False}[module["type"]]
            and str(module.get("id", log.bug_id)) == str(log.bug_id)
        ),
        key=lambda log: (log.day_ms, log.id),
    )
    days: dict[int, list[TimeLog]] = {}
    if call.switches.time_logs_paged_by == "days":
        for log in logs:
            days.setdefault(log.day_ms, []).append(log)
        shown, page_info = cut(call, list(days))
        days = {day: days[day] for day in shown}
    else:
        some, page_info = cut(call, logs)
        for log in some:
            days.setdefault(log.day_ms, []).append(log)
    if not days and call.switches.empty_v3_list_as == "204":
        return NOTHING
    time_logs = [
        {"date": dates.iso_day(day), call.switches.time_log_key: [_log(call, log) for log in of_day]}
        for day, of_day in days.items()
    ]
    return Answer(200, {"log_hours": _sum(logs), "time_logs": time_logs, **page_info})


def _found(call: Call) -> TimeLog:
    return call.store.logs.find(call.number("log"), "Time log", call.project.id)


def get_log(call: Call) -> Answer:
    """Show one time log, of which the call has to name the type."""
    log = _found(call)
    if (call.values["type"] == "issue") is not bool(log.bug_id):
        raise refusals.not_found("Time log")
    return Answer(200, _log(call, log))


def update_log(call: Call) -> Answer:
    """Change a time log."""
    return Answer(200, _log(call, _changed(call, _found(call), call.values)))


def _changed(call: Call, log: TimeLog, changes: Json) -> TimeLog:
    return call.store.logs.change(
        log,
        owner=call.store.find_member(changes["owner_zpuid"], "Owner").id if "owner_zpuid" in changes else log.owner,
        billable=changes["bill_status"] == "Billable" if "bill_status" in changes else log.billable,
        notes=changes.get("notes", log.notes),
        day_ms=changes.get("date", log.day_ms),
        minutes=changes.get("hours", log.minutes),
    )


def update_many(call: Call) -> Answer:
    """Change time logs by their ids."""
    rows = [(changes, call.store.logs.find(changes["id"], "Time log")) for changes in call.values["log_object"]]
    changed = [_changed(call, log, changes) for changes, log in rows]
    return Answer(200, {"time_logs": [{call.switches.time_log_key: [_log(call, log) for log in changed]}]})


def delete_log(call: Call) -> Answer:
    """Delete a time log."""
    call.store.logs.remove(_found(call))
    return NOTHING


def add_log(call: Call) -> Answer:
    """Log time; on the one portal where it was tried, this failed every time."""
    if call.switches.time_log_create_as == "500":
        raise refusals.server_error()
    module = call.values["module"]
    entry = {**call.values, "project_id": call.project.id, "type": module["type"], "item_id": int(module.get("id", 0))}
    return Answer(201, _log(call, _made(call, entry)))


def _made(call: Call, entry: Json) -> TimeLog:
    project = call.store.projects.find(entry["project_id"], "Project")
    if entry["type"] == "task":
        raise refusals.not_found("Task")
    bug = call.store.bugs.find(entry.get("item_id", 0), "Issue", project.id) if entry["type"] == "issue" else None
    owner = call.store.find_member(entry["owner_zpuid"], "Owner").id if "owner_zpuid" in entry else call.user.id
    return call.store.logs.put(
        TimeLog(
            id=call.store.take_id(),
            project_id=project.id,
            bug_id=bug.id if bug else 0,
            owner=owner,
            day_ms=entry["date"],
            minutes=entry["hours"],
            billable=entry["bill_status"] == "Billable",
            notes=entry.get("notes", ""),
            created_ms=call.now_ms,
            name=entry.get("log_name", ""),
        )
    )


def add_many(call: Call) -> Answer:
    """Log time many times at once."""
    made = [_made(call, entry) for entry in call.values["log_object"]]
    return Answer(200, {"time_logs": [{call.switches.time_log_key: [_log(call, log) for log in made]}]})


def delete_many(call: Call) -> Answer:
    """Delete time logs by their ids."""
    for log in [call.store.logs.find(number, "Time log") for number in call.values["log_ids"]]:
        call.store.logs.remove(log)
    return NOTHING


def fail(_call: Call) -> Answer:
    """Fail, as the timers did on the portal where they were tried."""
    raise refusals.server_error()


_VIEWS = ("day", "week", "month", "projectspan", "customdate")
_ASKED = (
    Parameter(
        "module", Written(Module(), *({"type": word} for word in _MODULES)), required=True, about="Of what, as JSON."
    ),
    Parameter("view_type", OneOf(_VIEWS), required=True, about="Period."),
    Parameter("start_date", Day(iso=True), about="2026-04-01; with customdate alone."),
    Parameter("end_date", Day(iso=True), about="Six months later at most."),
    Parameter("fetch_by_modified_time", YesNo()),
    Parameter("filter", Filter("notes")),
)
_ON = Parameter("module", Module(), required=True)
_HOURS = Parameter("hours", Clocked(), required=True, about="hh:mm")
_DATE = Parameter("date", Day(iso=True), required=True)
_BILL = Parameter("bill_status", OneOf(_BILLS), required=True)
_FURTHER = (Parameter("notes", Text()), Parameter("owner_zpuid", Identifier()))
_CHANGES = (*(replace(one, required=False) for one in (_DATE, _HOURS, _BILL)), *_FURTHER)
_ONE_LOG = {
    "project_id": "1",
    "date": "2026-03-01",
    "hours": "01:30",
    "bill_status": "Billable",
    "type": "general",
    "log_name": "Planning",
}
_BULK = (
    Parameter("project_id", Identifier(), required=True),
    *(_DATE, _HOURS, _BILL, *_FURTHER),
    Parameter("log_name", Text(500)),
    Parameter("type", OneOf(_MODULES), required=True),
    Parameter("item_id", Identifier()),
)
_LIST = paged("time_logs", "V3TimeLogDay")
_ONE = f"{J}/logs/{{log}}"
_MADE: Json = {"type": "object", "properties": {"time_logs": {"type": "array"}}, "required": ["time_logs"]}
ROUTES = (
    *(
        listed(f"{here}/timelogs", "timesheets.READ", list_logs, about, _LIST, *_ASKED, page=FREE_PAGE)
        for here, about in ((J, "List time logs"), (P, "List the portal's time logs"))
    ),
    Route(
        "GET",
        _ONE,
        "timesheets.READ",
        get_log,
        "Show a time log",
        query=(Parameter("type", OneOf(_MODULES), required=True),),
        returns=one("V3TimeLog"),
    ),
    Route(
        "PATCH",
        _ONE,
        "timesheets.UPDATE",
        update_log,
        "Change a time log",
        body=(_ON, *_CHANGES),
        returns=one("V3TimeLog"),
    ),
    Route(
        "DELETE",
        _ONE,
        "timesheets.DELETE",
        delete_log,
        "Delete a time log",
        body=(Parameter("module", OneOf(_MODULES), required=True),),
        status=204,
    ),
    Route(
        "POST",
        f"{J}/log",
        "timesheets.CREATE",
        add_log,
        "Log time",
        body=(_ON, _DATE, _HOURS, _BILL, *_FURTHER),
        returns=one("V3TimeLog"),
        status=201,
    ),
    Route(
        "POST",
        f"{P}/addbulktimelogs",
        "timesheets.CREATE",
        add_many,
        "Log time many times at once",
        body=(Parameter("log_object", Written(ManyOf(_BULK), [_ONE_LOG]), required=True),),
        returns=_MADE,
        form=True,
    ),
    Route(
        "DELETE",
        f"{P}/timelogs/bulkdelete",
        "timesheets.DELETE",
        delete_many,
        "Delete time logs",
        body=(Parameter("log_ids", ListOf(Identifier()), required=True),),
        status=204,
    ),
    Route(
        "PATCH",
        f"{P}/logs",
        "timesheets.UPDATE",
        update_many,
        "Change time logs",
        body=(
            Parameter("log_object", ManyOf((Parameter("id", Identifier(), required=True), *_CHANGES)), required=True),
        ),
        returns=_MADE,
    ),
    *(
        Route(
            "GET",
            f"{here}/timelogs/report",
            "timesheets.READ",
            report,
            about,
            query=tuple(one for one in _ASKED if one.name in {"view_type", "start_date", "end_date"}),
            returns={"type": "object", "properties": {"log_hours": {"type": "object"}}, "required": ["log_hours"]},
        )
        for here, about in ((J, "Sum up time logs"), (P, "Sum up the portal's time logs"))
    ),
    Route(
        "GET",
        f"{P}/timelogs/timers",
        "timesheets.READ",
        fail,
        "Show the timers",
        returns=many("timers", "V3TimeLog"),
        status=500,
    ),
)
