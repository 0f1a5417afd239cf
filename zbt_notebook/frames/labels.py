"""Zoho's two spellings of custom fields, read as cells by label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Cells = dict[tuple[str, int], tuple[list[int], list[Any]]]
"""(label, its nth time in the record) → the records that have it, and what they have."""

_SPELLED_OUT = frozenset({"label_name", "value", "column_name"})


def by_label(rows: Iterable[int], lists: Iterable[Any], *, plain: bool) -> tuple[Cells, list[tuple[int, Any]]]:
    """Give the cells of every label, and the (row, value) pairs that are no custom fields at all.

    Bugs: `[{"label_name": "Customer", "value": "Acme", "column_name": "UDF_CHAR1"}]`. Projects (`plain`):
    `[{"Customer": "Acme"}]`. The same label in two projects may sit in two different `UDF_` columns of Zoho's: to the
    user it is one, so the label names it.
    """
    cells: Cells = {}
    rest: list[tuple[int, Any]] = []
    for row, items in zip(rows, lists, strict=True):
        if not _are_custom_fields(items, plain=plain):
            rest.append((row, items))
            continue
        for label, value in _pairs(items):
            nth = 1
            while True:
                places, values = cells.setdefault((label, nth), ([], []))
                if not places or places[-1] != row:
                    break
                nth += 1
            places.append(row)
            values.append(value)
    return cells, rest


def _are_custom_fields(items: Any, *, plain: bool) -> bool:
    if type(items) is not list or not all(type(item) is dict for item in items):
        return False
    return all(_is_spelled_out(item) or (plain and all(type(label) is str for label in item)) for item in items)


def _is_spelled_out(item: dict[Any, Any]) -> bool:
    return "value" in item and type(item.get("label_name")) is str and item.keys() <= _SPELLED_OUT


def _pairs(items: list[dict[Any, Any]]) -> Iterator[tuple[str, Any]]:
    for item in items:
        if _is_spelled_out(item):
            yield item["label_name"], item["value"]
        else:
            yield from item.items()
