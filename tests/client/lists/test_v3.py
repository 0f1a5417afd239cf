"""A notebook written for the classic API survives its end."""

import json

import pytest

from zbt_notebook.client import v3_columns
from zbt_notebook.client.errors import IncompletePull, UsageError
from zbt_notebook.client.refetch import resume


@pytest.fixture
def world(large_world):
    return large_world


def same(first, second, column):
    """Equal cells, a missing one of either making no claim."""
    left, right = (frame.set_index("id")[column].astype(object) for frame in (first, second))
    both = left.notna() & right.reindex(left.index).notna()
    return bool((left[both].map(str) == right.reindex(left.index)[both].map(str)).all()) and bool(both.any())


@pytest.fixture
def both(connection, world):
    classic = connection.pull("bugs")
    world.set(classic_end="410")
    return classic, connection.pull("bugs")


def test_the_same_rows_and_columns_from_both(both):
    """V3's lists have the description as well; its other extras stand under v3."""
    classic, v3 = both
    assert v3.attrs["zbt"]["api"] == "v3"
    assert sorted(v3["id"]) == sorted(classic["id"])
    columns = {column for column in classic if not column.startswith("customfields.")}
    assert columns <= set(v3)
    assert all(column.startswith("v3.") for column in set(v3) - set(classic) - {"description", "description_text"})


CELLS = (
    *("id_string", "key", "bug_prefix", "bug_number", "title", "flag", "closed", "project.id", "project.name"),
    *("status.id", "status.type", "status.colorcode", "severity.id", "severity.type", "reproducible.type"),
    *("classification.type", "module.id", "module.name", "assignee_name", "assignee_zpuid", "reported_person"),
    *("reporter_email", "milestone.id", "milestone.name", "affected_milestone.name"),
)


def test_the_same_cells(both):
    """Whatever V3 tells, it tells under the classic name and with the classic value."""
    classic, v3 = both
    assert [column for column in CELLS if not same(classic, v3, column)] == []


def test_the_same_times_to_the_second(both):
    """V3 writes ISO 8601 without fractions."""
    for column in ("created_time_long", "updated_time_long"):
        classic, v3 = (frame.set_index("id")[column].sort_index() for frame in both)
        assert (classic.dt.floor("s") == v3.dt.floor("s")).all()
        assert str(v3.dtype) == str(classic.dtype)


def test_milestones_too(connection, world):
    """Names, owners, flags, states and dates."""
    classic = connection.pull("milestones")
    world.set(classic_end="410")
    v3 = connection.pull("milestones")
    for column in ("name", "owner_name", "flag", "status", "project.name"):
        assert same(classic, v3, column)


@pytest.mark.parametrize(
    "where", [{"statustype": "open"}, {"flag": "external"}, {"severity": None}, {"assignee": None}]
)
def test_the_same_filters(connection, world, store, where):
    """V3 has none that are documented, so they are applied to what comes."""
    bug = next(bug for bug in store.bugs if bug.assignee)
    ids = {"severity": bug.severity_id, "assignee": store.members.get(bug.assignee).zpuid}
    where = {name: value or ids[name] for name, value in where.items()}
    classic = connection.pull("bugs", where=where)
    world.set(classic_end="410")
    assert sorted(connection.pull("bugs", where=where)["id"]) == sorted(classic["id"])
    assert len(connection.pull("bugs", where=where, limit=7)) == 7


@pytest.mark.parametrize("by", ["name", "id"])
@pytest.mark.parametrize("word", ["severity", "classification", "module"])
def test_v3_chooses_by_the_names_of_the_classic_ids(connection, world, store, wire, word, by):
    """One id and no more is known to the notebook; the portal may want a name or an id."""
    bug = next(iter(store.bugs))
    where = {word: str(getattr(bug, f"{word}_id"))}
    classic = connection.pull("bugs", where=where)
    world.set(classic_end="410", pick_list_filter_by=by)
    wire.requests.clear()
    assert sorted(connection.pull("bugs", where=where)["id"]) == sorted(classic["id"])
    lists = [request for request in wire.requests if request.url.endswith("/issues")]
    assert lists
    assert all(store.choices[int(where[word])].name in dict(request.params)["filter"] for request in lists)


@pytest.mark.parametrize("word", ["assignee", "reporter"])
def test_people_by_their_accounts_lose_no_bug(connection, world, store, word):
    """V3 knows people by the portal's number: the account's is looked for here."""
    bug = next(bug for bug in store.bugs if bug.assignee)
    where = {word: str(getattr(bug, word))}
    classic = connection.pull("bugs", where=where)
    assert len(classic)
    world.set(classic_end="410")
    assert sorted(connection.pull("bugs", where=where)["id"]) == sorted(classic["id"])


def test_since_works_there_as_well(connection, world):
    """Compared here, for V3's lists are not sorted."""
    classic = connection.pull("bugs", since="2026-08-01")
    world.set(classic_end="410")
    assert sorted(connection.pull("bugs", since="2026-08-01")["id"]) == sorted(classic["id"])


def test_what_v3_lacks_is_said(connection):
    """A filter it has not, a list it has not."""
    with pytest.raises(UsageError, match="no filter 'cview_id'"):
        connection.pull("bugs", where={"cview_id": 1}, api="v3")
    with pytest.raises(UsageError, match="no filter 'users_list'"):
        connection.pull("timelogs", where={"users_list": "7"}, api="v3")
    with pytest.raises(UsageError, match="no list of folders"):
        connection.pull("folders", api="v3")


def test_classic_alone_says_that_it_is_gone(connection, world):
    """Who asks for it by name is told, and not given something else."""
    world.set(classic_end="410")
    with pytest.raises(UsageError, match="retired"):
        connection.pull("bugs", api="classic")


def test_retired_in_the_middle_of_a_pull(connection, world, store, tmp_path):
    """It stops and says so; the next one, and resume too, reads all of it from V3."""
    send = connection.client.transport
    pages = iter(range(3))

    def transport(request):
        if "/bugs/" in request.url and next(pages, None) is None:
            world.set(classic_end="410")
        return send(request)

    connection.client.transport = transport
    checkpoint = tmp_path / "bugs.jsonl"
    with pytest.raises(IncompletePull, match="Zoho has retired the classic API") as caught:
        connection.pull("bugs", concurrency=2, checkpoint=checkpoint)
    assert 0 < len(caught.value.rows) < len(list(store.bugs))
    assert "V3" in caught.value.hint
    wanted = sorted(bug.id for bug in store.bugs)
    for frame in (resume(caught.value.resume), connection.pull("bugs", checkpoint=checkpoint)):
        assert sorted(frame["id"]) == wanted
        assert frame.attrs["zbt"]["api"] == "v3"


@pytest.mark.parametrize(
    "switches",
    [{"page_info_as": "array"}, {"has_next_page_as": "string"}, {"empty_v3_list_as": "204"}],
)
def test_every_dress_of_v3s_pages(connection, world, store, switches):
    """Its page_info was seen as an object and as an array, its booleans as words."""
    world.set(classic_end="410", **switches)
    assert sorted(connection.pull("bugs")["id"]) == sorted(bug.id for bug in store.bugs)


def test_odd_records_are_no_crash():
    """Whatever is missing is missing."""
    record: object
    for record in ({}, {"id": None}, {"status": "open"}, {"prefix": 5, "created_time": "soon"}, {"id": "x"}, [], None):
        for kind in ("bugs", "milestones", "comments", "users", "timelogs"):
            v3_columns.as_classic(kind, record)
    assert v3_columns.as_classic("folders", {"id": "1"}) == {"id": "1"}


def test_issues_deleted_while_v3_is_read_hide_no_others(connection, world, store):
    """Its pages are numbered, and join all the same."""
    world.set(classic_end="410")
    project = max(store.projects, key=lambda project: len(store.bugs.of(project.id)))
    throughout = {bug.id for bug in store.bugs.of(project.id)}
    assert len(throughout) > 2 * 200
    send = connection.client.transport

    def transport(request):
        response = send(request)
        if request.url.partition("?")[0].endswith("/issues"):
            for issue in json.loads(response.body)["issues"][:3]:
                throughout.discard(int(issue["id"]))
                store.bugs.remove(store.bugs.get(int(issue["id"])))
        return response

    connection.client.transport = transport
    ids = list(connection.pull("bugs", projects=project.id)["id"])
    assert len(set(ids)) == len(ids)
    assert throughout <= set(ids)
