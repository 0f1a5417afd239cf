"""G5: 1,000 pages under Zoho's limit, in virtual time, through the sandbox's own limiter."""

from __future__ import annotations

import heapq
import random
import statistics
from typing import TYPE_CHECKING, Any

from zbt_notebook.limits.rate_limit import INTERACTIVE_SLOTS
from zbt_notebook.limits.sliding_window import LIMIT, SECOND, SLACK, WINDOW, SlidingWindow
from zbt_notebook.simulator.bugtracker.throttle import Throttle
from zbt_notebook.simulator.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "budget"
GOAL = (
    "1,000 pages at 100 in 120 s: at most 1.01 times the bound, no request over the budget of any rolling window, for "
    "200 seeds and 4 kinds of latency, counted by the sandbox's own limiter"
)

PAGES, WORKERS = 1000, 8
BOUND = (PAGES - 1) // LIMIT * WINDOW
_Latency = "Callable[[random.Random], tuple[int, int]]"


def _steady(_: random.Random) -> tuple[int, int]:
    return SECOND // 20, SECOND // 10


def _usual(dice: random.Random) -> tuple[int, int]:
    return int(0.075 * SECOND * dice.lognormvariate(0, 0.25)), int(0.175 * SECOND * dice.lognormvariate(0, 0.4))


def _stragglers(dice: random.Random) -> tuple[int, int]:
    there, back = _usual(dice)
    return there + (int(dice.uniform(0.2, 3) * SECOND) if dice.random() < 0.01 else 0), back


def _heavy(dice: random.Random) -> tuple[int, int]:
    return tuple(min(int(0.02 * SECOND * dice.paretovariate(1.5)), 20 * SECOND) for _ in range(2))  # type: ignore[return-value]  a pair


_KINDS = {"steady": _steady, "usual": _usual, "1 % stragglers": _stragglers, "heavy tail": _heavy}


def measure(*, seeds: int = 200) -> dict[str, Any]:
    """Give the median and the worst multiple of the bound, and the refusals; and what leaving slots to others costs."""
    measured: dict[str, Any] = {"refused": 0}
    medians = []
    for kind, latency in _KINDS.items():
        runs = [simulate(seed, latency) for seed in range(seeds)]
        times = [ended / BOUND for ended, _ in runs]
        measured["refused"] += sum(refused for _, refused in runs)
        medians.append(statistics.median(times))
        measured[kind] = {"times the bound": medians[-1], "at worst": max(times)}
    lent = [simulate(seed, _usual, leave=INTERACTIVE_SLOTS)[0] / BOUND for seed in range(seeds)]
    measured[f"{INTERACTIVE_SLOTS} slots left to the user until the last window"] = statistics.median(lent)
    measured["met"] = {"bound": max(medians) <= 1.01, "refused": measured["refused"] == 0}
    return measured


def simulate(seed: int, latency: Callable[[random.Random], tuple[int, int]], *, leave: int = 0) -> tuple[int, int]:
    """One pull: when it ended, and how many of its requests the server refused."""
    dice = random.Random(seed)
    slots, throttle = SlidingWindow(LIMIT, WINDOW + SLACK), Throttle()
    switches = Switches(url_limit=LIMIT, url_window=WINDOW / SECOND)
    events: list[tuple[int, int, str]] = [(0, worker, "ready") for worker in range(WORKERS)]
    heapq.heapify(events)
    idle: list[int] = []
    sent = refused = ended = 0
    while events:
        now, worker, what = heapq.heappop(events)
        if what == "arrives":
            refused += throttle.wait("GET /bugs", now / SECOND, switches) > 0
            continue
        if what == "answered":
            slots.release(now)
            ended = max(ended, now)
            for waiting in idle:
                heapq.heappush(events, (now, waiting, "ready"))
            idle.clear()
        if sent >= PAGES:
            continue
        wait = slots.take(now, leave=leave if PAGES - sent > LIMIT else 0)
        if wait is None:
            idle.append(worker)
        elif wait:
            heapq.heappush(events, (now + wait, worker, "ready"))
        else:
            sent += 1
            there, back = latency(dice)
            heapq.heappush(events, (now + there, worker, "arrives"))
            heapq.heappush(events, (now + there + back, worker, "answered"))
    return ended, refused
