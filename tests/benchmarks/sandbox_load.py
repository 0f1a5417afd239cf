"""The sandbox under load: 500 requests a second from 16 threads, beside two servers that everybody has.

Each server runs in a fresh process of its own and gives the same small JSON. First all of them are asked as fast as 16
threads can, in rounds of changing order: with a connection for each request, and with kept ones, which werkzeug's
server does not have. Then the sandbox is asked at an even pace, while its memory is watched. Its answer goes through
all that its others go through: faults, routing, the log of requests.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "sandbox_load"
GOAL = "500 requests a second from 16 threads for 30 s without an error or growth of memory; no slower than the others"

_ROOT = Path(__file__).parents[2]
_PATH = "/oauth/serverinfo"
_BODY = b'{"result":"success","locations":{"us":"http://127.0.0.1:00000"}}'
_GROWTH = 4e6  # bytes: what allocators do by themselves, over 15,000 requests 270 bytes each


def measure(
    *,
    rate: int = 500,
    threads: int = 16,
    seconds: float = 30,
    burst: float = 4,
    rounds: int = 3,
    seed: int = 7,
    warm_up: int = 5_000,
) -> dict[str, Any]:
    """Give requests a second at full speed for each server, then the sandbox's figures at that rate."""
    order = random.Random(seed)
    ways = [(name, kept) for name in _SERVERS for kept in (False, True) if (name, kept) != ("werkzeug", True)]
    speeds: dict[tuple[str, bool], list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for name, kept in order.sample(ways, len(ways)):
            with _running(name) as (port, _):
                speeds[name, kept].append(_full_speed(port, threads, burst, kept=kept))
    fresh = {name: statistics.median(speeds[name, False]) for name in _SERVERS}
    kept_ones = {name: statistics.median(speeds[name, True]) for name, kept in ways if kept}
    with _running("sandbox") as (port, process):
        even = _even_pace(port, process, rate=rate, threads=threads, seconds=seconds, warm_up=warm_up)
    met = {
        "rate": even["rate"] >= 0.99 * rate,
        "errors": even["errors"] == 0,
        "growth": even["growth_bytes"] < _GROWTH,
        "speed": fresh["sandbox"] == max(fresh.values()) and kept_ones["sandbox"] == max(kept_ones.values()),
    }
    return {
        "rounds": rounds,
        "threads": threads,
        "requests_a_second": {"a connection each": fresh, "kept connections": kept_ones},
        "even_pace": even,
        "met": met,
    }


class _Peer:
    """One connection at a time; the least work for the client, so that the server is what is measured."""

    def __init__(self, port: int, *, kept: bool = True) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._kept = kept
        wish = "keep-alive" if kept else "close"
        self._request = f"GET {_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: {wish}\r\n\r\n".encode()

    def ask(self) -> bool:
        """Tell whether the right answer came."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(self._request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += _more(self._socket)
        head = answer[:end].lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(answer) < end + 4 + length:
            answer += _more(self._socket)
        if not self._kept:
            self.close()
        return answer.startswith(b"HTTP/1.1 200") and answer[end + 4 :].startswith(b'{"result":"success"')

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None


def _more(peer: socket.socket) -> bytes:
    chunk = peer.recv(65536)
    if not chunk:
        raise ConnectionError("the server hung up")
    return chunk


def _full_speed(port: int, threads: int, seconds: float, *, kept: bool) -> float:
    begun = time.perf_counter()

    def work(_: int) -> int:
        count = 0
        with contextlib.closing(_Peer(port, kept=kept)) as peer:
            while time.perf_counter() < begun + seconds:
                if not peer.ask():
                    raise AssertionError("a wrong answer")
                count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, range(threads))) / (time.perf_counter() - begun)


def _even_pace(port: int, process: int, *, rate: int, threads: int, seconds: float, warm_up: int) -> dict[str, Any]:
    """Ask at moments fixed beforehand; a wait is counted from the moment, so that a slow answer hides none.

    The requests to warm up are more than the sandbox's log keeps: from then on nothing has a reason to grow.
    """
    with contextlib.closing(_Peer(port)) as peer:
        for _ in range(warm_up):
            peer.ask()
    resident = _resident(process)
    total = int(rate * seconds)
    begun = time.perf_counter() + 0.2

    def work(place: int) -> tuple[list[float], int]:
        waits, errors = [], 0
        with contextlib.closing(_Peer(port)) as peer:
            for turn in range(place, total, threads):
                moment = begun + turn / rate
                time.sleep(max(0, moment - time.perf_counter()))
                try:
                    errors += not peer.ask()
                except OSError:
                    errors += 1
                    peer.close()
                waits.append(time.perf_counter() - moment)
        return waits, errors

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(work, range(threads)))
    taken = time.perf_counter() - begun
    sorted_waits = sorted(wait for waits, _ in results for wait in waits)
    return {
        "seconds": taken,
        "requests": total,
        "rate": total / taken,
        "errors": sum(errors for _, errors in results),
        "growth_bytes": _resident(process) - resident,
        "median_milliseconds": 1000 * statistics.median(sorted_waits),
        "p99_milliseconds": 1000 * sorted_waits[int(0.99 * len(sorted_waits))],
    }


def _resident(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@contextlib.contextmanager
def _running(name: str) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "tests.benchmarks.sandbox_load", name]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        yield int(server.stdout.readline()), server.pid
        server.stdin.close()


def _serve_sandbox() -> int:
    from zbt_notebook.simulator import Sandbox

    return int(Sandbox(projects=1, bugs=1).accounts_url.rpartition(":")[2])


def _serve_standard_library() -> int:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # as it comes, head and body wait 40 ms for each other

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(_BODY)))
            self.end_headers()
            self.wfile.write(_BODY)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_port)


def _serve_werkzeug() -> int:
    serving = importlib.import_module("werkzeug.serving")
    wrappers = importlib.import_module("werkzeug.wrappers")

    class Handler(serving.WSGIRequestHandler):  # type: ignore[name-defined]  # imported by name
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # as it comes, head and body wait 40 ms for each other

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    @wrappers.Request.application
    def application(_: object) -> Any:
        return wrappers.Response(_BODY, content_type="application/json;charset=UTF-8")

    server = serving.make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_port)


_SERVERS = {"sandbox": _serve_sandbox, "http.server": _serve_standard_library, "werkzeug": _serve_werkzeug}


if __name__ == "__main__":
    if sys.argv[1:]:
        print(_SERVERS[sys.argv[1]](), flush=True)
        sys.stdin.read()  # until whoever started this is done
    else:
        print(json.dumps(measure(), indent=1))
