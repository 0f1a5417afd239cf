"""Which way to sign in is taken, and the ways that need no notebook."""

import asyncio
import builtins
import getpass

import pytest

from tests.notebook.sign_in.conftest import login_at_once, login_card
from zbt_notebook.client import signed_in
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError
from zbt_notebook.notebook import embedded_sandbox, environment
from zbt_notebook.notebook.sign_in import login
from zbt_notebook.notebook.sign_in.card import LoginCard


@pytest.fixture(autouse=True)
def shared_site(monkeypatch, site):
    """What `sandbox=True` signs in to."""
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    return site


@pytest.fixture
def user(monkeypatch, site, capsys):
    """``user(*answers)`` sits at a terminal and gives these; an answer may be a function of what was printed."""
    asked = []

    def sit_down(*answers):
        left = iter(answers)

        def answer(prompt=""):
            asked.append(prompt)
            reply = next(left, None)
            if reply is None:
                raise EOFError
            return reply(capsys.readouterr().out) if callable(reply) else reply

        monkeypatch.setattr(environment, "can_be_asked", lambda: True)
        monkeypatch.setattr(builtins, "input", answer)
        monkeypatch.setattr(getpass, "getpass", answer)
        return asked

    def accept(printed):
        link = next(line for line in printed.splitlines() if "/oauth/v2/auth" in line)
        return site.consent(link)

    sit_down.accept = accept  # type: ignore[attr-defined]
    return sit_down


def client_of(site):
    return {"data_center": site.data_center, "redirect_uri": site.redirect_uri, "scopes": site.scopes}


def test_sandbox_and_auto_need_nobody():
    """`%zbt login --sandbox --auto` signs in by itself, through the same steps as a user."""
    connection = login.start(sandbox=True, auto=True)
    assert isinstance(connection, Connection)
    assert signed_in.current() is connection
    assert connection.data_center.name == "sandbox"


def test_a_self_client_brings_its_code_from_the_console(user, site):
    """By itself on the sandbox, and at the prompt: no link, no redirect URI."""
    assert login_at_once(sandbox=True, auto=True, self_client=True).get("/portals/")["portals"]
    asked = user(lambda _: site.generate_code())
    connection = login_at_once(mode="prompt", sandbox=True, self_client=True)
    assert connection.get("/portals/")["portals"]
    assert len(asked) == 1


def test_kernels_can_count_their_requests_together(monkeypatch, tmp_path):
    """`--shared-budget`: Zoho counts them together anyway."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    first, second = (login_at_once(sandbox=True, auto=True, shared_budget=True, name=name) for name in "ab")
    first.get("/portals/")
    second.get("/portals/")
    assert [use.used for use in second.status().windows] == [2]


def test_a_sign_in_that_is_over_can_be_awaited_too():
    """`await zbt.login(…)` gives the connection in every mode."""

    async def cell():
        return await login.login(sandbox=True, auto=True, name="work")

    assert asyncio.run(cell()).name == "work"


def test_auto_is_for_the_sandbox():
    """Nobody consents for a user of the real Zoho."""
    with pytest.raises(UsageError, match="sandbox alone"):
        login.login(auto=True)


def test_a_client_of_ones_own_on_the_sandbox_brings_its_own_secret(monkeypatch):
    """The sandbox's secret goes with the sandbox's client only."""
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    assert login_card(sandbox=True).sign_in.view()["secret_held"]
    assert not login_card(sandbox=True, client_id="1000.MINE").sign_in.view()["secret_held"]


def test_without_a_user_the_variables_are_named_at_once():
    """Where nobody can be asked, nothing waits: the error names what to set."""
    with pytest.raises(NotSignedIn, match="without a user") as caught:
        login.login(client_id="1000.X")
    assert "ZBT_REFRESH_TOKEN" in caught.value.hint


def test_env_is_taken_where_its_variables_are_set(monkeypatch, site):
    """Unattended runs sign in silently with ZBT_* variables."""
    first = login_at_once(sandbox=True, auto=True)
    secret, refresh_token = site.client_secret, first.client.authorization.keepsake().refresh_token
    monkeypatch.setenv("ZBT_CLIENT_ID", site.client_id)
    monkeypatch.setenv("ZBT_CLIENT_SECRET", secret)
    monkeypatch.setenv("ZBT_REFRESH_TOKEN", refresh_token)
    monkeypatch.setenv("ZBT_ACCOUNTS_URL", site.data_center.accounts_url)
    monkeypatch.setenv("ZBT_API_URL", site.data_center.api_url)
    connection = login_at_once(name="unattended")
    assert (connection.name, connection.data_center.name) == ("unattended", "custom")
    assert connection.status().seconds_left > 3500


def test_env_names_what_is_missing():
    """`--mode env` without the variables says which."""
    with pytest.raises(NotSignedIn, match="ZBT_CLIENT_ID, ZBT_CLIENT_SECRET, ZBT_REFRESH_TOKEN are not set"):
        login.login(mode="env")


def test_an_unknown_mode_is_refused():
    """The modes are told."""
    with pytest.raises(UsageError, match="no mode 'magic'"):
        login.login(mode="magic")


def test_a_notebook_gets_the_card(monkeypatch):
    """Where widgets may be drawn and somebody sits there, `auto` is the card; `start` has then nothing to give."""
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    assert isinstance(login.login(), LoginCard)
    assert login.start() is None


def test_the_prompt_asks_for_client_secret_and_code(user, site):
    """A terminal: the link is printed, three answers, connected."""
    asked = user(site.client_id, site.client_secret, user.accept)
    connection = login.login(mode="prompt", **client_of(site))
    assert isinstance(connection, Connection)
    words = [prompt.split(" (")[0].strip(": ") for prompt in asked]
    assert words == ["Client ID", "Client secret", "Code, or the whole address"]


def test_the_prompt_of_the_sandbox_asks_for_the_code_alone(user):
    """The sandbox's client is known."""
    asked = user(user.accept)
    assert login_at_once(mode="prompt", sandbox=True).data_center.name == "sandbox"
    assert len(asked) == 1


def test_a_wrong_answer_at_the_prompt_is_told_and_asked_again(user):
    """A wrong paste, the two lines about it, then a right one."""
    links, told = [], []

    def err(printed):
        links.append(user.accept(printed))
        return "Hello, Zoho!"

    def do_right(printed):
        told.append(printed)
        return links[0]

    user(err, do_right)
    assert login.login(mode="prompt", sandbox=True)
    assert "The pasted text is not a code" in told[0]


def test_a_wrong_secret_at_the_prompt_is_asked_for_again(user, site):
    """After invalid_client_secret only the secret and the code are asked for, with a new link."""
    asked = user(site.client_id, "wrong" * 8, user.accept, site.client_secret, user.accept)
    assert login.login(mode="prompt", **client_of(site))
    assert [prompt.split()[0] for prompt in asked] == ["Client", "Client", "Code,", "Client", "Code,"]


def test_an_empty_client_id_is_asked_for_again(user, site):
    """Enter without a word is no client."""
    asked = user("", site.client_secret, site.client_id, site.client_secret, user.accept)
    assert login.login(mode="prompt", **client_of(site))
    assert len(asked) == 5


def test_nonsense_ends_the_prompt(user):
    """Five wrong answers are enough."""
    user(*["Hello, Zoho!"] * 9)
    with pytest.raises(SignInRejected, match="5 answers were not right"):
        login.login(mode="prompt", sandbox=True)


def test_a_wrong_argument_is_not_asked_about(user):
    """A redirect URI that cannot be right is the caller's to correct."""
    user()
    with pytest.raises(UsageError, match="redirect URI"):
        login.login(mode="prompt", sandbox=True, redirect_uri="nowhere")


def test_a_closed_prompt_is_not_signed_in(user, site):
    """End of input ends the sign-in."""
    user(site.client_id)
    with pytest.raises(NotSignedIn, match="closed"):
        login.login(mode="prompt", **client_of(site))


def test_escape_in_vs_code_ends_the_prompt(user, site, monkeypatch):
    """All that its box sends for Escape is an empty answer: it is not asked again and again."""
    monkeypatch.setenv("VSCODE_PID", "1")
    for answers in ([""], [site.client_id, ""], [site.client_id, site.client_secret, " "]):
        asked = user(*answers)
        asked.clear()
        with pytest.raises(NotSignedIn, match="left empty"):
            login.login(mode="prompt", **client_of(site))
        assert len(asked) == len(answers)
