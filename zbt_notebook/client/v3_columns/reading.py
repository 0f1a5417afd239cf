"""A record of V3 that is read leaf by leaf, and remembers which are left: what is not renamed keeps its own name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class Reading:
    """One record. Each ``take`` marks its leaf as read; ``rest`` has all the others, so that nothing is lost."""

    __slots__ = ("_read", "record")

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self._read: set[tuple[str, ...]] = set()

    def see(self, name: str, inner: str = "") -> Any:
        """A value, or one of an object's, that stays among the rest; None where there is none."""
        value = self.record.get(name)
        if not inner:
            return value
        return value.get(inner) if isinstance(value, dict) else None

    def take(self, name: str, inner: str = "") -> Any:
        """A leaf that goes over into a column of another name."""
        value = self.see(name, inner)
        if value is not None and not isinstance(value, (dict, list)):
            self._read.add((name, inner) if inner else (name,))
        return value

    def number(self, name: str, inner: str = "") -> Any:
        """A leaf as a number where V3 writes one as a string; other strings as they are."""
        return number(self.take(name, inner))

    def text(self, name: str, inner: str = "") -> str | None:
        """A leaf as text, such as an id that may be a number."""
        value = self.take(name, inner)
        return None if value is None or isinstance(value, (dict, list)) else str(value)

    def first(self, *names: str) -> Any:
        """The first of these leaves that there is; others that say the same are read with it."""
        found = next((self.record[name] for name in names if self.record.get(name) is not None), None)
        for name in names:
            if self.record.get(name) == found:
                self.take(name)
        return found

    def moment(self, column: str, name: str) -> dict[str, Any]:
        """A classic date triple, of which V3 tells the moment alone; what is no time stays among the rest."""
        instant = epoch(self.see(name))
        if instant is not None:
            self.take(name)
        return {column: None, f"{column}_format": None, f"{column}_long": instant}

    def passed(self, name: str) -> None:
        """Mark a whole value, an object or a list too, as read."""
        self._read.add((name,))

    def rest(self) -> dict[str, Any]:
        """What was not read, under ``v3``; nulls are left out, for V3 leaves them out as it likes."""
        left: dict[str, Any] = {}
        for name, value in self.record.items():
            if value is None or (name,) in self._read:
                continue
            if isinstance(value, dict) and value:
                inner = {key: one for key, one in value.items() if one is not None and (name, key) not in self._read}
                if inner:
                    left[name] = inner
            else:
                left[name] = value
        return {"v3": left} if left else {}


def number(value: Any) -> Any:
    """A number where it is written as a string that says no more than the number."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and _plain(value) else value


def _plain(digits: str) -> bool:
    return len(digits) < 20 and (digits == "0" or digits[0] != "0")  # noqa: PLR2004  what 64 bits hold


def epoch(value: Any) -> int | None:
    """ISO 8601 as epoch milliseconds; a day alone counts from its midnight in UTC. None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)


def nested(value: Any) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}
