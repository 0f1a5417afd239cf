"""The walk over a page of nested records that hands every value to its column.

A page is taken column by column, not record by record: one `zip(*map(itemgetter(*keys), records))` a nesting level
reads all columns of 200 records at the speed of C. What is optional is found by counting; nothing is guessed from the
first record.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import pandas as pd

from zbt_notebook.client.frames.column import TEXT, Column
from zbt_notebook.client.frames.declared import Declaration, Declared, read_types
from zbt_notebook.client.frames.labels import by_label
from zbt_notebook.client.frames.settle import as_declared, as_found, as_time
from zbt_notebook.client.frames.strings import Strings

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

Record = Mapping[Any, Any]

DEEPEST = 24
"""Objects nested deeper than this stay whole: Zoho nests four deep, and a hostile body must not exhaust the stack."""

_TIMESTAMP = Declaration(Declared.DATETIME)
_NAMES_A_TIME = re.compile(r"(^|[._])(time|date|on|at)$|^customfields\.")  # V3's names; a title may look like a date
_FEW = 3  # keys up to which reading them one after the other is faster than all at once


class FrameBuilder:
    """Takes records a page at a time; gives one DataFrame whose cells are what the server sent.

    Column names are the record's keys, nested ones joined by a dot (`status.type`); the columns stand in the order in
    which the keys were first seen. A list stays an object in its cell, but for custom fields, which become a column a
    label (`customfields.Customer`).

    | what the records hold | dtype |
    |---|---|
    | whole numbers of at most 64 bits | `Int64` |
    | longer ones, or numbers among strings | strings |
    | other numbers | `float64`, where that is exact |
    | true and false, as such or as strings, throughout | `boolean` |
    | whole numbers under a name that ends in `_long` | `datetime64[ms, UTC]` |
    | ISO 8601 under such a name as `created_time`, `start_date`, `customfields.…` | `datetime64[ms, UTC]` |
    | days alone, likewise | `datetime64[ms]` |
    | strings | what the installed pandas makes of them: `str` in 3, `object` in 2 |
    | strings of which `types` names all that there can be | `category` of those, and of any other that came |
    | anything else, or a mixture | `object`, each value as it came |

    `types` maps a column's name to "int", "float", "bool", "str", "datetime" or "category"; a category whose words are
    known beforehand is "category:Internal|External", and has them all even in an empty frame. Such a column is in the
    frame even when no record holds it. It is converted whole or, when one of its values does not parse, not at all.
    ValueError for any other type.

    The memory in use at any time is about that of the frame. Not for use by two threads at once.
    """

    __slots__ = ("_declared", "_root", "_size", "_strings")

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        self._declared = read_types(types or {})
        self._strings = Strings()
        self._root = _Node("", 0, self._strings)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._size} records>"

    def add(self, records: Sequence[Any]) -> None:
        """Append the records of one page. They are not kept, nor changed."""
        if not records:
            return
        if set(map(type, records)) != {dict}:
            records = [record if type(record) is dict else {"value": record} for record in records]
        _Page(self._size, len(records)).walk(self._root, records, None)
        self._size += len(records)

    def frame(self) -> pd.DataFrame:
        """Everything added so far. The builder can be added to, and asked, again."""
        arrays: dict[str, ExtensionArray | Any] = {}
        for node in self._root.leaves():
            name = _unused(node.name, arrays)
            arrays[name] = self._settle(name, node)
        for name, declared in self._declared.items():
            if name not in arrays:
                arrays[name] = as_declared(Column(self._strings), self._size, declared)
        frame = pd.DataFrame(dict(enumerate(arrays.values())), index=pd.RangeIndex(self._size), copy=False)
        frame.columns = _names(list(arrays))
        return frame

    def _settle(self, name: str, node: _Node) -> ExtensionArray | Any:
        declared = self._declared.get(name) if name == node.name else None
        if declared is None and node.is_timestamp:
            declared = _TIMESTAMP
        if declared is None and node.column.kinds == {TEXT} and _NAMES_A_TIME.search(node.name):
            times = as_time(node.column, self._size)
            if times is not None:
                return times
        return as_found(node.column, self._size) if declared is None else as_declared(node.column, self._size, declared)


def to_frame(records: Iterable[Any], types: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Turn records that are all there into a DataFrame, as `FrameBuilder` does page by page."""
    builder = FrameBuilder(types)
    builder.add(list(records))
    return builder.frame()


class _Node:
    """One place in the records: its name, its own values, and what lies below it."""

    __slots__ = (
        "column",
        "depth",
        "fields",
        "is_timestamp",
        "key",
        "labels",
        "name",
        "optional",
        "read",
        "required",
        "seen",
    )

    def __init__(
        self, name: str, depth: int, strings: Strings, key: Hashable = None, *, is_timestamp: bool = False
    ) -> None:
        self.name = name
        self.depth = depth
        self.key = key
        self.is_timestamp = is_timestamp
        self.column = Column(strings)
        self.seen = False  # the key has stood in a record, if only with null or an empty list
        self.fields: dict[Hashable, _Node] = {}
        self.labels: dict[tuple[str, int], _Node] = {}
        self.required: tuple[Hashable, ...] = ()
        self.optional: tuple[Hashable, ...] = ()
        self.read: Callable[[Record], Any] | None = None

    def leaves(self) -> Iterator[_Node]:
        """Every node that is a column, in the order in which the records name them."""
        # A null where other records have an object says nothing that the object's own columns do not.
        if self.column.parts or (self.seen and not self.fields and not self.labels):
            yield self
        for below in chain(self.fields.values(), self.labels.values()):
            yield from below.leaves()

    def label(self, label: str, nth: int) -> _Node:
        """Give the node of a custom field; `nth` counts the same label within one record."""
        node = self.labels.get((label, nth))
        if node is None:
            name = f"{self.name}.{label}" if nth == 1 else f"{self.name}.{label}#{nth}"
            node = self.labels[label, nth] = _Node(name, self.depth + 1, self.column.strings)
        return node

    def plan(self, records: Sequence[Record]) -> None:
        """Learn which keys every record has, and which only some; a key that was once missing stays optional."""
        for key in dict.fromkeys(chain.from_iterable(records)):
            if key not in self.fields:
                text = key if type(key) is str else str(key)
                name = text if self.depth == 0 else f"{self.name}.{text}"
                self.fields[key] = _Node(
                    name, self.depth + 1, self.column.strings, key, is_timestamp=text.endswith("_long")
                )
        everywhere = set(records[0]).intersection(*records).difference(self.optional)
        self.required = tuple(key for key in self.fields if key in everywhere)
        self.optional = tuple(key for key in self.fields if key not in everywhere)
        self.read = operator.itemgetter(*self.required) if len(self.required) > _FEW else None


class _Page:
    """The records of one page on their way into the columns.

    `rows` says throughout which records of the page a list of values belongs to; None means all of them.
    """

    __slots__ = ("size", "start")

    def __init__(self, start: int, size: int) -> None:
        self.start = start
        self.size = size

    def walk(self, node: _Node, records: Sequence[Record], rows: list[int] | None) -> None:
        columns = _read(node, records)
        if columns is None:
            node.plan(records)
            columns = _read(node, records) or []
        for key, values in zip(chain(node.required, node.optional), columns, strict=True):
            self.put(node.fields[key], values, rows)

    def put(self, node: _Node, values: Sequence[Any], rows: list[int] | None) -> None:
        if node.column.add_text(self.start, self.size, rows, values):
            return
        node.seen = True  # also by an empty list of custom fields, which leaves nothing: pages must not show
        kinds = set(map(type, values))
        if dict in kinds and node.depth < DEEPEST:
            values, rows = self.put_objects(node, values, rows, kinds)
            kinds = set(map(type, values))
        if list in kinds and node.key in _CUSTOM_FIELDS:
            values, rows = self.put_labels(node, values, rows)
            kinds = set(map(type, values))
        if kinds:
            node.column.add(self.start, self.size, rows, values, kinds)

    def put_objects(self, node: _Node, values: Sequence[Any], rows: list[int] | None, kinds: set[type]) -> _Rest:
        """Walk into the objects among the values, and give back the rest."""
        if len(kinds) == 1 and all(values):
            self.walk(node, values, rows)
            return [], []
        positioned = list(zip(range(self.size) if rows is None else rows, values, strict=True))
        inner = [(position, value) for position, value in positioned if type(value) is dict and value]
        if inner:
            self.walk(node, [value for _, value in inner], [position for position, _ in inner])
        # An empty object has no columns of its own; it stays visible as {}.
        rest = [
            (position, value)
            for position, value in positioned
            if value is not None and (type(value) is not dict or not value)
        ]
        return _split(rest)

    def put_labels(self, node: _Node, values: Sequence[Any], rows: list[int] | None) -> _Rest:
        """Pivot the lists of custom fields among the values, and give back what is none."""
        cells, rest = by_label(
            range(self.size) if rows is None else rows, values, plain=node.key == _PLAIN_CUSTOM_FIELDS
        )
        for (label, nth), (row_numbers, found) in cells.items():
            self.put(node.label(label, nth), found, row_numbers)
        return _split(rest)


_Rest = tuple[list[Any], list[int] | None]

_PLAIN_CUSTOM_FIELDS = "custom_fields"
_CUSTOM_FIELDS = frozenset({"customfields", _PLAIN_CUSTOM_FIELDS})


def _split(pairs: Sequence[tuple[int, Any]]) -> _Rest:
    return [value for _, value in pairs], [position for position, _ in pairs]


def _read(node: _Node, records: Sequence[Record]) -> list[Sequence[Any]] | None:
    """Give one list of values a key of the node's plan, or None where the plan does not fit these records."""
    try:
        columns: list[Sequence[Any]] = _required(node, records)
    except KeyError:
        return None
    found = len(records) * len(node.required)
    for key in node.optional:
        values = [record.get(key) for record in records]
        found += len([True for record in records if key in record]) if None in values else len(values)
        columns.append(values)
    return columns if found == sum(map(len, records)) else None


def _required(node: _Node, records: Sequence[Record]) -> list[Sequence[Any]]:
    if node.read is not None:
        return list(zip(*map(node.read, records), strict=True))
    return [list(map(operator.itemgetter(key), records)) for key in node.required]


def _unused(name: str, taken: Mapping[str, Any]) -> str:
    """Tell apart columns that would be called the same: {"a.b": …} and {"a": {"b": …}}."""
    found, nth = name, 1
    while found in taken:
        nth += 1
        found = f"{name}#{nth}"
    return found


def _names(names: list[str]) -> pd.Index[str]:
    try:
        return pd.Index(names) if names else pd.Index([], dtype=object)
    except UnicodeEncodeError:  # half a surrogate pair, which Arrow's strings cannot hold
        return pd.Index(names, dtype=object)
