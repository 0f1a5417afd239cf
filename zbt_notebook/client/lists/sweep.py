"""One way through a list from its beginning, and the ways in which it cannot be gone."""

from collections.abc import Sequence
from typing import Any

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.lists.page import Ask


class Sweep:
    """How far one way through the list, from its beginning, has come without a gap."""

    __slots__ = (
        "at",
        "beginning",
        "end",
        "first",
        "idle",
        "looking_from",
        "looks_back",
        "overlap",
        "page",
        "page_again",
        "reached",
        "steps_back",
        "until",
    )

    def __init__(self, until: Sequence[Any] = ()) -> None:
        self.until = until  # records of which one, as it was, tells that all behind it has come
        self.beginning: Sequence[Any] = ()  # the first page
        self.reached: set[str | None] = set()
        self.at: Ask | None = None  # the page that it waits for
        self.end = 0  # the position where it is
        self.overlap = 1  # records that the next page has in common with what was reached
        self.steps_back = 0
        self.idle = 0
        self.first: list[str | None] | None = None  # what the first page held when it was looked at last
        self.looking_from: Ask | None = None  # where to go on once the first page has been looked at again
        self.looks_back = 0
        self.page: list[str | None] = []  # what the page before held …
        self.page_again = False  # … and whether the last one held the same


def repeated(ask: Ask) -> ApiError:
    """The error where the same page comes again and again."""
    return ApiError(
        f"the server gives the same page again when it is asked for the records from {ask.index:,} on",
        hint="It does not look at index or page, so the rest of the list cannot be read.",
    )


def torn(ask: Ask) -> ApiError:
    """The error where records go faster than they can be read."""
    return ApiError(
        f"the list lost records near {ask.index:,} faster than it could be read: some may be missing",
        hint="Read it again when less is deleted.",
    )
