"""A bug by what people call it: a key such as HW1-I600, its number, its id, or the address of its page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import unquote

from zbt_notebook.client.bugs.lookups import Lookups, Portal, Project
from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import NotFound, UsageError
from zbt_notebook.client.foreign_json import objects
from zbt_notebook.client.lists.kinds import find_kind
from zbt_notebook.client.lists.page import PAGE_SIZE, Page
from zbt_notebook.client.lists.read_lists import page_call, paging_of, read_list
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.encoding import as_text, plain
from zbt_notebook.client.suggestions import there_are

KEY = re.compile(r"([A-Z][A-Z0-9_]*)-[IT]?([0-9]{1,9})", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:buginfo|bug-?detail|issue-?detail)/(\d+)/(\d+)|projects?/(\d+)/(?:bugs|issues)/(\d+)", re.IGNORECASE
)
_SHORTEST_ID = 12  # digits: a bug's own number has fewer


@dataclass(frozen=True, slots=True)
class Found:
    """Where a bug is."""

    portal: Portal
    project: Project
    id: str
    key: str = ""


def find_bug(tracker: Tracker, said: Any, *, portal: str = "", projects: Sequence[str] = ()) -> Found:
    """The bug of that key, number, id or address, or of that row of a frame, record or Bug.

    *projects*, by id or name, are looked into first. Raise UsageError for what is no such thing, NotFound where there
    is no such bug.
    """
    lookups = tracker.lookups
    said, project = _of_row(said) if hasattr(said, "keys") else (said, "")
    text = as_text(said, "the bug", lists=False).strip().strip("<>")
    if project:
        where = lookups.portal(portal)
        return Found(where, _project(lookups, where, project), text)
    if address := _ADDRESS.search(unquote(text)):
        project, number = (part for part in address.groups() if part)
        where = lookups.portal(portal)
        return Found(where, _project(lookups, where, project), number)
    where = lookups.portal(portal)
    first = lookups.chosen(where, projects) if projects else ()
    if text.isascii() and text.isdigit():
        if len(text) >= _SHORTEST_ID:
            return _by_id(tracker, where, first or lookups.projects(where), text)
        return _by_number(tracker, where, first or lookups.projects(where), int(text))
    match = KEY.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text[:60]!r} names no bug", hint="Give its key (HW1-I600), its number, its id or its web address."
        )
    others = [one for one in lookups.projects(where) if one not in first]
    return _by_key(tracker, where, [*first, *others], match[1], int(match[2]))


def _of_row(row: Any) -> tuple[Any, str]:
    """The id of a bug and its project's, where a row holds both; else its key, or id."""
    if hasattr(row, "columns"):
        if len(row) != 1:
            raise UsageError(f"a table of {counted(len(row), 'rows')} is no bug", hint="Hand over a row: df.iloc[0].")
        row = row.iloc[0]
    held: dict[str, str] = {}
    for name in ("id_string", "id", "key", "prefix", "project.id"):
        value = plain(row.get(name), name)
        if value is not None and value == value:  # noqa: PLR0124  NaN is not itself
            held[name] = as_text(value, name)
    number = held.get("id_string") or held.get("id", "")
    if number and held.get("project.id"):
        return number, held["project.id"]
    if not (said := held.get("key") or held.get("prefix") or number):
        raise UsageError("this row names no bug: it has neither key nor id", hint="Give the bug's key: HW1-I600.")
    return said, ""


def _project(lookups: Lookups, portal: Portal, number: str) -> Project:
    return next((one for one in lookups.projects(portal) if one.id == number), Project(number, number))


def _by_id(tracker: Tracker, portal: Portal, projects: Sequence[Project], number: str) -> Found:
    for project in projects:
        try:
            thing = tracker.client.fetch(ApiCall("GET", bug_path(tracker.lookups, portal, project, number))).thing
        except NotFound:
            continue
        if isinstance(thing, dict):
            return Found(portal, project, number, _key(thing))
    names = ", ".join(project.name for project in projects[:12])
    raise NotFound(f"no bug has the id {number}", hint=f"Looked for in: {names}.")


def _by_number(tracker: Tracker, portal: Portal, projects: Sequence[Project], number: int) -> Found:
    if len(projects) != 1:
        raise UsageError(
            f"number {number} may be a bug of {len(projects)} projects",
            hint="Give its whole key, such as HW1-I600, or name the project.",
        )
    for record in _near(tracker, portal, projects[0], number):
        if _number(_key(record)) == number:
            return _found(portal, projects[0], record)
    raise _missing(f"number {number}", projects[0])


def _by_key(tracker: Tracker, portal: Portal, projects: Sequence[Project], prefix: str, number: int) -> Found:
    known = tracker.lookups.prefixes
    word = prefix.casefold()
    matching = [one for one in projects if word in {one.prefix.casefold(), known.get(one.id, "").casefold()} - {""}]
    unknown = [one for one in projects if not one.prefix and one.id not in known]
    for project in matching or unknown:
        for record in _near(tracker, portal, project, number):
            theirs = KEY.fullmatch(_key(record))
            if theirs is None:
                continue
            known[project.id] = theirs[1]
            if theirs[1].casefold() != word:
                break
            if int(theirs[2]) == number:
                return _found(portal, project, record)
        if known.get(project.id, project.prefix).casefold() == word:
            raise _missing(f"{prefix.upper()}-I{number}", project)
    if tracker.lookups.outdated("projects"):
        return _by_key(tracker, portal, tracker.lookups.projects(portal), prefix, number)
    prefixes = [name for one in projects if (name := one.prefix or known.get(one.id, ""))]
    raise UsageError(
        f"no project here has bugs called {prefix}-…",
        hint=there_are(prefix, prefixes),
    )


def _near(tracker: Tracker, portal: Portal, project: Project, number: int) -> Iterator[dict[str, Any]]:
    """The bugs of a project, from where that number should be on, then all of them.

    Numbers are given in the order of making, so that a bug's place in the list is no later than its number, and no
    farther from another's than their numbers are. Where the list ends is not known: after the likeliest two pages it is
    felt for from its beginning, in steps that double. Moved bugs, and those of a server that gives fewer at once than
    it is asked for, are out of that order: where none of those pages has the bug, the list is read whole, on the one
    road.
    """
    call = _list(tracker, portal, project)
    paging = paging_of(call)
    low, high = 1, ceil(max(1, number) / PAGE_SIZE)
    page = guess = ceil(max(1, min(number, project.count or number)) / PAGE_SIZE)
    while low <= page <= high:
        wanted = Page((page - 1) * PAGE_SIZE + 1, PAGE_SIZE)
        came = tracker.client.fetch(page_call(call, paging, wanted))
        records = objects(came.records or [])
        yield from records
        if not came.more and len(records) < PAGE_SIZE:
            high = min(high, page)
        numbers = [one for record in records if (one := _number(_key(record)))]
        if not numbers:
            high = page - 1
        elif number < numbers[0]:
            low, high = max(low, page - ceil((numbers[0] - number) / PAGE_SIZE)), page - 1
        elif number > numbers[-1]:
            low, high = page + 1, min(high, page + ceil((number - numbers[-1]) / PAGE_SIZE))
        else:
            break
        page = high if page == guess and high < guess else max(low, min(2 * (low - 1), (low + high + 1) // 2))
    yield from objects(read_list(tracker.client, call))


def _list(tracker: Tracker, portal: Portal, project: Project) -> ApiCall:
    if tracker.lookups.is_v3:
        path = f"/api/v3/portal/{portal.id}/projects/{project.id}/issues"
        return ApiCall("GET", path, find_kind("bugs").v3_in_order)
    path = f"/restapi/portal/{portal.id}/projects/{project.id}/bugs/"
    return ApiCall("GET", path, find_kind("bugs").in_order)


def bug_path(lookups: Lookups, portal: Portal, project: Project, number: str, below: str = "") -> str:
    """The path of a bug, or of what hangs on it, in the API at hand."""
    if lookups.is_v3:
        return v3_path(portal, project, number, below)
    return f"/restapi/portal/{portal.id}/projects/{project.id}/bugs/{number}/{below + '/' if below else ''}"


def v3_path(portal: Portal, project: Project, number: str, below: str = "") -> str:
    """The same in V3, whichever API is at hand."""
    return f"/api/v3/portal/{portal.id}/projects/{project.id}/issues/{number}{'/' + below if below else ''}"


def _found(portal: Portal, project: Project, record: dict[str, Any]) -> Found:
    return Found(portal, project, str(record.get("id_string") or record.get("id")), _key(record))


def _key(record: dict[str, Any]) -> str:
    return str(record.get("key") or record.get("prefix") or "")


def _number(key: str) -> int:
    match = KEY.fullmatch(key)
    return int(match[2]) if match else 0


def _missing(what: str, project: Project) -> NotFound:
    return NotFound(
        f"there is no bug {what} in {project.name}", hint="It may have been moved, or deleted: look for its title."
    )


def with_ids(tracker: Tracker, call: ApiCall) -> ApiCall:
    """The call with the id of a bug in place of its key, where its path wants the id; UsageError for a wrong key."""
    if "-" not in call.path:
        return call
    segments = call.path.split("/")
    for index, segment in enumerate(segments):
        if segments[index - 1] not in {"bugs", "issues"} or not KEY.fullmatch(segment):
            continue
        endpoint = endpoints.match(call.method, call.path)
        portal, project = (_after(segments, word) for word in ("portal", "projects"))
        if "portal" not in segments:
            raise UsageError(f"{call.path} is no path of Zoho's", hint=f"One bug: {step('show bug', key=segment)}.")
        if endpoint is None or not project:
            continue
        found = find_bug(tracker, segment, portal=portal, projects=(project,))
        if found.project.id != project and project.isdigit():
            raise UsageError(
                f"{segment} is a bug of {found.project.name}, and the path names another project",
                hint=f"Write …/projects/{found.project.id}/{segments[index - 1]}/{segment}/.",
            )
        segments[index] = found.id
        return replace(call, path="/".join(segments))
    return call


def _after(segments: Sequence[str], word: str) -> str:
    return segments[segments.index(word) + 1] if word in segments[:-1] else ""
