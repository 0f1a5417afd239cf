"""A JupyterHub's service ``zbt``: one redirect URI for all of its users, ``https://…/services/zbt/callback``.

An administrator registers that address at Zoho, and writes in ``jupyterhub_config.py``, after their own services::

    from zbt_notebook.notebook.hub_service import add_to
    add_to(c)

The package has to be installed where the Hub runs and where its users' servers run. Each redirect goes on to the server
that is signed in its ``state``, and only for the user whose browser brings it. Neither code nor state is logged.
"""

import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook.sign_in import hub_state
from zbt_notebook.notebook.sign_in.loopback_page import PAGE_HEADERS, page

NAME = "zbt"
_SECRET = "ZBT_HUB_SECRET"  # noqa: S105  a variable's name
_SHORTEST = 32  # characters of a secret that nobody can guess
_KEPT_FOR = 120.0  # seconds in which a log-in to the Hub has to end: a code of Zoho's lives no longer
_MOST_KEPT = 1000
_TICKET = "zbt-redirect"  # the cookie that names what is kept


def add_to(config: Any, *, port: int = 10113, secret_file: str = "zbt_callback_secret") -> None:  # noqa: S107  a file's name
    """Add the service to the configuration of a JupyterHub, and give every user's server its key.

    The secret that the keys come from is made once, in *secret_file*, which the Hub's user alone can read.
    """
    secret = _secret_in(Path(secret_file))
    config.JupyterHub.services.append(
        {
            "name": NAME,
            "url": f"http://127.0.0.1:{port}",
            "command": [sys.executable, "-m", "zbt_notebook.notebook.hub_service"],
            "environment": {_SECRET: secret},
            "oauth_no_confirm": True,
            "display": False,
        }
    )
    config.JupyterHub.load_roles.append({"name": "user", "scopes": ["self", f"access:services!service={NAME}"]})
    config.Spawner.environment.update(
        {
            hub_state.KEY: lambda spawner: hub_state.user_key(secret, spawner.user.name),
            hub_state.CALLBACK: lambda spawner: f"{spawner.hub.base_url.removesuffix('hub/')}services/{NAME}/callback",
        }
    )


def _secret_in(path: Path) -> str:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        secret = path.read_text("utf-8").strip()
        if len(secret) < _SHORTEST:  # as a crash or a full disk leaves it: whoever knows that could sign for any user
            hint = "Delete it: a new secret is made when the Hub starts."
            raise UsageError(f"{path} does not hold a whole secret", hint=hint) from None
        return secret
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret


class Kept:
    """The redirects of users who are sent to the Hub's log-in first: so no address on that way holds a code."""

    def __init__(self) -> None:
        self._queries: dict[str, tuple[str, float]] = {}

    def keep(self, query: str) -> str:
        """Keep it for two minutes; the ticket that gives it back, once."""
        while len(self._queries) >= _MOST_KEPT:
            del self._queries[next(iter(self._queries))]
        ticket = secrets.token_urlsafe(32)
        self._queries[ticket] = (query, time.monotonic() + _KEPT_FOR)
        return ticket

    def take(self, ticket: str) -> str:
        """The query that was kept; empty where there is none, or it is too old."""
        query, until = self._queries.pop(ticket, ("", 0.0))
        return query if time.monotonic() < until else ""


def _state_in(query: str) -> str:
    states = [value for name, value in parse_qsl(query) if name == "state"]
    return states[0] if len(states) == 1 else ""


def _is_of(destination: hub_state.Destination, user: str, base_url: str) -> bool:
    """Whether a redirect may go there from the browser of *user*: to a server of their own, below the Hub."""
    return destination.user == user and destination.base_url.startswith(f"{base_url}user/{quote(user, safe='@~')}/")


def application(secret: str, prefix: str, base_url: str) -> Any:
    """The service at *prefix* of a Hub that lives at *base_url*."""
    from jupyterhub.services.auth import HubOAuthCallbackHandler
    from tornado import web

    callback = _callback_handler(secret, prefix, base_url)
    return web.Application(
        [(f"{prefix}callback", callback), (f"{prefix}oauth_callback", HubOAuthCallbackHandler)],
        cookie_secret=secrets.token_bytes(32),
        log_function=lambda _handler: None,  # tornado's own writes whole addresses
    )


def _callback_handler(secret: str, prefix: str, base_url: str) -> Any:
    """The class of the handler that takes redirects: made here, for jupyterhub is imported only where it serves."""
    from jupyterhub.services.auth import HubOAuthenticated
    from tornado import web

    kept = Kept()

    class CallbackHandler(HubOAuthenticated, web.RequestHandler):  # type: ignore[misc]  # jupyterhub ships no types
        """Takes a redirect, asks who the browser's user is, and sends it on to that user's server."""

        def get(self) -> None:
            """Keep what has come with the redirect, and go on at the address without it."""
            if not self.request.query:
                self._send_on()
                return
            if hub_state.destination_of(_state_in(self.request.query), secret) is None:
                self._refuse("This sign-in is unknown here, or too old. Begin again in your notebook.")
                return
            secure = self.request.protocol == "https"
            ticket = kept.keep(self.request.query)
            self.set_cookie(_TICKET, ticket, path=prefix, httponly=True, samesite="Lax", secure=secure)
            self.redirect(self.request.path)

        @web.authenticated
        def _send_on(self) -> None:
            query = kept.take(self.get_cookie(_TICKET) or "")
            self.clear_cookie(_TICKET, path=prefix)
            destination = hub_state.destination_of(_state_in(query), secret)
            name = self.current_user["name"]
            if destination is None:
                self._refuse("This sign-in is over. Begin again in your notebook.")
            elif not _is_of(destination, name, base_url):
                self._refuse(f"This sign-in is not one of {name}'s. Begin again in your own notebook.")
            else:
                self.set_header("Referrer-Policy", "no-referrer")
                self.set_header("Cache-Control", "no-store")
                self.redirect(f"{destination.base_url}zbt/callback?{query}")

        def _refuse(self, why: str) -> None:
            self.set_status(400)
            for name, value in PAGE_HEADERS:
                self.set_header(name, value)
            self.finish(page("Not connected", why, forgets_address=True))

        def _request_summary(self) -> str:
            return f"{self.request.method} {self.request.path}"

    return CallbackHandler


def main() -> None:
    """Serve where the Hub says."""
    from tornado.ioloop import IOLoop

    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    served = application(
        os.environ[_SECRET], os.environ["JUPYTERHUB_SERVICE_PREFIX"], os.environ["JUPYTERHUB_BASE_URL"]
    )
    served.listen(address.port, address.hostname)
    IOLoop.current().start()


if __name__ == "__main__":
    main()
