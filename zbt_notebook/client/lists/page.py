"""One page of a list: where it begins, how many records it holds, and what tells one record from the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PAGE_SIZE = 200  # the most that Zoho gives at once


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the position of its first record, counted from 1, and how many records."""

    index: int
    size: int

    @property
    def number(self) -> int:
        """Its number, for lists that count pages (V3)."""
        return (self.index - 1) // self.size + 1

    @property
    def end(self) -> int:
        """The position of its last record."""
        return self.index + self.size - 1

    def following(self, size: int, *, overlap: int = 1, numbered: bool) -> "Page":
        """The page of at most *size* that begins with the last *overlap* records of this one.

        A numbered page begins there or as near before it as its number lets. Where no such page goes on beyond this
        one it overlaps by less. Very small ones may find none at all: then the next one, which does not join.
        """
        before = max(0, self.end - overlap)
        if not numbered:
            return Page(before + 1, size)
        part = max(range(size, 1, -1), key=lambda part: (before // part + 1) * part)
        farthest = Page(before // part * part + 1, part)
        if farthest.end > self.end:
            return farthest
        if overlap > 1:
            return self.following(size, overlap=overlap // 2, numbered=True)
        return Page(self.end // size * size + 1, size)


@dataclass(slots=True)
class Largest:
    """The most records that a page of several lists held: a server that caps pages gives no fewer than that."""

    records: int = 0


def identify(record: Any) -> str | None:
    """What tells a record from all others of its list, or None where it bears no id."""
    if not isinstance(record, dict):
        return None
    identity = record.get("id_string") or record.get("id")
    return str(identity) if isinstance(identity, str | int) and identity != "" else None


def identities(records: Sequence[Any]) -> list[str | None]:
    """What identifies each record of a page; at once where all bear Zoho's ``id_string``, as most lists do.

    An id that different records of one page bear tells nothing apart: there it is None.
    """
    try:
        names: list[str | None] = [record["id_string"] for record in records]
    except (KeyError, TypeError):
        names = [identify(record) for record in records]
    else:
        if set(map(type, names)) != {str} or "" in names:
            names = [identify(record) for record in records]
    return names if len(set(names)) == len(names) else _unshared(records, names)


def _unshared(records: Sequence[Any], names: list[str | None]) -> list[str | None]:
    firsts: dict[str | None, Any] = {}
    shared = {name for record, name in zip(records, names, strict=True) if record != firsts.setdefault(name, record)}
    return [None if name in shared else name for name in names]


def share_ids(records: Sequence[Any], names: Sequence[str | None]) -> int:
    """How many of a page's records bear an id that different ones of it bear."""
    if None not in names:
        return 0
    return sum(name is None and identify(record) is not None for record, name in zip(records, names, strict=True))
