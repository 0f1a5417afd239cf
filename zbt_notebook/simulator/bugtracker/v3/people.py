"""People, as V3 tells them: each kind of record in a way of its own."""

from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.data.rows import Member

UNASSIGNED: Json = {"name": "Unassigned User", "email": "Unassigned User"}


def person(call: Call, member_id: int) -> Json:
    """An assignee, reporter or owner; nobody is the "Unassigned User", whose e-mail address reads so too."""
    member = call.store.members.get(member_id)
    if member is None:
        return dict(UNASSIGNED)
    shape: Json = {"zpuid": str(member.zpuid), "name": member.name, "email": member.email}
    if call.switches.v3_people_as == "short":
        return shape
    shape = {"zuid": member.id, **shape}
    if call.switches.v3_people_as == "zuid":
        return shape
    first, last = names(member)
    return {**shape, "first_name": first, "last_name": last}


def author(call: Call, member_id: int) -> Json:
    """Whoever wrote a comment: by zpuid, without a zuid."""
    member = call.store.members.get(member_id)
    if member is None:
        return {"full_name": "Former user", "name": "Former user"}
    first, last = names(member)
    return {
        "zpuid": str(member.zpuid),
        "id": str(member.zpuid),
        "full_name": member.name,
        "name": member.name,
        "first_name": first,
        "last_name": last,
        "email": member.email,
        "is_client_user": False,
        "business_hours_id": str(member.zpuid + 1),
    }


def names(member: Member) -> tuple[str, str]:
    """First and last name."""
    first, _, last = member.name.partition(" ")
    return first, last
