"""Plans which lists to read for a request, and from the projects' own counts in how many calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Any

from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.lists.kinds import Kind, announced
from zbt_notebook.client.lists.page import PAGE_SIZE
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.suggestions import folded, there_are

_DAY = 86_400_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Listing:
    """One list to read. ``exact`` is how many records it is announced to have, ``at_most`` what it cannot exceed.

    ``refused`` is why it cannot even be asked for, ``came`` all of its records where they are there already.
    """

    call: ApiCall
    project: Mapping[str, Any] = field(default_factory=dict)  # id and name, or empty
    exact: int | None = None
    at_most: int | None = None
    limit: int | None = None
    refused: ApiError | None = None
    came: Sequence[Any] | None = None

    @property
    def pages(self) -> int:
        """How many requests it takes, as far as that can be known."""
        if self.exact == 0 or self.came is not None:
            return 0
        rows = next((count for count in (self.exact, self.at_most) if count is not None), 1)
        return max(1, ceil((rows if self.limit is None else min(rows, self.limit)) / PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Plan:
    """All lists of a pull; ``certain`` where the number of requests is known before the first."""

    listings: tuple[Listing, ...]
    empty: int = 0  # projects that say they have none: nothing is asked of them
    announced: Mapping[str, int] = field(default_factory=dict)  # project -> how many it says it has, whatever is asked
    projects: tuple[str, ...] = ()  # the ids of all that were chosen, those without records too
    portal: str = ""  # as its paths name it
    left_out: int = 0  # projects that a limit does not need, as far as those before them announce

    @property
    def pages(self) -> int:
        """Requests, as far as they can be known."""
        return sum(listing.pages for listing in self.listings)

    @property
    def certain(self) -> bool:
        """Whether every list says how long it is."""
        return all(listing.exact is not None for listing in self.listings)


def choose(projects: Sequence[Mapping[str, Any]], wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    """The projects of those ids or names, in the order of the request; all of them where none is named."""
    if not wanted:
        return list(projects)
    by_word = {str(project["id"]): project for project in projects}
    for project in projects:
        by_word.setdefault(folded(str(project.get("name", ""))), project)
    return [_named(word, by_word, projects) for word in dict.fromkeys(wanted)]


def _named(
    word: str, by_word: Mapping[str, Mapping[str, Any]], projects: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    found = by_word.get(folded(word))
    if found is not None:
        return found
    names = [str(project.get("name", "")) for project in projects]
    raise UsageError(f"there is no active project {shown(word)}", hint=there_are(word, names, most=12))


def plan(kind: Kind, request: PullRequest, portal: str, projects: Sequence[Mapping[str, Any]], now: datetime) -> Plan:
    """The lists of a kind in the classic API; projects that say that they have none are left out."""
    listings: list[Listing] = []
    empty = 0
    wanted = None if request.criteria else request.limit  # how many of the announced fit, nobody knows
    counts: dict[str, int] = {}
    rest = iter(projects)
    for project in rest:
        count, _ = announced(kind, project, {})
        if count is not None:
            counts[str(project["id"])] = count
        exact, at_most = announced(kind, project, dict(request.where))
        if exact == 0 or at_most == 0 or (kind.count == "bug_count" and project.get("IS_BUG_ENABLED") is False):
            empty += 1
            continue
        if request.since is not None and kind.changed:
            exact = None
        if kind.by_month:
            exact = at_most = None
        about = {"id": project["id"], "name": project.get("name", "")}
        for call in _calls(kind, request, portal, project, now, in_order=exact is not None):
            listings.append(Listing(call, about, exact, at_most, wanted))
            if wanted is not None and exact is not None:
                wanted -= min(wanted, exact)
        if wanted == 0:
            break
    ids = tuple(str(project["id"]) for project in projects)
    return Plan(tuple(listings), empty, counts, ids, portal, left_out=len(list(rest)))


def _calls(
    kind: Kind, request: PullRequest, portal: str, project: Mapping[str, Any], now: datetime, *, in_order: bool
) -> Iterator[ApiCall]:
    path = kind.endpoint.path.format(portal=portal, project=project["id"])
    params = dict(request.where)
    if request.since is not None:
        params |= dict(kind.newest_change_first)
    elif in_order or "sort_column" not in params:
        params = dict(kind.in_order) | params
    if not kind.by_month or "date" in params:
        yield ApiCall("GET", path, tuple(params.items()))
        return
    since = request.since if request.since is not None else _made(project, now)
    for first in _months(datetime.fromtimestamp(since / 1000, UTC), now):
        yield ApiCall("GET", path, (*params.items(), ("date", f"{first:%m-%d-%Y}")))


def _made(project: Mapping[str, Any], now: datetime) -> int:
    made = project.get("created_date_long")
    return made if isinstance(made, int) else int(now.timestamp() * 1000) - 365 * _DAY


def _months(since: datetime, now: datetime) -> Iterator[datetime]:
    """The first days of the months from *since* to *now*; a day more on both sides, for the portal's time zone."""
    month = datetime.fromtimestamp(since.timestamp() - 86_400, UTC).replace(day=1)
    last = datetime.fromtimestamp(now.timestamp() + 86_400, UTC)
    while month <= last:
        yield month
        month = (month.replace(day=28, hour=0, minute=0, second=0, microsecond=0)).replace(day=1)
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
