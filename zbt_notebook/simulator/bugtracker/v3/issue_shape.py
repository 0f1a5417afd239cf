"""The shape of an issue, which is what V3 calls a bug."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.data import prose
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS, UNASSIGNED_ZPUID
from zbt_notebook.simulator.data.rows import Bug


def person(call: Call, member_id: int) -> Json:
    """Shape a user; nobody is the "Unassigned User"."""
    member = call.store.members.get(member_id)
    if member is None:
        return {"zpuid": str(UNASSIGNED_ZPUID), "name": "Unassigned User", "email": ""}
    short: Json = {"zpuid": str(member.zpuid), "name": member.name, "email": member.email}
    if call.switches.v3_people_as == "short":
        return short
    first, _, last = member.name.partition(" ")
    return {**short, "zuid": member.id, "first_name": first, "last_name": last}


def issue(call: Call, bug: Bug, *, described: bool = True) -> Json:
    """Shape an issue."""
    store = call.store
    project = store.projects.find(bug.project_id, "Project")
    status = store.choices[bug.status_id]

    def valued(choice_id: int) -> Json:
        return {"id": str(choice_id), "value": store.choices[choice_id].name}

    shape: Json = {
        "id": str(bug.id),
        "prefix": f"{project.prefix}-I{bug.number}",
        "name": bug.title,
        "project": {"id": str(project.id), "name": project.name},
        "flag": "Internal" if bug.internal else "External",
        "status": {
            "id": str(status.id),
            "name": status.name,
            "is_closed_type": bug.closed_ms is not None,
            "color": status.color,
        },
        "severity": valued(bug.severity_id),
        "is_it_reproducible": valued(bug.reproducible_id),
        "classification": valued(bug.classification_id),
        "module": valued(bug.module_id),
        "assignee": person(call, bug.assignee),
        "created_by": person(call, bug.reporter),
        "created_time": dates.iso(bug.created_ms),
        "last_updated_time": dates.iso(bug.updated_ms),
        "tags": [{"id": str(tag.id), "name": tag.name} for tag in map(store.tags.get, bug.tags) if tag],
        "followers": [person(call, follower) for follower in bug.followers],
    }
    if described:
        shape["description"] = prose.description(bug)
    if bug.closed_ms is not None:
        shape["completed_time"] = dates.iso(bug.closed_ms)
    if bug.due_ms is not None:
        shape["due_date"] = dates.iso_day(bug.due_ms)
    shape |= _custom(call, bug)
    for name, milestone_id in (("release_milestone", bug.milestone_id), ("affected_milestone", bug.affected_id)):
        if milestone := store.milestones.get(milestone_id):
            shape[name] = {"id": str(milestone.id), "name": milestone.name}
    return shape


def _custom(call: Call, bug: Bug) -> Json:
    """The custom fields that hold something, in the dress that the switches ask for."""
    told = [
        (field, dates.day_text(value) if isinstance(value, int) else value)
        for field, value in zip(CUSTOM_FIELDS, prose.custom_values(bug).values(), strict=True)
        if value != ""
    ]
    if not told or call.switches.v3_custom_fields_as == "none":
        return {}
    if call.switches.v3_custom_fields_as == "columns":
        return {field.column: value for field, value in told}
    if call.switches.v3_custom_fields_as == "object":
        return {"custom_fields": {field.label: value for field, value in told}}
    return {
        "custom_fields": [
            {"display_name": field.label, "api_name": field.column, "value": value} for field, value in told
        ]
    }
