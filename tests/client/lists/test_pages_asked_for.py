"""Exactly which pages are asked for: each one more costs a slot, each one less may cost rows."""

from itertools import islice

import pytest

from tests.client.lists.listed import Listed, drain_pages
from zbt_notebook.client.lists.page import Page
from zbt_notebook.client.lists.pager import Pager

# What is asked of it -> rows of the list, options, rows deleted from the beginning after the n-th page,
# (index, size) of each page, rows that came, whether the announced count was found wrong
# Of ten, numbered, once rows went before the third one: back to the first, and on with more in common.
REJOINED = [
    (1, 10),
    (10, 9),
    (17, 8),
    (11, 10),
    (1, 10),
    (9, 8),
    (11, 10),
    (15, 7),
    (17, 8),
    (19, 9),
    (21, 10),
    (25, 8),
    (28, 9),
    (31, 10),
    (36, 7),
    (37, 9),
    (41, 10),
]
TRACES: dict[str, tuple] = {
    "steady": (45, {"size": 10}, {}, [(1, 10), (10, 10), (19, 10), (28, 10), (37, 10)], 45, False),
    "steady numbered": (
        45,
        {"size": 10, "numbered": True},
        {},
        [(1, 10), (10, 9), (17, 8), (21, 10), (28, 9), (36, 7), (41, 10)],
        45,
        False,
    ),
    "start 5": (45, {"size": 10, "start": 5}, {}, [(5, 10), (14, 10), (23, 10), (32, 10), (41, 10)], 41, False),
    "expected": (45, {"size": 10, "expected": 45}, {}, [(1, 10), (11, 10), (21, 10), (31, 10), (41, 10)], 45, False),
    "limit": (45, {"size": 10, "limit": 25}, {}, [(1, 10), (10, 10), (19, 10)], 25, False),
    "expected limit": (45, {"size": 10, "expected": 45, "limit": 25}, {}, [(1, 10), (11, 10), (21, 10)], 25, False),
    "deleted once": (
        60,
        {"size": 10},
        {2: 12},
        [
            (1, 10),
            (10, 10),
            (19, 10),
            (10, 10),
            (1, 10),
            (6, 10),
            (11, 10),
            (16, 10),
            (21, 10),
            (26, 10),
            (31, 10),
            (36, 10),
            (41, 10),
        ],
        60,
        False,
    ),
    "deleted often": (
        90,
        {"size": 10},
        {2: 12, 4: 15, 6: 30},
        [
            (1, 10),
            (10, 10),
            (19, 10),
            (10, 10),
            (1, 10),
            (6, 10),
            (11, 10),
            (2, 10),
            (1, 10),
            (6, 10),
            (11, 10),
            (16, 10),
            (21, 10),
            (26, 10),
        ],
        73,
        False,
    ),
    "numbered deleted": (
        60,
        {"size": 10, "numbered": True},
        {2: 12},
        REJOINED,
        60,
        False,
    ),
    "numbered often": (
        90,
        {"size": 10, "numbered": True},
        {2: 12, 4: 25},
        [*REJOINED, (46, 9)],
        85,
        False,
    ),
    "expected deleted": (
        60,
        {"size": 10, "expected": 60},
        {2: 12},
        [(1, 10), (11, 10), (21, 10), (31, 10), (41, 10), (1, 10), (10, 10), (19, 10), (28, 10), (37, 10), (46, 10)],
        60,
        False,
    ),
    "far": (
        200,
        {"size": 10},
        {12: 90},
        [
            (1, 10),
            (10, 10),
            (19, 10),
            (28, 10),
            (37, 10),
            (46, 10),
            (55, 10),
            (64, 10),
            (73, 10),
            (82, 10),
            (91, 10),
            (100, 10),
            (109, 10),
            (100, 10),
            (81, 10),
            (42, 10),
            (1, 10),
            (6, 10),
            (1, 10),
            (11, 10),
            (16, 10),
            (21, 10),
            (26, 10),
            (31, 10),
            (36, 10),
            (41, 10),
            (46, 10),
            (51, 10),
            (56, 10),
            (61, 10),
            (66, 10),
            (71, 10),
            (76, 10),
            (81, 10),
            (86, 10),
            (91, 10),
            (96, 10),
            (101, 10),
            (106, 10),
        ],
        200,
        False,
    ),
    "numbered far": (
        200,
        {"size": 10, "numbered": True},
        {12: 90},
        [
            (1, 10),
            (10, 9),
            (17, 8),
            (21, 10),
            (28, 9),
            (36, 7),
            (41, 10),
            (49, 8),
            (55, 9),
            (61, 10),
            (64, 9),
            (71, 10),
            (78, 7),
            (71, 10),
            (51, 10),
            (11, 10),
            (1, 10),
            (9, 8),
            (11, 10),
            (15, 7),
            (17, 8),
            (19, 9),
            (21, 10),
            (25, 8),
            (28, 9),
            (31, 10),
            (36, 7),
            (37, 9),
            (41, 10),
            (46, 9),
            (49, 8),
            (51, 10),
            (55, 9),
            (57, 8),
            (61, 10),
            (64, 9),
            (71, 10),
            (73, 9),
            (78, 7),
            (81, 10),
            (85, 7),
            (89, 8),
            (91, 10),
            (99, 7),
            (101, 10),
            (105, 8),
        ],
        190,
        False,
    ),
    "at most": (45, {"size": 10, "at_most": 20}, {}, [(1, 10), (10, 10), (19, 10)], 28, False),
    "short": (3, {"size": 10}, {}, [(1, 10)], 3, False),
    "size2": (5, {"size": 2}, {}, [(1, 2), (3, 2), (5, 2)], 5, False),
    "size3": (7, {"size": 3}, {}, [(1, 3), (3, 3), (5, 3), (7, 3)], 7, False),
    "none": (0, {"size": 10}, {}, [(1, 10)], 0, False),
    "few more": (45, {"size": 10, "expected": 40}, {}, [(1, 10), (11, 10), (21, 10), (31, 10)], 40, False),
    "few more, last page short": (
        45,
        {"size": 10, "expected": 42},
        {},
        [(1, 10), (11, 10), (21, 10), (31, 10), (41, 10)],
        45,
        True,
    ),
    "full and more": (30, {"size": 10, "expected": 19}, {}, [(1, 10), (11, 10), (20, 10), (29, 10)], 30, True),
    "one and more": (15, {"size": 10, "expected": 7}, {}, [(1, 10), (10, 10)], 15, True),
    "none of some": (0, {"size": 10, "expected": 5}, {}, [(1, 10)], 0, True),
    "overlap grows": (
        400,
        {"size": 40},
        {2: 45, 6: 50, 9: 60},
        [
            *((1, 40), (40, 40), (79, 40), (40, 40), (1, 40), (25, 40), (49, 40), (10, 40)),
            *((30, 40), (50, 40), (11, 40), (1, 40), (21, 40), (41, 40), (61, 40), (81, 40)),
            *((101, 40), (121, 40), (141, 40), (161, 40), (181, 40), (201, 40), (221, 40)),
        ],
        400,
        False,
    ),
    "few less": (
        45,
        {"size": 10, "expected": 52},
        {},
        [(1, 10), (11, 10), (21, 10), (31, 10), (41, 10), (1, 10), (10, 10), (19, 10), (28, 10), (37, 10)],
        45,
        True,
    ),
    "few less n": (
        45,
        {"size": 10, "expected": 52, "numbered": True},
        {},
        [
            (1, 10),
            (11, 10),
            (21, 10),
            (31, 10),
            (41, 10),
            (1, 10),
            (10, 9),
            (17, 8),
            (21, 10),
            (28, 9),
            (36, 7),
            (41, 10),
        ],
        45,
        True,
    ),
}


@pytest.mark.parametrize("name", TRACES)
def test_these_pages_are_asked_for_and_no_others(name):
    """Overlapping by a record, going back where rows went, reading on where more came than was announced."""
    size, options, gone, pages, count, miscounted = TRACES[name]
    listed, pager, asked, came = Listed(size), Pager(**options), [], []
    for page in iter(pager.next_page, None):
        asked.append((page.index, page.size))
        assert pager.held == 1
        pager.take(page, listed.answer(page))
        came += pager.ready()
        del listed.rows[: gone.get(len(asked), 0)]
    assert (asked, len(came), pager.miscounted) == (pages, count, miscounted)
    assert (pager.came, pager.without_new, pager.held, pager.sharing) == (count, count, 0, 0)
    assert pager.next_page() is None


@pytest.mark.parametrize(
    ("options", "page"),
    [
        ({"limit": 3}, Page(1, 3)),
        ({"limit": 1}, Page(1, 1)),
        ({"limit": 99}, Page(1, 10)),
        ({"limit": 4, "start": 12}, Page(12, 4)),
        ({"limit": 4, "numbered": True}, Page(1, 4)),
        ({"limit": 5, "start": 11, "numbered": True}, Page(11, 5)),
        ({"limit": 4, "start": 11, "numbered": True}, Page(11, 10)),
    ],
)
def test_a_page_is_no_larger_than_the_limit(options, page):
    """But for a numbered one that would then begin elsewhere."""
    assert Pager(size=10, **options).next_page() == page


def test_no_page_is_asked_for_ahead_that_the_limit_does_not_need():
    """Of the announced pages only the first ones."""
    pager = Pager(size=10, expected=45, limit=25)
    assert list(iter(pager.next_page, None)) == [Page(1, 10), Page(11, 10), Page(21, 10)]


def test_an_empty_list_is_not_asked_for():
    """Where no row can be in it, or none is wanted."""
    assert Pager(limit=0).done
    assert Pager(expected=0).done
    assert Pager(at_most=0).done
    assert not Pager(at_most=1).done


def test_a_page_that_did_not_come_is_the_next_one_again():
    """Before those that were not asked for yet; meanwhile nobody waits for it."""
    pager = Pager(size=10, expected=45)
    first, second = islice(iter(pager.next_page, None), 2)
    pager.give_back(first)
    assert pager.held == 1
    assert (pager.next_page(), pager.next_page()) == (first, Page(21, 10))
    pager.give_back(second)
    assert pager.next_page() == second


def test_a_page_is_claimed_once():
    """Whoever asks for it out of turn keeps others from asking for it."""
    pager = Pager(size=10, expected=25)
    assert pager.claim(Page(11, 10)) is True
    assert pager.held == 1
    assert pager.claim(Page(11, 10)) is False
    assert pager.claim(Page(31, 10)) is False
    assert list(iter(pager.next_page, None)) == [Page(1, 10), Page(21, 10)]
    assert not pager.has_next
    pager.give_back(Page(1, 10))
    pager.done = True
    assert pager.claim(Page(1, 10)) is False


def test_a_list_has_begun_when_a_page_has_come():
    """An empty one too; until then it may be asked for in another way."""
    pager = Pager(size=10)
    seen = [pager.began]
    drain_pages(pager, [[]], None)
    assert [*seen, pager.began, pager.miscounted] == [False, True, False]
