"""Finds what an earlier sign-in left and the caller can mean: a connection, a remembered sign-in, a filled-in form."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter, find_data_center
from zbt_notebook.client.auth.scopes import missing, parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.notebook.sign_in import remembered_form
from zbt_notebook.notebook.sign_in.form import Form


@dataclass(frozen=True, slots=True)
class Requested:
    """What the caller said of the sign-in; what is None is theirs to fill in, or as it was the last time."""

    data_center: str | DataCenter | None
    client_id: str | None
    scopes: str | Iterable[str] | None
    redirect_uri: str | None

    def fits(self, site: DataCenter, client_id: str, scopes: Iterable[str], redirect_uri: str) -> bool:
        """Whether a sign-in that was made with these is one that the caller can mean."""
        return (
            (self.data_center is None or find_data_center(self.data_center) == site)
            and self.client_id in {None, client_id}
            and self.redirect_uri in {None, redirect_uri}
            and (self.scopes is None or not missing(scopes, parse_scopes(self.scopes)))
        )


def signed_in_as(name: str, requested: Requested) -> Connection | None:
    """The connection of that name, where it is what is asked for."""
    connection = next((one for one in signed_in.connections() if one.name == name), None)
    if connection is None:
        return None
    fits = requested.fits(connection.data_center, connection.client_id, connection.scopes, connection.redirect_uri)
    return connection if fits else None


def recalled(name: str, requested: Requested) -> Connection | None:
    """A connection from what the keyring holds under that name."""
    from zbt_notebook.notebook.sign_in.remembering import recall

    return recall(name, lambda kept: requested.fits(kept.data_center, kept.client_id, kept.scopes, kept.redirect_uri))


def remembered(name: str, requested: Requested) -> Form | None:
    """What the last sign-in of that name was filled in with, as far as the caller says nothing else."""
    if requested.client_id or os.environ.get("ZBT_CLIENT_ID"):
        return None
    is_named = bool(requested.data_center or os.environ.get("ZBT_ACCOUNTS_URL") or os.environ.get("ZBT_DATA_CENTER"))
    form = remembered_form.recall(name, find_data_center(requested.data_center) if is_named else None)
    if form is None or form.data_center not in {*DATA_CENTERS, find_data_center(requested.data_center).name}:
        return None
    scopes = form.scopes if requested.scopes is None else ", ".join(parse_scopes(requested.scopes))
    return replace(form, redirect_uri=requested.redirect_uri or form.redirect_uri, scopes=scopes)
