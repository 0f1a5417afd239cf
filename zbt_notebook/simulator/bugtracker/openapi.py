"""An OpenAPI 3 description of the simulated API, generated from the route table."""

import re
from collections.abc import Iterable
from typing import Any

from zbt_notebook.simulator.bugtracker.kinds import File, Json
from zbt_notebook.simulator.bugtracker.parameters import Parameter, object_schema
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import COMPONENTS, one
from zbt_notebook.simulator.bugtracker.store import Store
from zbt_notebook.simulator.data.portal import ID_BASE, PORTAL_ID, PORTAL_NAME

_FIELD = re.compile(r"\{(\w+)\}")
_REFUSALS = {
    "400": "A parameter is missing or wrong, or the URL pattern is locked",
    "401": "No token, a dead one, or one without the scope",
    "403": "The portal is not one of the caller's",
    "404": "There is no such thing",
    "405": "The method is not allowed, where the sandbox is told to say it so",
    "410": "The thing is in the bin",
    "500": "Zoho failed",
    "429": "The URL pattern is locked, where the sandbox is told to say it so",
}


def describe(routes: Iterable[Route], store: Store, origin: str) -> Json:
    """Describe the routes; examples name records that are really there."""
    known = examples(store)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, known)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Zoho BugTracker, simulated",
            "version": "1",
            "description": "The API of the sandbox. Classic paths begin with /restapi, those of V3 with /api/v3.",
        },
        "servers": [{"url": origin}],
        "security": [{"zoho": []}],
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "zoho": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Zoho-oauthtoken <access token>`; `Bearer` is taken too.",
                }
            },
        },
    }


def _operation(route: Route, known: dict[str, str]) -> Json:
    described: Json = {
        "operationId": _operation_id(route),
        "summary": route.about,
        "tags": [f"{'classic' if route.classic else 'v3'} {route.module}"],
        "description": f"Scope: {', '.join(f'`{scope}`' for scope in _scopes(route))}",
        "parameters": [
            *(_path_parameter(route, name, known) for name in _FIELD.findall(route.path)),
            *(_query_parameter(parameter) for parameter in route.query),
        ],
        "responses": _responses(route),
    }
    if route.body:
        described["requestBody"] = _body(route)
    return described


def _scopes(route: Route) -> tuple[str, ...]:
    """The scopes that a call asks for, all of them."""
    return (f"{'ZohoBugTracker' if route.classic else 'ZohoProjects'}.{route.scope}", *route.also)


def _operation_id(route: Route) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", route.path).strip("_")
    return f"{route.method.lower()}_{words}"


def _path_parameter(route: Route, name: str, known: dict[str, str]) -> Json:
    by_name = name == "portal" and route.classic
    schema: Json = {"type": "string", "pattern": "^[0-9]{1,19}$"}  # "who" may be an e-mail address, too
    if by_name:
        schema = {"type": "string", "pattern": "^[A-Za-z0-9]{1,40}$"}
    described: Json = {"name": name, "in": "path", "required": True, "schema": schema}
    example = PORTAL_NAME if by_name else known.get(name)
    return {**described, "example": example} if example else described


def _query_parameter(parameter: Parameter) -> Json:
    described: Json = {"name": parameter.name, "in": "query", "schema": parameter.kind.schema()}
    if parameter.required:
        described["required"] = True
    if parameter.about:
        described["description"] = parameter.about
    return described


def _body(route: Route) -> Json:
    required = any(parameter.required for parameter in route.body)
    if not route.classic and not route.form:
        schema = object_schema(route.body, closed=not route.lenient)
        return {"required": True, "content": {"application/json": {"schema": schema}}}
    plain = tuple(parameter for parameter in route.body if not isinstance(parameter.kind, File))
    content: Json = {"multipart/form-data": {"schema": object_schema(route.body, closed=False)}}
    if plain and not any(isinstance(parameter.kind, File) and parameter.required for parameter in route.body):
        content["application/x-www-form-urlencoded"] = {"schema": object_schema(plain, closed=False)}
    return {"required": required, "content": content}


def _responses(route: Route) -> Json:
    answers: Json = {}
    if route.binary:
        schema = {"type": "string", "format": "binary"}
        answers["200"] = {"description": "The file", "content": {"application/octet-stream": {"schema": schema}}}
    elif route.returns is not None:
        answers[str(route.status)] = {"description": route.about, "content": _json(route.returns)}
    else:
        answers[str(route.status)] = {"description": route.about}
    if route.empty:
        answers["204"] = {"description": "An empty list has no body"}
    for status, text in _REFUSALS.items():
        answers[status] = {"description": text, "content": _json(one("Error"))}
    return answers


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def examples(store: Store) -> dict[str, str]:
    """For each kind of id in a path, one that exists; all of them belong together."""
    found = {"portal": str(PORTAL_ID), "company": "1"}
    found |= {"module": str(ID_BASE + 5_001), "layout": str(ID_BASE + 5_101), "view": str(ID_BASE + 8_001)}
    if tag := next(iter(store.tags), None):
        found["tag"] = str(tag.id)
    project = next(iter(store.projects), None)
    if project is None:
        return found
    found["project"] = str(project.id)
    found["user"] = str(project.team[0]) if project.team else "1"
    member = store.members.get(project.team[0]) if project.team else None
    found["who"] = str(member.zpuid) if member else "1"
    tables: dict[str, Any] = {
        "milestone": store.milestones,
        "event": store.events,
        "forum": store.forums,
        "folder": store.folders,
        "document": store.documents,
    }
    for name, table in tables.items():
        if rows := table.of(project.id):
            found[name] = str(rows[0].id)
    if categories := store.categories.of(project.id):
        found["category"] = str(categories[0].id)
    if "forum" in found and (answers := store.comments.of(int(found["forum"]))):
        found["answer"] = str(answers[0].id)
    if documents := store.documents.of(project.id):
        found["version"] = str(documents[0].versions[0].id)
    return found | _bug_examples(store, project.id)


def _bug_examples(store: Store, project_id: int) -> dict[str, str]:
    logged = {log.bug_id: log.id for log in store.logs.of(project_id)}
    bugs = store.bugs.of(project_id)
    if not bugs:
        return {}
    bug = max(bugs, key=lambda bug: (bug.id in logged) + bool(bug.attachment_count) + bool(bug.comment_count))
    found = {"bug": str(bug.id)}
    if bug.id in logged:
        found["log"] = str(logged[bug.id])
    for name, rows in (("comment", store.comments.of(bug.id)), ("attachment", store.attachments.of(bug.id))):
        if rows:
            found[name] = str(rows[0].id)
    return found
