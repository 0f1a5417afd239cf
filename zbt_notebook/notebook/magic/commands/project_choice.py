"""Portals and projects to choose from, as a picker shows them and answers to what was chosen."""

import threading
from collections.abc import Callable, Mapping
from shlex import quote
from typing import Any

from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.redactor import plain
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.magic.context import Atlas, PortalOrProject


class ProjectChoice:
    """Takes what a front end says, sets what is in use, and gives what to show.

    The atlas is asked for anew each time: a sign-in may have replaced it.
    """

    def __init__(self, atlas: Callable[[], Atlas]) -> None:
        self._atlas = atlas
        self._lock = threading.Lock()  # messages may come on several threads

    def __call__(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Choose a portal or a project, where the message names one; give the view. Errors are shown in it."""
        with self._lock:
            view: dict[str, Any] = {"kind": "view", "failed": False, "portals": [], "projects": []}
            try:
                atlas = self._atlas()
                portal, project = _text(content, "portal"), _text(content, "project")
                if portal is not None or project is not None:
                    atlas.use(portal, project)
                _fill(atlas, view)
            except ZbtError as error:
                last_error.remember(error, "on the card of portals and projects")
                view |= {"failed": True, "status": [error.message, error.hint]}
        return view


def _fill(atlas: Atlas, view: dict[str, Any]) -> None:
    """Fill the view; as far as it comes, where Zoho refuses on the way."""
    context = atlas.context
    portals = atlas.all_portals()
    seen = context.portal or (portals[0] if len(portals) == 1 else None)
    view |= {
        "portals": [_as_json(one) for one in portals],
        "portal": seen.id if seen else "",
        "project": context.project.id if context.project else "",
        "in_use": [plain(one.name) for one in (context.portal, context.project) if one],
        "status": ["Nothing is in use yet"],
        "line": "",
    }
    if context.portal:
        project = f", project {plain(context.project.name)}" if context.project else ", no project"
        view["status"] = [f"In use: portal {plain(context.portal.name)}{project}"]
        view["line"] = f"%zbt use {_words(context.portal, context.project)}"
    if seen:
        view["projects"] = [_as_json(one) for one in atlas.all_projects(seen)]


def _words(portal: PortalOrProject, project: PortalOrProject | None) -> str:
    named = {"portal": portal, **({"project": project} if project else {})}
    return " ".join(f"{kind}={quote(_name(one))}" for kind, one in named.items())


def _name(one: PortalOrProject) -> str:
    """Its name, where that can stand on a line as it is: braces would be filled in there."""
    return one.name if one.name.isprintable() and not set("{}") & set(one.name) and one.name else one.id


def _as_json(one: PortalOrProject) -> dict[str, str]:
    return {"id": one.id, "name": plain(one.name)}


def _text(content: Mapping[str, Any], name: str) -> str | None:
    value = content.get(name)
    return value if isinstance(value, str) else None
