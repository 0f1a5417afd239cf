"""What a user finds in the frame: names, order and dtypes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from zbt_notebook.client.frames import FrameBuilder, to_frame

ROOT = Path(__file__).parents[3]
STRINGS = str(pd.Series([""]).dtype)
BUG = {
    "id": 170876000000000001,
    "closed": False,
    "status": {"id": "170876000000007001", "type": "Open"},
    "has_log_hours": "false",
    "comment_count": "7",
    "created_time_long": 1691446793000,
    "hours": 1.5,
    "tags": [{"id": 1}],
    "milestone": {"id": 170876000000050001},
    "customfields": [{"label_name": "Customer", "value": "Acme", "column_name": "UDF_CHAR1"}],
    "custom_fields": [{"Budget": "12"}],
}


def test_a_bug_has_the_dtypes_of_its_values():
    """Ids are Int64, nested names have dots, `_long` is UTC, "false" boolean, a custom field a column, "7" text."""
    found = {name: str(dtype) for name, dtype in to_frame([BUG]).dtypes.items()}
    assert found == {
        "id": "Int64",
        "closed": "boolean",
        "status.id": STRINGS,
        "status.type": STRINGS,
        "has_log_hours": "boolean",
        "comment_count": STRINGS,
        "created_time_long": "datetime64[ms, UTC]",
        "hours": "float64",
        "tags": "object",
        "milestone.id": "Int64",
        "customfields.Customer": STRINGS,
        "custom_fields.Budget": STRINGS,
    }


def test_an_optional_id_of_18_digits_is_exact():
    """What json_normalize turns into a float, and so into another id, stays the id that was sent; T55."""
    frame = to_frame([{"milestone": {"id": 170876000000050001}}, {}, {"milestone": None}])
    assert frame["milestone.id"].tolist() == [170876000000050001, pd.NA, pd.NA]
    assert list(frame) == ["milestone.id"]


@pytest.mark.parametrize(
    ("values", "dtype", "cells"),
    [
        ([1, None], "Int64", [1, pd.NA]),
        ([2**63 - 1, -(2**63)], "Int64", [2**63 - 1, -(2**63)]),
        ([2**63, 1], STRINGS, ["9223372036854775808", "1"]),
        ([1, "1"], STRINGS, ["1", "1"]),
        ([1, 2.5], "float64", [1.0, 2.5]),
        ([2**53 + 1, 2.5], "object", [2**53 + 1, 2.5]),
        ([True, "false"], "boolean", [True, False]),
        ([True, "no"], "object", [True, "no"]),
        (["true", "no"], STRINGS, ["true", "no"]),
        ([True, 1], "object", [True, 1]),
        ([{}, "a"], "object", [{}, "a"]),
        (["\ud83d", "a"], "object", ["\ud83d", "a"]),
        ([None, None], "object", [None, None]),
    ],
)
@pytest.mark.parametrize("pages", [1, 2])
def test_mixtures_are_told_exactly(values, dtype, cells, pages):
    """A column takes the tightest dtype that holds all its values exactly, on one page or on two."""
    builder = FrameBuilder()
    for page in [values] if pages == 1 else [values[:1], values[1:]]:
        builder.add([{"x": value} for value in page])
    frame = builder.frame()
    assert str(frame["x"].dtype) == dtype
    assert frame["x"].tolist() == cells


@pytest.mark.parametrize(
    ("declared", "values", "dtype", "cells"),
    [
        ("int", ["7", None, 3, 2.0, "-1"], "Int64", [7, pd.NA, 3, 2, -1]),
        ("int", ["7", "1_0"], STRINGS, ["7", "1_0"]),
        ("int", ["7", ""], STRINGS, ["7", ""]),
        ("int", ["9223372036854775808"], STRINGS, ["9223372036854775808"]),
        ("float", ["1.5", 2, "1e3"], "float64", [1.5, 2.0, 1000.0]),
        ("float", ["9007199254740993"], STRINGS, ["9007199254740993"]),
        ("float", ["1e999"], STRINGS, ["1e999"]),
        ("bool", ["TRUE", False], "boolean", [True, False]),
        ("bool", ["yes"], STRINGS, ["yes"]),
        ("str", [1, True, "true", 1.5], STRINGS, ["1", "true", "true", "1.5"]),
        ("str", ["true"], STRINGS, ["true"]),
        ("str", [[1]], "object", [[1]]),
        ("datetime", ["1691446793000"], "datetime64[ms, UTC]", [pd.Timestamp("2023-08-07T22:19:53Z")]),
        ("datetime", ["2023-08-07T19:19:53-03:00"], "datetime64[ms, UTC]", [pd.Timestamp("2023-08-07T22:19:53Z")]),
        ("datetime", ["08-07-2023"], STRINGS, ["08-07-2023"]),
        ("datetime", ["2023-13-07T19:19:53Z"], STRINGS, ["2023-13-07T19:19:53Z"]),
        ("datetime", [10**17], "Int64", [10**17]),
        ("category", ["Open", "Open"], "category", ["Open", "Open"]),
        ("category", [["Open"]], "object", [["Open"]]),
    ],
)
def test_a_declared_column_is_converted_whole_or_not_at_all(declared, values, dtype, cells):
    """Numbers come out of strings only where `types` says so, and only if every one of them parses without loss."""
    column = to_frame([{"x": value} for value in values], {"x": declared})["x"]
    assert str(column.dtype) == dtype
    assert column.tolist() == cells


def test_the_declared_schema_is_there_without_records():
    """An empty result, or pages that are all empty, have every declared column in its dtype."""
    types = {"a": "int", "b.c": "float", "d": "bool", "e": "str", "f": "datetime", "g": "category"}
    empty, some = FrameBuilder(types), FrameBuilder(types)
    empty.add([])
    some.add([{"z": 1}])
    want = ["Int64", "float64", "boolean", STRINGS, "datetime64[ms, UTC]", "category"]
    assert list(map(str, empty.frame().dtypes)) == want
    assert list(map(str, some.frame().dtypes)) == ["Int64", *want]
    assert to_frame([]).shape == (0, 0)


def test_an_unknown_type_is_refused_with_the_known_ones():
    """A misspelt declaration fails when the builder is made, not after the pull."""
    with pytest.raises(ValueError, match=r"'integer'.*int, float, bool, str, datetime, category"):
        FrameBuilder({"a": "integer"})


def test_names_that_would_be_the_same_are_told_apart():
    """A key with a dot, a nested key, a label used twice and keys that are no strings: none hides another."""
    twice = [{"label_name": "L", "value": "1"}, {"label_name": "L", "value": "2"}]
    record = {"a.b": 1, "a": {"b": 2}, 1: "x", "1": "y", "": 3, None: 4, "customfields": twice}
    frame = to_frame([record])
    assert dict(zip(frame.columns, frame.iloc[0].tolist(), strict=True)) == {
        "a.b": 1,
        "a.b#2": 2,
        "1": "x",
        "1#2": "y",
        "": 3,
        "None": 4,
        "customfields.L": "1",
        "customfields.L#2": "2",
    }


def test_columns_stand_in_the_order_first_seen():
    """A later page's keys come last, but for those of an object, which stand where the object first stood."""
    builder = FrameBuilder()
    builder.add([{"id": 1, "milestone": None, "title": "a"}])
    builder.add([{"new": 1, "id": 2, "milestone": {"id": 3, "name": "R"}, "title": "b"}])
    assert list(builder.frame()) == ["id", "milestone.id", "milestone.name", "title", "new"]


def test_users_can_compare_group_and_fill():
    """Strings are no categories, which could not be compared with each other nor filled with a new value."""
    frame = to_frame([{"by": "Ann", "to": "Ben"}, {"by": "Ben", "to": "Ben"}, {"by": "Ben"}])
    assert (frame["by"] == frame["to"]).tolist() == [False, True, False]
    assert frame["to"].fillna("nobody").tolist() == ["Ben", "Ben", "nobody"]
    assert frame[frame["by"] == "Ben"].groupby("by").size().to_dict() == {"Ben": 2}


def test_changing_a_frame_does_not_change_the_builder():
    """Each frame is the user's own."""
    builder = FrameBuilder()
    builder.add([{"n": 1, "s": "a", "f": 1.5, "b": True}])
    frame = builder.frame()
    for name, value in {"n": 9, "s": "z", "f": 9.0, "b": False}.items():
        frame.loc[0, name] = value  # type: ignore[call-overload]
    assert builder.frame().iloc[0].tolist() == [1, "a", 1.5, True]


def test_a_hundred_thousand_levels_do_not_crash():
    """Objects nested beyond any sense stay whole in their cell; T35."""
    record: dict[str, object] = {}
    for _ in range(100_000):
        record = {"a": record}
    assert to_frame([record]).shape == (1, 1)


def test_what_is_no_record_has_its_column():
    """A list of bare values is a frame with one column."""
    assert to_frame(["a", {"b": 1}]).columns.tolist() == ["value", "b"]


def test_the_same_holds_without_pyarrow():
    """Every fact of these files holds where pyarrow is not installed."""
    if "pyarrow" in sys.modules and sys.modules["pyarrow"] is None:
        pytest.skip("this is that run")
    run = (
        "import sys; sys.modules['pyarrow'] = None; import pytest;"
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-p', 'no:cov',"
        "'--hypothesis-profile=quick', 'tests/client/frames']))"
    )
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_hundreds_of_pages_are_as_one():
    """Where page parts are put together, nothing moves: whole, sparse, mixed, too long and late columns alike."""
    records = [
        {
            "id": n,
            "s": str(n),
            "rare": "x" if n % 7 == 0 else None,
            "mixed": [n, str(n), None, [n]][n % 4],
            "big": n << 60,
        }
        | ({"late": n / 2, "flag": "true", "m": {"id": n}} if n > 100 else {"b": n % 2 == 0})
        for n in range(400)
    ]
    builder = FrameBuilder()
    for record in records:
        builder.add([record])
    paged, whole = builder.frame(), to_frame(records)
    assert len(builder) == 400
    assert repr(builder) == "<FrameBuilder: 400 records>"
    assert list(map(str, paged.dtypes)) == list(map(str, whole.dtypes))
    assert repr(paged.to_dict("list")) == repr(whole.to_dict("list"))
    assert paged["rare"].notna().sum() == 58
    assert paged["m.id"].tolist()[-1] == 399


def test_thousands_of_different_strings_are_kept_where_they_are_objects():
    """Sharing equal strings ends where they stop being few; none is lost."""
    with pd.option_context("mode.string_storage", "python"):
        builder = FrameBuilder()
        for start in range(0, 9000, 3000):
            builder.add([{"s": f"{start + n}"} for n in range(3000)])
        assert builder.frame()["s"].tolist() == [str(n) for n in range(9000)]


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_an_empty_list_of_custom_fields_is_a_column_wherever_the_page_is_cut(cut):
    """Found by chance: a record without the key on the page before made the column come and go."""
    records: list[dict] = [{}, {"customfields": []}]
    builder = FrameBuilder()
    builder.add(records[:cut])
    builder.add(records[cut:])
    assert list(builder.frame().columns) == ["customfields"]


KNOWN = {"flag": "category:Internal|External"}


def test_a_category_whose_words_are_known_is_the_same_in_every_frame():
    """Empty, partial or whole: one dtype, which concat keeps."""
    empty, part, whole = (
        to_frame(records, KNOWN) for records in ([], [{"flag": "External"}], [{"flag": "Internal"}, {"flag": None}])
    )
    assert empty["flag"].dtype == part["flag"].dtype == whole["flag"].dtype
    assert list(part["flag"].cat.categories) == ["Internal", "External"]
    assert pd.concat([part, whole])["flag"].dtype == empty["flag"].dtype
    assert (part["flag"] == "External").all()
    assert whole["flag"].isna().tolist() == [False, True]


def test_a_word_that_nobody_foresaw_is_a_category_too():
    """After the known ones, in their order; nothing is lost."""
    frame = to_frame([{"flag": "Secret"}, {"flag": "Internal"}, {"flag": "Public"}], KNOWN)
    assert list(frame["flag"].cat.categories) == ["Internal", "External", "Public", "Secret"]
    assert frame["flag"].tolist() == ["Secret", "Internal", "Public"]


def test_what_is_no_string_is_no_category():
    """It stays what it is."""
    assert to_frame([{"flag": ["Internal"]}], KNOWN)["flag"].tolist() == [["Internal"]]
    with pytest.raises(ValueError, match="integer"):
        to_frame([], {"flag": "integer:1|2"})
