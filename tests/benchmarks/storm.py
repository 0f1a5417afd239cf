"""G8: an expired token under many threads, and what the limiter costs."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import stand
from zbt_notebook.client.auth.authorization import Authorization
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.http.messages import Request, Response
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.shared_budget import SharedBudget

NAME = "storm"
GOAL = (
    "one token request for 64 threads, be it granted, refused or rejected early; a limiter's slot in 2 µs, shared 10 µs"
)

THREADS = 64
GRANTED = b'{"access_token":"1000.new","expires_in":3600,"token_type":"Bearer"}'
REFUSED = b'{"error":"invalid_code"}'


def measure(*, slots: int = 20_000, times: int = 21) -> dict[str, Any]:
    """Count token requests, and time slots."""
    counts = {
        "expired, granted": _storm(GRANTED, expires=0),
        "expired, refused": _storm(REFUSED, expires=0),
        "rejected early": _storm(GRANTED, expires=3600),
    }
    limits = RateLimits(time.monotonic_ns, _no_date, limit=stand.UNLIMITED, window=1)
    ways: dict[str, Any] = {"in process": lambda: limits.release(limits.acquire("k"), sent=True)}
    with tempfile.TemporaryDirectory() as folder:
        budget = SharedBudget(Path(folder), "bench", limit=100, window=1)
        shared = RateLimits(time.monotonic_ns, _no_date, windows=budget)
        ways["shared by processes"] = lambda: shared.release(shared.acquire("k"), sent=True)
        results = stand.rounds(ways, calls=slots // 10, times=times)
    micros = {name: stand.median(results, name) for name in ways}
    return {
        "token requests of 64 threads": counts,
        "µs a slot": micros,
        "met": {
            "tokens": set(counts.values()) == {1},
            "limiter": micros["in process"] <= 2,
            "shared": micros["shared by processes"] <= 10,
        },
    }


def _no_date() -> Any:
    raise NotImplementedError


def _storm(answer: bytes, *, expires: float) -> int:
    asked: list[Request] = []

    def token_endpoint(request: Request) -> Response:
        asked.append(request)
        time.sleep(0.2)
        return Response(200, {"content-type": "application/json"}, answer)

    site = DataCenter("bench", "http://127.0.0.1:1", "http://127.0.0.1:2")
    token = Token("1000.old", "1000.refresh", (), int(expires))
    authorization = Authorization(ClientCredentials("1000.BENCH", "secret"), site, token, token_endpoint)
    start = threading.Barrier(THREADS)

    def call() -> None:
        start.wait()
        try:
            used = authorization.access_token()
            if expires:
                authorization.refresh(rejected=used)
        except ZbtError:
            return

    threads = [threading.Thread(target=call) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(asked)
