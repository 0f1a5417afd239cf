"""G5: 1,000 pages under Zoho's limit, in virtual time, through the sandbox's own limiter."""

from __future__ import annotations

import heapq
import random
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.limits.rate_limit import INTERACTIVE_SLOTS, LOOK_UP, RateLimits
from zbt_notebook.client.limits.sliding_window import LIMIT, SECOND, WINDOW
from zbt_notebook.client.lists.slot_reserve import reserve
from zbt_notebook.simulator.bugtracker.throttle import Rule, Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "budget"
GOAL = (
    "1,000 pages at 100 in 120 s: at most 1.01 times the bound, no request over the budget of any rolling window, for "
    "200 seeds and 4 kinds of latency, counted by the sandbox's own limiter"
)

PAGES, WORKERS = 1000, 8
FREE_OF_CHARGE = 973  # pages that take as many windows whether slots are left or not
BOUND = (PAGES - 1) // LIMIT * WINDOW  # for 901 to 1,000 pages
_BOUND_OF_A_LENDER = -(-(PAGES - LIMIT) // (LIMIT - INTERACTIVE_SLOTS)) * WINDOW
_Latency = "Callable[[random.Random], tuple[int, int]]"


def _steady(_: random.Random) -> tuple[int, int]:
    return SECOND // 20, SECOND // 10


def _usual(dice: random.Random) -> tuple[int, int]:
    return int(0.075 * SECOND * dice.lognormvariate(0, 0.25)), int(0.175 * SECOND * dice.lognormvariate(0, 0.4))


def _stragglers(dice: random.Random) -> tuple[int, int]:
    there, back = _usual(dice)
    return there + (int(dice.uniform(0.2, 3) * SECOND) if dice.random() < 0.01 else 0), back


def _heavy(dice: random.Random) -> tuple[int, int]:
    there, back = (min(int(0.02 * SECOND * dice.paretovariate(1.5)), 20 * SECOND) for _ in range(2))
    return there, back


_KINDS = {"steady": _steady, "usual": _usual, "1 % stragglers": _stragglers, "heavy tail": _heavy}


def measure(*, seeds: int = 200) -> dict[str, Any]:
    """Give the median and the worst multiple of the bound, and the refusals; then what slots for others cost."""
    measured: dict[str, Any] = {"refused": 0}
    medians = []
    for kind, latency in _KINDS.items():
        runs = [simulate(seed, latency) for seed in range(seeds)]
        times = [run.ended / BOUND for run in runs]
        measured["refused"] += sum(run.refused for run in runs)
        medians.append(statistics.median(times))
        measured[kind] = {"times the bound": medians[-1], "at worst": max(times)}
    few = range(max(1, seeds // 10))
    lent = [simulate(seed, _usual, others_may_call=True) for seed in few]
    measured["while others may call"] = {
        "times the bound": statistics.median(run.ended for run in lent) / BOUND,
        "times the bound that leaves them slots": statistics.median(run.ended for run in lent) / _BOUND_OF_A_LENDER,
        "time in which a slot was free": min(run.free for run in lent),
    }
    fewer = [simulate(seed, _usual, pages=FREE_OF_CHARGE) for seed in few]
    measured[f"{FREE_OF_CHARGE} pages"] = {
        "times the bound": statistics.median(run.ended for run in fewer) / BOUND,
        "time in which a slot was free": min(run.free for run in fewer),
    }
    measured["met"] = {"bound": max(medians) <= 1.01, "refused": measured["refused"] == 0}
    return measured


@dataclass(frozen=True, slots=True)
class Run:
    """How a pull went: when it ended, what the server refused, and for how much of it another call could have gone."""

    ended: int
    refused: int
    free: float  # from the first burst to the last window


def simulate(
    seed: int,
    latency: Callable[[random.Random], tuple[int, int]],
    *,
    pages: int = PAGES,
    others_may_call: bool = False,
) -> Run:
    """One pull, by the rules of the real one; its slots are those that it leaves."""
    dice = random.Random(seed)
    now = 0
    limits, throttle = RateLimits(lambda: now, _no_date), Throttle()
    window = limits.acquire("k")
    limits.release(window, sent=False)
    rule = Rule(LIMIT, window=WINDOW / SECOND, lock=1800)
    events: list[tuple[int, int, str]] = [(0, worker, "ready") for worker in range(WORKERS)]
    heapq.heapify(events)
    idle: list[int] = []
    lanes: dict[int, int] = {}  # what a worker's next page leaves, told when it asks for the page
    sent = answered = refused = ended = watched = free = 0
    while events:
        before, (now, worker, what) = now, heapq.heappop(events)
        if LIMIT <= sent < pages - LIMIT:
            watched += now - before
            free += (now - before) * (window.used(before) < LIMIT)
        if what == "arrives":
            refused += throttle.wait("GET /bugs", now / SECOND, rule) > 0
            continue
        if what == "answered":
            window.release(now)
            answered += 1
            ended = max(ended, now)
            for waiting in idle:
                heapq.heappush(events, (now, waiting, "ready"))
            idle.clear()
        if sent >= pages:
            continue
        if worker not in lanes:
            lanes[worker] = reserve(limits, "k", pages - answered, others_may_call=others_may_call)
        wait = window.take(now, leave=lanes[worker])
        if wait is None:
            idle.append(worker)
        elif wait:
            heapq.heappush(events, (now + min(wait, int(LOOK_UP * SECOND)), worker, "ready"))
        else:
            del lanes[worker]
            sent += 1
            there, back = latency(dice)
            heapq.heappush(events, (now + there, worker, "arrives"))
            heapq.heappush(events, (now + there + back, worker, "answered"))
    return Run(ended, refused, free / max(1, watched))


def _no_date() -> Any:
    raise NotImplementedError
