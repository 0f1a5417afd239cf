"""The sign-in card: a widget that shows a sign-in and passes on what its user does."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import anywidget

from zbt_notebook.connection import Connection
from zbt_notebook.errors import NotSignedIn
from zbt_notebook.sign_in import SignIn
from zbt_notebook.sign_in_view import view_of
from zbt_notebook.waiting import until

_HERE = Path(__file__)


class LoginCard(anywidget.AnyWidget):
    """A sign-in with a face; ``await card`` gives the Connection.

    It has no synced trait of its own. Widget state is saved into notebooks, whatever it holds, the moment it holds it;
    custom messages never are. So the view comes in a message, and the secret and the code go in messages.
    """

    _esm = _HERE.with_suffix(".js")
    _css = _HERE.with_suffix(".css")

    def __init__(self, sign_in: SignIn) -> None:
        super().__init__()
        self.sign_in = sign_in
        self.is_seen = False  # whether a front end has drawn it
        self._shown_in: object = None
        sign_in.listen(self._show)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return "Zoho BugTracker sign-in card. Where none appears: %zbt login --mode prompt"

    def __await__(self) -> Generator[Any, None, Connection]:
        return self.connected().__await__()

    @property
    def connection(self) -> Connection | None:
        """What the sign-in led to, or None."""
        return self.sign_in.connection

    async def connected(self, seconds: float | None = None) -> Connection:
        """Wait for the user; raise NotSignedIn with advice where *seconds* (300) were not enough."""
        return await until(lambda: self.sign_in.connection, seconds)

    async def drawn(self, seconds: float) -> bool:
        """Whether a front end draws the card within *seconds*."""
        try:
            return await until(lambda: self.is_seen or None, seconds)
        except NotSignedIn:
            return False

    def _ipython_display_(self) -> None:
        # `zbt.login()` shows the card at once; as the value of the same cell it is not shown a second time.
        from IPython.core.display_functions import publish_display_data
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        cell = shell and (shell.execution_count, id(shell.get_parent()) if hasattr(shell, "get_parent") else 0)
        if cell and cell == self._shown_in:
            return
        self._shown_in = cell
        bundle = self._repr_mimebundle_()
        if bundle:  # None once the widget is closed
            publish_display_data(*bundle)  # type: ignore[no-untyped-call]  # IPython leaves it untyped

    def _show(self) -> None:
        self.send(view_of(self.sign_in))

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "hello":
            self.is_seen = True
            self._show()
        else:
            self.sign_in.handle(content)
