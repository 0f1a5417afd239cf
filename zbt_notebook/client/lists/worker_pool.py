"""Fetches the pages of many lists, with threads or without, and hands them over in the order of the lists.

A list that broke off midway is never a result: its failure ends the run. A list that refuses its first page, as a
project does that is closed to this user or gone, is set aside, and the others go on.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from zbt_notebook.client.errors import ApiError, RateLimited, ScopeMissing, TokenRejected, Unreachable
from zbt_notebook.client.lists.page import Page
from zbt_notebook.client.lists.pager import Pager

_ENOUGH_FAILURES = 8  # lists refused in the same words before the first success: it is the question that is wrong


class Stopped(Exception):
    """The pool was stopped while a call waited for a free slot."""


@dataclass(slots=True)
class PagedList:
    """One list: how to page it, and what became of it."""

    open: Callable[[int | None], Pager]  # given how many rows are still wanted
    subject: Any = None
    position: int = 0
    pager: Pager | None = None
    error: ApiError | None = None  # why it refused its first page
    broken: ApiError | Unreachable | None = None  # what a later page met while the first one is still to come
    key: str = ""  # under which its first page held its records
    flying: set[Page] = field(default_factory=set)

    @property
    def done(self) -> bool:
        """Whether nothing more is to be fetched."""
        return self.error is not None or (self.pager is not None and self.pager.done)

    @property
    def held(self) -> int:
        """Pages sent for and not handed over."""
        return self.pager.held if self.pager else 0


Fetch = Callable[[PagedList, Page], tuple[Sequence[Any], bool | None]]
"""Fetches one page: its records, and whether the server says that there is more (None where it does not say)."""


_FAULTS_OF_THE_SERVER = {"INTERNAL_SERVER_ERROR", "6500"}


def refuses(error: BaseException) -> bool:
    """Whether a list refuses this user, rather than the server or the sign-in having failed."""
    if not isinstance(error, ApiError) or isinstance(error, (RateLimited, TokenRejected, ScopeMissing)):
        return False
    if 200 <= error.status < 300:  # noqa: PLR2004  Zoho refuses, and fails, under 200 too
        return error.code not in _FAULTS_OF_THE_SERVER
    return 400 <= error.status < 500  # noqa: PLR2004  RFC 9110 §15.5


class WorkerPool:
    """*size* threads fetch pages of the lists, never more than twice as many pages ahead of whoever collects.

    With *eager* off no page is fetched before the lists ahead of it are complete, so none is fetched in vain. Without
    threads (*size* 0) ``collect`` fetches by itself, one page at a time.
    """

    def __init__(
        self, lists: Sequence[PagedList], fetch: Fetch, *, size: int, eager: bool = True, wanted: int | None = None
    ) -> None:
        self.failure: BaseException | None = None
        self.finished = False
        self._lists = lists
        self._fetch = fetch
        self._size = size
        self._ahead = max(1, 2 * size - 1) if eager else 1  # and one of the first list, which never waits for others
        self._eager = eager
        self._wanted = wanted  # rows still wanted, where that is limited
        self._head = 0
        self._stopped = False
        self._succeeded = False
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        for number in range(self._size if self._eager else min(self._size, 1)):
            threading.Thread(target=self._work, name=f"zbt-pull-{number}", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Fetch nothing more. What is under way is not waited for; it will be fetched again."""
        with self._changed:
            self._stopped = True
            for listed in self._lists:
                listed.broken = None
                for page in sorted(listed.flying, key=lambda page: -page.index):
                    if listed.pager is not None:
                        listed.pager.give_back(page)
                listed.flying.clear()
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped

    def collect(self, patience: float) -> list[tuple[PagedList, list[Any]]]:
        """The records that can be handed over now, in order; wait up to *patience* seconds for some."""
        with self._changed:
            batch = self._hand_over()
            if not batch and not self.finished and self.failure is None and self._size:
                self._changed.wait(patience)
                batch = self._hand_over()
            if batch:
                self._changed.notify_all()
            job = None if batch or self._size or self.finished or self.failure else self._due()
        if job is None:
            return batch
        self._do(*job)
        with self._changed:
            return self._hand_over()

    def _hand_over(self) -> list[tuple[PagedList, list[Any]]]:
        batch: list[tuple[PagedList, list[Any]]] = []
        while self._head < len(self._lists):
            listed = self._lists[self._head]
            if listed.pager is None:
                listed.pager = listed.open(self._wanted)
            if records := listed.pager.ready():
                batch.append((listed, records))
                if self._wanted is not None:
                    self._wanted -= len(records)
            if not listed.done:
                return batch
            self._head += 1
            self._changed.notify_all()
            if self._wanted is not None and self._wanted <= 0:
                break
        self.finished = True
        return batch

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._do(*job)
        except BaseException as error:  # noqa: BLE001  without a word of it whoever collects would wait for ever
            with self._changed:
                self.failure = self.failure or error
                self._changed.notify_all()

    def _do(self, listed: PagedList, page: Page) -> None:
        try:
            records, more = self._fetch(listed, page)
        except BaseException as error:  # noqa: BLE001  handed to whoever collects
            self._failed(listed, page, error)
        else:
            self._came(listed, page, records, more=more)

    def _next(self) -> tuple[PagedList, Page] | None:
        with self._changed:
            while not self._stopped and not self.finished and self.failure is None:
                if job := self._due():
                    return job
                self._changed.wait()
        return None

    def _due(self) -> tuple[PagedList, Page] | None:
        """The next page to fetch, of the first list that has one, unless too many pages wait to be collected."""
        held = sum(listed.held for listed in self._lists[self._head :])
        for listed in self._lists[self._head :]:
            first = listed is self._lists[self._head]
            if not first and (held >= self._ahead or not self._eager):
                return None
            if listed.pager is None:
                listed.pager = listed.open(self._wanted)
            if (
                listed.error is None
                and listed.broken is None
                and listed.pager.has_next
                and (held < self._ahead or listed.held == 0)
            ):
                page = listed.pager.next_page()
                if page is not None:
                    listed.flying.add(page)
                    return listed, page
        return None

    def _came(self, listed: PagedList, page: Page, records: Sequence[Any], *, more: bool | None) -> None:
        with self._changed:
            if self._stopped or page not in listed.flying or listed.pager is None:
                return
            listed.flying.discard(page)
            self._succeeded = True
            try:
                listed.pager.take(page, records, more=more)
            except ApiError as error:  # the pages make no list
                listed.pager.give_back(page)
                self.failure = self.failure or error
            self.failure = self.failure or listed.broken
            self._changed.notify_all()

    def _failed(self, listed: PagedList, page: Page, error: BaseException) -> None:
        with self._changed:
            if self._stopped or page not in listed.flying or listed.pager is None:
                return
            listed.flying.discard(page)
            listed.pager.give_back(page)
            if (
                not listed.pager.began
                and page.index != listed.pager.start
                and isinstance(error, (ApiError, Unreachable))
            ):
                listed.broken = error  # the first page tells whether the list refuses or breaks off
            elif not listed.pager.began and isinstance(error, ApiError) and refuses(error):
                listed.error = error
                self.failure = self.failure or (error if self._is_hopeless(error) else None)
            else:
                self.failure = self.failure or error
            self._changed.notify_all()

    def _is_hopeless(self, error: ApiError) -> bool:
        if self._succeeded:
            return False
        alike = [listed for listed in self._lists if listed.error and listed.error.code == error.code]
        return len(alike) >= _ENOUGH_FAILURES
