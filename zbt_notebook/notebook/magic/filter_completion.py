"""What may come next on the line of a word: fields, operators, and values of what the portal has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.criteria import OPERATORS
from zbt_notebook.client.lists.fields import Field

Values = Mapping[str, Sequence[str]]
NOTHING: Values = MappingProxyType({})
_BEGUN = re.compile(
    r"(?P<name>[^=!<>~]+?)(?P<operator>" + "|".join(map(re.escape, OPERATORS)) + r")(?P<value>.*)", re.DOTALL
)
_ITEM = re.compile(r"(?P<name>[^=]+)=(?P<value>.*)", re.DOTALL)
_BY_TYPE: Values = MappingProxyType(
    {
        "moment": ("today", "yesterday", "-7d", "-30d", "-90d"),
        "day": ("today", "tomorrow", "-7d", "-30d", "none"),
        "flag": ("true", "false"),
        "person": ("me", "none"),
        "choice": ("none",),
    }
)
Candidates = Iterator[tuple[str, str]]


def filters(kind: str, word: str, known: Values, *, is_quoted: bool) -> Candidates:
    """Complete a filter of a list; *known* are the values that each field may have, by its short name."""
    begun = _BEGUN.fullmatch(word)
    if begun is None:
        yield from _names(kind, word, known)
        return
    field = _field(kind, begun["name"], known)
    if field is None or begun["operator"] not in field.operators:
        return
    done, comma, _ = begun["value"].rpartition(",")
    head = f"{begun['name']}{begun['operator']}{done}{comma}"
    if begun["operator"] == "~=":
        return
    taken = set(done.split(",")) if comma else set()
    for value in _values(field, known):
        if value not in taken and (value != "none" or begun["operator"] in {"==", "!="}):
            yield _written(head, value, is_quoted=is_quoted), field.label


def field_names(kind: str, known: Values) -> list[str]:
    """The fields of a kind, and the labels of the portal's own."""
    own = [label.removeprefix(fields.CUSTOM) for label in known if kind == "bugs" and _is_custom(label)]
    return [*(one.name for one in fields.FIELDS.get(kind, ())), *own]


def _names(kind: str, word: str, known: Values) -> Candidates:
    for name in field_names(kind, known):
        field = _field(kind, name, known)
        if field is None or not (written := escaped(name)).startswith(word):
            continue
        operators = field.operators if word == written else field.operators[:1]
        yield from ((f"{written}{operator}", field.label) for operator in operators)


def _is_custom(name: str) -> bool:
    return all(name != one.name for one in fields.FIELDS["bugs"])


def _field(kind: str, name: str, known: Values) -> Field | None:
    plain = name.replace("\\", "").strip().casefold()
    for one in fields.FIELDS[kind]:
        if plain == one.name:
            return one
    label = next((label for label in known if label.casefold() == plain and _is_custom(label)), None)
    return fields.custom_field(label, values=known[label]) if label else None


def _values(field: Field, known: Values) -> Iterator[str]:
    values = (*known.get(field.name, ()), *field.values, *_BY_TYPE.get(field.type, ()))
    once: dict[str, str] = {}  # a choice "None" and the word none mean the same: either
    for value in values:
        once.setdefault(value.casefold(), value)
    yield from once.values()


def _written(head: str, value: str, *, is_quoted: bool) -> str:
    return head + (value if is_quoted else escaped(value))


def escaped(text: str) -> str:
    """Write a text as a word without quotes around it."""
    return "".join(f"\\{letter}" if letter in " \\'\"" else letter for letter in text)


def changes(word: str, done: Sequence[str], known: Values, *, is_quoted: bool) -> Candidates:
    """Complete what follows ``bug``: a new one or a key, then fields to write, close or reopen."""
    if not done:
        yield "new", "a new bug"
        return
    begun = _ITEM.fullmatch(word)
    if begun is None:
        if done[0] != "new" and len(done) == 1:
            yield from (("close", "change"), ("reopen", "change"))
        writable = [one for one in fields.FIELDS["bugs"] if one.write]
        yield from ((f"{one.name}=", one.label) for one in writable)
        yield "comment=", "a comment beside it"
        yield from ((f"{escaped(label)}=", label) for label in known if _is_custom(label))
        return
    field = _field("bugs", begun["name"], known)
    if field is not None:
        chosen, comma, _ = begun["value"].rpartition(",") if field.name == "tags" else ("", "", "")
        head = f"{begun['name']}={chosen}{comma}"
        for value in _values(field, known):
            can_be_emptied = field.name.startswith((fields.CUSTOM, "tags")) and not comma
            if (value != "none" or can_be_emptied) and value not in chosen.split(","):
                yield _written(head, value, is_quoted=is_quoted), field.label
