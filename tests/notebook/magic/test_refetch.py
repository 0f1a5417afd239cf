"""``zbt.refetch``: the same request once more."""

from typing import Any

import pandas as pd
import pytest

import zbt_notebook as zbt_package
from zbt_notebook import NotSignedIn, UsageError, refetch
from zbt_notebook.client import signed_in

BUGS = "/portal/brightwater/projects/{project}/bugs/"


@pytest.fixture
def bugs(connection):
    project = next(connection.rows("/portal/brightwater/projects/"))["id_string"]
    return BUGS.format(project=project)


def rename_first(site, connection, path):
    """Change one bug at Zoho, and give its id and its new title."""
    bug = connection.get(path, {"range": 1})["bugs"][0]
    site.clock.advance(1)
    title = f"Renamed at {site.clock.now()}"
    connection.request("POST", f"{path}{bug['id_string']}/", data={"title": title})
    return bug["id_string"], title


@pytest.mark.parametrize("extent", ["", "--limit 3", "--all", "-q '[].{id: id_string, title: title}'"])
def test_a_frame_is_fetched_anew(zbt, site, connection, bugs, extent):
    """One page, some rows, all, or a choice of columns: as much as before, as it is now; the old frame stays."""
    before = zbt(f"GET {bugs} {extent}")
    kept = before.copy()
    changed, title = rename_first(site, connection, bugs)
    after = refetch(before)
    assert list(after.columns) == list(before.columns)
    assert len(after) == len(before)
    assert list(after.loc[after["id"].astype(str) == changed, "title"]) in ([title], [])
    assert title in set(after["title"])
    pd.testing.assert_frame_equal(before, kept)
    assert after.attrs["zbt"] == {**before.attrs["zbt"], "fetched_at": after.attrs["zbt"]["fetched_at"]}


def test_what_came_of_a_frame_still_knows(zbt, bugs, tmp_path):
    """A filter keeps the request, and so does a Parquet file."""
    frame = zbt(f"GET {bugs} --limit 7")
    frame[frame.index < 2].to_parquet(tmp_path / "few.parquet")
    assert len(refetch(pd.read_parquet(tmp_path / "few.parquet"))) == 7


@pytest.mark.usefixtures("site")
def test_frames_and_pulls_of_python_too(connection, bugs):
    """connection.frame and connection.pull say enough, and a pull's projects and filters are kept."""
    for frame in (
        connection.frame(bugs, {"statustype": "open"}, limit=4),
        connection.pull(
            "bugs", portal="brightwater", projects="Payments", where={"statustype": "open"}, progress=False
        ),
    ):
        again = refetch(frame)
        pd.testing.assert_frame_equal(again, frame)
        assert list(again.attrs["zbt"]) == list(frame.attrs["zbt"])


def test_the_connection_is_the_same_while_it_is_there(sign_in, zbt):
    """The named one, though another is in use; when it is gone, the one in use."""
    sign_in("home")
    frame = zbt("GET /portals/")
    sign_in("work")
    assert refetch(frame).attrs["zbt"]["connection"] == "home"
    signed_in.forget(signed_in.current("home"))
    assert refetch(frame).attrs["zbt"]["connection"] == "work"
    frame.attrs["zbt"]["data_center"] = "eu"
    with pytest.raises(NotSignedIn, match="data centre 'eu'"):
        refetch(frame)


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    "origin",
    [
        None,
        {},
        "GET /portals/",
        {"path": "https://evil.example/restapi/portals/"},
        {"path": "/portals/", "params": 3},
        {"path": "/portals/", "method": "POST"},
        {"wish": "zbt1.nonsense"},
    ],
)
def test_what_tells_nothing_is_refused(origin, site):
    """No request, a foreign host, a write: refused, and nothing is sent."""
    frame = pd.DataFrame({"id": [1]})
    no_frame: Any = [1]
    if origin is not None:
        frame.attrs["zbt"] = origin
    before = site.world.log.api_requests
    with pytest.raises(UsageError):
        refetch(frame)
    with pytest.raises(UsageError):
        refetch(no_frame)
    assert site.world.log.api_requests == before


def test_it_is_on_the_front_door():
    """``zbt.refetch`` is this function."""
    assert zbt_package.refetch is refetch
