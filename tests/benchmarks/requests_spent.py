"""G6: how many requests a pull spends, against the fewest that could bring its rows."""

from __future__ import annotations

import tempfile
from math import ceil
from typing import Any

from tests.client.conftest import NOW, Wire, sign_in
from zbt_notebook.client.mirror import mirror
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

NAME = "requests_spent"
GOAL = (
    "requests sent are 1.00 of the fewest possible where the projects tell their counts, 1 a project more otherwise; "
    "a mirror run without a change asks V3 at most twice"
)


def measure(*, projects: int = 12, bugs: int = 5000) -> dict[str, Any]:
    """Count the requests for bugs of a pull with counts, of one by a filter without counts, and of V3's."""
    world = World(projects=projects, bugs=bugs, clock=SandboxClock(frozen_at=NOW))
    wire = Wire(world)
    connection = sign_in(world, wire)
    store = world.bugtracker().store
    rows = {project.id: store.bugs.of(project.id) for project in store.projects}
    severity = rows[next(iter(rows))][0].severity_id
    filtered = {number: [bug for bug in bugs if bug.severity_id == severity] for number, bugs in rows.items()}
    measured: dict[str, Any] = {}
    known = _spent(wire, lambda: connection.pull("bugs", progress=False))
    by_filter = _spent(wire, lambda: connection.pull("bugs", where={"severity": severity}, progress=False))
    v3 = _spent(wire, lambda: connection.pull("bugs", api="v3", progress=False))
    least, least_filtered = _least(rows), _least(filtered)
    measured["counts known"] = {"requests": known, "fewest": least, "ratio": known / least}
    measured["a filter without counts"] = {
        "requests": by_filter,
        "fewest": least_filtered,
        "more a project": (by_filter - least_filtered) / len(rows),
    }
    measured["V3"] = {"requests": v3, "fewest": least, "more a project": (v3 - least) / len(rows)}
    world.set(classic_end="410", projects_as="envelope")  # which says that it ends: else ten or more are looked behind
    measured["a mirror run without a change, V3"] = _spent_by_an_idle_mirror(world, connection, wire)
    measured["met"] = {
        "mirror": measured["a mirror run without a change, V3"] <= 2,
        "known": known == least,
        "filter": by_filter <= least_filtered + len(rows),
        "v3": v3 <= least + len(rows),
    }
    return measured


def _spent_by_an_idle_mirror(world: World, connection: Any, wire: Wire) -> int:
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            world.clock.advance(3000)
            before = len(wire.requests)
            mirror(folder, connection=connection, progress=False)
    return sum("/oauth/" not in request.url for request in wire.requests[before:])


def _least(rows: dict[int, list[Any]]) -> int:
    return sum(ceil(len(found) / 200) for found in rows.values())


def _spent(wire: Wire, pull: Any) -> int:
    before = len(wire.requests)
    pull()
    sent = [request.url for request in wire.requests[before:]]
    return sum(url.rstrip("/").endswith(("/bugs", "/issues")) for url in sent)
