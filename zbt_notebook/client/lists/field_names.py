"""The names of V3's fields, which its records lack. Read once a connection from the portal's field metadata."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

from zbt_notebook.client.errors import ApiError, RateLimited
from zbt_notebook.client.foreign_json import objects
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient


@dataclass(frozen=True, slots=True)
class FieldNames:
    """``api_name`` → label of the issues' custom fields; id → name of their pick lists' values."""

    labels: Mapping[str, str] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Portal:
    rows: list[Any] | None = None
    names: FieldNames | None = None


_portals: "WeakKeyDictionary[ApiClient, dict[str, _Portal]]" = WeakKeyDictionary()
_lock = ForkSafeLock(RLock)  # all workers of a pull want them at once, and one request is enough


def field_names(client: ApiClient, path: str) -> FieldNames:
    """What the portal of a V3 path calls its issues' fields; nothing where Zoho does not tell.

    It needs the scope ZohoProjects.custom_fields.READ; without it fields go by their names.
    """
    portal = path.split("/")[4]
    with _lock:
        kept = _kept(client, portal)
        if kept.names is None:
            try:
                kept.names = _names(issue_fields(client, portal))
            except RateLimited:
                raise
            except ApiError:
                kept.names = FieldNames()
        return kept.names


def issue_fields(client: ApiClient, portal: str) -> list[Any]:
    """The fields of a portal's issues as V3 tells them, once a connection. Raise ApiError where it refuses."""
    with _lock:
        kept = _kept(client, portal)
        if kept.rows is None:
            call = ApiCall("GET", f"/api/v3/portal/{portal}/settings/fields", (("module", "issues"),))
            kept.rows = objects(client.fetch(call).records)
        return kept.rows


def forget_fields(client: ApiClient) -> None:
    """Drop what is kept of them: the next use fetches it anew."""
    with _lock:
        _portals.pop(client, None)


def _kept(client: ApiClient, portal: str) -> _Portal:
    return _portals.setdefault(client, {}).setdefault(portal, _Portal())


def _names(answer: list[Any]) -> FieldNames:
    rows = [row for row in answer if row.get("api_name")]
    values = [value for row in rows for value in objects(row.get("pick_list_values"))]
    return FieldNames(
        {
            str(row["api_name"]): str(row.get("display_name") or row["api_name"])
            for row in rows
            if row.get("is_custom_field") is not False
        },
        {str(one["id"]): str(one.get("value") or one.get("name")) for one in values if one.get("id")},
    )
