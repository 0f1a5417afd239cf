"""Portals, and the users of a portal."""

from dataclasses import replace

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PORTAL, Collection
from zbt_notebook.simulator.bugtracker.classic.users import USER_FIELDS, USER_TYPE, chosen_users, new_users, user
from zbt_notebook.simulator.bugtracker.kinds import Identifiers, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many, one
from zbt_notebook.simulator.data import portal as data


def portal(call: Call) -> Json:
    """Shape the portal as the caller sees it."""
    hours, minutes = divmod(abs(call.offset), 60)
    sign = "-" if call.offset < 0 else ""
    zone = f"(GMT {sign}{hours}:{minutes})" + (f" Brasilia Time({data.ZONE_NAME})" if call.offset == -180 else "")  # noqa: PLR2004  the default zone
    statuses = [project.status for project in call.store.projects]
    return {
        "id": data.PORTAL_ID,
        "id_string": str(data.PORTAL_ID),
        "name": data.PORTAL_NAME,
        "default": True,
        "role": call.user.role,
        "gmt_time_zone": zone,
        "plan": "Enterprise",
        "bug_plan": "Enterprise",
        "is_new_plan": True,
        "new_user_plan": True,
        "trial_enabled": False,
        "available_projects": -1,
        "avail_user_count": 100 - len(call.store.members),
        "is_crm_partner": False,
        "bug_plural": "Bugs",
        "bug_singular": "Bug",
        "is_display_projectprefix": True,
        "project_prefix": "BW-",
        "project_count": {status: statuses.count(status) for status in sorted(set(statuses))},
        "locale": {"code": "en_US", "language": "English", "country": "United States"},
        "settings": {
            "company_name": data.COMPANY,
            "time_zone": data.ZONE_NAME if call.offset == -180 else zone,  # noqa: PLR2004  the default zone
            "date_format": "MM-dd-yyyy hh:mm aaa",
            "business_hours": {"business_start": 540, "business_end": 1080},
            "default_dependency_type": "finish-start",
            "working_days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "timelog_period": {"log_future_time": {"allowed": False}, "log_past_time": {"allowed": True}},
        },
        "link": {"project": call.link("projects")},
    }


def list_portals(call: Call) -> Answer:
    """List the caller's portals; ``login_id`` is the caller's own id, which is easily mistaken for the portal's."""
    return Answer(200, {"login_id": str(call.user.id), "portals": [portal(call)]})


def get_portal(call: Call) -> Answer:
    """Show one portal."""
    return Answer(200, {"portals": [portal(call)]})


def list_users(call: Call) -> Answer:
    """List the users of the portal."""
    return listing("users", [user(member) for member in call.page(chosen_users(call, list(call.store.members)))])


def add_users(call: Call) -> Answer:
    """Invite people to the portal."""
    return Answer(201, {"users": [user(member) for member in new_users(call)]})


def delete_user(call: Call) -> Answer:
    """Remove somebody from the portal; nobody can remove themselves."""
    member = call.store.members.find(call.number("user"), "User")
    if member.id == call.user.id:
        raise refusals.not_found("Another user of this id")
    for project in list(call.store.projects):
        if member.id in project.team:
            call.store.projects.change(project, team=tuple(one for one in project.team if one != member.id))
    call.store.members.remove(member)
    return succeeded("User deleted")


def count_users(call: Call) -> Answer:
    """Tell how many users the plan still allows."""
    active = sum(member.active for member in call.store.members)
    return Answer(200, {"avail_user_count": 100 - len(call.store.members), "active_user_count": active})


def activate_users(call: Call) -> Answer:
    """Activate users, or deactivate them: Zoho documents this one path for both."""
    active = call.values.get("action", "activate") == "activate"
    members = [call.store.members.find(member, "User") for member in sorted(call.values["users"])]
    return Answer(200, {"users": [user(call.store.members.change(member, active=active)) for member in members]})


_PORTAL = many("portals", "Portal")
_USERS = Collection(f"{PORTAL}/users/", "user", "users", many("users", "User"))
_CLIENTS = replace(_USERS, path=f"{PORTAL}/clients/{{company}}/users")
_ACTION = Parameter("action", OneOf(("activate", "deactivate")))
ROUTES = (
    Route(
        "GET",
        "/restapi/portals/",
        "portals.READ",
        list_portals,
        "List portals",
        returns={
            "type": "object",
            "properties": {"login_id": {"type": "string"}, **_PORTAL["properties"]},
            "required": ["login_id", "portals"],
        },
    ),
    Route("GET", f"{PORTAL}/", "portals.READ", get_portal, "Show a portal", returns=_PORTAL),
    _USERS.listed_by(list_users, "List the portal's users", USER_TYPE),
    _USERS.created_by(add_users, "Invite a user", *USER_FIELDS),
    _USERS.deleted_by(delete_user, "Remove a user"),
    Route("GET", f"{PORTAL}/users/availcount/", "users.READ", count_users, "Count users", returns=one("UserCount")),
    Route(
        "POST",
        f"{PORTAL}/users/activate/",
        "users.UPDATE",
        activate_users,
        "Activate or deactivate users",
        body=(Parameter("users", Identifiers(), required=True), _ACTION),
        returns=_USERS.returns,
    ),
    _CLIENTS.created_by(add_users, "Invite a client's user", *USER_FIELDS, Parameter("projects", Text(4000))),
)
