"""Filtering and sorting of bugs."""

from collections.abc import Callable
from typing import Any

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Identifiers, Json, OneOf
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.data.portal import ID_BASE
from zbt_notebook.simulator.data.rows import Bug, Member

Test = Callable[[Bug], bool]

# id → name, and the conditions that the view stands for; "me" is the caller
CUSTOM_VIEWS: dict[int, tuple[str, Json]] = {
    ID_BASE + 8_001: ("All Bugs", {}),
    ID_BASE + 8_003: ("Open Bugs", {"statustype": "open"}),
    ID_BASE + 8_005: ("Closed Bugs", {"statustype": "closed"}),
    ID_BASE + 8_007: ("My Open Bugs", {"statustype": "open", "assignee": "me"}),
    ID_BASE + 8_009: ("Unassigned Bugs", {"assignee": frozenset({0})}),
    ID_BASE + 8_011: ("Reported by me", {"reporter": "me"}),
}

_COLUMNS = {
    "status": "status_id",
    "severity": "severity_id",
    "classification": "classification_id",
    "module": "module_id",
    "milestone": "milestone_id",
    "affected": "affected_id",
    "escalation": "escalation",
}
_PAGING = frozenset({"index", "range", "page", "per_page", "is_desc_needed"})

FILTERS = (
    Parameter("statustype", OneOf(("open", "closed"))),
    Parameter("cview_id", Identifier(), about="A custom view; other conditions narrow it further."),
    Parameter("flag", OneOf(("internal", "external"))),
    Parameter("sort_column", OneOf(("created_time", "last_modified_time"))),
    Parameter("sort_order", OneOf(("ascending", "descending")), about="descending unless told."),
    *(Parameter(name, Identifiers()) for name in (*_COLUMNS, "assignee", "reporter")),
)


def wanted(call: Call, project_id: int | None) -> list[Bug]:
    """The bugs of a project (None: of all) that the call asks for, in its order: newest first unless told."""
    conditions = {name: value for name, value in call.values.items() if name not in _PAGING}
    key = (project_id, call.user.id, tuple(sorted(conditions.items(), key=lambda item: item[0])))
    return call.store.bugs.derived(key, lambda: found(call, project_id, conditions))


def found(call: Call, project_id: int | None, conditions: Json) -> list[Bug]:
    """The same by conditions that are already read; always a list of its own."""
    table = call.store.bugs
    rows = list(table) if project_id is None else table.of(project_id)
    for test in _tests(call, conditions):
        rows = [bug for bug in rows if test(bug)]
    if conditions.get("sort_column") == "last_modified_time":
        rows.sort(key=lambda bug: (bug.updated_ms, bug.id))
    else:
        rows.sort(key=lambda bug: (bug.created_ms, bug.id))
    if conditions.get("sort_order", "descending") == "descending":
        rows.reverse()
    return rows


def _tests(call: Call, conditions: Json) -> list[Test]:
    view = conditions.get("cview_id")
    if view is not None and view not in CUSTOM_VIEWS:
        raise refusals.not_found("Custom view")
    tests: list[Test] = []
    for group in (CUSTOM_VIEWS[view][1] if view else {}, conditions):
        for name, value in group.items():
            if test := _test(call, name, value):
                tests.append(test)
    return tests


def _test(call: Call, name: str, value: Any) -> Test | None:
    if name == "statustype":
        return (lambda bug: bug.closed_ms is None) if value == "open" else (lambda bug: bug.closed_ms is not None)
    if name == "flag":
        return lambda bug: bug.internal == (value == "internal")
    if name in {"assignee", "reporter"}:
        people = frozenset({call.user.id}) if value == "me" else _zuids(call.store.members, value)
        return (lambda bug: bug.assignee in people) if name == "assignee" else (lambda bug: bug.reporter in people)
    if name in _COLUMNS:
        column = _COLUMNS[name]
        return lambda bug: getattr(bug, column) in value
    return None


def _zuids(members: Any, numbers: frozenset[int]) -> frozenset[int]:
    by_zpuid: dict[int, Member] = {member.zpuid: member for member in members}
    return frozenset(by_zpuid[number].id if number in by_zpuid else number for number in numbers)
