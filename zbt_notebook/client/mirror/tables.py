"""Frames as Arrow tables that fit together, whatever Zoho sent this time."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def as_table(frame: "pd.DataFrame") -> Any:
    """A frame as a table without pandas' own notes; a column of mixed objects becomes JSON text."""
    import pyarrow as pa

    columns = {}
    for name in frame.columns:
        try:
            column = pa.array(frame[name], from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            column = pa.array([_as_json(value) for value in frame[name]], pa.string())
        if pa.types.is_nested(column.type):
            column = pa.array([_as_json(value) for value in frame[name]], pa.string())
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        columns[str(name)] = column
    return pa.table(columns)


def _as_json(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124  NaN is not itself
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, default=str)


def alike(tables: Sequence[Any]) -> list[Any]:
    """Tables whose columns of one name have one type: text, where they differ in more than width."""
    import pyarrow as pa

    kinds: dict[str, set[Any]] = {}
    for table in tables:
        for column in table.schema:
            if not pa.types.is_null(column.type):
                kinds.setdefault(column.name, set()).add(column.type)
    clashing = {name for name, found in kinds.items() if len(found) > 1 and not _fit(found)}
    return [_with_text(table, clashing) for table in tables]


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
