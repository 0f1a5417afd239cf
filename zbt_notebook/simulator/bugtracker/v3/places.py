"""Portals, projects, milestones and users in V3."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.parameters import Json
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, one, paged
from zbt_notebook.simulator.bugtracker.v3.issue_shape import person
from zbt_notebook.simulator.bugtracker.v3.paging import PAGE, bare, enveloped
from zbt_notebook.simulator.data.portal import COMPANY, PORTAL_ID, PORTAL_NAME
from zbt_notebook.simulator.data.rows import Member, Milestone, Project

P = "/api/v3/portal/{portal}"
PP = f"{P}/projects/{{project}}"


def list_portals(_call: Call) -> Answer:
    """List portals as a bare array."""
    return Answer(200, [{"id": str(PORTAL_ID), "portal_name": PORTAL_NAME, "org_name": COMPANY}])


def _project(call: Call, project: Project) -> Json:
    return {
        "id": str(project.id),
        "name": project.name,
        "description": project.description,
        "status": {"name": project.status.capitalize(), "is_closed_type": project.status != "active"},
        "owner": person(call, project.owner),
        "created_time": dates.iso(project.created_ms),
    }


def list_projects(call: Call) -> Answer:
    """List projects as a bare array."""
    return bare(call, list(call.store.projects), lambda project: _project(call, project))


def get_project(call: Call) -> Answer:
    """Show one project."""
    return Answer(200, _project(call, call.project))


def _milestone(call: Call, milestone: Milestone) -> Json:
    done = milestone.completed_ms is not None
    return {
        "id": str(milestone.id),
        "name": milestone.name,
        "flag": "Internal" if milestone.internal else "External",
        "start_date": dates.iso_day(milestone.start_ms),
        "end_date": dates.iso_day(milestone.end_ms),
        "owner": person(call, milestone.owner),
        "status": {"name": "Completed" if done else "Active", "is_closed_type": done},
    }


def list_milestones(call: Call) -> Answer:
    """List milestones in their envelope."""
    rows = call.store.milestones.of(call.project.id)
    return enveloped(call, "milestones", rows, lambda milestone: _milestone(call, milestone))


def _user(member: Member) -> Json:
    return {"id": str(member.id), "zpuid": str(member.zpuid), "name": member.name, "email": member.email}


def list_users(call: Call) -> Answer:
    """List the portal's users in their envelope."""
    return enveloped(call, "users", list(call.store.members), _user)


ROUTES = (
    Route("GET", "/api/v3/portals", "portals.READ", list_portals, "List portals", returns=array("V3Portal")),
    Route(
        "GET",
        f"{P}/projects",
        "projects.READ",
        list_projects,
        "List projects",
        query=PAGE,
        returns=array("V3Project"),
        empty=True,
    ),
    Route("GET", PP, "projects.READ", get_project, "Show a project", returns=one("V3Project")),
    Route(
        "GET",
        f"{PP}/milestones",
        "milestones.READ",
        list_milestones,
        "List milestones",
        query=PAGE,
        returns=paged("milestones", "V3Milestone"),
        empty=True,
    ),
    Route(
        "GET",
        f"{P}/users",
        "users.READ",
        list_users,
        "List users",
        query=PAGE,
        returns=paged("users", "V3User"),
        empty=True,
    ),
)
