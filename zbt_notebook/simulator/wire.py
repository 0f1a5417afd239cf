"""HTTP/1.1 as the sandbox's server reads and writes it."""

import io
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus

from zbt_notebook.simulator.http import Delivery, Response

_LINE = 65536
_HEADERS = 200
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,15}")
LARGEST_BODY = 64 * 1024 * 1024


class BadMessageError(Exception):
    """What came is not HTTP, or too much of it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class BrokenOffError(Exception):
    """The connection ends here, on purpose."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it came over the wire, header names in lower case."""

    method: str
    target: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    keep_alive: bool


def read_message(stream: io.BufferedReader, sock: socket.socket) -> Message | None:
    """Read one request; None where the peer has hung up."""
    line = stream.readline(_LINE)
    while line in {b"\r\n", b"\n"}:
        line = stream.readline(_LINE)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not line.endswith(b"\n"):  # noqa: PLR2004  RFC 9112, 3
        raise BadMessageError(400, "not a request line")
    method, target, version = words
    headers = _read_headers(stream)
    if headers.get("expect", "").lower() == "100-continue":
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    wish = headers.get("connection", "").lower()
    keep_alive = "close" not in wish and (version != "HTTP/1.0" or "keep-alive" in wish)
    return Message(method, target, headers, _read_body(stream, headers), keep_alive)


def write_response(
    sock: socket.socket, response: Response, *, head_only: bool, keep_alive: bool, stopping: threading.Event
) -> None:
    """Send a response as its delivery says; raise BrokenOffError where that ends the connection."""
    delivery = response.delivery
    if delivery.delay:
        stopping.wait(delivery.delay)
    if delivery.kind == "hang":
        stopping.wait(delivery.seconds)
        raise BrokenOffError
    body = b"" if head_only else response.body
    broken = delivery.kind in {"reset", "refuse", "truncate", "wrong_length"}
    head = _head(response, len(response.body), keep_alive=keep_alive and not broken)
    if broken:
        _break_off(sock, head, response, delivery)
    if delivery.kind == "drip":
        sock.sendall(head)
        _drip(sock, body, delivery, stopping)
    elif delivery.kind == "chunk_drip":
        # The header of a chunk may be as long as a server likes: RFC 9112, 7.1.1
        header = f"{len(body):x};".encode() + b"x" * delivery.size + b"\r\n"
        sock.sendall(head)
        _drip(sock, header, replace(delivery, size=1), stopping)
        sock.sendall(body + b"\r\n0\r\n\r\n")
    else:
        sock.sendall(head + body if len(body) < _LINE else head)
        if len(body) >= _LINE:
            sock.sendall(body)
    if not keep_alive:
        raise BrokenOffError


def _read_headers(stream: io.BufferedReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_HEADERS):
        line = stream.readline(_LINE)
        if line in {b"\r\n", b"\n"}:
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not line.endswith(b"\n") or name != name.strip():
            raise BadMessageError(400, "not a header line")
        key = name.lower()
        if key in headers and key in {"host", "content-length", "authorization"}:
            raise BadMessageError(400, f"{key} twice")
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    raise BadMessageError(431, "too many headers")


def _read_body(stream: io.BufferedReader, headers: dict[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked" or "content-length" in headers:
            raise BadMessageError(400, "unknown transfer encoding")
        return _read_chunks(stream)
    text = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(text):
        raise BadMessageError(400, "not a length")
    return _read_exactly(stream, int(text))


def _read_chunks(stream: io.BufferedReader) -> bytes:
    body = bytearray()
    while True:
        digits = stream.readline(_LINE).partition(b";")[0].strip()
        if not _CHUNK.fullmatch(digits):
            raise BadMessageError(400, "not a chunk")
        size = int(digits, 16)
        if size == 0:
            while stream.readline(_LINE) not in {b"\r\n", b"\n", b""}:
                pass
            return bytes(body)
        if len(body) + size > LARGEST_BODY:
            raise BadMessageError(413, "body too large")
        body += _read_exactly(stream, size)
        stream.readline(_LINE)


def _read_exactly(stream: io.BufferedReader, size: int) -> bytes:
    if size > LARGEST_BODY:
        raise BadMessageError(413, "body too large")
    body = stream.read(size)
    if len(body) < size:
        raise BadMessageError(400, "body ended early")
    return body


def _head(response: Response, length: int, *, keep_alive: bool) -> bytes:
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}", f"Date: {formatdate(time.time(), usegmt=True)}"]
    lines += [f"{name}: {_one_line(value)}" for name, value in response.headers]
    if response.delivery.kind == "wrong_length":
        length = max(0, length + response.delivery.size)
    if response.delivery.kind == "chunk_drip":
        lines.append("Transfer-Encoding: chunked")
    elif response.status not in {204, 304}:
        lines.append(f"Content-Length: {length}")
    if not keep_alive:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _break_off(sock: socket.socket, head: bytes, response: Response, delivery: Delivery) -> None:
    if delivery.kind in {"reset", "refuse"}:  # a socket that listens cannot refuse: the reset comes right after
        if delivery.size:
            sock.sendall((head + response.body)[: delivery.size])
        # A linger of zero seconds makes close() send RST instead of FIN.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        end = delivery.size if delivery.kind == "truncate" else None
        sock.sendall(head + response.body[:end])
    raise BrokenOffError


def _drip(sock: socket.socket, body: bytes, delivery: Delivery, stopping: threading.Event) -> None:
    for start in range(0, len(body), delivery.size):
        if start and stopping.wait(delivery.seconds):
            raise BrokenOffError
        sock.sendall(body[start : start + delivery.size])
