"""The connections of this kernel, by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from zbt_notebook.client import expect
from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.suggestions import did_you_mean

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection

_lock = ForkSafeLock()
_connections: "dict[str, Connection]" = {}  # the current one is the last
_earlier: "dict[str, list[Connection]]" = {}  # obtained here, replaced by another of their name, and still good
_watchers: "dict[int, list[Callable[[], None]]]" = {}  # of a connection that is kept, by its identity


def register(connection: "Connection", *, keep_old: bool = False) -> "Connection | None":
    """Keep *connection* under its name, in place of an earlier one of that name, and make it the current one.

    It is kept until it is signed out. Give the one that it replaces, for the caller to sign out, where that one came
    of a consent in this kernel; with *keep_old* it stays good, until the connection of its name is signed out.
    """
    connection.kept_by("kernel", lambda: _leave(connection))
    with _lock:
        replaced = _connections.pop(connection.name, None)
        _connections[connection.name] = connection
        if replaced is None or replaced is connection:
            return None
        watchers = _watchers.pop(id(replaced), [])
        is_ours = replaced.is_consented and not replaced.shares_grant_with(connection)
        if is_ours and keep_old:
            _earlier.setdefault(connection.name, []).append(replaced)
        elif is_ours:
            over = f"a newer sign-in replaced this connection, {connection.name!r}, and it is signed out"
            replaced.client.authorization.over_because = over
    replaced.client.close()
    for watcher in watchers:
        watcher()
    return replaced if is_ours and not keep_old else None


def watch(connection: "Connection", watcher: Callable[[], None]) -> None:
    """Call *watcher*, once, when this connection is not kept any more: signed out, or replaced."""
    with _lock:
        if _connections.get(connection.name) is connection:
            _watchers.setdefault(id(connection), []).append(watcher)
            return
    watcher()


def unwatch(connection: "Connection", watcher: Callable[[], None]) -> None:
    """Cancel what ``watch`` was asked for."""
    with _lock:
        left = [one for one in _watchers.pop(id(connection), []) if one != watcher]
        if left:
            _watchers[id(connection)] = left


def connections() -> "tuple[Connection, ...]":
    """All connections, the current one first."""
    with _lock:
        return tuple(reversed(_connections.values()))


def current(name: str | None = None) -> "Connection":
    """The connection of that name, or the one in use; raise NotSignedIn where there is none."""
    if name is not None:
        expect.text(name, "the name of a connection")
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
    wanted = shown(str(name))
    raise NotSignedIn(
        f"there is no connection {wanted}",
        hint=f"{guess} There are: {', '.join(names)}. A new one: {step('login as', name=wanted[1:-1])}".lstrip(),
    )


def switch(name: str) -> "Connection":
    """Make the connection of that name the current one; raise NotSignedIn where there is none."""
    connection = current(name)
    register(connection)
    return connection


def forget(connection: "Connection") -> bool:
    """Keep *connection* no longer."""
    with _lock:
        if _connections.get(connection.name) is not connection:
            return True
        del _connections[connection.name]
        watchers = _watchers.pop(id(connection), [])
    for watcher in watchers:
        watcher()
    return True


def _leave(connection: "Connection") -> bool:
    """Forget it, and sign out whatever else this kernel obtained under its name."""
    with _lock:
        is_kept = _connections.get(connection.name) is connection
        earlier = _earlier.pop(connection.name, []) if is_kept else []
    forget(connection)
    for one in earlier:
        one.logout()
    return True
