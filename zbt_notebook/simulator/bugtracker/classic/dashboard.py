"""The dashboard of a project: what happened, and the statuses people post."""

from dataclasses import replace
from itertools import chain, islice

from zbt_notebook.simulator.bugtracker.bug_query import wanted
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing
from zbt_notebook.simulator.bugtracker.classic.activities import activities, activity_shape
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.kinds import Json, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Comment

_RECENT = 200


def project_activities(call: Call) -> Answer:
    """List what happened to the bugs that changed last, newest first."""
    project = call.project
    changed = sorted(wanted(call, project.id), key=lambda bug: -bug.updated_ms)[:_RECENT]
    rows = sorted(chain.from_iterable(activities(call, bug) for bug in changed), key=lambda row: -row.at_ms)
    return listing("activities", [activity_shape(call, row) for row in call.page(list(islice(rows, 2 * _RECENT)))])


def _status_shape(call: Call, row: Comment) -> Json:
    return {
        "id": row.id,
        "content": row.content,
        "posted_by": str(row.author),
        "posted_person": call.name(row.author),
        **call.triple("posted_time", row.created_ms),
    }


def list_statuses(call: Call) -> Answer:
    """List what people posted, newest first."""
    rows = call.store.comments.of(call.project.id)[::-1]
    return listing("statuses", [_status_shape(call, row) for row in call.page(rows)])


def post_status(call: Call) -> Answer:
    """Post a status."""
    project = call.project
    made = Comment(call.store.take_id(), project.id, project.id, call.user.id, call.values["content"], call.now_ms)
    return Answer(201, {"statuses": [_status_shape(call, call.store.comments.add(made))]})


_ACTIVITIES = Collection(f"{PROJECT}/activities/", "activity", "projects", many("activities", "Activity"))
_STATUSES = Collection(f"{PROJECT}/statuses/", "status", "projects", many("statuses", "ProjectStatus"))
# The scopes of these belong to Zoho Projects alone; in this family, those of projects stand in for them.
ROUTES = (
    _ACTIVITIES.listed_by(project_activities, "List what happened in a project"),
    _STATUSES.listed_by(list_statuses, "List posted statuses"),
    replace(
        _STATUSES.created_by(post_status, "Post a status", Parameter("content", Text(shortest=1), required=True)),
        scope="projects.UPDATE",
    ),
)
