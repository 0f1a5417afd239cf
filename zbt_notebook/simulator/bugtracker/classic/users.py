"""The users of a project."""

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import PAGING, Answer, Call, listing
from zbt_notebook.simulator.bugtracker.parameters import Json, OneOf, Parameter, Text
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import DELETED, many
from zbt_notebook.simulator.data.rows import Member

PP = "/restapi/portal/{portal}/projects/{project}"
ROLES = ("admin", "manager", "employee", "contractor")
USER_TYPE = Parameter("user_type", OneOf(("active", "inactive", "all")), about="active unless told.")
USER_FIELDS = (
    Parameter("email", Text(254, 3), required=True),
    Parameter("role", OneOf(ROLES)),
    Parameter("name", Text(200)),
)


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


def new_user(call: Call) -> Member:
    """Make a user of the form's fields, or find the one who has the address already."""
    email = call.values["email"]
    for member in call.store.members:
        if member.email == email:
            return member
    number = call.store.take_id()
    name = call.values.get("name") or email.partition("@")[0]
    return Member(70_000_000 + number % 10_000_000, number, name, email, call.values.get("role", "employee"))


def list_users(call: Call) -> Answer:
    """List the project's users."""
    team = [member for member in call.store.members if member.id in call.project.team]
    return listing("users", [user(member) for member in call.page(chosen_users(call, team))])


def add_user(call: Call) -> Answer:
    """Put somebody into the project's team."""
    project = call.project
    member = call.store.members.put(new_user(call))
    if member.id not in project.team:
        call.store.projects.change(project, team=(*project.team, member.id))
    return Answer(201, {"users": [user(member)]})


def _teammate(call: Call) -> Member:
    if call.number("user") not in call.project.team:
        raise refusals.not_found("User")
    return call.store.members.find(call.number("user"), "User")


def update_user(call: Call) -> Answer:
    """Change a user's role."""
    changed = call.store.members.change(_teammate(call), **call.values)
    return Answer(200, {"users": [user(changed)]})


def delete_user(call: Call) -> Answer:
    """Take somebody out of the project's team."""
    member, project = _teammate(call), call.project
    call.store.projects.change(project, team=tuple(one for one in project.team if one != member.id))
    return Answer(200, {"response": "User deleted successfully"})


ROUTES = (
    Route(
        "GET",
        f"{PP}/users/",
        "users.READ",
        list_users,
        "List a project's users",
        query=(*PAGING, USER_TYPE),
        returns=many("users", "User"),
        empty=True,
    ),
    Route(
        "POST",
        f"{PP}/users/",
        "users.CREATE",
        add_user,
        "Add a user to a project",
        body=USER_FIELDS,
        returns=many("users", "User"),
        status=201,
    ),
    Route(
        "POST",
        f"{PP}/users/{{user}}/",
        "users.UPDATE",
        update_user,
        "Change a user's role",
        body=(Parameter("role", OneOf(ROLES), required=True),),
        returns=many("users", "User"),
    ),
    Route(
        "DELETE", f"{PP}/users/{{user}}/", "users.DELETE", delete_user, "Remove a user from a project", returns=DELETED
    ),
)
