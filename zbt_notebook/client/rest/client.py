"""Sends calls for one sign-in: with its token, within the limits, and judged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import SystemRandom
from urllib.parse import urlsplit

from zbt_notebook.client import redactor
from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.errors import ApiError, NotFound, RateLimited, TokenRejected, Unreachable, UsageError
from zbt_notebook.client.http.checks import check_request
from zbt_notebook.client.http.messages import Request, Response, Transport
from zbt_notebook.client.limits.allowance import is_v3, margin, stated_limits
from zbt_notebook.client.limits.rate_limit import INTERACTIVE, Lane, RateLimits
from zbt_notebook.client.rest import api, endpoints
from zbt_notebook.client.rest.api import ApiCall, Page
from zbt_notebook.client.rest.api_errors import BAD_TOKEN, judge
from zbt_notebook.client.rest.v3_address import V3Host, V3Words
from zbt_notebook.client.secret_str import StaysInKernel

PATIENCE = 60.0  # seconds without an answer, after which a call is not repeated: a server that hangs goes on hanging
RETRIES = 2  # of a safe request after a broken connection or a fault of the server's; each costs a slot
_CHANCE = SystemRandom().random  # the same in no two processes, forked or not
_REDIRECTS = 3  # that a file's address may take
_SERVER_FAULTS = {500, 502, 503, 504}


class ApiClient(StaysInKernel):
    """The API of one data centre, called on behalf of one sign-in. Safe to use from any number of threads.

    ``transport`` sends each request and gives its response. A test or a recorder may replace it.
    """

    def __init__(
        self,
        authorization: Authorization,
        transport: Transport,
        limits: RateLimits,
        *,
        clock: Clock,
        chance: Callable[[], float] = _CHANCE,
    ) -> None:
        self.authorization = authorization
        self.limits = limits
        self.transport = transport
        self._clock = clock
        self._sleep = clock.sleep
        self._listeners: tuple[list[int], ...] = ()
        self._chance = chance
        self.classic_is_off = False  # found out once: a connection asks no second time
        self.v3_words = V3Words()
        self.v3_host = V3Host(authorization.data_center.v3_hosts, self._get_from)

    @property
    def data_center(self) -> DataCenter:
        """Where the calls go."""
        return self.authorization.data_center

    def close(self) -> None:
        """Close idle connections; a later call opens a new one."""
        close = getattr(self.transport, "close", None)
        if close:
            close()

    def fetch(self, call: ApiCall, lane: Lane = INTERACTIVE) -> Page:
        """Send one call and read its answer; raise the narrowest ApiError where the API refuses."""
        call = api.normalize(call, self.data_center)
        return self.read(self.send(call, lane), call)

    def read(self, response: Response, call: ApiCall) -> Page:
        """Read an answer, and take notice of whose account it is where it tells."""
        page = api.read(response, call)
        if isinstance(page.body, dict) and "login_id" in page.body:  # the list of portals tells it
            self.authorization.login_id = str(page.body["login_id"])
        return page

    def send(self, call: ApiCall, lane: Lane = INTERACTIVE) -> Response:
        """Send one call that ``api.normalize`` has checked, and give its answer, unread but judged."""
        if not call.path.startswith("/api/"):
            return self._send(call, lane, self.data_center.api_url)
        call = replace(call, path=self.v3_words.spelled(call.path))
        try:
            response = self._send_to_v3(call, lane)
        except NotFound:
            other = self.v3_words.other(call.path)
            if not other:
                raise
            call = replace(call, path=other)
            response = self._send_to_v3(call, lane)
        self.v3_words.answered(call.path)
        return response

    def _send_to_v3(self, call: ApiCall, lane: Lane) -> Response:
        host = self.v3_host.current
        try:
            response = self._send(call, lane, host)
        except (ApiError, Unreachable) as failure:
            if not self.v3_host.elsewhere(host, failure):
                raise
            return self._send(call, lane, self.v3_host.current)
        self.v3_host.answered(host)
        return response

    def _get_from(self, host: str, path: str) -> Response:
        return self._send(ApiCall("GET", path), INTERACTIVE, host)

    def _send(self, call: ApiCall, lane: Lane, host: str) -> Response:
        key = endpoints.template(call.method, call.path)
        while True:
            response = self.exchange(api.write(call, self.data_center, host), lane)
            try:
                self._judge(response, call)
            except RateLimited as refusal:
                if refusal.retry_at:
                    left = self.limits.lock(key, refusal.retry_at)
                    if lane.waits_for(key, refusal.retry_at, self._clock.today()):
                        continue  # the next slot comes when the lock is over
                    refusal.hint += (
                        f" Others call with this client too, it seems: this kernel leaves them all but {left}."
                    )
                raise
            return response

    def _judge(self, response: Response, call: ApiCall) -> None:
        judge(response, call, granted=self.authorization.scopes, now=self._clock.today(), redact=self.redact)

    def exchange(self, request: Request, lane: Lane = INTERACTIVE) -> Response:
        """Send one request signed, whatever its answer's status; a rejected token costs one refresh and one repeat.

        Raise UsageError for a request that cannot be sent, or would take the token to another host. All of it is
        checked before there is a token near it.
        """
        check_request(request)
        self._check_host(request)
        token = self.authorization.access_token()
        response = self._patiently(request, token, lane)
        if self.authorization.can_refresh and _rejects_the_token(response, request):
            fresh = self.authorization.refresh(rejected=token)
            response = self._patiently(request, fresh, lane)
        return response

    def _patiently(self, request: Request, token: str, lane: Lane) -> Response:
        """Send; a safe request is repeated after a broken connection or a fault of the server's, but not for ever."""
        in_vain = 0.0
        tries = RETRIES if request.is_safe else 0
        for attempt in range(tries):
            try:
                response = self._once(request, token, lane)
            except Unreachable as failure:
                in_vain += failure.seconds
                if in_vain >= PATIENCE:
                    raise
            else:
                if response.status not in _SERVER_FAULTS:
                    return response
            self._sleep(0.25 * 4**attempt * (0.5 + self._chance()))  # many threads meet the same fault at once
        return self._once(request, token, lane)

    def _once(self, request: Request, token: str, lane: Lane) -> Response:
        signed = replace(request, headers=(*request.headers, ("Authorization", f"Zoho-oauthtoken {token}")))
        path = urlsplit(request.url).path
        key = endpoints.template(request.method, path)
        with self.limits.slot(key, lane) as use:
            try:
                response = self.transport(signed)
            except Unreachable as failure:
                use.sent = not failure.nothing_sent
                raise
        self._hear(response.headers.get("date", ""))
        if limits := stated_limits(response.headers):
            self.limits.heed(key, *limits, margin() if is_v3(key) else 0)
        return response

    def _hear(self, date: str) -> None:
        if self._listeners and date:
            with suppress(ValueError, TypeError, OverflowError):
                heard = int(parsedate_to_datetime(date).timestamp() * 1000)
                for listener in self._listeners:
                    listener.append(heard)

    @contextmanager
    def dates_heard(self) -> Iterator[list[int]]:
        """The server's own time in each answer that comes meanwhile, in epoch milliseconds, where it tells it."""
        heard: list[int] = []
        self._listeners = (*self._listeners, heard)
        try:
            yield heard
        finally:
            self._listeners = tuple(listener for listener in self._listeners if listener is not heard)

    def unsigned(self, request: Request, *, with_token: bool = False) -> Response:
        """Send a request to any host, without the token unless the caller says so; up to three https redirects on.

        The token goes to the host that was named, never to one that a redirect names.
        """
        check_request(request)
        first = request
        if with_token:
            token = self.authorization.access_token()
            first = replace(request, headers=(*request.headers, ("Authorization", f"Zoho-oauthtoken {token}")))
        response = self.transport(first)
        for _ in range(_REDIRECTS):
            address = response.headers.get("location", "")
            if not 300 <= response.status < 400 or not address.startswith("https://"):  # noqa: PLR2004  RFC 9110 §15.4
                break
            response = self.transport(replace(request, url=address))
        return response

    def _check_host(self, request: Request) -> None:
        if not request.url.startswith(tuple(f"{host}/" for host in self.data_center.v3_hosts)):
            raise UsageError(
                "the request goes to another host than this connection's API: it is not signed",
                hint=f"Its token is for {', '.join(self.data_center.v3_hosts)} alone.",
            )

    def redact(self, text: str) -> str:
        """Take every secret of this sign-in out of a text of the server's, in whatever encoding it stands there."""
        return redactor.redact(text)

    def today(self) -> datetime:
        """The time by this client's clock, in UTC."""
        return self._clock.today().astimezone(UTC)


def _rejects_the_token(response: Response, request: Request) -> bool:
    """Whether a fresh token and a repeat are the answer to this refusal.

    Zoho checks the token before it acts, so that even a write can be repeated after its own refusal of it. A 401 in
    other words may be a proxy's, in front of which the write has happened: only what is safe is repeated then.
    """
    if response.status not in {400, 401} or (response.status == 400 and b"INVALID_O" not in response.body[:2048]):  # noqa: PLR2004  Bad Request, Unauthorized
        return False
    try:
        judge(response, ApiCall("GET", "/"))
    except TokenRejected as refusal:
        return request.is_safe or refusal.code in BAD_TOKEN
    except Exception:  # noqa: BLE001  any other refusal is judged where the call is known
        return False
    return False
