"""Progress as an output of the cell: a bar that is updated in place, and a line of text that stays."""

import html
from typing import Any

from zbt_notebook.client import progress
from zbt_notebook.client.progress import SILENT_FOR, Snapshot
from zbt_notebook.notebook import environment


def face() -> "ProgressBar | None":
    """A bar where a notebook shows outputs, else None."""
    return ProgressBar() if environment.kernel() is not None else None


def install() -> None:
    """Have progress drawn as a bar in a notebook; the client alone writes lines."""
    progress.install(face)


class ProgressBar:
    """One output of the cell that is updated in place; what is saved of it is a line of text."""

    silent_for = SILENT_FOR

    def __init__(self) -> None:
        self._handle: Any = None

    def draw(self, snapshot: Snapshot) -> None:
        """Show a state with a bar, in the place of the one before."""
        self._show(snapshot, _bar(snapshot))

    def end(self, snapshot: Snapshot) -> None:
        """Leave the line that tells how it ended."""
        self._show(snapshot, "")

    def _show(self, snapshot: Snapshot, bar: str) -> None:
        from IPython.display import display

        markup = f'<div role="status">{bar}{html.escape(str(snapshot))}</div>'
        bundle = {"text/plain": str(snapshot), "text/html": markup}
        if self._handle is None:
            show: Any = display  # IPython ships it without types
            self._handle = show(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


def _bar(snapshot: Snapshot) -> str:
    share = snapshot.share
    known = "" if share is None else f' value="{share:.3f}"'
    return f'<progress max="1"{known} aria-label="Progress"></progress> '
