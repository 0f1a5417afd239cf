"""Catches the redirect on this machine: a listener at the registered redirect URI, open while a sign-in waits."""

import os
import select
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.forks import ForkSafeLock, renew_in_child
from zbt_notebook.notebook.sign_in.catchers import OnRedirect
from zbt_notebook.notebook.sign_in.loopback_page import PAGE_HEADERS, page

_TICK = 0.2
_REQUEST_WITHIN = 10.0  # seconds for a request to be sent: a browser's takes milliseconds
_MOST_AT_ONCE = 16  # connections: a browser opens a few ahead of need
_LOOPBACK = {"127.0.0.1": ("127.0.0.1",), "localhost": ("127.0.0.1", "::1"), "::1": ("::1",)}


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where a redirect URI points to on this machine."""

    addresses: tuple[str, ...]
    port: int
    host: str  # what a browser says in its Host header
    path: str

    @classmethod
    def of(cls, redirect_uri: str) -> "ListenAddress":
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
                field="redirect_uri",
            )
        return cls(addresses, port, parts.netloc.lower(), parts.path or "/")


class LoopbackCatcher:
    """Listens at redirect URIs of this machine (RFC 8252 §7.3); sign-ins with the same address share its listener."""

    redirect_uri = ""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._open: dict[ListenAddress, _Listener] = {}
        renew_in_child(self)

    def renew_after_fork(self) -> None:
        """Listen nowhere: the threads that answer are the parent's."""
        for listener in self._open.values():
            listener.close()
        self._open = {}

    def seen_at(self, page: str) -> None:
        """It makes no difference here."""

    def suits(self, redirect_uri: str) -> bool:
        """Tell whether the address is this machine's, with a port: the one without, 80, is not a user's to open."""
        try:
            ListenAddress.of(redirect_uri)
        except (UsageError, ValueError):
            return False
        return urlsplit(redirect_uri.strip()).port is not None

    def state(self, nonce: str) -> str:
        """Nothing has to be told in it."""
        return nonce

    def start(self, state: str, on_redirect: OnRedirect, *, redirect_uri: str) -> Callable[[], None]:
        """Listen; raise UsageError where the port is taken. Once ended, the port is free."""
        target = ListenAddress.of(redirect_uri)
        with self._lock:
            listener = self._open.get(target)
            if listener is None:
                listener = self._open[target] = _Listener(target)
            listener.waiting[state] = on_redirect

        def stop() -> None:
            with self._lock:
                listener.waiting.pop(state, None)
                over = not listener.waiting and self._open.get(target) is listener
                if over:
                    del self._open[target]
                    listener.free()  # under the lock: whoever begins next finds the port free
            if over:
                listener.join()

        return stop


class _Listener:
    """One address that is listened at, in a thread, for whoever waits for a redirect with a ``state`` of their own."""

    def __init__(self, target: ListenAddress) -> None:
        self.target = target
        self.waiting: dict[str, OnRedirect] = {}
        self._servers = _bind(target, self.answer)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="zbt-sign-in", daemon=True)
        self._thread.start()

    def free(self) -> None:
        """Close the port, and every connection that is not being answered just now."""
        self._over.set()
        for server in self._servers:
            server.server_close()
            server.end_slow_ones(0)

    def close(self) -> None:
        """Close the port in this process; connections are left to whom they belong."""
        for server in self._servers:
            server.server_close()

    def join(self) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                ready, _, _ = select.select(self._servers, [], [], _TICK)
                for server in ready:
                    server.handle_request()
            except (OSError, ValueError):  # closed in between
                return
            for server in self._servers:
                server.end_slow_ones(_REQUEST_WITHIN)

    def answer(self, method: str, target: str, host: str) -> tuple[int, bytes]:
        """Judge one request; the redirect is the one to the right path, under the right name, with a known state."""
        parts = urlsplit(target)
        if host.lower() != self.target.host:  # against pages that reach us by a name of their own (DNS rebinding)
            return 421, page("This is another place", "The request does not name the registered redirect URI.")
        if method != "GET":
            return 405, page("Only GET is answered here", "")
        if (parts.path or "/") != self.target.path:
            return 404, page("Nothing is here", "The sign-in listens at the registered redirect URI alone.")
        given = [value for name, value in parse_qsl(parts.query) if name == "state"]
        on_redirect = self._waiting_for(given[0]) if len(given) == 1 else None
        if on_redirect is None:
            return 400, page("This address belongs to another sign-in", "Follow the link in the notebook.")
        answer = on_redirect(f"?{parts.query}")
        return (200 if answer.connected else 400), page(answer.title, answer.text)

    def _waiting_for(self, state: str) -> OnRedirect | None:
        """Compare in constant time: how long it takes tells nothing of a state that is waited for."""
        found = None
        for known, on_redirect in tuple(self.waiting.items()):
            if compare_digest(known.encode(), state.encode("utf-8", "replace")):
                found = on_redirect
        return found


class _Server(socketserver.ThreadingTCPServer):
    """A thread a request: browsers open connections ahead of need, and say nothing on them."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would let another program listen at the same port
    timeout = 0
    request_queue_size = 128  # a crowd of connections must not keep the browser waiting for a second try

    def __init__(self, address: str, port: int, answer: Callable[[str, str, str], tuple[int, bytes]]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.answer = answer
        self._unheard: dict[socket.socket, float] = {}  # connections without a whole request, and since when
        self._changing = threading.Lock()
        super().__init__((address, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take the request to a thread of its own; of too many that say nothing the oldest goes."""
        with self._changing:
            self._unheard[request] = time.monotonic()
            crowd = list(self._unheard)[:-_MOST_AT_ONCE]
        for one in crowd:
            self._end(one)
        super().process_request(request, client_address)

    def heard(self, request: socket.socket) -> None:
        """Take notice that a request has come whole, or that its connection is closed."""
        with self._changing:
            self._unheard.pop(request, None)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self.heard(request)
        super().shutdown_request(request)

    def end_slow_ones(self, seconds: float) -> None:
        """End the connections on which no whole request has come for so long: their threads end with them."""
        now = time.monotonic()
        with self._changing:
            slow = [one for one, since in self._unheard.items() if now - since >= seconds]
        for one in slow:
            self._end(one)

    def _end(self, request: socket.socket) -> None:
        self.heard(request)
        with suppress(OSError):  # gone by itself
            request.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away in the middle."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _REQUEST_WITHIN
    server: _Server
    server_version = "zbt-notebook"
    sys_version = ""

    def _respond(self) -> None:
        self.server.heard(self.connection)
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


def _bind(target: ListenAddress, answer: Callable[[str, str, str], tuple[int, bytes]]) -> list[_Server]:
    servers: list[_Server] = []
    for address in target.addresses:
        try:
            servers.append(_Server(address, target.port, answer))
        except OSError as error:
            if ":" in address and servers:
                continue  # a machine without IPv6
            failure = error
        else:
            continue
        for server in servers:
            server.server_close()
        raise UsageError(
            f"port {target.port} of this machine cannot be listened at: {os.strerror(failure.errno or 0).lower()}",
            hint="Stop what uses it (another sign-in?), or register a redirect URI with another port.",
        )
    return servers


LOOPBACK = LoopbackCatcher()  # one a process, like the ports that it opens
