"""The connections of this kernel, by name."""

import threading
from typing import TYPE_CHECKING

from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.suggestions import did_you_mean

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection

_lock = threading.Lock()
_connections: "dict[str, Connection]" = {}  # the current one is the last


def register(connection: "Connection") -> None:
    """Keep *connection* under its name, in place of an earlier one of that name, and make it the current one.

    It is kept until it is signed out.
    """
    connection.on_logout["kernel"] = lambda: forget(connection)
    with _lock:
        _connections.pop(connection.name, None)
        _connections[connection.name] = connection


def connections() -> "tuple[Connection, ...]":
    """All connections, the current one first."""
    with _lock:
        return tuple(reversed(_connections.values()))


def current(name: str | None = None) -> "Connection":
    """The connection of that name, or the one in use; raise NotSignedIn where there is none."""
    with _lock:
        if name is None and _connections:
            return next(reversed(_connections.values()))
        if name in _connections:
            return _connections[name]
        names = list(_connections)
    if not names:
        raise NotSignedIn(
            "you are not signed in", hint=f"Sign in first: {step('login')} (to practise: {step('login to practise')})"
        )
    guess = did_you_mean(str(name), names, quote=repr)
    raise NotSignedIn(
        f"there is no connection {name!r}",
        hint=f"{guess} There are: {', '.join(names)}. A new one: {step('login as', name=str(name))}".lstrip(),
    )


def switch(name: str) -> "Connection":
    """Make the connection of that name the current one; raise NotSignedIn where there is none."""
    connection = current(name)
    register(connection)
    return connection


def forget(connection: "Connection") -> bool:
    """Keep *connection* no longer."""
    with _lock:
        if _connections.get(connection.name) is connection:
            del _connections[connection.name]
    return True
