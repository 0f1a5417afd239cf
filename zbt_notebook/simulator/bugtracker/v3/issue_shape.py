"""The shape of an issue, which is what V3 calls a bug."""

from html import escape

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.custom_values import v3_value
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data import prose
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS
from zbt_notebook.simulator.data.rows import Bug

_FIELDS = {field.column: field for field in CUSTOM_FIELDS}
_SIX_IN_THE_MORNING = 22_500_000  # 06:15, as in the recorded sample


def issue(call: Call, bug: Bug, *, listed: bool = False) -> Json:
    """Shape an issue; lists show the same object, but for the time of change where the switches want it so."""
    store, switches = call.store, call.switches
    project = store.projects.find(bug.project_id, "Project")
    status = store.choices[bug.status_id]

    def valued(choice_id: int) -> Json:
        return {"id": str(choice_id), "value": store.choices[choice_id].name}

    shape: Json = {
        "id": bug.id if switches.v3_ids_as == "number" else str(bug.id),
        "prefix": f"{project.prefix}-I{bug.number}",
        "name": _name(call, bug.title),
        "project": {"id": str(project.id), "name": project.name},
        "flag": "Internal" if bug.internal else "External",
        "status": {
            "id": str(status.id),
            "name": status.name,
            "color": status.color,
            "color_hexcode": status.color,
            "is_closed_type": bug.closed_ms is not None,
        },
        "severity": valued(bug.severity_id),
        "is_it_reproducible": valued(bug.reproducible_id),
        "classification": valued(bug.classification_id),
        "module": valued(bug.module_id),
        "assignee": person(call, bug.assignee),
        "created_by": person(call, bug.reporter),
        "created_time": dates.iso(bug.created_ms),
        "added_via": "web",
        "subscription_type": "Standard",
    }
    if switches.last_updated_time_in_lists or not listed:
        shape["last_updated_time"] = dates.iso(bug.updated_ms)
    return shape | _where_there_is_something(call, bug) | _custom(call, bug)


def _name(call: Call, title: str) -> str:
    """The title, which some portals escape for HTML, even twice."""
    for _ in range({"plain": 0, "escaped": 1, "escaped twice": 2}[call.switches.issue_name_as]):
        title = escape(title, quote=False)
    return title


def _where_there_is_something(call: Call, bug: Bug) -> Json:
    """The keys that an issue has only where they hold something."""
    store = call.store
    shape: Json = {}
    if text := prose.description(bug):
        shape["description"] = text
    if bug.closed_ms is not None:
        shape["completed_time"] = dates.iso(bug.closed_ms)
    if bug.due_ms is not None:
        as_day = call.switches.due_date_as == "date"
        shape["due_date"] = dates.iso_day(bug.due_ms) if as_day else dates.iso(bug.due_ms + _SIX_IN_THE_MORNING)
    if tags := [tag for tag in map(store.tags.get, bug.tags) if tag]:
        shape["tags"] = [{"id": str(tag.id), "name": tag.name} for tag in tags]
    if bug.followers:
        shape["followers"] = [person(call, follower) for follower in bug.followers]
    for name, milestone_id in (("release_milestone", bug.milestone_id), ("affected_milestone", bug.affected_id)):
        if milestone := store.milestones.get(milestone_id):
            shape[name] = {"id": str(milestone.id), "name": milestone.name}
    return shape


def _custom(call: Call, bug: Bug) -> Json:
    """The custom fields, in the dress that the switches ask for; unset ones are missing, or null."""
    shown = call.switches.v3_custom_fields_as
    if shown == "none":
        return {}
    filled = [
        (_FIELDS[column], v3_value(call.store, _FIELDS[column], value))
        for column, value in prose.custom_values(bug).items()
    ]
    if shown == "api_name":
        unset = call.switches.unset_custom_fields_as == "null"
        nothing = {field.api_name: None for field in CUSTOM_FIELDS} if unset else {}
        return nothing | {field.api_name: value for field, value in filled}
    if not filled:
        return {}
    if shown == "object":
        return {"custom_fields": {field.label: value for field, value in filled}}
    return {
        "custom_fields": [
            {"display_name": field.label, "api_name": field.api_name, "value": value} for field, value in filled
        ]
    }
