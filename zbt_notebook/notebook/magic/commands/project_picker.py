"""``%zbt use`` without arguments: a card to choose portal and project from."""

from collections.abc import Callable
from typing import Any

import anywidget

from zbt_notebook.client.errors import ZbtError
from zbt_notebook.notebook.js_bundle import bundle, style
from zbt_notebook.notebook.magic.commands.project_choice import ProjectChoice
from zbt_notebook.notebook.magic.context import Atlas


class ProjectPicker(anywidget.AnyWidget):
    """The portals and projects of a connection, to choose from.

    Like the sign-in card it has no synced trait of its own: what it shows comes in messages, so that a saved notebook
    holds the context's names in its text, and no list of all projects.
    """

    _esm = bundle("project_picker")
    _css = style("card", "project_picker")

    def __init__(self, atlas: Callable[[], Atlas]) -> None:
        super().__init__()
        self._atlas = atlas
        self._choose = ProjectChoice(atlas)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        try:
            context = str(self._atlas().context)
        except ZbtError:
            context = "none"
        return f"context: {context}. No picker here? Reload this page, or: %zbt use portal=NAME project=NAME"

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict):
            self.send(self._choose(content))
