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

from zbt_notebook.simulator.http import Delivery, Request, Response, html_response, json_response

# Every kind with its options and their defaults.
KINDS: Mapping[str, Mapping[str, float | int | str | None]] = MappingProxyType(
    {
        "latency": {"seconds": 1.0},
        "drip": {"seconds": 0.05, "size": 64},
        "hang": {"seconds": 60.0},
        "reset": {"size": 0},
        "truncate": {"size": None},  # half of the body
        "wrong_length": {"by": -10},
        "status": {"status": 503},
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
        **options: float | str,
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


def suffer(faults: list[Fault], request: Request, handle: Callable[[Request], Response]) -> Response:
    """Answer a request that meets *faults*; what happens on the wire becomes the response's delivery."""
    delay = sum(float(fault.options["seconds"]) for fault in faults if fault.kind == "latency")
    other = next((fault for fault in faults if fault.kind != "latency"), None)
    response = handle(request) if other is None else _suffer(other, request, handle)
    return replace(response, delivery=replace(response.delivery, delay=delay))


def _suffer(fault: Fault, request: Request, handle: Callable[[Request], Response]) -> Response:  # noqa: PLR0911  one return a kind
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
            return json_response(int(options["status"]), {"error": {"code": 6500, "message": _told_back(request)}})
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
        case "drip":
            return replace(
                response, delivery=Delivery("drip", seconds=float(options["seconds"]), size=int(options["size"]))
            )
        case "hang":
            return replace(response, delivery=Delivery("hang", seconds=float(options["seconds"])))
        case "reset":
            return replace(response, delivery=Delivery("reset", size=int(options["size"])))
        case "truncate":
            size = len(response.body) // 2 if options["size"] is None else int(options["size"])
            return replace(response, delivery=Delivery("truncate", size=size))
    return replace(response, delivery=Delivery("wrong_length", size=int(options["by"])))


def _told_back(request: Request) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{request.method} {request.url}\n{headers}\n\n{request.body.decode('utf-8', 'replace')}"


def _bomb(size: int) -> bytes:
    return gzip.compress(b'{"bugs":[' + b" " * size + b"]}", compresslevel=9)


def _huge(size: int) -> Response:
    row = json.dumps({"id": 1, "id_string": "1", "title": "x" * 900}).encode()
    body = b'{"bugs":[' + b",".join([row] * max(1, size // len(row))) + b"]}"
    return Response(200, body, (("Content-Type", "application/json;charset=UTF-8"),))
