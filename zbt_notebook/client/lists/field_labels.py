"""The labels of custom fields, which V3's records do not hold: from the portal's field metadata, once a connection."""

from collections.abc import Mapping
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from zbt_notebook.client.errors import ApiError, RateLimited
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

_known: "WeakKeyDictionary[ApiClient, dict[str, Mapping[str, str]]]" = WeakKeyDictionary()
_lock = Lock()


def field_labels(client: ApiClient, path: str) -> Mapping[str, str]:
    """``api_name`` → label of the issues' custom fields in the portal of a V3 path; none where Zoho does not tell them.

    They need the scope ZohoProjects.custom_fields.READ; without it fields go by their names.
    """
    portal = path.split("/")[4]
    with _lock:  # all workers of a pull want them at once, and one request is enough
        portals = _known.setdefault(client, {})
        if portal not in portals:
            portals[portal] = _fetch(client, portal)
        return portals[portal]


def _fetch(client: ApiClient, portal: str) -> Mapping[str, str]:
    call = ApiCall("GET", f"/api/v3/portal/{portal}/settings/fields", (("module", "issues"),))
    try:
        rows: list[Any] = client.fetch(call).records or []
    except RateLimited:
        raise
    except ApiError:
        return {}
    return {
        str(row["api_name"]): str(row.get("display_name") or row["api_name"])
        for row in rows
        if isinstance(row, dict) and row.get("api_name") and row.get("is_custom_field") is not False
    }
