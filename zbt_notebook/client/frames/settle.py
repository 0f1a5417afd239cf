"""What becomes of a column once all its values are known: the tightest dtype that holds every one of them exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from zbt_notebook.client.frames.column import BOOL, FLAG, FLAGS, FLOAT, INT, TEXT, Column
from zbt_notebook.client.frames.declared import DAY, EARLIEST, INSTANT, LATEST, Declaration, Declared, Unparsable, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zbt_notebook.client.frames.strings import Strings

Array = Any
"""A pandas extension array, a numpy array or a Series: whatever DataFrame takes for a column."""

_EXACT_IN_FLOAT = 2**53
_NOT_A_TIME = np.iinfo(np.int64).min


def as_found(column: Column, size: int) -> Array:
    """Give the column by what its values are."""
    build = _BY_KINDS.get(frozenset(column.kinds))
    if build is not None:
        return build(column, size)
    return _by_values(column.objects(size), column.strings)


def as_time(column: Column, size: int) -> Array | None:
    """Give a column of ISO 8601 as UTC timestamps, or as days where all of it is days; None where it is neither.

    A day among timestamps is its midnight in UTC.
    """
    first = column.a_text()
    if not DAY.fullmatch(first) and not INSTANT.fullmatch(first):
        return None  # most texts are none: no need to look at all of them
    values = column.objects(size)
    present = [value for value in values if value is not None]
    days = [type(value) is str and bool(DAY.fullmatch(value)) for value in present]
    try:
        if present and all(days):
            return pd.Series(np.array(values, dtype="datetime64[D]").astype("datetime64[ms]"))
        if not present or not all(
            day or INSTANT.fullmatch(str(value)) for day, value in zip(days, present, strict=True)
        ):
            return None
        stamps = [
            None if value is None else parse(f"{value}T00:00Z" if DAY.fullmatch(value) else value, Declared.DATETIME)
            for value in values
        ]
    except (Unparsable, ValueError, OverflowError):
        return None
    parsed = Column(column.strings, flags=False)
    parsed.add(0, size, None, stamps, set(map(type, stamps)))
    return _timestamps(parsed, size)


def as_declared(column: Column, size: int, declaration: Declaration) -> Array:
    """Give the column by what its values are said to be; as found, where one of them is not."""
    try:
        if declaration.kind is Declared.CATEGORY:
            strings = _declared(column, size, Declared.STR, column.kinds)
            return _category(strings, declaration.words, column.strings)
        return _declared(column, size, declaration.kind, column.kinds)
    except Unparsable:
        return as_found(column, size)


def _declared(column: Column, size: int, declared: Declared, kinds: set[str]) -> Array:
    ready, build = _BY_DECLARATION[declared]
    if kinds <= ready:
        return build(column, size)
    parsed = Column(column.strings, flags=False)
    values = [None if value is None else parse(value, declared) for value in column.objects(size)]
    parsed.add(0, size, None, values, set(map(type, values)))
    if not parsed.kinds <= ready:
        raise Unparsable
    return build(parsed, size)


def _by_values(values: list[Any], strings: Strings) -> Array:
    """Give a column whose parts are of several kinds: whatever the pages were, the values decide."""
    present = [value for value in values if value is not None]
    kinds = set(map(type, present))
    column = Column(strings)
    if kinds == {int, str} or (kinds == {int} and not _fit(present)):
        values = [None if value is None else str(value) for value in values]
        kinds = {str}
    elif kinds == {bool, str} and FLAGS.issuperset(value for value in present if type(value) is str):
        values = [value == "true" if type(value) is str else value for value in values]
        kinds = {bool}
    elif kinds == {int, float} and all(
        -_EXACT_IN_FLOAT <= value <= _EXACT_IN_FLOAT for value in present if type(value) is int
    ):
        values = [None if value is None else float(value) for value in values]
        kinds = {float}
    column.add(0, len(values), None, values, {*kinds, type(None)})
    return _BY_KINDS.get(frozenset(column.kinds), _objects)(column, len(values))


def _fit(integers: list[int]) -> bool:
    limits = np.iinfo(np.int64)
    return limits.min <= min(integers) and max(integers) <= limits.max


def _spread(column: Column, size: int, dtype: type[np.generic]) -> tuple[Any, Any]:
    """Give the values of all parts as one numpy array, and a mask of the missing ones."""
    values = np.zeros(size, dtype=dtype)
    absent = np.ones(size, dtype=np.bool_)
    for part in column.parts:
        values[part.rows] = part.packed
        absent[part.rows] = False
    return values, absent


def _integers(column: Column, size: int) -> Array:
    # Nullable even when nothing is missing: the dtype must not depend on what the next page or tomorrow's pull brings.
    return pd.arrays.IntegerArray(*_spread(column, size, np.int64))


def _booleans(column: Column, size: int) -> Array:
    return pd.arrays.BooleanArray(*_spread(column, size, np.bool_))


def _floats(column: Column, size: int) -> Array:
    values, absent = _spread(column, size, np.float64)
    values[absent] = np.nan
    return values


def _text(column: Column, size: int) -> Array:
    column.tighten()
    return column.strings.array([part.packed for part in column.parts], column.rows(size), size)


def _objects(column: Column, size: int) -> Array:
    return pd.Series(np.fromiter(column.objects(size), dtype=object, count=size), dtype=object)


def _timestamps(column: Column, size: int) -> Array:
    # Milliseconds, as Zoho counts them: exact, and no date is out of range, as those before 1677 are in nanoseconds.
    values, absent = _spread(column, size, np.int64)
    if size and (values.min() < EARLIEST or values.max() > LATEST):
        raise Unparsable
    values[absent] = _NOT_A_TIME
    return pd.array(values.view("M8[ms]"), dtype=pd.DatetimeTZDtype("ms", "UTC"))


def _category(values: Array, words: Sequence[str], strings: Strings) -> Array:
    """Give the column as a category; the known words first, so that the categories of two pulls are the same."""
    column = pd.Series(values)
    if not words:
        return column.astype("category")
    others = sorted(set(column.dropna().unique()).difference(words))
    return pd.Categorical(column, categories=pd.Index([*words, *others], dtype=strings.dtype))


_BY_KINDS: dict[frozenset[str], Callable[[Column, int], Array]] = {
    frozenset(): _objects,
    frozenset({INT}): _integers,
    frozenset({FLOAT}): _floats,
    frozenset({BOOL}): _booleans,
    frozenset({FLAG}): _booleans,
    frozenset({BOOL, FLAG}): _booleans,
    frozenset({TEXT}): _text,
}

_BY_DECLARATION: dict[Declared, tuple[set[str], Callable[[Column, int], Array]]] = {
    Declared.INT: ({INT}, _integers),
    Declared.FLOAT: ({FLOAT}, _floats),
    Declared.BOOL: ({BOOL, FLAG}, _booleans),
    Declared.DATETIME: ({INT}, _timestamps),
    Declared.STR: ({TEXT}, _text),
}
