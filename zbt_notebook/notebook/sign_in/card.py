"""The sign-in card: a widget that shows a sign-in and passes on what its user does."""

import threading
from collections.abc import Generator
from typing import Any

import anywidget
from traitlets import Enum

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.js_bundle import bundle, style
from zbt_notebook.notebook.sign_in import next_step
from zbt_notebook.notebook.sign_in.comm_pump import until
from zbt_notebook.notebook.sign_in.prompt import sign_in_by_prompt, stoppable
from zbt_notebook.notebook.sign_in.sign_in import SignIn

DRAWN_WITHIN = 5.0  # seconds; a notebook takes 0.1, and its first widget of the day a few (measured)


class LoginCard(anywidget.AnyWidget):
    """A sign-in with a face; ``await card`` gives the Connection.

    Its one synced trait is a word, ``phase``. Widget state is saved into notebooks, whatever it holds, the moment it
    holds it; custom messages never are. So the view comes in a message, and the secret and the code go beside messages,
    as bytes: a kernel that logs at DEBUG writes down what messages say.

    marimo runs the cells that read ``mo.ui.anywidget(card).value`` anew when its page changes a trait: only there, and
    only by the page, is ``phase`` ever set. Elsewhere the state stays as it was made.
    """

    phase = Enum(["form", "waiting", "connected"], "form").tag(sync=True)
    _esm = bundle("card")
    _css = style("card")

    def __init__(self, sign_in: SignIn, *, patience: float | None = None, fall_back: bool = False) -> None:
        super().__init__()
        self.sign_in = sign_in
        self.patience = patience
        self.falls_back = fall_back  # to a prompt, where it is awaited and no front end draws it
        self.is_seen = False  # whether a front end has drawn it
        self._shown_in: object = None
        self._sending = threading.Lock()
        self._shares_phase = environment.page() == "marimo"
        self._request_id = ""  # of the last request from the page: the views that follow answer it
        sign_in.listen(self._show)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return "Zoho BugTracker sign-in card. No card here? Reload this page, or run: %zbt login --mode prompt"

    def __await__(self) -> Generator[Any, None, Connection]:
        return self.connected().__await__()

    @property
    def connection(self) -> Connection | None:
        """What the sign-in led to, or None."""
        return self.sign_in.connection

    async def connected(self, seconds: float | None = None) -> Connection:
        """Wait for the user; raise NotSignedIn with advice where *seconds* (300) were not enough.

        Meanwhile the card offers to go over to prompts, where somebody can be asked in the cell that waits.
        """
        if self.connection is None:
            environment.require_waiting()
        if not self.is_seen and not environment.may_draw_widgets():
            environment.require_a_user()  # a run without a user and without a front end would only wait in vain
        self.sign_in.offer_prompt(possible=environment.can_be_asked())  # in the first view: a press may come at once
        try:
            if self.falls_back and not self.is_seen and not await self.drawn(DRAWN_WITHIN):
                return self._asked_by_prompt()
            await until(self._is_decided, self.patience if seconds is None else seconds)
            return self.sign_in.connection or self._asked_by_prompt()
        finally:
            self.sign_in.offer_prompt(possible=False)

    def _asked_by_prompt(self) -> Connection:
        with stoppable("The card goes on working: finish there at any time."):
            return sign_in_by_prompt(self.sign_in)

    def _is_decided(self) -> bool | None:
        return self.sign_in.connection is not None or self.sign_in.state.desk.prompt == "under way" or None

    def close(self) -> None:
        """Take the card away; what it has under way in a thread ends."""
        sign_in = getattr(self, "sign_in", None)  # ipywidgets closes a widget that failed to be made, too
        if sign_in:
            sign_in.close()
        super().close()

    def wait(self, seconds: float | None = None) -> Connection:
        """As ``await``, where none can stand."""
        from zbt_notebook.notebook.sign_in.sync_wait import run

        return run(self.connected(seconds))

    async def drawn(self, seconds: float) -> bool:
        """Whether a front end draws the card within *seconds*."""
        try:
            return await until(lambda: self.is_seen or None, seconds)
        except NotSignedIn:
            return False

    def show(self) -> None:
        """Show it in the output of the running cell. As that cell's value it is then not shown a second time."""
        self._shown_in = _running_cell()
        self._publish()

    def _ipython_display_(self) -> None:
        if self._shown_in is None or self._shown_in != _running_cell():
            self._publish()

    def _publish(self) -> None:
        from IPython.core.getipython import get_ipython

        shell, bundle = get_ipython(), self._repr_mimebundle_()
        if shell and bundle:  # no shell in a script, no bundle once the widget is closed
            data, metadata = bundle
            shell.display_pub.publish(data, metadata)

    def _show(self) -> None:
        with self._sending:  # whoever sends last has looked last
            more = {
                "request_id": self._request_id,
                "can_choose": self._chooser() is not None,
                "shares_phase": self._shares_phase,
            }
            self.send({**self.sign_in.view(), **more})

    def _chooser(self) -> next_step.Choose | None:
        connection = self.connection
        return next_step.chooser_of(connection) if connection else None

    def _hear(self, _widget: object, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        if request_id := content.get("request_id"):  # what needs no answer has none, and does not replace it
            self._request_id = str(request_id)[:64]
        if content.get("kind") == "hello":
            self.is_seen = True
            self.sign_in.seen_at(str(content.get("page") or "")[:2000])
            self.sign_in.inspect()
            self._show()
        elif content.get("kind") == "choice":
            if choose := self._chooser():
                self.send({**choose(content), "kind": "choice"})
        else:
            self.sign_in.handle({**content, **_unseen(content.get("unseen"), buffers)})


def show_once(connection: Connection) -> None:
    """In the running cell, which shows the card of *connection*, that is not shown beside it as the cell's value."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    cell, formatter = _running_cell(), shell.display_formatter.ipython_display_formatter

    def show(shown: Connection) -> None:
        if shown is not connection or _running_cell() != cell:
            print(repr(shown))  # noqa: T201  as IPython shows what nothing is known of

    formatter.for_type(Connection, show)


def _unseen(names: object, buffers: object) -> dict[str, str]:
    """What came as bytes beside a message that names it."""
    if not isinstance(names, list) or not isinstance(buffers, list):
        return {}
    pairs = zip(names, buffers, strict=False)
    return {name: bytes(buffer).decode("utf-8", "replace") for name, buffer in pairs if isinstance(name, str)}


def _running_cell() -> object:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "get_parent"):
        return None
    return shell.get_parent().get("header", {}).get("msg_id")
