"""The path that issues had before: read-only, and in the classic API's shape."""

from zbt_notebook.simulator.bugtracker.bug_query import found
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.classic.bug_shape import bug_detail
from zbt_notebook.simulator.bugtracker.kinds import OneOf
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many, paged
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J


def list_bugs(call: Call) -> Answer:
    """List a project's bugs."""
    project = call.project
    return enveloped(call, "bugs", found(call, project.id, {}), lambda bug: bug_detail(call, bug, project))


def get_bug(call: Call) -> Answer:
    """Show one bug."""
    return Answer(200, {"bugs": [bug_detail(call, call.bug, call.project)]})


_WITH_DESCRIPTION = (Parameter("is_desc_needed", OneOf(("true",)), required=True),)
ROUTES = (
    listed(f"{J}/bugs", "bugs.READ", list_bugs, "List issues, the old way", paged("bugs", "Bug"), *_WITH_DESCRIPTION),
    Route(
        "GET",
        f"{J}/bugs/{{bug}}",
        "bugs.READ",
        get_bug,
        "Show an issue, the old way",
        query=_WITH_DESCRIPTION,
        returns=many("bugs", "Bug"),
    ),
)
