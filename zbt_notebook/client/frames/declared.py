"""Reading the values of a column that is declared to be of a type, strictly: what is not plainly of it is refused."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Declared(enum.StrEnum):
    """What a column can be declared to hold."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    STR = "str"
    DATETIME = "datetime"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a column is declared to hold; of a category, the words that are known beforehand."""

    kind: Declared
    words: tuple[str, ...] = ()


class Unparsable(ValueError):
    """A value is not of the declared type."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
EARLIEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
"""The milliseconds that Python's datetime can name: the years 1 to 9999."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3}0*)?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EXACT_IN_FLOAT = 2**53
_BEYOND_64_BITS = 2**63


def read_types(types: Mapping[str, str]) -> dict[str, Declaration]:
    """Give the declarations by column, of ``category:Internal|External`` too; ValueError for a type that is none."""
    try:
        return {name: _declaration(declared) for name, declared in types.items()}
    except ValueError as error:
        known = ", ".join(Declared)
        raise ValueError(f"{error}; a column is declared as one of {known}") from None


def _declaration(text: str) -> Declaration:
    kind, colon, words = text.partition(":")
    if colon and kind != Declared.CATEGORY:
        kind = text
    return Declaration(Declared(kind), tuple(words.split("|")) if words else ())


def parse(value: Any, declared: Declared) -> Any:
    """Give the value as the declared type, a datetime as epoch milliseconds; Unparsable where not exact or not sure."""
    return _PARSERS[declared](value)


def _int(value: object) -> int:
    if type(value) is float and value.is_integer() and abs(value) <= _EXACT_IN_FLOAT:
        return int(value)
    if type(value) is str and _WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is int and -_BEYOND_64_BITS <= value < _BEYOND_64_BITS:
        return value
    raise Unparsable


def _float(value: object) -> float:
    if type(value) is str and _NUMBER.fullmatch(value):
        value = int(value) if _WHOLE.fullmatch(value) else _finite(value)
    if type(value) is int and abs(value) <= _EXACT_IN_FLOAT:
        return float(value)
    if type(value) is float:
        return value
    raise Unparsable


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise Unparsable
    return number


def _bool(value: object) -> bool:
    if type(value) is bool:
        return value
    if type(value) is str and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Unparsable


def _str(value: object) -> str:
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"  # as the API itself spells them
    if type(value) in (int, float):
        return repr(value)
    raise Unparsable


def _datetime(value: object) -> int:
    """Read epoch milliseconds, or ISO 8601 with a zone (V3).

    The classic API's other strings are in the portal's time zone, which a record does not tell.
    """
    if type(value) is str and INSTANT.fullmatch(value):
        try:
            return (datetime.fromisoformat(value) - _EPOCH) // _MILLISECOND
        except (ValueError, OverflowError):
            raise Unparsable from None
    return _int(value)


_PARSERS: dict[Declared, Callable[[object], Any]] = {
    Declared.INT: _int,
    Declared.FLOAT: _float,
    Declared.BOOL: _bool,
    Declared.STR: _str,
    Declared.DATETIME: _datetime,
}
