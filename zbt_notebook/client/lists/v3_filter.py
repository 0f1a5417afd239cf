"""What of a request V3's ``filter`` can express: JSON criteria and a pattern that joins them.

The rows are tested here all the same, so that a portal that ignores the filter costs time and no row. Days are widened
by one on each side: a filter knows no time of day, and nobody told in which zone its days begin. Choices of a pick list
go by name and id at once, for the documents say name and one report says id.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from zbt_notebook.client.lists.criteria import Choice, Criterion, Span

_DAY = timedelta(days=1)
_PICKS = {
    "severity": "severity",
    "classification": "classification",
    "module": "module",
    "reproducible": "is_it_reproducible",
}
PICKS = frozenset(_PICKS)  # what the classic list filters by id, and V3 by name
_PEOPLE = {"assignee": "assignee", "reporter": "created_by"}
_TIMES = {"created": "created_time", "updated": "last_updated_time", "due": "due_date"}
_GUESSED = {"milestone": "release_milestone", "affected": "affected_milestone"}  # documented nowhere
_LONGEST_ZUID = 12  # digits: an account's number has fewer than that, a portal's has 18 or 19
_TEXTS = {"title": "name"}
_AFTER, _BEFORE = frozenset({">=", ">"}), frozenset({"<=", "<"})

Condition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class V3Filter:
    """The filter as text, empty where nothing can be expressed; and of what it asks what every row must then fulfil."""

    text: str = ""
    where: tuple[tuple[str, str], ...] = ()
    criteria: tuple[Criterion, ...] = ()


def filter_of(
    kind: str,
    where: Mapping[str, str],
    criteria: Sequence[Criterion] = (),
    since: int | None = None,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
    guess: bool = False,
) -> V3Filter:
    """What V3 can be asked to choose of a kind.

    *names* are those of pick lists' values by their ids. What may be understood otherwise is for a *guess* alone.
    """
    if kind != "bugs":
        return V3Filter()
    asked: list[Condition] = []
    sure_where, sure = [], []
    for name, value in where.items():
        if one := _of_word(name, value, names, guess=guess):
            asked.append(one)
            sure_where.append((name, value))
    for criterion in criteria:
        found = list(_of_criterion(criterion))
        asked += found
        if found and criterion.field not in _TIMES:
            sure.append(criterion)
    if since is not None:  # strictly after a day: two before it, for in another zone it may still be the day before
        day = datetime.fromtimestamp(since / 1000, UTC).date() - 2 * _DAY
        asked.append(_condition("last_updated_time", "greater_than", [str(day)]))
    return V3Filter(_as_text(asked) if asked else "", tuple(sure_where), tuple(sure))


def _as_text(asked: Sequence[Condition]) -> str:
    pattern = " AND ".join(str(number) for number in range(1, len(asked) + 1))
    whole = {"criteria": list(asked), "pattern": pattern}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _condition(name: str, condition: str, values: Sequence[str] = ()) -> Condition:
    one: Condition = {"field_name": name, "criteria_condition": condition}
    return {**one, "value": list(values)} if values else one


CHANGED_NEVER = _as_text([_condition("last_updated_time", "greater_than", ["2999-12-31"])])
"""A filter that no record passes, where V3 chooses by the time of change."""


def _of_word(name: str, value: str, names: Mapping[str, str], *, guess: bool) -> Condition | None:
    """A filter of the classic list, by its word; pick lists are given by id there, of which V3 wants the names.

    People may be given by their accounts there, of which V3 knows nothing.
    """
    ids = [part.strip() for part in value.split(",") if part.strip()]
    if name == "statustype" and value in {"open", "closed"}:
        return _condition("status", "custom_condition", ["${ALL_OPEN}" if value == "open" else "${ALL_CLOSED}"])
    if not ids:
        return None
    if name in _PICKS and (guess or all(number in names for number in ids)):
        return _condition(_PICKS[name], "is", [*(names[number] for number in ids if number in names), *ids])
    if name == "status" or (name in _PEOPLE and (guess or all(len(number) > _LONGEST_ZUID for number in ids))):
        return _condition(_PEOPLE.get(name, name), "is", ids)
    if guess and name == "flag":
        return _condition(name, "is", [value.capitalize()])
    return _condition(_GUESSED[name], "is", ids) if guess and name in _GUESSED else None


def _of_criterion(one: Criterion) -> Iterator[Condition]:
    negated = one.operator == "!="
    is_or_not = "is_not" if negated else "is"
    if one.field in _TIMES:
        yield from _of_days(_TIMES[one.field], one)
    elif (
        one.field in _TEXTS and one.operator == "~=" and str(one.values[0]).isascii()
    ):  # nobody told how others compare
        yield _condition(_TEXTS[one.field], "contains", [str(one.values[0])])
    elif one.operator not in {"==", "!="}:
        return
    elif one.field == "closed" and len(one.values) == 1:
        closed = (one.values[0] is True) is not negated
        yield _condition("status", "custom_condition", ["${ALL_CLOSED}" if closed else "${ALL_OPEN}"])
    elif one.field in _PEOPLE and one.values == (None,):
        yield _condition(_PEOPLE[one.field], "is_not_empty" if negated else "is_empty")
    else:
        choices = [value for value in one.values if isinstance(value, Choice)]
        if len(choices) != len(one.values):
            return
        if one.field in _PICKS:
            names = dict.fromkeys(word for choice in choices for word in (choice.name, *choice.ids) if word)
            yield _condition(_PICKS[one.field], is_or_not, list(names))
        elif one.field in {"status", *_PEOPLE} and all(choice.ids and choice.ids[0].isdigit() for choice in choices):
            ids = dict.fromkeys(number for choice in choices for number in choice.ids if number.isdigit())
            yield _condition(_PEOPLE.get(one.field, "status"), is_or_not, list(ids))


def _of_days(name: str, one: Criterion) -> Iterator[Condition]:
    spans = [found for found in map(_days, one.values) if found]
    if len(spans) != len(one.values) or one.operator == "!=":
        return
    first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
    if one.operator in _AFTER or one.operator == "==":
        yield _condition(name, "greater_than_or_equal", [str(first - _DAY)])
    if one.operator in _BEFORE or one.operator == "==":
        yield _condition(name, "less_than_or_equal", [str(last + _DAY)])


def _days(value: object) -> tuple[date, date] | None:
    if isinstance(value, Span):
        return value.begins.date(), value.ends.date()
    return (value, value) if isinstance(value, date) and not isinstance(value, datetime) else None
