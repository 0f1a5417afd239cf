"""Issues that are linked with each other."""

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, OneOf
from zbt_notebook.simulator.bugtracker.parameters import ListOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.v3.paths import I31, J31, I, J
from zbt_notebook.simulator.data.rows import Bug, IssueLink

# What a link is called at the other end
_OPPOSITES = {"relate": "relate", "blocks": "is_blocked_by", "is_blocked_by": "blocks", "duplicate": "duplicate"}


def _shape(call: Call, bug: Bug) -> Json:
    """Links nest by their type; they are no list."""
    types: dict[str, list[Json]] = {}
    for link in call.store.links:
        if bug.id not in {link.bug_id, link.other_id}:
            continue
        own = link.bug_id == bug.id
        other = call.store.bugs.get(link.other_id if own else link.bug_id)
        if other is None:
            continue
        project = call.store.projects.find(other.project_id, "Project")
        status = call.store.choices[other.status_id]
        types.setdefault(link.type if own else _OPPOSITES[link.type], []).append(
            {
                "issue_id": str(other.id),
                "link_id": str(link.id),
                "name": other.title,
                "prefix": f"{project.prefix}-I{other.number}",
                "project": {"id": str(project.id), "name": project.name},
                "status": {"id": str(status.id), "name": status.name},
            }
        )
    return {"issue_linked": {"linked_issues": types}}


def list_linked(call: Call) -> Answer:
    """List the issues that this one is linked with."""
    return Answer(200, _shape(call, call.bug))


def _link(call: Call, bug: Bug) -> Answer:
    others = [call.store.bugs.find(number, "Issue") for number in call.values["issue_ids"]]
    if any(other.id == bug.id for other in others):
        raise refusals.invalid_value("issue_ids")
    for other in others:
        call.store.links.put(IssueLink(call.store.take_id(), bug.id, other.id, call.values["link_type"]))
    return Answer(200, _shape(call, bug))


def link_issues(call: Call) -> Answer:
    """Link issues with this one; the other end sees the link too."""
    return _link(call, call.bug)


def link_from(call: Call) -> Answer:
    """Link issues with one that the body names."""
    return _link(call, call.store.bugs.find(call.values["issue_id"], "Issue", call.project.id))


def change_link(call: Call) -> Answer:
    """Give a link another type."""
    bug = call.bug
    call.store.links.change(_own(call, bug), type=call.values["link_type"])
    return Answer(200, _shape(call, bug))


def _own(call: Call, bug: Bug) -> IssueLink:
    link = call.store.links.find(call.number("link"), "Link")
    if bug.id not in {link.bug_id, link.other_id}:
        raise refusals.not_found("Link")
    return link


def unlink(call: Call) -> Answer:
    """Take a link away, at both ends."""
    call.store.links.remove(_own(call, call.bug))
    return NOTHING


def unlink_many(call: Call) -> Answer:
    """Take links away by their ids."""
    for number in call.values["link_ids"]:
        call.store.links.remove(call.store.links.find(number, "Link"))
    return NOTHING


_TYPE = Parameter("link_type", OneOf(tuple(_OPPOSITES)), required=True)
_OTHERS = Parameter("issue_ids", ListOf(Identifier()), required=True)
_FROM = Parameter("issue_id", Identifier(), required=True)
_NESTED: Json = {"type": "object", "properties": {"issue_linked": {"type": "object"}}, "required": ["issue_linked"]}
ROUTES = (
    Route("GET", f"{I}/linkedissues", "bugs.READ", list_linked, "List linked issues", returns=_NESTED),
    Route("GET", f"{I31}/linked-issues", "bugs.READ", list_linked, "List linked issues, in v3.1", returns=_NESTED),
    Route("POST", f"{I}/link", "bugs.UPDATE", link_issues, "Link issues", body=(_TYPE, _OTHERS), returns=_NESTED),
    Route("POST", f"{I}/link/{{link}}", "bugs.UPDATE", change_link, "Change a link", body=(_TYPE,), returns=_NESTED),
    Route("DELETE", f"{I}/link/{{link}}", "bugs.DELETE", unlink, "Take a link away", status=204),
    Route(
        "POST",
        f"{J}/issues/bulk-link-bugs",
        "bugs.UPDATE",
        link_from,
        "Link issues with one",
        body=(_FROM, _TYPE, _OTHERS),
        returns=_NESTED,
    ),
    Route(
        "POST",
        f"{J31}/issue-links",
        "bugs.UPDATE",
        link_from,
        "Link issues with one, in v3.1",
        body=(_FROM, _TYPE, _OTHERS),
        returns=_NESTED,
    ),
    Route(
        "DELETE",
        f"{J31}/issue-links",
        "bugs.DELETE",
        unlink_many,
        "Take links away, in v3.1",
        body=(Parameter("link_ids", ListOf(Identifier()), required=True),),
        status=204,
    ),
)
