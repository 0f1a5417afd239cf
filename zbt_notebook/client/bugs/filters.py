"""Filters as they are written, ``status==Open,Reopen`` or ``status=["Open", "Reopen"]``, not looked up yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists.criteria import OPERATORS, Choice, Operator
from zbt_notebook.client.rest.encoding import plain

_FILTER = re.compile(
    r"(?P<name>(?:\\.|[^\\=!<>~])+?)\s*(?P<operator>" + "|".join(map(re.escape, OPERATORS)) + r")\s*(?P<value>.*)",
    re.DOTALL,
)
_SUFFIXES: Mapping[str, Operator] = {
    "_from": ">=",
    "_to": "<=",
    "_after": ">",
    "_before": "<",
    "_not": "!=",
    "_contains": "~=",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition in the user's own words. *values* are what was said, each a text or a Python value."""

    name: str
    operator: Operator
    values: tuple[Any, ...]
    whole: str = ""  # the text before it was split at commas, which may be a name that holds some

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{self.whole or ','.join(map(str, self.values))}"


def read_filter(text: str) -> Filter:
    """Read one filter; raise UsageError that says how it is written."""
    match = _FILTER.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text[:60]!r} is not a filter", hint=_advice(text))
    name = re.sub(r"\\(.)", r"\1", match["name"]).strip()
    operator, value = match["operator"], match["value"].strip()
    if operator in {"<", ">"} and value[:1] in {"<", ">", "="}:
        raise UsageError(f"{text[:60]!r} has no operator", hint=f"There are: {' '.join(OPERATORS)}.")
    split = operator in {"==", "!="}
    values = tuple(part.strip() for part in value.split(",")) if split else (value,)
    if not all(values):
        nothing = f"Write {name}==none for what has nothing there."
        ends = f'A blank ends a filter: leave it out behind the comma, or write "{text} …" in quotes.'
        raise UsageError(f"{name}{operator} has an empty value", hint=ends if value.endswith(",") else nothing)
    return Filter(name, operator, values, value)  # type: ignore[arg-type]  # the pattern has these alone


def _advice(text: str) -> str:
    name = re.match(r"[^\\=!<>~]+", text)
    rest = text[name.end() :] if name else text
    if name and re.match(r"=[^=<>~]", rest):
        return f"Write {name[0].strip()}=={rest[1:]}: a filter compares by two equal signs."
    if name and rest[:2] in {"=>", "=<", "=~"}:
        return f"Write {name[0].strip()}{rest[1]}={rest[2:]}."
    return 'A filter is a field, an operator and a value: status==Open, created>=-30d, "title~=two words".'


def read_arguments(arguments: Mapping[str, Any]) -> list[Filter]:
    """Filters from Python's keyword arguments: ``status="Open"``, ``created_from=…``, ``title_contains=…``.

    A list has alternatives, and None is a field without a value.
    """
    found = []
    for given, value in arguments.items():
        name, operator = _split(given)
        several = value if isinstance(value, Choice) else plain(value, given)
        values = tuple(several) if isinstance(several, list) else (several,)
        if not values:
            raise UsageError(f"{given}= is an empty list: nothing could be chosen by it", hint="Leave it away.")
        if operator not in {"==", "!="} and len(values) > 1:
            raise UsageError(f"{given}= takes one value", hint=f"Give {given}={values[0]!r}.")
        found.append(Filter(name, operator, values))
    return found


def _split(name: str) -> tuple[str, Operator]:
    for suffix, operator in _SUFFIXES.items():
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix), operator
    return name, "=="
