"""Sockets for a world: one listener a site on 127.0.0.1, one daemon thread a connection."""

import contextlib
import io
import logging
import selectors
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.wire import BadMessageError, BrokenOffError, Message, read_message, write_response

LOOPBACK = "127.0.0.1"
_LOG = logging.getLogger(__name__)
_BACKLOG = 512
_PATIENCE = 5.0  # seconds that stop() waits for a thread; each is woken first


class Server:
    """Listens for several sites at once and hands every request to *handle*."""

    def __init__(self, handle: Callable[[Request], Response], sites: list[str]) -> None:
        """Bind one free port for each name in *sites*; ``origins`` then says where each of them is."""
        self._handle = handle
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self.origins: dict[str, str] = {}
        for site in sites:
            listener = socket.create_server((LOOPBACK, 0), backlog=_BACKLOG)
            listener.setblocking(False)  # noqa: FBT003  the socket module's own signature
            self.origins[site] = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
            self._selector.register(listener, selectors.EVENT_READ, self.origins[site])
        self._acceptor = threading.Thread(target=self._accept, name="sandbox", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._acceptor.start()

    def stop(self) -> None:
        """Stop answering and close every socket; calling it again does nothing."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
        if self._acceptor.is_alive():
            self._wake.send(b"x")
            self._acceptor.join(_PATIENCE)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # only sockets were registered
        self._selector.close()
        self._wake.close()
        with self._lock:
            threads = dict(self._connections)
        for connection in threads.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(_PATIENCE)

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                with contextlib.suppress(OSError):  # the caller may have gone again
                    connection, _ = key.fileobj.accept()  # type: ignore[union-attr]  # only sockets were registered
                    self._begin(connection, key.data)

    def _begin(self, connection: socket.socket, origin: str) -> None:
        connection.setblocking(True)  # noqa: FBT003  the socket module's own signature
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=self._serve, args=(connection, origin), name="sandbox-client", daemon=True)
        with self._lock:
            self._connections[thread] = connection
        thread.start()

    def _serve(self, connection: socket.socket, origin: str) -> None:
        try:
            with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError, BrokenOffError):
                while not self._stopping.is_set():
                    self._exchange(connection, stream, origin)
        finally:
            with self._lock:
                self._connections.pop(threading.current_thread(), None)

    def _exchange(self, connection: socket.socket, stream: io.BufferedReader, origin: str) -> None:
        """Read one request and answer it; raise BrokenOffError where no other follows."""
        keep_alive, head_only = False, False
        try:
            message = read_message(stream, connection)
            if message is None:
                raise BrokenOffError
            keep_alive, head_only = message.keep_alive, message.method == "HEAD"
            response = self._refusal(message, origin) or self._answer(message, origin)
        except BadMessageError as problem:
            response = _plain(problem.status, str(problem))
            keep_alive = False
        write_response(connection, response, head_only=head_only, keep_alive=keep_alive, stopping=self._stopping)

    def _refusal(self, message: Message, origin: str) -> Response | None:
        """Refuse other hosts' names, against DNS rebinding, and other sites' pages, against cross-site requests."""
        if message.headers.get("host", "").lower() not in _names(origin):
            return _plain(421, f"this is {origin}, and answers to no other host")
        sender = message.headers.get("origin")
        if sender is not None and not any(sender in _origins(own) for own in self.origins.values()):
            return _plain(403, "requests from other sites' pages are refused")
        return None

    def _answer(self, message: Message, origin: str) -> Response:
        target = message.target
        if not target.startswith("/"):
            parts = urlsplit(target)
            if parts.netloc.lower() not in _names(origin):
                return _plain(421, f"this is {origin}, and no proxy")
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            return self._handle(Request(message.method, origin + target, message.headers, message.body))
        except Exception:  # noqa: BLE001  whatever it is, the client gets an answer and the log the story
            _LOG.exception("the sandbox failed at %s %s", message.method, urlsplit(target).path)
            return _plain(500, "the sandbox itself failed; its log says how")


def _names(origin: str) -> tuple[str, str]:
    netloc = urlsplit(origin).netloc
    return netloc, f"localhost:{netloc.rpartition(':')[2]}"


def _origins(origin: str) -> tuple[str, ...]:
    return tuple(f"http://{name}" for name in _names(origin))


def _plain(status: int, text: str) -> Response:
    return Response(status, text.encode(), (("Content-Type", "text/plain;charset=UTF-8"),))
