"""One column while it grows: the values of each page, packed as tightly as their kind allows."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zbt_notebook.frames.strings import Strings

Rows = np.ndarray[Any, np.dtype[np.int64]]

INT, FLOAT, BOOL, FLAG, TEXT, ANY = "int", "float", "bool", "flag", "text", "any"
"""What a part holds: int64, float64, booleans, "true"/"false" (kept as booleans), strings, or objects as they came."""

FLAGS = frozenset({"true", "false"})
_PACKED_BY_NUMPY = {
    int: (INT, np.dtype(np.int64)),
    float: (FLOAT, np.dtype(np.float64)),
    bool: (BOOL, np.dtype(np.bool_)),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The values of one page, none of them missing; `rows` count from the frame's first."""

    kind: str
    rows: slice | Rows
    packed: Any


class Column:
    """The parts of one column, in the order of the pages. Rows that no part covers are missing."""

    __slots__ = ("_may_be_flags", "_shared", "parts", "strings")

    def __init__(self, strings: Strings, *, flags: bool = True) -> None:
        self.strings = strings
        self.parts: list[Part] = []
        self._shared: dict[str, str] = {}
        self._may_be_flags = flags

    @property
    def kinds(self) -> set[str]:
        """What its parts hold."""
        return {part.kind for part in self.parts}

    def add(self, start: int, size: int, rows: list[int] | None, values: Sequence[Any], kinds: set[type]) -> None:
        """Append the values of a page of `size` records; `kinds` are the types among them."""
        if NoneType in kinds:
            present = [place for place, value in enumerate(values) if value is not None]
            rows = present if rows is None else [rows[place] for place in present]
            values = [value for value in values if value is not None]
            kinds = kinds - {NoneType}
        where = slice(start, start + size) if rows is None else np.array(rows, dtype=np.int64) + start
        if values:
            kind, packed = self._pack(values, kinds)
            self.parts.append(Part(kind, where, packed))

    def objects(self, size: int) -> list[Any]:
        """Give all its cells as Python objects equal to what came, None where missing."""
        cells: list[Any] = [None] * size
        for part in self.parts:
            values = self._objects(part)
            if isinstance(part.rows, slice):
                cells[part.rows] = values
            else:
                for row, value in zip(part.rows.tolist(), values, strict=True):
                    cells[row] = value
        return cells

    def rows(self, size: int) -> Rows | None:
        """Give the rows that are not missing, None for all of `size`."""
        if sum(len(part.packed) for part in self.parts) == size:
            return None
        every = np.arange(size, dtype=np.int64)
        return np.concatenate([every[:0], *(every[part.rows] for part in self.parts)])

    def joined_text(self, size: int) -> Any:
        """Give all parts, which must be text, as one, and keep them so: the memory is not needed twice."""
        rows = self.rows(size)
        packed = self.strings.join([part.packed for part in self.parts])
        where = slice(0, size) if rows is None else rows
        self.parts = [Part(TEXT, where, packed)]
        return packed

    def _pack(self, values: Sequence[Any], kinds: set[type]) -> tuple[str, Any]:
        if len(kinds) > 1:
            return ANY, list(values)
        (only,) = kinds
        if only is str:
            return self._pack_text(values)
        if only not in _PACKED_BY_NUMPY:
            return ANY, list(values)
        kind, dtype = _PACKED_BY_NUMPY[only]
        try:
            return kind, np.array(values, dtype=dtype)
        except OverflowError:  # beyond 64 bits
            return ANY, list(values)

    def _pack_text(self, values: Sequence[str]) -> tuple[str, Any]:
        if self._may_be_flags:
            if FLAGS.issuperset(values):
                return FLAG, np.array([value == "true" for value in values], dtype=np.bool_)
            self._may_be_flags = False
        packed = self.strings.pack(values, self._shared)
        return (ANY, list(values)) if packed is None else (TEXT, packed)

    def _objects(self, part: Part) -> list[Any]:
        if part.kind == TEXT:
            return self.strings.objects(part.packed)
        if part.kind == FLAG:
            return ["true" if value else "false" for value in part.packed.tolist()]
        return list(part.packed if part.kind == ANY else part.packed.tolist())
