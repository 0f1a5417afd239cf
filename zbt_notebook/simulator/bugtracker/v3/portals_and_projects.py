"""Portals and projects in V3."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Day, Identifier, Ignored, Json, Link, OneOf, Text, YesNo
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, one
from zbt_notebook.simulator.bugtracker.v3.filters import Field, Filter, filtered, zpuid
from zbt_notebook.simulator.bugtracker.v3.issue_query import SortBy
from zbt_notebook.simulator.bugtracker.v3.paging import bare, enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import V3, J, P
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data.portal import COMPANY, ID_BASE, PORTAL_ID, PORTAL_NAME, ZONE_NAME
from zbt_notebook.simulator.data.rows import Project

_SORTED: dict[str, Callable[[Project], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name.casefold(),
    "created_time": lambda row: row.created_ms,
    "last_modified_time": lambda row: row.changed_ms or row.created_ms,
}
_STATUSES = {
    "active": (ID_BASE + 6_001, "Active", "#2cc8ba", False),
    "archived": (ID_BASE + 6_004, "Archived", "#8b8b8b", True),
}


def _portal(call: Call) -> Json:
    user = call.user
    return {
        "id": str(PORTAL_ID),
        "portal_name": PORTAL_NAME,
        "org_name": COMPANY,
        "timezone": ZONE_NAME if call.offset == -180 else "UTC",  # noqa: PLR2004  the default zone
        "project_plan": "Enterprise",
        "is_default_portal": True,
        "owner": {"zpuid": str(user.zpuid), "name": user.name, "email": user.email, "id": str(user.id)},
        "profile": {"name": user.role.title(), "id": ID_BASE + 21},
    }


def list_portals(call: Call) -> Answer:
    """List portals as a bare array."""
    return Answer(200, [_portal(call)])


def get_portal(call: Call) -> Answer:
    """Show the portal."""
    return Answer(200, _portal(call))


def _project(call: Call, project: Project) -> Json:
    number, name, color, closed = _STATUSES.get(project.status, _STATUSES["active"])
    shape: Json = {
        "id": str(project.id),
        "key": project.prefix,
        "name": project.name,
        "project_type": "active",
        "description": project.description,
        "status": {"id": str(number), "name": name, "color": color, "is_closed_type": closed},
        "owner": person(call, project.owner),
        "is_public_project": False,
        "created_time": dates.iso(project.created_ms),
        "modified_time": dates.iso(project.changed_ms or project.created_ms),
        "created_by": person(call, project.owner),
    }
    if call.switches.v3_project_counts:
        closed_ones = [bug.closed_ms is not None for bug in call.store.bugs.of(project.id)]
        shape["issues"] = {"open_count": closed_ones.count(False), "closed_count": closed_ones.count(True)}
    return shape


def _fields_of(call: Call) -> dict[str, Field]:
    """What a filter may ask of projects."""
    return {
        "name": ("text", lambda row: [row.name.casefold()]),
        "owner": ("user", lambda row: zpuid(call, row.owner)),
        "status": ("text", lambda row: [str(_STATUSES.get(row.status, _STATUSES["active"])[0])]),
        "created_time": ("day", lambda row: [dates.today(row.created_ms, 0)]),
    }


def list_projects(call: Call) -> Answer:
    """List projects, as a bare array or, as the page shows too, in an envelope; ``status`` filters nothing."""
    rows = [project for project in call.store.projects if not project.trashed]
    rows = filtered(call, rows, _fields_of(call))
    if "sort_by" in call.values:
        field, falling = call.values["sort_by"]
        rows.sort(key=_SORTED[field], reverse=falling)
    if call.switches.projects_as == "envelope":
        return enveloped(call, "projects", rows, lambda project: _project(call, project))
    return bare(call, rows, lambda project: _project(call, project))


def get_project(call: Call) -> Answer:
    """Show one project."""
    return Answer(200, _project(call, call.project))


def create_project(call: Call) -> Answer:
    """Begin a project."""
    values, user = call.values, call.user
    number = call.store.take_id()
    made = Project(
        id=number,
        name=values["name"],
        prefix=f"{values['name'][:2].upper()}{number % 1000}",
        description=values.get("description", ""),
        owner=call.store.find_member(values["owner"], "Owner").id if values.get("owner") else user.id,
        created_ms=call.now_ms,
        team=(user.id,),
    )
    return Answer(201, _project(call, call.store.projects.put(made)))


def update_project(call: Call) -> Answer:
    """Change a project."""
    values, project = call.values, call.project
    owner = call.store.find_member(values["owner"], "Owner").id if values.get("owner") else project.owner
    status = {number: word for word, (number, *_) in _STATUSES.items()}.get(values.get("status") or 0, project.status)
    changes = call.columns("name", "description")
    changed = call.store.projects.change(project, owner=owner, status=status, changed_ms=call.now_ms, **changes)
    return Answer(200, _project(call, changed))


def trash_project(call: Call) -> Answer:
    """Throw a project into the bin, where its paths answer 410."""
    call.store.projects.change(call.any_project, trashed=True)
    return NOTHING


def restore_project(call: Call) -> Answer:
    """Take a project out of the bin."""
    call.store.projects.change(call.any_project, trashed=False)
    return NOTHING


def delete_project(call: Call) -> Answer:
    """Delete a project for good."""
    call.store.remove_project(call.any_project)
    return NOTHING


_FIELDS = (
    Parameter("description", Text(80_000)),
    Parameter("start_date", Day(iso=True)),
    Parameter("end_date", Day(iso=True)),
    Parameter("owner", Link("zpuid")),
    Parameter("is_public_project", YesNo()),
    Parameter("status", Link()),
    Parameter("layout", Ignored()),
    Parameter("project_type", Text(50)),
)
_NAME = Parameter("name", Text(200, 1), required=True)
ROUTES = (
    Route("GET", f"{V3}/portals", "portals.READ", list_portals, "List portals", returns=array("V3Portal")),
    Route("GET", P, "portals.READ", get_portal, "Show the portal", returns=one("V3Portal")),
    listed(
        f"{P}/projects",
        "projects.READ",
        list_projects,
        "List projects",
        array("V3Project"),
        Parameter("status", OneOf(("active", "archived")), about="It was measured to filter nothing."),
        Parameter("sort_by", SortBy(tuple(_SORTED))),
        Parameter("view_id", Identifier(), about="Of the views that projects have."),
        Parameter("filter", Filter()),
    ),
    Route(
        "POST",
        f"{P}/projects",
        "projects.CREATE",
        create_project,
        "Begin a project",
        body=(_NAME, *_FIELDS),
        returns=one("V3Project"),
        status=201,
    ),
    Route("GET", J, "projects.READ", get_project, "Show a project", returns=one("V3Project")),
    Route(
        "PATCH",
        J,
        "projects.UPDATE",
        update_project,
        "Change a project",
        body=(replace(_NAME, required=False), *_FIELDS),
        returns=one("V3Project"),
    ),
    Route("POST", f"{J}/trash", "projects.UPDATE", trash_project, "Throw a project into the bin", status=204),
    Route("POST", f"{J}/restore", "projects.UPDATE", restore_project, "Take a project out of the bin", status=204),
    Route("DELETE", J, "projects.DELETE", delete_project, "Delete a project", status=204),
)
