"""Frames out of Arrow tables, with the types that a pull gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from zbt_notebook.client.frames.column import Column
from zbt_notebook.client.frames.declared import Declared, read_types
from zbt_notebook.client.frames.settle import as_declared
from zbt_notebook.client.frames.strings import Strings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def from_arrow(table: Any, types: Mapping[str, str], decode: Mapping[str, Callable[[Any], Any]]) -> pd.DataFrame:
    """Give a table as a frame: `types` declares categories, `decode` reads the cells of a column."""
    import pyarrow as pa

    nullable = {
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): Strings().dtype,
        pa.large_string(): Strings().dtype,
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=lambda kind: _of(nullable.get(kind)))
    for name, read in decode.items():
        frame[name] = pd.Series([read(cell) for cell in table.column(name).to_pylist()], dtype=object)
    for name, declared in read_types(types).items():
        if declared.kind is Declared.CATEGORY and name in frame and name not in decode:
            frame[name] = _category(frame[name], types[name])
    return frame


def _of(dtype: Any) -> Any:
    """The dtype where it is one of pandas' own extensions; plain objects are Arrow's default already."""
    return dtype if isinstance(dtype, pd.api.extensions.ExtensionDtype) else None


def _category(cells: pd.Series[Any], declared: str) -> Any:
    column = Column(Strings(), flags=False)
    values = [None if pd.isna(cell) else cell for cell in cells]
    column.add(0, len(values), None, values, set(map(type, values)))
    return as_declared(column, len(values), read_types({"": declared})[""])
