"""The REST dialect of Zoho BugTracker: calls built, answers judged and read, pages followed; nothing sent."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.http.messages import Pairs, Request, Response, Upload, decode_json
from zbt_notebook.client.redactor import one_line
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
        given = ((name, str(value)) for name, value in params.items())
        return replace(self, params=(*self.without_params(params).params, *given))

    def without_params(self, names: Collection[str]) -> "ApiCall":
        """The same call without these query parameters."""
        return replace(self, params=tuple(pair for pair in self.params if pair[0] not in names))


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. ``records`` is None where it is one thing (``thing``), not a list; ``next`` asks for what follows.

    ``more`` is the server's own word on whether the list goes on, None where it says nothing; ``key`` is the name under
    which the records stood. ``misread`` says what an answer is where a list was asked for and none could be read.
    """

    records: list[Any] | None
    thing: Any
    body: Any
    next: ApiCall | None = None
    more: bool | None = None
    key: str = ""
    misread: str = ""

    def the_records(self, call: ApiCall) -> list[Any]:
        """The records; raise ApiError where the answer could not be read as a list, NotAList where it is one thing."""
        if self.records is not None:
            return self.records
        where = f"{call.method} {call.path}"
        if self.misread:
            raise ApiError(
                f"{where}: {one_line(self.misread)}",
                hint="This is no answer to rely on: look at it with connection.get(path).",
            )
        raise NotAList(
            f"{where} answers with one thing, not with a list", hint="Use connection.get(path) for it.", page=self
        )


class NotAList(UsageError):
    """The answer is one thing, ``page.thing``, where a list was asked for."""

    def __init__(self, message: str, *, hint: str = "", page: Page | None = None) -> None:
        super().__init__(message, hint=hint)
        self.page = page or Page(None, None, None)


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
    is_list = call.method == "GET" and endpoint is not None and endpoint.list_key is not None
    if kind and kind not in {"application/json", "text/json", "text/html", "text/plain"}:
        return Page(None, response.body, response.body, misread=f"the answer is a file ({kind})" if is_list else "")
    body = decode_json(response)
    if endpoint and endpoint.is_v3 and not endpoint.list_keys and _is_one(body):
        body = body[0]  # V3 shows one issue as an array of one; others saw the object itself
    if call.method != "GET" or (endpoint and not endpoint.list_keys):
        return Page(None, _thing(body, endpoint), body)
    try:
        found = _records(body, endpoint, call.path)
    except _NotUnderstoodError as problem:
        return Page(None, _thing(body, endpoint), body, misread=str(problem))
    if found is None:
        return Page(None, _thing(body, endpoint), body)
    key, records = found
    more = _has_more(body)
    return Page(records, None, body, _next_call(call, endpoint, records, more), more, key)


def _nothing(call: ApiCall, endpoint: Endpoint | None) -> Page:
    if call.method != "GET" or (endpoint and endpoint.list_key is None):
        return Page(None, None, None)
    return Page([], None, {endpoint.list_key: []} if endpoint and endpoint.list_key else [])


class _NotUnderstoodError(ValueError):
    """What an answer is that should have been a list."""


_SAME_LIST = ({"bugs", "issues"}, {"milestones", "phases"}, {"timelogs", "time_logs"})  # names of one thing, by turns


def _records(body: Any, endpoint: Endpoint | None, path: str) -> tuple[str, list[Any]] | None:
    """The list in an answer and the name that it stands under; None where an unknown address answers with one thing."""
    if isinstance(body, list):
        return "", body
    if not isinstance(body, dict):
        if endpoint is None:
            return None
        raise _NotUnderstoodError(f"the answer is {_kind(body)} where a list was asked for")
    keys = endpoint.list_keys if endpoint else ()
    key = next((key for key in keys if key in body), "")
    names = [name for name in body if name not in {"page_info", "error"}]
    if key not in names:
        lists = [name for name in names if isinstance(body[name], list)]
        logs = [name for name in names if name in {"timelogs", "time_logs"} and not lists]
        key = _only_name(logs or lists, names, endpoint, path)
        if not key:
            return ("", []) if endpoint else None
    if key in {"timelogs", "time_logs"}:
        return key, list(_time_logs(body[key]))
    if not body[key]:
        return key, []
    if not isinstance(body[key], list):
        raise _NotUnderstoodError(f"{key!r} holds {_kind(body[key])} where a list was asked for")
    return key, list(body[key])


def _only_name(lists: list[str], names: list[str], endpoint: Endpoint | None, path: str) -> str:
    """The name that the records stand under where it is not the expected one; none for an empty envelope."""
    if endpoint is None:
        return lists[0] if len(lists) == 1 else ""
    if not names:
        return ""
    wanted = endpoint.list_key or path.rstrip("/").rpartition("/")[2]
    alike = {*endpoint.list_keys, *next((names_of for names_of in _SAME_LIST if wanted in names_of), {wanted})}
    if len(lists) == 1 and lists[0] in alike:
        return lists[0]
    shown = ", ".join(repr(name[:40]) for name in names[:4])
    raise _NotUnderstoodError(f"the answer holds {shown}, and not {wanted!r}")


def _kind(value: Any) -> str:
    kinds = {dict: "an object", str: "a text", bool: "a truth value", int: "a number", float: "a number"}
    return kinds.get(type(value), "nothing" if value is None else "a list")


def _time_logs(logs: Any) -> Iterator[Any]:
    """A record a log: Zoho groups them by day, then by what they are logged on; without days where there is one answer.

    Raise _NotUnderstoodError for logs that lie in another shape: they would be missing without a word.
    """
    for day in _days(logs):
        if not isinstance(day, dict):
            raise _NotUnderstoodError(f"the time logs hold {_kind(day)} where a day or a log was expected")
        lists = {name: value for name, value in day.items() if isinstance(value, list)}
        if not lists and "id" in day:
            yield day  # a log that lies among the days
            continue
        of_day = {f"day_{name}": value for name, value in day.items() if name not in lists and name not in _TOTALS}
        odd = [name for name, value in of_day.items() if isinstance(value, dict) and value]
        if odd:
            raise _NotUnderstoodError(f"the time logs hold an object under {odd[0].removeprefix('day_')!r}")
        for name, of_kind in lists.items():
            for log in of_kind:
                if not isinstance(log, dict):
                    raise _NotUnderstoodError(f"the time logs hold {_kind(log)} among {name!r}")
                on = {"log_type": name.removesuffix("logs")} if name.endswith("logs") and name != "logs" else {}
                yield {**of_day, **log} if not on else {**log, **on, **of_day}


_TOTALS = frozenset({"grandtotal", "role"})  # of all days, not of one


def _days(logs: Any) -> Iterator[Any]:
    if not logs:
        return
    if isinstance(logs, list):
        yield from logs
    elif not isinstance(logs, dict):
        raise _NotUnderstoodError(f"the time logs are {_kind(logs)}")
    else:
        days = logs.get("date")
        if isinstance(days, list):
            yield from days
        elif isinstance(days, dict):
            yield days
        rest = {name: value for name, value in logs.items() if name != "date" or not isinstance(days, list | dict)}
        if any(isinstance(value, list | dict) for value in rest.values()):
            yield rest


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


def _has_more(body: Any) -> bool | None:
    """The server's own word: a boolean or a string, in an object or in a list of one; None where it says nothing."""
    info = body.get("page_info") if isinstance(body, dict) else None
    info = info[0] if isinstance(info, list) and info else info
    word = info.get("has_next_page") if isinstance(info, dict) else None
    return {"true": True, "false": False}.get(str(word).lower())


def _next_call(call: ApiCall, endpoint: Endpoint | None, records: list[Any], more: bool | None) -> ApiCall | None:  # noqa: FBT001  as Page holds it
    paging = endpoint.paging if endpoint else paging_by_path(call.path)
    if paging is None or not records:
        return None
    wanted = number(call.param("per_page" if paging == "page" else "range"), _default_size(endpoint))
    if more is False or (more is None and len(records) < wanted):
        return None
    if paging == "page":
        return call.with_params(page=number(call.param("page"), 1) + 1)
    # index counts from 1 (glossary-api.html); a client that begins at 0 is given the first page as well
    return call.with_params(index=number(call.param("index"), first_index(endpoint)) + len(records))


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
