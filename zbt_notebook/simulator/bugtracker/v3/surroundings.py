"""What else a portal holds in V3: events, documents, search, groups, exports."""

from zbt_notebook.simulator.accounts.scopes import FILES, SEARCH
from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.custom_values import option_id
from zbt_notebook.simulator.bugtracker.kinds import Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, many, one, paged
from zbt_notebook.simulator.bugtracker.v3.json_kinds import Moment
from zbt_notebook.simulator.bugtracker.v3.paging import bare, enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J, P
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS, ID_BASE
from zbt_notebook.simulator.data.rows import Event, Project

_DAY = 24 * 60 * 60 * 1000  # milliseconds

_MINUTE_MS = 60_000


def _event(call: Call, event: Event) -> Json:
    return {
        "id": str(event.id),
        "title": event.title,
        "location": event.location,
        "starts_at": dates.iso(event.start_ms),
        "ends_at": dates.iso(event.start_ms + event.minutes * _MINUTE_MS),
        "participants": [person(call, one) for one in event.participants],
    }


def list_events(call: Call) -> Answer:
    """List a project's meetings."""
    return enveloped(call, "events", call.store.events.of(call.project.id), lambda event: _event(call, event))


def _row(call: Call) -> Event:
    return call.store.events.find(call.number("event"), "Event", call.project.id if "project" in call.path else None)


def get_event(call: Call) -> Answer:
    """Show a meeting."""
    return Answer(200, _event(call, _row(call)))


def list_participants(call: Call) -> Answer:
    """List who takes part in a meeting."""
    return Answer(200, {"participants": [person(call, one) for one in _row(call).participants]})


def _minutes(start: int, end: int) -> int:
    return max(0, (end - start) // _MINUTE_MS)


def create_event(call: Call) -> Answer:
    """Plan a meeting."""
    values = call.values
    minutes = _minutes(values["starts_at"], values["ends_at"])
    made = Event(
        call.store.take_id(),
        call.project.id,
        values["title"],
        values.get("location", ""),
        values["starts_at"],
        minutes,
        (call.user.id,),
    )
    return Answer(201, _event(call, call.store.events.put(made)))


def update_event(call: Call) -> Answer:
    """Change a meeting."""
    event, values = _row(call), call.values
    start = values.get("starts_at", event.start_ms)
    end = values.get("ends_at", start + event.minutes * _MINUTE_MS)
    changes = {**call.columns("title", "location"), "start_ms": start, "minutes": _minutes(start, end)}
    return Answer(200, _event(call, call.store.events.change(event, **changes)))


def delete_event(call: Call) -> Answer:
    """Cancel a meeting."""
    call.store.events.remove(_row(call))
    return NOTHING


def list_documents(call: Call) -> Answer:
    """List folders; the files in them live in WorkDrive."""
    folders = call.store.folders.of(call.project.id)
    shown = [{"name": folder.name, "workdrive_folder_id": f"wd{folder.id:x}"} for folder in folders]
    return Answer(200, {"documents": {"folders": shown}})


def search(call: Call) -> Answer:
    """Find projects and issues by a word of their names, in the portal or in a project."""
    values, store = call.values, call.store
    term = values["search_term"].casefold()
    hits: list[Json] = []
    for project in [call.project] if "project" in call.path else store.projects:
        named = {"id": str(project.id), "name": project.name}
        if values["module"] in {"all", "projects"} and term in project.name.casefold():
            hits.append({"id": str(project.id), "name": project.name, "module": "projects", "project": named})
        if values["module"] in {"all", "issues"}:
            hits += [
                {"id": str(bug.id), "name": bug.title, "module": "issues", "project": named}
                for bug in store.bugs.of(project.id)
                if (term in bug.title.casefold() or term == f"{project.prefix}-i{bug.number}".casefold())
                and not (values["status"] == "active" and bug.closed_ms is not None)
            ]
    return bare(call, hits, dict)


def list_groups(call: Call) -> Answer:
    """List the groups of projects: this portal has one."""
    return enveloped(call, "projectgroups", [{"id": str(ID_BASE + 5_201), "name": "Ungrouped Projects"}], dict)


def list_project_views(_call: Call) -> Answer:
    """List the views of projects."""
    default = [{"custom_view_id": str(ID_BASE + 8_101), "name": "All Projects"}]
    return Answer(200, {"custom_views": [], "default_views": default, "favourites": [], "shared_views": []})


def list_project_modules(call: Call) -> Answer:
    """List what a project has switched on."""
    return Answer(200, {"modules": [_module(call.project, name) for name in ("issues", "milestones", "timesheets")]})


def _module(project: Project, name: str) -> Json:
    return {"name": name, "is_enabled": not project.trashed}


def list_options(_call: Call) -> Answer:
    """List the options of the pick lists that the portal added."""
    options = {
        field.api_name: [{"id": str(option_id(field, name)), "value": name} for name in field.options]
        for field in CUSTOM_FIELDS
        if field.options
    }
    return Answer(200, {"options": options})


def fields_configuration(_call: Call) -> Answer:
    """Tell how many fields the portal may add, and has."""
    return Answer(200, {"fields_configuration": {"custom_fields": len(CUSTOM_FIELDS), "allowed": 200}})


def begin_export(call: Call) -> Answer:
    """Begin an export, which goes on by itself."""
    number = call.store.take_id()
    return Answer(
        202, {"export": {"id": str(number), "module": call.values.get("module", "issues"), "status": "queued"}}
    )


def begin_portal_export(call: Call) -> Answer:
    """Begin an export of all there is, once in 24 hours."""
    last = call.store.exported_ms
    if last is not None and call.now_ms - last < _DAY:
        raise refusals.export_again()
    call.store.exported_ms = call.now_ms
    return Answer(202, {"export": {"id": str(call.store.take_id()), "status": "queued"}})


def list_export_fields(_call: Call) -> Answer:
    """List the columns that an export can have."""
    names = ("id", "prefix", "name", "status", "severity", *(field.api_name for field in CUSTOM_FIELDS))
    return Answer(200, {"fields": [{"api_name": name} for name in names]})


def _has(name: str) -> Json:
    return {"type": "object", "properties": {name: {}}, "required": [name]}


_EVENT = f"{J}/events/{{event}}"
_TITLE = Parameter("title", Text(500, 1), required=True)
_STARTS = Parameter("starts_at", Moment(), required=True, about="2026-03-01T09:00:00Z")
_ENDS = Parameter("ends_at", Moment(), required=True)
_WHERE = Parameter("location", Text(200))
_SEARCHED = (
    Parameter("search_term", Text(200, 1), required=True),
    Parameter("module", OneOf(("all", "projects", "issues")), required=True),
    Parameter("status", OneOf(("all", "active")), required=True),
)
ROUTES = (
    listed(f"{J}/events", "events.READ", list_events, "List meetings", paged("events", "V3Event")),
    Route("GET", _EVENT, "events.READ", get_event, "Show a meeting", returns=one("V3Event")),
    Route(
        "POST",
        f"{J}/events",
        "events.CREATE",
        create_event,
        "Plan a meeting",
        body=(_TITLE, _STARTS, _ENDS, _WHERE),
        returns=one("V3Event"),
        status=201,
    ),
    Route(
        "PATCH",
        _EVENT,
        "events.UPDATE",
        update_event,
        "Change a meeting",
        body=(
            Parameter("title", Text(500, 1)),
            Parameter("starts_at", Moment()),
            Parameter("ends_at", Moment()),
            _WHERE,
        ),
        returns=one("V3Event"),
    ),
    Route("DELETE", _EVENT, "events.DELETE", delete_event, "Cancel a meeting", status=204),
    Route(
        "GET",
        f"{P}/events/{{event}}/participants",
        "events.READ",
        list_participants,
        "List who takes part",
        returns=many("participants", "Person"),
    ),
    Route(
        "GET",
        f"{J}/documents",
        "documents.READ",
        list_documents,
        "List folders",
        returns=_has("documents"),
        also=(FILES,),
    ),
    *(
        listed(f"{here}/search", "portals.READ", search, about, array("V3Hit"), *_SEARCHED, also=(SEARCH,))
        for here, about in ((P, "Search the portal"), (J, "Search a project"))
    ),
    listed(f"{P}/project-groups", "projectgroups.READ", list_groups, "List groups", paged("projectgroups", "Named")),
    Route(
        "GET",
        f"{P}/projects/customview",
        "projects.READ",
        list_project_views,
        "List the views of projects",
        returns=_has("default_views"),
    ),
    Route(
        "GET",
        f"{J}/modules",
        "projects.READ",
        list_project_modules,
        "List what a project has switched on",
        returns=_has("modules"),
    ),
    Route(
        "GET",
        f"{P}/settings/options",
        "custom_fields.READ",
        list_options,
        "List the options of pick lists",
        returns=_has("options"),
    ),
    Route(
        "GET",
        f"{P}/settings/fields-configuration",
        "custom_fields.READ",
        fields_configuration,
        "Tell how many fields there may be",
        returns=_has("fields_configuration"),
    ),
    Route(
        "POST",
        f"{P}/bulk/export",
        "bulk.READ",
        begin_export,
        "Begin an export",
        body=(Parameter("module", OneOf(("issues", "projects"))),),
        returns=_has("export"),
        status=202,
    ),
    Route(
        "POST",
        f"{P}/portal_export",
        "bulk.READ",
        begin_portal_export,
        "Begin an export of the portal",
        returns=_has("export"),
        status=202,
    ),
    Route(
        "GET",
        f"{P}/bulk/export/fields",
        "bulk.READ",
        list_export_fields,
        "List the columns of an export",
        returns=_has("fields"),
    ),
)
