"""Fetches the pages of a list: one call for each, and short lists whole, many at once.

A pull reads so what it has to know before it begins: the portals, the projects, the issues of many projects.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.limits.rate_limit import INTERACTIVE, Lane
from zbt_notebook.client.lists.page import PAGE_SIZE, Largest, Page
from zbt_notebook.client.lists.pager import Pager
from zbt_notebook.client.lists.sweep import reordered
from zbt_notebook.client.lists.worker_pool import PagedList, Stopped, WorkerPool
from zbt_notebook.client.progress import OnProgress, Snapshot
from zbt_notebook.client.rest import api, endpoints
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

_PATIENCE = 0.1  # seconds between two looks at Ctrl-C


def paging_of(call: ApiCall) -> str | None:
    """How a list is paged: "index", "page" or, where it comes whole, None."""
    endpoint = endpoints.match(call.method, call.path)
    return endpoint.paging if endpoint else api.paging_by_path(call.path)


def beginning(call: ApiCall, paging: str | None) -> tuple[int, int]:
    """The position of the first record that is wanted, and the size of the pages."""
    endpoint = endpoints.match(call.method, call.path)
    most = min(PAGE_SIZE, endpoint.page_size if endpoint else PAGE_SIZE)
    size = min(most, api.number(call.param("per_page" if paging == "page" else "range"), most))
    if paging == "page":
        return (api.number(call.param("page"), 1) - 1) * size + 1, size
    return api.number(call.param("index"), api.first_index(endpoint)), size


def page_call(call: ApiCall, paging: str | None, page: Page) -> ApiCall:
    """The call for one page of a list."""
    if paging == "page":
        return call.with_params(page=page.number, per_page=page.size)
    return call.with_params(index=page.index, range=page.size) if paging else call


def fetch_page(
    client: ApiClient, listed: PagedList, call: ApiCall, page: Page, lane: Lane
) -> tuple[Sequence[Any], bool | None]:
    """One page: its records, and the server's word on whether there is more (None where it has none).

    Raise ApiError where it refuses or what came cannot be read as this list, NotAList where it is one thing.
    """
    paging = paging_of(call)
    call = api.normalize(page_call(call, paging, page), client.data_center)
    response = client.send(call, lane)
    answer = client.read(response, call)
    records = answer.the_records(call)
    if records and answer.key:
        listed.key = listed.key or answer.key
        if listed.key != answer.key:
            raise ApiError(
                f"{call.method} {call.path}: the list began with {listed.key!r} and goes on with {answer.key!r}",
                hint="These are not records of one list: read it again.",
            )
    return records, answer.more if paging else bool(answer.more)


@dataclass(slots=True)
class Listed:
    """One list, read to its end; ``refused`` is why there is nothing of it."""

    records: list[Any] = field(default_factory=list)
    refused: ApiError | None = None


def read_list(client: ApiClient, call: ApiCall, lane: Lane = INTERACTIVE) -> list[Any]:
    """Every record of one list, in this thread; raise what refuses it, or breaks it off."""
    listed = _paged(api.normalize(call, client.data_center))
    pool = WorkerPool([listed], lambda listed, page: fetch_page(client, listed, listed.subject, page, lane), size=0)
    records: list[Any] = []
    with pool:
        while not pool.finished:
            for _, came in pool.collect(_PATIENCE):
                records += came
            if pool.failure is not None:
                raise pool.failure.with_traceback(None)
    if refused := _refused(listed):
        raise refused.with_traceback(None)
    return records


def read_lists(client: ApiClient, calls: Sequence[ApiCall], on_progress: OnProgress, *, size: int) -> list[Listed]:
    """What each call lists, or why it refuses; *on_progress* hears how far it is, *size* how many go at once.

    Raise what ends them all: the rate limit, the sign-in, the network, a list that broke off midway.
    """
    began, waiting, pages = time.monotonic(), 0.0, 0

    def fetch(listed: PagedList, page: Page) -> tuple[Sequence[Any], bool | None]:
        def wait(seconds: float) -> None:
            nonlocal waiting
            waiting = seconds
            if pool.stopped:
                raise Stopped

        return fetch_page(client, listed, listed.subject, page, Lane(waiting=wait, yields=True))

    largest = Largest()
    lists = [_paged(call, position, largest) for position, call in enumerate(calls)]
    results = [Listed() for _ in lists]
    with WorkerPool(lists, fetch, size=max(1, size)) as pool:
        while not pool.finished:
            for listed, records in pool.collect(_PATIENCE):
                results[listed.position].records += records
                waiting, pages = 0.0, pages + 1
            if pool.failure is not None:
                raise pool.failure.with_traceback(None)
            seconds, rows = time.monotonic() - began, sum(len(one.records) for one in results)
            on_progress(Snapshot("issues", rows, pages, seconds=seconds, waiting=waiting))
    for listed in lists:
        results[listed.position].refused = _refused(listed)
    return results


def _refused(listed: PagedList) -> ApiError | None:
    """Why what came is no whole list; None where it is one."""
    unsure = listed.pager is not None and listed.pager.disordered
    return reordered() if unsure and listed.error is None else listed.error


def _paged(call: ApiCall, position: int = 0, largest: Largest | None = None) -> PagedList:
    paging = paging_of(call)
    start, size = beginning(call, paging)
    return PagedList(
        lambda _: Pager(size=size, start=start, numbered=paging == "page", largest=largest), call, position
    )
