"""Comments of an issue, below ``issues/`` or, as one portal had it, below ``bugs/``."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.bug_writing import resay, say, unsay
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Json, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, many, one, paged
from zbt_notebook.simulator.bugtracker.v3.attachments import beside_a_comment
from zbt_notebook.simulator.bugtracker.v3.paging import FREE_PAGE, enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import I, J
from zbt_notebook.simulator.bugtracker.v3.people import author
from zbt_notebook.simulator.data.rows import Comment
from zbt_notebook.simulator.switches import Switches

_WAYS_IN = ("Projects", "WEB", "Projects", "mail", "WEB", "Android")


def _comment(call: Call, row: Comment) -> Json:
    shape: Json = {
        "id": str(row.id),
        "comment": row.content,
        "added_by": author(call, row.author),
        "last_modified_by": author(call, row.changed_by or row.author),
        "created_time": dates.iso(row.created_ms),
        "last_modified_time": dates.iso(row.changed_ms or row.created_ms),
        "added_via": _WAYS_IN[row.id % len(_WAYS_IN)],
        "reactions": {},
        "third_party_service_details": {},
        "can_edit_comment": row.author == call.user.id,
        "can_delete_comment": True,
    }
    if files := beside_a_comment(call, row):
        shape["attachments"] = files
    return shape


def list_comments(call: Call) -> Answer:
    """List an issue's comments, oldest first."""
    return enveloped(call, "comments", call.store.comments.of(call.bug.id), lambda row: _comment(call, row))


def _answer(call: Call, row: Comment, status: int = 200) -> Answer:
    """One comment, in the dress that the switches ask for: an envelope of one, as recorded."""
    shape = _comment(call, row)
    dresses = {"envelope": {"comments": [shape]}, "array": [shape], "object": shape}
    return Answer(status, dresses[call.switches.issue_comment_write_as])


def get_comment(call: Call) -> Answer:
    """Show one comment."""
    return _answer(call, call.store.comments.find(call.bug.id, call.number("comment"), "Comment"))


def add_comment(call: Call) -> Answer:
    """Comment on an issue."""
    return _answer(call, say(call, call.bug, call.values["comment"]), 201)


def change_comment(call: Call) -> Answer:
    """Change what a comment says."""
    return _answer(call, resay(call, call.values["comment"]))


def delete_comment(call: Call) -> Answer:
    """Delete a comment."""
    unsay(call)
    return NOTHING


def _below_issues(switches: Switches) -> bool:
    return switches.comments_path != "bugs"


def _below_bugs(switches: Switches) -> bool:
    return switches.comments_path != "issues"


_TEXT = (Parameter("comment", Text(shortest=1), required=True),)
_ONE = {"anyOf": [many("comments", "V3Comment"), array("V3Comment"), one("V3Comment")]}
ROUTES = tuple(
    route
    for here, where in ((I, _below_issues), (f"{J}/bugs/{{bug}}", _below_bugs))
    for route in (
        listed(
            f"{here}/comments",
            "bugs.READ",
            list_comments,
            "List comments",
            paged("comments", "V3Comment"),
            page=FREE_PAGE,
            where=where,
        ),
        Route(
            "POST",
            f"{here}/comments",
            "bugs.CREATE",
            add_comment,
            "Comment",
            body=_TEXT,
            returns=_ONE,
            status=201,
            where=where,
        ),
        Route(
            "GET",
            f"{here}/comments/{{comment}}",
            "bugs.READ",
            get_comment,
            "Show a comment",
            returns=_ONE,
            where=where,
        ),
        Route(
            "PATCH",
            f"{here}/comments/{{comment}}",
            "bugs.UPDATE",
            change_comment,
            "Change a comment",
            body=_TEXT,
            returns=_ONE,
            where=where,
        ),
        Route(
            "DELETE",
            f"{here}/comments/{{comment}}",
            "bugs.DELETE",
            delete_comment,
            "Delete a comment",
            status=204,
            where=where,
        ),
    )
)
