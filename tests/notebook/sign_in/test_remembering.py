"""Signing in with --remember: once by hand, afterwards without a form, until the sign-out."""

from functools import partial

import keyring
import pytest
from keyring.backend import KeyringBackend

from tests.notebook.sign_in.conftest import begin, connect, login_at_once, login_card
from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import SignInRejected, UsageError
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in import login
from zbt_notebook.notebook.sign_in.card import LoginCard
from zbt_notebook.notebook.sign_in.prompt import sign_in_by_prompt


class Chest(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def chest():
    usual = keyring.get_keyring()
    keyring.set_keyring(Chest())
    yield keyring.get_keyring()
    keyring.set_keyring(usual)


@pytest.fixture(autouse=True)
def notebook(monkeypatch):
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)


def test_the_second_sign_in_needs_no_form(site, chest):
    """Remembered in one signed_in, `%zbt login` in the next is silent; signing out forgets."""
    card = begin(site, remember=True)
    connection = connect(site, card)
    assert "Remembered" in card.sign_in.view()["note"]
    signed_in.forget(connection)
    again = login.login()
    assert signed_in.current() is again
    assert again.data_center == site.data_center
    assert again.logout().keyring is True
    assert not chest.kept
    assert isinstance(login.login(), LoginCard)


def test_without_the_wish_nothing_is_remembered(site, chest):
    """The keyring is not touched unless the user asks."""
    connect(site, begin(site))
    assert not chest.kept


@pytest.mark.parametrize("told", ["Remembered in", "the keyring does not take"])
def test_a_prompt_tells_what_became_of_it(site, chest, monkeypatch, capsys, told):
    """There is no card for the note, and a keyring that refuses must not do so in silence."""
    if "not" in told:
        monkeypatch.setattr(chest, "set_password", None)
    answers = iter([site.client_secret])
    flows: list = []

    def answer(prompt):
        return next(answers) if "secret" in prompt else site.consent(flows[0].authorization_url)

    def begin_flow(*arguments, **more):
        flows.append(LoginFlow(*arguments, **more))
        return flows[0]

    monkeypatch.setattr("getpass.getpass", answer)
    card = begin(site, remember=True, client_id=site.client_id)
    card.sign_in._runner._begin = begin_flow
    sign_in_by_prompt(card.sign_in)
    assert told in capsys.readouterr().out


@pytest.mark.usefixtures("chest")
def test_a_way_without_a_card_tells_what_became_of_it(site, monkeypatch, capsys):
    """The sandbox that consents by itself, the variables, and what was remembered once."""
    connection = connect(site, begin(site))
    kept = connection.client.authorization.keepsake()
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: False)
    monkeypatch.setenv("ZBT_CLIENT_ID", kept.client_id)
    monkeypatch.setenv("ZBT_CLIENT_SECRET", kept.client_secret)
    monkeypatch.setenv("ZBT_REFRESH_TOKEN", kept.refresh_token)
    login.login(mode="env", data_center=site.data_center, remember=True)
    assert "Remembered in" in capsys.readouterr().out
    monkeypatch.delenv("ZBT_REFRESH_TOKEN")
    login.login(shared_budget=True)
    assert "counted together" in capsys.readouterr().out
    login.login(sandbox=True, auto=True, remember=True)
    assert "Remembered in" in capsys.readouterr().out


def test_what_zoho_refuses_is_forgotten(site, chest):
    """A revoked refresh token is no dead end: the form comes back."""
    signed_in.forget(connect(site, begin(site, remember=True)))
    site.world.disconnect()
    assert isinstance(login.login(), LoginCard)
    assert not chest.kept


@pytest.mark.usefixtures("chest")
def test_more_scopes_can_be_asked_for_after_a_restart(site):
    """Remembered as well: what was granted, which Zoho's answer to a refresh may leave out, and the redirect URI."""
    signed_in.forget(connect(site, begin(site, remember=True)))
    site.world.set(scope_in_token_answers=False)
    again = login_at_once()
    assert again.scopes == tuple(site.scopes)
    assert again.redirect_uri == site.redirect_uri
    form = login_card(add_scope="ZohoBugTracker.bugs.DELETE").sign_in.view()["form"]
    assert form["scopes"].split(", ") == [*site.scopes, "ZohoBugTracker.bugs.DELETE"]
    assert form["redirect_uri"] == site.redirect_uri
    corrected = login_card(add_scope="ZohoBugTracker.bugs.DELETE", redirect_uri="http://localhost:1/cb").sign_in.view()[
        "form"
    ]
    assert corrected["redirect_uri"] == "http://localhost:1/cb"


def test_what_zoho_refuses_for_now_is_kept(site, chest):
    """A throttle passes: the refresh token is as good as before, and no form is asked for."""
    connection = connect(site, begin(site, remember=True))
    site.world.set(access_token_limit=1)
    connection.refresh()
    signed_in.forget(connection)
    with pytest.raises(SignInRejected, match="Access Denied"):
        login.login()
    assert chest.kept


def test_without_a_refresh_token_the_sign_in_stands(site, chest):
    """There is nothing to remember, and the card says so; it is connected all the same."""
    card = begin(site, remember=True)
    card.sign_in._runner._begin = partial(LoginFlow, access_type="online")
    connect(site, card)
    view = card.sign_in.view()
    assert card.connection is signed_in.current()
    assert (view["phase"], view["failed"]) == ("connected", False)
    assert "no refresh token to remember" in view["note"]
    assert not chest.kept


def test_an_unsafe_keyring_is_refused_before_anybody_signs_in(site):
    """The null keyring of the tests keeps nothing: an error at once, and no card."""
    with pytest.raises(UsageError, match="cannot be remembered"):
        begin(site, remember=True)
