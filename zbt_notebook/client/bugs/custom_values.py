"""Values of custom fields that are more than one text (people, several choices, money), as either API takes them."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from zbt_notebook.client.bugs.resolver import Resolver
from zbt_notebook.client.lists.fields import CUSTOM, Field
from zbt_notebook.client.rest.encoding import is_missing
from zbt_notebook.client.suggestions import same_name


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent to V3, and the text that shows it.

    *forms* are how the classic API may want it, the likeliest first, each the values of one form field: no page of
    Zoho's tells. Several choices were seen to be written by repeating the field.
    """

    value: Any = field(repr=False)
    text: str = field(repr=False)
    forms: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def equals(self, found: Any) -> bool:
        """Whether an answer tells the same: it knows more of a person, and has several in an order of its own."""
        if isinstance(found, str) and isinstance(self.value, dict) and "amount" in self.value:
            return bool(_essence({"amount": re.sub(r"[^0-9.-]", "", found)}) == _essence(self.value))  # USD 12.50
        if isinstance(found, str):
            return sorted(_words(found)) == sorted(_words(self.text))
        return bool(_essence(found or [] if isinstance(self.value, list) else found) == _essence(self.value))


def custom_value(resolver: Resolver, of: Field, said: Any) -> Sent | None:
    """What is to be sent of a custom field whose kind has a shape of its own; None for any other, and for nothing."""
    if not of.name.startswith(CUSTOM) or is_nothing(said):
        return None
    kind = next((own.kind for own in resolver.custom_fields() if of.name == CUSTOM + own.label), "")
    return _KINDS[kind](resolver, of, said) if kind in _KINDS else None


def is_nothing(said: Any) -> bool:
    """Whether a field is to be emptied, or a list holds nothing to write into it."""
    if isinstance(said, str):
        return said.strip().casefold() in {"", "none"}
    return not said if isinstance(said, Iterable) else is_missing(said)


def several(said: Any) -> list[Any]:
    """The values of a list, or of a text with commas between them."""
    if isinstance(said, str):
        return _words(said)
    return list(said) if isinstance(said, Iterable) else [said]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _people(resolver: Resolver, _of: Field, said: Any) -> Sent:
    people = [resolver.person(word) for word in several(said)]
    names = ", ".join(one.name for one in people)
    accounts = tuple(next((other for other in one.others if other.isdigit()), one.id) for one in people)
    return Sent([{"zpuid": one.id} for one in people], names, (accounts, (names,)))


def _person(resolver: Resolver, of: Field, said: Any) -> Sent:
    people = _people(resolver, of, [said])
    return replace(people, value=people.value[0])


def _picks(resolver: Resolver, of: Field, said: Any) -> Sent:
    single = replace(of, several=False)
    is_one = isinstance(said, str) and any(same_name(said, known) for known in of.values)
    names = [str(one) for word in ([said] if is_one else several(said)) for one in resolver.value(single, word)]
    forms = (tuple(names), (",".join(names),)) if len(names) > 1 else (tuple(names),)
    return Sent(names, ", ".join(names), forms)


def _money(resolver: Resolver, of: Field, said: Any) -> Sent:
    amount = f"{resolver.value(replace(of, type='number'), said)[0]:.2f}"
    return Sent({"amount": amount}, amount, ((amount,),))


def _essence(value: Any) -> Any:
    """What two tellings of a value share: a person's zpuid, a tag's id, money's amount; of several things any order."""
    if isinstance(value, list):
        return sorted(map(str, map(_essence, value)))
    if not isinstance(value, dict):
        return value
    if number := value.get("zpuid") or value.get("id"):
        return str(number)
    with suppress(InvalidOperation):
        return Decimal(str(value.get("amount")))
    return value


_KINDS: Mapping[str, Callable[[Resolver, Field, Any], Sent]] = {
    "userpicklist": _person,
    "multiuserpicklist": _people,
    "multipicklist": _picks,
    "currency": _money,
}
"""V3's own words for the kinds of custom fields that are more than a text."""
