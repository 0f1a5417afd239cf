"""``%zbt use`` without arguments: a card to choose portal and project from."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

from zbt_notebook.client.errors import ZbtError
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.magic.context import Atlas, Place

_JS = Path(__file__).parents[2] / "js"


def _both(parts: str) -> str:
    """The card's own file and the picker's: one look for both, and the same parts."""
    return "\n".join((_JS / name).read_text("utf-8") for name in (parts, f"project_picker{Path(parts).suffix}"))


class ProjectPicker(anywidget.AnyWidget):
    """The portals and projects of a connection, to choose from.

    Like the sign-in card it has no synced trait of its own: what it shows comes in messages, so that a saved notebook
    holds the context's names in its text, and no list of all projects.
    """

    _esm = _both("card_parts.js")
    _css = _both("card.css")

    def __init__(self, atlas: Callable[[], Atlas]) -> None:
        super().__init__()
        self._atlas = atlas  # asked for anew each time: a sign-in may have replaced it
        self._lock = threading.Lock()  # messages may come on several threads
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        try:
            context = str(self._atlas().context)
        except ZbtError:
            context = "none"
        return f"context: {context}. Where no picker appears: %zbt use portal=NAME project=NAME"

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        with self._lock:
            view: dict[str, Any] = {"kind": "view", "failed": False, "portals": [], "projects": []}
            try:
                atlas = self._atlas()
                if content.get("kind") == "use":
                    atlas.use(_text(content, "portal"), _text(content, "project"))
                _look_around(atlas, view)
            except ZbtError as error:
                last_error.remember(error, "on the card of portals and projects")
                view |= {"failed": True, "status": [error.message, error.hint]}
        self.send(view)


def _look_around(atlas: Atlas, view: dict[str, Any]) -> None:
    """Fill the view; as far as it comes, where Zoho refuses on the way."""
    context = atlas.context
    portals = atlas.all_portals()
    shown = context.portal or (portals[0] if len(portals) == 1 else None)
    view |= {
        "portals": [_told(place) for place in portals],
        "portal": shown.id if shown else "",
        "project": context.project.id if context.project else "",
        "in_use": [place.name for place in (context.portal, context.project) if place],
        "status": ["Nothing is in use yet"],
    }
    if context.portal:
        project = f", project {context.project.name}" if context.project else ", no project"
        view["status"] = [f"In use: portal {context.portal.name}{project}"]
    if shown:
        view["projects"] = [_told(place) for place in atlas.all_projects(shown)]


def _told(place: Place) -> dict[str, str]:
    return {"id": place.id, "name": place.name}


def _text(content: dict[str, Any], name: str) -> str | None:
    value = content.get(name)
    return value if isinstance(value, str) else None
