"""V3's custom fields, whose shape nobody has recorded, as the classic list of labels and values."""

from collections.abc import Iterator, Mapping
from typing import Any

from zbt_notebook.client.v3_columns.pieces import first

NAMES = frozenset({"custom_fields", "customfields"})
_LABELS = ("label_name", "display_name", "label", "field_label", "field_name", "name")
_VALUES = ("value", "field_value", "values")
_COLUMNS = ("column_name", "api_name", "field_id", "id")


def custom_fields(record: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Each as ``label_name``, ``column_name``, ``value``; None where one is none, or none is there."""
    told = first(record, *sorted(NAMES))
    fields = list(_of_list(told) if isinstance(told, list) else _of_object(told) if isinstance(told, dict) else ())
    return fields if fields and all(isinstance(field["label_name"], str) for field in fields) else None


def _of_list(items: list[Any]) -> Iterator[dict[str, Any]]:
    for item in items:
        if not isinstance(item, dict):
            yield {"label_name": None}
        elif _is_labelled(item):
            yield _field(first(item, *_LABELS), first(item, *_COLUMNS), _value(item))
        else:
            yield from _of_object(item)


def _of_object(told: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    for name, value in told.items():
        if isinstance(value, dict) and _is_labelled(value):
            yield _field(first(value, *_LABELS), name, _value(value))
        else:
            yield _field(name, None, _text_of(value))


def _is_labelled(item: Mapping[Any, Any]) -> bool:
    return first(item, *_LABELS) is not None and not item.keys().isdisjoint(_VALUES)


def _value(item: Mapping[Any, Any]) -> Any:
    return _text_of(first(item, *_VALUES))


def _text_of(value: Any) -> Any:
    """A pick list's choice as its text, as the classic API has it."""
    return first(value, "value", "name", "label") if isinstance(value, dict) else value


def _field(label: Any, column: Any, value: Any) -> dict[str, Any]:
    return {"label_name": label, "column_name": None if column is None else str(column), "value": value}
