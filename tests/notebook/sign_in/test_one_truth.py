"""Every card of a kernel tells the truth about its connection; no grant is left alive that nobody sees."""

import comm
import pytest

from tests.notebook.sign_in.conftest import login_card
from tests.recording_comm import RecordingComm
from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.client.login_flow import LoginFlow, connect
from zbt_notebook.notebook import embedded_sandbox, environment
from zbt_notebook.notebook.sign_in import login
from zbt_notebook.notebook.sign_in.card import LoginCard
from zbt_notebook.notebook.sign_in.sign_in import SignIn


@pytest.fixture(autouse=True)
def notebook(monkeypatch, site):
    """Widgets are drawn, somebody sits there, and `--sandbox` means this one."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    monkeypatch.setattr(embedded_sandbox, "_shared", site)


@pytest.fixture
def connected(site):
    """``connected(name="default", **more)``: a card that its user has signed in with."""

    def make(**more):
        card = LoginCard(
            SignIn(
                client_id=site.client_id,
                client_secret=site.client_secret,
                redirect_uri=site.redirect_uri,
                scopes=site.scopes,
                data_center=site.data_center,
                **more,
            )
        )
        card.sign_in.handle({"kind": "start", "attempt": 0})
        card.sign_in.handle({"kind": "code", "code": site.consent(card.sign_in.view()["consent_url"])})
        assert card.connection is signed_in.current(card.sign_in.name)
        return card

    return make


def grants(site):
    """How many refresh tokens the sandbox holds for good."""
    return len(site.world.accounts.state.grants)


def last_status(card):
    """What the card was told last, without being asked."""
    return card.comm.views[-1]["status"][0]


def test_a_sign_out_elsewhere_reaches_every_card(connected):
    """`%zbt logout` in another cell: the card is told at once, with the line to run; nothing is left to refresh."""
    card = connected()
    connection = card.connection
    connection.logout()
    assert last_status(card) == "Signed out"
    assert "%zbt login" in card.comm.views[-1]["line"]
    card.sign_in.handle({"kind": "refresh"})
    assert (last_status(card), card.connection) == ("Signed out", None)


def test_a_replaced_card_says_so_and_its_grant_is_revoked(connected, site):
    """A second sign-in of the same name: the first card tells that, and what it had can call no more."""
    first = connected()
    before = first.connection
    second = connected()
    assert (last_status(first), last_status(second)) == ("Replaced by a newer sign-in", "Connected")
    assert not before.status().signed_in
    with pytest.raises(NotSignedIn, match="a newer sign-in replaced this connection"):
        before.get("/portals/")
    assert first.connection is None
    assert site.world.log.entries(path="/oauth/v2/token/revoke")
    first.sign_in.handle({"kind": "refresh"})
    assert last_status(first) == "Replaced by a newer sign-in"


def test_other_names_are_left_alone(connected):
    """Connections of several names stand side by side."""
    work, play = connected(name="work"), connected(name="play")
    assert work.connection.status().signed_in
    assert (last_status(work), last_status(play)) == ("Connected", "Connected")
    signed_in.switch("work")
    assert (last_status(work), last_status(play)) == ("Connected", "Connected")


def test_keep_old_keeps_it_until_the_sign_out(connected):
    """`--keep-old`: what is replaced goes on working in a variable; signing out ends it as well."""
    kept = connected().connection
    newer = connected(keep_old=True).connection
    assert kept.get("/portals/")
    newer.logout()
    assert not kept.status().signed_in
    assert not newer.status().signed_in


def test_a_flow_without_a_screen_replaces_where_it_is_asked_to(site):
    """`LoginFlow.finish` twice under one name: both work in variables; with keep_old=False the first is revoked."""

    def finish(**more):
        flow = LoginFlow(site.client_id, site.client_secret, site.redirect_uri, site.scopes, site.data_center)
        return flow.finish(site.consent(flow.authorization_url), **more)

    first, second = finish(), finish()
    assert first.get("/portals/")
    third = finish(keep_old=False)
    assert not second.status().signed_in
    assert third.get("/portals/")
    third.logout()
    assert not first.status().signed_in


def test_a_token_from_elsewhere_is_nobodys_to_revoke(connected, site):
    """A refresh token that an administrator set is left alone when a card takes its name, and so is the same grant."""
    consented = connected().connection
    keepsake = consented.client.authorization.keepsake()
    again = connect(keepsake.client_id, keepsake.client_secret, keepsake.refresh_token, site.data_center)
    assert consented.status().signed_in
    connected()
    assert again.status().signed_in
    again.refresh()


def test_signed_in_already_it_greets(connected):
    """`%zbt login` once more: connected, as whom, with Keep; nothing is sent, nothing changes."""
    before = connected().connection
    card = login_card(sandbox=True)
    view = card.sign_in.view()
    assert (view["phase"], view["greets"], view["status"]) == ("connected", True, ["Connected"])
    assert card.connection is before is signed_in.current()
    card.sign_in.handle({"kind": "keep"})
    assert not card.sign_in.view()["greets"]
    assert card.connection is before


def test_signed_in_already_nobody_is_asked(connected, monkeypatch, capsys):
    """`%zbt login` once more where no card can be drawn: one line says as whom, and the connection is the same."""
    before = connected().connection
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: False)
    monkeypatch.setattr(environment, "can_be_asked", lambda: False)
    assert login.login() is before
    assert login.login(sandbox=True) is before
    assert capsys.readouterr().out.startswith("Connected as ")


@pytest.mark.parametrize(("name", "line"), [("default", "%zbt login"), ("acme", "%zbt login --as acme")])
def test_the_line_for_tomorrow_signs_in(connected, name, line):
    """It names the connection, and its cell ends when the sign-in does: the rest is remembered."""
    card = connected(name=name)
    ends = "--sandbox --auto" if card.connection.data_center.name == "sandbox" else "--wait 300"
    assert card.sign_in.view()["tomorrow"] == f"{line} {ends}"
    card.connection.logout()
    assert card.sign_in.view()["tomorrow"] == ""


def test_a_browser_that_is_late_learns_that_it_had_connected(connected):
    """Signed out before the caught page was written: it does not say that its answer came too late."""
    card = connected()
    attempt = card.sign_in.state.desk.connected_by
    assert card.sign_in.answer(attempt).title == "Connected"
    card.connection.logout()
    assert "has ended since" in card.sign_in.answer(attempt).text
    assert "too late" in card.sign_in.answer(attempt - 1).title


def test_somebody_else_can_sign_in(connected, site):
    """The form comes, filled in; until somebody else is connected, the first one stays."""
    before = connected()
    card = login_card()
    card.sign_in.handle({"kind": "another"})
    view = card.sign_in.view()
    assert (view["phase"], view["form"]["client_id"]) == ("form", site.client_id)
    assert signed_in.current() is before.connection
    card.sign_in.handle({"kind": "start", "attempt": view["attempt"]})
    card.sign_in.handle({"kind": "code", "code": site.consent(card.sign_in.view()["consent_url"])})
    assert last_status(before) == "Replaced by a newer sign-in"
    assert signed_in.current() is card.connection


@pytest.mark.parametrize("asked", [{"client_id": "1000.OTHER"}, {"data_center": "eu"}, {"scopes": "a.b.READ"}])
def test_who_asks_for_something_else_gets_the_form(connected, asked):
    """Another client, data centre or scope is another sign-in."""
    connected()
    assert login_card(**asked).sign_in.view()["phase"] == "form"


def test_a_refusal_of_zohos_is_told_when_the_card_is_looked_at(connected, site):
    """Revoked on Zoho's own page: a call met it, and the card says so in two lines."""
    card = connected()
    site.world.disconnect()
    with pytest.raises(Exception, match="invalid_code"):
        card.connection.refresh()
    card.comm.hear({"kind": "view"})
    view = card.comm.views[-1]
    assert "invalid_code" in view["status"][0]
    assert view["status"][1]


def test_a_closed_card_is_told_nothing_more(connected):
    """Taken away with its cell, it listens no more."""
    card = connected()
    connection, told = card.connection, len(card.comm.views)
    card.close()
    connection.logout()
    assert len(card.comm.views) == told if card.comm else True


def _noting(shown):
    def show(card):
        shown.append(card)

    return show


def test_what_needs_no_user_shows_the_same_card(monkeypatch):
    """`--sandbox --auto` in a notebook: a connected card; the connection is what the caller gets."""
    shown: list = []
    monkeypatch.setattr(LoginCard, "show", _noting(shown))
    connection = login.login(sandbox=True, auto=True)
    (card,) = shown
    assert card.connection is connection is signed_in.current()
    assert card.sign_in.view()["status"] == ["Connected"]
