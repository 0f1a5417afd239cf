"""Pages in V3: ``page`` is mandatory, and every envelope tells whether there is more."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import DEFAULT_RANGE, MOST_PER_PAGE, NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.parameters import Json, Parameter, Whole

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


def bare(call: Call, rows: Sequence[Row], shape: Callable[[Row], Json]) -> Answer:
    """Answer with a page as a bare array."""
    page, size = _wanted(call)
    return _answer(call, [shape(row) for row in rows[(page - 1) * size : page * size]])


def enveloped(call: Call, name: str, rows: Sequence[Row], shape: Callable[[Row], Json]) -> Answer:
    """Answer with a page in its envelope, ``page_info`` beside it in the dress that the switches ask for."""
    page, size = _wanted(call)
    shown = [shape(row) for row in rows[(page - 1) * size : page * size]]
    if not shown and call.switches.empty_v3_list_as == "204":
        return NOTHING
    more = page < ceil(len(rows) / size)
    described: Json = {"page": page, "per_page": size}
    if call.switches.page_count_in_page_info:
        described["page_count"] = len(shown)
    described["has_next_page"] = str(more).lower() if call.switches.has_next_page_as == "string" else more
    key = envelope_key(call, name)
    return Answer(200, {key: shown, "page_info": [described] if call.switches.page_info_as == "array" else described})


def envelope_key(call: Call, name: str) -> str:
    """The key under which a list comes, in the spelling that the switches ask for."""
    return _DETAILS.get(name, name) if call.switches.v3_envelope_keys == "details" else name


def _wanted(call: Call) -> tuple[int, int]:
    size: int = call.values.get("per_page", DEFAULT_RANGE)
    if size > MOST_PER_PAGE and call.switches.range_over_max == "refuse":
        raise refusals.invalid_value("per_page")
    page: int = call.values["page"]
    return page, min(size, MOST_PER_PAGE)


def _answer(call: Call, shown: list[Json]) -> Answer:
    return NOTHING if not shown and call.switches.empty_v3_list_as == "204" else Answer(200, shown)
