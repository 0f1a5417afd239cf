"""A value that a user hands over: sent in the same way on every road, or refused in the same words."""

import enum
import re
from collections import deque
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import without_addresses
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists.pull_request import as_filters, as_milliseconds, as_names
from zbt_notebook.client.redactor import holds_token
from zbt_notebook.client.rest import arguments, endpoints
from zbt_notebook.client.rest.encoding import Dates, as_count, as_json, as_text, dates_of
from zbt_notebook.notebook.magic.grammar.interpolation import Names, in_json, in_text


class Colour(enum.Enum):
    RED = "red"


class Word(enum.StrEnum):
    OPEN = "open"


class Level(enum.IntEnum):
    TOP = 7


class Upper(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "not this"


VALUES = [
    ("ä &=", "ä &="),
    (Upper("x"), "x"),
    (True, "true"),
    (np.bool_(0), "false"),
    (10**18 + 1, "1000000000000000001"),
    (np.int64(10**18), "1000000000000000000"),
    (np.uint8(3), "3"),
    (12.0, "12"),
    (1.5, "1.5"),
    (np.float32(0.5), "0.5"),
    (Decimal("1E+3"), "1000"),
    (Decimal("0.10"), "0.10"),
    (Colour.RED, "red"),
    (Word.OPEN, "open"),
    (Level.TOP, "7"),
    (date(2023, 8, 7), "08-07-2023"),
    (datetime(2023, 8, 7, 12, tzinfo=UTC), "08-07-2023"),
    (pd.Timestamp("2023-08-07 01:02:03.123456789"), "08-07-2023"),
    (np.datetime64("2023-08-07T01:02:03.123456789"), "08-07-2023"),
    (np.datetime64("2023-08-07"), "08-07-2023"),
    (time(2, 30), "02:30"),
    (Path("a") / "b", "a/b"),
    (["a", 2], "a,2"),
    (("a", Colour.RED), "a,red"),
    (deque([1, 2]), "1,2"),
    ({"k": 1}.keys(), "k"),
    (range(3), "0,1,2"),
    (pd.Series([1, 2]), "1,2"),
    (pd.Series([1, 2], dtype="Int64"), "1,2"),
    (pd.Series(["2023-08-07"], dtype="datetime64[ns]"), "08-07-2023"),
    (pd.Index(["x", "y"]), "x,y"),
    (pd.Categorical(["x"]), "x"),
    (np.array([1, 2]), "1,2"),
    (np.array(5), "5"),
    ({"add": [1]}, '{"add":[1]}'),
    ([{"id": np.int64(1)}], '[{"id":1}]'),
]
REFUSED = [
    *(None, float("nan"), np.float64("nan"), pd.NA, pd.NaT, np.datetime64("NaT", "s"), Decimal("NaN"), Decimal("sNaN")),
    *(float("inf"), -np.inf, Decimal("-Infinity"), 1e18, 10**5000, Decimal("1e999999")),
    *(b"x", bytearray(b"x"), memoryview(b"x"), np.bytes_(b"x"), object(), object, len, 1j, Fraction(1, 3)),
    *(timedelta(1), pd.Timedelta("1h"), pd.DataFrame({"a": [1]}), pd.Interval(0, 1), pd.Period("2026-01")),
    *([], (), set(), pd.Series([], dtype=object), [None], [1, float("nan")], [[1, 2]], np.array([[1]]), ["a,b"]),
    *("\ud800", ["\ud800"], {"a": object()}, {(1,): 2}),
]


def outcome(act):
    try:
        return act()
    except UsageError as refusal:
        assert len(refusal._render_traceback_()) == 2
        assert "\n" not in refusal.message
        return UsageError


def roads(value):
    """What each road sends of one value."""
    names = Names({}, lambda _: value)
    return [
        outcome(lambda: in_text("{x}", names)),
        outcome(lambda: dict(arguments.pairs({"x": value}))["x"]),
        outcome(lambda: dict(arguments.pairs([("x", value)]))["x"]),
        outcome(lambda: dict(arguments.call("POST", "/bugs/", data={"x": value}).fields)["x"]),
        outcome(lambda: dict(arguments.call("POST", "/bugs/", data=[("x", value)]).fields)["x"]),
        outcome(lambda: dict(as_filters({"assignee": value}, "bugs"))["assignee"]),
        outcome(lambda: dict(arguments.header_pairs({"X-A": value}))["X-A"]) if not isinstance(value, bytes) else None,
    ]


@pytest.mark.parametrize(("value", "text"), VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_sent_in_the_same_way_everywhere(value, text):
    """Items, params=, data= and where= send one text, and none sends a repr."""
    assert set(roads(value)) == {text}


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
def test_what_has_no_plain_text_is_refused_everywhere(value):
    """Missing, infinite, no longer exact, without a text: a UsageError of two lines on every road."""
    assert set(roads(value)) - {None} == {UsageError}


def test_a_generator_is_read_once():
    """What gives one value after the other is a list."""
    assert as_text((number for number in (1, 2)), "x") == "1,2"
    with pytest.raises(UsageError, match="ZeroDivisionError"):
        as_text((1 / number for number in (1, 0)), "x")


JSON = [
    (np.int64(3), 3),
    (np.float64(1.5), 1.5),
    (pd.NA, None),
    (pd.NaT, None),
    (float("nan"), None),
    (None, None),
    (True, True),
    (Colour.RED, "red"),
    (Level.TOP, 7),
    (Decimal("1.50"), "1.50"),
    (Path("a"), "a"),
    (date(2023, 8, 7), "2023-08-07"),
    (pd.Timestamp("2023-01-02"), "2023-01-02T00:00:00"),
    (np.datetime64("2023-08-07"), "2023-08-07"),
    (pd.Series([1, None], dtype="Int64"), [1, None]),
    ({"a": [np.int8(1), {"b": pd.NaT}], 2: Colour.RED}, {"a": [1, {"b": None}], "2": "red"}),
]


@pytest.mark.parametrize(("value", "made"), JSON, ids=lambda value: type(value).__name__)
def test_json_keeps_types_everywhere(value, made):
    """``name:={x}``, json= and V3's data= hold one value; missing ones are null."""
    path = "/api/v3/portal/1/projects/2/issues"
    assert in_json("{x}", Names({}, lambda _: value)) == made
    assert arguments.call("POST", path, json=[value]).json == [made]
    assert dict(arguments.call("POST", path, data={"x": value}).fields) == {"x": made}


NOT_JSON = [object(), b"x", float("inf"), 10**5000, {1.5: 2}, {"1": 1, 1: 2}, "\ud800", 1j]


@pytest.mark.parametrize("value", NOT_JSON, ids=lambda value: type(value).__name__)
def test_what_json_cannot_hold_is_refused_everywhere(value):
    """In the same words, never as somebody else's TypeError."""
    for act in (
        lambda: in_json("{x}", Names({}, lambda _: value)),
        lambda: arguments.call("POST", "/api/v3/x", json={"a": [value]}),
        lambda: arguments.call("POST", "/api/v3/x", data={"a": value}),
    ):
        assert outcome(act) is UsageError


def test_a_value_in_itself_is_refused():
    """A list that holds itself has no end."""
    loop: list[object] = []
    loop.append(loop)
    for act in (lambda: as_text(loop, "x"), lambda: as_json(loop, "x"), lambda: as_text([{"a": loop}], "x")):
        assert outcome(act) is UsageError


@pytest.mark.parametrize(
    ("method", "path", "name", "dates"),
    [
        ("GET", "/portal/1/projects/2/bugs/", "", Dates.US),
        ("POST", "/api/v3/portal/1/projects/2/phases", "", Dates.US),
        ("POST", "/api/v3/portal/1/projects/2/milestones/7", "", Dates.US),
        ("GET", "/api/v3/portal/1/projects/2/phases", "", Dates.ISO),
        ("POST", "/api/v3.1/portal/1/projects/2/phases", "", Dates.ISO),
        ("PATCH", "/api/v3/portal/1/projects/2/issues/7", "", Dates.ISO),
        ("GET", "/api/v3/portal/1/projects/2/issues", "filter", Dates.DAY),
        ("GET", "/api/v3/portal/1/projects/2/timelogs", "", Dates.DAY),
        ("POST", "/api/v3/portal/1/addbulktimelogs", "", Dates.DAY),
        ("POST", "/api/v3/portal/1/projects/2/log", "", Dates.DAY),
    ],
)
def test_dates_are_written_as_the_endpoint_takes_them(method, path, name, dates):
    """Phases take MM-DD-YYYY, logs and filters a day, the rest of V3 ISO 8601."""
    assert dates_of(method, path, name) is dates


def test_dates_in_every_dress():
    """One moment, three spellings; in JSON and in text alike, and the filter's in a JSON document."""
    moment = datetime(2023, 8, 7, 12, tzinfo=UTC)
    spellings = {Dates.US: "08-07-2023", Dates.ISO: "2023-08-07T12:00:00+00:00", Dates.DAY: "2023-08-07"}
    for dates, text in spellings.items():
        assert as_text(moment, "x", dates=dates) == as_json(moment, "x", dates=dates) == text
    assert as_json({"filter": {"value": [moment]}, "at": moment}, "x") == {
        "filter": {"value": ["2023-08-07"]},
        "at": "2023-08-07T12:00:00+00:00",
    }


SINCE = [
    *(date(2026, 7, 9), datetime(2026, 7, 9, tzinfo=UTC), pd.Timestamp("2026-07-09"), np.datetime64("2026-07-09")),
    *("2026-07-09", "2026-07-09T02:00+02:00", 1783555200000, np.int64(1783555200000), 1783555200000.0),
]


@pytest.mark.parametrize("since", SINCE, ids=without_addresses)
def test_a_moment_in_any_spelling(since):
    """The ninth of July, however it is handed over."""
    assert as_milliseconds(since, datetime(2026, 7, 10, tzinfo=UTC)) == 1783555200000


@pytest.mark.parametrize("ago", [timedelta(1), pd.Timedelta("1D"), np.timedelta64(1, "D")])
def test_a_moment_back_from_now(ago):
    """A timedelta, Python's, pandas' or numpy's."""
    assert as_milliseconds(ago, datetime(2026, 7, 10, tzinfo=UTC)) == 1783555200000


NO_TIME = ["nope", "", True, -1, 10**30, float("nan"), pd.NaT, b"2026", object(), timedelta(10**8), [1], time(1)]


@pytest.mark.parametrize("since", NO_TIME, ids=without_addresses)
def test_what_is_no_moment_is_refused(since):
    """A UsageError, not Python's own."""
    assert outcome(lambda: as_milliseconds(since, datetime(2026, 7, 10, tzinfo=UTC))) is UsageError


PROJECTS = [("all", ()), (7, ("7",)), (np.int64(7), ("7",)), ([7.0], ("7",))]
PROJECTS += [(pd.Series(["a", "b"]), ("a", "b")), (("a", Upper("b")), ("a", "b"))]


@pytest.mark.parametrize(("projects", "names"), PROJECTS, ids=without_addresses)
def test_projects_by_name_or_id(projects, names):
    """One, several, in a Series, as an enum."""
    assert as_names(projects) == names


@pytest.mark.parametrize(
    "nothing",
    [[], pd.Series([], dtype=object), None, [None], float("nan"), object(), ["\ud800"], [[1]]],
    ids=without_addresses,
)
def test_no_projects_are_refused(nothing):
    """None and NaN too, for "all" is what they would become."""
    assert outcome(lambda: as_names(nothing)) is UsageError


@pytest.mark.parametrize("value", [5, "5", np.int8(5), 5.0, Decimal(5), Level(7)])
def test_a_count_in_any_number_type(value):
    """Whole numbers, whoever wrapped them."""
    assert as_count(value, "limit") in {5, 7}


@pytest.mark.parametrize(
    "value", [-1, 1.5, "x", True, None, float("nan"), float("inf"), Decimal("Infinity"), [1], b"1"]
)
def test_what_is_no_count_is_refused(value):
    """Neither rounded nor guessed."""
    assert outcome(lambda: as_count(value, "limit")) is UsageError


@given(st.text().filter(lambda text: not holds_token(text)))
def test_a_text_is_sent_as_it_is_or_refused(text):
    """Whole, whatever it holds; half a character is no text."""
    assert outcome(lambda: as_text(text, "x")) in ({text} if text.isascii() else {text, UsageError})


def test_the_encoder_and_the_catalogue_agree_how_a_write_takes_a_date():
    """Every parameter that the catalogue calls a date, of every endpoint that writes: phases by the American way."""
    seen = set()
    for endpoint in endpoints.all_endpoints():
        path = re.sub(r"\{\w+\}", "7", endpoint.path)
        for parameter in endpoint.params:
            if parameter.date_format and endpoint.method != "GET":
                written = as_text(date(2026, 3, 4), "a date", dates=dates_of(endpoint.method, path, parameter.name))
                wanted = {"MM-DD-YYYY": "03-04-2026", "YYYY-MM-DD": "2026-03-04"}[parameter.date_format]
                assert written == wanted, (endpoint.id, parameter.name)
                seen.add((path.startswith("/api/v3/"), parameter.date_format))
    assert seen >= {(False, "MM-DD-YYYY"), (True, "MM-DD-YYYY"), (True, "YYYY-MM-DD")}
