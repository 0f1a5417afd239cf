"""G1: one authenticated, limited, judged GET, against the plain GET of a requests.Session that does none of it."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from typing import TYPE_CHECKING, Any

import requests

from tests.benchmarks import stand

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "overhead"
GOAL = "connection.get costs at most 0.75 of the CPU time of requests.Session().get().json()"

PLAIN = "requests.Session"


def measure(*, calls: int = 60, times: int = 41) -> dict[str, Any]:
    """Give microseconds of CPU a call, and the ratios to plain requests."""
    with contextlib.ExitStack() as open_things:
        address = open_things.enter_context(stand.serving({"*": stand.PORTALS}))
        connection = open_things.enter_context(stand.connected(address))
        session = open_things.enter_context(requests.Session())
        url = f"{address}/restapi/portals/"
        ways: dict[str, Callable[[], Any]] = {
            "connection.get": lambda: connection.get("/portals/"),
            PLAIN: lambda: session.get(url).json(),
            "requests.get": lambda: requests.get(url, timeout=30).json(),
        }
        if importlib.util.find_spec("requests_oauthlib"):
            from requests_oauthlib import OAuth2Session

            os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the loopback server speaks plain HTTP to all
            peer = open_things.enter_context(OAuth2Session(token={"access_token": "1000.x", "token_type": "Bearer"}))
            ways["requests-oauthlib"] = lambda: peer.get(url).json()
        results = stand.rounds(ways, calls=calls, times=times)
    measured: dict[str, Any] = {f"{name}, µs": stand.median(results, name) for name in ways}
    measured |= {f"{name}, ratio": stand.ratio(results, name, PLAIN) for name in ways if name != PLAIN}
    measured["met"] = measured["connection.get, ratio"] <= 0.75
    return measured
