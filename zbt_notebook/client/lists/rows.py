"""Records on their way into the frame: whose they are, and when they changed."""

from collections.abc import Mapping
from typing import Any

from zbt_notebook.client.lists.worker_pool import Line


def refusal(line: Line) -> dict[str, Any]:
    """What is listed of a project that refused."""
    project = line.subject.project
    return {
        "project.id": project.get("id"),
        "project.name": project.get("name"),
        "error": type(line.error).__name__,
        "message": line.error.message if line.error else "",
    }


def placed(record: Any, project: Mapping[str, Any]) -> Any:
    """A record with the project it is of, before all else."""
    if not isinstance(record, dict):
        return {"project": project, "value": record}
    own = record.get("project")
    placed_record = {"project": project, **record}
    if own is not None:
        placed_record["project"] = {**project, **own} if isinstance(own, dict) else project
    return placed_record


def after(column: str, moment: int, record: Any) -> bool:
    """Whether a record's time, in epoch milliseconds, is later."""
    value = record.get(column) if isinstance(record, dict) else None
    return isinstance(value, int) and value > moment


def before(column: str, moment: int, record: Any) -> bool:
    """Whether a record's time, in epoch milliseconds, is earlier."""
    value = record.get(column) if isinstance(record, dict) else None
    return isinstance(value, int) and value < moment
