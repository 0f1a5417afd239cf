"""Catches the redirect on this machine: a listener that lives for one sign-in."""

import math
import os
import select
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError
from zbt_notebook.notebook.sign_in.loopback_page import PAGE_HEADERS, page
from zbt_notebook.notebook.sign_in.sign_in import SignIn

LIFE = 300.0  # seconds for which it listens
_TICK = 0.2
_LOOPBACK = {"127.0.0.1": ("127.0.0.1",), "localhost": ("127.0.0.1", "::1"), "::1": ("::1",)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a redirect URI points to on this machine."""

    addresses: tuple[str, ...]
    port: int
    host: str  # what a browser says in its Host header
    path: str

    @classmethod
    def of(cls, redirect_uri: str) -> "Place":
        """Read a redirect URI; raise UsageError where it is not plain http to this very machine."""
        parts = urlsplit(redirect_uri.strip())
        try:
            port = 80 if parts.port is None else parts.port
        except ValueError:
            port = 0
        addresses = _LOOPBACK.get(parts.hostname or "")
        if parts.scheme != "http" or not addresses or not port:
            raise UsageError(
                f"the redirect URI {redirect_uri!r} does not lead to this machine, so nothing can be caught there",
                hint="Register one such as http://localhost:8000/callback, or paste the code: %zbt login --mode prompt",
            )
        return cls(addresses, port, parts.netloc.lower(), parts.path or "/")


class LoopbackWork:
    """Listens at the registered redirect URI until the sign-in *sign_in* is over (RFC 8252 §7.3).

    The browser has to run on the machine of the kernel. Raise UsageError at once where the port is taken.
    """

    def __init__(self, sign_in: SignIn, *, life: float = LIFE, clock: Callable[[], float] = time.monotonic) -> None:
        self.link, self.user_code, self.page = sign_in.consent_url, "", ""
        self.instructions = (
            "Accept there, in a browser on this machine. The answer comes back by itself; nothing has to be pasted.",
        )
        self._sign_in = sign_in
        asked = dict(parse_qsl(urlsplit(self.link).query))
        self._state = asked.get("state", "")
        self._life, self._clock = life, clock
        self._end = math.inf  # it lives from when it runs
        self._place = Place.of(asked.get("redirect_uri", sign_in.form.redirect_uri))
        self._over = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._servers = _listen(self._place, self._answer)

    @property
    def seconds_left(self) -> float:
        """How long it goes on listening."""
        return self._life if self._end == math.inf else max(0.0, self._end - self._clock())

    def run(self, stopped: threading.Event) -> Connection:
        """Serve until the redirect has come; then the port is free again."""
        end = self._end = self._clock() + self._life
        try:
            while not self._over.is_set() and not stopped.is_set():
                if self._clock() >= end:
                    raise NotSignedIn(
                        f"no answer came from the browser within {self._life / 60:.0f} minutes",
                        hint="Start again. If the browser is on another machine, use --mode prompt.",
                    )
                ready, _, _ = select.select(self._servers, [], [], _TICK)
                for server in ready:
                    server.handle_request()
        finally:
            for server in self._servers:
                server.server_close()
        return self._outcome()

    def _outcome(self) -> Connection:
        if self._sign_in.connection:
            return self._sign_in.connection
        problem = self._sign_in.problem
        if problem is None:
            raise NotSignedIn("the sign-in was stopped", hint="Sign in again.")
        raise SignInRejected(problem.message, hint=problem.hint)

    def _answer(self, method: str, target: str, host: str) -> tuple[int, bytes]:
        """Judge one request; the redirect is the one to the right path, under the right name, with the right state."""
        parts = urlsplit(target)
        if host.lower() != self._place.host:  # against pages that reach us by a name of their own (DNS rebinding)
            return 421, page("This is another place", "The request does not name the registered redirect URI.")
        if method != "GET":
            return 405, page("Only GET is answered here", "")
        if (parts.path or "/") != self._place.path:
            return 404, page("Nothing is here", "The sign-in listens at the registered redirect URI alone.")
        with self._one_at_a_time:
            return self._redirected(parts.query)

    def _redirected(self, query: str) -> tuple[int, bytes]:
        if self._over.is_set():
            return 410, page("This sign-in is over", "Go back to the notebook.")
        state = dict(parse_qsl(query)).get("state", "")
        if not compare_digest(state.encode(), self._state.encode()):
            return 400, page("This address belongs to another sign-in", "Follow the link in the notebook.")
        self._sign_in.handle({"kind": "code", "code": f"?{query}"})
        self._over.set()
        problem = self._sign_in.problem
        if problem:
            return 400, page(problem.message, problem.hint)
        if (
            self._sign_in.connection is None
        ):  # another thread has it in hand, or the notebook has gone on to another link
            return 409, page("This answer came too late", "Go back to the notebook: there you see how it went on.")
        return 200, page("Connected", "You can close this page and go back to the notebook.")


class _Server(socketserver.ThreadingTCPServer):
    """A thread a request: browsers open connections ahead of need, and say nothing on them."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would let another program listen at the same port
    timeout = 0

    def __init__(self, address: str, port: int, answer: Callable[[str, str, str], tuple[int, bytes]]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.answer = answer
        super().__init__((address, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away in the middle."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 10  # seconds for a request to be sent
    server: _Server
    server_version = "zbt-notebook"
    sys_version = ""

    def _respond(self) -> None:
        status, body = self.server.answer(self.command, self.path, self.headers.get("Host", ""))
        self.send_response(status)
        for name, value in PAGE_HEADERS:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = _respond  # noqa: N815  the names are http.server's

    def log_message(self, *_arguments: object) -> None:
        """Log nothing: the request line holds the code."""


def _listen(place: Place, answer: Callable[[str, str, str], tuple[int, bytes]]) -> list[_Server]:
    servers: list[_Server] = []
    for address in place.addresses:
        try:
            servers.append(_Server(address, place.port, answer))
        except OSError as error:
            if ":" in address and servers:
                continue  # a machine without IPv6
            failure = error
        else:
            continue
        for server in servers:
            server.server_close()
        raise UsageError(
            f"port {place.port} of this machine cannot be listened at: {os.strerror(failure.errno or 0).lower()}",
            hint="Stop what uses it (another sign-in?), or register a redirect URI with another port.",
        )
    return servers
