"""Every cell is what the server sent, for records no one has thought of."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zbt_notebook.client.frames import FrameBuilder, to_frame

KEYS = st.sampled_from(
    ["id", "a", "b", "a.b", "", ".", "id#2", "t_long", "customfields", "custom_fields", "ü", "\ud83d"]
) | st.text(max_size=3)
LABELS = st.sampled_from(["Customer", "a.b", "", "Customer#2", "n_long"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers(170_876_000_000_000_000, 170_876_000_000_000_009)
    | st.integers(-(2**63) - 1, 2**64)
    | st.floats(allow_nan=False)
    | st.sampled_from(["true", "false", "", "Open", "7", "\ud83d cut"])
    | st.text(max_size=4)
)
CUSTOM_FIELDS = st.lists(
    st.fixed_dictionaries({"label_name": LABELS, "value": SCALARS}, optional={"column_name": st.just("UDF_CHAR1")})
    | st.dictionaries(LABELS, SCALARS, max_size=2),
    max_size=3,
)
VALUES = st.recursive(
    SCALARS | CUSTOM_FIELDS,
    lambda below: st.lists(below, max_size=2) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(KEYS, VALUES, max_size=5), max_size=6)
# Whole columns of a kind, as real answers have: what the free records above hardly ever make.
COLUMNS = st.one_of(
    *(
        st.lists(
            st.fixed_dictionaries({}, optional={"x": kind | st.none(), "o": st.none() | st.just({}) | nested}),
            max_size=9,
        )
        for kind in (
            st.integers(-(2**63), 2**63 - 1),
            st.integers(-(2**70), 2**70),
            st.booleans() | st.sampled_from(["true", "false"]),
            st.sampled_from(["true", "false", "True"]),
            st.text(max_size=3) | st.integers(),
            st.floats(allow_nan=False) | st.integers(),
        )
        for nested in [st.fixed_dictionaries({}, optional={"y": kind, "t_long": st.integers(-(10**14), 10**15)})]
    )
)
ANY_RECORDS = RECORDS | COLUMNS

STORAGE = pytest.mark.parametrize("storage", ["as installed", "python"])


def stored(storage: str) -> AbstractContextManager[Any]:
    """Have pandas hold strings as installed, or as it does where there is no pyarrow."""
    return nullcontext() if storage == "as installed" else pd.option_context("mode.string_storage", "python")


def flat(record: dict[Any, Any], prefix: str | None = None) -> list[tuple[str, Any]]:
    """What must be found in the row: an oracle that goes record by record, as the builder does not."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        name = key if prefix is None else f"{prefix}.{key}"
        found += one(name, key, value)
    return found


def one(name: str, key: object, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return flat(value, name)
    if isinstance(value, list) and key in ("customfields", "custom_fields"):
        pairs = custom_fields(value, plain=key == "custom_fields")
        if pairs is not None:
            return [cell for label, below in pairs for cell in one(f"{name}.{label}", None, below)]
    return [] if value is None else [(name, value)]


def custom_fields(items: list[Any], *, plain: bool) -> list[tuple[str, Any]] | None:
    pairs: list[tuple[str, Any]] = []
    for item in items:
        if not isinstance(item, dict):
            return None
        keys = item.keys()
        spelled_out = {"label_name", "value"} <= keys <= {"label_name", "value", "column_name"}
        if spelled_out and isinstance(item["label_name"], str):
            pairs.append((item["label_name"], item["value"]))
        elif plain:
            pairs += item.items()
        else:
            return None
    return pairs


def missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 - NaN


def same(cell: Any, value: Any) -> bool:
    """Whether the cell tells the value to the last digit, in the one of the ways that the builder documents."""
    if isinstance(cell, pd.Timestamp):
        whole = type(value) is int or (type(value) is float and value.is_integer())  # JSON knows one kind of number
        whole |= type(value) is str and value.isdecimal()  # times of V3's attachments are text
        return whole and cell == pd.Timestamp(int(value), unit="ms", tz="UTC")
    if type(value) is int and type(cell) is str:
        return cell == str(value)
    if type(value) is str and type(cell) is bool:
        return value == str(cell).lower()
    if type(value) is int and type(cell) is float:
        return int(cell) == value
    return type(cell) is type(value) and cell == value


def named(column: str, name: str) -> bool:
    """Whether the column is the name's, or the name's with a number that tells it from others of the same name."""
    return column == name or re.fullmatch(re.escape(name) + r"(#\d+)+", column) is not None


@STORAGE
@given(records=ANY_RECORDS)
@example(records=[{"t_long": 0.0}])
@example(records=[{"id": {"t_long": "7"}}])
def test_every_cell_is_what_the_record_holds(storage: str, records: list[dict[str, Any]]) -> None:
    """Each value of each record stands exact in the column of its name, each name once; all other cells are missing."""
    with stored(storage):
        frame = to_frame(records)
        columns = {name: frame[name].tolist() for name in frame.columns}
    assert len(frame) == len(records)
    assert frame.columns.is_unique
    for row, record in enumerate(records):
        cells = {name: values[row] for name, values in columns.items() if not missing(values[row])}
        for name, value in flat(record):
            candidates = sorted(cells, key=lambda column: column != name)  # its own name first, then "name#2"
            column = next((found for found in candidates if named(found, name) and same(cells[found], value)), None)
            assert column is not None, (name, value, cells)
            del cells[column]
        assert not cells


@STORAGE
@given(records=ANY_RECORDS, data=st.data())
def test_pages_do_not_show(storage: str, records: list[dict[str, Any]], data: st.DataObject) -> None:
    """However the records are cut into pages, some of them empty, and the frame asked for between, it is the same."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=4)))
    with stored(storage):
        builder = FrameBuilder()
        for start, stop in zip([0, *cuts], [*cuts, len(records)], strict=True):
            builder.add(records[start:stop])
            if data.draw(st.booleans()):
                builder.frame()
        paged, whole = builder.frame(), to_frame(records)
        assert list(paged.columns) == list(whole.columns)
        assert list(paged.dtypes) == list(whole.dtypes)
        assert repr([paged[name].tolist() for name in paged]) == repr([whole[name].tolist() for name in whole])


@given(records=ANY_RECORDS)
def test_dtypes_do_not_depend_on_pyarrow(records: list[dict[str, Any]]) -> None:
    """What a user sees of the dtypes is the same where strings are held by Arrow and where they are Python objects."""
    installed = to_frame(records)
    with stored("python"):
        python = to_frame(records)
        assert list(map(str, python.dtypes)) == list(map(str, installed.dtypes))
    assert list(python.columns) == list(installed.columns)


@given(records=ANY_RECORDS)
def test_records_are_left_alone(records: list[dict[str, Any]]) -> None:
    """The builder changes nothing in what it is given."""
    before = json.dumps(records)
    builder = FrameBuilder()
    builder.add(records)
    builder.frame()
    assert json.dumps(records) == before


TYPES = st.sampled_from(["int", "float", "bool", "str", "datetime", "category"])


@STORAGE
@given(records=ANY_RECORDS, types=st.dictionaries(st.sampled_from(["id", "x", "o.y", "t_long", "a", "gone"]), TYPES))
def test_declared_types_lose_nothing(storage: str, records: list[dict[str, Any]], types: dict[str, str]) -> None:
    """A declared column is converted whole and without loss, or is as it would have been; it is there in any case."""
    with stored(storage):
        declared, found = to_frame(records, types), to_frame(records)
        for name in types:
            assert name in declared
        for name in map(str, found):
            cells, plain = declared[name].tolist(), found[name].tolist()
            for cell, value in zip(cells, plain, strict=True):
                assert missing(cell) == missing(value)
                assert missing(cell) or told(cell, value), (name, cell, value)


def told(cell: Any, value: Any) -> bool:
    """Whether a declared cell says what the undeclared one does."""
    if type(cell) is type(value):
        return bool(cell == value)
    if isinstance(cell, pd.Timestamp):
        return cell == (pd.Timestamp(int(value), unit="ms", tz="UTC"))
    if isinstance(value, pd.Timestamp):
        return told(value, cell)
    if isinstance(value, bool) or isinstance(cell, bool):
        return str(cell).lower() == str(value).lower()
    if isinstance(cell, str):
        whole = isinstance(value, float) and value.is_integer()  # an integer among floats, told as it came
        return cell == repr(value) or (whole and cell == repr(int(value)))
    return float(cell) == float(value) and (isinstance(cell, float) or int(cell) == int(value))
