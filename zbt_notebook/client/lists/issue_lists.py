"""Lists the issues of many projects at once, for what V3 tells of one issue at a time."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.page_calls import page_call
from zbt_notebook.client.lists.pager import Ask, Pager
from zbt_notebook.client.lists.worker_pool import Line, Stopped, WorkerPool
from zbt_notebook.client.progress import Snapshot
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

_PATIENCE = 0.1  # seconds between two looks at Ctrl-C


def list_issues(
    client: ApiClient, calls: Sequence[ApiCall], told: Callable[[Snapshot], None], *, size: int
) -> list[list[Any] | ApiError]:
    """The issues that each call lists, or what refuses them; *told* is how far it is, *size* how many go at once.

    Raise what refuses all of them: the rate limit, the sign-in, the network.
    """
    began, waiting, pages = time.monotonic(), 0.0, 0

    def fetch(line: Line, ask: Ask) -> tuple[Sequence[Any], bool | None]:
        def wait(seconds: float) -> None:
            nonlocal waiting
            waiting = seconds
            if crew.stopped:
                raise Stopped

        nonlocal waiting, pages
        page = client.fetch(page_call(line.subject, "page", ask), Lane(waiting=wait, gives_way=True))
        waiting, pages = 0.0, pages + 1
        return page.records or (), page.next is not None

    lines = [Line(lambda _: Pager(numbered=True), call, position) for position, call in enumerate(calls)]
    found: list[list[Any]] = [[] for _ in lines]
    with WorkerPool(lines, fetch, size=max(1, size)) as crew:
        while not crew.finished:
            for line, records in crew.collect(_PATIENCE):
                found[line.position] += records
            if crew.failure is not None:
                raise crew.failure.with_traceback(None)
            seconds = time.monotonic() - began
            told(Snapshot("issues to look into", sum(map(len, found)), pages, seconds=seconds, waiting=waiting))
    return [line.error or issues for line, issues in zip(lines, found, strict=True)]
