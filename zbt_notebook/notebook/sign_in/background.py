"""A sign-in that goes on in a thread of its own while cells run: nothing has to be pasted."""

import html
import threading
from collections.abc import Callable, Generator
from typing import Any

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, ZbtError
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.sign_in.background_method import Work
from zbt_notebook.notebook.sign_in.comm_pump import PATIENCE, until

_STYLE = (
    "border:1px solid var(--jp-border-color2,#8886);border-radius:10px;padding:14px 16px;max-width:40rem;"
    "font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);display:grid;gap:6px"
)
_CODE_STYLE = "font:600 22px/1.4 var(--jp-code-font-family,monospace);letter-spacing:.08em"


class BackgroundSignIn:
    """A sign-in under way; ``await`` it, or ``wait()`` for it, or go on and look at ``connection`` later.

    ``wait()`` works in any cell of any kernel and in a script: what it waits for happens in a thread, not in a widget.
    """

    def __init__(
        self,
        work: Work,
        *,
        patience: float | None = None,
        ended: Callable[[ZbtError | None], None] | None = None,
    ) -> None:
        self.connection: Connection | None = None
        self.error: ZbtError | None = None
        self.note: Callable[[], str] = str  # what else is told once it is connected
        self._work = work
        self._patience = PATIENCE if patience is None else patience
        self._stopped = threading.Event()
        self._ended = threading.Event()
        self._display: Any = None
        self._tell_end = ended
        self._thread = threading.Thread(target=self._run, name="zbt-sign-in", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        first, *rest = self._lines()
        return "\n".join(filter(None, (first, self._link(), *rest)))

    def __await__(self) -> Generator[Any, None, Connection]:
        return self._awaited().__await__()

    def wait(self, seconds: float | None = None) -> Connection:
        """Wait for the end; raise what went wrong, or NotSignedIn where *seconds* (300) were not enough."""
        patience = self._patience if seconds is None else seconds
        if not self._ended.wait(patience):
            raise NotSignedIn(
                f"nobody signed in within {patience:.0f} seconds", hint="Run the cell again for a new link."
            )
        return self._outcome()

    def stop(self, patience: float | None = None) -> None:
        """Give it up; what it holds (a thread, a port) is free when this returns. Stopping twice does no harm.

        After *patience* seconds it returns all the same: a thread that is amidst a request ends with its answer.
        """
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(patience)

    def show(self) -> None:
        """Show what to do in the output of the running cell, or print it where there is none."""
        from IPython.core.getipython import get_ipython

        if getattr(get_ipython(), "kernel", None) is None:
            print(self)  # noqa: T201  a terminal: what to do has to be seen
            return
        from IPython.core.display_functions import display

        self._display = display(self, display_id=True)  # type: ignore[no-untyped-call]  # IPython leaves it untyped

    def _repr_mimebundle_(self, **_wishes: object) -> dict[str, str]:
        first, *rest = (html.escape(line) for line in self._lines())
        link, code = html.escape(self._link()), html.escape(self._work.user_code)
        parts = [f'<div role="status"><b>{first}</b></div>']
        if link:
            parts.append(f'<a href="{link}" target="_blank" rel="noopener noreferrer">Open Zoho\'s consent page</a>')
        if link and code:
            parts.append(f"<div style='{_CODE_STYLE}'>{code}</div>")
        parts += [f"<div>{line}</div>" for line in rest]
        return {"text/plain": repr(self), "text/html": f"<div style='{_STYLE}'>{''.join(parts)}</div>"}

    def _lines(self) -> tuple[str, ...]:
        if self.connection:
            return ("Connected", *filter(None, (str(self.connection.status()), self.note())))
        if self.error:
            return (self.error.message, self.error.hint)
        return ("Waiting for your consent", *self._work.instructions)

    def _link(self) -> str:
        return "" if self.connection or self.error else self._work.link

    async def _awaited(self) -> Connection:
        await until(lambda: self._ended.is_set() or None, self._patience)
        return self._outcome()

    def _outcome(self) -> Connection:
        if self.connection:
            return self.connection
        raise (self.error or NotSignedIn("the sign-in was stopped", hint="Run the cell again.")).with_traceback(None)

    def _run(self) -> None:
        try:
            self.connection = self._work.run(self._stopped)
        except ZbtError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  a thread has nobody to raise to: kept for whoever waits
            what = f"the sign-in failed in a way nobody foresaw ({type(error).__name__})"
            self._fail(ZbtError(what, hint="Run the cell again."))
        finally:
            self._ended.set()
        if self._tell_end:
            self._tell_end(self.error)
        if self._display is not None:
            self._display.update(self)

    def _fail(self, error: ZbtError) -> None:
        self.error = error
        if not self._stopped.is_set():
            last_error.remember(error, "during a sign-in")
