"""Finds the portal and its projects, in whichever API still answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from zbt_notebook.client.errors import (
    ApiError,
    IncompletePull,
    NotFound,
    RateLimited,
    TokenRejected,
    Unreachable,
    UsageError,
)
from zbt_notebook.client.limits.rate_limit import INTERACTIVE, Lane
from zbt_notebook.client.lists.plan import choose
from zbt_notebook.client.lists.read_lists import read_list
from zbt_notebook.client.quoting import counted, shown
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.suggestions import folded, there_are

T = TypeVar("T")
_GONE = frozenset({401, 403, 410})
_PORTALS = "/restapi/portals/"
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Retired(Exception):
    """Zoho has switched the classic API off."""


class ClassicApiOff(UsageError):
    """A classic path was called, and the classic API is off; nothing was done."""


def retired() -> UsageError:
    """What to tell who insists on the classic API."""
    return UsageError("Zoho has retired the classic API here", hint="Leave api= away, or write api='v3'.")


def is_retired(client: ApiClient, error: ApiError | Unreachable, path: str = "") -> bool:
    """Whether a failure means that the classic API is off: its list of portals, whose address is right, fails as well.

    How Zoho will answer then is not known: 404, 410, 400, 401 or 403, a redirect, or a name that is dead. It costs one
    request, and none where the list of portals is the *path* that failed.
    """
    if client.classic_is_off:
        return True
    if not _may_mean_gone(error) or path == _PORTALS:
        return _may_mean_gone(error)
    try:
        client.fetch(ApiCall("GET", _PORTALS))
    except (ApiError, Unreachable) as again:
        return _may_mean_gone(again)
    return False


def _may_mean_gone(error: ApiError | Unreachable) -> bool:
    if isinstance(error, RateLimited):
        return False
    if isinstance(error, Unreachable):
        return error.may_mean_gone
    if isinstance(error, (NotFound, TokenRejected)):  # whatever status they came under: Zoho refuses with 200 too
        return True
    redirected = 300 <= error.status < 400  # noqa: PLR2004  RFC 9110 §15.4
    return redirected or error.status in _GONE or error.code in {"URL_RULE_NOT_CONFIGURED", "6403"}


def on_either_api(client: ApiClient, road: Callable[[], T]) -> T:
    """What a road gives; from its beginning again, on V3, where the classic API turns out to be off on the way."""
    try:
        return road()
    except ClassicApiOff:
        if client.classic_is_off:
            raise
    except (ApiError, Unreachable) as error:
        if client.classic_is_off or isinstance(error, IncompletePull) or not is_retired(client, error):
            raise
    client.classic_is_off = True
    try:
        return road()
    except (ApiError, Unreachable):
        client.classic_is_off = False  # V3 has not answered in its place: nothing is known
        raise


def find_places(
    client: ApiClient, portal: str, wanted: Sequence[str], lane: Lane = INTERACTIVE, *, v3: bool
) -> tuple[str, list[Mapping[str, Any]]]:
    """The portal's id or name as the API wants it, and the chosen projects. Raise Retired where the API is gone."""
    if not portal or (v3 and not portal.isdigit()):
        portals = [_sound(one, "portals") for one in _list(client, "/api/v3/portals" if v3 else _PORTALS, lane)]
        portal = _portal(portals, portal)
    path = f"/api/v3/portal/{portal}/projects" if v3 else f"/restapi/portal/{portal}/projects/"
    projects = [_sound(project, "projects") for project in _list(client, path, lane)]
    if v3:
        projects = [project for project in projects if not _is_closed(project)]
    return portal, choose(projects, wanted)


def _sound(place: Any, things: str) -> Mapping[str, Any]:
    """A portal or a project with an id that can stand in a path; raise ApiError for any other."""
    if isinstance(place, dict) and _ID.fullmatch(str(place.get("id"))) and place.get("id") is not None:
        return place
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
    by_name = {folded(_name(portal)): portal for portal in portals}
    if wanted:
        found = by_name.get(folded(wanted)) or next((p for p in portals if str(p["id"]) == wanted), None)
    else:
        defaults = [portal for portal in portals if is_default(portal)]
        found = portals[0] if len(portals) == 1 else defaults[0] if len(defaults) == 1 else None
    if found is not None:
        return str(found["id"])
    names = [_name(portal) for portal in portals]
    raise which_portal(wanted, names)


def is_default(portal: Mapping[str, Any]) -> bool:
    """Whether Zoho calls a portal the user's usual one."""
    return portal.get("default") is True or portal.get("is_default_portal") is True


def which_portal(wanted: str, names: Sequence[str]) -> UsageError:
    """The error where there is no portal of the *wanted* name, or several and none is wanted."""
    if wanted or not names:
        return UsageError(f"there is no portal {shown(wanted)}".removesuffix(" ''"), hint=there_are(wanted, names))
    return UsageError(f"there are {counted(len(names), 'portals')}", hint=f"Name one: portal= {', '.join(names)}.")


def _name(portal: Mapping[str, Any]) -> str:
    return str(portal.get("name") or portal.get("portal_name") or portal["id"])


def _is_closed(project: Mapping[str, Any]) -> bool:
    status = project.get("status")
    return isinstance(status, dict) and status.get("is_closed_type") is True
