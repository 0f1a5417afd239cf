"""Conditions that choose records: a field, an operator and values, independent of the API that is asked.

Criterion("status", "==", (Choice("4000000000201", "Open"),))
Criterion("assignee", "!=", (None,))                              somebody has it
Criterion("created", ">=", (Span.of_day(date(2026, 9, 1)),))
Criterion("customfields.Customer", "~=", ("acme",))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal, get_args

from zbt_notebook.client.suggestions import caseless

Operator = Literal["==", "!=", ">=", "<=", "~=", ">", "<"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)  # the longer ones first: ">=" begins with ">"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the portal's own things: a status, a person (by zpuid), a milestone.

    ``id`` is empty where only a name was given, since each project may have an id of its own for it. ``others`` are
    further ids of the same thing: those in other projects, a person's zuid and e-mail address. They are sent too.
    """

    id: str
    name: str
    others: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id of it that is known."""
        return tuple(filter(None, (self.id, *self.others)))

    def is_same(self, other: "Choice") -> bool:
        """Compare by id where both have one, otherwise by name in any case."""
        if self.id and other.ids:
            return not set(self.ids).isdisjoint(other.ids)
        return caseless(self.name) == caseless(other.name)


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a moment, as the time from ``begins`` up to but not including ``ends``."""

    begins: datetime
    ends: datetime

    @classmethod
    def of_day(cls, day: date, zone: tzinfo = UTC) -> "Span":
        """A whole day, as the portal's clocks count it."""
        return cls(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))

    @classmethod
    def of_moment(cls, moment: datetime) -> "Span":
        """The millisecond that a moment falls in; Zoho's times are no finer."""
        moment = moment.astimezone(UTC)
        return cls(moment, moment + timedelta(milliseconds=1))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


Value = Choice | Span | date | str | int | float | bool | None  # None is nothing: nobody assigned, no date set
"""``Span`` for a field that holds moments, ``date`` for one that holds days."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition. ``field`` is the short name of ``client.fields``, ``customfields.LABEL`` for a custom one.

    Several values are alternatives: ``==`` is one of them, ``!=`` none of them. The other operators take one value.
    """

    field: str
    operator: Operator
    values: tuple[Value, ...]

    def holds(self, found: Sequence[object]) -> bool:
        """Whether a record's values of the field meet the condition. *found* is empty where it has none.

        A record without a value meets neither a comparison by order nor ``~=``.
        """
        if self.operator in {"==", "!="}:
            equal = any(_equal(value, found) for value in self.values)
            return equal is (self.operator == "==")
        return any(_compare(self.operator, thing, self.values[0]) for thing in found)


def _equal(value: Value, found: Sequence[object]) -> bool:
    if value is None:
        return not found
    return any(_same(value, thing) for thing in found)


def _same(value: Value, thing: object) -> bool:
    if isinstance(value, Span):
        return isinstance(thing, datetime) and value.begins <= thing < value.ends
    if isinstance(value, Choice):
        return isinstance(thing, Choice) and value.is_same(thing)
    if isinstance(value, str):
        return caseless(as_written(thing)) == caseless(value)
    return type(value) is type(thing) and value == thing if isinstance(value, bool) else value == thing


def _compare(operator: Operator, thing: object, value: Value) -> bool:
    if operator == "~=":
        return caseless(as_written(value)) in caseless(as_written(thing))
    if isinstance(value, Span) and isinstance(thing, datetime):
        return {
            ">=": thing >= value.begins,
            ">": thing >= value.ends,
            "<=": thing < value.ends,
            "<": thing < value.begins,
        }[operator]
    numbers = isinstance(thing, int | float) and isinstance(value, int | float)
    if numbers or (isinstance(thing, date) and isinstance(value, date)):
        return {
            ">=": thing >= value,  # type: ignore[operator]  # two numbers or two days: tested above
            ">": thing > value,  # type: ignore[operator]  # as above
            "<=": thing <= value,  # type: ignore[operator]  # as above
            "<": thing < value,  # type: ignore[operator]  # as above
        }[operator]
    return False


def as_json(criteria: Sequence[Criterion]) -> list[Any]:
    """Criteria as JSON, for a resume token."""
    return [[criterion.field, criterion.operator, list(map(_packed, criterion.values))] for criterion in criteria]


def from_json(kept: Sequence[Any]) -> tuple[Criterion, ...]:
    """Read what ``as_json`` wrote; raise ValueError, TypeError or KeyError for anything else."""
    return tuple(
        Criterion(field, _operator(operator), tuple(map(_unpacked, values))) for field, operator, values in kept
    )


def _operator(text: str) -> Operator:
    return OPERATORS[list[str](OPERATORS).index(text)]  # a ValueError for what is none of them


def _packed(value: Value) -> Any:
    if isinstance(value, Choice):
        return {"choice": [value.id, value.name, *value.others]}
    if isinstance(value, Span):
        return {"span": [value.begins.isoformat(), value.ends.isoformat()]}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _unpacked(kept: Any) -> Value:
    if not isinstance(kept, dict):
        return kept  # type: ignore[no-any-return]  # JSON's own: text, number, flag or null
    if "choice" in kept:
        number, name, *others = map(str, kept["choice"])
        return Choice(number, name, tuple(others))
    if "span" in kept:
        return Span(*map(datetime.fromisoformat, kept["span"]))
    return date.fromisoformat(kept["day"])


def as_written(value: object) -> str:
    """A value as a user would write it: a choice by its name."""
    return value.name if isinstance(value, Choice) else str(value)
