"""Users in V3, and in v3.1, where their record is another."""

import re
from typing import Any
from urllib.parse import unquote

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.classic.users import ROLES
from zbt_notebook.simulator.bugtracker.kinds import Identifiers, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import one, paged
from zbt_notebook.simulator.bugtracker.v3.filters import Field, Filter, filtered
from zbt_notebook.simulator.bugtracker.v3.issue_query import SortBy
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J31, P31, J, P
from zbt_notebook.simulator.bugtracker.v3.people import names
from zbt_notebook.simulator.data.portal import PORTAL_ID
from zbt_notebook.simulator.data.rows import Member

_JOINED = 1_640_995_200_000  # the first of them, in January 2022


def _joined(member: Member) -> str:
    return dates.iso(_JOINED + member.id % 1000 * dates.DAY_MS)


def _role(member: Member) -> Json:
    return {"name": member.role.title(), "id": str(PORTAL_ID + ROLES.index(member.role))}


def _user(call: Call, member: Member) -> Json:
    if call.switches.v3_users_as == "short":
        return {
            "zpuid": str(member.zpuid),
            "name": member.name,
            "email": member.email,
            "is_active": member.active,
            "role": _role(member),
            "added_time": _joined(member),
        }
    first, last = names(member)
    return {
        "id": str(member.zpuid),
        "zuid": member.id,
        "zpuid": str(member.zpuid),
        "name": member.name,
        "full_name": member.name,
        "display_name": member.name,
        "first_name": first,
        "last_name": last,
        "email": member.email,
        "role": {**_role(member), "type": member.role},
        "user_type": "user",
        "status": "active" if member.active else "inactive",
        "is_active": member.active,
        "is_confirmed": True,
    }


def _user_31(_call: Call, member: Member) -> Json:
    first, last = names(member)
    role = _role(member)
    return {
        "id": str(member.zpuid),
        "zuid": str(member.id),
        "email": member.email,
        "first_name": first,
        "last_name": last,
        "full_name": member.name,
        "status": "active" if member.active else "inactive",
        "user_type": "portal_user",
        "is_confirmed": True,
        "is_resend_invite": False,
        "added_time": _joined(member),
        "updated_time": _joined(member),
        "last_accessed_on": _joined(member) if member.active else None,
        "role": {"id": role["id"], "name": role["name"]},
        "portal_profile": {"id": role["id"], "name": role["name"], "is_default": True},
        "reporting_to": None,
        "business_hours": None,
        "budget": None,
    }


# What a filter may ask of users
_FIELDS: dict[str, Field] = {
    "email": ("text", lambda member: [member.email.casefold()]),
    "full_name": ("text", lambda member: [member.name.casefold()]),
    "status": ("text", lambda member: ["active" if member.active else "inactive"]),
}


def _chosen(call: Call, members: list[Member]) -> list[Member]:
    values = call.values
    members = filtered(call, members, _FIELDS)
    if "ids" in values:
        members = [member for member in members if member.zpuid in values["ids"]]
    if values.get("view_type", "all") != "all":
        members = [member for member in members if member.active is (values["view_type"] == "active")]
    if "sort" in values:
        members = sorted(members, key=lambda member: member.name, reverse=values["sort"].endswith("desc"))
    if "sort_by" in values:
        members = sorted(members, key=lambda member: member.name, reverse=values["sort_by"][1])
    return members


def _team(call: Call) -> list[Member]:
    return [member for member in call.store.members if member.id in call.project.team]


def list_users(call: Call) -> Answer:
    """List the portal's users: active or not."""
    return enveloped(call, "users", _chosen(call, list(call.store.members)), lambda member: _user(call, member))


def list_project_users(call: Call) -> Answer:
    """List a project's users: active or not."""
    return enveloped(call, "users", _chosen(call, _team(call)), lambda member: _user(call, member))


def _listed_31(call: Call, members: list[Member]) -> Answer:
    rows = _chosen(call, members)
    return enveloped(call, "users", rows, lambda member: _user_31(call, member), most=call.switches.v31_users_per_page)


def list_users_31(call: Call) -> Answer:
    """List the portal's users in v3.1's shape and smaller pages."""
    return _listed_31(call, list(call.store.members))


def list_project_users_31(call: Call) -> Answer:
    """List a project's users in v3.1's shape and smaller pages."""
    return _listed_31(call, _team(call))


def _found(call: Call, members: list[Member]) -> Member:
    """A user by zpuid or by e-mail address."""
    who = unquote(call.path["who"])
    found = [member for member in members if who in {str(member.zpuid), member.email}]
    if not found:
        raise refusals.not_found("User")
    return found[0]


def tell_licences(call: Call) -> Answer:
    """Tell how many users the plan allows and has."""
    active = sum(member.active for member in call.store.members)
    return Answer(200, {"license_details": {"total_users": 100, "active_users": active}})


def get_user(call: Call) -> Answer:
    """Show a user of the portal."""
    return Answer(200, _user(call, _found(call, list(call.store.members))))


def get_project_user(call: Call) -> Answer:
    """Show a user of a project."""
    return Answer(200, _user(call, _found(call, _team(call))))


class Sorted:
    """``alphabetical:asc``."""

    def read(self, name: str, value: object) -> str:
        """Take either direction."""
        if not re.fullmatch("alphabetical:(asc|desc)", str(value)):
            raise refusals.invalid_value(name)
        return str(value)

    def schema(self) -> Json:
        """An enumeration."""
        return {"type": "string", "enum": ["alphabetical:asc", "alphabetical:desc"]}


_VIEW = Parameter("view_type", OneOf(("active", "inactive", "all")))
_TYPE = Parameter("type", Text(50))
_CHOOSING = (_TYPE, _VIEW, Parameter("sort", Sorted()), Parameter("ids", Identifiers()))
_BY: Any = SortBy(("first_name", "full_name"))
_CHOOSING_31 = (_TYPE, _VIEW, Parameter("sort_by", _BY), Parameter("filter", Filter("full_name")))
_LIST, _LIST_31 = paged("users", "V3User"), paged("users", "V31User")
ROUTES = (
    listed(f"{P}/users", "users.READ", list_users, "List users", _LIST, *_CHOOSING),
    listed(f"{J}/users", "users.READ", list_project_users, "List a project's users", _LIST, *_CHOOSING),
    listed(f"{P31}/users", "users.READ", list_users_31, "List users in v3.1", _LIST_31, *_CHOOSING_31),
    listed(
        f"{J31}/users",
        "users.READ",
        list_project_users_31,
        "List a project's users in v3.1",
        _LIST_31,
        *_CHOOSING_31,
    ),
    Route(
        "GET",
        f"{P}/users/license-details",
        "users.READ",
        tell_licences,
        "Tell how many users the plan allows",
        returns={"type": "object"},
    ),
    Route("GET", f"{P}/users/{{who}}", "users.READ", get_user, "Show a user", returns=one("V3User")),
    Route("GET", f"{J}/users/{{who}}", "users.READ", get_project_user, "Show a project's user", returns=one("V3User")),
)
