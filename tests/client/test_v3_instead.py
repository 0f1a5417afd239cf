"""A classic path from Python where that API is off: the hint is V3's line, and run as it stands it gives the same."""

import re

import pytest

from zbt_notebook.client.errors import ApiError, NotFound, Unreachable
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.refetch import refetch


@pytest.fixture
def bugs(world, connection):
    """The path of a project's bugs, of a portal by its name."""
    world.bugtracker().generate(projects=2, bugs=40)
    project = next(iter(world.bugtracker().store.projects)).id
    return f"/portal/{connection.lookups.portals()[0].name}/projects/{project}/bugs/"


def offered(connection, act):
    """What the line that the error offers gives, run as it stands."""
    with pytest.raises((ApiError, Unreachable)) as raised:
        act()
    assert str(raised.value).count("\n") == 1
    [line] = re.findall(r"is off here\. Run: (connection\..*)$", raised.value.hint)
    return eval(line, {"connection": connection})  # noqa: S307  the line is ours, and said to be ready to run


def test_each_way_of_reading_offers_itself_in_v3(world, connection, bugs):
    """One page, one thing, every record, a frame, requests' own answer."""
    where = {"statustype": "open"}
    wanted = {str(row["id"]) for row in connection.rows(bugs, where)}
    one = min(wanted)
    world.set(classic_end="410", page_mandatory="everywhere")
    assert {row["id"] for row in offered(connection, lambda: connection.get(bugs, where))["issues"]} == wanted
    assert {row["id"] for row in offered(connection, lambda: list(connection.rows(bugs, where)))} == wanted
    assert set(offered(connection, lambda: connection.frame(bugs, where))["id"].astype(str)) == wanted
    answer = offered(connection, lambda: connection.request("GET", bugs, params=where))
    assert {row["id"] for row in answer.json()["issues"]} == wanted
    assert offered(connection, lambda: connection.get(f"{bugs}{one}/"))["id"] == one


def test_a_write_offers_v3s_method_and_fields(world, connection, bugs):
    """What was refused did not happen; the line does it."""
    bug = next(iter(world.bugtracker().store.bugs.of(int(bugs.split("/")[4]))))
    world.set(classic_end="redirect")
    offered(connection, lambda: connection.request("POST", f"{bugs}{bug.id}/", data={"title": "Anew"}))
    assert world.bugtracker().store.bugs.get(bug.id).title == "Anew"


def test_what_v3_lacks_is_said(world, connection, bugs):
    """With the way to what it has."""
    world.set(classic_end="404")
    with pytest.raises(NotFound) as raised:
        connection.get(f"{bugs.partition('/projects/')[0]}/dashboard/")
    assert "V3 has no such path" in raised.value.hint


def test_other_refusals_keep_their_hints(connection, bugs):
    """A bug that is none is no end of an API, nor is a server that fails."""
    with pytest.raises(NotFound) as raised:
        connection.get(f"{bugs}1/")
    assert "V3" not in raised.value.hint
    connection.client.transport = lambda _request: Response(500, {}, b"")
    connection.client._sleep = lambda _seconds: None
    with pytest.raises(ApiError) as failed:
        connection.get(bugs)
    assert "V3" not in failed.value.hint


@pytest.mark.parametrize("way", ["401", "404", "410", "400", "403", "redirect"])
def test_a_frame_of_a_path_is_fetched_anew_from_v3(world, connection, bugs, way):
    """Its path and filters translated: the same bugs, under the classic columns."""
    frame = connection.frame(bugs, {"statustype": "open"})
    world.set(classic_end=way)
    again = refetch(frame)
    assert set(again["id"]) == set(frame["id"])
    assert {column for column in frame if not column.startswith("customfields.")} <= set(again)
    assert set(refetch(again)["id"]) == set(frame["id"])


def test_a_frame_of_one_page_names_the_line_of_v3(world, connection, bugs):
    """What an expression chose of classic records is chosen from no others: the line says where they are."""
    frame = connection.frame(bugs)
    frame.attrs["zbt"] |= {"jmespath": "[].title"}
    world.set(classic_end="410")
    found = offered(connection, lambda: refetch(frame))
    assert len(found["issues"]) == len(frame)
