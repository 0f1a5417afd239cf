"""Time logs in V3: gathered by day, of one module at a time."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Day, Json, OneOf, Whole
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import paged
from zbt_notebook.simulator.bugtracker.v3.issue_shape import person
from zbt_notebook.simulator.bugtracker.v3.paging import described
from zbt_notebook.simulator.data.rows import TimeLog

PP = "/api/v3/portal/{portal}/projects/{project}"
_LONGEST = 184 * dates.DAY_MS  # customdate spans six months at most
_MODULES = ("task", "issue", "general")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _log(call: Call, log: TimeLog) -> Json:
    bug = call.store.bugs.get(log.bug_id)
    shape: Json = {
        "id": str(log.id),
        "date": dates.iso_day(log.day_ms),
        "type": "issue" if bug else "general",
        "log_hour": _clock(log.minutes),
        "notes": log.notes,
        "log_notes": log.notes,
        "billing_status": "Billable" if log.billable else "Non Billable",
        "approval": {"status": log.approval},
        "owner": person(call, log.owner),
        "added_by": person(call, log.owner),
        "project": {"id": str(call.project.id), "name": call.project.name},
        "created_time": dates.iso(log.created_ms),
        "last_modified_time": dates.iso(log.created_ms),
    }
    if bug:
        prefix = f"{call.project.prefix}-I{bug.number}"
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


class Module:
    """What time was logged on, as JSON: its type, and an id where one thing alone is meant."""

    def read(self, name: str, value: object) -> Json:
        """Take an object with a known type."""
        try:
            module = json.loads(str(value))
        except (ValueError, RecursionError):
            raise refusals.pattern_not_matched(name) from None
        if not isinstance(module, dict) or module.get("type") not in _MODULES:
            raise refusals.invalid_value(name)
        return module

    def schema(self) -> Json:
        """A string that is JSON."""
        return {"type": "string", "enum": [f'{{"type":"{word}"}}' for word in _MODULES]}


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
        if call.switches.range_over_max == "refuse" and not 0 <= last - first <= _LONGEST:
            raise refusals.invalid_value("end_date")
        return first, min(last, first + _LONGEST)
    back = {"day": 0, "week": (now.weekday() + 1) % 7, "month": now.day - 1}[values["view_type"]]
    return today - back * dates.DAY_MS, today


def list_logs(call: Call) -> Answer:
    """List the time logs of a period, gathered by day, with ``page_info`` beside them."""
    module = call.values["module"]
    first, last = _period(call)
    logs = sorted(
        (
            log
            for log in call.store.logs.of(call.project.id)
            if first <= log.day_ms <= last
            and {"issue": bool(log.bug_id), "general": not log.bug_id, "task": False}[module["type"]]
            and str(module.get("id", log.bug_id)) == str(log.bug_id)
        ),
        key=lambda log: (log.day_ms, log.id),
    )
    shown, page_info = described(call, logs)
    if not shown and call.switches.empty_v3_list_as == "204":
        return NOTHING
    days = []
    for day in sorted({log.day_ms for log in shown}):
        of_day = [log for log in shown if log.day_ms == day]
        days.append({"date": dates.iso_day(day), "log_details": [_log(call, log) for log in of_day]})
    return Answer(200, {"log_hours": _sum(logs), "time_logs": days, "page_info": page_info})


ROUTES = (
    Route(
        "GET",
        f"{PP}/timelogs",
        "timesheets.READ",
        list_logs,
        "List time logs",
        query=(
            Parameter("module", Module(), required=True, about="Of what."),
            Parameter(
                "view_type",
                OneOf(("day", "week", "month", "projectspan", "customdate")),
                required=True,
                about="Period.",
            ),
            Parameter("start_date", Day(iso=True), about="2026-04-01; with customdate alone."),
            Parameter("end_date", Day(iso=True), about="Six months later at most."),
            Parameter("page", Whole(1), about="Counted from 1; calls without it were answered."),
            Parameter("per_page", Whole(1), about="100 unless told, 200 at most."),
        ),
        returns=paged("time_logs", "V3TimeLogDay"),
        empty=True,
    ),
)
