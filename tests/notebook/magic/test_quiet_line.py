"""``%zbt …;`` in a cell: nothing is shown, and the ``;`` goes nowhere."""

import pytest

from zbt_notebook.notebook.magic.ipython.semicolon import move_semicolons

CALL = "get_ipython().run_line_magic('zbt', "


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("%zbt /portals/;", f"{CALL}'/portals/');"),
        ("%zbt /portals/ -q [0].name ; ", f"{CALL}'/portals/ -q [0].name');"),
        ("x = %zbt /portals/;", f"x = {CALL}'/portals/');"),
        ("a, b = %zbt /portals/ -q [].id;", f"a, b = {CALL}'/portals/ -q [].id');"),
        ("if True:\n    %zbt /portals/;", f"if True:\n    {CALL}'/portals/');"),
        ("%zbt POST /x/ title='a;'", f"{CALL}\"POST /x/ title='a;'\")"),
        ("%%zbt POST /x/ --yes;\na: b;", "get_ipython().run_cell_magic('zbt', 'POST /x/ --yes', 'a: b;\\n');"),
        ("%%zbt POST /x/\na: b;", "get_ipython().run_cell_magic('zbt', 'POST /x/', 'a: b;\\n')"),
        ('s = "%zbt /x/;"', 's = "%zbt /x/;"'),
        ("%time /x/;", "get_ipython().run_line_magic('time', '/x/;')"),
    ],
)
def test_a_semicolon_stands_behind_the_call(source, made, shell):
    """However the line begins; one in quotes, in a text or on another magic's line stays where it is."""
    assert shell.transform_cell(source) == f"{made}\n"


def test_a_login_that_is_awaited_may_be_quiet(shell):
    """The ``;`` stands behind the await."""
    made = shell.transform_cell("%zbt login --wait;")
    assert made.startswith("await ")
    assert made.endswith("login('login --wait');\n")


def test_what_only_looks_like_the_line_stays():
    """A text that holds IPython's own words for it."""
    line = f"print(\"{CALL}'/x/;')\")\n"
    assert move_semicolons([line]) == [line]


@pytest.mark.usefixtures("connection")
def test_nothing_is_shown_and_all_is_assigned(run, shell, capsys):
    """As ``f();`` and ``x = f();`` are in Python."""
    run("%zbt /portals/ -q [0].name;")
    assert "brightwater" not in capsys.readouterr().out
    run("x = %zbt /portals/ -q [0].name;")
    assert shell.user_ns["x"] == "brightwater"
    run("%zbt /portals/ -q [0].name")
    assert "brightwater" in capsys.readouterr().out
