"""How far one reading of a list from its beginning has come, whether its rows keep their order, and what ends it."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.lists.page import Page

_GONE_AT_ONCE = 2  # records at the end of what was read that may be deleted before the next page comes


class Sweep:
    """How far one reading of a list, from its beginning, has come without a gap."""

    __slots__ = (
        "_first",
        "_last",
        "at",
        "before",
        "beginning",
        "came_again",
        "end",
        "first",
        "idle",
        "is_disordered",
        "overlap",
        "reached",
        "rereads",
        "resume_at",
        "steps_back",
        "until",
    )

    def __init__(self, until: Sequence[Any] = ()) -> None:
        self.until = until  # it ends where one of these records comes unchanged
        self.beginning: Sequence[Any] = ()  # the first page
        self.reached: dict[str | None, int] = {}  # the ids that came without a gap, each with its rank …
        self._first, self._last = 0, -1  # … from the first to the last
        self.is_disordered = False  # records have changed places, so pages that join prove nothing
        self.at: Page | None = None  # the page it waits for
        self.end = 0  # the position of the last record read
        self.overlap = 1  # records of the next page that are known already
        self.steps_back = 0
        self.idle = 0
        self.first: list[str | None] | None = None  # what the first page held when it was last fetched
        self.resume_at: Page | None = None  # where to go on once the first page has been fetched again
        self.rereads = 0
        self.before: list[str | None] = []  # what the page before held …
        self.came_again = False  # … and whether the last one held the same

    def knows_any(self, names: Sequence[str | None]) -> bool:
        """Whether a page joins what came before; else records between them may be missing."""
        return not self.reached.keys().isdisjoint(names)

    def reach(self, names: Sequence[str | None]) -> None:
        """Take the ids of a page in their order; those that are known keep their rank."""
        for name in reversed(self._added_before(names) if self.knows_any(names) else ()):
            if name is not None:
                self._first -= 1
                self.reached[name] = self._first
        for name in names:
            if name is not None and name not in self.reached:
                self._last += 1
                self.reached[name] = self._last

    def keeps_order(self, names: Sequence[str | None], *, is_last: bool) -> bool:
        """Whether a page that joins goes on in the order in which records came before.

        What is known comes in that order. What is new before it was added at the list's beginning; what is new behind
        it, or the list's end, comes where the page before ended, but for a record or two that may be deleted there.
        """
        page = list(dict.fromkeys(names))
        ranks = [self.reached.get(name) for name in page]
        known = [rank for rank in ranks if rank is not None]
        if not known:
            return True
        added = len(self._added_before(page))
        stands_together = known == ranks[added : added + len(known)] and known == sorted(known)
        begins = not added or known[0] - self._first <= _GONE_AT_ONCE
        ends = added + len(known) == len(ranks) and not is_last
        return stands_together and begins and (ends or self._last - known[-1] <= _GONE_AT_ONCE)

    def _added_before(self, names: Iterable[str | None]) -> list[str | None]:
        return list(takewhile(lambda name: name not in self.reached, names))


def repeated(page: Page) -> ApiError:
    """The error where the same page comes again and again."""
    return ApiError(
        f"the server gives the same page again when it is asked for the records from {page.index:,} on",
        hint="It does not look at index or page, so the rest of the list cannot be read.",
    )


def reordered() -> ApiError:
    """The error where records change places whenever the list is read."""
    return ApiError(
        "the list changed its order whenever it was read: some records may be missing",
        hint="Read it again when less is changed.",
    )


def torn(page: Page) -> ApiError:
    """The error where records are deleted faster than they can be read."""
    return ApiError(
        f"the list lost records near {page.index:,} faster than it could be read: some may be missing",
        hint="Read it again when less is deleted.",
    )
