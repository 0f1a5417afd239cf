"""Answers kept in memory for ``--cache``, by connection; they end with the kernel."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zbt_notebook.client.rest.api import ApiCall, Page

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection

Kept = tuple[Page, int]
"""What is kept of an answer: one page, or all pages as one, and how many there were."""

MOST = 64  # answers; the oldest goes


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    connection: "Connection"
    answer: Kept = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResponseCache:
    """Answers by what was asked. What is taken out is a copy: changing it changes nothing here."""

    clock: Callable[[], float]
    kept: dict[str, _Kept] = field(default_factory=dict)

    def find(self, connection: "Connection", call: ApiCall, extent: str, not_older: float) -> tuple[float, Kept] | None:
        """Give the age in seconds and the answer, or None where nothing that fresh is there."""
        kept = self.kept.get(_key(connection, call, extent))
        if kept is None or kept.connection is not connection:
            return None
        age = self.clock() - kept.at
        return (age, deepcopy(kept.answer)) if age <= not_older else None

    def keep(self, connection: "Connection", call: ApiCall, extent: str, answer: Kept) -> None:
        """Remember an answer."""
        key = _key(connection, call, extent)
        self.kept.pop(key, None)
        self.kept[key] = _Kept(self.clock(), connection, deepcopy(answer))
        while len(self.kept) > MOST:
            del self.kept[next(iter(self.kept))]

    def forget(self, connection: "Connection") -> None:
        """Drop what came over a connection."""
        for key in [key for key, kept in self.kept.items() if kept.connection is connection]:
            del self.kept[key]


def _key(connection: "Connection", call: ApiCall, extent: str) -> str:
    return repr((connection.name, call.path, call.params, call.headers, extent))
