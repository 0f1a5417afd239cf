"""V3's ``filter``: criteria as JSON, joined by a pattern such as ``(1 AND 2) OR 3``."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.kinds import Json

Test = Callable[[Any], bool]
Kind = str  # text, number, day, user, pick, picks, check, status
# What kind of field a name stands for, and what a record has in it: nothing, one value or several
Field = tuple[Kind, Callable[[Any], list[Any]]]
Fields = Callable[[str], Field | None]

_TEXT = ("contains", "not_contains", "starts_with", "ends_with", "is", "is_not")
_ORDER = (
    *("is", "is_not", "less_than", "less_than_or_equal", "greater_than", "greater_than_or_equal"),
    *("between", "not_between"),
)
_EMPTY = ("is_empty", "is_not_empty")
_CONDITIONS: dict[Kind, tuple[str, ...]] = {
    "text": (*_TEXT, *_EMPTY),
    "number": (*_ORDER, *_EMPTY),
    "day": (*_ORDER, "before", "after", "today", *_EMPTY),
    "user": ("is", "is_not", *_EMPTY),
    "pick": ("is", "is_not"),
    "picks": ("is", "is_not"),
    "check": ("is",),
    "status": ("is", "is_not", "custom_condition"),
}
_WITHOUT_VALUE = frozenset({*_EMPTY, "today"})
_MACROS = {"${ALL_OPEN}": False, "${ALL_CLOSED}": True}
_TOKEN = re.compile(r"\s*(\d+|AND|OR|\(|\))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filter:
    """The parameter ``filter``; gives its criteria and its pattern, checked as far as no record is needed."""

    example: str = "name"  # a field of the list's records

    def read(self, name: str, value: object) -> Json:
        """Take an object with criteria and a pattern."""
        try:
            decoded = json.loads(str(value))
        except (ValueError, RecursionError):
            raise refusals.pattern_not_matched(name) from None
        criteria = decoded.get("criteria") if isinstance(decoded, dict) else None
        if not isinstance(criteria, list) or not criteria or not all(isinstance(one, dict) for one in criteria):
            raise refusals.invalid_value(name)
        if not isinstance(decoded.get("pattern"), str):
            raise refusals.parameter_missing("pattern")
        return {"criteria": criteria, "pattern": decoded["pattern"]}

    def schema(self) -> Json:
        """A string that is JSON."""
        one = {"field_name": self.example, "criteria_condition": "contains", "value": ["a"]}
        return {"type": "string", "enum": [json.dumps({"criteria": [one], "pattern": "1"})]}


def compiled(call: Call, given: Json, fields: Fields) -> Test:
    """Make one test of a filter; Refused where its criteria are not what the fields of the records take."""
    tests = [_criterion(call, one, fields) for one in given["criteria"]]
    try:
        return _Pattern(given["pattern"], tests).test
    except RecursionError:
        raise refusals.invalid_value("pattern") from None


@dataclass(slots=True)
class _Pattern:
    """``1 AND (2 OR 3)``: AND binds tighter than OR."""

    text: str
    tests: list[Test]
    test: Test = field(init=False)
    _tokens: list[str] = field(init=False, default_factory=list, repr=False)

    def __post_init__(self) -> None:
        position = 0
        while found := _TOKEN.match(self.text, position):
            self._tokens.append(found[1].upper())
            position = found.end()
        if self.text[position:].strip() or len(self._tokens) > len(self.tests) * 8:
            raise refusals.invalid_value("pattern")
        self.test = self._either()
        if self._tokens:
            raise refusals.invalid_value("pattern")

    def _either(self) -> Test:
        parts = [self._all()]
        while self._tokens[:1] == ["OR"]:
            del self._tokens[0]
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda bug: any(part(bug) for part in parts)

    def _all(self) -> Test:
        parts = [self._one()]
        while self._tokens[:1] == ["AND"]:
            del self._tokens[0]
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda bug: all(part(bug) for part in parts)

    def _one(self) -> Test:
        token = self._tokens.pop(0) if self._tokens else ""
        if token == "(":  # noqa: S105  a bracket
            inner = self._either()
            if self._tokens[:1] != [")"]:
                raise refusals.invalid_value("pattern")
            del self._tokens[0]
            return inner
        if not token.isdigit() or not 1 <= int(token) <= len(self.tests):
            raise refusals.invalid_value("pattern")
        return self.tests[int(token) - 1]


def _criterion(call: Call, criterion: Json, fields: Fields) -> Test:
    name, condition, given = (
        criterion.get("field_name"),
        criterion.get("criteria_condition"),
        criterion.get("value", []),
    )
    if name == "status" and condition == "all_open":  # an older example: without a value
        condition, given = "custom_condition", ["${ALL_OPEN}"]
    found = fields(str(name))
    if found is None:
        raise refusals.invalid_value("field_name")
    kind, values = found
    if condition not in _CONDITIONS[kind]:
        raise refusals.invalid_value("criteria_condition")
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise refusals.invalid_value("value")
    _check_count(condition, len(given))
    if condition == "custom_condition":
        closed = _MACROS.get(given[0])
        if closed is None:
            raise refusals.invalid_value("value")
        return lambda bug: (bug.closed_ms is not None) is closed
    if condition in _EMPTY:
        return lambda bug: bool(values(bug)) is (condition == "is_not_empty")
    return _compare(call, kind, condition, given, values)


def filtered(call: Call, rows: list[Any], fields: Mapping[str, Field]) -> list[Any]:
    """The rows that the call's filter wants; all of them where it has none."""
    if "filter" not in call.values:
        return rows
    test = compiled(call, call.values["filter"], fields.get)
    return [row for row in rows if test(row)]


def zpuid(call: Call, member_id: int) -> list[Any]:
    """Somebody, as filters name them."""
    found = call.store.members.get(member_id)
    return [str(found.zpuid)] if found else []


def _check_count(condition: str, count: int) -> None:
    """``is`` and ``is_not`` take several values, ``between`` two, presets none, the others one."""
    if condition in _WITHOUT_VALUE:
        return
    fits = count >= 1 if condition in {"is", "is_not"} else count == (2 if condition.endswith("between") else 1)
    if not fits:
        raise refusals.invalid_value("value")


def _compare(call: Call, kind: Kind, condition: str, given: list[str], values: Callable[[Any], list[Any]]) -> Test:
    wanted = _wanted(call, kind, condition, given)
    condition = "is" if condition == "today" else condition
    compare = _COMPARISONS[condition]
    negative = condition in {"is_not", "not_contains", "not_between"}
    if negative:
        return lambda bug: not any(compare(value, wanted) for value in values(bug))
    return lambda bug: any(compare(value, wanted) for value in values(bug))


def _wanted(call: Call, kind: Kind, condition: str, given: list[str]) -> list[Any]:
    """The values as what a field holds is compared with."""
    if condition == "today":
        return [dates.today(call.now_ms, call.offset if call.switches.filter_days_in == "portal" else 0)]
    readers: dict[Kind, Callable[[str], Any]] = {"day": _day, "number": _number, "check": _checked}
    return [readers.get(kind, str.casefold)(one) for one in given]


_COMPARISONS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "is": lambda value, wanted: value in wanted,
    "is_not": lambda value, wanted: value in wanted,
    "contains": lambda value, wanted: wanted[0] in value,
    "not_contains": lambda value, wanted: wanted[0] in value,
    "starts_with": lambda value, wanted: value.startswith(wanted[0]),
    "ends_with": lambda value, wanted: value.endswith(wanted[0]),
    "less_than": lambda value, wanted: value < wanted[0],
    "before": lambda value, wanted: value < wanted[0],
    "less_than_or_equal": lambda value, wanted: value <= wanted[0],
    "greater_than": lambda value, wanted: value > wanted[0],
    "after": lambda value, wanted: value > wanted[0],
    "greater_than_or_equal": lambda value, wanted: value >= wanted[0],
    "between": lambda value, wanted: wanted[0] <= value <= wanted[1],
    "not_between": lambda value, wanted: wanted[0] <= value <= wanted[1],
}


def _day(text: str) -> int:
    if "T" in text:
        raise refusals.pattern_not_matched("value")  # a day, no time of day
    try:
        return dates.read_iso_day(text)
    except ValueError:
        raise refusals.pattern_not_matched("value") from None


def _checked(text: str) -> str:
    return {"true": "true", "1": "true"}.get(text.lower(), "false")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise refusals.pattern_not_matched("value") from None
