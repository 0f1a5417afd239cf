"""Zoho's two spellings of custom fields, read as cells by label."""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Cells = dict[tuple[str, int], tuple[list[int], Any]]
"""(label, its nth time in the record) → the records that have it, and what they have."""

_NEEDED = frozenset({"label_name", "value"})
_SPELLED_OUT = _NEEDED | {"column_name"}
_BY_LENGTH = {
    2: ("label_name", "value"),
    3: ("label_name", "value", "column_name"),
}


def by_label(rows: Iterable[int], lists: Sequence[Any], *, plain: bool) -> tuple[Cells, list[tuple[int, Any]]]:
    """Give the cells of every label, and the (row, value) pairs that are no custom fields at all.

    Bugs: `[{"label_name": "Customer", "value": "Acme", "column_name": "UDF_CHAR1"}]`. Projects (`plain`):
    `[{"Customer": "Acme"}]`. The same label in two projects may sit in two different `UDF_` columns of Zoho's: to the
    user it is one, so the label names it.
    """
    same = _all_alike(lists)
    if same is not None:
        return {(label, 1): (list(rows), values) for label, values in same.items()}, []
    cells: Cells = {}
    rest: list[tuple[int, Any]] = []
    for row, items in zip(rows, lists, strict=True):
        if _are_custom_fields(items, plain=plain):
            _scatter(row, items, cells)
        else:
            rest.append((row, items))
    return cells, rest


def _all_alike(lists: Sequence[Any]) -> dict[str, Sequence[Any]] | None:
    """Give the values by label where all records have the same labels in the same order, else None.

    So they are within a project. It says nothing that the long way would not, in a fifth of the time.
    """
    if set(map(type, lists)) != {list}:
        return None
    items = list(chain.from_iterable(lists))
    width = len(lists[0])
    try:
        keys = _BY_LENGTH[len(items[0])]
        if set(map(len, lists)) != {width} or set(map(len, items)) != {len(keys)}:
            return None
        labels, values, *_ = (list(map(itemgetter(key), items)) for key in keys)
    except (LookupError, TypeError):  # no items, or some that are no such objects
        return None
    first = labels[:width]
    if set(map(type, first)) != {str} or len(set(first)) < width or labels != first * len(lists):
        return None
    return {label: values[position::width] for position, label in enumerate(first)}


def _scatter(row: int, items: list[dict[Any, Any]], cells: Cells) -> None:
    for label, value in _pairs(items):
        nth = 1
        while True:
            row_numbers, values = cells.setdefault((label, nth), ([], []))
            if not row_numbers or row_numbers[-1] != row:
                break
            nth += 1
        row_numbers.append(row)
        values.append(value)


def _are_custom_fields(items: Any, *, plain: bool) -> bool:
    if type(items) is not list or not all(type(item) is dict for item in items):
        return False
    return all(_is_spelled_out(item) or (plain and all(type(label) is str for label in item)) for item in items)


def _is_spelled_out(item: dict[Any, Any]) -> bool:
    return type(item.get("label_name")) is str and _NEEDED <= item.keys() <= _SPELLED_OUT


def _pairs(items: list[dict[Any, Any]]) -> Iterator[tuple[str, Any]]:
    for item in items:
        if _is_spelled_out(item):
            yield item["label_name"], item["value"]
        else:
            yield from item.items()
