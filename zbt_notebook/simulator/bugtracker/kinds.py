"""Kinds of values that a route takes, each of which reads itself and describes itself."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from zbt_notebook.simulator.bugtracker import dates, refusals

Json = dict[str, Any]


class Kind(Protocol):
    """A kind of value."""

    def read(self, name: str, value: object) -> Any:
        """Parse what was sent; raise Refused where it is something else."""

    def schema(self) -> Json:
        """Describe it in JSON Schema."""


@dataclass(frozen=True, slots=True)
class Text:
    """Characters; *shortest* 1 refuses the empty text."""

    longest: int = 60_000
    shortest: int = 0

    def read(self, name: str, value: object) -> str:
        """Take a text of the right length."""
        if not isinstance(value, str) or len(value) < self.shortest:
            raise refusals.pattern_not_matched(name)
        if len(value) > self.longest:
            raise refusals.too_long(name)
        return value

    def schema(self) -> Json:
        """A string with its bounds."""
        return {"type": "string", "minLength": self.shortest, "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, also when it comes as text."""

    least: int = 0
    most: int = 10**9

    def read(self, name: str, value: object) -> int:
        """Take digits within the bounds."""
        number = int(_matching(r"-?[0-9]{1,18}", name, value))
        if not self.least <= number <= self.most:
            raise refusals.invalid_value(name)
        return number

    def schema(self) -> Json:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, with two decimals at most; kept as the text that was sent."""

    def read(self, name: str, value: object) -> str:
        """Take digits with a point."""
        return _matching(r"[0-9]{1,9}(\.[0-9]{1,2})?", name, value)

    def schema(self) -> Json:
        """A string."""
        return {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """E-mail addresses with commas between."""

    def read(self, name: str, value: object) -> list[str]:
        """Take whatever has an ``@`` with something on either side."""
        addresses = [address.strip() for address in value.split(",")] if isinstance(value, str) else []
        if not addresses or not all(re.fullmatch(r"[^@\s]+@[^@\s]+", address) for address in addresses):
            raise refusals.pattern_not_matched(name)
        return addresses

    def schema(self) -> Json:
        """A string."""
        one = "[a-z0-9.]{1,40}@[a-z0-9.]{1,40}"
        return {"type": "string", "pattern": f"^{one}(,{one})*$", "maxLength": 4000}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words, in any case; gives the spelling of the list."""

    words: tuple[str, ...]

    def read(self, name: str, value: object) -> str:
        """Find the word."""
        if isinstance(value, str):
            for word in self.words:
                if word.lower() == value.lower():
                    return word
        raise refusals.invalid_value(name)

    def schema(self) -> Json:
        """An enumeration, in the documented spelling."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id: up to nineteen digits."""

    def read(self, name: str, value: object) -> int:
        """Take the digits as a number."""
        return int(_matching(r"[0-9]{1,19}", name, value))

    def schema(self) -> Json:
        """A string of digits: as a JSON number it would lose precision in JavaScript."""
        return {"type": "string", "pattern": "^[0-9]{1,19}$"}


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Ids with commas between; *word* (such as ``all``) stands for every one and gives None."""

    word: str = ""

    def read(self, name: str, value: object) -> frozenset[int] | None:
        """Take the ids as a set."""
        if self.word and isinstance(value, str) and value.lower() == self.word:
            return None
        return frozenset(map(int, _matching(r"[0-9]{1,19}(,[0-9]{1,19})*", name, value).split(",")))

    def schema(self) -> Json:
        """A string."""
        either = f"|{self.word}" if self.word else ""
        return {"type": "string", "pattern": f"^([0-9]{{1,19}}(,[0-9]{{1,19}})*{either})$", "maxLength": 4000}


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, ``MM-DD-YYYY``, or ``YYYY-MM-DD`` where *iso*."""

    iso: bool = False

    def read(self, name: str, value: object) -> int:
        """Take the day as milliseconds."""
        try:
            return dates.read_iso_day(str(value)) if self.iso else dates.read_day(str(value))
        except ValueError:
            raise refusals.pattern_not_matched(name) from None

    def schema(self) -> Json:
        """A string; the pattern keeps to days that exist in every month."""
        if self.iso:
            return {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"}
        return {"type": "string", "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])-20[0-9]{2}$"}


@dataclass(frozen=True, slots=True)
class Clocked:
    """Hours and minutes, ``hh:mm``; a bare number counts as hours. Gives minutes."""

    def read(self, name: str, value: object) -> int:
        """Take up to a day."""
        found = re.fullmatch(r"([0-9]{1,2})(?::([0-5][0-9]))?", str(value))
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else 0
        if not found or not 0 < minutes <= 24 * 60:
            raise refusals.pattern_not_matched(name)
        return minutes

    def schema(self) -> Json:
        """A string."""
        return {"type": "string", "pattern": "^(0[1-9]|1[0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True, slots=True)
class YesNo:
    """``true`` or ``false``."""

    def read(self, name: str, value: object) -> bool:
        """Take either word, or JSON's own."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in {"true", "false"}:
            return value == "true"
        raise refusals.pattern_not_matched(name)

    def schema(self) -> Json:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class File:
    """A file part of a multipart body; the handler takes it from the request."""

    def read(self, _name: str, value: object) -> object:
        """Pass it on."""
        return value

    def schema(self) -> Json:
        """Bytes."""
        return {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Link:
    """V3's nested link, ``{"id": …}``. A flat id is accepted and, as at Zoho, ignored: it gives None."""

    key: str = "id"

    def read(self, name: str, value: object) -> int | None:
        """Take the id out of the object."""
        if isinstance(value, str):
            return None
        if not isinstance(value, dict):
            raise refusals.invalid_value(name)
        for key in value:
            if key != self.key:
                raise refusals.extra_key(f"{name}.{key}"[:100])
        if self.key not in value:
            raise refusals.parameter_missing(f"{name}.{self.key}")
        return Identifier().read(f"{name}.{self.key}", value[self.key])

    def schema(self) -> Json:
        """An object, or a text without effect."""
        nested = {
            "type": "object",
            "properties": {self.key: Identifier().schema()},
            "required": [self.key],
            "additionalProperties": False,
        }
        return {"anyOf": [nested, {"type": "string"}]}


@dataclass(frozen=True, slots=True)
class Ignored:
    """A flat id that V3 accepts and ignores with status 200."""

    def read(self, _name: str, _value: object) -> None:
        """Ignore it."""

    def schema(self) -> Json:
        """Anything."""
        return {}


def _matching(pattern: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise refusals.pattern_not_matched(name)
    return value
