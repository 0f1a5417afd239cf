"""One page of a list: where it begins, how many records it holds, and what tells one record from the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PAGE_SIZE = 200  # the most that Zoho gives at once


@dataclass(frozen=True, slots=True)
class Ask:
    """One page: the position of its first record, counted from 1, and how many records."""

    index: int
    size: int

    @property
    def page(self) -> int:
        """Its number, for lists that count pages (V3)."""
        return (self.index - 1) // self.size + 1

    @property
    def end(self) -> int:
        """The position of its last record."""
        return self.index + self.size - 1

    def following(self, size: int, *, numbered: bool) -> "Ask":
        """The page of at most *size* that begins with this one's last record, or as near before it as its number lets.

        Very small numbered pages may find none: then the next page, which does not join.
        """
        if not numbered:
            return Ask(self.end, size)
        before = self.end - 1
        part = max(range(size, 1, -1), key=lambda part: (before // part + 1) * part)
        farthest = Ask(before // part * part + 1, part)
        return farthest if farthest.end > self.end else Ask(self.end // size * size + 1, size)


def identify(record: Any) -> str | None:
    """What tells a record from all others of its list, or None where it bears no id."""
    if not isinstance(record, dict):
        return None
    identity = record.get("id_string") or record.get("id")
    return None if identity is None else str(identity)


def identities(records: Sequence[Any]) -> list[str | None]:
    """What identifies each record of a page; at once where all bear Zoho's ``id_string``, as most lists do."""
    try:
        names = [record["id_string"] for record in records]
    except (KeyError, TypeError):
        return [identify(record) for record in records]
    return names if set(map(type, names)) == {str} else [identify(record) for record in records]
