"""V3's custom fields, top-level keys named by ``api_name``, as the classic list of labels and values."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zbt_notebook.client.v3_columns.reading import Reading

Labels = Mapping[str, str]
"""``api_name`` → label, as the portal's field metadata tells: the records themselves hold no label."""

_OWN_PREFIX = "cf_"
_LISTED = ("custom_fields", "customfields")  # older answers were said to have a list or an object of them
_LABELS = ("label_name", "display_name", "label", "field_label", "field_name", "name")
_VALUES = ("value", "field_value", "values")
_NAMES = ("column_name", "api_name", "field_id", "id")


def custom_fields(issue: Reading, labels: Labels) -> list[dict[str, Any]]:
    """Each as ``label_name``, ``column_name``, ``value``, whose value reads as in the classic API: a person's name.

    What a value holds beyond that, as a person's zpuid, stays under ``v3.`` and its ``api_name``. A field whose label
    nobody told goes by its name without ``cf_``.
    """
    fields = []
    for name, value in issue.record.items():
        label = labels.get(name) or (_label_of(name) if name.startswith(_OWN_PREFIX) else "")
        if not label or value is None:
            continue
        fields.append({"label_name": label, "column_name": name, "value": plain(value)})
        if not _is_more_than_plain(value):
            issue.passed(name)
    for name in _LISTED:
        listed = list(_listed(issue.record.get(name), labels))
        if listed and all(isinstance(label, str) for label, _, _ in listed):
            fields += [
                {"label_name": label, "column_name": column, "value": plain(value)} for label, column, value in listed
            ]
            if not any(_is_more_than_plain(value) for _, _, value in listed):
                issue.passed(name)
    return fields


def plain(value: Any) -> Any:
    """A value as the classic API shows it: a person by name, money by its amount, a choice by its text."""
    if isinstance(value, dict):
        if value.get("currency_code") and value.get("amount"):
            return f"{value['currency_code']} {value['amount']}"
        known = ("name", "full_name", "value", "formatted_amount", "label", "display_name", "email", "zpuid", "id")
        return next((value[key] for key in known if value.get(key) is not None), None)
    if isinstance(value, list):
        return ", ".join(str(plain(item)) for item in value)
    return value


def _is_more_than_plain(value: Any) -> bool:
    """Whether a value says more than its plain text does; a text may also hold the comma that joins several."""
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, (dict, list)) for item in items) or (isinstance(value, list) and len(value) != 1)


def _label_of(name: str) -> str:
    return name.removeprefix(_OWN_PREFIX) or name


def _listed(given: Any, labels: Labels) -> Iterator[tuple[Any, Any, Any]]:
    """Label, name and value of each field of a list or an object of them; None for a label that is not told."""
    if isinstance(given, dict):
        for name, value in given.items():
            labelled = isinstance(value, dict) and _labelled(value)
            yield (
                (_first(value, _LABELS), name, _first(value, _VALUES))
                if labelled
                else (labels.get(name, name), name, value)
            )
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, dict):
            yield None, None, None
        elif _labelled(item):
            name = _first(item, _NAMES)
            yield _first(item, _LABELS), None if name is None else str(name), _first(item, _VALUES)
        else:
            yield from _listed(item, labels)


def _labelled(item: Mapping[Any, Any]) -> bool:
    return _first(item, _LABELS) is not None and not item.keys().isdisjoint(_VALUES)


def _first(item: Mapping[Any, Any], names: Sequence[str]) -> Any:
    return next((item[name] for name in names if item.get(name) is not None), None)
