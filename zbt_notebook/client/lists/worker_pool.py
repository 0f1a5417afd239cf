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
    """The pool was told to stop while a call waited for its turn."""


@dataclass(slots=True)
class Line:
    """One list on its way: how to page it, and what became of it."""

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
        """Whether nothing more is to be asked for."""
        return self.error is not None or (self.pager is not None and self.pager.done)

    @property
    def held(self) -> int:
        """Pages asked for and not handed over."""
        return self.pager.held if self.pager else 0


Fetch = Callable[[Line, Page], tuple[Sequence[Any], bool | None]]
"""Fetches one page: its records, and whether the server says that there is more (None where it does not say)."""


_FAULTS_OF_THE_SERVER = {"INTERNAL_SERVER_ERROR", "6500"}


def refuses(error: BaseException) -> bool:
    """Whether a list says no, as it does without the right to it; not a fault of the server's, nor of the sign-in's."""
    if not isinstance(error, ApiError) or isinstance(error, (RateLimited, TokenRejected, ScopeMissing)):
        return False
    if 200 <= error.status < 300:  # noqa: PLR2004  Zoho refuses, and fails, under 200 too
        return error.code not in _FAULTS_OF_THE_SERVER
    return 400 <= error.status < 500  # noqa: PLR2004  RFC 9110 §15.5


class WorkerPool:
    """*size* threads at work on the lines, never more than twice as many pages ahead of whoever collects.

    With *eager* off no page is asked for before the lines ahead of it are through: nothing is fetched in vain. Without
    threads (*size* 0) whoever collects fetches too, a page at a time, when it is wanted.
    """

    def __init__(
        self, lines: Sequence[Line], fetch: Fetch, *, size: int, eager: bool = True, wanted: int | None = None
    ) -> None:
        self.failure: BaseException | None = None
        self.finished = False
        self._lines = lines
        self._fetch = fetch
        self._size = size
        self._ahead = (
            max(1, 2 * size - 1) if eager else 1
        )  # and one for the first line, which must never wait for others
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
        """Ask for nothing more. What is under way is not waited for; it will be asked for again."""
        with self._changed:
            self._stopped = True
            for line in self._lines:
                line.broken = None
                for page in sorted(line.flying, key=lambda page: -page.index):
                    if line.pager is not None:
                        line.pager.give_back(page)
                line.flying.clear()
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped

    def collect(self, patience: float) -> list[tuple[Line, list[Any]]]:
        """What can be handed over now, in order; waits for it, but not longer than *patience* seconds."""
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

    def _hand_over(self) -> list[tuple[Line, list[Any]]]:
        batch: list[tuple[Line, list[Any]]] = []
        while self._head < len(self._lines):
            line = self._lines[self._head]
            if line.pager is None:
                line.pager = line.open(self._wanted)
            if records := line.pager.ready():
                batch.append((line, records))
                if self._wanted is not None:
                    self._wanted -= len(records)
            if not line.done:
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

    def _do(self, line: Line, page: Page) -> None:
        try:
            records, more = self._fetch(line, page)
        except BaseException as error:  # noqa: BLE001  handed to whoever collects
            self._failed(line, page, error)
        else:
            self._came(line, page, records, more=more)

    def _next(self) -> tuple[Line, Page] | None:
        with self._changed:
            while not self._stopped and not self.finished and self.failure is None:
                if job := self._due():
                    return job
                self._changed.wait()
        return None

    def _due(self) -> tuple[Line, Page] | None:
        """The next page to ask for: of the first line that can, as long as not too much lies about."""
        held = sum(line.held for line in self._lines[self._head :])
        for line in self._lines[self._head :]:
            first = line is self._lines[self._head]
            if not first and (held >= self._ahead or not self._eager):
                return None
            if line.pager is None:
                line.pager = line.open(self._wanted)
            if (
                line.error is None
                and line.broken is None
                and line.pager.has_next
                and (held < self._ahead or line.held == 0)
            ):
                page = line.pager.next_page()
                if page is not None:
                    line.flying.add(page)
                    return line, page
        return None

    def _came(self, line: Line, page: Page, records: Sequence[Any], *, more: bool | None) -> None:
        with self._changed:
            if self._stopped or page not in line.flying or line.pager is None:
                return
            line.flying.discard(page)
            self._succeeded = True
            try:
                line.pager.take(page, records, more=more)
            except ApiError as error:  # the pages make no list
                line.pager.give_back(page)
                self.failure = self.failure or error
            self.failure = self.failure or line.broken
            self._changed.notify_all()

    def _failed(self, line: Line, page: Page, error: BaseException) -> None:
        with self._changed:
            if self._stopped or page not in line.flying or line.pager is None:
                return
            line.flying.discard(page)
            line.pager.give_back(page)
            if not line.pager.began and page.index != line.pager.start and isinstance(error, (ApiError, Unreachable)):
                line.broken = error  # the first page tells whether the list refuses or breaks off
            elif not line.pager.began and isinstance(error, ApiError) and refuses(error):
                line.error = error
                self.failure = self.failure or (error if self._is_hopeless(error) else None)
            else:
                self.failure = self.failure or error
            self._changed.notify_all()

    def _is_hopeless(self, error: ApiError) -> bool:
        if self._succeeded:
            return False
        alike = [line for line in self._lines if line.error and line.error.code == error.code]
        return len(alike) >= _ENOUGH_FAILURES
