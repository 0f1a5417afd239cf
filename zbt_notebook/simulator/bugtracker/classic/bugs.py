"""Bugs: list, show, create, change, delete."""

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.bug_query import FILTERS, wanted
from zbt_notebook.simulator.bugtracker.bug_writing import change_bug, check_size, file_at, new_bug
from zbt_notebook.simulator.bugtracker.call import Answer, Call, succeeded
from zbt_notebook.simulator.bugtracker.classic.bug_shape import bug_detail, bug_list
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.custom_values import read_classic
from zbt_notebook.simulator.bugtracker.kinds import Day, File, Identifier, Identifiers, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS

_PLAIN = (
    "title",
    "description",
    "classification_id",
    "module_id",
    "severity_id",
    "reproducible_id",
    "status_id",
    "milestone_id",
)


def list_bugs(call: Call) -> Answer:
    """List a project's bugs."""
    project = call.project
    return bug_list(call, list(call.page(wanted(call, project.id))), project)


def get_bug(call: Call) -> Answer:
    """Show one bug."""
    return Answer(200, {"bugs": [bug_detail(call, call.bug, call.project)]})


def _changes(call: Call) -> Json:
    """Translate the form into columns."""
    values = call.values
    changes = call.columns(*_PLAIN, affectedMile_id="affected_id", due_date="due_ms")
    if "flag" in values:
        changes["internal"] = values["flag"] == "Internal"
    if "assignee" in values:
        changes["assignee"] = _person(call, "assignee", values["assignee"])
    if "bug_followers" in values:
        changes["followers"] = tuple(_person(call, "bug_followers", one) for one in sorted(values["bug_followers"]))
    if "status" in values:
        named = {choice.name.lower(): choice.id for choice in call.store.choices.values() if choice.color}
        if values["status"].lower() not in named:
            raise refusals.invalid_value("status")
        changes["status_id"] = named[values["status"].lower()]
    custom = {field.column: read_classic(call, field) for field in CUSTOM_FIELDS if field.column in values}
    if known := {column: value for column, value in custom.items() if value is not None}:
        changes["custom"] = known
    return changes


def _person(call: Call, field: str, number: int) -> int:
    return call.store.find_member(number, f"The user of {field}").id


def create_bug(call: Call) -> Answer:
    """File a bug, with files if any came along."""
    project = call.project
    for upload in call.uploads:
        check_size(upload.name, len(upload.content))
    bug = new_bug(call, project, _changes(call))
    for upload in call.uploads:
        bug = file_at(call, bug, upload)
    return Answer(201, {"bugs": [bug_detail(call, bug, project)]})


def update_bug(call: Call) -> Answer:
    """Change a bug."""
    bug = change_bug(call, call.bug, _changes(call))
    for upload in call.uploads:
        bug = file_at(call, bug, upload)
    return Answer(200, {"bugs": [bug_detail(call, bug, call.project)]})


def delete_bug(call: Call) -> Answer:
    """Delete a bug."""
    call.store.remove_bug(call.bug)
    return succeeded("Bug deleted")


_FIELDS = (
    Parameter("description", Text()),
    Parameter("assignee", Identifier(), about="A user's id; ZPUIDs are taken too."),
    Parameter("flag", OneOf(("Internal", "External"))),
    Parameter("classification_id", Identifier()),
    Parameter("milestone_id", Identifier()),
    Parameter("due_date", Day()),
    Parameter("module_id", Identifier()),
    Parameter("severity_id", Identifier()),
    Parameter("reproducible_id", Identifier()),
    Parameter("affectedMile_id", Identifier()),
    Parameter("bug_followers", Identifiers()),
    Parameter("uploaddoc", File()),
    *(Parameter(field.column, Text(500)) for field in CUSTOM_FIELDS),
)
_BUGS = Collection(f"{PROJECT}/bugs/", "bug", "bugs", many("bugs", "Bug"))
ROUTES = (
    _BUGS.listed_by(list_bugs, "List bugs", *FILTERS),
    _BUGS.created_by(create_bug, "File a bug", Parameter("title", Text(2000, 1), required=True), *_FIELDS),
    _BUGS.shown_by(get_bug, "Show a bug"),
    _BUGS.changed_by(
        update_bug,
        "Change a bug",
        Parameter("title", Text(2000, 1)),
        Parameter("status_id", Identifier()),
        Parameter("status", OneOf(("Open", "In progress", "To be tested", "Closed", "Reopen"))),
        *_FIELDS,
    ),
    _BUGS.deleted_by(delete_bug, "Delete a bug"),
)
