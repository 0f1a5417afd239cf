"""Misfortunes on demand: which requests suffer, how often, and what happens to them."""

import gzip
import itertools
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from zbt_notebook.simulator.http import Delivery, Request, Response, encode_json, html_response, json_response

Handle = Callable[[Request], Response]

# Every kind with its options and their defaults. With `after` and `times`, any answer can be any other: `answer` puts
# one in the place of what would have come, `edit` changes what comes, `meanwhile` changes the world before it comes.
KINDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "latency": {"seconds": 1.0},
        "drip": {"seconds": 0.05, "size": 64},
        "chunk_drip": {"seconds": 0.05, "size": 64},  # characters of a chunk's header, one at a time
        "hang": {"seconds": 60.0},
        "reset": {"size": 0},
        "truncate": {"size": None},  # half of the body
        "wrong_length": {"by": -10},
        "status": {"status": 503},
        "answer": {"status": 200, "body": "", "headers": None},  # a body is bytes, text, or a value sent as JSON
        "edit": {"edit": None},  # a function from request and response to a response
        "meanwhile": {"do": None},  # a function that is called just before the answer is made
        "same_page": {},  # a list that heeds neither index nor page
        "small_pages": {"size": 100},  # a list that gives so many rows at most, whatever is asked for
        "other_key": {"key": "rows"},  # a list under a key that is not its own
        "server_error": {"shape": None},  # gateway or classic; None: that of the path
        "html": {"status": 200},
        "broken_json": {},
        "redirect": {"to": "https://elsewhere.test", "status": 307},
        "early_401": {},
        "echo": {"status": 400},
        "gzip_bomb": {"size": 64 * 1024 * 1024},
        "huge": {"size": 32 * 1024 * 1024},
    }
)

_CLASSIC_ERROR = {"code": 6500, "message": "Internal server error"}
# Of the gateway's the title is recorded; what stands beside it is as in its other refusals.
_GATEWAY_ERROR = {
    "status_code": "500",
    "title": "INTERNAL_SERVER_ERROR",
    "details": [{"message": "Internal server error"}],
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule: the next *times* matching requests, after the first *after* ones, meet this (None: all of them).

    ``path`` is a path with everything below it, whether it ends in a slash or not, or a pattern as of fnmatch:
    ``/restapi/`` is the whole classic API, ``*/bugs/`` every list of bugs, ``/oauth/v2/toke[n]`` that one alone.
    """

    number: int
    kind: str
    path: str = "*"
    method: str | None = None
    times: int | None = 1
    after: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        """Tell whether this rule is about a request."""
        return self.method in {None, request.method} and _covers(self.path, request.path)


def _covers(rule: str, path: str) -> bool:
    if any(sign in rule for sign in "*?["):
        return fnmatchcase(path, rule)
    return f"{path}/".startswith(f"{rule.rstrip('/')}/")


class Faults:
    """The rules in force; thread-safe."""

    def __init__(self) -> None:
        self._rules: dict[int, Fault] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(
        self,
        *,
        kind: str,
        path: str = "*",
        method: str | None = None,
        times: int | None = 1,
        after: int = 0,
        **options: Any,
    ) -> Fault:
        """Add a rule; ValueError for a kind or an option that does not exist."""
        if kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {kind!r}")
        if wrong := options.keys() - KINDS[kind].keys():
            raise ValueError(f"{kind} has the options {', '.join(KINDS[kind]) or '(none)'}, not {', '.join(wrong)}")
        method = method and method.upper()
        with self._lock:
            fault = Fault(next(self._numbers), kind, path, method, times, after, {**KINDS[kind], **options})
            self._rules[fault.number] = fault
        return fault

    def clear(self) -> None:
        """End all misfortune."""
        with self._lock:
            self._rules.clear()

    @property
    def active(self) -> list[Fault]:
        """The rules that still wait for requests."""
        with self._lock:
            return list(self._rules.values())

    def take(self, request: Request) -> list[Fault]:
        """Use up what a request meets: any latency, and the first other misfortune."""
        with self._lock:
            met: list[Fault] = []
            for fault in [rule for rule in self._rules.values() if rule.matches(request)]:
                if fault.kind != "latency" and any(other.kind != "latency" for other in met):
                    continue
                if fault.after:
                    self._rules[fault.number] = replace(fault, after=fault.after - 1)
                    continue
                met.append(fault)
                if fault.times is not None and fault.times <= 1:
                    del self._rules[fault.number]
                elif fault.times is not None:
                    self._rules[fault.number] = replace(fault, times=fault.times - 1)
            return met


def suffer(faults: list[Fault], request: Request, handle: Handle) -> Response:
    """Answer a request that meets *faults*; what happens on the wire becomes the response's delivery."""
    delay = sum(float(fault.options["seconds"]) for fault in faults if fault.kind == "latency")
    other = next((fault for fault in faults if fault.kind != "latency"), None)
    if other is None:
        response = handle(request)
    elif other.kind in _ANOTHER:
        response = _ANOTHER[other.kind](other.options, request, handle)
    else:
        response = _suffer(other, request, handle)
    return replace(response, delivery=replace(response.delivery, delay=delay))


def _suffer(fault: Fault, request: Request, handle: Handle) -> Response:  # noqa: PLR0911  one return a kind
    options = fault.options
    match fault.kind:
        case "status":
            return json_response(int(options["status"]), {"error": _CLASSIC_ERROR})
        case "server_error":
            as_gateway = options["shape"] == "gateway" or (options["shape"] is None and _covers("/api/", request.path))
            return json_response(500, {"error": _GATEWAY_ERROR if as_gateway else _CLASSIC_ERROR})
        case "html":
            page = "<!doctype html><html><body><h1>We will be back soon</h1></body></html>"
            return html_response(int(options["status"]), page)
        case "redirect":
            target = str(options["to"]).rstrip("/") + request.path
            return Response(int(options["status"]), b"", (("Location", target),))
        case "early_401":
            details = [{"message": "Invalid OAuth access token."}]
            error = {"status_code": "401", "title": "INVALID_OAUTHTOKEN", "details": details}
            return json_response(401, {"error": error})
        case "echo":
            return json_response(int(options["status"]), {"error": {"code": 6500, "message": _echo(request)}})
        case "gzip_bomb":
            headers = (("Content-Type", "application/json;charset=UTF-8"), ("Content-Encoding", "gzip"))
            return Response(200, _bomb(int(options["size"])), headers)
        case "huge":
            return _huge(int(options["size"]))
        case "broken_json":
            response = handle(request)
            return replace(response, body=response.body[: len(response.body) // 2] + b'{"')
    return _on_the_wire(fault, handle(request))


def _on_the_wire(fault: Fault, response: Response) -> Response:
    options = fault.options
    match fault.kind:
        case "drip" | "chunk_drip" as kind:
            return replace(
                response, delivery=Delivery(kind, seconds=float(options["seconds"]), size=int(options["size"]))
            )
        case "hang":
            return replace(response, delivery=Delivery("hang", seconds=float(options["seconds"])))
        case "reset":
            return replace(response, delivery=Delivery("reset", size=int(options["size"])))
        case "truncate":
            size = len(response.body) // 2 if options["size"] is None else int(options["size"])
            return replace(response, delivery=Delivery("truncate", size=size))
    return replace(response, delivery=Delivery("wrong_length", size=int(options["by"])))


def _answer(options: Mapping[str, Any], _request: Request, _handle: Handle) -> Response:
    body, headers = options["body"], tuple(dict(options["headers"] or {}).items())
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, bytes):
        return Response(int(options["status"]), body, headers)
    return json_response(int(options["status"]), body, *headers)


def _edit(options: Mapping[str, Any], request: Request, handle: Handle) -> Response:
    response = handle(request)
    return options["edit"](request, response) if options["edit"] else response


def _meanwhile(options: Mapping[str, Any], request: Request, handle: Handle) -> Response:
    if options["do"]:
        options["do"]()
    return handle(request)


def _asked_with(request: Request, **changes: Callable[[str], str | None]) -> Request:
    """The same request with query words changed; None takes one away."""
    parts = urlsplit(request.url)
    pairs = [(name, changes[name](value) if name in changes else value) for name, value in request.query.items()]
    query = urlencode([(name, value) for name, value in pairs if value is not None])
    return replace(request, url=urlunsplit(parts._replace(query=query)))


def _same_page(_options: Mapping[str, Any], request: Request, handle: Handle) -> Response:
    return handle(_asked_with(request, index=lambda _: None, page=lambda _: "1"))


def _small_pages(options: Mapping[str, Any], request: Request, handle: Handle) -> Response:
    most = int(options["size"])

    def fewer(size: str) -> str:
        return str(min(int(size), most)) if size.isdigit() else size

    return handle(_asked_with(request, range=fewer, per_page=fewer))


def _other_key(options: Mapping[str, Any], request: Request, handle: Handle) -> Response:
    response = handle(request)
    body = json.loads(response.body or b"{}")
    if not isinstance(body, dict):
        return response
    name = next((name for name, value in body.items() if isinstance(value, list) and name != "page_info"), None)
    renamed = {options["key"] if key == name else key: value for key, value in body.items()}
    return replace(response, body=encode_json(renamed))


_ANOTHER: Mapping[str, Callable[[Mapping[str, Any], Request, Handle], Response]] = MappingProxyType(
    {
        "answer": _answer,
        "edit": _edit,
        "meanwhile": _meanwhile,
        "same_page": _same_page,
        "small_pages": _small_pages,
        "other_key": _other_key,
    }
)


def _echo(request: Request) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{request.method} {request.url}\n{headers}\n\n{request.body.decode('utf-8', 'replace')}"


def _bomb(size: int) -> bytes:
    return gzip.compress(b'{"bugs":[' + b" " * size + b"]}", compresslevel=9)


def _huge(size: int) -> Response:
    row = json.dumps({"id": 1, "id_string": "1", "title": "x" * 900}).encode()
    body = b'{"bugs":[' + b",".join([row] * max(1, size // len(row))) + b"]}"
    return Response(200, body, (("Content-Type", "application/json;charset=UTF-8"),))
