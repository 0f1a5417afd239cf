"""The classic API ends, in whatever way: what is asked for from then on comes from V3."""

import pytest

from tests.client.conftest import NOW
from zbt_notebook.client.errors import ApiError, IncompletePull, NotFound, Unreachable
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.mirror import mirror
from zbt_notebook.client.refetch import refetch
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

WAYS = ("401", "404", "410", "400", "403", "redirect", "dead")


@pytest.fixture
def world():
    return World(projects=3, bugs=60, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def off(world, connection):
    """The classic API ends as the test says; a dead name refuses the connection, as no answer of a world can show."""

    def end(way):
        world.set(classic_end=way)
        if way != "dead":
            return
        send = connection.client.transport

        def transport(request):
            if "//bugtracker." in request.url:
                raise Unreachable("no such name", nothing_sent=True)
            return send(request)

        connection.client.transport = transport

    return end


@pytest.mark.parametrize("way", WAYS)
def test_a_pull_takes_v3_from_its_next_beginning(connection, off, wire, way):
    """For each way of being off, and at one request that decides; later pulls ask the classic API nothing."""
    wanted = connection.pull("bugs", limit=5)
    off(way)
    wire.requests.clear()
    found = connection.pull("bugs")
    assert found.attrs["zbt"]["api"] == "v3"
    assert set(wanted["id"]) <= set(found["id"])
    assert sum("/restapi/" in request.url for request in wire.requests) <= 2
    wire.requests.clear()
    connection.pull("milestones")
    assert not [request for request in wire.requests if "/restapi/" in request.url]


ROADS = {
    "find": lambda connection, bug: connection.bug(bug.key).id == bug.id,
    "another": lambda connection, _: bool(connection.bug("HW1-I2")["title"]),
    "read": lambda _, bug: bool(bug.refresh()["title"]),
    "comments": lambda _, bug: len(bug.comments()) > 0,
    "history": lambda _, bug: "person" in bug.history(),
    "files": lambda _, bug: isinstance(bug.files.records(), list),
    "update": lambda _, bug: bug.update(title="Another", severity="Minor")["title"] == "Another",
    "comment": lambda _, bug: bug.update(comment="Said later") is bug,
    "words": lambda connection, _: len(connection.bugs(status="Closed", limit=3)) == 3,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("road", ROADS)
def test_a_bug_takes_v3_where_the_classic_api_ends_meanwhile(connection, off, store, wire, way, road):
    """Whatever is asked for first of a bug, found and read before: all of it is done, and on V3."""
    row = next(bug for bug in store.bugs if bug.comment_count)
    bug = connection.bug(str(row.id))
    assert bug["status"]
    assert bug.key
    off(way)
    wire.requests.clear()
    assert ROADS[road](connection, bug)
    assert connection.lookups.is_v3
    assert bug["title"] == store.bugs.get(row.id).title
    tries = 2 if way == "401" else 1  # a token that is refused is renewed
    assert sum("/restapi/" in request.url for request in wire.requests) <= 3 * tries
    wire.requests.clear()
    connection.bug("HW1-I3")
    assert not [request for request in wire.requests if "/restapi/" in request.url]


def test_nothing_is_taken_for_the_end_while_the_list_of_portals_answers(connection, store):
    """A bug that is gone is no sign of it."""
    bug = connection.bug(str(next(iter(store.bugs)).id))
    with pytest.raises(NotFound):
        connection.bug("404170000999999999")
    assert not connection.lookups.is_v3
    assert bug.refresh()["title"]


@pytest.mark.parametrize("way", ["404", "redirect", "403"])
def test_a_pull_under_way_stops_and_keeps_what_came(connection, world, way):
    """IncompletePull; the next one begins on V3."""
    send, calls = connection.client.transport, []

    def transport(request):
        calls.append(request)
        if "/bugs/" in request.url and sum("/bugs/" in one.url for one in calls) > 1:
            world.set(classic_end=way)
        return send(request)

    connection.client.transport = transport
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", concurrency=1)
    assert len(caught.value.rows)
    assert connection.pull("bugs").attrs["zbt"]["api"] == "v3"


def test_a_lost_network_is_not_the_end_of_an_api(connection):
    """Nothing answers: that is what is said, and when it is back the classic API is spoken again."""
    send = connection.client.transport

    def transport(_request):
        raise Unreachable("no network", nothing_sent=True)

    connection.client.transport = transport
    with pytest.raises(Unreachable):
        connection.pull("bugs", limit=1)
    connection.client.transport = send
    assert connection.pull("bugs", limit=1).attrs["zbt"]["api"] == "classic"


def test_a_wrong_portal_is_not_the_end_of_an_api(connection):
    """404 for one portal's projects, while the list of portals answers."""
    with pytest.raises(ApiError):
        connection.pull("bugs", portal="123456789")
    assert connection.pull("bugs", limit=1).attrs["zbt"]["api"] == "classic"


def test_a_server_that_fails_is_not_the_end_of_an_api(connection):
    """500 is a fault, whatever is asked."""
    send = connection.client.transport
    connection.client._sleep = lambda _seconds: None
    connection.client.transport = lambda _request: Response(500, {}, b"")
    with pytest.raises(ApiError) as raised:
        connection.pull("bugs", limit=1)
    assert not isinstance(raised.value, NotFound)
    connection.client.transport = send
    assert connection.pull("bugs", limit=1).attrs["zbt"]["api"] == "classic"


@pytest.mark.parametrize("way", WAYS)
def test_a_frame_is_fetched_anew_from_v3(connection, off, way):
    """What was pulled from the classic API before it ended: the same bugs, under the same columns."""
    frame = connection.pull("bugs")
    off(way)
    again = refetch(frame)
    assert (frame.attrs["zbt"]["api"], again.attrs["zbt"]["api"]) == ("classic", "v3")
    assert sorted(again["id"]) == sorted(frame["id"])
    assert {column for column in frame if not column.startswith("customfields.")} <= set(again)


@pytest.mark.parametrize("way", WAYS)
def test_a_mirror_goes_on_from_v3(connection, off, world, way, tmp_path):
    """The data set that was begun on the classic API: the same bugs and columns, and what changed meanwhile."""
    kept = mirror(tmp_path, "bugs", connection=connection, progress=False)
    before, columns = kept.frame(["id"]), set(kept.frame())
    world.clock.advance(3600)
    connection.bug(str(before["id"].iloc[0])).update(title="Written before the end")
    off(way)
    kept = mirror(tmp_path, "bugs", connection=connection, progress=False)
    after = kept.frame()
    assert connection.client.classic_is_off
    assert sorted(after["id"]) == sorted(before["id"])
    assert columns <= set(after)
    assert list(after["title"]).count("Written before the end") == 1
