"""``%zbt login --add-scope``: what an error offers, and how little is left to do."""

import builtins

import pytest

from zbt_notebook import Connection, NotSignedIn, ScopeMissing, UsageError
from zbt_notebook.client import signed_in
from zbt_notebook.notebook import embedded_sandbox, environment
from zbt_notebook.notebook.sign_in.card import LoginCard
from zbt_notebook.notebook.sign_in.login import login

READING = ("ZohoBugTracker.portals.READ", "ZohoBugTracker.projects.READ")
BUGS = "ZohoBugTracker.bugs.READ"


@pytest.fixture
def reader(sign_in, site, monkeypatch):
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    connection = sign_in(scopes=READING)
    site.clock.advance(700)  # Zoho gives a client ten codes in ten minutes
    return connection


@pytest.fixture
def path(reader):
    project = next(reader.rows("/portal/brightwater/projects/"))["id_string"]
    return f"/portal/brightwater/projects/{project}/bugs/"


@pytest.mark.usefixtures("reader")
def test_the_error_offers_the_line_and_the_line_helps(zbt, path):
    """What the hint says to run is run as it stands; after the consent the call goes through."""
    with pytest.raises(ScopeMissing) as refusal:
        zbt(f"GET {path}")
    line = refusal.value.hint.removeprefix("Run: %zbt ")
    assert line == f"login --add-scope {BUGS}"
    assert isinstance(zbt(f"{line} --sandbox --auto"), Connection)
    assert set(signed_in.current().scopes) == {*READING, BUGS}
    assert signed_in.current().name == "default"
    assert len(zbt(f"GET {path} --limit 2")) == 2


def test_the_line_names_another_connection(reader, sign_in, zbt, path, site):
    """Where the call went over another than the current connection, the offered line says so, and widens that one."""
    sign_in("other one")
    signed_in.switch("default")
    sign_in("current")
    site.clock.advance(700)
    with pytest.raises(ScopeMissing) as refusal:
        zbt(f"GET {path} --as default")
    assert refusal.value.hint.endswith(f"--add-scope {BUGS} --as default")
    zbt(refusal.value.hint.removeprefix("Run: %zbt ") + " --sandbox --auto")
    assert signed_in.current("default").scopes != reader.scopes
    assert BUGS in signed_in.current("default").scopes


def test_the_card_stands_at_the_link(reader, site, monkeypatch):
    """Client, secret and redirect URI are known: the card begins with the consent link, and shows no secret."""
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    card = login(add_scope=BUGS)
    assert isinstance(card, LoginCard)
    view = card.sign_in.view()
    assert view["phase"] == "waiting"
    assert view["form"]["redirect_uri"] == site.redirect_uri
    assert view["form"]["scopes"].split(", ") == [*READING, BUGS]
    assert site.client_secret not in str(view)
    card.sign_in.handle({"kind": "code", "code": site.consent(view["consent_url"])})
    assert signed_in.current() is card.connection
    assert signed_in.current() is not reader


@pytest.mark.usefixtures("reader")
def test_in_a_terminal_only_the_code_is_asked(site, monkeypatch, capsys):
    """The prompt asks for nothing that is known."""
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    asked = []

    def answer(question):
        asked.append(question)
        url = next(word for word in capsys.readouterr().out.split() if word.startswith("http"))
        return site.consent(url)

    monkeypatch.setattr(builtins, "input", answer)
    monkeypatch.setattr("getpass.getpass", answer)
    login(add_scope=BUGS, mode="prompt")
    assert BUGS in signed_in.current().scopes
    assert len(asked) == 1


def test_reading_only_stays(reader, zbt, console):
    """More scopes are no leave to write."""
    console.read_only.add(reader.name)
    zbt("login --sandbox --auto --add-scope ZohoBugTracker.bugs.CREATE")
    with pytest.raises(UsageError, match="signed in for reading"):
        zbt("POST /portal/1/projects/ name=x --yes")


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("login --add-scope ZohoBugTracker.bgus.READ --sandbox --auto", "no scope"),
        ("login --add-scope ZohoBugTracker.bugs.READ --scopes ZohoBugTracker.bugs.READ", "exclude each other"),
    ],
)
def test_what_cannot_be_meant_is_refused(line, message, zbt):
    """A misspelt scope, or scopes both given and added."""
    with pytest.raises(UsageError, match=message):
        zbt(line)


def test_there_has_to_be_a_connection(zbt, no_connections):  # noqa: ARG001  what it does is wanted
    """Nothing is widened where nobody is signed in, or after a sign-out."""
    with pytest.raises(NotSignedIn):
        zbt("login --add-scope ZohoBugTracker.bugs.READ")


@pytest.mark.usefixtures("reader")
def test_a_mode_without_a_user_cannot_widen():
    """Nobody would give the consent."""
    with pytest.raises(UsageError, match="given by a user"):
        login(mode="env", add_scope=BUGS)
