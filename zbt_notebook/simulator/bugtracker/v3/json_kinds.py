"""Kinds of values that only V3's JSON has: lists of links, custom fields, JSON inside of a form field."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, Kind
from zbt_notebook.simulator.data.rows import CustomField


@dataclass(frozen=True, slots=True)
class Links:
    """``[{"id": …}, …]`` in the place of what was there, or ``[{"add": […], "remove": […]}]``, which changes it."""

    key: str

    def read(self, name: str, value: object) -> Json:
        """Give ``set``, or ``add`` and ``remove``, as numbers."""
        if not isinstance(value, list):
            raise refusals.invalid_value(name)
        if len(value) == 1 and isinstance(value[0], dict) and value[0] and value[0].keys() <= {"add", "remove"}:
            return {action: self._numbers(name, links) for action, links in value[0].items()}
        return {"set": self._numbers(name, value)}

    def _numbers(self, name: str, links: object) -> tuple[int, ...]:
        if not isinstance(links, list):
            raise refusals.invalid_value(name)
        ids = (one.get(self.key) if isinstance(one, dict) else one for one in links)
        return tuple(Identifier().read(f"{name}.{self.key}", one) for one in ids)

    def schema(self) -> Json:
        """An array of links."""
        nested = {"type": "object", "properties": {self.key: Identifier().schema()}, "required": [self.key]}
        return {"type": "array", "items": {**nested, "additionalProperties": False}, "maxItems": 20}


def applied(change: Json, before: Iterable[int]) -> tuple[int, ...]:
    """What a list of links is after a change that ``Links`` read."""
    if "set" in change:
        return tuple(dict.fromkeys(change["set"]))
    gone = set(change.get("remove", ()))
    return tuple(dict.fromkeys(one for one in (*before, *change.get("add", ())) if one not in gone))


@dataclass(frozen=True, slots=True)
class CustomValue:
    """A value of a custom field; that it fits is looked at together with what the issue holds already."""

    field: CustomField

    def read(self, _name: str, value: object) -> object:
        """Pass it on."""
        return value

    def schema(self) -> Json:
        """What the field's kind takes."""
        person = {"type": "object", "properties": {"zpuid": Identifier().schema()}, "required": ["zpuid"]}
        day = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
        by_kind: dict[str, Json] = {
            "user": {**person, "additionalProperties": False},
            "users": {"type": "array", "items": {**person, "additionalProperties": False}, "maxItems": 5},
            "pick": {"type": "string", "enum": list(self.field.options)},
            "picks": {"type": "array", "items": {"type": "string", "enum": list(self.field.options)}, "maxItems": 5},
            "check": {"type": "boolean"},
            "date": {"type": "string", "pattern": f"{day}$"},
            "moment": Moment().schema(),
            "number": {"type": "string", "pattern": "^[0-9]{1,19}$"},
            "decimal": {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$"},
            "money": {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$"},
            "phone": {"type": "string", "maxLength": 15},
        }
        return by_kind.get(self.field.kind, {"type": "string", "maxLength": 200})


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, ISO 8601."""

    def read(self, name: str, value: object) -> int:
        """Take it as milliseconds."""
        try:
            return dates.read_iso(str(value))
        except ValueError:
            raise refusals.pattern_not_matched(name) from None

    def schema(self) -> Json:
        """A string; the pattern keeps to days that exist in every month."""
        day = "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
        return {"type": "string", "pattern": f"^{day}T(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"}


@dataclass(frozen=True, init=False)
class Written:
    """JSON written into a parameter or a form field, with examples of it."""

    kind: Kind
    examples: tuple[Any, ...]

    def __init__(self, kind: Kind, *examples: Any) -> None:
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "examples", examples)

    def read(self, name: str, value: object) -> Any:
        """Decode it and take what its kind takes."""
        try:
            decoded = json.loads(str(value))
        except (ValueError, RecursionError):
            raise refusals.pattern_not_matched(name) from None
        return self.kind.read(name, decoded)

    def schema(self) -> Json:
        """A string that is JSON, as one of the examples is."""
        return {"type": "string", "enum": [json.dumps(example, separators=(",", ":")) for example in self.examples]}
