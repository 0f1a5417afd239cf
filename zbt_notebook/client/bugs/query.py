"""Splits criteria into what Zoho filters and what is filtered here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.criteria import Choice, Criterion, Span
from zbt_notebook.client.lists.v3_filter import filter_of


@dataclass(frozen=True, slots=True)
class Query:
    """*where* are filters for Zoho, *since* epoch milliseconds before which nothing changed that is wanted.

    *sent* and *here* are the criteria of each side, in words.
    """

    where: tuple[tuple[str, str], ...] = ()
    since: int | None = None
    sent: tuple[str, ...] = ()
    here: tuple[str, ...] = ()


def query(kind: str, criteria: Sequence[Criterion], projects: int, *, is_v3: bool = False) -> Query:
    """What of the criteria Zoho's list can be asked for; every record is tested here all the same."""
    if is_v3 and kind == "bugs":
        return _query_v3(criteria)
    where: list[tuple[str, str]] = []
    sent, here, bounds = [], [], []
    for one in criteria:
        asked = _asked(kind, one, projects)
        bound = _bound(kind, one)
        if asked and asked[0] not in dict(where):
            where.append(asked)
            sent.append(said(one))
        elif bound is not None:
            bounds.append(bound)
            exact = one.field in {"updated", "date"}
            sent.append(said(one) if exact else f"updated>={said(one).partition('=')[2]} (for {said(one)})")
            if not exact:
                here.append(said(one))
        else:
            here.append(said(one))
    return Query(tuple(where), max(bounds, default=None), tuple(sent), tuple(here))


def _query_v3(criteria: Sequence[Criterion]) -> Query:
    """V3's filter is made of the criteria themselves; it knows days, not moments, so that times are tested here too."""
    translated = [(said(one), filter_of("bugs", {}, [one])) for one in criteria]
    bounds = [bound for one in criteria if (bound := _bound("bugs", one)) is not None]
    return Query(
        since=max(bounds, default=None),
        sent=tuple(text for text, asked in translated if asked.text),
        here=tuple(text for text, asked in translated if not asked.criteria),
    )


def _asked(kind: str, one: Criterion, projects: int) -> tuple[str, str] | None:
    field = fields.field(kind, one.field)
    if kind != "bugs" or not field.query or one.operator != "==" or None in one.values:
        return None
    if field.type == "flag":
        return (field.query, "closed" if one.values[0] is True else "open") if len(one.values) == 1 else None
    if field.name == "flag":
        return (field.query, str(one.values[0]).lower()) if len(one.values) == 1 else None
    choices = [value for value in one.values if isinstance(value, Choice)]
    if not choices or not all(choice.ids for choice in choices) or projects > _ALL_LOOKED_AT:
        return None
    numbers = [number for choice in choices for number in choice.ids if "@" not in number]
    return field.query, ",".join(dict.fromkeys(numbers))


_ALL_LOOKED_AT = 8  # as many projects as names are looked up in


def _bound(kind: str, one: Criterion) -> int | None:
    """The time of change before which no record fulfils it: what was made later was changed later too."""
    if kind != "bugs" or one.field not in {"created", "updated"} or one.operator not in {">=", ">", "=="}:
        return None
    begins = [value.ends if one.operator == ">" else value.begins for value in one.values if isinstance(value, Span)]
    return round(min(begins).timestamp() * 1000) if len(begins) == len(one.values) and begins else None


def said(one: Criterion) -> str:
    """A criterion in the words in which it could be typed."""
    name = one.field.removeprefix(fields.CUSTOM)
    return f"{name}{one.operator}{','.join(map(_said, one.values))}"


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Choice):
        return value.name
    if isinstance(value, Span):
        if value.ends - value.begins >= timedelta(hours=22):  # a day, short as the one may be when clocks go forward
            return str((value.begins + fields.NEAREST_DAY).date())
        return value.begins.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)
