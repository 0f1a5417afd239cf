"""What else hangs on an issue: followers, resolution, activities, the history of its status."""

from dataclasses import dataclass
from typing import Any

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.bug_writing import resolve, touch
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.classic.activities import activities
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, Text
from zbt_notebook.simulator.bugtracker.parameters import ListOf, ManyOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, paged
from zbt_notebook.simulator.bugtracker.v3.issue_query import SortBy
from zbt_notebook.simulator.bugtracker.v3.paging import FREE_PAGE, PAGE, enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import I31, I
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data.portal import STATUSES
from zbt_notebook.simulator.data.rows import Activity, Bug

_LINKS = ManyOf((Parameter("zpuid", Identifier(), required=True),))


def list_followers(call: Call) -> Answer:
    """List followers."""
    return enveloped(call, "followers", call.bug.followers, lambda member: person(call, member))


def add_followers(call: Call) -> Answer:
    """Add followers; under which key they are sent, accounts disagree."""
    name, zpuids = call.values["followers"]
    if call.switches.followers_body not in {name, "both"}:
        raise refusals.extra_key(name)
    return _follow(call, [call.store.find_member(zpuid, "Follower").id for zpuid in zpuids])


@dataclass(frozen=True, slots=True)
class Followers:
    """``followers`` as links, or ``follower_ids`` as ids."""

    def read(self, name: str, value: object) -> tuple[str, list[int]]:
        """Give the key that was used, and the zpuids."""
        if name == "follower_ids":
            return name, ListOf(Identifier()).read(name, value)
        return name, [link["zpuid"] for link in _LINKS.read(name, value)]

    def schema(self) -> Json:
        """An array of links."""
        return _LINKS.schema()


def _follow(call: Call, ids: list[int]) -> Answer:
    bug = call.bug
    known = tuple(dict.fromkeys((*bug.followers, *ids)))
    changed = touch(call, bug, "added followers", followers=known)
    return Answer(200, [person(call, member) for member in changed.followers])


def follow(call: Call) -> Answer:
    """Follow the issue oneself."""
    return _follow(call, [call.user.id])


def unfollow(call: Call) -> Answer:
    """Follow the issue no longer."""
    bug = call.bug
    touch(call, bug, "removed followers", followers=tuple(one for one in bug.followers if one != call.user.id))
    return NOTHING


def _resolution(bug: Bug) -> Json:
    fields: Json = {"resolution": bug.resolution} if bug.resolution else {}
    return {"issue_resolution": fields}


def get_resolution(call: Call) -> Answer:
    """Show how it was resolved; without ``resolution`` where it was not, or is no longer."""
    return Answer(200, _resolution(call.bug))


def set_resolution(call: Call) -> Answer:
    """Say how it was resolved, and give it a status with it."""
    bug = resolve(call)
    return Answer(200, _resolution(bug))


def delete_resolution(call: Call) -> Answer:
    """Take the resolution back."""
    touch(call, call.bug, "removed the resolution", resolution="", resolved_by=0, resolved_ms=None)
    return NOTHING


def _activity(call: Call, row: Activity) -> Json:
    return {
        "id": str(row.id),
        "time": dates.iso(row.at_ms),
        "user": {**person(call, row.author), "display_name": call.name(row.author)},
        "activity": row.state,
        "field": {"field_name": "name", "new_value": row.name},
    }


def list_activities(call: Call) -> Answer:
    """List what happened."""
    rows = activities(call, call.bug)
    if "sort_by" in call.values:
        rows = sorted(rows, key=lambda row: (row.at_ms, row.id), reverse=call.values["sort_by"][1])
    return enveloped(call, "activities", rows, lambda row: _activity(call, row))


def _timeline(call: Call, bug: Bug) -> list[Json]:
    """Which status the issue had from when to when."""
    ends = bug.closed_ms
    steps: list[tuple[int, int, int | None]] = [(STATUSES[0].id, bug.created_ms, ends)]
    if ends is not None:
        steps.append((bug.status_id, ends, None))
    return [
        {
            "status": {"id": str(status), "name": call.store.choices[status].name},
            "start_time": dates.iso(start),
            "end_time": None if end is None else dates.iso(end),
        }
        for status, start, end in steps
    ]


def status_transition(call: Call) -> Answer:
    """Tell the history of the status."""
    return Answer(200, {"timeline": _timeline(call, call.bug)})


def status_timeline(call: Call) -> Answer:
    """Tell it in v3.1's word."""
    return Answer(200, {"status_timeline": _timeline(call, call.bug)})


_RESOLUTION: Json = {
    "type": "object",
    "properties": {"issue_resolution": {"type": "object"}},
    "required": ["issue_resolution"],
}
_HOW = (
    Parameter("resolution", Text(shortest=1), required=True),
    Parameter("status_id", Identifier()),
    Parameter("attachment_ids", ListOf(Identifier(), fewest=0)),
)
_WHO = (Parameter("followers", Followers(), required=True, also="follower_ids"),)


def _list_of(name: str) -> Json:
    return {"type": "object", "properties": {name: {"type": "array"}}, "required": [name]}


def _followers(here: str) -> tuple[Route, ...]:
    return (
        listed(
            f"{here}/followers", "bugs.READ", list_followers, "List followers", paged("followers", "Person"), page=PAGE
        ),
        Route(
            "POST",
            f"{here}/followers",
            "bugs.UPDATE",
            add_followers,
            "Add followers",
            body=_WHO,
            returns=array("Person"),
        ),
    )


def _resolve(method: str, here: str) -> Route:
    scope = "bugs.CREATE" if method == "POST" else "bugs.UPDATE"
    return Route(method, f"{here}/resolution", scope, set_resolution, "Resolve", body=_HOW, returns=_RESOLUTION)


_TIMES: Any = SortBy(("created_time",))
ROUTES = (
    *_followers(I),
    *_followers(I31),
    Route("POST", f"{I31}/follow", "bugs.UPDATE", follow, "Follow an issue", returns=array("Person")),
    Route("POST", f"{I31}/unfollow", "bugs.UPDATE", unfollow, "Follow an issue no longer", status=204),
    Route("GET", f"{I}/resolution", "bugs.READ", get_resolution, "Show the resolution", returns=_RESOLUTION),
    _resolve("POST", I),
    _resolve("PUT", I),
    _resolve("PATCH", I31),
    Route("DELETE", f"{I}/resolution", "bugs.DELETE", delete_resolution, "Take the resolution back", status=204),
    listed(
        f"{I}/activities",
        "bugs.READ",
        list_activities,
        "List what happened",
        paged("activities", "V3Activity"),
        Parameter("sort_by", _TIMES),
        page=FREE_PAGE,
    ),
    Route(
        "GET",
        f"{I}/statustransition",
        "bugs.READ",
        status_transition,
        "Tell the history of the status",
        returns=_list_of("timeline"),
    ),
    Route(
        "GET",
        f"{I31}/status-timeline",
        "bugs.READ",
        status_timeline,
        "Tell the history of the status, in v3.1",
        returns=_list_of("status_timeline"),
    ),
)
