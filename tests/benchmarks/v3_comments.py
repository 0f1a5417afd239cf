"""What the comments of 2,000 issues cost in V3, which lists them issue by issue, at V3's rate limit."""

from __future__ import annotations

from math import ceil
from typing import Any

from tests.client.conftest import NOW, Wire, sign_in
from zbt_notebook.client.limits.allowance import allowance
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

NAME = "v3_comments"
GOAL = "one request for each issue that has comments and one for 200 issues; no lock; within 5 % of the fewest windows"
_KEY = "GET /api/v3/portal/{}/projects/{}/issues/{}/comments"


def measure(*, projects: int = 4, bugs: int = 2000) -> dict[str, Any]:
    """Pull in virtual time, by one worker; the forecast that was told before the first comment, and the fact."""
    world = World(projects=projects, bugs=bugs, clock=SandboxClock(frozen_at=NOW))
    wire = Wire(world)
    connection = sign_in(world, wire)
    connection.client.limits = RateLimits(
        lambda: int(world.clock.now() * SECOND),
        connection.client.today,
        wait=lambda _, seconds: world.clock.advance(seconds),
    )
    store = world.bugtracker().store
    talked_about = sum(bool(store.comments.of(bug.id)) for bug in store.bugs)
    pages = sum(ceil(len(store.bugs.of(project.id)) / 200) for project in store.projects)
    began = world.clock.now()
    frame = connection.pull("comments", api="v3", concurrency=1, progress=False)
    sent = [request.url for request in wire.requests if request.url.endswith(("/comments", "/bugs", "/issues"))]
    seconds = world.clock.now() - began
    fewest = (talked_about - 1) // allowance(_KEY) * 120
    return {
        "issues": bugs,
        "with comments": talked_about,
        "comments": len(frame),
        "requests": len(sent),
        "fewest": talked_about + pages,
        "forecast": frame.attrs["zbt"]["forecast"],
        "virtual seconds": seconds,
        "fewest seconds": fewest,
        "met": {"requests": len(sent) <= talked_about + pages + projects, "time": seconds <= fewest * 1.05 + 1},
    }
