"""One column while it grows: the values of each page, packed as tightly as their kind allows."""

from __future__ import annotations

from itertools import chain, groupby, pairwise
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zbt_notebook.client.frames.strings import Strings

Rows = np.ndarray[Any, np.dtype[np.int64]]

INT, FLOAT, BOOL, FLAG, TEXT, ANY = "int", "float", "bool", "flag", "text", "any"
"""What a part holds: int64, float64, booleans, "true"/"false" (kept as booleans), strings, or objects as they came."""

FLAGS = frozenset({"true", "false"})
_PACKED_BY_NUMPY = {
    int: (INT, np.dtype(np.int64)),
    float: (FLOAT, np.dtype(np.float64)),
    bool: (BOOL, np.dtype(np.bool_)),
}


_LOOSE_AT_MOST = 64
"""Parts of a page each that are kept before they become one: thousands of small buffers are slow to hand over, and the
allocators would keep twice their memory."""


class Part(NamedTuple):
    """The values of one page or more; `rows` count from the frame's first. Only text may have nulls among it."""

    kind: str
    rows: slice | Rows
    packed: Any


class Column:
    """The parts of one column, in the order of the pages. Rows that no part covers are missing."""

    __slots__ = ("_loose", "_may_be_flags", "_shared", "parts", "strings")

    def __init__(self, strings: Strings, *, flags: bool = True) -> None:
        self.strings = strings
        self.parts: list[Part] = []
        self._loose = 0
        self._shared: dict[str, str] = {}
        self._may_be_flags = flags

    @property
    def kinds(self) -> set[str]:
        """What its parts hold."""
        return {part.kind for part in self.parts}

    def add(self, start: int, size: int, rows: list[int] | None, values: Sequence[Any], kinds: set[type]) -> None:
        """Append the values of a page of `size` records; `kinds` are the types among them."""
        if NoneType in kinds:
            present = [position for position, value in enumerate(values) if value is not None]
            rows = present if rows is None else [rows[position] for position in present]
            values = [value for value in values if value is not None]
            kinds = kinds - {NoneType}
        if values:
            kind, packed = self._pack(values, kinds)
            self._append(kind, _where(start, size, rows), packed)

    def add_text(self, start: int, size: int, rows: list[int] | None, values: Sequence[Any]) -> bool:
        """Append a page to a column of text at once, its nulls with it; false, and nothing done, where not all is text.

        Arrow finds out for itself what the values are. Most columns are text on every page, and looking twice costs.
        """
        if not (self.parts and self.parts[-1].kind == TEXT):
            return False
        packed = self.strings.pack_nullable(values)
        if packed is not None:
            self._append(TEXT, _where(start, size, rows), packed)
        return packed is not None

    def tighten(self) -> None:
        """Make one part, for each stretch of a kind, of the latest ones."""
        if self._loose:
            loose = self.parts[-self._loose :]
            self.parts[-self._loose :] = [self._join(list(same)) for _, same in groupby(loose, attrgetter("kind"))]
        self._loose = 0

    def a_text(self) -> str:
        """Give the first value of a column of text: a first part has no nulls among it."""
        return self.strings.objects(self.parts[0].packed[:1])[0]

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
        """Give the rows that some part covers, None for all of `size`."""
        if sum(len(part.packed) for part in self.parts) == size:
            return None
        return np.concatenate([np.empty(0, dtype=np.int64), *(_count(part.rows) for part in self.parts)])

    def _append(self, kind: str, rows: slice | Rows, packed: Any) -> None:
        self.parts.append(Part(kind, rows, packed))
        self._loose += 1
        if self._loose == _LOOSE_AT_MOST:
            self.tighten()

    def _join(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        kind, packed = parts[0].kind, [part.packed for part in parts]
        if kind == TEXT:
            return Part(kind, _join_rows(parts), self.strings.join(packed))
        return Part(kind, _join_rows(parts), list(chain(*packed)) if kind == ANY else np.concatenate(packed))

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


def _where(start: int, size: int, rows: list[int] | None) -> slice | Rows:
    if rows is None or len(rows) == size:
        return slice(start, start + size)
    return np.array(rows, dtype=np.int64) + start


def _join_rows(parts: list[Part]) -> slice | Rows:
    slices = [part.rows for part in parts if isinstance(part.rows, slice)]
    if len(slices) == len(parts) and all(left.stop == right.start for left, right in pairwise(slices)):
        return slice(slices[0].start, slices[-1].stop)
    return np.concatenate([_count(part.rows) for part in parts])


def _count(rows: slice | Rows) -> Rows:
    return np.arange(rows.start, rows.stop, dtype=np.int64) if isinstance(rows, slice) else rows
