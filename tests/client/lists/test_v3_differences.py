"""V3's frames against the classic ones of the same bugs: equal, or in the table with the reason."""

import pytest

from tests.client.lists.v3_differences import DIFFERENCES, as_markdown
from tests.conftest import ROOT
from zbt_notebook.client.limits.rate_limit import RateLimits

KINDS = ("bugs", "comments", "milestones", "timelogs", "users")
DATES = {"customfields.Found on", "customfields.First seen"}  # the sandbox's custom fields that are dates


def way_of(classic, v3, column):
    """How a column of both frames differs; empty where it does not."""
    if column not in classic:
        return "from V3 alone"
    left, right = (frame[column].astype(object) for frame in (classic, v3))
    missing, absent = left.isna(), right.isna()
    differs = [str(a) != str(b) for a, b in zip(left[~missing & ~absent], right[~missing & ~absent], strict=True)]
    if absent.all() and not missing.all():
        return "empty from V3"
    if any(differs) or (absent & ~missing).any():
        return "another value"
    return "empty from the classic API" if (missing & ~absent).any() else ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_the_same_or_in_the_table(world, connection, kind):
    """With its way, and no row of the table is about what is the same by now."""
    world.bugtracker().generate(projects=3, bugs=60)
    world.set(url_limit=0)
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    classic = connection.pull(kind, progress=False)
    world.set(classic_end="410")
    v3 = connection.pull(kind, progress=False)
    classic, v3 = (frame.sort_values(["project.id", "id"]).reset_index(drop=True) for frame in (classic, v3))
    assert len(classic) == len(v3) > 9
    assert set(classic) <= set(v3)
    shown = {column for column in v3 if not column.startswith("v3.")}
    ways = {column: way for column in shown if (way := way_of(classic, v3, column))}
    told = {column: one.way for one in DIFFERENCES if one.kind == kind for column in one.columns}
    dates = told.pop("customfields.(a date, a moment)", None)
    told |= dict.fromkeys(DATES, dates) if dates else {}
    assert ways == told


def test_the_document_is_made_of_the_table():
    """Word for word."""
    assert as_markdown() in (ROOT / "notebooks" / "v3_columns.md").read_text("utf-8")
