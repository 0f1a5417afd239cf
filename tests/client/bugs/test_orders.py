"""Severity and status as ordered categories in all frames of bugs, where Zoho's own list has an order."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zbt_notebook as zbt
from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.frames.arrange import as_categories
from zbt_notebook.client.lists.criteria import Choice
from zbt_notebook.client.mirror import Mirror, mirror
from zbt_notebook.client.mirror.store import Store
from zbt_notebook.simulator.data.portal import SEVERITIES


def lookups_among(wire):
    return [request.url for request in wire.requests if "fields" in request.url or "layouts" in request.url]


def test_words_pull_and_mirror_have_the_same_types(api, connection, wire, tmp_path):  # noqa: ARG001  runs once an API
    """Zoho's order, whichever is asked first; it is read once a connection."""
    pulled = connection.pull("bugs", progress=False)
    assert len(lookups_among(wire)) <= 2
    wire.requests.clear()
    frames = [connection.bugs(), mirror(tmp_path, connection=connection, progress=False).frame(), pulled]
    frames += [Mirror(Store.at(tmp_path), "bugs").frame(), connection.pull("bugs", where={"flag": "external"}, limit=9)]
    assert not lookups_among(wire)
    for name, first in (("status", "Open"), ("severity", "None")):
        assert {frame[name].dtype for frame in frames} == {pulled[name].dtype}
        assert pulled[name].cat.ordered
        assert pulled[name].cat.categories[0] == first
    assert pulled["severity"].max() == "Show stopper"
    assert pulled["severity"].astype(str).tolist() == pulled["severity.type"].astype(str).tolist()


def test_a_portal_that_does_not_tell_its_order_has_texts(api, connection, world, wire):  # noqa: ARG001  runs once an API
    """No error, and no second question."""
    for path in ("*fields*", "*layouts*"):
        world.faults.add(path=path, kind="status", status=403, times=99)
    for _ in range(2):
        frame = connection.pull("bugs", limit=300, progress=False)
        assert frame["severity"].dtype == frame["title"].dtype
        assert len(frame) == 300
    assert len(lookups_among(wire)) <= 3


@given(st.lists(st.one_of(st.none(), st.text(max_size=3), st.integers(), st.lists(st.none(), max_size=1))))
def test_no_value_is_lost_for_the_order(values):
    """Words that Zoho's list does not have follow those that it has; what is no text stays as it is."""
    frame = pd.DataFrame({"status": pd.Series(values, dtype=object), "other": range(len(values))})
    made = as_categories(frame.copy(), {"status": ("b", "a"), "severity": ("x",)})["status"]
    assert [None if one is None or one != one else one for one in made.tolist()] == values  # noqa: PLR0124  NaN


def test_fetched_anew_it_is_ordered_still(api, connection):  # noqa: ARG001  runs once an API
    """What ``df.zbt.refetch()`` gives has the dtypes of what it replaces."""
    signed_in.register(connection)
    frame = connection.bugs("severity==Major", limit=20)
    again = zbt.refetch(frame)
    assert again["severity"].dtype == frame["severity"].dtype


def test_another_portal_lends_no_order(connection):
    """The words of one portal say nothing of the next."""
    connection.bugs(limit=1)
    assert connection.lookups.orders("brightwater")["severity"][0] == "None"
    assert connection.lookups.orders("elsewhere") == {}


def test_a_mirror_keeps_the_order_it_knows(connection, world, store, tmp_path):
    """Its files hold text: a run that could not read the order, and a reader without a connection, still have it."""
    first = mirror(tmp_path, connection=connection, progress=False).frame()
    for path in ("*fields*", "*layouts*"):
        world.faults.add(path=path, kind="status", status=403, times=99)
    connection.lookups.forget()
    world.clock.advance(3600)
    row = next(iter(store.bugs))
    store.bugs.change(row, severity_id=SEVERITIES[1].id, updated_ms=int(world.clock.now() * 1000))
    again = mirror(tmp_path, connection=connection, progress=False).frame()
    assert again["severity"].dtype == first["severity"].dtype
    assert again.set_index("id").loc[row.id, "severity"] == "Show stopper"
    (newest,) = sorted(tmp_path.glob("state-*.json"))[-1:]
    told = json.loads(newest.read_text())
    newest.write_text(json.dumps({name: value for name, value in told.items() if name != "orders"}))
    older = Mirror(Store.at(tmp_path), "bugs").frame()  # as an earlier version wrote it
    assert older["severity"].dtype == older["title"].dtype


def test_the_times_of_v3_attachments_are_timestamps(world, connection, store):
    """V3 tells them as text of milliseconds; sizes are numbers."""
    world.set(classic_end="410")
    row = next(bug for bug in store.bugs if bug.attachment_count)
    bug = connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")
    files = bug.attachments()
    made = sorted(one.created_ms for one in store.attachments.of(row.id))
    assert sorted(int(moment.timestamp() * 1000) for moment in files["created"]) == made
    assert str(files["created_time"].dtype) == "datetime64[ms, UTC]"
    assert int(files["size"].max()) > 0
    raw = connection.frame(f"{bug.path}/attachments")
    assert str(raw["created_time"].dtype) == "datetime64[ms, UTC]"


@pytest.mark.parametrize("field", ["severity", "status"])
def test_before_and_after_mean_what_they_mean_of_the_frame(api, connection, wire, field):  # noqa: ARG001  runs once an API
    """``severity>=Major`` is Major or worse; Zoho is asked for those by name or id."""
    frame = connection.bugs(progress=False)
    for word in frame[field].cat.categories[1:-1]:
        for operator, chosen in {
            ">=": frame[field] >= word,
            ">": frame[field] > word,
            "<=": frame[field] <= word,
            "<": frame[field] < word,
        }.items():
            wire.requests.clear()
            found = connection.bugs(f"{field}{operator}{word.upper()}", progress=False)
            assert sorted(found["id"]) == sorted(frame["id"][chosen]), (operator, word)
            assert all(field in dict(one.params).get("filter", field) for one in wire.requests)
    worse = connection.bugs(severity_from="Major", progress=False)
    assert set(worse["severity"]) == {"Major", "Critical", "Show stopper"}


@pytest.mark.parametrize(
    ("filter_", "message"),
    [
        ("severity>Show stopper", "no severity comes after Show stopper"),
        ("severity<none", "no severity comes before None"),
        ("status>=none", "'none' has no place in an order of status"),
        ("severity>=Majr", "there is no severity 'Majr'"),
        ("module>=Login", "Module cannot be compared by >="),
    ],
)
def test_what_has_no_place_in_an_order_is_refused(api, connection, wire, filter_, message):  # noqa: ARG001  runs once an API
    """Nothing of the list is asked for."""
    with pytest.raises(UsageError, match=message):
        connection.bugs(filter_, progress=False)
    assert not [request for request in wire.requests if request.url.endswith(("/bugs/", "/issues"))]


@pytest.mark.parametrize(
    ("words", "last"), [(("None", "High", "Low"), "High"), (("Low", "Medium", "High"), "High"), ((), None)]
)
def test_the_greatest_severity_is_the_worst(connection, words, last):
    """Whether the portal's own list goes up or down."""
    connection.lookups._kept["fields", "p"] = {"severity": tuple(Choice("", word) for word in words)}
    assert connection.lookups.orders("p").get("severity", (None,))[-1] == last
