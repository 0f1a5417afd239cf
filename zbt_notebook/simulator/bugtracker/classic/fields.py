"""The fields of a project's bugs: pick lists, custom fields, new names, views."""

from collections.abc import Iterable

from zbt_notebook.simulator.bugtracker.bug_query import CUSTOM_VIEWS
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.classic.projects import custom_field
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.routes import Handler, Route
from zbt_notebook.simulator.bugtracker.schemas import many, one
from zbt_notebook.simulator.data import portal
from zbt_notebook.simulator.data.rows import Choice


def _details(name: str, choices: Iterable[Choice]) -> list[Json]:
    return [{f"{name}_id": str(choice.id), f"{name}_name": choice.name} for choice in choices]


def default_fields(call: Call) -> Answer:
    """List the values of every pick list; the priorities are, at Zoho, the reproducible list."""
    call.project  # noqa: B018  refuses where there is none
    fields = {
        "severity_details": _details("severity", portal.SEVERITIES),
        call.switches.status_details_key: _details("status", portal.STATUSES),
        "module_details": _details("module", portal.MODULES),
        "priority_details": _details("priority", portal.REPRODUCIBLES),
        "classification_details": _details("classification", portal.CLASSIFICATIONS),
    }
    return Answer(200, {"defaultfields": fields})


def custom_fields(call: Call) -> Answer:
    """List the custom fields of bugs."""
    call.project  # noqa: B018  refuses where there is none
    return listing("customfields", [custom_field(index) for index in range(len(portal.CUSTOM_FIELDS))])


def renamed_fields(call: Call) -> Answer:
    """List the fields that the portal gave another name."""
    call.project  # noqa: B018  refuses where there is none
    return listing("renamedfields", [{"column_name": "reproducible", "label_name": "Is It Reproducible"}])


def custom_views(call: Call) -> Answer:
    """List the views whose ids ``cview_id`` takes."""
    call.project  # noqa: B018  refuses where there is none
    return listing("customviews", [{"id": number, "name": name} for number, (name, _) in CUSTOM_VIEWS.items()])


def _listed(name: str, component: str, handler: Handler, about: str) -> Route:
    return Collection(f"{PROJECT}/bugs/{name}/", "", "bugs", many(name, component)).listed_by(
        handler, about, paged=False
    )


ROUTES = (
    Route(
        "GET",
        f"{PROJECT}/bugs/defaultfields/",
        "bugs.READ",
        default_fields,
        "List the values of the pick lists",
        returns={
            "type": "object",
            "properties": {"defaultfields": one("DefaultFields")},
            "required": ["defaultfields"],
        },
    ),
    _listed("customfields", "CustomField", custom_fields, "List the custom fields of bugs"),
    _listed("renamedfields", "RenamedField", renamed_fields, "List renamed fields"),
    _listed("customviews", "CustomView", custom_views, "List views"),
)
