"""Reads values of somebody else's JSON, which may be of any shape: what is not as expected is not there."""

from typing import Any

_MOST = 10**9  # a larger number counts nothing that one could list


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def count(value: Any) -> int | None:
    """How many there are, as a number or in digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < len(str(_MOST)):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else None
