"""The fields with which a frame of each kind begins, before all that Zoho tells."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from zbt_notebook.client.lists.fields import Type, field
from zbt_notebook.client.rest import endpoints

FIRST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bugs": ("key", "title", "status", "severity", "assignee", "milestone", "due", "created", "updated"),
        "timelogs": ("date", "owner", "hours", "bug", "notes", "billing"),
        "milestones": ("name", "status", "owner", "start", "end"),
        "users": ("name", "email", "role", "active"),
        "projects": ("name", "status", "owner", "created"),
        "portals": ("name", "company", "plan", "zone"),
        "tags": ("name", "color"),
        "history": ("time", "person", "activity"),
        "attachments": ("name", "size", "person", "created"),
        "comments": ("author", "created", "content_text"),
    }
)
"""By kind, by their short names."""


def leads(
    kind: str, words: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> list[tuple[str, Type, tuple[str, ...], tuple[str, ...]]]:
    """What the frames of a kind begin with: name, type, columns that it is made of, and a choice's words in order."""
    chosen = [field(kind, name) for name in FIRST.get(kind, ())]
    return [(one.name, one.type, one.paths, tuple(words.get(one.name, ()))) for one in chosen]


def first_columns(kind: str) -> list[str]:
    """The columns, as Zoho names them in either API, in which the first things of a kind stand."""
    return [path for name in FIRST.get(kind, ()) for path in field(kind, name).paths]


def kind_of(path: str) -> str:
    """What the list at a path holds; empty for what is not among the kinds here."""
    endpoint = endpoints.match("GET", path)
    last = endpoint.path.rstrip("/").rpartition("/")[2] if endpoint and endpoint.list_key is not None else ""
    last = {"issues": "bugs", "logs": "timelogs", "phases": "milestones"}.get(last, last)
    return last if last in FIRST else ""
