"""What happened to a bug."""

from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing
from zbt_notebook.simulator.bugtracker.classic.collection import BUG, Collection
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Activity, Bug


def activities(call: Call, bug: Bug) -> list[Activity]:
    """What happened to a bug, oldest first: what its dates tell, and what was written since."""
    generated = [Activity(bug.id + 60, bug.project_id, bug.id, bug.title, "Bug", bug.reporter, "added", bug.created_ms)]
    if bug.closed_ms is not None:
        author = bug.assignee or bug.reporter
        generated.append(
            Activity(bug.id + 61, bug.project_id, bug.id, bug.title, "Bug", author, "closed", bug.closed_ms)
        )
    written = call.store.activities.get(bug.id, [])
    return written if written and written[0].state == "added" else generated + written


def activity_shape(call: Call, row: Activity) -> Json:
    """Shape an activity."""
    shown = call.triple("time", row.at_ms)
    return {
        "id": row.id,
        "name": row.name,
        "activity_for": row.activity_for,
        "activity_by": call.name(row.author),
        "state": row.state,
        "time": shown["time"],
        "time_long": row.at_ms,
        "display_time": shown["time_format"],
    }


def list_activities(call: Call) -> Answer:
    """List what happened to a bug."""
    return listing("activities", [activity_shape(call, row) for row in call.page(activities(call, call.bug))])


_ACTIVITIES = Collection(f"{BUG}/activities/", "activity", "bugs", many("activities", "Activity"))
ROUTES = (_ACTIVITIES.listed_by(list_activities, "List what happened to a bug"),)
