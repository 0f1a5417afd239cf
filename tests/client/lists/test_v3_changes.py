"""What one page of all of a portal's issues proves of what changed, and what it does not."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.errors import ApiError, NotFound, RateLimited
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.plan_v3 import changed_issues
from zbt_notebook.client.rest.api import NotAList, Page

SINCE = 1_790_000_000_000
PATH = "/api/v3/portal/1/issues"


class Portal:
    """A list that heeds the sort by one of its names (or by none), or refuses what it does not know."""

    def __init__(self, issues, *, heeds, order="scattered", size=200, tells_more=True, refuses=False):
        self.issues, self.heeds, self.order, self.size = issues, heeds, order, size
        self.tells_more, self.refuses = tells_more, refuses
        self.asked = 0

    def fetch(self, call, _lane):
        self.asked += 1
        field = call.param("sort_by").removeprefix("DESC(").removesuffix(")")
        rows = sorted(self.issues, key=lambda row: row["id"])
        if field in self.heeds:
            rows.sort(key=lambda row: row.get("last_updated_time", ""), reverse=True)
        elif self.refuses:
            raise ApiError("no such field", status=400)
        elif self.order == "newest":
            rows.reverse()
        elif self.order == "scattered":
            Random(len(rows)).shuffle(rows)
        more = len(rows) > self.size
        return Page(rows[: self.size], None, None, more=more if self.tells_more else None)


def issue(number, updated, project="7"):
    """Made in the order of its number, long ago; changed at a millisecond relative to SINCE."""
    made, changed = (datetime.fromtimestamp(ms / 1000, UTC).isoformat() for ms in (10**12 + number, SINCE + updated))
    return {"id": number, "created_time": made, "last_updated_time": changed, "project": {"id": project}}


def ask(portal, since=SINCE):
    found = changed_issues(portal, PATH, since, Lane())
    return found if found is None else {row["id"] for rows in found.values() for row in rows}


@pytest.mark.parametrize("heeds", [{"last_updated_time"}, {"last_modified_time"}])
@pytest.mark.parametrize("refuses", [True, False])
def test_a_page_sorted_by_change_proves_what_changed(heeds, refuses):
    """By whichever name V3 sorts, and though the list goes on."""
    rows = [issue(n * 37 % 60, (3 - n) * 1000) for n in range(60)]
    portal = Portal(rows, heeds=heeds, size=20, refuses=refuses)
    assert ask(portal) == {row["id"] for row in rows[:4]}
    assert portal.asked <= 2


def test_a_change_in_the_second_of_since_counts():
    """V3 rounds its times down to the second."""
    rows = [issue(n * 37 % 60, 700 - n * 1000) for n in range(60)]
    assert ask(Portal(rows, heeds={"last_updated_time"}, size=20), SINCE + 900) == {rows[0]["id"]}


@pytest.mark.parametrize("order", ["newest", "oldest", "scattered"])
def test_a_sort_that_is_ignored_proves_nothing(order):
    """Though times fall by themselves, as they do where nothing changed after it was made."""
    rows = [issue(n, (n - 60) * 1000) for n in range(60)]
    assert ask(Portal(rows, heeds=(), order=order, size=20)) is None


def test_more_changes_than_a_page_holds_prove_nothing():
    """What is behind the page may have changed too."""
    rows = [issue(n * 37 % 60, (30 - n) * 1000) for n in range(60)]
    portal = Portal(rows, heeds={"last_updated_time"}, size=20)
    assert ask(portal) is None
    assert portal.asked == 1


def test_a_few_rows_prove_no_order():
    """Two times fall by chance in every other list, and all that are alike in each."""
    rows = [issue(n * 37 % 60, -n // 20 * 1000 - 1000) for n in range(60)]
    assert ask(Portal(rows, heeds={"last_updated_time"}, size=20)) is None


def test_the_whole_list_on_a_page_needs_no_order():
    """It holds every change."""
    rows = [issue(n, (n - 5) * 1000) for n in range(8)]
    assert ask(Portal(rows, heeds=())) == {5, 6, 7}
    assert ask(Portal(rows, heeds=(), tells_more=False)) is None


@pytest.mark.parametrize("lack", ["last_updated_time", "project"])
def test_records_that_do_not_tell_prove_nothing(lack):
    """Neither without a time nor without a project; nor does an empty list, which a user may be shown in vain."""
    rows = [issue(n, n) for n in range(8)]
    del rows[3][lack]
    assert ask(Portal(rows, heeds={"last_updated_time"})) is None
    assert ask(Portal([], heeds={"last_updated_time"})) is None


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (NotFound("gone", status=404), 1),
        (NotAList("one thing"), 1),
        (ApiError("no", status=403), 2),
        (ApiError("broken", status=500), 2),
    ],
)
def test_a_portal_without_that_list_proves_nothing(error, asked):
    """Its projects are asked, one by one."""

    class Refusing(Portal):
        def fetch(self, call, lane):
            super().fetch(call, lane)
            raise error

    portal = Refusing([], heeds=())
    assert ask(portal) is None
    assert portal.asked == asked


def test_the_limit_is_no_answer():
    """It ends the pull, as on any other call."""

    class Locked(Portal):
        def fetch(self, _call, _lane):
            raise RateLimited("locked", status=400)

    with pytest.raises(RateLimited):
        ask(Locked([], heeds=()))


@given(
    updates=st.lists(st.integers(-40, 10), min_size=1, max_size=60),
    size=st.integers(10, 40),
    heeds=st.sampled_from([(), ("last_updated_time",), ("last_modified_time",)]),
    order=st.sampled_from(["newest", "oldest", "scattered"]),
    refuses=st.booleans(),
)
def test_what_is_proved_is_true(updates, size, heeds, order, refuses):
    """Of any portal, in any order that one was seen to have: all that changed, or nothing is claimed."""
    rows = [issue(number, seconds * 1000) for number, seconds in enumerate(updates)]
    found = ask(Portal(rows, heeds=heeds, order=order, size=size, refuses=refuses))
    assert found is None or found == {number for number, seconds in enumerate(updates) if seconds >= 0}
