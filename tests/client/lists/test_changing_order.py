"""Records that change places while their list is read: all come, or the user is told that some may be missing."""

from random import Random
from threading import Lock
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.lists.listed import Listed
from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.lists.pager import Pager
from zbt_notebook.client.lists.read_lists import read_list, read_lists
from zbt_notebook.client.rest.api import ApiCall


@pytest.fixture
def world(large_world):
    return large_world


class Moving(Listed):
    """A list to which *move* does something after each request."""

    def __init__(self, size, move, seed):
        super().__init__(size)
        self.move, self.random = move, Random(seed)
        self.always = {row["id"] for row in self.rows}

    def answer(self, page):
        came = super().answer(page)
        self.move(self)
        self.always &= {row["id"] for row in self.rows}
        return came


def shuffle(listed):
    listed.random.shuffle(listed.rows)


def shuffle_in_parts(listed):
    """As records do that are alike in what a database sorts by."""
    parts = [listed.rows[at : at + 50] for at in range(0, len(listed.rows), 50)]
    listed.rows = [row for part in parts for row in listed.random.sample(part, len(part))]


def shuffle_and_delete(listed):
    del listed.rows[listed.random.randrange(len(listed.rows))]
    shuffle(listed)


def add_before(listed):
    for _ in range(listed.random.randrange(4)):
        listed.add(at=0)


def add_behind(listed):
    for _ in range(listed.random.randrange(4)):
        listed.add()


def delete(listed):
    for _ in range(listed.random.randrange(1, 4)):
        del listed.rows[listed.random.randrange(len(listed.rows))]


def add_and_delete(listed):
    add_before(listed)
    add_behind(listed)
    delete(listed)


def read(size, move, *, numbered, seed):
    """Read a list to its end: the pager, the ids of what was there all the time and did not come, the list."""
    listed = Moving(size, move, seed)
    came: set[int] = set()
    pager = Pager(numbered=numbered)
    for page in iter(pager.next_page, None):
        pager.take(page, listed.answer(page))
        came.update(row["id"] for row in pager.ready())
    return pager, listed.always - came, listed


@pytest.mark.parametrize("move", [shuffle, shuffle_in_parts, shuffle_and_delete])
@given(size=st.integers(240, 800), numbered=st.booleans(), seed=st.integers(0, 999))
def test_nothing_is_missing_without_a_word(move, size, numbered, seed):
    """Whatever changes the order, and however often."""
    pager, missing, _ = read(size, move, numbered=numbered, seed=seed)
    assert pager.disordered or not missing


@pytest.mark.parametrize("move", [add_before, add_behind, delete, add_and_delete])
@given(size=st.integers(1, 600), numbered=st.booleans(), seed=st.integers(0, 999))
def test_rows_that_are_added_and_deleted_keep_their_order(move, size, numbered, seed):
    """No false alarm, and nothing is missing."""
    pager, missing, _ = read(size + 200, move, numbered=numbered, seed=seed)
    assert (pager.disordered, missing) == (False, set())


@pytest.mark.parametrize("numbered", [True, False])
def test_a_list_that_changed_its_order_once_is_read_again(numbered):
    """Then all of it has come, and there is nothing to tell."""

    def once(listed):
        if listed.requests == 3:
            shuffle(listed)

    pager, missing, listed = read(2000, once, numbered=numbered, seed=1)
    assert (pager.disordered, missing) == (False, set())
    assert 20 < listed.requests < 26


def test_a_list_that_never_rests_is_read_three_times():
    """More would not help."""
    _, _, listed = read(2000, shuffle, numbered=True, seed=1)
    assert 30 <= listed.requests < 40


@pytest.fixture
def deleting(connection, world):
    """V3 loses a bug at each request for a list of bugs, whereupon a list without an order has another one."""
    world.set(classic_end="410", v3_order="scattered")
    store, inner, alone = world.bugtracker().store, connection.client.transport, Lock()

    def transport(request):
        response = inner(request)
        if urlsplit(request.url).path.endswith("/issues"):
            with alone:
                store.bugs.remove(next(iter(store.bugs)))
        return response

    connection.client.transport = transport
    return store


def test_v3_is_asked_for_the_order_of_making(connection, deleting):
    """Then none but the deleted are missing."""
    bugs = connection.pull("bugs")
    assert {bug.id for bug in deleting.bugs} <= set(bugs["id"])
    assert bugs.attrs["zbt"]["warnings"] == []


def test_bugs_come_in_the_order_of_their_making(connection, world):
    """From V3 as from the classic API."""
    wanted = connection.pull("bugs")
    world.set(classic_end="410", v3_order="scattered")
    assert list(connection.pull("bugs")["id"]) == list(wanted["id"])


@pytest.mark.parametrize("sort", ["refused", "ignored"])
@pytest.mark.parametrize("where", [{}, {"statustype": "open"}])
@pytest.mark.usefixtures("deleting")
def test_v3_may_not_heed_it(connection, world, sort, where):
    """Then it is told that bugs may be missing, and of which project; a filter may be refused besides."""
    world.set(sort_on_issues=sort, filter_on_issues="refused")
    bugs = connection.pull("bugs", where=where)
    warning = bugs.attrs["zbt"]["warnings"][0]
    assert warning == "the list of Harbor Web changed its order whenever it was read: some bugs may be missing"


@pytest.mark.parametrize("sort", ["refused", "ignored"])
def test_a_list_that_rests_needs_no_sort(connection, world, sort):
    """All come, without a word."""
    world.set(classic_end="410", v3_order="scattered", sort_on_issues=sort)
    bugs = connection.pull("bugs")
    assert set(bugs["id"]) == {bug.id for bug in world.bugtracker().store.bugs}
    assert bugs.attrs["zbt"]["warnings"] == []


def test_what_a_pull_has_to_know_first_is_refused(connection, deleting):
    """A list of projects or of issues, of which some may be missing, is none to rely on."""
    portal, project = connection.get("/api/v3/portals")[0]["id"], next(iter(deleting.projects)).id
    call = ApiCall("GET", f"/api/v3/portal/{portal}/projects/{project}/issues")
    with pytest.raises(ApiError, match="the list changed its order whenever it was read"):
        read_list(connection.client, call)
    (listed,) = read_lists(connection.client, [call], print, size=1)
    assert "changed its order" in str(listed.refused)
