"""Plans the pull of a list (bugs, milestones, time logs …) with its filters, so that it can be explained first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.bugs.filters import Filter
from zbt_notebook.client.bugs.query import Query, query, said
from zbt_notebook.client.bugs.resolver import Resolver, Within
from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists.criteria import Criterion, Span
from zbt_notebook.client.lists.discovery import discover
from zbt_notebook.client.lists.fields import CUSTOM
from zbt_notebook.client.lists.kinds import find_kind
from zbt_notebook.client.lists.pull_request import PullRequest, as_names
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.suggestions import there_are

if TYPE_CHECKING:
    from zbt_notebook.client.progress import OnProgress

KINDS = ("bugs", "projects", "milestones", "users", "portals", "tags", "timelogs")
RECENT = timedelta(days=90)  # of time logs, unless a date is said: reading all of them takes minutes
_BY_PROJECT = frozenset({"bugs", "milestones", "timelogs"})
_V3_ALONE = frozenset({"tags", "description"})  # what the classic list of bugs does not tell
_PATHS: Mapping[str, tuple[str, str]] = {
    "projects": ("/restapi/portal/{portal}/projects/", "/api/v3/portal/{portal}/projects"),
    "users": ("/restapi/portal/{portal}/users/", "/api/v3/portal/{portal}/users"),
    "portals": ("/restapi/portals/", "/api/v3/portals"),
    "tags": ("/api/v3/portal/{portal}/tags", "/api/v3/portal/{portal}/tags"),
}


@dataclass(frozen=True, slots=True)
class PlannedList:
    """What is going to be asked for. ``notes`` are for the user: what is assumed."""

    request: PullRequest
    query: Query
    within: Within
    notes: tuple[str, ...] = ()


def listing(
    tracker: Tracker,
    kind: str,
    filters: Sequence[Filter],
    *,
    portal: str = "",
    projects: str | int | Sequence[str | int] = "all",
    limit: int | None = None,
) -> PlannedList:
    """Look every name up, and say what is to be read. Raise UsageError; nothing of the list itself is fetched."""
    if kind not in KINDS:
        raise UsageError(f"there is no list of {kind!r}", hint=there_are(kind, KINDS))
    lookups, names = tracker.lookups, as_names(projects)
    where = lookups.portal(portal)
    chosen = lookups.chosen(where, names) if kind in _BY_PROJECT or names else ()
    within = Within(where, tuple(chosen))
    resolver = Resolver.of(tracker, kind, within)
    criteria = resolver.criteria(filters)
    of_projects = bool(names) or any(one.field == "project" for one in criteria)  # a portal's user tells none
    by_project = kind in _BY_PROJECT or (kind == "users" and of_projects)
    assumed, notes = _assumed(kind, criteria, tracker.client.today().astimezone(where.zone))
    criteria = (*criteria, *assumed)
    everybody = (("user_type", "all"),) if kind == "users" else ()
    if not by_project:
        path = _PATHS[kind][lookups.is_v3].format(portal=where.id)
        asked = PullRequest(
            path=path, word=kind, where=() if lookups.is_v3 else everybody, criteria=criteria, limit=limit
        )
        return PlannedList(asked, Query(here=tuple(map(said, criteria))), within, notes)
    is_v3 = lookups.is_v3 or (kind == "bugs" and any(map(_is_for_v3, criteria)))
    filtering = query(kind, criteria, len(chosen), is_v3=is_v3)
    request = PullRequest(
        kind=find_kind(kind).name,
        portal=where.id,
        projects=tuple(one.id for one in chosen) if names else (),
        where=(*find_kind(kind).params, *everybody, *filtering.where),
        criteria=criteria,
        since=_since(kind, criteria, filtering),
        api="v3" if is_v3 else "auto",
        limit=limit,
    )
    return PlannedList(request, filtering, within, notes)


def _assumed(kind: str, criteria: Sequence[Criterion], now: datetime) -> tuple[tuple[Criterion, ...], tuple[str, ...]]:
    """What is chosen by unless the user says otherwise, with a note where that may surprise."""
    asked = {one.field for one in criteria}
    if kind == "timelogs" and "date" not in asked:
        first = (now - RECENT).date()
        note = f"time logs of the last {RECENT.days} days, from {first} on: date>=… asks for others"
        return (Criterion("date", ">=", (first,)),), (note,)
    if kind == "users" and "active" not in asked:
        return (Criterion("active", "==", (True,)),), ()  # as the classic list has it
    return (), ()


def _is_for_v3(one: Criterion) -> bool:
    """Whether the classic list tells nothing to compare; of moments that the portal added it tells no time zone."""
    return one.field in _V3_ALONE or (one.field.startswith(CUSTOM) and any(isinstance(v, Span) for v in one.values))


def _since(kind: str, criteria: Iterable[Criterion], filtering: Query) -> int | None:
    """From when on a list is read; for time logs a day earlier than asked, as days begin at other times elsewhere."""
    if kind != "timelogs":
        return filtering.since
    firsts = [
        min(day for day in one.values if isinstance(day, date))
        for one in criteria
        if one.field == "date" and one.operator in {"==", ">=", ">"} and None not in one.values
    ]
    if not firsts:
        return None
    first = datetime.combine(max(firsts) - timedelta(days=1), time(), UTC)
    return int(first.timestamp() * 1000)


def fetch(tracker: Tracker, chosen: PlannedList, *, progress: "bool | OnProgress" = True) -> Any:
    """Read what was looked up; ``attrs["zbt"]`` tells the portal and its time zone too."""
    frame = tracker.pulled(chosen.request, progress=progress)
    portal = chosen.within.portal
    frame.attrs["zbt"] |= {"portal": portal.id, "zone": str(portal.zone), "notes": list(chosen.notes)}
    return frame


def explain(tracker: Tracker, chosen: PlannedList) -> list[tuple[str, str]]:
    """What Zoho is asked to filter, what is filtered here, and what it will cost; the list itself is not fetched."""
    request, query = chosen.request, chosen.query
    if not request.kind:
        return [*_sides(query), ("list", request.path), ("cost", "one request a page of 200")]
    _, plan = discover(tracker.client, replace(request, limit=None), find_kind(request.kind), lambda _: None)
    lists = ("lists", f"{counted(len(plan.listings), 'lists')} in portal {chosen.within.portal.name}")
    if plan.listings and all(one.came is not None for one in plan.listings):  # the newest changes of the portal did
        everything = Query(sent=("the newest changes",), here=tuple(map(said, request.criteria)))
        return [*_sides(everything), lists, ("cost", "one request, which was made to find out")]
    pages = counted(plan.pages, "requests")
    exact = plan.certain and request.since is None
    return [*_sides(query), lists, ("cost", f"{'' if exact else 'about '}{pages}")]


def _sides(query: Query) -> list[tuple[str, str]]:
    sent, here = ", ".join(query.sent) or "nothing", ", ".join(query.here) or "nothing more"
    return [("asked of Zoho", sent), ("filtered here", here)]
