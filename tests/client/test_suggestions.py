"""The nearest right words."""

import pytest

from zbt_notebook.client.lists.plan import choose
from zbt_notebook.client.quoting import a, counted, singular
from zbt_notebook.client.suggestions import did_you_mean, nearest, same_name, there_are
from zbt_notebook.notebook.magic.context import PortalOrProject, find_by_name


def test_the_nearest_word_in_any_case_as_it_is_written():
    """A typo in capitals finds the name that is in small letters."""
    assert nearest("PAYMNETS", ["Payments", "Portal"]) == ["Payments"]
    assert did_you_mean("psot", ("GET", "POST")) == "Did you mean POST?"
    assert did_you_mean("tilte", ["title", "tiles"], n=2, quote=repr) == "Did you mean 'title' or 'tiles'?"


def test_a_part_of_one_name_alone_is_near_to_it():
    """A first name finds its person, a word the project that begins with it; two that fit are no guess."""
    people = ["Maya Lindqvist", "Tom O'Connor", "Tomas Lind"]
    assert [nearest(word, people) for word in ("maya", "LIND", "lindq", "Tom", "ma")] == [
        ["Maya Lindqvist"],
        [],
        ["Maya Lindqvist"],
        [],
        [],
    ]


def test_nothing_near_says_what_else_to_do():
    """The rest of the hint stands in its place."""
    assert did_you_mean("zzz", ["GET"], "The methods are GET.") == "The methods are GET."
    assert did_you_mean("zzz", []) == ""


def test_a_name_is_the_same_however_it_is_composed():
    """A Mac's file names have an accent as a character of its own; case and spaces around do not count either."""
    assert same_name("Cafe\u0301 ", "CAF\u00c9")
    assert not same_name("Cafe", "Caf\u00e9")
    named = {"id": 7, "name": "Caf\u00e9"}
    assert choose([named], ["cafe\u0301"]) == [named]
    assert find_by_name((PortalOrProject("7", "Caf\u00e9"),), "Cafe\u0301") == PortalOrProject("7", "Caf\u00e9")


@pytest.mark.parametrize(("word", "known"), [("foo", "df"), ("tags", "status"), ("us", "eu"), ("x", "y")])
def test_another_word_is_no_guess(word, known):
    """Letters in common are no typo."""
    assert there_are(word, [known]) == f"There are: {known}."


def test_what_there_is_is_listed_in_two_lines_worth():
    """The nearest before it; where there is nothing, that is said."""
    assert (
        there_are("bgs", ["bugs", "users", "tags"], most=2) == "Did you mean bugs? There are: bugs, users and 1 more."
    )
    assert there_are("bugs", []) == "There are none."


def test_things_are_counted_in_words_that_agree():
    """One thing is one; an int is no a int."""
    assert [counted(1, "bugs"), counted(0, "bugs"), counted(1200, "pages")] == ["1 bug", "0 bugs", "1,200 pages"]
    several = ["activities", "statuses", "bugs/customviews", "status", "bytes", "press"]
    assert [singular(one) for one in several] == ["activity", "status", "bugs/customview", "status", "byte", "press"]
    assert [a("int"), a("list"), a("NoneType")] == ["an int", "a list", "a NoneType"]
