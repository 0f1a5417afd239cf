"""Whether Zoho has switched the classic API off, and what goes on V3 then."""

from collections.abc import Callable
from typing import TypeVar

from zbt_notebook.client.errors import (
    ApiError,
    IncompletePull,
    NotFound,
    RateLimited,
    TokenRejected,
    Unreachable,
    UsageError,
)
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

CLASSIC_PORTALS = "/restapi/portals/"
_GONE = frozenset({401, 403, 410})

T = TypeVar("T")


class Retired(Exception):
    """Zoho has switched the classic API off."""


class ClassicApiOff(UsageError):
    """A classic path was called, and the classic API is off; nothing was done."""


def retired() -> UsageError:
    """The error where only the classic API is asked for."""
    return UsageError("Zoho has retired the classic API here", hint="Leave api= away, or write api='v3'.")


def is_retired(client: ApiClient, error: ApiError | Unreachable, path: str = "") -> bool:
    """Whether a failure means that the classic API is off: its list of portals, whose address is right, fails as well.

    How Zoho will answer then is not known: 404, 410, 400, 401 or 403, a redirect, or a name that is dead. It costs one
    request, and none where the list of portals is the *path* that failed.
    """
    if client.classic_is_off:
        return True
    if not _may_mean_gone(error) or path == CLASSIC_PORTALS:
        return _may_mean_gone(error)
    try:
        client.fetch(ApiCall("GET", CLASSIC_PORTALS))
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


def on_either_api(client: ApiClient, attempt: Callable[[], T]) -> T:
    """What *attempt* gives; called again, on V3, where the classic API turns out to be off."""
    try:
        return attempt()
    except ClassicApiOff:
        if client.classic_is_off:
            raise
    except (ApiError, Unreachable) as error:
        if client.classic_is_off or isinstance(error, IncompletePull) or not is_retired(client, error):
            raise
    client.classic_is_off = True
    try:
        return attempt()
    except (ApiError, Unreachable):
        client.classic_is_off = False  # V3 has not answered in its place: nothing is known
        raise
