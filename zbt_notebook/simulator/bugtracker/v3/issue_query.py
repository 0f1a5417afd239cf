"""Which issues a list holds, and in which order."""

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.bug_query import CUSTOM_VIEWS, found
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Identifiers, Json
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.v3.filters import Filter, compiled
from zbt_notebook.simulator.bugtracker.v3.issue_fields import field_of_issues
from zbt_notebook.simulator.data.rows import Bug

_UPDATE = frozenset({"last_updated_time", "last_modified_time"})
_SORTED_BY: dict[str, Any] = {
    "id": lambda bug: bug.id,
    "name": lambda bug: bug.title.casefold(),
    "created_time": lambda bug: bug.created_ms,
    "last_updated_time": lambda bug: bug.updated_ms,
    "last_modified_time": lambda bug: bug.updated_ms,
    "due_date": lambda bug: bug.due_ms or 0,
    "severity": lambda bug: bug.severity_id,
    "status": lambda bug: bug.status_id,
    "assignee": lambda bug: bug.assignee,
}


@dataclass(frozen=True, slots=True)
class SortBy:
    """``ASC(created_time)``: a direction and one field."""

    fields: tuple[str, ...]

    def read(self, name: str, value: object) -> tuple[str, bool]:
        """Give the field, and whether the greatest comes first."""
        found = re.fullmatch(r"(ASC|DESC)\((\w{1,60})\)", str(value))
        if not found:
            raise refusals.pattern_not_matched(name)
        if found[2] not in self.fields:
            raise refusals.invalid_value(name)
        return found[2], found[1] == "DESC"

    def schema(self) -> Json:
        """An enumeration."""
        return {
            "type": "string",
            "enum": [f"{direction}({field})" for field in self.fields for direction in ("ASC", "DESC")],
        }


CHOOSING = (
    Parameter("sort_by", SortBy(tuple(_SORTED_BY)), about="One field: ASC(created_time), DESC(last_updated_time)."),
    Parameter("view_id", Identifier(), about="A custom view."),
    Parameter("issue_ids", Identifiers(), about="These alone, with commas between."),
    Parameter("filter", Filter(), about="Criteria and a pattern, as JSON."),
)


def chosen(call: Call, project_id: int | None) -> list[Bug]:
    """The issues of a project (None: of all) that the call asks for, in its order."""
    values = call.values
    if values.get("view_id") is not None and values["view_id"] not in CUSTOM_VIEWS:
        raise refusals.not_found("Custom view")
    switches = call.switches
    field = values["sort_by"][0] if "sort_by" in values else ""
    if field in _UPDATE and switches.sort_by_update not in {"both", "ignored", field}:
        raise refusals.invalid_value("sort_by")
    asked = [values.get(name) for name in ("sort_by", "view_id", "issue_ids")]
    if switches.filter_on_issues == "refused" and "filter" in call.request.query:
        raise refusals.invalid_value("filter")
    if switches.sort_on_issues == "refused" and field:
        raise refusals.invalid_value("sort_by")
    ignored = switches.filter_on_issues == "ignored"
    filter_text = "" if ignored else call.request.query.get("filter", "")
    zone = (
        *(switches.filter_days_in, call.offset, switches.pick_list_filter_by),
        *(switches.v3_order, switches.sort_by_update, switches.sort_on_issues),
    )
    key = ("v3", project_id, call.user.id, *asked, filter_text, zone, call.now_ms // 86_400_000)
    return call.store.bugs.derived(key, lambda: _chosen(call, project_id, filtered=bool(filter_text)))


def _chosen(call: Call, project_id: int | None, *, filtered: bool) -> list[Bug]:
    values = call.values
    rows = found(call, project_id, {"cview_id": values["view_id"]} if values.get("view_id") is not None else {})
    if "issue_ids" in values:
        rows = [bug for bug in rows if bug.id in values["issue_ids"]]
    if filtered:
        test = compiled(call, values["filter"], lambda name: field_of_issues(call, name))
        rows = [bug for bug in rows if test(bug)]
    field, falling = values.get("sort_by", ("", False))
    switches = call.switches
    ignored = switches.sort_on_issues == "ignored" or (field in _UPDATE and switches.sort_by_update == "ignored")
    if field and not ignored:
        rows.sort(key=lambda bug: (_SORTED_BY[field](bug), bug.id), reverse=falling)
    elif switches.v3_order == "scattered":
        Random(project_id or 0).shuffle(rows)
    return rows
