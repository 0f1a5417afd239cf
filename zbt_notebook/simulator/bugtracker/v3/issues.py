"""Issues: list, show, create, change by PATCH, delete, move, copy."""

from zbt_notebook.simulator.bugtracker.bug_writing import change_bug, check, new_bug, touch
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.custom_values import read_v3
from zbt_notebook.simulator.bugtracker.kinds import Day, Identifier, Ignored, Json, Link, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, many, one, paged
from zbt_notebook.simulator.bugtracker.v3.issue_query import CHOOSING, chosen
from zbt_notebook.simulator.bugtracker.v3.issue_shape import issue
from zbt_notebook.simulator.bugtracker.v3.json_kinds import CustomValue, Links, applied
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import I, J, P
from zbt_notebook.simulator.data import prose
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS
from zbt_notebook.simulator.data.rows import Bug

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
_UNTOLD = ("associated_teams", "attachments", "reminder", "rate_per_hour", "cost_rate_per_hour")


def list_issues(call: Call) -> Answer:
    """List a project's issues."""
    return enveloped(call, "issues", chosen(call, call.project.id), lambda bug: issue(call, bug, listed=True))


def list_all_issues(call: Call) -> Answer:
    """List the issues of the whole portal."""
    return enveloped(call, "issues", chosen(call, None), lambda bug: issue(call, bug, listed=True))


def get_issue(call: Call) -> Answer:
    """Show one issue: an array of one, as recorded."""
    shape = issue(call, call.bug)
    return Answer(200, [shape] if call.switches.issue_get_as == "array" else shape)


def _changes(call: Call, bug: Bug | None = None) -> Json:
    """Translate the JSON object into columns; flat ids, which read as None, change nothing."""
    values, store = call.values, call.store
    changes = call.columns("description", name="title", due_date="due_ms")
    changes |= {column: values[name] for name, column in _LINKS.items() if values.get(name) is not None}
    if "flag" in values:
        changes["internal"] = values["flag"] == "Internal"
    if values.get("assignee") is not None:
        changes["assignee"] = store.find_member(values["assignee"], "Assignee").id
    if "tags" in values:
        tags = applied(values["tags"], bug.tags if bug else ())
        changes["tags"] = tuple(store.tags.find(tag, "Tag").id for tag in tags)
    if "followers" in values:
        known = [store.members.get(one) for one in (bug.followers if bug else ())]
        zpuids = applied(values["followers"], tuple(one.zpuid for one in known if one))
        changes["followers"] = tuple(store.find_member(one, "Follower").id for one in zpuids)
    if custom := read_v3(store, values, bug):
        changes["custom"] = custom
    return changes


def create_issue(call: Call) -> Answer:
    """File an issue; the answer is the object itself."""
    return Answer(201, issue(call, new_bug(call, call.project, _changes(call))))


def update_issue(call: Call) -> Answer:
    """Change an issue; the answer is the object itself."""
    return Answer(200, issue(call, change_bug(call, call.bug, _changes(call, call.bug))))


def delete_issue(call: Call) -> Answer:
    """Delete an issue; there is nothing to say about it."""
    call.store.remove_bug(call.bug)
    return NOTHING


def get_description(call: Call) -> Answer:
    """Show the description alone."""
    return Answer(200, {"description": prose.description(call.bug)})


def move_issue(call: Call) -> Answer:
    """Move an issue to another project, where it gets the next number."""
    bug = call.bug
    target = call.store.projects.find(call.values["to_project"], "Project")
    number = 1 + max((other.number for other in call.store.bugs.of(target.id)), default=0)
    moved = touch(call, bug, "moved")
    call.store.bugs.remove(moved)
    changed = call.store.bugs.change(moved, project_id=target.id, number=number, milestone_id=0, affected_id=0)
    return Answer(200, issue(call, changed))


def clone_issue(call: Call) -> Answer:
    """Copy an issue; the answer is wrapped in the old word."""
    bug = call.bug
    columns = ("title", "severity_id", "classification_id", "module_id", "reproducible_id", "assignee", "internal")
    changes = {column: getattr(bug, column) for column in columns}
    changes["description"] = prose.description(bug)
    check(call, call.project, changes)
    return Answer(201, {"bugs": [issue(call, new_bug(call, call.project, changes))]})


_FIELDS = (
    Parameter("description", Text()),
    Parameter("flag", OneOf(("Internal", "External"))),
    Parameter("due_date", Day(iso=True), about="A day, or a moment with its zone."),
    *(Parameter(name, Link()) for name in _LINKS),
    Parameter("assignee", Link("zpuid")),
    Parameter("tags", Links("id")),
    Parameter("followers", Links("zpuid")),
    *(Parameter(field.api_name, CustomValue(field), about=field.label) for field in CUSTOM_FIELDS),
    *(Parameter(name, Ignored(), about="Accepted and ignored: send a nested link.") for name in _FLAT),
    *(Parameter(name, Ignored(), about="Taken; no answer tells of it.") for name in _UNTOLD),
)
_LIST = paged("issues", "Issue")
ROUTES = (
    listed(f"{P}/issues", "bugs.READ", list_all_issues, "List all issues", _LIST, *CHOOSING),
    listed(f"{J}/issues", "bugs.READ", list_issues, "List issues", _LIST, *CHOOSING),
    Route(
        "POST",
        f"{J}/issues",
        "bugs.CREATE",
        create_issue,
        "File an issue",
        body=(Parameter("name", Text(2000, 1), required=True), *_FIELDS),
        returns=one("Issue"),
        status=201,
        lenient=True,
    ),
    Route("GET", I, "bugs.READ", get_issue, "Show an issue", returns={"anyOf": [array("Issue"), one("Issue")]}),
    Route(
        "PATCH",
        I,
        "bugs.UPDATE",
        update_issue,
        "Change an issue",
        body=(Parameter("name", Text(2000, 1)), *_FIELDS),
        returns=one("Issue"),
        lenient=True,
    ),
    Route("DELETE", I, "bugs.DELETE", delete_issue, "Delete an issue", status=204),
    Route(
        "GET",
        f"{I}/description",
        "bugs.READ",
        get_description,
        "Show the description",
        returns={"type": "object", "properties": {"description": {"type": "string"}}, "required": ["description"]},
    ),
    Route(
        "POST",
        f"{I}/move",
        "bugs.CREATE",
        move_issue,
        "Move an issue",
        body=(Parameter("to_project", Identifier(), required=True),),
        returns=one("Issue"),
    ),
    Route("POST", f"{I}/clone", "bugs.CREATE", clone_issue, "Copy an issue", returns=many("bugs", "Issue"), status=201),
)
