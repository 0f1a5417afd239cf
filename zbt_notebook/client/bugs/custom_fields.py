"""The fields that a portal added to its bugs, as either API lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zbt_notebook.client.lists.fields import Type

_TYPES: Mapping[str, Type] = {
    **dict.fromkeys(("UDF_LONG", "UDF_DOUBLE", "numeric", "double", "percentage"), "number"),
    **dict.fromkeys(("UDF_CURRENCY", "currency"), "number"),
    **dict.fromkeys(("UDF_BOOLEAN", "checkbox"), "flag"),
    **dict.fromkeys(("UDF_DATE", "date"), "day"),
    **dict.fromkeys(("userpicklist", "multiuserpicklist"), "person"),
    **dict.fromkeys(("UDF_DATETIME", "dateandtime"), "moment"),
}
_KINDS = {"UDF_USER": "userpicklist", "UDF_MULTIUSER": "multiuserpicklist", "UDF_MULTI": "multipicklist"}


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that the portal added to its bugs; *column* is its key in a write, *kind* V3's own word for its type.

    Of the classic API's fields it is told by the column, where it makes a difference.
    """

    label: str
    column: str
    type: Type = "text"
    values: tuple[str, ...] = ()
    kind: str = ""

    @property
    def several(self) -> bool:
        """Whether it holds several choices or people."""
        return self.kind in {"multipicklist", "multiuserpicklist"}


def of_classic(row: Mapping[str, Any]) -> CustomField:
    """Read a row of the classic API's list."""
    column = str(row.get("column_name") or "")
    kind = _KINDS.get(column.rstrip("0123456789"), "")
    values = row.get("picklist_values")
    return CustomField(
        str(row["label_name"]),
        column,
        _TYPES.get(kind or column.rstrip("0123456789"), "text"),
        tuple(map(str, values)) if isinstance(values, list) and not kind.endswith("userpicklist") else (),
        kind,
    )


def of_v3(row: Mapping[str, Any]) -> CustomField:
    """Read a row of V3's list."""
    values = row.get("pick_list_values")
    return CustomField(
        str(row.get("display_name") or row.get("api_name")),
        str(row.get("api_name")),
        _TYPES.get(str(row.get("type")).casefold(), "text"),
        tuple(
            str(one.get("value") or one.get("name")) if isinstance(one, dict) else str(one)
            for one in (values if isinstance(values, list) else ())
        ),
        str(row.get("type")).casefold(),
    )
