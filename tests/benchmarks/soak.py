"""A week of work in one kernel, its time made short: what is held after each day.

A kernel signs in every morning and out in the evening, calls every other minute through the API and through ``%zbt``,
pulls every hour, keeps a mirror every six, meets failing servers, refused tokens and Zoho's lock. Under another name it
signs in every morning and never out, so that each sign-in replaces the one of the day before. The sandbox answers
through a real socket; its clock is the client's too, so that an hour passes as soon as nothing is left to do.
"""

from __future__ import annotations

import gc
import os
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "soak"
GOAL = "a week of a kernel: memory, threads and open files after the seventh day as after the second"

_GROWTH = 8.0  # MB in five days, some 8,000 calls: what allocators do by themselves
_PATIENCE = 1.0  # seconds
_NOW = 1_790_000_000.0  # 2026-09-21


def measure(*, days: int = 7, hours: int = 24, calls_an_hour: int = 30) -> dict[str, Any]:
    """Give what the process holds after each day: resident bytes, threads, open files, objects."""
    from tests.shells import fresh_shell
    from zbt_notebook.simulator import Sandbox, World
    from zbt_notebook.simulator.clock import Clock

    after: list[dict[str, float]] = []
    world = World(projects=3, bugs=120, clock=Clock(frozen_at=_NOW))
    done = Counter[str]()
    with Sandbox(world) as sandbox, fresh_shell() as shell, tempfile.TemporaryDirectory() as folder:
        shell.run_line_magic("load_ext", "zbt_notebook")
        for _ in range(days):
            _day(sandbox, shell, Path(folder), hours, calls_an_hour, done)
            after.append(_held(after[0]["threads"] if after else 0))
    settled, end = after[min(1, days - 1)], after[-1]
    return {
        "goal": GOAL,
        "done": dict(done),
        "after": {f"day {number}": held for number, held in enumerate(after, 1)},
        "met": {
            "memory": end["MB"] - settled["MB"] < _GROWTH,
            "threads": end["threads"] <= settled["threads"],
            "files": end["files"] <= settled["files"],
            "work": min(done[what] for what in ("calls", "pulls", "mirrors", "sign-outs")) >= days > done["failed"],
        },
    }


def _day(sandbox: Any, shell: Any, folder: Path, hours: int, calls_an_hour: int, done: Counter[str]) -> None:
    from zbt_notebook.client.mirror import mirror

    never_out = _sign_in(sandbox, name="never out")
    never_out.pull("bugs", projects="all", progress=False, concurrency=1)
    connection = _sign_in(sandbox)

    def attempt(what: str, act: Callable[[], object]) -> None:
        try:
            act()
            done[what] += 1
        except Exception:  # noqa: BLE001  what fails is part of the week
            done["failed"] += 1

    for hour in range(hours):
        _trouble(sandbox, hour)
        for minute in range(calls_an_hour):
            if minute % 4:
                attempt("calls", lambda: connection.get("/portals/"))
            else:
                attempt("calls", lambda: shell.run_line_magic("zbt", "GET /portals/ -q 'portals[0].name'"))
            sandbox.clock.advance(3600 / calls_an_hour)
        attempt("pulls", lambda: connection.pull("bugs", projects="all", progress=False))
        if hour % 6 == 0:
            attempt("mirrors", lambda: mirror(folder / "bugs", connection=connection, progress=False))
    attempt("sign-outs", connection.logout)


def _sign_in(sandbox: Any, **options: Any) -> Any:
    from zbt_notebook import LoginFlow
    from zbt_notebook.client.auth.authorization import Clock
    from zbt_notebook.client.auth.data_centers import DataCenter

    world = sandbox.world
    here = DataCenter("sandbox", sandbox.accounts_url, sandbox.api_url)
    clock = Clock(wall=world.clock.now, monotonic=world.clock.now, sleep=world.clock.advance)
    flow = LoginFlow(
        sandbox.client_id, sandbox.client_secret, sandbox.redirect_uri, "triage", here, clock=clock, **options
    )
    return flow.finish(world.consent(flow.authorization_url))


def _trouble(sandbox: Any, hour: int) -> None:
    match hour % 8:
        case 3:
            sandbox.faults.add(kind="reset", path="/restapi/", times=2)
        case 5:
            sandbox.faults.add(kind="truncate", path="/restapi/", times=1)
        case 7:
            with sandbox.world.accounts.state.lock:
                sandbox.world.accounts.state.tokens.grants.clear()  # every access token is refused
        case _:
            sandbox.faults.clear()


def _held(threads: float) -> dict[str, float]:
    """What the process holds, once no more than so many *threads* are left: those of closed connections are ending."""
    gc.collect()
    patience = time.monotonic() + _PATIENCE
    while threading.active_count() > threads and time.monotonic() < patience:
        time.sleep(0.01)
    return {
        "MB": int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "threads": threading.active_count(),
        "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "objects": len(gc.get_objects()),
    }
