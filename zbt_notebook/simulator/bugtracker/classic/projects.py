"""Projects."""

from collections.abc import Callable
from dataclasses import replace

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PORTAL, Collection
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS
from zbt_notebook.simulator.data.rows import Project

STATUS = OneOf(("active", "archived", "template"))
# What is done to a project's bugs does not count as a change of the project.
_ORDERS: dict[str, Callable[[Project], int]] = {
    "created_time": lambda project: project.created_ms,
    "last_modified_time": lambda project: project.changed_ms or project.created_ms,
}
SORTING = (
    Parameter("sort_column", OneOf(tuple(_ORDERS))),
    Parameter("sort_order", OneOf(("ascending", "descending"))),
)
_LINKS = {
    "folder": "folders",
    "milestone": "milestones",
    "forum": "forums",
    "document": "documents",
    "event": "events",
    "bug": "bugs",
    "task": "tasks",
    "tasklist": "tasklists",
    "user": "users",
    "timesheet": "logs",
    "activity": "activities",
    "status": "statuses",
}


def project_shape(call: Call, project: Project) -> Json:
    """Shape a project with its counts."""
    opened, closed = call.store.bug_counts(project.id)
    milestones = call.store.milestones.of(project.id)
    done = sum(milestone.completed_ms is not None for milestone in milestones)
    return {
        "id": project.id,
        "id_string": str(project.id),
        "name": project.name,
        "status": project.status,
        "owner_name": call.name(project.owner),
        "owner_id": str(project.owner),
        "description": project.description,
        **call.triple("created_date", project.created_ms),
        # Alone of its triple, and here the day on which the project was made: none was recorded.
        "start_date_long": dates.midnight(dates.today(project.created_ms, call.offset), call.offset),
        "IS_BUG_ENABLED": True,
        "task_count": {"open": 0, "closed": 0},
        "bug_count": {"open": opened, "closed": closed},
        "milestone_count": {"open": len(milestones) - done, "closed": done},
        "custom_fields": [{"Marked as": "hostile texts"}] if project.hostile else [],
        "link": {
            "self": call.link("projects", project.id),
            **{name: call.link("projects", project.id, path) for name, path in _LINKS.items()},
        },
    }


def list_projects(call: Call) -> Answer:
    """List projects, by status, in order of their making or of their last change."""
    status = call.values.get("status", "active")
    rows = [project for project in call.store.projects if project.status == status]
    if "sort_column" in call.values or "sort_order" in call.values:
        order = _ORDERS[call.values.get("sort_column", "created_time")]
        rows.sort(key=order, reverse=call.values.get("sort_order") == "descending")
    return listing("projects", [project_shape(call, project) for project in call.page(rows)])


def get_project(call: Call) -> Answer:
    """Show one project."""
    return Answer(200, {"projects": [project_shape(call, call.project)]})


def create_project(call: Call) -> Answer:
    """Make an empty project, owned by the caller unless told."""
    owner = call.user
    if "owner" in call.values:
        owner = call.store.find_member(call.values["owner"], "Owner")
    name = call.values["name"]
    project = Project(
        id=call.store.take_id(),
        name=name,
        prefix=("".join(letter for letter in name.upper() if letter.isalnum())[:3] or "PR") + "1",
        description=call.values.get("description", ""),
        owner=owner.id,
        created_ms=call.now_ms,
        team=tuple({owner.id, call.user.id}),
    )
    return Answer(201, {"projects": [project_shape(call, call.store.projects.put(project))]})


def update_project(call: Call) -> Answer:
    """Change name, description or status."""
    changed = call.store.projects.change(call.project, **call.values, changed_ms=call.now_ms)
    return Answer(200, {"projects": [project_shape(call, changed)]})


def delete_project(call: Call) -> Answer:
    """Delete a project with all it holds."""
    call.store.remove_project(call.project)
    return succeeded("Project deleted")


def list_custom_fields(_call: Call) -> Answer:
    """List the custom fields that projects may have."""
    return Answer(200, {"customfields": [custom_field(field) for field in range(len(CUSTOM_FIELDS))]})


def custom_field(index: int) -> Json:
    """Shape a custom field; the capital letter in ``default_Value`` is Zoho's."""
    field = CUSTOM_FIELDS[index]
    return {
        "label_name": field.label,
        "column_name": field.column,
        "default_Value": "",
        "picklist_values": list(field.options),
    }


_PROJECTS = Collection(f"{PORTAL}/projects/", "project", "projects", many("projects", "Project"))
_STATUS = Parameter("status", STATUS)
_ABOUT = Parameter("description", Text())
ROUTES = (
    _PROJECTS.listed_by(list_projects, "List projects", replace(_STATUS, about="active unless told."), *SORTING),
    Route(
        "GET",
        f"{PORTAL}/projects/customfields/",
        "projects.READ",
        list_custom_fields,
        "List the projects' custom fields",
        returns=many("customfields", "CustomField"),
    ),
    _PROJECTS.created_by(
        create_project,
        "Create a project",
        Parameter("name", Text(200, 1), required=True),
        _ABOUT,
        Parameter("owner", Identifier()),
    ),
    _PROJECTS.shown_by(get_project, "Show a project"),
    _PROJECTS.changed_by(update_project, "Change a project", Parameter("name", Text(200, 1)), _ABOUT, _STATUS),
    _PROJECTS.deleted_by(delete_project, "Delete a project"),
)
