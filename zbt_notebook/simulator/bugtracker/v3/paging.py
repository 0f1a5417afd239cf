"""Pages in V3: every envelope tells whether there is more, in one of many dresses."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import MOST_PER_PAGE, NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Json, Whole
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Handler, Route

Row = TypeVar("Row")

_SIZE = Parameter("per_page", Whole(1), about="100 unless told, 200 at most.")
PAGE = (Parameter("page", Whole(1), required=True, about="Counted from 1."), _SIZE)
# Lists that answered without it too
FREE_PAGE = (Parameter("page", Whole(1), about="Counted from 1; calls without it were answered."), _SIZE)
_DETAILS = {
    "comments": "comment",
    "attachments": "attachment_details",
    "activities": "activity_details",
    "followers": "issue_follower",
}


def listed(
    path: str,
    scope: str,
    handler: Handler,
    about: str,
    returns: Json,
    *query: Parameter,
    page: tuple[Parameter, ...] = PAGE,
    **further: Any,
) -> Route:
    """GET of a list: in pages, and 204 where the switches want it so of an empty one."""
    return Route("GET", path, scope, handler, about, query=(*page, *query), returns=returns, empty=True, **further)


def bare(call: Call, rows: Sequence[Row], shape: Callable[[Row], Json]) -> Answer:
    """Answer with a page as a bare array."""
    chosen, _ = cut(call, rows)
    if not chosen and call.switches.empty_v3_list_as == "204":
        return NOTHING
    return Answer(200, [shape(row) for row in chosen])


def enveloped(
    call: Call, name: str, rows: Sequence[Row], shape: Callable[[Row], Json], *, most: int = MOST_PER_PAGE
) -> Answer:
    """Answer with a page in its envelope, ``page_info`` beside it in the dress that the switches ask for."""
    chosen, page_info = cut(call, rows, most=most)
    if not chosen and call.switches.empty_v3_list_as == "204":
        return NOTHING
    return Answer(200, {envelope_key(call, name): [shape(row) for row in chosen], **page_info})


def cut(call: Call, rows: Sequence[Row], *, most: int = MOST_PER_PAGE) -> tuple[Sequence[Row], Json]:
    """Cut a page, and describe it as ``page_info`` does; which may be missing."""
    switches = call.switches
    size: int = call.values.get("per_page", switches.v3_default_per_page)
    if size > most and switches.range_over_max == "refuse":
        raise refusals.invalid_value("per_page")
    size = min(size, most)
    page: int = call.values.get("page", 1)
    shown = rows[(page - 1) * size : page * size]
    if switches.page_info_as == "none":
        return shown, {}
    more = page * size < len(rows)
    page_info: Json = {"page": page, "per_page": size}
    if switches.page_count_as != "none":
        page_info[switches.page_count_as] = len(shown)
    page_info["has_next_page"] = str(more).lower() if switches.has_next_page_as == "string" else more
    return shown, {"page_info": [page_info] if switches.page_info_as == "array" else page_info}


def envelope_key(call: Call, name: str) -> str:
    """The key under which a list comes, in the spelling that the switches ask for."""
    return _DETAILS.get(name, name) if call.switches.v3_envelope_keys == "details" else name
