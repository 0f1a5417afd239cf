"""The pieces that V3's records are read in: ids, people, choices, moments."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def identity(record: Mapping[str, Any]) -> dict[str, Any]:
    """Both spellings of an id."""
    return {"id": number(record.get("id")), "id_string": text(record.get("id"))}


def number(value: Any) -> Any:
    """A number where V3 writes one as a string."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def text(value: Any) -> str | None:
    """The text of an id that may be a number."""
    return None if value is None else str(value)


def nested(value: Any) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def choice(value: Any, key: str) -> dict[str, Any]:
    """A value of a pick list, under the classic name of its text."""
    chosen = nested(value)
    return {"id": chosen.get("id"), key: chosen.get("value")}


def first(record: Mapping[str, Any], *names: str) -> Any:
    """The first of these that the record has."""
    return next((record[name] for name in names if record.get(name) is not None), None)


def moment(name: str, value: Any) -> dict[str, Any]:
    """A classic date triple, of which V3 tells the moment alone."""
    return {name: None, f"{name}_format": None, f"{name}_long": epoch(value)}


def epoch(value: Any) -> int | None:
    """ISO 8601 as epoch milliseconds; a day alone counts from its midnight in UTC."""
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)


def rest(record: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    """What has no classic name."""
    left = {name: value for name, value in record.items() if name not in used}
    return {"v3": left} if left else {}
