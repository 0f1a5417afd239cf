"""What V3 is asked to choose; whatever it makes of that, the rows are right."""

import json
from datetime import UTC, date, datetime

import pytest

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists.criteria import Choice, Criterion, Span
from zbt_notebook.client.lists.v3_filter import filter_of


def asked(*criteria, where=(), since=None):
    text = filter_of("bugs", dict(where), criteria, since).text
    told = json.loads(text) if text else {"criteria": []}
    for one in told["criteria"]:
        assert all(isinstance(value, str) for value in one.get("value", ()))
    return [(one["field_name"], one["criteria_condition"], *one.get("value", ())) for one in told["criteria"]]


@pytest.mark.parametrize(
    ("criterion", "wanted"),
    [
        (Criterion("severity", "==", (Choice("3", "Major"),)), [("severity", "is", "Major", "3")]),
        (Criterion("severity", "!=", (Choice("", "Major"),)), [("severity", "is_not", "Major")]),
        (Criterion("status", "==", (Choice("7", "Open", ("8",)),)), [("status", "is", "7", "8")]),
        (Criterion("status", "==", (Choice("", "Open"),)), []),
        (Criterion("assignee", "==", (Choice("5", "Ann", ("ann@x.test",)),)), [("assignee", "is", "5")]),
        (Criterion("assignee", "==", (None,)), [("assignee", "is_empty")]),
        (Criterion("assignee", "==", (None, Choice("5", "Ann"))), []),
        (Criterion("closed", "==", (False,)), [("status", "custom_condition", "${ALL_OPEN}")]),
        (Criterion("closed", "!=", (False,)), [("status", "custom_condition", "${ALL_CLOSED}")]),
        (Criterion("title", "~=", ("log",)), [("name", "contains", "log")]),
        (
            Criterion("created", ">=", (Span.of_day(date(2026, 3, 2)),)),
            [("created_time", "greater_than_or_equal", "2026-03-01")],
        ),
        (Criterion("due", "<=", (date(2026, 3, 2),)), [("due_date", "less_than_or_equal", "2026-03-03")]),
        (Criterion("customfields.Customer", "==", ("Acme",)), []),
    ],
)
def test_what_can_be_expressed_is_asked_for(criterion, wanted):
    """Choices by name and id, people by their numbers, days a day wider; the rest is chosen here alone."""
    assert asked(criterion) == wanted


def test_several_conditions_are_joined_in_the_pattern():
    """Counted from one; since takes the day before the day before, for a filter knows no zone and compares strictly."""
    since = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)
    text = filter_of("bugs", {"statustype": "open"}, (), since).text
    assert json.loads(text)["pattern"] == "1 AND 2"
    assert asked(where={"statustype": "closed"}.items(), since=since) == [
        ("status", "custom_condition", "${ALL_CLOSED}"),
        ("last_updated_time", "greater_than", "2026-02-28"),
    ]


@pytest.mark.parametrize(
    ("where", "sure", "guessed"),
    [
        ({"severity": "31, 32"}, ["Major", "Minor", "31", "32"], ["Major", "Minor", "31", "32"]),
        ({"module": "31"}, ["Major", "31"], ["Major", "31"]),
        ({"classification": "31,99"}, None, ["Major", "31", "99"]),
        ({"status": "7"}, ["7"], ["7"]),
        ({"assignee": "404170000000011001"}, ["404170000000011001"], ["404170000000011001"]),
        ({"reporter": "404170000000011001,700001"}, None, ["404170000000011001", "700001"]),
        ({"assignee": "700001"}, None, ["700001"]),
        ({"flag": "internal"}, None, ["Internal"]),
        ({"milestone": "5,6"}, None, ["5", "6"]),
        ({"affected": "5"}, None, ["5"]),
        ({"severity": ","}, None, None),
    ],
)
def test_the_classic_lists_ids_become_v3s_names(where, sure, guessed):
    """With their ids; what V3 may understand otherwise is not asked for where nobody sees whether it did."""
    names = {"31": "Major", "32": "Minor"}
    for guess, wanted in ((False, sure), (True, guessed)):
        text = filter_of("bugs", where, names=names, guess=guess).text
        told = json.loads(text)["criteria"] if text else []
        assert [one["value"] for one in told] == ([] if wanted is None else [wanted])
        assert all(one["criteria_condition"] == "is" for one in told)


def test_other_kinds_are_not_filtered_by_zoho():
    """Nothing is known of their fields."""
    assert filter_of("milestones", {"status": "completed"}).text == ""


@pytest.mark.parametrize(
    ("honoured", "by"), [("honoured", "name"), ("honoured", "id"), ("ignored", "name"), ("refused", "id")]
)
def test_the_rows_are_those_of_the_classic_api(connection, world, wire, honoured, by):
    """Whether V3 heeds the filter or not, and whether it compares pick lists by name or by id."""
    severity = connection.pull("bugs", limit=1)["severity.type"][0]
    criteria = {"severity": [severity], "closed": False}
    wanted = connection.bugs(**criteria)
    world.set(classic_end="410", filter_on_issues=honoured, pick_list_filter_by=by)
    connection.lookups.forget()
    wire.requests.clear()
    found = connection.bugs(**criteria)
    assert found.attrs["zbt"]["api"] == "v3"
    assert sorted(found["id"]) == sorted(wanted["id"])
    lists = [dict(request.params) for request in wire.requests if request.url.endswith("/issues")]
    assert any("filter" in params for params in lists)


def test_since_is_a_filter_too(connection, world, wire):
    """Fewer rows come where one page does not tell it all, and the same ones stay as from the classic API."""
    since = datetime(2026, 9, 10, tzinfo=UTC)
    wanted = connection.pull("bugs", since=since)
    world.set(classic_end="410", sort_by_update="ignored")
    found = connection.pull("bugs", since=since)
    assert sorted(found["id"]) == sorted(wanted["id"])
    assert any("last_updated_time" in dict(one.params).get("filter", "") for one in wire.requests)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "Show stopper") for name in ("status", "severity", "classification", "module", "milestone")),
        *((name, "Maya Lindqvist") for name in ("assignee", "reporter")),
        ("affected", ["Beta 1", "Beta 2"]),
        ("severity", "31,Major"),
        ("severity", ""),
        ("status", "all"),
    ],
)
def test_a_name_where_ids_are_wanted_is_refused(connection, world, name, value):
    """No record would pass it: an empty table would say that there is none."""
    world.set(classic_end="410")
    with pytest.raises(UsageError, match=f"the filter {name} wants ids, and ") as failure:
        connection.pull("bugs", where={name: value})
    assert f"connection.bugs({name}=" in failure.value.hint


@pytest.mark.parametrize("zone", ["portal", "UTC"])
def test_a_change_at_the_boundary_is_not_lost(connection, world, zone):
    """Whichever zone V3 reckons days in, at either end of a day, and where its times are rounded to the second."""
    store = world.bugtracker().store
    early, late = list(store.bugs)[:2]
    midnight = 1_789_948_800_000  # 2026-09-21 in UTC
    store.bugs.change(early, updated_ms=midnight)
    store.bugs.change(late, updated_ms=midnight - 1000)
    world.set(classic_end="410", filter_days_in=zone)
    for bug, moment in ((early, midnight), (late, midnight - 1000)):
        for later in (0, 999):
            since = datetime.fromtimestamp((moment + later) / 1000, UTC)
            assert bug.id in set(connection.pull("bugs", since=since, progress=False)["id"])


def test_where_no_time_of_change_is_told_what_v3_chose_is_taken(connection, world, wire):
    """V3 was seen to choose by the time of change, which its list does not tell: what came may be a day too much."""
    since = datetime(2026, 9, 10, tzinfo=UTC)
    wanted, every = connection.pull("bugs", since=since), connection.pull("bugs")
    world.set(classic_end="410", last_updated_time_in_lists=False)
    found = connection.pull("bugs", since=since)
    assert set(wanted["id"]) <= set(found["id"]) < set(every["id"])
    assert "no time of change" in " ".join(found.attrs["zbt"]["warnings"])
    assert sum("2999" in str(dict(one.params).get("filter")) for one in wire.requests) == 1


@pytest.mark.parametrize("filtering", ["ignored", "refused"])
@pytest.mark.parametrize("threads", [1, 8])
def test_since_that_cannot_be_answered_is_refused(connection, world, filtering, threads):
    """Neither V3 nor the client can choose: that is an error, not every bug."""
    world.set(classic_end="410", last_updated_time_in_lists=False, filter_on_issues=filtering)
    with pytest.raises(UsageError, match=r"since= cannot be answered here") as failure:
        connection.pull("bugs", since=datetime(2026, 9, 10, tzinfo=UTC), concurrency=threads)
    assert "Leave since= out" in failure.value.hint


def test_bugs_made_after_the_time_need_no_time_of_change(connection, world):
    """What was made later has changed later: no other time is asked for."""
    made = connection.pull("bugs")["created_time_long"]
    world.set(classic_end="410", last_updated_time_in_lists=False, filter_on_issues="ignored")
    found = connection.pull("bugs", since=made.min().to_pydatetime())
    assert len(found) == len(made)
    assert not found.attrs["zbt"]["warnings"]
