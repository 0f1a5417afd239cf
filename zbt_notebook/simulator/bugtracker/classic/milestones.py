"""Milestones."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.kinds import Day, Identifier, Identifiers, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Milestone


def milestone_shape(call: Call, milestone: Milestone) -> Json:
    """Shape a milestone."""
    done = milestone.completed_ms
    shape: Json = {
        "id": milestone.id,
        "id_string": str(milestone.id),
        "name": milestone.name,
        "owner_name": call.name(milestone.owner),
        "owner_id": str(milestone.owner),
        "flag": "internal" if milestone.internal else "external",
    }
    for name, day in (("start_date", milestone.start_ms), ("end_date", milestone.end_ms)):
        shape |= call.day_triple(name, day) | {name: dates.minute_text(day)}
    shape["status"] = "notcompleted" if done is None else "completed"
    if done is not None:
        shape |= call.triple("completed_date", done)
    here = ("projects", milestone.project_id, "milestones", milestone.id)
    shape["link"] = {"self": call.link(*here), "status": call.link(*here, "status")}
    return shape


def _wanted(call: Call, milestone: Milestone) -> bool:
    values = call.values
    today = dates.today(call.now_ms, call.offset)
    done = milestone.completed_ms is not None
    people: frozenset[int] = values.get("owner", frozenset()) | values.get("owner_zpuid", frozenset())
    owner = call.store.members.get(milestone.owner)
    return (
        values.get("status", "all") in {"all", "completed" if done else "notcompleted"}
        and values.get("flag", "allflag") in {"allflag", "internal" if milestone.internal else "external"}
        and {
            "all": True,
            "upcoming": not done and milestone.end_ms >= today,
            "delayed": not done and milestone.end_ms < today,
        }[values.get("display_type", "all")]
        and (not people or bool(owner and {owner.id, owner.zpuid} & people))
    )


def list_milestones(call: Call) -> Answer:
    """List milestones by status, flag, owner and how near they are."""
    rows = [milestone for milestone in call.store.milestones.of(call.project.id) if _wanted(call, milestone)]
    return listing("milestones", [milestone_shape(call, milestone) for milestone in call.page(rows)])


def _milestone(call: Call) -> Milestone:
    return call.store.milestones.find(call.number("milestone"), "Milestone", call.project.id)


def get_milestone(call: Call) -> Answer:
    """Show one milestone."""
    return Answer(200, {"milestones": [milestone_shape(call, _milestone(call))]})


def _owner(call: Call) -> int:
    return call.store.find_member(call.values["owner"], "Owner").id


def create_milestone(call: Call) -> Answer:
    """Add a milestone."""
    made = Milestone(
        id=call.store.take_id(),
        project_id=call.project.id,
        name=call.values["name"],
        owner=_owner(call),
        start_ms=call.values["start_date"],
        end_ms=call.values["end_date"],
        internal=call.values["flag"] == "internal",
    )
    return Answer(201, {"milestones": [milestone_shape(call, call.store.milestones.put(made))]})


def update_milestone(call: Call) -> Answer:
    """Change a milestone."""
    milestone, values = _milestone(call), call.values
    changed = call.store.milestones.change(
        milestone,
        owner=_owner(call) if "owner" in values else milestone.owner,
        internal=values["flag"] == "internal" if "flag" in values else milestone.internal,
        **call.columns("name", start_date="start_ms", end_date="end_ms"),
    )
    return Answer(200, {"milestones": [milestone_shape(call, changed)]})


def set_status(call: Call) -> Answer:
    """Complete a milestone (2), or open it again (1)."""
    done = call.now_ms if call.values["status"] == "2" else None
    changed = call.store.milestones.change(_milestone(call), completed_ms=done)
    return Answer(200, {"milestones": [milestone_shape(call, changed)]})


def delete_milestone(call: Call) -> Answer:
    """Delete a milestone; its bugs stay, without one."""
    forget_milestone(call, _milestone(call))
    return succeeded("Milestone deleted")


def forget_milestone(call: Call, milestone: Milestone) -> None:
    """Take a milestone out of the project and off its bugs."""
    for bug in call.store.bugs.of(milestone.project_id):
        if milestone.id in {bug.milestone_id, bug.affected_id}:
            call.store.bugs.change(
                bug,
                milestone_id=0 if bug.milestone_id == milestone.id else bug.milestone_id,
                affected_id=0 if bug.affected_id == milestone.id else bug.affected_id,
            )
    call.store.milestones.remove(milestone)


_FLAG = OneOf(("internal", "external"))
_FIELDS = (("name", Text(200, 1)), ("start_date", Day()), ("end_date", Day()), ("owner", Identifier()), ("flag", _FLAG))
_MILESTONES = Collection(f"{PROJECT}/milestones/", "milestone", "milestones", many("milestones", "Milestone"))
_DONE = Parameter("status", OneOf(("1", "2")), required=True)
ROUTES = (
    _MILESTONES.listed_by(
        list_milestones,
        "List milestones",
        Parameter("status", OneOf(("all", "completed", "notcompleted"))),
        Parameter("display_type", OneOf(("all", "upcoming", "delayed"))),
        Parameter("flag", OneOf(("allflag", "internal", "external"))),
        Parameter("owner", Identifiers()),
        Parameter("owner_zpuid", Identifiers()),
    ),
    _MILESTONES.created_by(
        create_milestone, "Create a milestone", *(Parameter(name, kind, required=True) for name, kind in _FIELDS)
    ),
    _MILESTONES.shown_by(get_milestone, "Show a milestone"),
    _MILESTONES.changed_by(update_milestone, "Change a milestone", *(Parameter(*field) for field in _FIELDS)),
    _MILESTONES.changed_by(set_status, "Complete or reopen a milestone", _DONE, at="status/"),
    _MILESTONES.deleted_by(delete_milestone, "Delete a milestone"),
)
