"""What a call of the classic API is called in V3: path, method and parameters translated; nothing sent."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from zbt_notebook.client.lists.v3_filter import filter_of
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall

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
    first, last = _days(given.get("view_type", "day"), day)
    yield from (("view_type", "customdate"), ("start_date", str(first)), ("end_date", str(last)))


def _days(view: str, day: date) -> tuple[date, date]:
    if view == "week":
        first = day - timedelta(days=(day.weekday() + 1) % 7)  # Zoho's weeks begin on Sunday
        return first, first + timedelta(days=6)
    if view == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day, day


def _fields(call: ApiCall, path: str) -> Iterator[tuple[str, Any]]:
    about_issues = "/issues" in path
    for name, value in call.fields:
        ours, key = _FIELDS.get(name, (name, "")) if about_issues else (name, "")
        if ours == "due_date" and about_issues:
            value = re.sub(r"^(\d\d)-(\d\d)-(\d{4})$", r"\3-\1-\2", str(value))  # noqa: PLW2901  the same value, written anew
        yield ours, {key: str(value)} if key else value


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else otherwise
