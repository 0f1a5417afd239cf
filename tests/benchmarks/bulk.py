"""G4: 100 pages of 200 bugs, 490 kB each, from a server that takes 100 ms for each: fetched, decoded, kept in order.

The goal is about that; what it takes to have them in a DataFrame as well is told beside it.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from tests.benchmarks import frames, stand
from zbt_notebook.client.limits.rate_limit import INTERACTIVE
from zbt_notebook.client.lists.pager import Pager
from zbt_notebook.client.lists.read_lists import fetch_page
from zbt_notebook.client.lists.worker_pool import PagedList, WorkerPool
from zbt_notebook.client.rest.api import ApiCall

if TYPE_CHECKING:
    from zbt_notebook.client.lists.page import Page

NAME = "bulk"
GOAL = (
    "100 pages at 100 ms: at most 1.20 times the bound of the latency and 7 times faster than one after the other "
    "with 8 threads; 1.35 and 11 times with 16"
)

PAGES, LATENCY = 100, 0.1
_GOALS = {8: (1.20, 7.0), 16: (1.35, 11.0)}
_PROJECT = 170_876_000_000_050_000
_CALL = ApiCall("GET", f"/restapi/portal/acme/projects/{_PROJECT}/bugs/")


def measure(*, rounds: int = 3) -> dict[str, Any]:
    """Give wall time as multiples of the bound, ceil(pages / threads) times the latency, and against one by one.

    One by one is a requests.Session in a loop, its pages decoded with ``.json()`` and kept.
    """
    order = random.Random(7)
    with stand.serving(_answers(), latency=LATENCY) as address, stand.connected(address) as connection:
        ways = {
            0: lambda: _one_by_one(address),
            8: lambda: _fetch(connection, 8),
            16: lambda: _fetch(connection, 16),
            -8: lambda: _pull(connection, 8),
        }
        _pull(connection, 8)  # imports are paid once a kernel
        results = [{way: _timed(ways[way]) for way in order.sample(list(ways), len(ways))} for _ in range(rounds)]
    measured: dict[str, Any] = {"one by one, s": statistics.median(result[0] for result in results)}
    for threads, (most, least) in _GOALS.items():
        bound = ceil(PAGES / threads) * LATENCY
        times_bound = statistics.median(result[threads] / bound for result in results)
        faster = statistics.median(result[0] / result[threads] for result in results)
        measured[f"{threads} threads"] = {
            "s": statistics.median(result[threads] for result in results),
            "times the bound": times_bound,
            "times faster than one by one": faster,
            "met": {"bound": times_bound <= most, "faster": faster >= least},
        }
    whole = statistics.median(result[-8] for result in results)
    measured["to a DataFrame, 8 threads"] = {
        "s": whole,
        "times the bound": whole / (ceil(PAGES / 8) * LATENCY),
        "times faster than one by one": statistics.median(result[0] / result[-8] for result in results),
    }
    return measured


def _answers() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pages")
        frames.write_pages(file, PAGES * frames.PAGE)
        pages = file.read_bytes().splitlines()
    project = {"id": _PROJECT, "name": "Bench", "bug_count": {"open": PAGES * frames.PAGE, "closed": 0}}
    answers = {str(number * frames.PAGE + 1): page for number, page in enumerate(pages)}
    return answers | {"/restapi/portal/acme/projects/": json.dumps({"projects": [project]}).encode(), "*": b"{}"}


def _fetch(connection: Any, threads: int) -> int:
    """Every record, decoded, by the threads of a pull."""

    def fetch(listed: PagedList, page: Page) -> tuple[Any, bool | None]:
        return fetch_page(connection.client, listed, _CALL, page, INTERACTIVE)

    listed = PagedList(lambda _: Pager(expected=PAGES * frames.PAGE))
    count = 0
    with WorkerPool([listed], fetch, size=threads) as pool:
        while not pool.finished:
            count += sum(len(records) for _, records in pool.collect(0.1))
    assert count == PAGES * frames.PAGE
    return count


def _pull(connection: Any, threads: int) -> int:
    """Every record, in a DataFrame."""
    frame = connection.pull("bugs", portal="acme", concurrency=threads, progress=False)
    assert len(frame) == PAGES * frames.PAGE
    return len(frame)


def _one_by_one(address: str) -> int:
    records: list[Any] = []
    with requests.Session() as session:
        for page in range(PAGES):
            url = f"{address}/restapi/portal/acme/projects/{_PROJECT}/bugs/"
            records += session.get(url, params={"index": page * frames.PAGE + 1, "range": frames.PAGE}).json()["bugs"]
    return len(records)


def _timed(way: Any) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began
