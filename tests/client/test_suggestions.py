"""The nearest right words."""

from zbt_notebook.client.lists.plan import choose
from zbt_notebook.client.suggestions import did_you_mean, nearest, same_name
from zbt_notebook.notebook.magic.context import Place, find_place


def test_the_nearest_word_in_any_case_as_it_is_written():
    """A typo in capitals finds the name that is in small letters."""
    assert nearest("PAYMNETS", ["Payments", "Portal"]) == ["Payments"]
    assert did_you_mean("psot", ("GET", "POST")) == "Did you mean POST?"
    assert did_you_mean("tilte", ["title", "tiles"], n=2, quote=repr) == "Did you mean 'title' or 'tiles'?"


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
    assert find_place((Place("7", "Caf\u00e9"),), "Cafe\u0301") == Place("7", "Caf\u00e9")
