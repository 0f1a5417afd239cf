"""The calls for the pages of a list."""

from zbt_notebook.client.lists.pager import PAGE_SIZE, Ask
from zbt_notebook.client.rest import api, endpoints
from zbt_notebook.client.rest.api import ApiCall


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


def page_call(call: ApiCall, paging: str | None, ask: Ask) -> ApiCall:
    """The call for one page of a list."""
    if paging == "page":
        return call.with_params(page=ask.page, per_page=ask.size)
    return call.with_params(index=ask.index, range=ask.size) if paging else call
