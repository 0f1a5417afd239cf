"""What a pull from V3 finds out before its first page."""

import signal
import threading
import time
from itertools import count

import pytest

from zbt_notebook.client.errors import IncompletePull, Unreachable
from zbt_notebook.client.limits.rate_limit import RateLimits


@pytest.fixture
def few(world, connection):
    world.bugtracker().generate(projects=3, bugs=60)
    world.set(url_limit=0)
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    return world


def test_the_issues_of_many_projects_are_listed_at_once_and_shown(connection, few):
    """What V3 tells issue by issue takes a look at all issues first: that is shown, and takes all projects together."""
    few.set(classic_end="410")
    send = connection.client.transport
    told: list = []
    together = threading.Barrier(3, timeout=10)

    def transport(request):
        if request.url.partition("?")[0].endswith(("/bugs", "/issues")) and dict(request.params)["page"] == "1":
            together.wait()  # three projects: each list waits for the two others
        return send(request)

    connection.client.transport = transport
    assert len(connection.pull("comments", progress=told.append))
    assert "issues" in {snapshot.what for snapshot in told}
    assert told[-1].what == "comments"


def test_a_project_that_refuses_its_issues_is_listed_and_the_others_come(connection, few, tmp_path):
    """Before the first comment as well as after it; a kernel that takes up the pull knows it too."""
    few.set(classic_end="410")
    whole = connection.pull("comments")
    gone = next(iter(few.bugtracker().store.projects))
    for older_and_newer in ("bugs", "issues"):
        few.faults.add(path=f"*/{gone.id}/{older_and_newer}", kind="status", status=403, times=99)
    frame = connection.pull("comments")
    assert len(frame) == (whole["project.id"] != gone.id).sum() < len(whole)
    (error,) = frame.attrs["zbt"]["errors"]
    assert error["project.name"] == gone.name
    file = tmp_path / "pull.jsonl"
    send, left = connection.client.transport, count(3, -1)

    def transport(request):
        if "/comments" in request.url and next(left) <= 0:
            raise Unreachable("no answer from there", hint="Try again.")
        return send(request)

    connection.client.transport, connection.client._sleep = transport, lambda _: None
    with pytest.raises(IncompletePull):
        connection.pull("comments", checkpoint=file)
    connection.client.transport = send
    again = connection.pull("comments", checkpoint=file)
    assert [error["project.name"] for error in again.attrs["zbt"]["errors"]] == [gone.name]
    assert sorted(again["id"]) == sorted(frame["id"])


def test_ctrl_c_while_v3_is_asked_what_there_is(connection, few):
    """Before the first page, with an answer that does not come."""
    pressed, late = [], threading.Event()
    few.set(classic_end="410")
    send = connection.client.transport
    main = threading.get_ident()

    def transport(request):
        if "/v3/" in request.url and request.url.partition("?")[0].endswith(("/bugs", "/issues")):
            pressed.append(time.monotonic())
            if len(pressed) == 1:
                signal.pthread_kill(main, signal.SIGINT)
            late.wait(10)
        return send(request)

    connection.client.transport = transport
    with pytest.raises((KeyboardInterrupt, IncompletePull)):
        connection.pull("comments", concurrency=2)
    assert time.monotonic() - pressed[0] < 5  # the answer would take longer; 0.1 were measured
    late.set()
