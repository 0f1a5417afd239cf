"""How far one reading of a list from its beginning has come, and the two errors that end it."""

from collections.abc import Sequence
from typing import Any

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.lists.page import Page


class Sweep:
    """How far one reading of a list, from its beginning, has come without a gap."""

    __slots__ = (
        "at",
        "before",
        "beginning",
        "came_again",
        "end",
        "first",
        "idle",
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
        self.reached: set[str | None] = set()
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


def repeated(page: Page) -> ApiError:
    """The error where the same page comes again and again."""
    return ApiError(
        f"the server gives the same page again when it is asked for the records from {page.index:,} on",
        hint="It does not look at index or page, so the rest of the list cannot be read.",
    )


def torn(page: Page) -> ApiError:
    """The error where records are deleted faster than they can be read."""
    return ApiError(
        f"the list lost records near {page.index:,} faster than it could be read: some may be missing",
        hint="Read it again when less is deleted.",
    )
