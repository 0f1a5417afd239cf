"""A small sandbox for the sign-ins of this folder, and no connection left behind."""

from typing import Any

import pytest

from zbt_notebook.client import signed_in
from zbt_notebook.client.connection import Connection
from zbt_notebook.notebook.embedded_sandbox import sandbox
from zbt_notebook.notebook.sign_in import login
from zbt_notebook.notebook.sign_in.background import BackgroundSignIn
from zbt_notebook.notebook.sign_in.card import LoginCard
from zbt_notebook.notebook.sign_in.sign_in import SignIn


def connect(site, card):
    """Sign in by a card as a person would, and give its connection."""
    card.sign_in.handle(
        {"kind": "start", "attempt": 0, "client_id": site.client_id, "client_secret": site.client_secret}
    )
    card.sign_in.handle({"kind": "code", "code": site.consent(card.sign_in.view()["consent_url"])})
    return card.connection


def login_card(**asked: Any) -> LoginCard:
    """The card with which ``zbt.login(**asked)`` begins."""
    card = login.login(**asked)
    assert isinstance(card, LoginCard)
    return card


def login_in_background(**asked: Any) -> BackgroundSignIn:
    """The sign-in that ``zbt.login(**asked)`` leaves to a thread."""
    begun = login.login(**asked)
    assert isinstance(begun, BackgroundSignIn)
    return begun


def login_at_once(**asked: Any) -> Connection:
    """The connection that ``zbt.login(**asked)`` comes back with."""
    connection = login.login(**asked)
    assert isinstance(connection, Connection)
    return connection


def begin(site, **more):
    """The card of a sign-in that has all but the client."""
    return login_card(data_center=site.data_center, redirect_uri=site.redirect_uri, scopes=site.scopes, **more)


@pytest.fixture
def site():
    """A sandbox of its own, running."""
    running = sandbox(bugs=20, projects=1)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def nothing_under_way(monkeypatch):
    """No listener, no thread of a sign-in outlives its test."""
    made, make = [], SignIn.__init__

    def note(sign_in, **options):
        make(sign_in, **options)
        made.append(sign_in)

    monkeypatch.setattr(SignIn, "__init__", note)
    yield
    for sign_in in made:
        sign_in.close()


@pytest.fixture(autouse=True)
def no_connections():
    yield
    for connection in signed_in.connections():
        signed_in.forget(connection)
