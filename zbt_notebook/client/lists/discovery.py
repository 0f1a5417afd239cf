"""Asks Zoho what there is to read, in whichever API answers, and plans it: the portal, its projects, their lists."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from zbt_notebook.client.errors import ApiError, Unreachable, UsageError
from zbt_notebook.client.limits.rate_limit import INTERACTIVE, Lane
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.plan import Listing, Plan, choose, plan
from zbt_notebook.client.lists.plan_v3 import check, plan_v3
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.read_lists import read_list
from zbt_notebook.client.progress import OnProgress, Snapshot
from zbt_notebook.client.quoting import counted, shown
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.rest.retirement import CLASSIC_PORTALS, Retired, is_retired, retired
from zbt_notebook.client.suggestions import folded, there_are

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def discover(
    client: ApiClient, request: PullRequest, kind: Kind | None, on_progress: OnProgress, call: ApiCall | None = None
) -> tuple[str, Plan]:
    """The API that answers, "classic" or "v3", and what is to be read from it; UsageError where that is nothing.

    *on_progress* hears how far a long discovery is. *call* is the one list, where the request does not say all of it.
    """
    if kind is None:
        call = api.normalize(call or ApiCall("GET", request.path, request.where), client.data_center)
        return "v3" if request.api == "v3" else "classic", Plan(
            (Listing(call, limit=request.limit),), portal=_portal_of(call.path)
        )
    if request.since is not None and not kind.changed:
        raise UsageError(
            f"{kind.name} do not tell when they were changed: since= has nothing to compare",
            hint="Pull them all, and choose in the DataFrame.",
        )
    if request.api == "classic" or (request.api == "auto" and not client.classic_is_off):
        try:
            return "classic", _discover_classic(client, request, kind, on_progress)
        except Retired:
            if request.api == "classic":
                raise retired() from None
    found = discover_v3(client, request, kind, on_progress)
    client.classic_is_off |= request.api == "auto"  # V3 has answered in its place: a connection asks no second time
    return "v3", found


def _discover_classic(client: ApiClient, request: PullRequest, kind: Kind, on_progress: OnProgress) -> Plan:
    portal, projects = find_projects(client, request.portal, request.projects, _lane(on_progress), v3=False)
    return plan(kind, request, portal, projects, client.today())


def discover_v3(client: ApiClient, request: PullRequest, kind: Kind, on_progress: OnProgress) -> Plan:
    """What is to be read from V3. Raise UsageError where it cannot answer the request."""
    check(kind, request)
    portal, projects = find_projects(client, request.portal, request.projects, _lane(on_progress), v3=True)
    return plan_v3(client, kind, request, portal, projects, on_progress=on_progress)


def _portal_of(path: str) -> str:
    """The portal of a path, if any."""
    return path.partition("/portal/")[2].partition("/")[0]


def _lane(on_progress: OnProgress) -> Lane:
    """The lane of the calls made here; a wait for a free slot is reported as progress."""
    return Lane(waiting=lambda seconds: on_progress(Snapshot("", waiting=seconds)))


def find_projects(
    client: ApiClient, portal: str, wanted: Sequence[str], lane: Lane = INTERACTIVE, *, v3: bool
) -> tuple[str, list[Mapping[str, Any]]]:
    """The portal's id or name as the API wants it, and the chosen projects. Raise Retired where the API is gone."""
    if not portal or (v3 and not portal.isdigit()):
        portals = [
            _with_id(one, "portals") for one in _list(client, "/api/v3/portals" if v3 else CLASSIC_PORTALS, lane)
        ]
        portal = _portal(portals, portal)
    path = f"/api/v3/portal/{portal}/projects" if v3 else f"/restapi/portal/{portal}/projects/"
    projects = [_with_id(project, "projects") for project in _list(client, path, lane)]
    if v3:
        projects = [project for project in projects if not is_closed(project)]
    return portal, choose(projects, wanted)


def _with_id(thing: Any, things: str) -> Mapping[str, Any]:
    """A portal or a project with an id that can stand in a path; raise ApiError for any other."""
    if isinstance(thing, dict) and _ID.fullmatch(str(thing.get("id"))) and thing.get("id") is not None:
        return thing
    raise ApiError(
        f"the list of {things} holds one without an id that can be asked for",
        hint="Read one list by its path: connection.frame(path).",
    )


def _list(client: ApiClient, path: str, lane: Lane) -> list[Any]:
    try:
        return read_list(client, ApiCall("GET", path), lane)
    except (ApiError, Unreachable) as error:
        if path.startswith("/restapi/") and is_retired(client, error, path):
            raise Retired from None
        raise


def _portal(portals: Sequence[Mapping[str, Any]], wanted: str) -> str:
    by_name = {folded(portal_name(portal)): portal for portal in portals}
    if wanted:
        found = by_name.get(folded(wanted)) or next((p for p in portals if str(p["id"]) == wanted), None)
    else:
        defaults = [portal for portal in portals if is_default(portal)]
        found = portals[0] if len(portals) == 1 else defaults[0] if len(defaults) == 1 else None
    if found is not None:
        return str(found["id"])
    names = [portal_name(portal) for portal in portals]
    raise which_portal(wanted, names)


def is_default(portal: Mapping[str, Any]) -> bool:
    """Whether a portal is the user's default at Zoho."""
    return portal.get("default") is True or portal.get("is_default_portal") is True


def which_portal(wanted: str, names: Sequence[str]) -> UsageError:
    """The error where there is no portal of the *wanted* name, or several and none is wanted."""
    if wanted or not names:
        return UsageError(f"there is no portal {shown(wanted)}".removesuffix(" ''"), hint=there_are(wanted, names))
    return UsageError(f"there are {counted(len(names), 'portals')}", hint=f"Name one: portal= {', '.join(names)}.")


def portal_name(portal: Mapping[str, Any]) -> str:
    """What a portal is called, in either API; its id where it has no name."""
    return str(portal.get("name") or portal.get("portal_name") or portal.get("id"))


def is_closed(project: Mapping[str, Any]) -> bool:
    """Whether V3 says that a project is over."""
    status = project.get("status")
    return isinstance(status, dict) and status.get("is_closed_type") is True
