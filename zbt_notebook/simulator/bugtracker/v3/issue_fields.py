"""What a filter may ask of issues."""

from typing import Any

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.custom_values import values_of
from zbt_notebook.simulator.bugtracker.v3.filters import Field, zpuid
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS

_CUSTOM_KINDS: dict[str, str] = {
    **dict.fromkeys(("date", "moment"), "day"),
    **dict.fromkeys(("number", "decimal", "money"), "number"),
    **dict.fromkeys(("user", "users"), "user"),
    **{kind: kind for kind in ("pick", "picks", "check")},
}


def field_of_issues(call: Call, name: str) -> Field | None:
    """A field of issues by the name that V3 gives it; None where there is none of that name."""
    store = call.store
    by_name = call.switches.pick_list_filter_by == "name"
    zone = call.offset if call.switches.filter_days_in == "portal" else 0

    def choice(number: int) -> list[Any]:
        return [store.choices[number].name.casefold() if by_name else str(number)]

    def day(at_ms: int | None) -> list[Any]:
        return [] if at_ms is None else [dates.today(at_ms, zone)]

    def milestone(number: int) -> list[Any]:
        found = store.milestones.get(number)
        return [str(number), found.name.casefold()] if found else []

    known: dict[str, Field] = {
        "id": ("text", lambda bug: [str(bug.id)]),
        "name": ("text", lambda bug: [bug.title.casefold()]),
        "flag": ("pick", lambda bug: ["internal" if bug.internal else "external"]),
        "status": ("status", lambda bug: [str(bug.status_id)]),
        "severity": ("pick", lambda bug: choice(bug.severity_id)),
        "classification": ("pick", lambda bug: choice(bug.classification_id)),
        "module": ("pick", lambda bug: choice(bug.module_id)),
        "is_it_reproducible": ("pick", lambda bug: choice(bug.reproducible_id)),
        "assignee": ("user", lambda bug: zpuid(call, bug.assignee)),
        "created_by": ("user", lambda bug: zpuid(call, bug.reporter)),
        "created_time": ("day", lambda bug: day(bug.created_ms)),
        "last_updated_time": ("day", lambda bug: day(bug.updated_ms)),
        "completed_time": ("day", lambda bug: day(bug.closed_ms)),
        "due_date": ("day", lambda bug: [] if bug.due_ms is None else [bug.due_ms]),
        "tags": ("picks", lambda bug: [str(tag) for tag in bug.tags]),
        **dict.fromkeys(("milestone", "release_milestone"), ("pick", lambda bug: milestone(bug.milestone_id))),
        "affected_milestone": ("pick", lambda bug: milestone(bug.affected_id)),
    }
    if name in known:
        return known[name]
    custom = next((one for one in CUSTOM_FIELDS if one.api_name == name), None)
    if custom is None:
        return None
    return _CUSTOM_KINDS.get(custom.kind, "text"), lambda bug: values_of(call, custom, bug)
