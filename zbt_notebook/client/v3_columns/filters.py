"""The classic lists' filters, applied to V3's records: V3 documents none of them."""

from collections.abc import Callable, Mapping
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.v3_columns.reading import nested

Test = Callable[[Any, str], bool]


def check_filters(kind: str, where: Mapping[str, str], assumed: Mapping[str, str]) -> None:
    """Raise UsageError for a filter that V3 does not have and that cannot be applied to its records here."""
    possible = _FILTERS.get(kind, {})
    unknown = [name for name, value in where.items() if name not in possible and assumed.get(name) != value]
    if unknown:
        raise UsageError(
            f"V3 has no filter {unknown[0]!r}",
            hint=f"There, these can be used: {', '.join(possible) or 'none'}. Choose in the DataFrame for others.",
        )
    for name, value in where.items() if kind == "bugs" else ():
        strangers = [part for part in value.split(",") if not part.strip().isdecimal()]
        if strangers and name in _BY_ID:
            raise UsageError(
                f"the filter {name} wants ids, and {shown(strangers[0])} is none",
                hint=f"Several are separated by commas. By name: connection.bugs({name}={value!r}).",
            )


def keeps(kind: str, record: Any, where: Mapping[str, str]) -> bool:
    """Whether a record, already in classic shape, passes the classic list's filters; those it assumes with them."""
    filters = _FILTERS.get(kind, {})
    wanted = {**_ASSUMED.get(kind, {}), **where}
    return all(filters[name](record, value) for name, value in wanted.items() if name in filters)


def leaves_out(kind: str, where: Mapping[str, str]) -> bool:
    """Whether some of V3's records may not pass."""
    return bool(where) or kind in _ASSUMED


def _has_id(*path: str) -> Test:
    def test(record: Any, value: str) -> bool:
        for name in path:
            record = nested(record).get(name)
        return str(record) in {part.strip() for part in value.split(",")}

    return test


def _is_person(word: str) -> Test:
    """By either id, for the classic list takes the account's and V3 knows people by the portal's."""
    zpuid, zuid = _has_id(f"{word}_zpuid"), _has_id(f"{word}_id")
    return lambda record, value: zpuid(record, value) or zuid(record, value)


def _always(_record: Any, _value: str) -> bool:
    return True


def _is_active(record: Any, value: str) -> bool:
    """A user of whom V3 does not say it counts as active: the classic list shows those unless told."""
    active = record.get("active") is not False
    return value == "all" or active == (value == "active")


_ASSUMED: Mapping[str, Mapping[str, str]] = {"users": {"user_type": "active"}}
_BY_ID: Mapping[str, Test] = {
    "status": _has_id("status", "id"),
    "severity": _has_id("severity", "id"),
    "classification": _has_id("classification", "id"),
    "module": _has_id("module", "id"),
    "milestone": _has_id("milestone", "id"),
    "affected": _has_id("affected_milestone", "id"),
    "assignee": _is_person("assignee"),
    "reporter": _is_person("reporter"),
}
"""Of bugs; several ids are separated by commas."""
_FILTERS: Mapping[str, Mapping[str, Test]] = {
    "bugs": {
        "statustype": lambda record, value: record.get("closed") is (value == "closed"),
        "flag": lambda record, value: str(record.get("flag")).lower() == value.lower(),
        **_BY_ID,
        "sort_column": _always,
        "sort_order": _always,
    },
    "milestones": {
        "status": lambda record, value: value == "all" or record.get("status") == value,
        "flag": lambda record, value: value == "allflag" or record.get("flag") == value,
    },
    "users": {"user_type": _is_active},
    "timelogs": {
        "bill_status": lambda record, value: value == "All" or record.get("bill_status") == value,
        "component_type": _always,  # these three are asked for: as V3's module and period
        "view_type": _always,
        "date": _always,
    },
}
