"""What a record has to be like to be chosen."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.criteria import Choice, Criterion, Operator, Span

OPEN, CLOSED = Choice("1", "Open"), Choice("2", "Closed")


def test_several_values_are_alternatives():
    """``==`` is one of its values, ``!=`` none of them."""
    assert Criterion("status", "==", (OPEN, CLOSED)).holds([CLOSED])
    assert not Criterion("status", "!=", (OPEN, CLOSED)).holds([CLOSED])


def test_a_choice_is_known_by_its_id_or_else_by_its_name():
    """Two of one name and two ids are two; where one has no id, the name decides."""
    assert not OPEN.is_same(Choice("9", "Open"))
    assert OPEN.is_same(Choice("", "OPEN"))


def test_none_is_a_field_without_a_value():
    """``none`` chooses what has nothing there, and with ``!=`` what has something."""
    assert Criterion("assignee", "==", (None,)).holds([])
    assert not Criterion("assignee", "==", (None,)).holds([OPEN])
    assert Criterion("assignee", "!=", (None,)).holds([OPEN])
    assert Criterion("assignee", "==", (None, OPEN)).holds([])


def test_a_day_is_the_portals_day():
    """A moment belongs to the day that the portal's clocks show, and the comparison is exact to the millisecond."""
    day = Span.of_day(date(2026, 9, 1), ZoneInfo("Asia/Kolkata"))
    first = datetime(2026, 8, 31, 18, 30, tzinfo=UTC)
    last = first + timedelta(hours=24, milliseconds=-1)
    assert Criterion("created", "==", (day,)).holds([first])
    assert Criterion("created", "==", (day,)).holds([last])
    assert not Criterion("created", ">=", (day,)).holds([first - timedelta(milliseconds=1)])
    assert Criterion("created", ">", (day,)).holds([last + timedelta(milliseconds=1)])
    assert not Criterion("created", ">", (day,)).holds([last])


def test_contains_looks_into_the_text_in_any_case():
    """``~=`` finds a text within a text, and within the name of a choice."""
    assert Criterion("title", "~=", ("TIME zone",)).holds(["Wrong time zone in mails"])
    assert Criterion("status", "~=", ("clo",)).holds([CLOSED])
    assert not Criterion("title", "~=", ("x",)).holds([])


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001  hypothesis wants naive bounds
OPPOSITES: tuple[tuple[Operator, Operator], ...] = ((">=", "<"), ("<=", ">"), ("==", "!="))


@given(MOMENTS, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(OPPOSITES))
def test_of_two_opposites_one_holds(moment, day, pair):
    """Of a moment and a day exactly one of two opposite comparisons is true."""
    held = [Criterion("created", operator, (Span.of_day(day),)).holds([moment]) for operator in pair]
    assert sorted(held) == [False, True]


@pytest.mark.parametrize("odd", [[], {}, [7], {"id": 7}, None, ""])
def test_an_id_that_is_none_is_left_out(odd):
    """A name beside whatever stands in the place of its id is read by its name."""
    people = fields.field("bugs", "assignee").read({"assignee_name": "Chen", "assignee_id": odd})
    assert people == [Choice("", "Chen")]
