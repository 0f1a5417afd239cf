"""Whether a page goes on in the order of the pages before it, and what is said where a list cannot be read."""

import pytest

from tests.client.lists.listed import Listed, drain
from zbt_notebook.client.lists.page import Page
from zbt_notebook.client.lists.pager import Pager
from zbt_notebook.client.lists.sweep import Sweep, reordered, repeated, torn

FIVE = list("abcde")


def keeps_order(names, *before, is_last=False):
    sweep = Sweep()
    for page in before:
        sweep.reach(list(page))
    return sweep.keeps_order(list(names), is_last=is_last)


@pytest.mark.parametrize(
    ("names", "is_last", "kept"),
    [
        ("fgh", False, True),  # nothing of it is known: whether it joins is another question
        ("efg", False, True),
        ("defg", False, True),
        ("dfg", False, True),  # e was deleted
        ("cfg", False, True),  # d too
        ("bfg", False, False),  # three at once: they rather went elsewhere
        ("edf", False, False),  # d and e have changed places
        ("fe", False, False),  # what is new stands before what is known
        ("dfe", False, False),
        ("xab", False, True),  # x was added at the beginning
        ("xyab", False, True),
        ("xbc", False, True),  # and a was deleted
        ("xcd", False, True),
        ("xde", False, False),
        ("xaf", False, False),
        ("xabcdef", False, True),
        ("ab", False, True),  # known throughout: the next page tells
        ("ab", True, False),
        ("bc", True, True),
        ("de", True, True),
        ("eef", False, True),  # a record that comes twice on one page
        ("", True, True),
    ],
)
def test_what_is_known_stands_where_it_stood(names, is_last, kept):
    """After a page of five records, a to e."""
    assert keeps_order(names, FIVE, is_last=is_last) is kept


@pytest.mark.parametrize(
    ("names", "kept"), [("xyab", True), ("zxya", True), ("zxyb", True), ("zabc", True), ("zcde", False)]
)
def test_what_was_added_at_the_beginning_stands_there(names, kept):
    """A page that brought it does not make it the last that was read: x and y came before a."""
    assert keeps_order(names, FIVE, "xyab") is kept
    assert keeps_order("efg", FIVE, "xyab")
    assert not keeps_order("yfg", FIVE, "xyab")


def test_records_without_ids_have_no_rank():
    """They are no reason to think that the order has changed."""
    sweep = Sweep()
    sweep.reach(["a", None, "b"])
    sweep.reach([None, "a"])
    assert sweep.reached == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (repeated(Page(1001, 10)), "records from 1,001 on", "so the rest of the list cannot be read."),
        (torn(Page(1001, 10)), "near 1,001 faster than it could be read", "Read it again when less is deleted."),
        (reordered(), "the list changed its order whenever it was read", "Read it again when less is changed."),
    ],
)
def test_what_cannot_be_read_says_why(error, message, hint):
    """And what to do next."""
    assert message in error.message
    assert error.hint.endswith(hint)


@pytest.mark.parametrize("expected", [None, 25])
def test_a_list_that_rests_is_in_order(expected):
    """However it was read."""
    pager = Pager(size=10, expected=expected)
    assert len(drain(pager, Listed(25))) == 25
    assert pager.disordered is False
    assert pager.miscounted is False


@pytest.mark.parametrize(("numbered", "second"), [(True, Page(11, 10)), (False, Page(11, 10))])
def test_pages_of_rows_without_ids_follow_one_another(numbered, second):
    """Nothing would tell whether they overlap."""
    pager = Pager(size=10, numbered=numbered)
    [first] = iter(pager.next_page, None)
    pager.take(first, [{"n": number} for number in range(10)])
    assert list(iter(pager.next_page, None)) == [second]


def test_a_short_page_without_ids_is_followed_by_the_next_number():
    """Where the server says that there is more."""
    pager = Pager(size=20, numbered=True)
    [first] = iter(pager.next_page, None)
    pager.take(first, [{"n": number} for number in range(12)], more=True)
    [following] = iter(pager.next_page, None)
    assert (following.number, following.index) == (2, 13)
