"""What the benchmarks of the client share: a fast server in another process, a connection to it, paired rounds."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import random
import socketserver
import statistics
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from zbt_notebook.client.auth.authorization import Authorization
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.http.transport import RequestsTransport
from zbt_notebook.client.limits.rate_limit import RateLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNLIMITED = 10**9
PORTALS = json.dumps({"portals": [{"id": 700200, "name": "acme", "default": True}]}).encode()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def _serve(told: Any, answers: dict[str, bytes], latency: float) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: else Nagle's algorithm is what is measured
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if latency:
                time.sleep(latency)
            path, _, query = self.path.partition("?")
            body = answers.get(path) or answers.get(parse_qs(query).get("index", ["*"])[0]) or answers["*"]
            self.send_response(200)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        told.put(server.server_address[1])
        server.serve_forever()


@contextlib.contextmanager
def serving(answers: dict[str, bytes], *, latency: float = 0.0) -> Iterator[str]:
    """Serve bodies by path, else by index ("*" for all others), from another process; gives the address."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=_serve, args=(told, answers, latency), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{told.get(timeout=30)}"
    finally:
        process.terminate()
        process.join()


@contextlib.contextmanager
def connected(address: str, *, limit: int = UNLIMITED) -> Iterator[Connection]:
    """A connection that is signed in already; its limiter counts, but with as many slots as nobody fills."""
    transport = RequestsTransport()
    data_center = DataCenter("bench", address, address)
    token = Token("1000.access", "1000.refresh", ("ZohoBugTracker.bugs.READ",), 3600)
    authorization = Authorization(ClientCredentials("1000.BENCH", "secret"), data_center, token, transport)
    limits = RateLimits(time.monotonic_ns, authorization._clock.today, limit=limit)
    yield Connection(authorization, transport, name="bench", limits=limits)
    transport.close()


def rounds(ways: dict[str, Callable[[], Any]], *, calls: int, times: int, seed: int = 7) -> list[dict[str, float]]:
    """CPU microseconds a call, way by way, in rounds of changing order."""
    order = random.Random(seed)
    for way in ways.values():
        way()
    results = []
    for _ in range(times):
        result = {}
        for name in order.sample(list(ways), len(ways)):
            way = ways[name]
            began = time.process_time()
            for _ in range(calls):
                way()
            result[name] = (time.process_time() - began) / calls * 1e6
        results.append(result)
    return results


def median(results: list[dict[str, float]], name: str) -> float:
    """The median of one way."""
    return statistics.median(result[name] for result in results)


def ratio(results: list[dict[str, float]], above: str, below: str) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(result[above] / result[below] for result in results)
