"""Tasks, which issues may go with: this portal is a bug tracker and has none."""

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json
from zbt_notebook.simulator.bugtracker.parameters import ListOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.v3.paths import J31, I
from zbt_notebook.simulator.data.rows import Bug


def list_tasks(call: Call) -> Answer:
    """List the tasks that an issue goes with."""
    return Answer(200, {"tasks": [], "issue_id": str(call.bug.id)})


def associate(call: Call) -> Answer:
    """Refuse to put tasks beside an issue, as there are none of these ids."""
    return _none(call.bug)


def dissociate(call: Call) -> Answer:
    """Refuse to take a task away that is not there."""
    return _none(call.bug)


def associate_by_ids(call: Call) -> Answer:
    """Refuse likewise where the body names the issue."""
    return _none(call.store.bugs.find(call.values["issue_id"], "Issue", call.project.id))


def _none(_bug: Bug) -> Answer:
    raise refusals.not_found("Task")


_TASKS = Parameter("task_ids", ListOf(Identifier()), required=True)
_LIST: Json = {"type": "object", "properties": {"tasks": {"type": "array"}}, "required": ["tasks"]}
ROUTES = (
    Route("GET", f"{I}/associated-tasks", "bugs.READ", list_tasks, "List the tasks of an issue", returns=_LIST),
    Route(
        "POST",
        f"{I}/associate-tasks",
        "bugs.UPDATE",
        associate,
        "Put tasks beside an issue",
        body=(_TASKS,),
        returns=_LIST,
    ),
    Route("DELETE", f"{I}/task/{{task}}", "bugs.DELETE", dissociate, "Take a task from an issue", status=204),
    Route(
        "POST",
        f"{J31}/task-issue-mapping",
        "bugs.UPDATE",
        associate_by_ids,
        "Put tasks beside an issue, in v3.1",
        body=(Parameter("issue_id", Identifier(), required=True), _TASKS),
        returns=_LIST,
    ),
)
