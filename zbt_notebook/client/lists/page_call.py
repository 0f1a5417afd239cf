"""The call for one page of a list, and its answer read as records."""

from collections.abc import Sequence
from typing import Any

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.gc_pause import gc_paused
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.page import PAGE_SIZE, Page
from zbt_notebook.client.lists.worker_pool import PagedList
from zbt_notebook.client.rest import api, endpoints
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient


def paging_of(call: ApiCall) -> str | None:
    """How a list is paged: "index", "page" or, where it comes whole, None."""
    endpoint = endpoints.match(call.method, call.path)
    return endpoint.paging if endpoint else api.paging_by_path(call.path)


def beginning(call: ApiCall, paging: str | None) -> tuple[int, int]:
    """Where the user wants to begin, and how large the pages are to be."""
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
    with gc_paused():
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
