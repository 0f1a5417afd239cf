"""A call of the classic API as V3 has it: its path, method and parameters, and the hint that names it."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import ApiError, IncompletePull, ScopeMissing, Unreachable, ZbtError
from zbt_notebook.client.lists.field_names import field_names
from zbt_notebook.client.lists.plan_v3 import days_of_view
from zbt_notebook.client.lists.read_lists import paging_of
from zbt_notebook.client.lists.v3_filter import PICKS, filter_of
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.rest import api, endpoints
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.retirement import is_retired

_CLASSIC, _V3 = "/restapi", "/api/v3"

# The classic tail behind a project, by its pattern, and V3's; what is not here keeps its words
_TAILS: tuple[tuple[str, str], ...] = (
    (r"/projects/[^/]+/bugs/(defaultfields|customfields|renamedfields)$", "/settings/fields"),
    (r"(/projects/[^/]+)/bugs/customviews$", r"\1/issues/customviews"),
    (r"(/projects/[^/]+)/bugs/([^/]+)/bugfollowers$", r"\1/issues/\2/followers"),
    (r"(/projects/[^/]+)/bugs/([^/]+)/logs$", r"\1/timelogs"),
    (r"(/projects/[^/]+)/bugs$", r"\1/issues"),
    (r"(/projects/[^/]+)/bugs/(.+)$", r"\1/issues/\2"),
    (r"(/projects/[^/]+)/milestones$", r"\1/phases"),
    (r"(/projects/[^/]+)/milestones/([^/]+)$", r"\1/phases/\2"),
    (r"(/projects/[^/]+)/logs$", r"\1/timelogs"),
)
_SORTED_BY = {"last_modified_time": "last_updated_time", "updated_time": "last_updated_time"}
_FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("name", ""),
        "assignee": ("assignee", "zpuid"),
        "status_id": ("status", "id"),
        "severity_id": ("severity", "id"),
        "classification_id": ("classification", "id"),
        "module_id": ("module", "id"),
        "reproducible_id": ("is_it_reproducible", "id"),
        "milestone_id": ("release_milestone", "id"),
        "affectedMile_id": ("affected_milestone", "id"),
        "content": ("comment", ""),
    }
)
_OF_THEIR_OWN = (IncompletePull, ScopeMissing)  # refusals whose own hint is the one that helps


@contextmanager
def hinted(connection: Tracker, verb: str, call: ApiCall) -> Iterator[None]:
    """Let a refusal inside name V3's path in its hint, as a line of Python, where the classic API is off.

    *verb* is the method of the connection that made the call.
    """
    try:
        yield
    except (ApiError, Unreachable) as error:
        if is_over(connection, call, error):
            twin = in_v3(connection, call)
            error.hint = f"The classic API is off here. Run: {_as_python(verb, twin)}" if twin else _nowhere()
        raise


def is_over(connection: Tracker, call: ApiCall, error: ZbtError) -> bool:
    """Whether a call was refused because it is of the classic API, and that is off. It may cost one request."""
    if not call.path or not isinstance(error, (ApiError, Unreachable)) or isinstance(error, _OF_THEIR_OWN):
        return False
    if isinstance(error, Unreachable) and not error.may_mean_gone:
        return False
    path = api.normalize(call, connection.data_center).path
    try:
        return path.startswith("/restapi/") and is_retired(connection.client, error, path)
    except ZbtError:
        return False


def in_v3(connection: Tracker, call: ApiCall) -> ApiCall | None:
    """The same call in V3, ready to be sent, with what it needs to be told in V3's words; None where V3 has none."""
    call = api.normalize(call, connection.data_center)
    twin = v3_twin(call)
    if twin is None:
        return None
    parts = twin.path.split("/")
    if len(parts) > 4 and not parts[4].isdigit():  # noqa: PLR2004  /api/v3/portal/NAME
        try:
            parts[4] = connection.lookups.portal(parts[4]).id
        except ZbtError:
            return twin
        twin = replace(twin, path="/".join(parts))
    if PICKS.isdisjoint(dict(call.params)):
        return twin
    try:
        named = v3_twin(call, field_names(connection.client, twin.path).picks)
    except ZbtError:
        return twin
    return replace(twin, params=named.params) if named else twin


def _as_python(verb: str, call: ApiCall) -> str:
    if verb in {"get", "request"} and paging_of(call) == "page" and call.param("page") is None:
        call = call.with_params(page=1, per_page=api.DEFAULT_PAGE_SIZE)  # some of V3's lists want to be told
    if verb == "request" or call.method != "GET":
        arguments = [repr(call.method), repr(call.path)]
        arguments += [f"params={dict(call.params)!r}"] if call.params else []
        arguments += [f"data={dict(call.fields)!r}"] if call.fields else []
        arguments += [f"files={ {upload.name: upload.filename for upload in call.uploads}!r}"] if call.uploads else []
        return f"connection.request({', '.join(arguments)})"
    params = f", {dict(call.params)!r}" if call.params else ""
    return f"connection.{verb}({call.path!r}{params})"


def _nowhere() -> str:
    return f"The classic API is off here, and V3 has no such path that is known: {step('list endpoints')} lists its."


def v3_twin(call: ApiCall, names: Mapping[str, str] = MappingProxyType({})) -> ApiCall | None:
    """The same call in V3, None where V3 has none that is known. A portal's name stays: V3 wants its number.

    *names* are those of pick lists' values by their ids: V3 filters by names.
    """
    classic = endpoints.match(call.method, call.path)
    path = _V3 + call.path.removeprefix(_CLASSIC).rstrip("/")
    before = path
    for pattern, tail in _TAILS:
        path = re.sub(pattern, tail, path)
        if path != before:
            break
    method = call.method
    if method == "POST" and classic and classic.operation == "UPDATE" and "/phases/" not in path:
        method = "PATCH"
    if endpoints.match(method, path) is None:
        return None
    params = tuple(_params(call, path, names))
    fields = tuple(_fields(call, path))
    return ApiCall(method, path, params, fields=fields, uploads=call.uploads)


def _params(call: ApiCall, path: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    given = dict(call.params)
    size = given.pop("range", None)
    start = given.pop("index", None)
    if size is not None or start is not None:
        number, per_page = _number(start, 1), _number(size, 100)
        yield "page", str((max(number, 1) - 1) // per_page + 1)
        yield "per_page", str(per_page)
    if path.endswith("/settings/fields"):
        yield "module", "issues"
        return
    if column := given.pop("sort_column", None):
        order = "DESC" if given.pop("sort_order", "").startswith("desc") else "ASC"
        yield "sort_by", f"{order}({_SORTED_BY.get(column, column)})"
    if view := given.pop("cview_id", None):
        yield "view_id", view
    if path.endswith("/timelogs"):
        yield from _period(call, given)
    elif path.endswith("/issues") and (chosen := filter_of("bugs", given, names=names, guess=True).text):
        yield "filter", chosen
    elif not path.endswith("/issues"):
        known = endpoints.match("GET", path)
        yield from ((name, value) for name, value in given.items() if known and known.parameter(name))


def _period(call: ApiCall, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    found = re.search(r"/bugs/([^/]+)/logs", call.path)
    module = {"type": "general" if given.get("component_type") == "general" else "issue"}
    yield "module", json.dumps(module | ({"id": found[1]} if found else {}), separators=(",", ":"))
    try:
        day = datetime.strptime(given.get("date", ""), "%m-%d-%Y").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        yield "view_type", "projectspan"
        return
    first, last = days_of_view(given.get("view_type", "day"), day)
    yield from (("view_type", "customdate"), ("start_date", str(first)), ("end_date", str(last)))


def _fields(call: ApiCall, path: str) -> Iterator[tuple[str, Any]]:
    about_issues = "/issues" in path
    for name, value in call.fields:
        ours, key = _FIELDS.get(name, (name, "")) if about_issues else (name, "")
        if ours == "due_date" and about_issues:
            value = re.sub(r"^(\d\d)-(\d\d)-(\d{4})$", r"\3-\1-\2", str(value))  # noqa: PLW2901  the same value, written anew
        yield ours, {key: str(value)} if key else value


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else otherwise
