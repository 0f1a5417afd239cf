"""The simulated BugTracker API as a function from requests to responses."""

import threading
from collections.abc import Callable
from typing import TypedDict

from zbt_notebook.simulator.accounts.grant import Grant
from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.catalogue import TABLE
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.openapi import describe
from zbt_notebook.simulator.bugtracker.parameters import read_fields, read_object, refuse_others
from zbt_notebook.simulator.bugtracker.refusals import Refused
from zbt_notebook.simulator.bugtracker.routes import CLASSIC, Route
from zbt_notebook.simulator.bugtracker.store import Store
from zbt_notebook.simulator.bugtracker.throttle import Throttle, throttled
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.data.generate import generate
from zbt_notebook.simulator.data.portal import PORTAL_ID, PORTAL_NAME
from zbt_notebook.simulator.data.rows import Member
from zbt_notebook.simulator.http import Request, Response, encode_json
from zbt_notebook.simulator.switches import Switches

OPENAPI_PATH = "/openapi.json"
_AUTHENTICATION = frozenset({"INVALID_TICKET", "INVALID_OAUTHTOKEN", "INVALID_OAUTHSCOPE"})
_NO_GRANT_NEEDED = frozenset({"URL_RULE_NOT_CONFIGURED", "INVALID_METHOD"})


class _Size(TypedDict):
    seed: int
    projects: int
    bugs: int
    hostile: bool


class BugTracker:
    """One data centre's BugTracker: its records, its routes, its rate limit.

    *switches* is asked anew at every call, so that they may be flipped while it runs. The history ends at the clock's
    time of the first call. *hostile* adds the project whose texts attack whoever shows them.
    """

    def __init__(
        self,
        clock: Clock,
        switches: Callable[[], Switches],
        *,
        seed: int = 1,
        projects: int = 6,
        bugs: int = 2000,
        hostile: bool = False,
        data_center: str = "us",
        origin: Callable[[], str],
    ) -> None:
        self._clock = clock
        self._switches = switches
        self._size: _Size = {"seed": seed, "projects": projects, "bugs": bugs, "hostile": hostile}
        self._origin = origin
        self._store: Store | None = None
        self._lock = threading.RLock()
        self.data_center = data_center
        self.throttle = Throttle()

    @property
    def store(self) -> Store:
        """The records, made when first needed."""
        with self._lock:
            if self._store is None:
                self._store = Store(generate(**self._size, now=self._clock.now()))
            return self._store

    def generate(self, *, seed: int = 1, projects: int = 6, bugs: int = 2000, hostile: bool = False) -> None:
        """Put a fresh portal of this size in the place of the present one."""
        fresh = Store(generate(seed=seed, projects=projects, bugs=bugs, now=self._clock.now(), hostile=hostile))
        with self._lock:
            self._store = fresh

    def handle(self, request: Request, grant: Grant | None) -> Response:
        """Answer one request; *grant* is what its access token stands for, None where it stands for nothing."""
        switches = self._switches()
        if request.path == OPENAPI_PATH and request.method == "GET":
            with self._lock:
                return _encode(Answer(200, describe(TABLE.routes, self.store, self._origin())))
        try:
            answer = self._answer(request, grant, switches)
        except Refused as refused:
            answer = _dress(refused, request, switches)
        return _encode(answer)

    def _answer(self, request: Request, grant: Grant | None, switches: Switches) -> Answer:
        if switches.classic_retired and request.path.startswith(CLASSIC):
            raise refusals.wrong_url(410)
        route, path = TABLE.find(request.method, request.path)
        grant = _admitted(request, grant, route, switches)
        with self._lock:
            if wait := self.throttle.wait(route.pattern, self._clock.now(), switches):
                status, body, headers = throttled(wait, switches, classic=route.classic)
                return Answer(status, body, headers=headers)
            store = self.store
            user = _joined(store, grant)
            if (portal := path.get("portal", PORTAL_NAME)) not in {PORTAL_NAME, str(PORTAL_ID)}:
                raise refusals.no_access() if portal == str(user.id) else refusals.not_found("Portal")
            values = _values(request, route, switches)
            now_ms = int(self._clock.now() * 1000)
            return route.handler(Call(request, path, values, store, user, now_ms, switches, self._origin()))


def _admitted(request: Request, grant: Grant | None, route: Route, switches: Switches) -> Grant:
    if "authorization" not in request.headers:
        raise refusals.missing_token()
    if grant is None:
        raise refusals.invalid_token()
    if not grant.allows(route.module, route.operation):
        raise refusals.missing_scope(switches)
    return grant


def _joined(store: Store, grant: Grant) -> Member:
    """Whoever signs in to this Zoho is an administrator of the portal."""
    user = grant.user
    known = store.members.get(user.zuid)
    return known or store.members.put(Member(user.zuid, int(user.zpuid), user.name, user.email, "admin"))


def _values(request: Request, route: Route, switches: Switches) -> Json:
    body = route.body if isinstance(route.body, tuple) else ()
    if switches.extra_param_found_in == "both" or (switches.extra_param_found_in == "v3" and not route.classic):
        refuse_others(request.query, route.query + (body if route.classic else ()))
        refuse_others(request.form, body + (route.query if route.classic else ()))
    if route.classic:
        sent = {**request.params, **{upload.name: upload.filename for upload in request.uploads}}
        return read_fields(sent, route.query + body)
    values = read_fields(request.query, route.query)
    if route.method in {"POST", "PATCH"} and route.body != ():
        if isinstance(route.body, tuple) and (request.uploads or request.form):
            sent = {**request.form, **{upload.name: upload.filename for upload in request.uploads}}
            return {**values, **read_fields(sent, body)}
        try:
            body_value = request.json()
        except (ValueError, RecursionError):
            raise refusals.broken_json() from None
        if isinstance(route.body, tuple):
            return {**values, **read_object(body_value, route.body)}
        return {**values, "body": route.body.read("body", body_value)}
    return values


def _dress(refused: Refused, request: Request, switches: Switches) -> Answer:
    classic_path = request.path.startswith(CLASSIC)
    if refused.title in _NO_GRANT_NEEDED:
        as_gateway = True
    elif refused.title == "INVALID_TICKET":
        as_gateway = switches.missing_token_shape == "gateway"  # noqa: S105  a switch, no secret
    elif refused.title in _AUTHENTICATION:
        as_gateway = switches.invalid_token_shape == "gateway"  # noqa: S105  a switch, no secret
    elif refused.title in {"RESOURCE_NOT_FOUND", "ACCESS_DENIED"}:
        as_gateway = False
    else:
        as_gateway = switches.validation_shape == "gateway"
    shaped = refused.gateway(switches, request.path) if as_gateway or not classic_path else refused.classic()
    headers: tuple[tuple[str, str], ...] = ()
    if refused.title == "INVALID_METHOD":
        headers = (("Allow", ", ".join(TABLE.methods(request.path))),)
    return Answer(200 if switches.errors_in_200 else refused.status, shaped, headers=headers)


def _encode(answer: Answer) -> Response:
    if answer.content is not None:
        return Response(answer.status, answer.content, (("Content-Type", answer.content_type), *answer.headers))
    if answer.value is None and not answer.text:
        return Response(answer.status, b"", answer.headers)
    headers = (("Content-Type", "application/json;charset=UTF-8"), *answer.headers)
    return Response(answer.status, encode_json(answer.value, answer.text), headers)
