"""Frames as Arrow tables that fit together, whatever Zoho sent this time, and tables as the frames of a pull."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_NOTE = b"zbt"  # what a column's field says of it: JSON texts are objects
_JSON = {_NOTE: b"json"}


def as_table(frame: "pd.DataFrame") -> Any:
    """A frame as a table without pandas' own notes; a column of mixed objects, or of half characters, becomes JSON."""
    import pyarrow as pa

    fields, columns = [], []
    for name in frame.columns:
        column = _as_column(frame[name])
        is_json = column is None
        if column is None:
            column = pa.array([_as_json(value) for value in frame[name]], pa.string())
        fields.append(pa.field(_sound(str(name)), column.type, metadata=_JSON if is_json else None))
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _as_column(series: "pd.Series[Any]") -> Any:
    """An Arrow array of flat values, or None where it takes JSON to hold them."""
    import pyarrow as pa

    try:
        column = pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_nested(column.type):
        return None
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _sound(text: str) -> str:
    """A text that UTF-8 can hold: half a surrogate pair is spelt as JSON spells it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)[1:-1]
    return text


def _as_json(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124  NaN is not itself
        return None
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=True, default=str)
    return value if _sound(value) is value else json.dumps(value)


def _from_json(text: Any) -> Any:
    """What was written: an object, a list, or a text with half a character; every other text is itself."""
    if isinstance(text, str) and text[:1] in {"{", "[", '"'}:
        with suppress(ValueError, RecursionError):
            value = json.loads(text)
            if not isinstance(value, str) or _sound(value) is not value:
                return value
    return text


def alike(tables: Sequence[Any]) -> list[Any]:
    """Tables whose columns of one name have one type: text, where they differ in more than width."""
    import pyarrow as pa

    kinds: dict[str, set[Any]] = {}
    noted: set[str] = set()
    for table in tables:
        for column in table.schema:
            if not pa.types.is_null(column.type):
                kinds.setdefault(column.name, set()).add(column.type)
            if (column.metadata or {}).get(_NOTE):
                noted.add(column.name)
    clashing = {name for name, found in kinds.items() if len(found) > 1 and not _fit(found)}
    return [_with_notes(_with_text(table, clashing), noted | clashing) for table in tables]


def _fit(kinds: set[Any]) -> bool:
    import pyarrow as pa

    return all(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in kinds)


def _with_text(table: Any, names: set[str]) -> Any:
    import pyarrow as pa

    for position, name in enumerate(table.column_names):
        if name in names:
            column = table.column(position)
            texts = [None if value is None else _as_json(value) for value in column.to_pylist()]
            table = table.set_column(position, name, pa.array(texts, pa.string()))
    return table


def _with_notes(table: Any, names: set[str]) -> Any:
    import pyarrow as pa

    fields = [field.with_metadata(_JSON) if field.name in names else field for field in table.schema]
    return table.cast(pa.schema(fields)) if names.intersection(table.column_names) else table


def as_frame(table: Any, types: Mapping[str, str], orders: Mapping[str, Sequence[str]]) -> "pd.DataFrame":
    """A table with a pull's types: nullable numbers and flags, exact ids, categories; *orders* are words of some."""
    from zbt_notebook.client.frames.arrange import as_categories
    from zbt_notebook.client.frames.stored import from_arrow

    noted = {field.name for field in table.schema if (field.metadata or {}).get(_NOTE)}
    return as_categories(from_arrow(table, types, dict.fromkeys(noted, _from_json)), orders)
