"""Catches the redirect where Jupyter's own server does: the kernel's side of the server extension."""

import atexit
import os
import threading
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from zbt_notebook.notebook.sign_in.catchers import OnRedirect
from zbt_notebook.notebook.sign_in.hub_state import CALLBACK, state_here
from zbt_notebook.notebook.sign_in.mailbox import LIFE, Mailbox

SERVER_CALLBACK = "ZBT_JUPYTER_CALLBACK"  # set by the extension for the kernels of its server: the callback's path
_TICK = 0.1  # seconds between two looks into the mailbox


class JupyterCatcher:
    """Takes the redirect to Jupyter's origin, or to the Hub's, from a mailbox that Jupyter's server fills.

    Which origin that is only the browser knows: the card tells the address of its *page*.
    """

    def __init__(self, path: str, *, host: str = "") -> None:
        self.path = path  # of the callback, as a browser sees it
        self._host = host  # where it is not that of the page: a Hub with a subdomain for each user
        self._origin = ""

    @classmethod
    def here(cls) -> "JupyterCatcher | None":
        """The one for this kernel; None where its server has no such extension."""
        own = os.environ.get(SERVER_CALLBACK)
        hub = os.environ.get(CALLBACK)
        return cls(hub or own, host=os.environ.get("JUPYTERHUB_HOST", "") if hub else "") if own else None

    @property
    def redirect_uri(self) -> str:
        """The address to register; empty until the page of a card was seen."""
        origin = self._host or self._origin
        return f"{origin}{self.path}" if origin else ""

    def seen_at(self, page: str) -> None:
        """Take the address of a page in which the user works, if it is one of this Jupyter server's."""
        parts = _split(page)
        base = os.environ.get(SERVER_CALLBACK, "").removesuffix("zbt/callback")
        if parts and parts.path.startswith(base):
            self._origin = f"{parts.scheme}://{parts.netloc}"

    def suits(self, redirect_uri: str) -> bool:
        """Tell whether the address is the callback's, whatever name the server goes by."""
        parts = _split(redirect_uri)
        return parts is not None and parts.path == self.path

    def state(self, nonce: str) -> str:
        """Sign it where the redirect comes by the Hub's service."""
        return state_here(nonce)

    def start(self, state: str, on_redirect: OnRedirect, *, redirect_uri: str) -> Callable[[], None]:  # noqa: ARG002  all of them lead here
        """Wait in a thread; raise UsageError where there is no folder for the mailbox."""
        box, over = Mailbox(state), threading.Event()
        box.open()

        def stop() -> None:
            over.set()
            box.close()
            atexit.unregister(stop)

        def wait() -> None:
            waited = 0.0
            while waited < LIFE and not over.wait(_TICK):
                waited += _TICK
                query = box.take()
                if query is not None:
                    box.reply(on_redirect(f"?{query}"))
                    break
            stop()

        atexit.register(stop)
        threading.Thread(target=wait, name="zbt-sign-in", daemon=True).start()
        return stop


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.netloc else None
