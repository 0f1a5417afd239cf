"""Issues: list, show, create, change by PATCH, delete; and the read-only path they had before."""

from zbt_notebook.simulator.bugtracker.bug_query import wanted
from zbt_notebook.simulator.bugtracker.bug_writing import change_bug, check, new_bug
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Day, Ignored, Json, Link, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many, one, paged
from zbt_notebook.simulator.bugtracker.v3.issue_shape import issue
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed

P = "/api/v3/portal/{portal}"
PP = f"{P}/projects/{{project}}"

_LINKS = {
    "status": "status_id",
    "severity": "severity_id",
    "is_it_reproducible": "reproducible_id",
    "classification": "classification_id",
    "module": "module_id",
    "release_milestone": "milestone_id",
    "affected_milestone": "affected_id",
}
_FLAT = ("status_id", "severity_id", "classification_id", "module_id", "milestone_id", "assignee_id", "reproducible_id")


def list_issues(call: Call) -> Answer:
    """List a project's issues."""
    return enveloped(call, "issues", wanted(call, call.project.id), lambda bug: issue(call, bug, described=False))


def list_all_issues(call: Call) -> Answer:
    """List the issues of the whole portal."""
    return enveloped(call, "issues", wanted(call, None), lambda bug: issue(call, bug, described=False))


def get_issue(call: Call) -> Answer:
    """Show one issue."""
    return Answer(200, issue(call, call.bug))


def _changes(call: Call) -> Json:
    """Translate the JSON object into columns; flat ids, which read as None, change nothing."""
    values = call.values
    changes = call.columns("description", name="title", due_date="due_ms")
    changes |= {column: values[name] for name, column in _LINKS.items() if values.get(name) is not None}
    if "flag" in values:
        changes["internal"] = values["flag"] == "Internal"
    if values.get("assignee") is not None:
        changes["assignee"] = call.store.find_member(values["assignee"], "Assignee").id
    return changes


def create_issue(call: Call) -> Answer:
    """File an issue."""
    return Answer(201, issue(call, new_bug(call, call.project, _changes(call))))


def update_issue(call: Call) -> Answer:
    """Change an issue."""
    return Answer(200, issue(call, change_bug(call, call.bug, _changes(call))))


def delete_issue(call: Call) -> Answer:
    """Delete an issue; there is nothing to say about it."""
    call.store.remove_bug(call.bug)
    return NOTHING


def get_description(call: Call) -> Answer:
    """Show the description alone."""
    return Answer(200, {"description": issue(call, call.bug)["description"]})


def move_issue(call: Call) -> Answer:
    """Move an issue to another project, where it gets the next number."""
    bug = call.bug
    target = call.store.projects.find(call.values["project"] or 0, "Project")
    number = 1 + max((other.number for other in call.store.bugs.of(target.id)), default=0)
    moved = change_bug(call, bug, {})
    call.store.bugs.remove(moved)
    changed = call.store.bugs.change(moved, project_id=target.id, number=number, milestone_id=0, affected_id=0)
    return Answer(200, issue(call, changed))


def clone_issue(call: Call) -> Answer:
    """Copy an issue; the answer is wrapped in the old word."""
    bug = call.bug
    columns = ("title", "severity_id", "classification_id", "module_id", "reproducible_id", "assignee", "internal")
    changes = {column: getattr(bug, column) for column in columns}
    changes["description"] = issue(call, bug)["description"]
    check(call, call.project, changes)
    return Answer(201, {"bugs": [issue(call, new_bug(call, call.project, changes))]})


def list_bugs(call: Call) -> Answer:
    """List issues at the path of older days, which is read-only."""
    return enveloped(call, "bugs", wanted(call, call.project.id), lambda bug: issue(call, bug))


_FIELDS = (
    Parameter("description", Text()),
    Parameter("flag", OneOf(("Internal", "External"))),
    Parameter("due_date", Day(iso=True)),
    *(Parameter(name, Link()) for name in _LINKS),
    Parameter("assignee", Link("zpuid")),
    *(Parameter(name, Ignored(), about="Accepted and ignored: send a nested link.") for name in _FLAT),
)
_HERE = f"{PP}/issues/{{bug}}"
_WITH_DESCRIPTION = (Parameter("is_desc_needed", OneOf(("true",)), required=True),)
_LIST, _OLD_LIST = paged("issues", "Issue"), paged("bugs", "Issue")
ROUTES = (
    listed(f"{P}/issues", "bugs.READ", list_all_issues, "List all issues", _LIST),
    listed(f"{PP}/issues", "bugs.READ", list_issues, "List issues", _LIST),
    Route(
        "POST",
        f"{PP}/issues",
        "bugs.CREATE",
        create_issue,
        "File an issue",
        body=(Parameter("name", Text(2000, 1), required=True), *_FIELDS),
        returns=one("Issue"),
        status=201,
    ),
    Route("GET", _HERE, "bugs.READ", get_issue, "Show an issue", returns=one("Issue")),
    Route(
        "PATCH",
        _HERE,
        "bugs.UPDATE",
        update_issue,
        "Change an issue",
        body=(Parameter("name", Text(2000, 1)), *_FIELDS),
        returns=one("Issue"),
    ),
    Route("DELETE", _HERE, "bugs.DELETE", delete_issue, "Delete an issue", status=204),
    Route(
        "GET",
        f"{_HERE}/description",
        "bugs.READ",
        get_description,
        "Show the description",
        returns={"type": "object", "properties": {"description": {"type": "string"}}, "required": ["description"]},
    ),
    Route(
        "POST",
        f"{_HERE}/move",
        "bugs.UPDATE",
        move_issue,
        "Move an issue",
        body=(Parameter("project", Link(), required=True),),
        returns=one("Issue"),
    ),
    Route(
        "POST", f"{_HERE}/clone", "bugs.CREATE", clone_issue, "Copy an issue", returns=many("bugs", "Issue"), status=201
    ),
    listed(f"{PP}/bugs", "bugs.READ", list_bugs, "List issues, the old way", _OLD_LIST, *_WITH_DESCRIPTION),
    Route(
        "GET",
        f"{PP}/bugs/{{bug}}",
        "bugs.READ",
        get_issue,
        "Show an issue, the old way",
        query=_WITH_DESCRIPTION,
        returns=one("Issue"),
    ),
)
