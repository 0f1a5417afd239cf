"""Turns the names a user gives for a field's values into the portal's own values, before anything is sent."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any

from zbt_notebook.client.bugs.custom_fields import CustomField
from zbt_notebook.client.bugs.filters import Filter
from zbt_notebook.client.bugs.lookups import PICK_LISTS, Lookups, Person, Portal, Project
from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.criteria import Choice, Criterion, Span, Value
from zbt_notebook.client.lists.fields import Field
from zbt_notebook.client.quoting import shown, singular
from zbt_notebook.client.rest.encoding import Dates, as_text, is_missing, plain
from zbt_notebook.client.suggestions import folded, same_name, there_are

_BACK = re.compile(r"([+-])(\d{1,5})([hdwmy])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LISTS = {"milestone": ("milestones",), "affected": ("milestones",), "project": ("projects",)}
_NOBODY = {"none", "unassigned", "unassigned user"}  # as either API's tables say it
_MANY = 8  # projects whose own lists are looked at; in more, a name is told apart by the records alone


@dataclass(frozen=True, slots=True)
class Within:
    """Where names are looked up: a portal and the chosen projects in it."""

    portal: Portal
    projects: tuple[Project, ...] = ()


def known_as(tracker: Tracker) -> tuple[str, ...]:
    """The ids and addresses of whoever is signed in, as far as they are known by now."""
    account = tracker.who.wait(1.0)
    ids = (account.id, account.email) if account else ()
    return tuple(filter(None, (tracker.client.authorization.login_id, *ids)))


@dataclass(frozen=True, slots=True)
class Resolver:
    """Reads what is said of one kind of thing. ``now`` gives the time, ``me`` who is signed in, by any of their ids."""

    lookups: Lookups
    kind: str
    within: Within
    now: Callable[[], datetime]
    me: Callable[[], Iterable[str]]

    @classmethod
    def of(cls, tracker: Tracker, kind: str, within: Within) -> "Resolver":
        """One that looks names up with a tracker."""
        return cls(tracker.lookups, kind, within, tracker.client.today, partial(known_as, tracker))

    def criteria(self, filters: Iterable[Filter]) -> tuple[Criterion, ...]:
        """Each filter with its values looked up; UsageError for the first that cannot be."""
        found: list[Criterion] = []
        chosen: dict[str, tuple[Filter, Criterion]] = {}
        for one in filters:
            found.append(self._criterion(one))
            field = self.field(one.name)
            if one.operator != "==" or field.several:
                continue
            before, theirs = chosen.setdefault(field.name, (one, found[-1]))
            if theirs is not found[-1] and not set(theirs.values) & set(found[-1].values):
                raise UsageError(
                    f"{field.label} is asked for twice, and nothing has two",
                    hint=f"For either of them, write {before},{one.whole or ','.join(map(str, one.values))}.",
                )
        return tuple(found)

    def _criterion(self, one: Filter) -> Criterion:
        field = self.field(one.name)
        if one.operator not in field.operators:
            raise UsageError(
                f"{field.label} cannot be compared by {one.operator}",
                hint=f"It takes {' '.join(field.operators)}, as in {_example(field)}.",
            )
        if one.operator == "~=":
            return Criterion(field.name, "~=", (_text(field, one.values[0]),))
        if field.ranked and one.operator not in {"==", "!="}:
            return Criterion(field.name, "==", tuple(self._ranked(field, one)))
        if one.whole and len(one.values) > 1:
            values = self._whole(field, one)
            if not values or field.type == "text":
                values = (*values, *self._each(field, one.values))
        else:
            values = tuple(self._each(field, one.values))
        if one.operator not in {"==", "!="} and None in values:
            raise UsageError(
                f"nothing is neither before nor after none: {field.label}{one.operator}none",
                hint=f"Write {field.name}==none or {field.name}!=none.",
            )
        return Criterion(field.name, one.operator, values)

    def _whole(self, field: Field, one: Filter) -> tuple[Value, ...]:
        """The text with its commas, where that is a name; of a plain text it may be, or each part."""
        named = field.type in {"choice", "person", "text"}
        try:
            return tuple(self.value(field, one.whole)) if named else ()
        except UsageError:
            return ()

    def _each(self, field: Field, values: Sequence[Any]) -> Iterable[Value]:
        for value in values:
            yield from self.value(field, value)

    def field(self, name: str) -> Field:
        """The field of that name, label or column, custom ones among them; UsageError with the nearest and all."""
        word = _word(name)
        for known in fields.FIELDS[self.kind]:
            if word in {_word(known.name), _word(known.label), *map(_word, known.words)}:
                return known
        custom = list(self.custom_fields())
        for own in custom:
            if word in {_word(own.label), _word(own.column), _word(fields.CUSTOM + own.label)}:
                return fields.custom_field(own.label, own.type, own.column, own.values, several=own.several)
        if self.lookups.outdated("custom fields", "v3 fields"):
            return self.field(name)
        names = [known.name for known in fields.FIELDS[self.kind]] + [own.label for own in custom]
        raise UsageError(f"{self.kind} have no field {shown(name)}", hint=there_are(name, names, most=100))

    def custom_fields(self) -> Iterable[CustomField]:
        """The portal's own fields of bugs, each once, in the chosen projects."""
        if self.kind != "bugs":
            return ()
        found: dict[str, CustomField] = {}
        for project in self.within.projects[:_MANY]:
            for own in self.lookups.custom_fields(self.within.portal, project):
                found.setdefault(own.label, own)
        return found.values()

    def value(self, field: Field, said: Any) -> list[Value]:
        """What is meant by one value; a word that is both ``none`` and a choice of that name means either."""
        if isinstance(said, Choice):
            return [said]
        said = plain(said, field.name)
        if is_missing(said):
            return [None]
        is_none = isinstance(said, str) and folded(said) in (_NOBODY if field.type == "person" else {"none"})
        if field.type == "choice":
            named = self._choices(field, said, required=not is_none)
            return [*named, None] if is_none else list(named)
        if is_none:
            return [None]
        if field.several or field.type == "person":
            return [self._named(field, said)]
        times: dict[str, Callable[[Field, Any], Value]] = {"moment": self._time, "day": self._time}
        return [{**_READ, **times, "text": self._one_of}[field.type](field, said)]

    def _named(self, field: Field, said: Any) -> Value:
        """A person, or one of several choices; in a custom field by the name, for records tell no more of them."""
        found = self.person(said) if field.type == "person" else Choice("", self._one_of(field, said))
        if not field.name.startswith(fields.CUSTOM):
            return found
        return Choice("", found.name) if field.several else found.name

    # -- choices

    def _ranked(self, field: Field, one: Filter) -> Iterable[Choice]:
        """The choices that come before or after another, in the order of the frame's categories."""
        said = [value.name for value in self.value(field, one.values[0]) if isinstance(value, Choice)]
        projects = [project.id for project in self.within.projects]
        order = self.lookups.orders(self.within.portal.id, projects, v3=self.lookups.is_v3).get(field.name, ())
        position = next((order.index(name) for name in said if name in order), None)
        if position is None:
            hint = f"Name each with commas: {field.name}=={','.join(order) or '…'}."
            raise UsageError(f"{shown(str(one.values[0]))} has no place in an order of {field.name} here", hint=hint)
        after, before = order[position + (one.operator == ">") :], order[: position + (one.operator == "<=")]
        chosen = after if one.operator in {">", ">="} else before
        if not chosen:
            side = "after" if one.operator == ">" else "before"
            raise UsageError(
                f"no {field.name} comes {side} {order[position]}", hint=f"The least first: {', '.join(order)}."
            )
        return [choice for name in chosen for choice in self._choices(field, name, required=True)]

    def known(self, field: Field) -> list[tuple[Project, Choice]]:
        """Every value that a choice may have, with the project that it is of."""
        portal = self.within.portal
        if field.name == "tags":
            return [(Project("", ""), tag) for tag in self.lookups.tags(portal)]
        if field.name == "project":
            return [(one, Choice(one.id, one.name)) for one in self.within.projects or self.lookups.projects(portal)]
        found: list[tuple[Project, Choice]] = []
        for project in self.within.projects[:_MANY]:
            of_project = (
                self.lookups.milestones(portal, project)
                if field.name in {"milestone", "affected"}
                else self.lookups.choices(portal, project, field.name)
                if field.name in PICK_LISTS
                else ()
            )
            found += [(project, choice) for choice in of_project]
        return found

    def _choices(self, field: Field, said: Any, *, required: bool) -> list[Choice]:
        word = as_text(said, field.name, lists=False).strip()
        if field.name.startswith(fields.CUSTOM):
            return [Choice("", self._one_of(field, word))]
        known = self.known(field)
        by_id = [choice for _, choice in known if choice.id == word]
        if by_id:
            return by_id[:1]
        same = [choice for _, choice in known if choice.name == word] or [
            choice for _, choice in known if same_name(choice.name, word)
        ]
        if same:  # one name, and in each project an id of its own
            return [Choice("", same[0].name, tuple(dict.fromkeys(choice.id for choice in same if choice.id)))]
        if not required:
            return []
        is_untold = not known or len(self.within.projects) > _MANY  # then the records tell what there is
        if is_untold and field.name not in {"tags", "project"}:
            return [Choice("", word)]
        if self.lookups.outdated(field.name, *_LISTS.get(field.name, ("fields", "v3 fields", "layouts"))):
            return self._choices(field, said, required=required)
        names = list(dict.fromkeys(choice.name for _, choice in known))
        raise _unknown(field, word, names)

    def _one_of(self, field: Field, said: Any) -> str:
        """One of the values that a field can hold, as Zoho writes it; any text where they are not told."""
        word = _text(field, said)
        found = next((known for known in field.values if same_name(known, word)), word)
        if found not in field.values and field.values:
            if field.name.startswith(fields.CUSTOM) and self.lookups.outdated("custom fields", "v3 fields"):
                return self._one_of(self.field(field.name), word)
            raise _unknown(field, word, field.values)
        return found

    # -- people

    def person(self, said: Any) -> Choice:
        """A user of the portal by name, address or id; UsageError for nobody, and for one of two of the same name."""
        people = self.lookups.people(self.within.portal)
        said = as_text(said, "a person", lists=False)
        word = folded(said)
        if word == "me":
            return self._myself(people).choice
        exact = [one for one in people if word in {one.zpuid, one.zuid, one.email.casefold()}]
        named = exact or [one for one in people if folded(one.name) == word]
        if len(named) == 1:
            return named[0].choice
        if named:
            each = " or ".join(f"{one.email or one.zpuid} ({one.zpuid})" for one in named)
            raise UsageError(
                f"{len(named)} people are called {named[0].name!r}", hint=f"Say which by e-mail or id: {each}."
            )
        if self.lookups.outdated("people"):
            return self.person(said)
        raise _unknown(
            Field("person", "person", "person", ()), str(said), [*(one.name for one in people), "me", "none"]
        )

    def _myself(self, people: Sequence[Person]) -> Person:
        mine = {str(known).casefold() for known in self.me() if known}
        for one in people:
            if mine & {one.zuid, one.zpuid, one.email.casefold()} - {""}:
                return one
        raise UsageError(
            "this sign-in does not tell who you are, so that 'me' is nobody",
            hint="Say your name or e-mail address; or sign in with the scope AaaServer.profile.READ too.",
        )

    # -- time

    def _time(self, field: Field, said: Any) -> Value:
        zone = self.within.portal.zone
        today = self.now().astimezone(zone).date()
        found: date | datetime
        if isinstance(said, timedelta):
            found = self.now() - abs(said)
        elif isinstance(said, date):
            found = said
        else:
            found = _read_time(as_text(said, field.name, dates=Dates.ISO, lists=False).strip(), today, self.now())
        if isinstance(found, datetime):
            moment = found if found.tzinfo else found.replace(tzinfo=zone)
            return moment.astimezone(zone).date() if field.type == "day" else Span.of_moment(moment)
        return found if field.type == "day" else Span.of_day(found, zone)


def _read_time(text: str, today: date, now: datetime) -> date | datetime:
    word = text.casefold()
    if word in {"today", "yesterday", "tomorrow"}:
        return today + timedelta(days=("yesterday", "today", "tomorrow").index(word) - 1)
    if word == "now":
        return now
    if back := _BACK.fullmatch(word):
        sign, count, unit = (1 if back[1] == "+" else -1), int(back[2]), back[3]
        try:
            if unit == "h":
                return now + sign * count * _UNITS["h"]
            return _moved(today, sign * count, unit)
        except (ValueError, OverflowError):
            raise _no_time(text) from None
    try:
        return date.fromisoformat(text) if len(text) <= len("2026-09-01") else datetime.fromisoformat(text)
    except ValueError:
        raise _no_time(text) from None


def _moved(day: date, count: int, unit: str) -> date:
    if unit in _UNITS:
        return day + count * _UNITS[unit]
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _no_time(text: str) -> UsageError:
    return UsageError(
        f"{text[:60]!r} is no date", hint="Write 2026-09-01, 2026-09-01T13:00Z, today, tomorrow, -30d, +2w or -6m."
    )


def _text(field: Field, said: Any) -> str:
    return as_text(said, field.name, dates=Dates.ISO, lists=False)


def _number(field: Field, said: Any) -> float:
    if isinstance(said, int | float | Decimal) and not isinstance(said, bool):
        return said if isinstance(said, int) else float(said)
    text = _text(field, said).strip()
    if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        return int(text)
    with suppress(ValueError):
        if isfinite(number := float(text)):
            return number
    raise UsageError(f"{field.label} is a number, not {text[:60]!r}", hint="Write it as 1250 or 12.50.")


def _flag(field: Field, said: Any) -> bool:
    if isinstance(said, bool):
        return said
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    word = _text(field, said).casefold()
    if word in known:
        return known[word]
    raise UsageError(f"{field.label} is true or false, not {shown(word)}", hint="Write true or false.")


def _unknown(field: Field, word: str, names: Sequence[str]) -> UsageError:
    return UsageError(f"there is no {singular(field.label.casefold())} {shown(word)}", hint=there_are(word, names))


_READ: Mapping[str, Callable[[Field, Any], Value]] = {
    "number": _number,
    "flag": _flag,
}


def _example(field: Field) -> str:
    value = {"moment": "-30d", "day": "today", "number": "3", "flag": "true"}.get(field.type, "…")
    return f"{field.name.removeprefix(fields.CUSTOM)}{field.operators[2 if len(field.operators) > 3 else 0]}{value}"  # noqa: PLR2004  the ordered have more


def _word(name: str) -> str:
    return folded(re.sub(r"[\s_-]+", " ", name))
