"""Every record that is there throughout comes, each once, while others come and go."""

import random
from itertools import islice, repeat
from math import ceil
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.client.lists.listed import Listed, drain, drain_pages, ids
from tests.tiers import examples
from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.lists.page import Largest, Page
from zbt_notebook.client.lists.pager import Pager


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 30, 31])
def test_with_the_count_known_requests_are_the_minimum(size):
    """Exact multiples cost no page more, an empty list none at all."""
    listed = Listed(size)
    assert ids(drain(Pager(size=10, expected=size), listed)) == ids(listed.rows)
    assert listed.requests == ceil(size / 10)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 30, 31])
@pytest.mark.parametrize("numbered", [True, False])
def test_without_a_count_it_is_one_request_more_at_most(size, numbered):
    """The first short page ends the list; numbered pages as small as these may take another one to join."""
    listed = Listed(size)
    assert ids(drain(Pager(size=10, numbered=numbered), listed)) == ids(listed.rows)
    assert listed.requests <= ceil(size / 10) + 1 + numbered


@pytest.mark.parametrize(("rows", "pages"), [(200, 1), (201, 2), (1000, 6), (2000, 11), (4000, 22), (20_000, 110)])
def test_pages_that_are_numbered_join_at_a_tenth_more_at_most(rows, pages):
    """So many requests for a V3 list; without a record in common, a deletion between two pages would go unseen."""
    page, asked = Page(1, 200), 1
    while page.end < rows:
        following = page.following(200, numbered=True)
        assert (following.number - 1) * following.size + 1 == following.index <= page.end < following.end
        page, asked = following, asked + 1
    assert asked == pages


@given(end=st.integers(3, 10**6), size=st.integers(3, 200))
def test_a_page_that_follows_moves_on(end, size):
    """However far the list is read, and whatever the user's size."""
    following = Page(end, 1).following(size, numbered=True)
    assert following.end > end >= following.index - 1
    assert (following.number - 1) * following.size + 1 == following.index


@pytest.mark.parametrize(("page", "size", "limit"), [(2, 50, 20), (3, 10, 4), (2, 20, 20), (1, 50, 7)])
def test_a_limit_does_not_move_a_numbered_page(page, size, limit):
    """The second page of 50 begins at the 51st record, however few are wanted."""
    listed = Listed(200)
    start = (page - 1) * size + 1
    pager, came = Pager(size=size, start=start, limit=limit, numbered=True), []
    for asked in iter(pager.next_page, None):
        begin = (asked.number - 1) * asked.size
        pager.take(asked, listed.rows[begin : begin + asked.size])
        came += pager.ready()
    assert ids(came) == list(range(start, start + limit))


@pytest.mark.parametrize("announced", [1, 5, 10, 15, 20, 25, 40, 100])
@pytest.mark.parametrize("size", [0, 3, 10, 19, 20, 21, 35])
def test_a_wrong_count_costs_requests_but_no_rows(announced, size):
    """Counts that lie are found out; but for one that is too low by whole pages, which looks like the truth."""
    if announced < size and announced % 10 == 0:
        return
    listed = Listed(size)
    pager = Pager(size=10, expected=announced)
    assert ids(drain(pager, listed)) == ids(listed.rows)
    assert pager.miscounted == (announced != size)


@pytest.mark.parametrize("expected", [None, 35])
@pytest.mark.parametrize("limit", [0, 1, 2, 3, 10, 12, 35, 99])
def test_a_limit_is_exact(expected, limit):
    """And no page is asked for that it does not need."""
    listed = Listed(35)
    assert ids(drain(Pager(size=10, expected=expected, limit=limit), listed)) == ids(listed.rows)[:limit]
    assert listed.requests <= ceil(min(limit, 35) / 10) + (expected is None)


def test_it_stops_at_the_first_record_that_is_past():
    """Sorted by the time of change, what is older than *since* ends the pull."""
    listed = Listed(50)
    pager = Pager(size=10, is_past=lambda row: row["id"] > 12)
    assert ids(drain(pager, listed)) == list(range(1, 13))
    assert listed.requests == 3  # and the first page once more, for what was changed meanwhile


@pytest.mark.parametrize("expected", [None, 25])
@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("more", [None, True])
@pytest.mark.parametrize("name", ["id", "label"])
def test_a_server_that_ignores_the_index_is_an_error_after_a_few_pages(name, more, numbered, expected):
    """The same full page again and again, with ids or without: no result, and few requests."""
    pager = Pager(size=10, numbered=numbered, expected=expected)
    page = [{name: number} for number in range(10)]
    pages = repeat(page, 7)
    with pytest.raises(ApiError, match="same page again"):
        drain_pages(pager, pages, more)
    assert [row[name] for row in pager.ready()] == list(range(10))


@pytest.mark.parametrize("name", ["id", "label"])
def test_a_short_list_that_comes_whole_each_time_is_one(name):
    """Thirty rows may be a cap; asked for what follows, a server that does not page gives the same thirty."""
    pager = Pager(size=200)
    page = [{name: number} for number in range(30)]
    while not pager.done:
        drain_pages(pager, [page], None)
    assert [row[name] for row in pager.ready()] == list(range(30))


@pytest.mark.parametrize("cap", [25, 37, 73, 100, 150])
@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 200, 399, 450])
@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("name", ["id", "label"])
def test_a_server_that_caps_its_pages_gives_all_rows_all_the_same(cap, rows, expected, name):
    """A short page is the last one only where nothing contradicts it."""
    pager = Pager(expected=rows if expected else None)
    listed, came, asked = [{name: number} for number in range(rows)], [], 0
    for page in iter(pager.next_page, None):
        pager.take(page, listed[page.index - 1 : page.index - 1 + min(page.size, cap)])
        came += pager.ready()
        asked += 1
    assert [row[name] for row in came] == list(range(rows))
    assert not pager.miscounted
    assert asked <= ceil(rows / (cap - 1)) + 4


@pytest.mark.parametrize("cap", [50, 97, 100])
@pytest.mark.parametrize("rows", [50, 97, 250, 450])
def test_a_numbered_list_with_capped_pages_is_read_by_the_servers_word(cap, rows):
    """V3 gives 50 where 200 were asked for, and says that there is more."""
    pager = Pager(numbered=True)
    listed, came = [{"id": number} for number in range(rows)], []
    for page in iter(pager.next_page, None):
        begin = (page.number - 1) * min(page.size, cap)
        pager.take(page, listed[begin : begin + min(page.size, cap)], more=begin + cap < rows)
        came += pager.ready()
    assert ids(came) == list(range(rows))


@pytest.mark.parametrize("numbered", [True, False])
def test_rows_deleted_at_every_request_hide_no_others(numbered):
    """Three of 2,000 at a time, anywhere: whatever is there throughout comes."""
    dice = random.Random(3)
    listed = Listed(2000)
    throughout, pager, came = set(ids(listed.rows)), Pager(numbered=numbered), []
    for page in iter(pager.next_page, None):
        pager.take(page, listed.answer(page))
        came += pager.ready()
        for _ in range(3):
            throughout.discard(listed.rows.pop(dice.randrange(len(listed.rows)))["id"])
    assert throughout <= set(ids(came))
    assert len(set(ids(came))) == len(came)


def test_records_without_ids_are_all_kept():
    """Nothing tells them apart, so nothing is dropped and no page overlaps."""
    listed = Listed(0)
    listed.rows = [{"label": 0}] * 25
    assert len(drain(Pager(size=10), listed)) == 25
    assert listed.requests <= 4


def test_lists_that_a_server_caps_alike_ask_no_more_than_they_need():
    """Where one page held a hundred records, thirty are no cap: a list of thirty is one request, of ten always."""
    largest = Largest()
    asked = []
    for size in (30, 100, 30, 10, 99):
        listed = Listed(size)
        assert len(drain(Pager(largest=largest), listed)) == size
        asked.append(listed.requests)
    assert asked == [2, 2, 1, 1, 1]


@pytest.mark.parametrize("identity", ["7", 7, "", None])
def test_records_that_share_an_id_on_one_page_are_all_kept(identity):
    """What is alike in all else comes once; what differs is not lost, and is counted."""
    listed = Listed(0)
    listed.rows = [{"id": identity, "title": title} for title in ("a", "b", "c")] + [{"id": 8}, {"id": 8}, {"id": 9}]
    pager = Pager(size=200)
    came = drain(pager, listed)
    assert [row.get("title") for row in came] == ["a", "b", "c", None, None]
    assert pager.sharing == (3 if identity else 0)


def test_records_that_share_an_id_are_counted_on_every_page():
    """Each page by itself."""
    pager = Pager(size=3)
    pages = ([{"id": 1, "title": n} for n in range(3)], [{"id": 2, "title": n} for n in range(2)])
    for page in pages:
        drain_pages(pager, [page], page is pages[0])
    assert (pager.came, pager.sharing) == (5, 5)


def test_rows_made_since_the_announcement_do_not_make_it_wrong():
    """They are counted apart, on whichever page they come."""
    listed = Listed(13)
    listed.rows[3]["made"] = listed.rows[9]["made"] = listed.rows[12]["made"] = 1
    pager = Pager(size=5, expected=10, is_new=lambda row: bool(row["made"]))
    assert ids(drain(pager, listed)) == ids(listed.rows)
    assert (pager.came, pager.without_new, pager.miscounted) == (13, 10, False)


@pytest.mark.parametrize("announced", [20, 26, 35, 60])
def test_a_wrong_count_doubles_no_rows_without_ids(announced):
    """They cannot be read again from the beginning."""
    listed = Listed(0)
    listed.rows = [{"label": number} for number in range(25)]
    came = drain(Pager(size=10, expected=announced), listed)
    assert [row["label"] for row in came] == list(range(20 if announced == 20 else 25))


def test_the_servers_own_word_that_there_is_more_counts():
    """V3 tells; a full last page costs nothing more."""
    listed = Listed(20)
    pager = Pager(size=11, numbered=True)
    for more in (True, False):
        page = next(iter(pager.next_page, None))
        pager.take(page, listed.answer(page), more=more)
    assert pager.done
    assert page == Page(11, 10)
    assert page.number == 2


def test_pages_that_come_out_of_order_are_given_in_order():
    """Eight threads answer as they like."""
    listed = Listed(35)
    pager = Pager(size=10, expected=35)
    pages = list(iter(pager.next_page, None))
    assert len(pages) == 4
    came = []
    for page in (pages[2], pages[0], pages[3], pages[1]):
        pager.take(page, listed.answer(page))
        came += ids(pager.ready())
    assert came == ids(listed.rows)


def test_rows_added_before_the_place_that_was_read_hide_nothing():
    """As many at the front as a page moves on, time and again: pages bring nothing new, and yet the list goes on."""
    listed = Listed(12)
    pager, came = Pager(size=4), []
    for answered, page in zip(range(30), iter(pager.next_page, None), strict=False):
        pager.take(page, listed.answer(page))
        came += pager.ready()
        for _ in range(3 if answered < 3 else 0):
            listed.add(0)
    assert pager.done
    assert set(range(1, 13)) <= set(ids(came))
    assert len(set(ids(came))) == len(came)


class Moving(RuleBasedStateMachine):
    """Rows come and go between any two answers, and answers come in any order."""

    def __init__(self):
        super().__init__()
        self.sent = []
        self.came = []

    @initialize(
        size=st.integers(0, 60),
        known=st.booleans(),
        newest_first=st.booleans(),
        per_page=st.integers(3, 12),
        numbered=st.booleans(),
    )
    def start(self, size, known, newest_first, per_page, numbered):
        self.listed = Listed(size)
        per_page += 6 * numbered  # smaller ones find no page that joins, here and there
        self.newest_first = newest_first and not known  # the announced pages are asked for oldest first
        expected = size if known else None
        self.pager = Pager(size=per_page, expected=expected, numbered=numbered, is_new=lambda row: bool(row["made"]))
        self.throughout = {row["id"] for row in self.listed.rows}

    @rule()
    def next_page(self):
        if (page := self.pager.next_page()) is not None:
            self.sent.append(page)

    @rule(data=st.data())
    def answer(self, data):
        if self.sent:
            page = self.sent.pop(data.draw(st.integers(0, len(self.sent) - 1)))
            self.pager.take(page, self.listed.answer(page))
            self.came += self.pager.ready()

    @rule(data=st.data())
    def one_fails_and_is_asked_again(self, data):
        if self.sent:
            self.pager.give_back(self.sent.pop(data.draw(st.integers(0, len(self.sent) - 1))))

    @rule()
    def a_row_is_made(self):
        self.listed.add(0 if self.newest_first else None)

    @rule(data=st.data())
    def a_row_is_deleted(self, data):
        if self.listed.rows:
            at = data.draw(st.integers(0, len(self.listed.rows) - 1))
            self.throughout.discard(self.listed.rows.pop(at)["id"])

    @invariant()
    def nothing_comes_twice(self):
        assert len(set(ids(self.came))) == len(self.came)

    def teardown(self):
        if not hasattr(self, "pager"):
            return
        for _ in range(500):
            if self.pager.done:
                break
            page = self.sent.pop() if self.sent else next(iter(self.pager.next_page, None))
            self.pager.take(page, self.listed.answer(page))
            self.came += self.pager.ready()
        assert self.pager.done
        assert self.throughout <= set(ids(self.came))
        assert len(set(ids(self.came))) == len(self.came)


Moving.TestCase.settings = settings(max_examples=examples(150), stateful_step_count=40, deadline=None)
TestMoving = Moving.TestCase


class Changing(RuleBasedStateMachine):
    """Rows are changed, and go to the beginning; what was changed long ago ends the list."""

    def __init__(self):
        super().__init__()
        self.sent = None
        self.came = []
        self.time = 1000

    @initialize(size=st.integers(0, 40), wanted=st.integers(0, 40), per_page=st.integers(3, 9))
    def start(self, size, wanted, per_page):
        self.rows = [{"id": number, "changed": 500 - number} for number in range(size)]
        self.since = 500 - wanted
        self.pager = Pager(size=per_page, is_past=lambda row: row["changed"] < self.since)
        self.throughout = {row["id"] for row in self.rows if row["changed"] >= self.since}

    @rule()
    def next_page(self):
        self.sent = self.sent or self.pager.next_page()

    @rule()
    def answer(self):
        if self.sent:
            page, self.sent = self.sent, None
            self.pager.take(page, self.rows[page.index - 1 : page.end])
            self.came += self.pager.ready()

    @rule(data=st.data(), count=st.integers(1, 12))
    def rows_are_changed(self, data, count):
        for _ in range(count if self.rows else 0):
            row = self.rows.pop(data.draw(st.integers(0, len(self.rows) - 1)))
            self.time += 1
            self.rows.insert(0, {**row, "changed": self.time})

    @rule(data=st.data())
    def a_row_is_deleted(self, data):
        if self.rows:
            self.throughout.discard(self.rows.pop(data.draw(st.integers(0, len(self.rows) - 1)))["id"])

    def teardown(self):
        if not hasattr(self, "pager"):
            return
        for _ in range(300):
            if self.pager.done:
                break
            self.next_page()
            self.answer()
        assert self.pager.done
        assert self.throughout <= set(ids(self.came))
        assert len(set(ids(self.came))) == len(self.came)


Changing.TestCase.settings = settings(max_examples=examples(150), stateful_step_count=40, deadline=None)
TestChanging = Changing.TestCase


def test_rows_that_go_to_the_beginning_by_the_dozen_are_no_server_that_repeats_itself():
    """Several pages in a row bring nothing new, and the first page stands still meanwhile: the list goes on."""
    world = Changing()
    world.start(size=18, wanted=3, per_page=4)
    steps: list[Any] = [
        *(world.next_page, world.answer, world.next_page, [*range(4, 12)]),
        *(world.answer, world.next_page, world.answer, [0] * 7 + [12, 13, 14, 15], [0] * 7 + [16, 17]),
    ]
    for step in steps:
        if callable(step):
            step()
        else:
            draw = Mock(side_effect=step)
            world.rows_are_changed(Mock(draw=draw), len(step))
    world.teardown()


@given(
    rows=st.integers(0, 700),
    cap=st.integers(11, 210),
    counts=st.booleans(),
    numbered=st.booleans(),
    says_more=st.booleans(),
    ignores=st.booleans(),
    name=st.sampled_from(["id", "label"]),
)
@settings(max_examples=examples(300), deadline=None)
def test_any_server_gives_every_record_once_or_an_error(rows, cap, counts, numbered, says_more, ignores, name):
    """Capped pages, a count or none, its word that there is more, an index that it ignores, rows without ids."""
    listed, came = [{name: number} for number in range(rows)], []
    pager = Pager(numbered=numbered, expected=rows if counts else None)
    try:
        for page in islice(iter(pager.next_page, None), 200):
            size = min(page.size, cap)
            begin = 0 if ignores else (page.number - 1) * size if numbered else page.index - 1
            more = begin + size < rows if says_more or numbered else None
            pager.take(page, listed[begin : begin + size], more=more)
            came += pager.ready()
    except ApiError:
        assert ignores
        return
    assert pager.done
    if not ignores or says_more or numbered or rows <= cap:
        assert [row[name] for row in came] == list(range(rows))
