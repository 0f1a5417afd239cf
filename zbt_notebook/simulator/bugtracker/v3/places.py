"""Portals, projects, milestones and users in V3."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.classic.users import ROLES
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, one, paged
from zbt_notebook.simulator.bugtracker.v3.issue_shape import person
from zbt_notebook.simulator.bugtracker.v3.paging import bare, enveloped, listed
from zbt_notebook.simulator.data.portal import COMPANY, PORTAL_ID, PORTAL_NAME
from zbt_notebook.simulator.data.rows import Member, Milestone, Project

P = "/api/v3/portal/{portal}"
PP = f"{P}/projects/{{project}}"


def list_portals(_call: Call) -> Answer:
    """List portals as a bare array."""
    return Answer(200, [{"id": str(PORTAL_ID), "portal_name": PORTAL_NAME, "org_name": COMPANY}])


def _project(call: Call, project: Project) -> Json:
    shape: Json = {
        "id": str(project.id),
        "name": project.name,
        "description": project.description,
        "status": {"name": project.status.capitalize(), "is_closed_type": project.status != "active"},
        "owner": person(call, project.owner),
        "created_time": dates.iso(project.created_ms),
    }
    if call.switches.v3_project_counts:
        closed = [bug.closed_ms is not None for bug in call.store.bugs.of(project.id)]
        shape["issues"] = {"open_count": closed.count(False), "closed_count": closed.count(True)}
    return shape


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


def _user(call: Call, member: Member) -> Json:
    if call.switches.v3_users_as == "short":
        return {"id": str(member.id), "zpuid": str(member.zpuid), "name": member.name, "email": member.email}
    first, _, last = member.name.partition(" ")
    return {
        "id": str(member.zpuid),
        "zuid": member.id,
        "full_name": member.name,
        "display_name": member.name,
        "first_name": first,
        "last_name": last,
        "email": member.email,
        "role": {"id": str(PORTAL_ID + ROLES.index(member.role)), "name": member.role.title(), "type": member.role},
        "user_type": "user",
        "status": "active" if member.active else "inactive",
        "is_active": member.active,
        "is_confirmed": True,
    }


def list_users(call: Call) -> Answer:
    """List the portal's users in their envelope."""
    return enveloped(call, "users", list(call.store.members), lambda member: _user(call, member))


def list_project_users(call: Call) -> Answer:
    """List a project's users in their envelope: active or not."""
    team = [member for member in call.store.members if member.id in call.project.team]
    return enveloped(call, "users", team, lambda member: _user(call, member))


ROUTES = (
    Route("GET", "/api/v3/portals", "portals.READ", list_portals, "List portals", returns=array("V3Portal")),
    listed(f"{P}/projects", "projects.READ", list_projects, "List projects", array("V3Project")),
    Route("GET", PP, "projects.READ", get_project, "Show a project", returns=one("V3Project")),
    listed(
        f"{PP}/milestones", "milestones.READ", list_milestones, "List milestones", paged("milestones", "V3Milestone")
    ),
    listed(f"{P}/users", "users.READ", list_users, "List users", paged("users", "V3User")),
    listed(f"{PP}/users", "users.READ", list_project_users, "List a project's users", paged("users", "V3User")),
)
