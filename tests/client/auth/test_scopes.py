"""Scopes: parsed, compared, offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.auth.scopes import FAMILY, MODULES, PRESETS, covers, format_scopes, missing, parse_scopes, twin
from zbt_notebook.client.errors import UsageError

KNOWN = [f"{FAMILY}.{module}.{operation}" for module, operations in MODULES.items() for operation in operations]


@given(st.lists(st.sampled_from(KNOWN), unique=True), st.sampled_from([",", " ", ", ", "\n", ",,"]))
def test_whatever_separates_known_scopes_they_are_read(scopes, separator):
    """Zoho asks with commas and answers with spaces: both are read, in order."""
    assert parse_scopes(separator.join(scopes)) == tuple(scopes)


@given(st.lists(st.sampled_from(KNOWN), unique=True, min_size=1))
def test_formatted_scopes_are_parsed_back(scopes):
    """parse(format(x)) == x."""
    assert parse_scopes(format_scopes(scopes)) == tuple(scopes)


@given(st.text(max_size=80))
def test_no_text_raises_anything_but_a_usage_error(text):
    """Whatever is typed into the field, the worst is an error with advice."""
    try:
        scopes = parse_scopes(text)
    except UsageError as error:
        assert error.hint
    else:
        assert all(scope and " " not in scope and "," not in scope for scope in scopes)


def test_zohos_own_two_spellings_are_one():
    """The tags page writes ZohoBugtracker: scope names do not heed case."""
    assert parse_scopes("zohobugtracker.BUGS.read ZohoBugtracker.bugs.READ") == ("ZohoBugTracker.bugs.READ",)


def test_other_families_pass():
    """The profile's scope is not BugTracker's, and is asked for beside it."""
    assert parse_scopes("AaaServer.profile.READ") == ("AaaServer.profile.READ",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ZohoBugTracker.bug.READ", "ZohoBugTracker.bugs.READ"),
        ("ZohoBugTracker.bugs.REED", "ZohoBugTracker.bugs.READ"),
        ("ZohoBugTracker.portals.CREATE", "ZohoBugTracker.p"),
    ],
)
def test_a_misspelt_scope_is_answered_with_the_nearest(typed, meant):
    """The error names a scope that exists."""
    with pytest.raises(UsageError) as caught:
        parse_scopes(typed)
    assert meant in caught.value.hint


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_read_by_its_name(preset):
    """The presets of the card work in Python too."""
    assert parse_scopes(preset) == PRESETS[preset] == parse_scopes(preset.upper().replace(" ", "-"))


def test_all_covers_every_operation_of_its_module_only():
    """ZohoBugTracker.bugs.ALL allows to read bugs, not milestones."""
    assert covers(["zohobugtracker.bugs.all"], "ZohoBugTracker.bugs.READ")
    assert not covers(["ZohoBugTracker.bugs.ALL"], "ZohoBugTracker.milestones.READ")
    assert not covers(["ZohoBugTracker.bugs.READ"], "ZohoBugTracker.bugs.ALL")


def test_missing_scopes_keep_their_order():
    """What was asked for and not granted, as the card shows it."""
    assert missing(["x.b.READ"], ["x.c.READ", "x.b.READ", "x.a.READ"]) == ("x.c.READ", "x.a.READ")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_asks_for_both_families(preset):
    """Whether V3 takes a token of BugTracker's scopes is unknown: each module is asked for in both, the profile too."""
    asked = set(PRESETS[preset])
    assert "AaaServer.profile.READ" in asked
    for scope in asked:
        if scope.startswith("ZohoBugTracker.") and ".search." not in scope:
            assert twin(scope) in asked
    modules = {scope.split(".")[1] for scope in asked if scope.startswith("ZohoProjects.")}
    assert modules >= {"portals", "projects", "milestones", "bugs", "timesheets", "users", "tags"}


def test_a_scope_of_either_family_covers_a_call():
    """Nothing is refused here on a guess; but what was not granted itself is told as missing."""
    assert covers(["ZohoProjects.bugs.READ"], "ZohoBugTracker.bugs.READ")
    assert covers(["ZohoBugTracker.bugs.ALL"], "ZohoProjects.bugs.UPDATE")
    assert not covers(["ZohoProjects.tasks.READ"], "ZohoBugTracker.bugs.READ")
    assert not covers(["AaaServer.profile.READ"], "ZohoPC.files.READ")
    assert missing(["ZohoBugTracker.bugs.READ"], PAIR) == ("ZohoProjects.bugs.READ",)


PAIR = ("ZohoBugTracker.bugs.READ", "ZohoProjects.bugs.READ")
