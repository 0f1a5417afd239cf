"""A sign-in with nothing to paste that goes on while cells run: shown as text and a link, and waited for."""

import html
import threading
from collections.abc import Generator
from typing import Any

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, UsageError, ZbtError
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.streams import tell
from zbt_notebook.notebook.sign_in.comm_pump import PATIENCE, until
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.sign_in import SignIn
from zbt_notebook.notebook.sign_in.state import Connected, Filling, Waiting

_STYLE = (
    "border:1px solid var(--jp-border-color2,#8886);border-radius:10px;padding:14px 16px;max-width:40rem;"
    "font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);display:grid;gap:6px"
)
_CODE_STYLE = "font:600 22px/1.4 var(--jp-code-font-family,monospace);letter-spacing:.08em"
_BY_REDIRECT = "Accept there, in a browser on this machine. The answer comes back by itself; nothing has to be pasted."


class BackgroundSignIn:
    """A sign-in under way; ``await`` it, or ``wait()`` for it, or go on and look at ``connection`` later.

    ``wait()`` works in any cell of any kernel and in a script: what it waits for happens in a thread, not in a widget.
    Raise UsageError at once where the redirect cannot be caught, and the error of a sign-in that could not begin.
    """

    def __init__(self, sign_in: SignIn, *, patience: float | None = None) -> None:
        self.sign_in = sign_in
        self.error: ZbtError | None = None
        self._patience = PATIENCE if patience is None else patience
        self._ended = threading.Event()
        self._display: Any = None
        problem = sign_in.problem or getattr(sign_in.state, "uncaught", None)
        if problem:
            sign_in.close()
            raise UsageError(problem.message, hint=problem.hint) if problem.cause is None else problem.exception()
        self._begun = sign_in.state.begun if isinstance(sign_in.state, Waiting) else None
        sign_in.listen(self._check_state)
        self._check_state()

    def __repr__(self) -> str:
        first, *rest = self._lines()
        return "\n".join(filter(None, (first, self._link(), *rest)))

    def __await__(self) -> Generator[Any, None, Connection]:
        return self._awaited().__await__()

    @property
    def connection(self) -> Connection | None:
        """What it led to, or None."""
        return self.sign_in.connection

    def wait(self, seconds: float | None = None) -> Connection:
        """Wait for the end; raise what went wrong, or NotSignedIn where *seconds* (300) were not enough."""
        patience = self._patience if seconds is None else seconds
        if not self._ended.wait(patience):
            raise NotSignedIn(
                f"nobody signed in within {counted(round(patience), 'seconds')}",
                hint="Run the cell again for a new link.",
            )
        return self._outcome()

    def stop(self) -> None:
        """Give it up; what it holds (a thread, a port) is free when this returns. Stopping twice does no harm."""
        self.sign_in.close()

    def show(self) -> None:
        """Show what to do in the output of the running cell, or print it where there is none."""
        from IPython.core.getipython import get_ipython

        if getattr(get_ipython(), "kernel", None) is None:
            tell(f"{self}\n")  # a terminal: what to do has to be seen
            return
        from IPython.core.display_functions import display

        self._display = display(self, display_id=True)  # type: ignore[no-untyped-call]  # IPython leaves it untyped

    def _repr_mimebundle_(self, **_wishes: object) -> dict[str, str]:
        first, *rest = (html.escape(line) for line in self._lines())
        link = html.escape(self._link())
        code = html.escape(self._begun.user_code) if isinstance(self._begun, ShortCode) else ""
        parts = [f'<div role="status"><b>{first}</b></div>']
        if link:
            parts.append(f'<a href="{link}" target="_blank" rel="noopener noreferrer">Open Zoho\'s consent page</a>')
        if link and code:
            parts.append(f"<div style='{_CODE_STYLE}'>{code}</div>")
        parts += [f"<div>{line}</div>" for line in rest]
        return {"text/plain": repr(self), "text/html": f"<div style='{_STYLE}'>{''.join(parts)}</div>"}

    def _lines(self) -> tuple[str, ...]:
        if self.connection:
            return ("Connected", *filter(None, (str(self.connection.status()), self.sign_in.state.desk.note)))
        if self.error:
            return (self.error.message, self.error.hint)
        if self._ended.is_set():
            return ("Signed out", "Sign in again: %zbt login")
        instructions = self._begun.instructions if isinstance(self._begun, ShortCode) else (_BY_REDIRECT,)
        return ("Waiting for your consent", *instructions)

    def _link(self) -> str:
        if self._ended.is_set() or self._begun is None:
            return ""
        return self._begun.link if isinstance(self._begun, ShortCode) else self._begun.authorization_url

    async def _awaited(self) -> Connection:
        await until(lambda: self._ended.is_set() or None, self._patience)
        return self._outcome()

    def _outcome(self) -> Connection:
        if self.connection:
            return self.connection
        raise (self.error or NotSignedIn("the sign-in is over", hint="Run the cell again.")).with_traceback(None)

    def _check_state(self) -> None:
        """Find out whether it is over, and show that."""
        state = self.sign_in.state
        if isinstance(state, Connected):
            self._end(None)
        elif state.desk.problem:
            self._end(state.desk.problem.exception())
        elif isinstance(state, Filling):
            self._end(NotSignedIn("the sign-in was stopped", hint="Run the cell again."))
        elif isinstance(state, Waiting) and not isinstance(state.begun, ShortCode) and not state.catching:
            self._end(
                NotSignedIn(
                    "no answer came from the browser within 5 minutes",
                    hint="Start again. If the browser is on another machine, use --mode prompt.",
                )
            )

    def _end(self, error: ZbtError | None) -> None:
        if self._ended.is_set():
            if self._display is not None:
                self._display.update(self)
            return
        self.error = error
        self._ended.set()
        if error:
            self.sign_in.close()
        if self._display is not None:
            self._display.update(self)
