"""Adds to records the project they belong to, and to a result where it came from."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.lists.first_columns import first_columns, kind_of, leads
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.plan import Plan
from zbt_notebook.client.lists.worker_pool import PagedList
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

if TYPE_CHECKING:
    import pandas as pd


class Records:
    """Records as they came, in place of a frame's builder."""

    def __init__(self) -> None:
        self.records: list[Any] = []

    def add(self, records: Sequence[Any]) -> None:
        """Append the records of one page."""
        self.records += records

    def frame(self, types: Mapping[str, str] | None = None) -> "pd.DataFrame":
        """All of them as a DataFrame."""
        from zbt_notebook.client.frames import to_frame

        return to_frame(self.records, types)


def taker(kind: Kind | None, plan: Plan, *, as_records: bool) -> Any:
    """Where the records go: into a list, or at once into the columns of a frame, which takes less memory."""
    if as_records:
        return Records()
    from zbt_notebook.client.frames import FrameBuilder

    return FrameBuilder(kind.columns if kind else api.column_types(plan.listings[0].call))


def arranged(frame: "pd.DataFrame", holds: str, orders: Mapping[str, Any], path: str) -> "pd.DataFrame":
    """A frame with the first columns of its kind; a list by its path has Zoho's own, in useful order."""
    from zbt_notebook.client.frames.arrange import Lead, lead, reordered

    if holds:
        return lead(frame, [Lead(*given) for given in leads(holds, orders)])
    return reordered(frame, first_columns(kind_of(path) if path else ""))


def about(
    client: ApiClient, connection: str, frame: "pd.DataFrame", pages: int, call: ApiCall | None
) -> dict[str, Any]:
    """Where a frame came from: what stands in its ``attrs["zbt"]``, without a secret."""
    origin: dict[str, Any] = {
        "pages": pages,
        "rows": len(frame),
        "fetched_at": client.today().isoformat(timespec="seconds"),
        "data_center": client.data_center.name,
        "connection": connection,
    }
    if call is not None:
        origin |= {"method": call.method, "path": call.path, "params": [list(pair) for pair in call.params]}
    return origin


def of_plan(plan: Plan) -> dict[str, Any]:
    """Which portal and projects a frame is of, and what these announced."""
    return {
        "portal": plan.portal,
        "projects": len({str(listing.project["id"]) for listing in plan.listings}) + plan.empty,
        "announced": dict(plan.announced),
        "project_ids": list(plan.projects),
    }


def refusal(listed: PagedList) -> dict[str, Any]:
    """What is listed of a project that refused."""
    project = listed.subject.project
    return {
        "project.id": project.get("id"),
        "project.name": project.get("name"),
        "error": type(listed.error).__name__,
        "message": listed.error.message if listed.error else "",
    }


def with_project(record: Any, project: Mapping[str, Any]) -> Any:
    """A record with its project in front."""
    if not isinstance(record, dict):
        return {"project": project, "value": record}
    own = record.get("project")
    whole = {"project": project, **record}
    if own is not None:
        own_project = own if isinstance(own, dict) else {}
        whole["project"] = {**project, **own_project, **project}  # the list that it stood in says whose it is
    return whole


def after(column: str, moment: int, record: Any) -> bool:
    """Whether a record's time, in epoch milliseconds, is later."""
    value = record.get(column) if isinstance(record, dict) else None
    return isinstance(value, int) and value > moment


def before(column: str, moment: int, record: Any) -> bool:
    """Whether a record's time, in epoch milliseconds, is earlier."""
    value = record.get(column) if isinstance(record, dict) else None
    return isinstance(value, int) and value < moment
