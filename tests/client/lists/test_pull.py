"""Everything of a kind, in as few requests as can be, once each."""

import json
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest

from tests.client.conftest import sign_in
from zbt_notebook.client.errors import (
    ApiError,
    IncompletePull,
    NotFound,
    NotSignedIn,
    ScopeMissing,
    Unreachable,
    UsageError,
)
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.lists import kept_pull
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.refetch import resume


@pytest.fixture
def world(large_world):
    return large_world


def bug_requests(wire):
    return [request.url for request in wire.requests if request.url.rstrip("/").endswith(("/bugs", "/issues"))]


def all_bugs(store):
    return [bug.id for project in store.projects for bug in store.bugs.of(project.id)]


def sizes(store):
    return [len(store.bugs.of(project.id)) for project in store.projects]


def test_every_bug_of_every_project_once_in_the_minimum_of_requests(connection, wire, store):
    """The projects announce their counts: the pages are counted before they are asked for."""
    frame = connection.pull("bugs")
    assert sorted(frame["id"]) == sorted(all_bugs(store))
    assert len(bug_requests(wire)) == sum(ceil(size / 200) for size in sizes(store))
    assert list(frame.columns[:4]) == ["key", "title", "status", "severity"]
    assert frame.attrs["zbt"]["errors"] == []
    assert frame.attrs["zbt"]["pages"] == len(bug_requests(wire))


def test_the_order_does_not_depend_on_which_thread_is_faster(connection):
    """Project by project as Zoho lists them, in each the oldest first."""
    first, second = (connection.pull("bugs", concurrency=threads) for threads in (1, 16))
    assert list(first["id"]) == list(second["id"])
    for _, group in first.groupby("project.id", sort=False):
        assert group["created_time_long"].is_monotonic_increasing


def test_exact_multiples_cost_no_page_more(connection, wire, store):
    """400 bugs are two pages, not three."""
    project = max(store.projects, key=lambda project: len(store.bugs.of(project.id)))
    bugs = store.bugs.of(project.id)
    for bug in bugs[: len(bugs) % 200]:
        store.bugs.remove(bug)
    frame = connection.pull("bugs", projects=project.name)
    assert len(frame) == len(bugs) // 200 * 200
    assert len(bug_requests(wire)) == len(frame) // 200


def test_a_limit_that_announced_bugs_do_not_reach_is_told(connection, store):
    """A project announces bugs that this user may not see: others, left out for the limit, may have what is wanted."""
    connection.bugs(limit=1)  # the projects are known, with their counts
    inner, first = connection.client.transport, next(iter(store.projects))
    gone = {bug.id for bug in store.bugs.of(first.id)[100:]}

    def transport(request):
        answer = inner(request)
        if not request.url.endswith(f"/{first.id}/bugs/"):
            return answer
        shown = [bug for bug in json.loads(answer.body or b'{"bugs": []}')["bugs"] if bug["id"] not in gone]
        return replace(answer, status=200, body=json.dumps({"bugs": shown}).encode())

    connection.client.transport = transport
    some = connection.pull("bugs", limit=300)
    assert len(some) < 300
    assert some.attrs["zbt"]["warnings"] == [
        "fewer came than were announced, and 4 projects more were not read: leave the limit out"
    ]


def test_empty_projects_are_not_asked(connection, wire, store):
    """Their count says so."""
    empty = store.projects.get(next(iter(store.projects)).id)
    for bug in store.bugs.of(empty.id):
        store.bugs.remove(bug)
    frame = connection.pull("bugs")
    assert str(empty.id) not in " ".join(bug_requests(wire))
    assert len(frame) == len(all_bugs(store))


def test_projects_by_name_and_by_id_in_the_order_asked(connection, store):
    """One, or several; names as they are written on the screen."""
    first, second, third = list(store.projects)[:3]
    frame = connection.pull("bugs", projects=[third.name, first.id])
    assert list(frame["project.name"].unique()) == [third.name, first.name]
    assert set(connection.pull("bugs", projects=second.name)["project.id"]) == {second.id}


def test_unknown_words_name_the_nearest(connection, store):
    """Before anything is pulled."""
    name = next(iter(store.projects)).name
    for arguments, hint in (
        ({"kind": "bugs", "projects": name[:-1]}, name),
        ({"kind": "bug"}, "bugs"),
        ({"kind": "bugs", "where": {"state": "open"}}, "statustype"),
        ({"kind": "bugs", "where": {"statustype": "opened"}}, "open, closed"),
        ({"kind": "events"}, "where={'status': 'open'}"),
        ({"kind": "bugs", "since": "yesterday"}, "2026-07-09"),
        ({"kind": "users", "since": "2026-01-01"}, "DataFrame"),
        ({"kind": "bugs", "portal": "brightwatr"}, "brightwater"),
    ):
        with pytest.raises((UsageError, NotFound)) as caught:
            connection.pull(**arguments)
        if "portal" not in arguments:
            assert hint in str(caught.value)


@pytest.mark.parametrize("where", [{"statustype": "open"}, {"statustype": "closed"}])
def test_zohos_own_filters_and_their_counts(connection, wire, store, where):
    """Open and closed are counted apart, so the requests are the minimum here too."""
    frame = connection.pull("bugs", where=where)
    is_open = where["statustype"] == "open"
    wanted = [bug.id for bug in store.bugs if (bug.closed_ms is None) == is_open]
    assert sorted(frame["id"]) == sorted(wanted)
    per_project = [
        sum((bug.closed_ms is None) == is_open for bug in store.bugs.of(project.id)) for project in store.projects
    ]
    assert len(bug_requests(wire)) == sum(ceil(size / 200) for size in per_project)


def test_filters_without_counts_cost_one_request_a_project_more_at_most(connection, wire, store):
    """The first short page ends a list; the announced count bounds it."""
    severity = next(iter(store.bugs)).severity_id
    frame = connection.pull("bugs", where={"severity": [severity]})
    wanted = [bug.id for bug in store.bugs if bug.severity_id == severity]
    assert sorted(frame["id"]) == sorted(wanted)
    per_project = [sum(bug.severity_id == severity for bug in store.bugs.of(project.id)) for project in store.projects]
    assert len(bug_requests(wire)) <= sum(ceil(size / 200) + 1 for size in per_project)


@pytest.mark.parametrize(
    "since", [timedelta(days=30), "2026-08-22T14:13:20Z", datetime(2026, 8, 22, 14, 13, 20, tzinfo=UTC)]
)
def test_since_keeps_what_changed_and_stops_at_what_did_not(connection, wire, store, since):
    """Sorted by the time of change, so that old pages are never asked for."""
    frame = connection.pull("bugs", since=since)
    begin = int(datetime(2026, 8, 22, 14, 13, 20, tzinfo=UTC).timestamp() * 1000)
    assert sorted(frame["id"]) == sorted(bug.id for bug in store.bugs if bug.updated_ms >= begin)
    assert len(bug_requests(wire)) == len(list(store.projects))


@pytest.mark.parametrize("limit", [1, 150, 200, 500])
def test_a_limit_is_exact_and_asks_for_no_more(connection, wire, limit):
    """The first rows of the whole pull."""
    whole = connection.pull("bugs")
    before = len(bug_requests(wire))
    part = connection.pull("bugs", limit=limit)
    assert list(part["id"]) == list(whole["id"][:limit])
    assert len(bug_requests(wire)) - before <= ceil(limit / 200) + 3


def test_other_kinds_are_complete_too(connection, store):
    """Comments of many bugs, milestones of any state, users once a project, and what else the catalogue lists."""
    bugs = [bug for project in store.projects for bug in store.bugs.of(project.id)]
    wanted = {
        "comments": sum(len(store.comments.of(bug.id)) for bug in bugs),
        "milestones": len(store.milestones),
        "users": sum(len(project.team) for project in store.projects),
        "bugs/customviews": 6 * len(list(store.projects)),
    }
    frames = {kind: connection.pull(kind) for kind in wanted}
    assert {kind: len(frame) for kind, frame in frames.items()} == wanted
    assert all(frame["project.id"].notna().all() for frame in frames.values())


def test_time_logs_come_month_by_month(connection, store):
    """Zoho gives them by the month; since= says from when on."""
    frame = connection.pull("timelogs", since="2026-06-01")
    begin = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp() * 1000)
    wanted = [log.id for log in store.logs if log.bug_id and log.day_ms >= begin]
    assert sorted(frame["id"]) == sorted(wanted)


def test_a_list_that_needs_to_be_told_more_takes_it(world, wire):
    """Events want to know: open or closed."""
    connection = sign_in(world, wire)
    with pytest.raises(ScopeMissing):
        connection.pull("events", where={"status": "open"})


def test_projects_that_refuse_are_listed_and_the_others_come(connection, world, store):
    """One project deleted meanwhile is no reason to lose the rest."""
    gone = list(store.projects)[1]
    world.faults.add(path=f"*/{gone.id}/bugs/", kind="status", status=403, times=99)
    frame = connection.pull("bugs")
    assert gone.id not in set(frame["project.id"])
    assert len(frame) == len(all_bugs(store)) - len(store.bugs.of(gone.id))
    (error,) = frame.attrs["zbt"]["errors"]
    assert error["project.name"] == gone.name
    assert error["message"]


def test_where_every_project_refuses_the_first_refusal_is_the_answer(connection, world):
    """An empty frame would be a lie."""
    world.faults.add(path="*/bugs/", kind="status", status=403, times=99)
    with pytest.raises(ApiError) as caught:
        connection.pull("bugs")
    assert not isinstance(caught.value, IncompletePull)


def test_a_lock_in_the_middle_keeps_what_came_and_goes_on_later(connection, world, wire, store):
    """Zoho locks; half an hour later only the rest is fetched."""
    world.set(url_limit=4)
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", concurrency=1)
    broken = caught.value
    assert 0 < len(broken.rows) < len(all_bugs(store))
    assert broken.code == "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
    assert "UTC" in broken.hint
    fetched = len(bug_requests(wire)) - 1
    with pytest.raises(IncompletePull):
        resume(broken.resume)
    assert len(bug_requests(wire)) == fetched + 1  # nothing is sent during the lock
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    frame = resume(broken.resume)
    assert sorted(frame["id"]) == sorted(all_bugs(store))
    assert len(bug_requests(wire)) - 1 == sum(ceil(size / 200) for size in sizes(store))
    with pytest.raises(UsageError):
        resume()


def test_resume_alone_means_the_latest(connection, world, store):
    """What the hint says can be typed as it stands."""
    world.set(url_limit=4)
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs")
    assert "zbt.resume()" in caught.value.hint
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    assert len(resume()) == len(all_bugs(store))


def test_a_token_without_its_kernel_pulls_all_anew(connection, world, store):
    """It holds the request, not the rows: what is nowhere kept is fetched again, so that the frame is whole."""
    world.set(url_limit=4)
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs")
    kept_pull.forget()
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    assert sorted(resume(caught.value.resume)["id"]) == sorted(all_bugs(store))


def test_a_token_tells_no_secret(connection):
    """It may be printed, and saved with the notebook."""
    request = PullRequest(
        kind="bugs", projects=("1", "2"), where=(("statustype", "open"),), since=5, connection="work", id="x"
    )
    assert PullRequest.from_token(request.token()) == request
    for text in ("", "zbt1.", "zbt1.AAAA", "zbt2.x", request.token()[:-9], "1000.secret"):
        with pytest.raises(UsageError):
            PullRequest.from_token(text)
    assert all(secret not in request.token() for secret in connection.client.authorization.secrets())


def test_signed_out_in_the_middle_is_incomplete_and_goes_on_with_the_next_sign_in(connection, world, wire, store):
    """The pull belongs to the kernel, not to the connection."""
    pages = iter(range(3))
    send = connection.client.transport

    def transport(request):
        if "/bugs/" in request.url and next(pages, None) is None:
            connection.logout()
        return send(request)

    connection.client.transport = transport
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", concurrency=1)
    assert len(caught.value.rows)
    with pytest.raises(NotSignedIn):
        resume()
    sign_in(world, wire)
    assert sorted(resume()["id"]) == sorted(all_bugs(store))


def test_a_dead_network_is_incomplete_too(connection, store, monkeypatch):
    """After the retries; what came is kept."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    later = list(store.projects)[2]
    send = connection.client.transport
    dead = [True]

    def transport(request):
        if str(later.id) in request.url and dead[0]:
            raise Unreachable("no answer from there", hint="Try again.")
        return send(request)

    connection.client.transport = transport
    with pytest.raises(IncompletePull, match="no answer from there") as caught:
        connection.pull("bugs", concurrency=1)
    assert len(caught.value.rows)
    dead[0] = False
    assert sorted(resume()["id"]) == sorted(all_bugs(store))


def test_ctrl_c_ends_it_at_once_and_loses_nothing(connection, store):
    """Even while every thread waits for an answer."""
    hanging = threading.Event()
    send = connection.client.transport
    calls = iter(range(4))
    main = threading.get_ident()

    def transport(request):
        if "/bugs/" in request.url and next(calls, None) is None and not hanging.is_set():
            pressed.append(time.monotonic())
            if len(pressed) == 1:
                signal.pthread_kill(main, signal.SIGINT)
            hanging.wait(20)
        return send(request)

    pressed: list = []
    connection.client.transport = transport
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", concurrency=2)
    assert time.monotonic() - pressed[0] < 5  # the answer would take longer; 0.1 were measured
    hanging.set()
    assert "you stopped it" in str(caught.value)
    frame = resume()
    assert sorted(frame["id"]) == sorted(all_bugs(store))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_the_rate_limit_makes_it_wait(connection):
    """The wait for a slot ends as fast."""
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=3)
    pressed: list = []

    def watch(snapshot):
        if snapshot.waiting and snapshot.pages == 3 and not pressed:
            pressed.append(time.monotonic())
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", progress=watch)
    assert time.monotonic() - pressed[0] < 5  # the answer would take longer; 0.1 were measured
    assert len(caught.value.rows) <= 600


def test_bugs_made_and_deleted_while_it_runs(connection, store):
    """Whatever is there throughout is in the frame, once."""
    send = connection.client.transport
    lock = threading.Lock()
    throughout = set(all_bugs(store))
    victims = [bug for project in store.projects for bug in store.bugs.of(project.id)[:3]]

    def transport(request):
        if "/bugs/" in request.url:
            with lock:
                if victims:
                    victim = victims.pop()
                    throughout.discard(victim.id)
                    store.bugs.remove(victim)
        return send(request)

    connection.client.transport = transport
    ids = list(connection.pull("bugs")["id"])
    assert len(set(ids)) == len(ids)
    assert throughout <= set(ids)


def test_a_frame_of_one_list_is_as_complete(connection, store, world):
    """connection.frame stops and goes on in the same way."""
    project = max(store.projects, key=lambda project: len(store.bugs.of(project.id)))
    path = f"/portal/brightwater/projects/{project.id}/bugs/"
    world.set(url_limit=1)
    with pytest.raises(IncompletePull) as caught:
        connection.frame(path)
    assert len(caught.value.rows) == 200
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    frame = resume()
    assert sorted(frame["id"]) == sorted(bug.id for bug in store.bugs.of(project.id))
    assert frame.attrs["zbt"]["path"] == f"/restapi{path}"


def test_the_forecast_comes_before_the_first_page(connection, store):
    """62 pages, about 75 s: known from the counts, and told to whoever watches."""
    told: list = []
    connection.pull("bugs", progress=told.append)
    pages = sum(ceil(size / 200) for size in sizes(store))
    assert told[0].forecast.startswith(f"{pages} pages, about ")
    assert told[-1].done
    assert told[-1].rows == len(all_bugs(store))
    assert str(told[-1]).startswith("1,234 bugs, ")


def test_rows_of_one_list_are_as_complete(connection, store):
    """connection.rows too: nothing is missed where the newest come first and some are deleted meanwhile."""
    project = max(store.projects, key=lambda project: len(store.bugs.of(project.id)))
    throughout = {bug.id for bug in store.bugs.of(project.id)}
    send = connection.client.transport

    def transport(request):
        if "/bugs/" in request.url:
            for bug in store.bugs.of(project.id)[-3:]:
                throughout.discard(bug.id)
                store.bugs.remove(bug)
        return send(request)

    connection.client.transport = transport
    ids = [row["id"] for row in connection.rows(f"/portal/brightwater/projects/{project.id}/bugs/")]
    assert len(set(ids)) == len(ids)
    assert throughout <= set(ids)


def test_a_bug_changed_while_since_is_read_is_not_lost(connection, store):
    """It goes to the beginning, behind the reader's back, from a page that is still to come."""
    project = max(store.projects, key=lambda project: len(store.bugs.of(project.id)))
    bugs = sorted(store.bugs.of(project.id), key=lambda bug: -bug.updated_ms)
    send = connection.client.transport
    asked = iter(range(1))

    def transport(request):
        response = send(request)
        if "/bugs/" in request.url and next(asked, None) is not None:
            store.bugs.put(replace(bugs[250], updated_ms=bugs[0].updated_ms + 1000))
        return response

    connection.client.transport = transport
    frame = connection.pull("bugs", projects=project.id, since=0)
    assert sorted(frame["id"]) == sorted(bug.id for bug in bugs)
