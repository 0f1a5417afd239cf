"""The simulated BugTracker API as a function from requests to responses."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypedDict

from zbt_notebook.simulator.accounts.grant import BUGTRACKER, PROJECTS, Grant
from zbt_notebook.simulator.accounts.scopes import FILES
from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.catalogue import TABLE
from zbt_notebook.simulator.bugtracker.hosts import not_here
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.openapi import describe
from zbt_notebook.simulator.bugtracker.parameters import Parameter, read_fields, read_object, refuse_others
from zbt_notebook.simulator.bugtracker.refusals import Refused
from zbt_notebook.simulator.bugtracker.routes import CLASSIC, Route
from zbt_notebook.simulator.bugtracker.store import Store
from zbt_notebook.simulator.bugtracker.throttle import Rule, Throttle, throttled
from zbt_notebook.simulator.bugtracker.v3.attachments import file_at
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.data.generate import generate
from zbt_notebook.simulator.data.portal import PORTAL_ID, PORTAL_NAME
from zbt_notebook.simulator.data.rows import Member
from zbt_notebook.simulator.http import Request, Response, encode_json
from zbt_notebook.simulator.sites import Role, Site, invented_site
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
        site: Callable[[], Site] = lambda: invented_site("us"),
    ) -> None:
        self._clock = clock
        self._switches = switches
        self._size: _Size = {"seed": seed, "projects": projects, "bugs": bugs, "hostile": hostile}
        self._site = site
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

    def handle(self, request: Request, grant: Grant | None, *, at: Role = "bugtracker") -> Response:
        """Answer one request; *grant* is what its access token stands for, None where it stands for nothing.

        *at* is the host that was asked: which APIs it has is up to the switches.
        """
        switches = self._switches()
        if request.path == OPENAPI_PATH and request.method == "GET":
            with self._lock:
                return _encode(Answer(200, describe(TABLE.routes, self.store, self._site().api_url)))
        absent = not_here(request, at, switches, self._clock.now(), self._site())
        if absent is not None:
            return absent
        try:
            answer = (self._file if at == "files" else self._answer)(request, grant, switches)
        except Refused as refused:
            answer = _dress(refused, request, switches)
        return _encode(answer)

    def _file(self, request: Request, grant: Grant | None, switches: Switches) -> Answer:
        if switches.downloads_need_token and grant is None:
            raise refusals.invalid_token(switches)
        with self._lock:
            return file_at(self.store, request.path)

    def _answer(self, request: Request, grant: Grant | None, switches: Switches) -> Answer:
        route, path = TABLE.find(request.method, request.path, switches)
        grant = _admitted(request, grant, route, switches)
        with self._lock:
            now = self._clock.now()
            rule = Rule.of(switches, classic=route.classic)
            wait = self.throttle.wait(route.pattern, now, rule)
            rate_headers = self.throttle.headers(route.pattern, rule)
            if wait:
                status, body, headers = throttled(wait, now, rule, switches)
                return Answer(status, body, headers=(*rate_headers, *headers))
            store = self.store
            user = _joined(store, grant)
            if path.get("portal", PORTAL_NAME) not in {PORTAL_NAME, str(PORTAL_ID)}:
                raise refusals.no_portal()
            if not route.where(switches):
                # Recorded of comments and files is a 404; milestones have another word, and this one is no path then
                raise refusals.wrong_url() if route.module == "milestones" else refusals.not_found("What was asked for")
            values = _values(request, route, switches)
            call = Call(request, path, values, store, user, int(now * 1000), switches, self._site())
            answer = route.handler(call)
            return replace(answer, headers=(*answer.headers, *rate_headers)) if rate_headers else answer


def _admitted(request: Request, grant: Grant | None, route: Route, switches: Switches) -> Grant:
    if "authorization" not in request.headers:
        raise refusals.missing_token()
    if grant is None:
        raise refusals.invalid_token(switches)
    if route.classic:
        asks_for_files = switches.documents_need_files_scope and route.scope == "documents.READ"
        if not grant.allows(route.scope) or (asks_for_files and not grant.holds(FILES)):
            raise refusals.missing_scope(switches)
        return grant
    if not all(map(grant.holds, route.also)):
        raise refusals.missing_scope(switches)
    if not grant.allows(route.scope, PROJECTS):
        if not grant.allows(route.scope, BUGTRACKER):
            raise refusals.missing_scope(switches)
        if switches.bugtracker_token_on_v3 != "accepted":  # noqa: S105  a switch, no secret
            raise refusals.missing_scope(replace(switches, missing_scope_as=switches.bugtracker_token_on_v3))
    return grant


def _joined(store: Store, grant: Grant) -> Member:
    """Whoever signs in to this Zoho is an administrator of the portal."""
    user = grant.user
    known = store.members.get(user.zuid)
    return known or store.members.put(Member(user.zuid, int(user.zpuid), user.name, user.email, "admin"))


def _values(request: Request, route: Route, switches: Switches) -> Json:
    body = route.body
    if switches.extra_param_found_in == "both" or (switches.extra_param_found_in == "v3" and not route.classic):
        refuse_others(request.query, route.query + (body if route.classic else ()))
        refuse_others(request.form, body + (route.query if route.classic else ()))
    if route.classic:
        sent = {**request.params, **{upload.name: upload.filename for upload in request.uploads}}
        return read_fields(sent, route.query + body)
    values = read_fields(request.query, _asked_for(route.query, switches))
    if route.form:
        sent = {**request.params, **{upload.name: upload.filename for upload in request.uploads}}
        return {**values, **read_fields(sent, body)}
    if not body:
        if request.body not in {b"", b"{}"}:
            raise refusals.wrong_body()
        return values
    if not request.body:
        raise refusals.wrong_body()
    lenient = route.lenient and switches.unknown_issue_keys == "ignored"
    try:
        return {**values, **read_object(request.json(), body, lenient=lenient)}
    except (ValueError, RecursionError):
        raise refusals.broken_json() from None


def _asked_for(query: tuple[Parameter, ...], switches: Switches) -> tuple[Parameter, ...]:
    """The parameters with ``page`` as mandatory as the switch says."""
    if switches.page_mandatory == "recorded":
        return query
    needed = switches.page_mandatory == "everywhere"
    return tuple(replace(one, required=needed) if one.name == "page" else one for one in query)


def _dress(refused: Refused, request: Request, switches: Switches) -> Answer:
    classic_path = request.path.startswith(CLASSIC)
    if refused.title in _NO_GRANT_NEEDED:
        as_gateway = True
    elif refused.title == "INVALID_TICKET":
        as_gateway = switches.missing_token_shape == "gateway"  # noqa: S105  a switch, no secret
    elif refused.title in _AUTHENTICATION:
        as_gateway = switches.invalid_token_shape == "gateway"  # noqa: S105  a switch, no secret
    elif refused.title == "RESOURCE_NOT_FOUND":
        as_gateway = False
    else:
        as_gateway = switches.validation_shape == "gateway"
    if not classic_path:
        shaped = refused.v3(switches, request.method, request.path)
    else:
        shaped = refused.gateway(switches, request.path) if as_gateway else refused.classic()
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
