"""The REST dialect of Zoho BugTracker: calls built, answers judged and read, pages followed; nothing sent."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Pairs, Request, Response, Upload, decode_json
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.endpoints import Endpoint

DEFAULT_PAGE_SIZE = 100  # what it gives when nothing is said

_CLASSIC, _V3 = "/restapi", "/api/v3"
_FORBIDDEN_IN_PATH = frozenset('\\"<>^`{|}') | {chr(code) for code in (*range(33), 127)}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call as the user means it: a path of Zoho's, parameters, and at most one kind of body."""

    method: str
    path: str
    params: Pairs = ()
    headers: Pairs = field(default=(), repr=False)  # the caller's own words: nobody knows what they hold
    fields: tuple[tuple[str, Any], ...] = ()
    json: Any = None
    uploads: tuple[Upload, ...] = ()
    raw: bytes | None = field(default=None, repr=False)

    def param(self, name: str) -> str | None:
        """The last value given for a query parameter."""
        return dict(self.params).get(name)

    def with_params(self, **params: object) -> "ApiCall":
        """The same call with these query parameters in place of any of the same names."""
        kept = tuple(pair for pair in self.params if pair[0] not in params)
        return replace(self, params=(*kept, *((name, str(value)) for name, value in params.items())))


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. ``records`` is None where it is one thing (``thing``), not a list; ``next`` asks for what follows."""

    records: list[Any] | None
    thing: Any
    body: Any
    next: ApiCall | None = None


def normalize(call: ApiCall, data_center: DataCenter) -> ApiCall:
    """Check the path and write it in full; raise UsageError for one that could leave the data centre's API."""
    method = call.method.upper()
    path, query = _in_full(call.path.strip(), data_center)
    endpoint = endpoints.match(method, path)
    if endpoint and endpoint.path.endswith("/") and not path.endswith("/"):
        path += "/"
    params = (*query, *call.params)
    if method == "GET" and endpoint and endpoint.paging == "page" and "page" not in dict(params):
        params = (*params, ("page", "1"))  # mandatory in V3: without it LESS_THAN_MIN_OCCURANCE
    return replace(call, method=method, path=path, params=params)


def write(call: ApiCall, data_center: DataCenter, host: str = "") -> Request:
    """Write a call that ``normalize`` has checked as a request: classic bodies are forms, V3 bodies mostly JSON.

    *host* is the origin that it goes to, in place of the data centre's own.
    """
    endpoint = endpoints.match(call.method, call.path)
    params = call.params
    if call.method == "GET" and endpoint and endpoint.paging == "page" and call.param("per_page") is None:
        params = (*params, ("per_page", str(_default_size(endpoint))))  # 100 by the documents, 10 in their examples
    request = Request(
        call.method, (host or data_center.api_url) + call.path, params, call.headers, uploads=call.uploads
    )
    if call.raw is not None:
        return replace(request, raw=call.raw)
    form = bool(call.uploads) or (endpoint.body in {"form", "file"} if endpoint else not call.path.startswith(_V3))
    fields = call.fields
    if call.json is not None:
        as_fields = _as_fields(call.json, endpoint) if form and endpoint and endpoint.is_v3 else None
        if as_fields is None:
            return replace(request, json=call.json)
        fields = as_fields
    if not fields and not call.uploads:
        return request
    if call.path.startswith(_V3) and not form:
        return replace(request, json=dict(fields))
    return replace(request, form=tuple((name, _as_text(value)) for name, value in fields))


def _default_size(endpoint: Endpoint | None) -> int:
    return min(DEFAULT_PAGE_SIZE, endpoint.page_size) if endpoint else DEFAULT_PAGE_SIZE


def _as_fields(body: Any, endpoint: Endpoint) -> tuple[tuple[str, Any], ...] | None:
    """A JSON body as the form that V3 takes in some places; None where it is neither an object nor the one field."""
    if isinstance(body, dict):
        return tuple((str(name), value) for name, value in body.items())
    required = [param.name for param in endpoint.params if param.place == "form" and param.required]
    return ((required[0], body),) if len(required) == 1 else None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _in_full(path: str, data_center: DataCenter) -> tuple[str, Pairs]:
    if not _FORBIDDEN_IN_PATH.isdisjoint(path):
        wrong = next(character for character in path if character in _FORBIDDEN_IN_PATH)
        raise UsageError(f"the path holds {wrong!r}", hint="Write it percent-encoded, or put it into a parameter.")
    if "://" in path.partition("?")[0] or path.startswith("//"):
        own = [url for url in data_center.v3_hosts if path.lower().startswith(url.lower() + "/")]
        if not own or (own[0] != data_center.api_url and not path[len(own[0]) :].startswith("/api/")):
            raise UsageError(
                "the address is not of this connection's API host",
                hint=f"Write the path alone, or an address that begins with {data_center.api_url}/.",
            )
        path = path[len(own[0]) :]
    parts = urlsplit("//host/" + path.removeprefix("/"))
    has_dots = "." in parts.path or "%" in parts.path  # seldom: the look at each segment is then worth its time
    if has_dots and any(unquote(segment) in {".", ".."} for segment in parts.path.split("/")):
        raise UsageError("the path holds a '..' or '.' segment", hint="Write the path in full.")
    if parts.path.startswith("//"):
        raise UsageError("the path begins with two slashes", hint="Write it with one.")
    full = parts.path if parts.path.startswith((_CLASSIC + "/", "/api/")) else _CLASSIC + parts.path
    return full, tuple(parse_qsl(parts.query, keep_blank_values=True))


def read(response: Response, call: ApiCall) -> Page:
    """Read the answer to a normalized call that ``judge`` let pass."""
    endpoint = endpoints.match(call.method, call.path)
    if response.status == 204 or not response.body:  # noqa: PLR2004  No Content: an empty list, or a deletion
        return _nothing(call, endpoint)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in {"application/json", "text/json", "text/html", "text/plain"}:
        return Page(None, response.body, response.body)  # a file
    body = decode_json(response)
    if endpoint and endpoint.is_v3 and not endpoint.list_keys and _is_one(body):
        body = body[0]  # V3 shows one issue as an array of one; others saw the object itself
    records = _records(body, call, endpoint)
    if records is None:
        return Page(None, _thing(body, endpoint), body)
    return Page(records, None, body, _next_call(call, endpoint, body, records))


def _nothing(call: ApiCall, endpoint: Endpoint | None) -> Page:
    if call.method != "GET" or (endpoint and endpoint.list_key is None):
        return Page(None, None, None)
    return Page([], None, {endpoint.list_key: []} if endpoint and endpoint.list_key else [])


def _records(body: Any, call: ApiCall, endpoint: Endpoint | None) -> list[Any] | None:
    """The list in an answer, or None where the answer is one thing."""
    if call.method != "GET" or (endpoint and not endpoint.list_keys):
        return None
    if not isinstance(body, dict):
        return body if isinstance(body, list) else None
    if isinstance(body.get("timelogs"), dict):
        return list(_time_logs(body["timelogs"]))
    if isinstance(body.get("time_logs"), list):
        return list(_time_logs_of_v3(body["time_logs"]))
    for key in endpoint.list_keys if endpoint else ():
        if key and isinstance(body.get(key), list):
            return list(body[key])
    lists = [value for name, value in body.items() if isinstance(value, list) and name != "page_info"]
    return list(lists[0]) if len(lists) == 1 else None


def _time_logs(timelogs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A record a log: Zoho groups them by day, then by what they are logged on."""
    days = timelogs.get("date")
    for day in days if isinstance(days, list) else []:
        of_day = {f"day_{name}": value for name, value in day.items() if not isinstance(value, list)}
        for name, logs in day.items():
            for log in logs if isinstance(logs, list) else []:
                yield {**log, "log_type": name.removesuffix("logs"), **of_day}


def _time_logs_of_v3(days: list[Any]) -> Iterator[Any]:
    """A record a log, as of the classic API; a log that lies among the days is one already."""
    for day in days:
        logs = [value for value in day.values() if isinstance(value, list)] if isinstance(day, dict) else []
        if not logs:
            if not isinstance(day, dict) or "id" in day:
                yield day
            continue
        of_day = {f"day_{name}": value for name, value in day.items() if not isinstance(value, list)}
        for log in logs[0]:
            yield {**of_day, **log} if isinstance(log, dict) else log


def _is_one(body: Any) -> bool:
    return isinstance(body, list) and len(body) == 1 and isinstance(body[0], dict)


def _thing(body: Any, endpoint: Endpoint | None) -> Any:
    """The one thing in its envelope: ``{"bugs": [{…}]}`` is a bug, ``{"issue_resolution": {…}}`` a resolution."""
    if endpoint and endpoint.envelope:
        inner = body
        for key in endpoint.envelope.split("."):
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, (dict, list)):
            return inner[0] if _is_one(inner) else inner
    if isinstance(body, dict):
        inner = [value for name, value in body.items() if name != "page_info"]
        if len(inner) == 1 and isinstance(inner[0], list) and len(inner[0]) == 1 and isinstance(inner[0][0], dict):
            return inner[0][0]
    return body[0] if _is_one(body) else body


def paging_by_path(path: str) -> str:
    """How an unknown list is paged: V3 counts pages, the classic API records."""
    return "page" if path.startswith(_V3) else "index"


def _next_call(call: ApiCall, endpoint: Endpoint | None, body: Any, records: list[Any]) -> ApiCall | None:
    paging = endpoint.paging if endpoint else paging_by_path(call.path)
    if paging == "page":
        info = body.get("page_info") if isinstance(body, dict) else None
        info = info[0] if isinstance(info, list) and info else info
        more = len(records) >= number(call.param("per_page"), _default_size(endpoint))
        if isinstance(info, dict) and "has_next_page" in info:
            more = str(info["has_next_page"]).lower() == "true"  # a boolean or a string: both were recorded
        return call.with_params(page=number(call.param("page"), 1) + 1) if more and records else None
    if paging == "index":
        if not records or len(records) < number(call.param("range"), DEFAULT_PAGE_SIZE):
            return None
        # index counts from 1 (glossary-api.html); a client that begins at 0 is given the first page as well
        return call.with_params(index=number(call.param("index"), first_index(endpoint)) + len(records))
    return None


def first_index(endpoint: Endpoint | None) -> int:
    """The position of a list's first record: 1, but 0 of the tags."""
    index = endpoint.parameter("index") if endpoint else None
    return 0 if index and index.default == "0" else 1


def number(text: str | None, otherwise: int) -> int:
    """A parameter as a number above zero."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else otherwise


def column_types(call: ApiCall) -> Mapping[str, str]:
    """Column -> type where the catalogue knows that Zoho writes numbers or booleans as strings."""
    endpoint = endpoints.match(call.method, call.path)
    return endpoint.columns if endpoint else {}
