"""Keeps a sign-in for the next kernel, in the operating system's keyring, where the user asked for it."""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

from zbt_notebook.client.auth.authorization import Keepsake
from zbt_notebook.client.auth.keyring_store import KeyringStore
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError
from zbt_notebook.client.login_flow import connect

_NO_LONGER_GOOD = {"invalid_code", "invalid_client", "invalid_client_secret"}  # other words pass, as a throttle does


def recall(name: str, fits: Callable[[Keepsake], bool]) -> Connection | None:
    """Sign in with what is remembered under the connection's name, without the user; None where nothing is of use.

    *fits* says whether it is what the user asks for.

    What Zoho does not take any more is forgotten. Raise Unreachable where Zoho does not answer, SignInRejected where it
    refuses for now: what is remembered is still good then.
    """
    store = _store()
    kept = store.load(name) if store else None
    if store is None or kept is None or not fits(kept):
        return None
    try:
        connection = connect(
            kept.client_id, kept.client_secret, kept.refresh_token, kept.data_center, name=name, scopes=kept.scopes
        )
    except SignInRejected as refusal:
        if refusal.error not in _NO_LONGER_GOOD:
            raise
        store.forget(name)
        return None
    connection.redirect_uri = kept.redirect_uri
    connection.kept_by("keyring", lambda: store.forget(name))
    return connection


class Remembering:
    """Remembers connections; raise UsageError at once, before anybody signs in, where there is no safe keyring."""

    def __init__(self) -> None:
        self._store = KeyringStore()

    def __call__(self, connection: Connection) -> str:
        """Remember this one; a line that says so, or why not."""
        store, name = self._store, connection.name
        try:
            keepsake = connection.client.authorization.keepsake()
            store.save(name, replace(keepsake, redirect_uri=connection.redirect_uri))
        except (UsageError, NotSignedIn) as error:  # the sign-in itself stands
            return str(error)
        connection.kept_by("keyring", lambda: store.forget(name))
        return "Remembered in this machine's keyring: the next %zbt login needs no form. Signing out forgets it."


def _store() -> KeyringStore | None:
    if find_spec("keyring") is None:
        return None
    try:
        return KeyringStore()
    except UsageError:
        return None
