"""Jupyter's own server catches the redirect: ``GET {base_url}zbt/callback``, and nothing else.

The kernel that waits for the redirect is found by its ``state`` alone, among this user's mailboxes. Neither the code
nor the state is logged, kept, or shown.
"""

import asyncio
import os
from typing import Any
from urllib.parse import parse_qsl

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook.sign_in.catchers import Answer
from zbt_notebook.notebook.sign_in.jupyter_catcher import SERVER_CALLBACK
from zbt_notebook.notebook.sign_in.loopback_page import PAGE_HEADERS, page
from zbt_notebook.notebook.sign_in.mailbox import Mailbox

PATIENCE = 30.0  # seconds for the kernel to exchange the code; the card shows what comes later
_TICK = 0.05

_PASTE = "Copy the address of this page, and paste it into the field Code of the card in your notebook."


def load(server: Any) -> None:
    """Add the route to *server*, and tell its kernels of it."""
    path = url_path_join(server.web_app.settings["base_url"], "zbt", "callback")
    server.web_app.add_handlers(".*$", [(path, CallbackHandler)])
    os.environ[SERVER_CALLBACK] = path


class CallbackHandler(JupyterHandler):
    """Takes the redirect to the kernel that waits for it, and says what has become of it."""

    @web.authenticated
    async def get(self) -> None:
        """Answer the redirect."""
        given = [value for name, value in parse_qsl(self.request.query) if name == "state"]
        try:
            box = Mailbox(given[0]) if len(given) == 1 else None
            posted = box is not None and box.post(self.request.query)
        except (UsageError, OSError):
            self._end(403, "Not connected", f"Jupyter's runtime folder cannot be used. {_PASTE}", forgets_address=False)
            return
        if box is None or not posted:
            self._end(400, "Not connected", "This sign-in is unknown here, or over. Begin again in your notebook.")
            return
        answer = await _reply(box)
        if answer:
            self._end(200 if answer.connected else 400, answer.title, answer.text)
        elif box.withdraw():
            self._end(504, "Not connected", f"The kernel does not answer. {_PASTE}", forgets_address=False)
        else:
            self._end(504, "Not connected yet", "Go back to the notebook: there you see how it goes on.")

    def get_login_url(self) -> str:
        """Refuse: a way round by the log-in page would write the code into its address, and into logs."""
        raise web.HTTPError(403)

    def write_error(self, status_code: int, **_details: Any) -> None:
        """Show a page of two lines, as for every other end."""
        if status_code == web.HTTPError(403).status_code:
            text = f"This browser is not signed in to this Jupyter. {_PASTE}"
            self._end(status_code, "Not connected", text, forgets_address=False)
        else:
            self._end(status_code, "Nothing to see here", "Go back to the notebook.")

    def _end(self, status: int, title: str, text: str, *, forgets_address: bool = True) -> None:
        self.set_status(status)
        for name, value in PAGE_HEADERS:
            self.set_header(name, value)
        self.finish(page(title, text, forgets_address=forgets_address))

    def _request_summary(self) -> str:
        """What tornado logs of a request that failed: without its query."""
        return f"{self.request.method} {self.request.path}"


async def _reply(box: Mailbox) -> Answer | None:
    for _ in range(round(PATIENCE / _TICK)):
        if answer := box.replied():
            return answer
        await asyncio.sleep(_TICK)
    return None
