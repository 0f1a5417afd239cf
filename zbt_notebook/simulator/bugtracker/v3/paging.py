"""Pages in V3: ``page`` is mandatory, and every envelope tells whether there is more."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import DEFAULT_RANGE, MOST_PER_PAGE, NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Json, Whole
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Handler, Route

Row = TypeVar("Row")

PAGE = (
    Parameter("page", Whole(1), required=True, about="Counted from 1."),
    Parameter("per_page", Whole(1), about="100 unless told, 200 at most."),
)
_DETAILS = {
    "comments": "comment",
    "attachments": "attachment_details",
    "activities": "activity_details",
    "followers": "issue_follower",
    "resolution": "resolution_details",
}


def listed(path: str, scope: str, handler: Handler, about: str, returns: Json, *query: Parameter) -> Route:
    """GET of a list: in pages, and 204 where the switches want it so of an empty one."""
    return Route("GET", path, scope, handler, about, query=(*PAGE, *query), returns=returns, empty=True)


def bare(call: Call, rows: Sequence[Row], shape: Callable[[Row], Json]) -> Answer:
    """Answer with a page as a bare array."""
    page, size = _wanted(call)
    return _answer(call, [shape(row) for row in rows[(page - 1) * size : page * size]])


def enveloped(call: Call, name: str, rows: Sequence[Row], shape: Callable[[Row], Json]) -> Answer:
    """Answer with a page in its envelope, ``page_info`` beside it in the dress that the switches ask for."""
    chosen, page_info = described(call, rows)
    if not chosen and call.switches.empty_v3_list_as == "204":
        return NOTHING
    return Answer(200, {envelope_key(call, name): [shape(row) for row in chosen], "page_info": page_info})


def described(call: Call, rows: Sequence[Row]) -> tuple[Sequence[Row], Json | list[Json]]:
    """Cut a page, and describe it as ``page_info`` does."""
    page, size = _wanted(call)
    shown = rows[(page - 1) * size : page * size]
    more = page < ceil(len(rows) / size)
    told: Json = {"page": page, "per_page": size}
    if call.switches.page_count_in_page_info:
        told["page_count"] = len(shown)
    told["has_next_page"] = str(more).lower() if call.switches.has_next_page_as == "string" else more
    return shown, [told] if call.switches.page_info_as == "array" else told


def envelope_key(call: Call, name: str) -> str:
    """The key under which a list comes, in the spelling that the switches ask for."""
    return _DETAILS.get(name, name) if call.switches.v3_envelope_keys == "details" else name


def _wanted(call: Call) -> tuple[int, int]:
    size: int = call.values.get("per_page", DEFAULT_RANGE)
    if size > MOST_PER_PAGE and call.switches.range_over_max == "refuse":
        raise refusals.invalid_value("per_page")
    page: int = call.values.get("page", 1)
    return page, min(size, MOST_PER_PAGE)


def _answer(call: Call, shown: list[Json]) -> Answer:
    return NOTHING if not shown and call.switches.empty_v3_list_as == "204" else Answer(200, shown)
