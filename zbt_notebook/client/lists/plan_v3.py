"""Plans which of V3's lists to read for a request: by project, by period, or issue by issue. V3 announces no counts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from zbt_notebook.client import v3_columns
from zbt_notebook.client.errors import ApiError, NotFound, RateLimited, ScopeMissing, UsageError
from zbt_notebook.client.foreign_json import count
from zbt_notebook.client.http.messages import Pairs
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.field_names import field_names
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.page import PAGE_SIZE
from zbt_notebook.client.lists.plan import Listing, Plan
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.read_lists import Listed, read_lists
from zbt_notebook.client.lists.v3_filter import PICKS, filter_of
from zbt_notebook.client.progress import OnProgress, Snapshot
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall, NotAList
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.v3_columns.reading import epoch, nested

_UNTOLD = frozenset({"comments", "attachments"})  # fields of bugs: no record of V3's list has their number
_MONTHS_AT_ONCE = 6  # the most that customdate spans
_CHANGED_NAMES = ("last_updated_time", "last_modified_time")  # of the time of change: documents and portals disagree
_DIFFERENT = 8  # times that fall by chance once in 40,000

Changed = Mapping[str, Sequence[Any]]
"""Issues by their project."""


def plan_v3(
    client: ApiClient,
    kind: Kind,
    request: PullRequest,
    portal: str,
    projects: Sequence[Mapping[str, Any]],
    *,
    on_progress: OnProgress,
) -> Plan:
    """The lists of a kind in V3, for which ``check`` has found it fit.

    What V3 lists issue by issue takes a request an issue, but for those that say that they have none; the projects'
    issues are listed here, at once, to know them. *on_progress* hears how far that is.
    """
    found = [Listed() for _ in projects]
    if kind.v3_by_issue:
        found = _issues(client, request, portal, projects, on_progress)
    changed = _changed(client, request, portal, on_progress) if kind.name == "bugs" and len(projects) > 1 else None
    listings: list[Listing] = []
    for project, issues in zip(projects, found, strict=True):
        listings += _listings(client, kind, request, portal, project, issues=issues, changed=changed)
    counts = {str(project["id"]): count for project in projects if (count := _announced(kind, project)) is not None}
    ids = tuple(str(project["id"]) for project in projects)
    return Plan(tuple(listings), announced=counts, projects=ids, portal=portal)


def _listings(
    client: ApiClient,
    kind: Kind,
    request: PullRequest,
    portal: str,
    project: Mapping[str, Any],
    *,
    issues: Listed,
    changed: Changed | None,
) -> list[Listing]:
    """The lists to read of one project; where there is none, one of no records, or the refusal."""
    own_id = str(project["id"])
    named = {"id": int(own_id) if own_id.isdecimal() else project["id"], "name": project.get("name", "")}
    in_path = {"portal": portal, "project": own_id}
    if issues.refused is not None:
        return [Listing(ApiCall("GET", _path(kind.v3)), named, exact=0, refused=issues.refused)]
    if changed is not None:
        came = changed.get(own_id, ())
        return [Listing(ApiCall("GET", _path(kind.v3).format(**in_path)), named, came=came)]
    calls = (
        _by_issue(kind, in_path, issues.records)
        if kind.v3_by_issue
        else _calls(client, kind, request, in_path, project)
    )
    found = [Listing(call, named, limit=request.limit) for call in calls]
    return found or [Listing(ApiCall("GET", _path(kind.v3)), named, exact=0)]


def _changed(client: ApiClient, request: PullRequest, portal: str, on_progress: OnProgress) -> Changed | None:
    """What changed in all of the portal, by one request in place of one for each project; None where V3 cannot tell."""
    if request.since is None or request.where or request.checkpoint:
        return None
    lane = Lane(waiting=lambda seconds: on_progress(Snapshot("", waiting=seconds)))
    return changed_issues(client, _path("v3.issues.portal").format(portal=portal), request.since, lane)


def _issues(
    client: ApiClient,
    request: PullRequest,
    portal: str,
    projects: Sequence[Mapping[str, Any]],
    on_progress: OnProgress,
) -> list[Listed]:
    """The issues of each project, by V3's older path, whose records count their comments; else by the newer one.

    At V3's limit a request spared for each issue without a comment is worth more than the one that a refusal costs.
    """

    def read(name: str, where: Sequence[Mapping[str, Any]], params: Pairs = ()) -> list[Listed]:
        paths = [_path(name).format(portal=portal, project=project["id"]) for project in where]
        return read_lists(
            client, [ApiCall("GET", path, params) for path in paths], on_progress, size=request.concurrency
        )

    found = read("v3.bugs.list", projects, (("is_desc_needed", "true"),))
    again = [position for position, one in enumerate(found) if one.refused is not None]
    for position, one in zip(again, read("v3.issues.list", [projects[at] for at in again]), strict=True):
        found[position] = one
    return found


def _announced(kind: Kind, project: Mapping[str, Any]) -> int | None:
    """How many issues a project says it has, as some do; it is not relied upon to read them."""
    counts = project.get("issues")
    if kind.name != "bugs" or not isinstance(counts, dict):
        return None
    opened, closed = count(counts.get("open_count")), count(counts.get("closed_count"))
    return None if opened is None or closed is None else opened + closed


def check(kind: Kind, request: PullRequest) -> None:
    """Raise UsageError where V3 has no such list, or not one of the request's filters."""
    if kind.v3_endpoint is None:
        raise UsageError(
            f"V3 has no list of {kind.name} that is known",
            hint="It has bugs, comments, milestones, timelogs, users; others by their path: connection.frame(path).",
        )
    v3_columns.check_filters(kind.name, dict(request.where), dict(kind.params))
    for one in request.criteria:
        if kind.name == "bugs" and one.field in _UNTOLD:
            raise UsageError(
                f"V3's list does not tell how many {one.field} a bug has: none can be chosen by it",
                hint=f"Leave {one.field} out. Those of one bug are listed by its key.",
            )


def issue_of(kind: Kind, call: ApiCall) -> str:
    """The issue whose list a call asks for, where V3 lists the kind issue by issue."""
    return call.path.split("/")[-2] if kind.v3_by_issue else ""


def _by_issue(kind: Kind, in_path: Mapping[str, str], issues: Sequence[Any]) -> Iterator[ApiCall]:
    for issue in issues:
        if str(issue.get("comment_count")) != "0":
            yield ApiCall("GET", _path(kind.v3).format(**in_path, issue=issue["id"]))


def _calls(
    client: ApiClient, kind: Kind, request: PullRequest, in_path: Mapping[str, str], project: Mapping[str, Any]
) -> Iterator[ApiCall]:
    path = _path(kind.v3).format(**in_path)
    if not kind.by_month:
        where = dict(request.where)
        names = field_names(client, path).picks if kind.name == "bugs" and not PICKS.isdisjoint(where) else {}
        chosen = filter_of(kind.name, where, request.criteria, request.since, names=names).text
        yield ApiCall("GET", path, (*kind.v3_in_order, *((("filter", chosen),) if chosen else ())))
        return
    module = "general" if dict(request.where).get("component_type") == "general" else "issue"
    params = (("module", json.dumps({"type": module}, separators=(",", ":"))),)
    for period in _periods(request, project, client.today()):
        yield ApiCall("GET", path, (*params, *period))


def _path(name: str) -> str:
    return next(endpoint.path for endpoint in endpoints.all_endpoints() if endpoint.id == name)


def _periods(request: PullRequest, project: Mapping[str, Any], now: datetime) -> Iterator[tuple[tuple[str, str], ...]]:
    where = dict(request.where)
    if "date" in where:
        first, last = days_of_view(where["view_type"], datetime.strptime(where["date"], "%m-%d-%Y").date())  # noqa: DTZ007  a day
    else:
        begin = request.since if request.since is not None else _made(project)
        if begin is None:
            yield (("view_type", "projectspan"),)
            return
        day = timedelta(days=1)  # more on both sides, for the portal's time zone
        first, last = (datetime.fromtimestamp(begin / 1000, UTC) - day).date(), (now + day).date()
    while first <= last:
        month = first.year * 12 + first.month - 1 + _MONTHS_AT_ONCE
        following = date(month // 12, month % 12 + 1, 1)
        end = min(last, following - timedelta(days=1))
        yield (("view_type", "customdate"), ("start_date", str(first)), ("end_date", str(end)))
        first = following


def _made(project: Mapping[str, Any]) -> int | None:
    try:
        return int(datetime.fromisoformat(str(project.get("created_time"))).timestamp() * 1000)
    except ValueError:
        return None


def days_of_view(view: str, day: date) -> tuple[date, date]:
    """The first and the last day of the day, week or month that the classic list would show."""
    if view == "week":
        first = day - timedelta(days=(day.weekday() + 1) % 7)  # Zoho's weeks begin on Sunday
        return first, first + timedelta(days=6)
    if view == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day, day


def changed_issues(client: ApiClient, path: str, since: int, lane: Lane) -> Changed | None:
    """The issues that changed from *since* on, epoch milliseconds, by project; None where V3 does not prove it.

    They are read from one page of the issues of all projects, sorted by the time of change. Nobody has said that V3
    heeds that sort. So a page counts where it holds the whole list; else where its times fall, in an order that is not
    that of making, down to one from before. Any other page proves nothing.
    """
    since -= since % 1000  # V3 was seen to round its times down to the second
    for name in _CHANGED_NAMES:
        call = ApiCall("GET", path, (("sort_by", f"DESC({name})"), ("page", "1"), ("per_page", str(PAGE_SIZE))))
        try:
            page = client.fetch(call, lane)
            records = page.the_records(call)
        except RateLimited:
            raise
        except (NotFound, ScopeMissing, NotAList):
            return None
        except ApiError:  # it may know the time by its other name
            continue
        times = [time for record in records if (time := _time(record, "last_updated_time")) is not None]
        if len(times) < max(1, len(records)):
            return None
        falls = all(later >= earlier for later, earlier in pairwise(times))
        if page.more is False or (falls and times[-1] < since and _are_sorted(records, times)):
            return _by_project(records, times, since)
        if falls:
            return None
    return None


def _are_sorted(records: Sequence[Any], times: Sequence[int]) -> bool:
    """Whether times that fall do so for being sorted: they are many, and their records were not made in that order."""
    made = [time for record in records if (time := _time(record, "created_time")) is not None]
    directions = {(later > earlier) - (later < earlier) for later, earlier in pairwise(made)}
    return len(set(times)) >= _DIFFERENT and {-1, 1} <= directions


def _by_project(records: Sequence[Any], times: Sequence[int], since: int) -> Changed | None:
    found: dict[str, list[Any]] = {}
    for record, time in zip(records, times, strict=True):
        project = nested(record.get("project")).get("id")
        if not project:
            return None
        if time >= since:
            found.setdefault(str(project), []).append(record)
    return found


def _time(record: Any, name: str) -> int | None:
    return epoch(nested(record).get(name))
