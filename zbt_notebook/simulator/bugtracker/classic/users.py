"""The users of a project."""

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.kinds import Addresses, Amount, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Member

ROLES = ("admin", "manager", "employee", "contractor")
USER_TYPE = Parameter("user_type", OneOf(("active", "inactive", "all")), about="active unless told.")
USER_FIELDS = (
    Parameter("email", Addresses(), required=True),
    Parameter("role", OneOf(ROLES)),
    Parameter("name", Text(200)),
)

_RATE = Parameter("rate", Amount(), about="What an hour of theirs costs in this project.")


def user(member: Member) -> Json:
    """Shape a user."""
    return {
        "id": str(member.id),
        "zpuid": str(member.zpuid),
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "active": member.active,
    }


def chosen_users(call: Call, members: list[Member]) -> list[Member]:
    """Keep those of the wanted ``user_type``."""
    kind = call.values.get("user_type", "active")
    return [member for member in members if kind == "all" or member.active == (kind == "active")]


def new_users(call: Call) -> list[Member]:
    """Make users of the form's fields, or find those who have the addresses already."""
    return [call.store.members.put(_new_user(call, address)) for address in call.values["email"]]


def _new_user(call: Call, email: str) -> Member:
    for member in call.store.members:
        if member.email == email:
            return member
    number = call.store.take_id()
    name = call.values.get("name") or email.partition("@")[0]
    return Member(70_000_000 + number % 10_000_000, number, name, email, call.values.get("role", "employee"))


def list_users(call: Call) -> Answer:
    """List the project's users."""
    team = [member for member in call.store.members if member.id in call.project.team]
    return listing("users", [_teammate_shape(call, member) for member in call.page(chosen_users(call, team))])


def add_users(call: Call) -> Answer:
    """Put people into the project's team."""
    project, members = call.project, new_users(call)
    team = dict.fromkeys((*project.team, *(member.id for member in members)))
    call.store.projects.change(project, team=tuple(team))
    return Answer(201, {"users": [_rated(call, member) for member in members]})


def _rated(call: Call, member: Member) -> Json:
    if "rate" in call.values:
        call.store.rates[call.project.id, member.id] = call.values["rate"]
    return _teammate_shape(call, member)


def _teammate_shape(call: Call, member: Member) -> Json:
    rate = call.store.rates.get((call.project.id, member.id))
    return user(member) | ({"rate": rate} if rate else {})


def _teammate(call: Call) -> Member:
    if call.number("user") not in call.project.team:
        raise refusals.not_found("User")
    return call.store.members.find(call.number("user"), "User")


def update_user(call: Call) -> Answer:
    """Change a user's role, or what their hour costs in this project."""
    member = _teammate(call)
    changed = call.store.members.change(member, role=call.values.get("role", member.role))
    return Answer(200, {"users": [_rated(call, changed)]})


def delete_user(call: Call) -> Answer:
    """Take somebody out of the project's team."""
    member, project = _teammate(call), call.project
    call.store.projects.change(project, team=tuple(one for one in project.team if one != member.id))
    call.store.rates.pop((project.id, member.id), None)
    return succeeded("User deleted")


_TEAM = Collection(f"{PROJECT}/users/", "user", "users", many("users", "User"))
ROUTES = (
    _TEAM.listed_by(list_users, "List a project's users", USER_TYPE),
    _TEAM.created_by(add_users, "Add users to a project", *USER_FIELDS, _RATE),
    _TEAM.changed_by(update_user, "Change a user's role", Parameter("role", OneOf(ROLES)), _RATE),
    _TEAM.deleted_by(delete_user, "Remove a user from a project"),
)
