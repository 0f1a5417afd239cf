"""What a portal's issues are made of: modules, fields, layouts, statuses, views."""

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.bug_query import CUSTOM_VIEWS
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.custom_values import option_id
from zbt_notebook.simulator.bugtracker.kinds import Json, OneOf
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, many
from zbt_notebook.simulator.bugtracker.v3.paging import FREE_PAGE, bare, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J, P
from zbt_notebook.simulator.data import portal
from zbt_notebook.simulator.data.rows import Choice

_MODULES = (
    (portal.ID_BASE + 5_001, "issues", "Issue", "Issues"),
    (portal.ID_BASE + 5_003, "tasks", "Task", "Tasks"),
    (portal.ID_BASE + 5_005, "milestones", "Phase", "Phases"),
)
_LAYOUT = portal.ID_BASE + 5_101
_TYPES = {
    "text": "singleline",
    "lines": "multiline",
    "number": "Numeric",
    "decimal": "Double",
    "money": "currency",
    "pick": "picklist",
    "picks": "multipicklist",
    "user": "userpicklist",
    "users": "multiuserpicklist",
    "check": "checkbox",
    "date": "Date",
    "moment": "dateandtime",
    "email": "email",
    "url": "url",
    "phone": "phone",
}
_BUILT_IN: tuple[tuple[str, str, str, tuple[Choice, ...]], ...] = (
    ("name", "Issue Name", "singleline", ()),
    ("description", "Description", "multiline", ()),
    ("status", "Status", "picklist", portal.STATUSES),
    ("severity", "Severity", "picklist", portal.SEVERITIES),
    ("classification", "Classification", "picklist", portal.CLASSIFICATIONS),
    ("module", "Module", "picklist", portal.MODULES),
    ("is_it_reproducible", "Is It Reproducible", "picklist", portal.REPRODUCIBLES),
    ("flag", "Flag", "picklist", ()),
    ("assignee", "Assignee", "userpicklist", ()),
    ("created_by", "Reporter", "userpicklist", ()),
    ("created_time", "Created Time", "dateandtime", ()),
    ("last_updated_time", "Last Updated Time", "dateandtime", ()),
    ("due_date", "Due Date", "Date", ()),
    ("release_milestone", "Release Milestone", "picklist", ()),
    ("affected_milestone", "Affected Milestone", "picklist", ()),
    ("tags", "Tags", "multipicklist", ()),
)


def list_modules(_call: Call) -> Answer:
    """List the kinds of things that have fields."""
    names = ("id", "api_name", "singular_name", "plural_name")
    return Answer(200, {"modules": [dict(zip(names, (str(row[0]), *row[1:]), strict=True)) for row in _MODULES]})


def _field(number: int, api_name: str, label: str, kind: str, values: list[Json], *, custom: bool) -> Json:
    return {
        "id": str(number),
        "api_name": api_name,
        "display_name": label,
        "type": kind,
        "is_custom_field": custom,
        "is_mandatory": api_name == "name",
        "pick_list_values": values,
    }


def _fields() -> list[Json]:
    built_in = [
        _field(
            portal.ID_BASE + 5_301 + 2 * index,
            api_name,
            label,
            kind,
            [{"id": str(one.id), "value": one.name} for one in choices],
            custom=False,
        )
        for index, (api_name, label, kind, choices) in enumerate(_BUILT_IN)
    ]
    own = [
        _field(
            field.id,
            field.api_name,
            field.label,
            _TYPES[field.kind],
            [{"id": str(option_id(field, name)), "value": name} for name in field.options],
            custom=True,
        )
        for field in portal.CUSTOM_FIELDS
    ]
    return built_in + own


def list_fields(call: Call) -> Answer:
    """List the fields of issues; those of other things are not simulated."""
    return Answer(200, {"fields": _fields() if call.values["module"] == "issues" else []})


def list_fields_of(call: Call) -> Answer:
    """List the fields of a module by its id."""
    known = {number: api_name for number, api_name, *_ in _MODULES}
    if call.number("module") not in known:
        raise refusals.not_found("Module")
    return Answer(200, {"fields": _fields() if known[call.number("module")] == "issues" else []})


def _statuses() -> list[Json]:
    return [{"id": str(one.id), "name": one.name, "color": one.color} for one in portal.STATUSES]


def list_statuses(call: Call) -> Answer:
    """List statuses as a bare array; which of them close is not told."""
    return bare(call, _statuses(), dict)


def _layout() -> Json:
    """The one layout there is: the statuses hang on it."""
    return {
        "id": str(_LAYOUT),
        "name": "Standard Layout",
        "module": "issues",
        "is_default": True,
        "statuses": [
            {**status, "is_closed_type": one.closes} for status, one in zip(_statuses(), portal.STATUSES, strict=True)
        ],
    }


def list_layouts(_call: Call) -> Answer:
    """List the layouts of issues."""
    return Answer(200, {"layouts": [_layout()]})


def get_layout(call: Call) -> Answer:
    """Show a layout."""
    if call.number("layout") != _LAYOUT:
        raise refusals.not_found("Layout")
    return Answer(200, {"layouts": [_layout()]})


def get_default_layout(_call: Call) -> Answer:
    """Show the layout that new projects have."""
    return Answer(200, {"layouts": [_layout()]})


def _view(number: int) -> Json:
    return {"custom_view_id": str(number), "name": CUSTOM_VIEWS[number][0]}


def list_views(_call: Call) -> Answer:
    """List the views whose ids ``view_id`` takes."""
    default = [_view(number) for number in CUSTOM_VIEWS]
    return Answer(200, {"custom_views": [], "default_views": default, "favourites": default[1:2], "shared_views": []})


def get_view(call: Call) -> Answer:
    """Show one view."""
    if call.number("view") not in CUSTOM_VIEWS:
        raise refusals.not_found("Custom view")
    return Answer(200, {"customview": _view(call.number("view"))})


_WHICH = (Parameter("module", OneOf(("issues", "tasks", "milestones")), required=True),)
_ANY: Json = {"type": "object"}
_LAYOUTS: Json = {"type": "object", "properties": {"layouts": {"type": "array"}}, "required": ["layouts"]}
_SETTINGS = "custom_fields.READ"
ROUTES = (
    Route("GET", f"{P}/settings/modules", _SETTINGS, list_modules, "List modules", returns=many("modules", "V3Module")),
    Route(
        "GET",
        f"{P}/module/{{module}}/fields",
        _SETTINGS,
        list_fields_of,
        "List a module's fields",
        returns=many("fields", "V3Field"),
    ),
    Route(
        "GET",
        f"{P}/settings/fields",
        _SETTINGS,
        list_fields,
        "List fields",
        query=_WHICH,
        returns=many("fields", "V3Field"),
    ),
    Route("GET", f"{P}/settings/layouts", _SETTINGS, list_layouts, "List layouts", query=_WHICH, returns=_LAYOUTS),
    Route("GET", f"{P}/settings/layouts/{{layout}}", _SETTINGS, get_layout, "Show a layout", returns=_LAYOUTS),
    Route(
        "GET",
        f"{P}/settings/layouts/default-layout",
        _SETTINGS,
        get_default_layout,
        "Show the usual layout",
        query=_WHICH,
        returns=_LAYOUTS,
    ),
    listed(
        f"{P}/settings/global-statuses",
        "status.READ",
        list_statuses,
        "List statuses",
        array("V3Status"),
        *_WHICH,
        page=FREE_PAGE,
    ),
    *(
        Route("GET", f"{here}/issues/customviews", "bugs.READ", list_views, about, returns=_ANY)
        for here, about in (
            (P, "List the portal's views"),
            (J, "List views"),
        )
    ),
    *(
        Route("GET", f"{here}/issues/customviews/{{view}}", "bugs.READ", get_view, about, returns=_ANY)
        for here, about in (
            (P, "Show a view of the portal's"),
            (J, "Show a view"),
        )
    ),
)
