"""The API's catalogue: every endpoint with its scope, parameters and page, read once from ``endpoints.json``.

The file is read when something is first asked; importing this module costs nothing. ``certainty`` tells how well a fact
is known: DOC Zoho's documentation, CODE Zoho's own wrappers, LIVE a recorded answer, 3P other clients, INF inferred.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from zbt_notebook.client import suggestions
from zbt_notebook.client.rest.likeness import Likeness, is_placeholder

FAMILY = "ZohoBugTracker"
V3_FAMILY = "ZohoProjects"  # the family under which every scope of V3 is documented

_CLASSIC = ("restapi",)
_V3 = "api"  # of which the next segment is v3 or v3.1
_OPERATIONS = {"GET": "READ", "HEAD": "READ", "POST": "CREATE", "PUT": "UPDATE", "PATCH": "UPDATE", "DELETE": "DELETE"}
_LONGEST = 40  # characters of a word that are compared; a pasted essay is no misspelling
_DEEPEST = 12  # segments of a path that are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What an endpoint takes under one name; ``place`` is path, query, form, json or file.

    ``date_format`` is how the endpoint wants a date written, "MM-DD-YYYY" or "YYYY-MM-DD"; empty of all but dates.
    """

    name: str
    place: str
    type: str
    required: bool
    allowed: tuple[str, ...]
    default: str | None
    meaning: str
    certainty: str
    date_format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method and a path of Zoho's.

    ``list_keys`` are the keys that may hold a list answer, ``""`` for a bare array; none where the answer is one thing,
    whose ``envelope`` is the dotted way to it. ``also`` are scopes that it asks for besides. ``paging`` is "index",
    "page" or None, ``page_size`` the most records that it gives at once. ``columns`` maps those whose strings are not
    meant as strings to int, bool, float or datetime, or to a category with its words (``category:Internal|External``).
    """

    id: str
    method: str
    path: str
    module: str
    operation: str
    scope: str
    summary: str
    params: tuple[Parameter, ...]
    list_keys: tuple[str, ...]
    paging: str | None
    certainty: str
    page: str
    columns: Mapping[str, str] = field(hash=False)
    also: tuple[str, ...] = ()
    envelope: str = ""
    page_size: int = 200

    @property
    def list_key(self) -> str | None:
        """The likeliest key of a list answer, ``""`` for a bare array, None where the answer is one thing."""
        return self.list_keys[0] if self.list_keys else None

    @property
    def is_v3(self) -> bool:
        """Whether it is of V3, not of the classic API."""
        return self.path.startswith("/api/")

    @property
    def body(self) -> str:
        """What its body is: "file" (multipart), "form", "json", or empty where it takes none."""
        places = {param.place for param in self.params}
        return next((place for place in ("file", "form", "json") if place in places), "")

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of exactly this name that goes into the query or the body."""
        return next((param for param in self.params if param.name == name and param.place != "path"), None)

    def needs(self, method: str) -> str:
        """The scope that *method* needs at this path, whether the catalogue lists that method or not."""
        sibling = match(method, self.path)
        if sibling:
            return sibling.scope
        operation = _OPERATIONS.get(_verb(method), self.operation)
        return _scope(_catalogue().operations, self.path, self.module, operation)


def all_endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint, module by module; the classic API before V3."""
    return _catalogue().endpoints


def modules() -> tuple[str, ...]:
    """The modules in which scopes are given: portals, projects, bugs and so on."""
    return tuple(dict.fromkeys(module for _, module in _catalogue().operations))


@lru_cache(maxsize=1024)  # a call asks for its endpoint several times
def match(method: str, path: str) -> Endpoint | None:
    """The endpoint that a call goes to, or None.

    The path may lack ``/restapi`` and its last slash, and may be an address. Ids, names and ``{placeholders}`` fit
    where the catalogue has a placeholder; where it has a word of its own, the word wins: ``/bugs/customfields/`` is
    no bug.
    """
    node = _catalogue().root.find(_segments(path))
    return node.endpoints.get(_verb(method)) if node else None


@lru_cache(maxsize=1024)
def template(method: str, path: str) -> str:
    """The name that all calls of one kind share: ``GET /restapi/portal/{}/projects/{}/bugs``.

    Whatever is not a word of the catalogue, in its place, becomes ``{}``, so that unknown paths are named as well and
    no id is kept. Zoho counts its rate limit by such patterns, not by project.
    """
    catalogue = _catalogue()
    segments = _segments(path)
    node = catalogue.root.find(segments)
    names = node.names if node else catalogue.names(segments)
    return f"{_verb(method) or '{}'} /{'/'.join(names)}"


def nearest(method: str, path: str, n: int = 3) -> tuple[Endpoint, ...]:
    """Up to *n* endpoints that look like what was written, the most alike first; none where nothing does."""
    verb, segments = _verb(method), _segments(path)
    written = [segment[:_LONGEST] for segment in _tail(segments)[:_DEEPEST]]
    far = 0.4 + 0.3 * len(written)
    likeness = Likeness(_catalogue().words)
    scored = []
    for order, endpoint in enumerate(all_endpoints()):
        own = _segments(endpoint.path)
        distance = likeness.distance(written, _tail(own)) + 0.4 * (own[0] != segments[0])
        if distance <= far and likeness.shared(written, _tail(own)):
            scored.append((distance + 0.3 * (endpoint.method != verb), order, endpoint))
    scored.sort(key=lambda row: row[:2])
    return tuple(endpoint for _, _, endpoint in scored[: max(n, 0)])


def nearest_parameter(endpoint: Endpoint, name: str) -> Parameter | None:
    """The parameter that *name* was probably meant to be: itself, another spelling, or one that begins with it."""
    by_spelling = {_spelling(param.name): param for param in endpoint.params if param.place != "path"}
    written = _spelling(name)[:_LONGEST]
    close = [written] if written in by_spelling else suggestions.nearest(written, by_spelling, cutoff=0.7)
    if not close and len(written) > 2:  # noqa: PLR2004  two letters begin too much
        close = [spelling for spelling in by_spelling if spelling.startswith(written)]
    close = close or suggestions.nearest(written, by_spelling)
    return by_spelling[close[0]] if close else None


def search(word: str) -> tuple[Endpoint, ...]:
    """The endpoints that every word of the query is found in: its module and path first, then summary and parameters.

    An empty query finds them all.
    """
    words = word.casefold().split()
    ranked = sorted((_rank(endpoint, words), order) for order, endpoint in enumerate(all_endpoints()))
    return tuple(all_endpoints()[order] for rank, order in ranked if rank < _NOT_FOUND)


def children(prefix: str, method: str = "") -> tuple[str, ...]:
    """The segments that may come next in a path that is being typed, for completion.

    ``/portal/{portal}/pro`` gives ``("projects",)``, ``/portal/`` gives ``("{portal}",)``. With *method*, only segments
    on the way to an endpoint that takes it.
    """
    if "?" in prefix or "#" in prefix:
        return ()
    begun, _, last = _without_host(prefix).lstrip("/").rpartition("/")
    root = _catalogue().root
    nodes = [root.follow(_in_full(tuple(begun.split("/"))))] if begun else [root.literals[_CLASSIC[0]], root]
    verb = _verb(method)
    return tuple(
        name
        for node in nodes
        if node
        for name, child in node.children()
        if name.startswith(last) and (not verb or child.leads_to(verb))
    )


_NOT_FOUND = 9


def _rank(endpoint: Endpoint, words: Sequence[str]) -> int:
    fields = (
        {endpoint.module, endpoint.method.casefold(), *_segments(endpoint.path)},
        f"{endpoint.path} {endpoint.scope} {endpoint.id}".casefold(),
        endpoint.summary.casefold(),
        " ".join(f"{param.name} {param.meaning}" for param in endpoint.params).casefold(),
    )
    return max((next((r for r, text in enumerate(fields) if word in text), _NOT_FOUND) for word in words), default=0)


def _verb(method: str) -> str:
    verb = method.strip().upper()
    return verb if verb.isascii() and verb.isalpha() and len(verb) < _LONGEST else ""


def _spelling(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _without_host(path: str) -> str:
    scheme, mark, rest = path.partition("://")
    return "/" + rest.partition("/")[2] if mark and "/" not in scheme else path


def _segments(path: str) -> tuple[str, ...]:
    """The segments of a path in full: without host, query and outer slashes, with the prefix of the classic API."""
    path = path.partition("?")[0].partition("#")[0].strip()
    return _in_full(tuple(_without_host(path).strip("/").split("/")))


def _in_full(segments: tuple[str, ...]) -> tuple[str, ...]:
    if segments[0] in {_CLASSIC[0], _V3}:
        return segments
    return _CLASSIC if segments == ("",) else (*_CLASSIC, *segments)


def _tail(segments: tuple[str, ...]) -> tuple[str, ...]:
    return segments[2:] if segments[0] == _V3 else segments[1:]


class _Node:
    """What may follow a beginning of a path."""

    # No dataclass, as _Catalogue and Likeness are none: each would add half a millisecond to the import.
    __slots__ = ("anything", "endpoints", "literals", "names", "placeholder")

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = names
        self.placeholder = ""
        self.anything: _Node | None = None
        self.literals: dict[str, _Node] = {}
        self.endpoints: dict[str, Endpoint] = {}

    def add(self, segment: str) -> "_Node":
        if not is_placeholder(segment):
            return self.literals.setdefault(segment, _Node((*self.names, segment)))
        self.placeholder = segment
        self.anything = self.anything or _Node((*self.names, "{}"))
        return self.anything

    def step(self, segment: str) -> "_Node | None":
        """One segment on: by the word itself, else by the placeholder, which takes anything that names something."""
        return self.literals.get(segment) or (self.anything if segment not in {"", ".", ".."} else None)

    def follow(self, segments: Sequence[str]) -> "_Node | None":
        node: _Node | None = self
        for segment in segments:
            node = node.step(segment) if node else None
        return node

    def find(self, segments: Sequence[str]) -> "_Node | None":
        """The node with endpoints at the end of the way; where the way by the word ends early, by the placeholder."""
        if not segments:
            return self if self.endpoints else None
        literal = self.literals.get(segments[0])
        found = literal.find(segments[1:]) if literal else None
        if found or not self.anything or segments[0] in {"", ".", ".."}:
            return found
        return self.anything.find(segments[1:])

    def children(self) -> "Iterator[tuple[str, _Node]]":
        if self.anything:
            yield self.placeholder, self.anything
        yield from self.literals.items()

    def leads_to(self, method: str) -> bool:
        return method in self.endpoints or any(child.leads_to(method) for _, child in self.children())


class _Catalogue:
    """The endpoints, the operations of each module, and the paths as a tree."""

    __slots__ = ("endpoints", "operations", "root", "words")

    def __init__(self, endpoints: tuple[Endpoint, ...], operations: "_Operations") -> None:
        self.endpoints = endpoints
        self.operations = operations
        self.root = _Node()
        for endpoint in endpoints:
            node = self.root
            for segment in _segments(endpoint.path):
                node = node.add(segment)
            node.endpoints[endpoint.method] = endpoint
        segments = {segment for endpoint in endpoints for segment in _segments(endpoint.path)}
        self.words = frozenset(segment for segment in segments if not is_placeholder(segment))

    def names(self, segments: Sequence[str]) -> Iterator[str]:
        """The segments of a path that is not in the catalogue, with holes for all that is not one of its words."""
        node: _Node | None = self.root
        for segment in segments:
            node = node.step(segment) if node else None
            if node:
                yield node.names[-1]
            else:
                yield segment if segment in self.words else "{}"


_Operations = Mapping[tuple[str, str], tuple[str, ...]]  # (family, module) -> the operations that it has scopes for


@cache
def _catalogue() -> _Catalogue:
    import json
    from pkgutil import get_data  # importlib.resources would take several times as long to import as the rest takes

    read = json.loads(get_data(__package__, "endpoints.json") or b"")
    families = ((FAMILY, read["modules"]), (V3_FAMILY, read["modules_v3"]))
    operations = {(family, module): tuple(names) for family, has in families for module, names in has.items()}
    endpoints = tuple(_endpoint(entry, operations, read["placeholders"]) for entry in read["endpoints"])
    return _Catalogue(endpoints, MappingProxyType(operations))


def _endpoint(entry: Mapping[str, Any], operations: _Operations, placeholders: Mapping[str, str]) -> Endpoint:
    path = entry["path"]
    holes = [segment[1:-1] for segment in _segments(path) if is_placeholder(segment)]
    in_path = [
        {"name": name, "in": "path", "type": "id", "required": True, "meaning": placeholders[name]} for name in holes
    ]
    american = not path.startswith("/api/")  # the classic API's dates
    return Endpoint(
        **{name: entry[name] for name in ("id", "method", "path", "module", "operation", "summary", "paging")},
        **{name: entry[name] for name in ("certainty", "page")},
        scope=_scope(operations, path, entry["module"], entry["operation"]),
        params=tuple(
            _parameter(param, entry["certainty"], american=american) for param in (*in_path, *entry["params"])
        ),
        list_keys=() if entry["list_key"] is None else tuple(entry["list_key"].split("|")),
        columns=MappingProxyType(entry["columns"]),
        also=tuple(entry.get("also", ())),
        envelope=entry.get("envelope", ""),
        page_size=entry.get("page_size", 200),
    )


def _parameter(entry: Mapping[str, Any], certainty: str, *, american: bool) -> Parameter:
    written = "MM-DD-YYYY" if american else "YYYY-MM-DD"
    return Parameter(
        name=entry["name"],
        place=entry["in"],
        type=entry["type"],
        required=entry["required"],
        allowed=tuple(entry.get("allowed", ())),
        default=entry.get("default"),
        meaning=entry["meaning"],
        certainty=entry.get("certainty", certainty),
        date_format=entry.get("format", written) if entry["type"] == "date" else "",
    )


def _scope(operations: _Operations, path: str, module: str, operation: str) -> str:
    """The scope for an operation; where Zoho has none of that name (tags have no UPDATE), the module's widest."""
    family = V3_FAMILY if path.startswith("/api/") else FAMILY
    known = operations[family, module]
    return f"{family}.{module}.{operation if operation in known else known[-1]}"
