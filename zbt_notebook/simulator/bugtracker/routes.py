"""The route table: what can be called, with which scope and which parameters, and who answers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.switches import Switches

Handler = Callable[[Call], Answer]
CLASSIC = "/restapi/"
_FIELD = re.compile(r"\{(\w+)\}")


def always(_: Switches) -> bool:
    """Of a path that every portal has."""
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one path.

    ``scope`` is its module and operation; ``body`` describes form fields in the classic API and JSON keys in V3, but
    for a ``form``; ``returns`` is the JSON schema of the answer, None where it has no
    body, and ``empty`` tells that 204 may come in its place.
    """

    method: str
    path: str
    scope: str
    handler: Handler
    about: str
    query: tuple[Parameter, ...] = ()
    body: tuple[Parameter, ...] = ()
    returns: Json | None = None
    status: int = 200
    empty: bool = False
    binary: bool = False
    form: bool = False  # V3: the body is a form all the same
    lenient: bool = False  # V3: unknown keys of the body are ignored, as of issues, where the switch wants it so
    also: tuple[str, ...] = ()  # scopes of other families that V3 asks for besides
    where: Callable[[Switches], bool] = always  # V3: whether this portal has the path

    @property
    def classic(self) -> bool:
        """Tell the classic API from V3."""
        return self.path.startswith(CLASSIC)

    @property
    def module(self) -> str:
        """The module of its scope: ``bugs``."""
        return self.scope.partition(".")[0]

    @property
    def operation(self) -> str:
        """The operation of its scope: ``READ``."""
        return self.scope.partition(".")[2]

    @property
    def pattern(self) -> str:
        """What the throttle counts by."""
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class _Resource:
    """All methods of one path."""

    regex: re.Pattern[str]
    names: tuple[str, ...]
    methods: dict[str, Route] = field(default_factory=dict)


class RouteTable:
    """Finds the route of a method and a path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._by_length: dict[int, list[_Resource]] = {}
        resources: dict[str, _Resource] = {}
        for route in self.routes:
            resource = resources.get(route.path)
            if resource is None:
                resource = resources[route.path] = _Resource(_compile(route.path), tuple(_FIELD.findall(route.path)))
                self._by_length.setdefault(_length(route.path), []).append(resource)
            if route.method in resource.methods:
                message = f"two routes answer {route.pattern}"
                raise ValueError(message)
            resource.methods[route.method] = route

    def find(self, method: str, path: str, switches: Switches) -> tuple[Route, dict[str, str]]:
        """Give the route and the values of its path; Refused where there is none."""
        for resource in self._by_length.get(_length(path), ()):
            if found := resource.regex.fullmatch(path):
                if method not in resource.methods:
                    raise refusals.wrong_method(method, switches)
                return resource.methods[method], dict(zip(resource.names, map(unquote, found.groups()), strict=True))
        raise refusals.wrong_url()

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that a path knows, for ``Allow``."""
        for resource in self._by_length.get(_length(path), ()):
            if resource.regex.fullmatch(path):
                return tuple(resource.methods)
        return ()


def _length(path: str) -> int:
    return path.rstrip("/").count("/")


def _compile(path: str) -> re.Pattern[str]:
    def piece(found: re.Match[str]) -> str:
        by_name = found[1] == "portal" and path.startswith(CLASSIC)  # V3 takes the portal's number alone
        if found[1] == "who":
            return "([^/]+)"  # a zpuid, or an e-mail address
        if found[1] == "version":  # its id, or what people call it: 1.0
            return r"([0-9]{1,19}(?:\.[0-9]{1,4})?)"
        return "([^/]+)" if by_name else "([0-9]{1,19})"

    # Classic paths end with a slash, with or without which Zoho's own pages print them; V3's have none.
    slash = "/?" if path.startswith(CLASSIC) else ""
    return re.compile(_FIELD.sub(piece, re.escape(path.rstrip("/")).replace(r"\{", "{").replace(r"\}", "}")) + slash)
