"""The nearest right words."""

from zbt_notebook.client.suggestions import did_you_mean, nearest


def test_the_nearest_word_in_any_case_as_it_is_written():
    """A typo in capitals finds the name that is in small letters."""
    assert nearest("PAYMNETS", ["Payments", "Portal"]) == ["Payments"]
    assert did_you_mean("psot", ("GET", "POST")) == "Did you mean POST?"
    assert did_you_mean("tilte", ["title", "tiles"], n=2, quote=repr) == "Did you mean 'title' or 'tiles'?"


def test_nothing_near_says_what_else_to_do():
    """The rest of the hint stands in its place."""
    assert did_you_mean("zzz", ["GET"], "The methods are GET.") == "The methods are GET."
    assert did_you_mean("zzz", []) == ""
