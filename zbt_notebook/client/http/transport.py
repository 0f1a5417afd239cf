"""Sends requests over the network: the only client socket."""

import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import environ
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)
from urllib3.exceptions import SSLError as Urllib3SSLError
from urllib3.exceptions import TimeoutError as Urllib3Timeout
from urllib3.util import Timeout

from zbt_notebook.client.errors import Unreachable, UsageError
from zbt_notebook.client.forks import renew_in_child
from zbt_notebook.client.http.bodies import encode_body
from zbt_notebook.client.http.connections import Deadline, TooSlow, guarded
from zbt_notebook.client.http.messages import Request, Response

CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 30.0  # seconds: to be connected, and between two bytes
DEADLINE = 60.0  # seconds for a whole answer: a server that drips beats any read timeout
LARGEST_ANSWER = 256 * 2**20  # bytes, decompressed

_ORIGINS = 16  # to which connections are kept; a notebook speaks to two
_USER_AGENT = "zbt-notebook"


class RequestsTransport:
    """A transport with pooled connections; call it with a Request.

    requests finds the way to an origin, with its proxy and its certificates; on that way urllib3 alone is at work, for
    what a session does to each request costs more CPU time than all the rest (measured: tests/benchmarks).

    Redirects are not followed, ``.netrc`` is not read, cookies are not kept. Proxies and the CA bundle are taken from
    the environment once: reading them for each call costs a third of its CPU time (measured).
    """

    def __init__(
        self,
        *,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT),
        deadline: float = DEADLINE,
        largest: int = LARGEST_ANSWER,
        pool: int = 16,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._timeout = Timeout(connect=timeout[0], read=timeout[1])
        self._deadline = deadline
        self._largest = largest
        self._clock = clock
        self._ca_bundle = environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or True
        self.renew_after_fork()
        renew_in_child(self)

    def renew_after_fork(self) -> None:
        """Drop all connections: they belong to the parent."""
        self.close()

    def close(self) -> None:
        """Close connections once they are idle; a later request opens its own."""
        self._adapter = HTTPAdapter(pool_connections=_ORIGINS, pool_maxsize=self._pool, max_retries=0)
        self._routes: dict[str, _Route] = {}

    def __call__(self, request: Request) -> Response:
        """Send and read to the end; raise Unreachable, which quotes neither address nor body, where that fails.

        Raise UsageError, nothing sent, for a request that cannot be written.
        """
        failure: BaseException
        began = self._clock()
        try:
            return self._exchange(request, *_written(request))
        except KeyboardInterrupt:
            failure = KeyboardInterrupt()
        except UsageError as error:
            failure = error.with_traceback(None)
        except Exception as error:  # noqa: BLE001  whatever it is: its frames hold the token
            failure = _unreachable(error, request)
            failure.seconds = self._clock() - began
        raise failure  # outside the except block: a chained exception would bring its frames along, with their values

    def _exchange(self, request: Request, url: str, body: bytes | None, headers: dict[str, str]) -> Response:
        started = self._clock()
        parts = urlsplit(url)
        route = self._route(parts.scheme, parts.netloc)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        with Deadline(self._clock, self._deadline) as deadline:
            answer = self._sent(route, request.method, target, body, headers)
            try:
                content = b"".join(self._chunks(answer, deadline))
            except BaseException:
                answer.close()  # half read: the connection cannot be used again
                raise
            answer.release_conn()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, headers, content, self._clock() - started)

    def _sent(
        self, route: "_Route", method: str, target: str, body: bytes | None, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        return route.pool.urlopen(
            method,
            route.prefix + target,
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
            decode_content=False,
        )

    def _chunks(self, answer: urllib3.BaseHTTPResponse, deadline: Deadline) -> Iterator[bytes]:
        size = 0
        while chunk := answer.read1(65_536, decode_content=True):
            size += len(chunk)
            if size > self._largest:
                raise _TooLarge
            deadline.left()
            yield chunk

    def _route(self, scheme: str, netloc: str) -> "_Route":
        origin = f"{scheme}://{netloc}"
        route = self._routes.get(origin)
        if route is None:
            if len(self._routes) >= _ORIGINS:
                self._routes.clear()  # requests' own pools are closed in turn; an old one must not be kept
            route = self._routes[origin] = self._find_route(origin)
        return route

    def _find_route(self, origin: str) -> "_Route":
        asked = requests.Request("GET", origin + "/").prepare()
        loopback = (urlsplit(origin).hostname or "") in {"localhost", "127.0.0.1", "::1"}
        proxies = {} if loopback else get_environ_proxies(origin)
        pool: Any = self._adapter.get_connection_with_tls_context(asked, self._ca_bundle, proxies=proxies)
        verify: Any = self._adapter.cert_verify  # types-requests leaves it untyped
        verify(pool, origin, self._ca_bundle, None)
        pool.ConnectionCls = guarded(pool.ConnectionCls)
        proxy = select_proxy(origin, proxies)
        # an HTTP proxy is told the whole address; a SOCKS proxy, or one that tunnels TLS, is not
        whole = bool(proxy) and origin.startswith("http:") and not str(proxy).lower().startswith("socks")
        return _Route(pool, origin if whole else "")


@dataclass(frozen=True, slots=True)
class _Route:
    """The way to an origin: its connections, and what stands before a path."""

    pool: urllib3.HTTPConnectionPool
    prefix: str


class _TooLarge(HTTPError):
    """The answer is larger than any of Zoho's."""


def full_url(request: Request) -> str:
    """The address with its parameters."""
    return f"{request.url}?{urlencode(request.params)}" if request.params else request.url


def _written(request: Request) -> tuple[str, bytes | None, dict[str, str]]:
    """The request's full address, body and headers; raise UsageError where one of them cannot be written."""
    try:
        return full_url(request), *body_and_headers(request)
    except Exception as error:  # noqa: BLE001  as above: the frames hold secrets
        problem = type(error).__name__
    raise UsageError(
        f"the request cannot be written ({problem})", hint="Look at what you handed over: half a character, or no text?"
    )


def body_and_headers(request: Request) -> tuple[bytes | None, dict[str, str]]:
    """The body as it goes over the wire, and every header but those of the connection."""
    body, kind = encode_body(request)
    headers = {"User-Agent": _USER_AGENT, "Accept": "application/json, */*", "Accept-Encoding": "gzip, deflate"}
    if kind:
        headers["Content-Type"] = kind
    if body is not None or not request.is_safe:
        headers["Content-Length"] = str(len(body or b""))
    known = {name.lower(): name for name in headers}
    for name, value in request.headers:
        headers[known.get(name.lower(), name)] = value
    return body, headers


def _unreachable(error: Exception, request: Request) -> Unreachable:
    """Say in our words what the network did; the exception's own text quotes the address with its query."""
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    reason: object = getattr(error, "args", [None])[0] if getattr(error, "args", None) else None
    reason = getattr(reason, "reason", reason)
    nothing_sent = any(isinstance(failure, _BEFORE_THE_REQUEST) for failure in (error, *error.args))
    what, hint = _diagnosis(error, reason)
    unknown = not request.is_safe and not nothing_sent
    if unknown:
        hint = "It may have happened all the same: look before you send it again."
    problem = Unreachable(
        f"no answer from {host}: {what}", hint=hint, outcome_unknown=unknown, nothing_sent=nothing_sent
    )
    problem.hung_up = any(isinstance(failure, ConnectionError) for failure in (error, *error.args))
    return problem


# What fails while there is no connection yet, by itself or as what an error was made of. Other errors of TLS may come
# late, and so may urllib3's ProxyError: it is also what becomes of a connection that the proxy closed.
_BEFORE_THE_REQUEST = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)

# The first that fits: kinds of the exception or of its reason, what happened, what to do next
_DIAGNOSES: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    ((NameResolutionError,), "its name is not known", "Check the network, and the data centre's address."),
    ((ProxyError, requests.exceptions.ProxyError), "the proxy refuses", "Check HTTPS_PROXY and NO_PROXY."),
    (
        (Urllib3SSLError, ssl.SSLError),
        "its certificate is not trusted",
        "Behind a company proxy, set REQUESTS_CA_BUNDLE to its certificate, then restart the kernel.",
    ),
    (
        (ConnectTimeoutError, NewConnectionError),
        "it does not accept connections",
        "Check the network. If it is the sandbox: is it still running?",
    ),
    ((TooSlow, Urllib3Timeout), "it took too long", "Try again in a minute."),
    (
        (_TooLarge, DecodeError),
        "the answer is too large or garbled",
        "Ask for less at once, or try again.",
    ),
    ((BaseException,), "the connection broke", "Try again; if it goes on, check the network."),
)


def _diagnosis(error: Exception, reason: object) -> tuple[str, str]:
    return next(
        (what, hint) for kinds, what, hint in _DIAGNOSES if isinstance(error, kinds) or isinstance(reason, kinds)
    )
