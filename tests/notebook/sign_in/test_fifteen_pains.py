"""The fifteen ways in which Zoho's API most often hurts: each provoked, and what the error and `%zbt doctor` say of it.

Each is met in a cell of Python, outside of any magic; those of a sign-in are met on its card as well, where no error is
raised. The order and the words of the pains are those of the public complaints that they were collected from.
"""

from functools import partial
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.shells import fresh_shell
from zbt_notebook.client.auth.authorization import Clock
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.errors import (
    NotFound,
    NotSignedIn,
    RateLimited,
    ScopeMissing,
    SignInRejected,
    TokenRejected,
    UsageError,
)
from zbt_notebook.client.login_flow import LoginFlow, connect
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.sign_in.sign_in import SignIn
from zbt_notebook.simulator import Sandbox, World
from zbt_notebook.simulator.clock import Clock as SandboxClock

BUGS = "ZohoBugTracker.bugs.READ"
SCOPES = ("ZohoBugTracker.portals.READ", "ZohoBugTracker.projects.READ", BUGS, "ZohoBugTracker.milestones.READ")


@pytest.fixture(autouse=True)
def shell(monkeypatch):
    """An IPython of this test's own, which has seen no error yet."""
    monkeypatch.setattr(last_error, "_last", None)
    with fresh_shell() as running:
        running.run_line_magic("load_ext", "zbt_notebook")
        monkeypatch.setattr(last_error, "_last", None)
        yield running


@pytest.fixture
def zoho(monkeypatch):
    """Two data centres, their time in the test's hands, the client's clocks with it; and hands to sign in there."""
    with Sandbox(
        World(projects=1, bugs=20, data_centers=("us", "eu"), clock=SandboxClock(frozen_at=1.79e9))
    ) as running:
        world = running.world
        eu = DataCenter("eu-sandbox", world.accounts_url("eu"), world.api_url("eu"))
        us = DataCenter("us-sandbox", world.accounts_url("us"), world.api_url("us"), siblings=(eu,))
        monkeypatch.setenv("ZBT_ACCOUNTS_URL", us.accounts_url)
        monkeypatch.setenv("ZBT_API_URL", us.api_url)
        clock = Clock(wall=world.clock.now, monotonic=world.clock.now, sleep=world.clock.advance)

        def flow(client=world.client, site=us, redirect_uri=world.client.redirect_uri, **more):
            given = {"scopes": SCOPES, "data_center": site, "clock": clock, **more}
            return LoginFlow(client.client_id, client.client_secret, redirect_uri, **given)

        def sign_in(**more):
            begun = flow(**more)
            return begun.finish(world.consent(begun.authorization_url))

        yield SimpleNamespace(world=world, us=us, eu=eu, clock=clock, flow=flow, sign_in=sign_in)


def doctor():
    """What it makes of the last error, by row."""
    return dict(InteractiveShell.instance().run_line_magic("zbt", "doctor").rows)


def fails(kind, call, *arguments, **more):
    """The two lines of the error of a cell that makes the call, and the doctor's explanation: one text."""
    shell = InteractiveShell.instance()
    shell.user_ns["call"] = partial(call, *arguments, **more)
    error = shell.run_cell("call()").error_in_exec
    assert type(error) is kind, error
    rows = doctor()
    assert rows["last error"] == f"{kind.__name__}: {error.message}"
    assert rows["seen"].endswith(", in a cell")
    assert rows["what to do"] == error.hint != ""
    return f"{error} {rows['why']}"


def keepsake(connection):
    return connection.client.authorization.keepsake()


def test_1_the_wrong_data_centre(zoho):
    """Right credentials, `invalid_client`: the data centre is named as a cause; a redirect leads to the right one."""
    client = zoho.world.register_client("Here", redirect_uri="http://localhost:8000/callback", data_center="eu")
    text = fails(SignInRejected, connect, client.client_id, client.client_secret, "1000.x.y", zoho.us)
    assert "invalid_client" in text
    assert "data centre: a client lives where it was registered" in text
    zoho.world.sign_in(data_center="eu")
    assert zoho.sign_in().data_center.name == "eu-sandbox"


def test_2_a_code_that_is_expired_or_used(zoho):
    """`invalid_code`: both causes are told, and to start again."""
    first = zoho.flow()
    late = zoho.world.consent(first.authorization_url)
    zoho.world.clock.advance(121)
    assert "older than two minutes" in fails(SignInRejected, first.finish, late)
    used, other = zoho.flow(), zoho.flow()
    code = zoho.world.consent(used.authorization_url).partition("code=")[2].partition("&")[0]
    used.finish(code)
    assert "It is used" in fails(SignInRejected, other.finish, code)


def test_3_no_refresh_token(zoho):
    """Without offline access the sign-in ends after an hour, and says how it would not have."""
    connection = zoho.sign_in(access_type="online")
    assert not connection.status().can_refresh
    zoho.world.clock.advance(3600)
    text = fails(NotSignedIn, connection.get, "/portals/")
    assert "no refresh token" in text
    assert "access_type=offline" in text
    assert "a consent that was shown" in text


def test_4_errors_under_status_200(zoho):
    """A refusal is a refusal whatever its status, at the token endpoint and at the API."""
    connection = zoho.sign_in()
    zoho.world.set(errors_in_200=True)
    assert "login_id" in fails(NotFound, connection.get, "/portal/1/projects/")
    assert "invalid_code" in fails(SignInRejected, zoho.flow().finish, "1000." + "0" * 32 + "." + "1" * 32)


def test_5_too_many_tokens(zoho):
    """The tenth token in ten minutes is the last that is asked for; Zoho's own refusal tells how long to wait."""
    connection = zoho.sign_in()
    for _ in range(connection.status().token_budget_left):
        connection.refresh()
    before = len(zoho.world.log.entries(path="/oauth/v2/token"))
    text = fails(RateLimited, connection.refresh)
    assert "the next is due at" in text
    assert "100 calls" not in text
    assert len(zoho.world.log.entries(path="/oauth/v2/token")) == before
    zoho.world.clock.advance(601)
    zoho.world.set(access_token_limit=1)
    connection.refresh()
    text = fails(SignInRejected, connection.refresh)
    assert "too many were asked for" in text
    assert "Wait until " in text


def test_6_the_other_family_of_scopes(zoho):
    """A token for ZohoProjects does not open BugTracker: the scope that does is named, and how to add it."""
    connection = zoho.sign_in(scopes=["ZohoProjects.portals.READ"])
    text = fails(ScopeMissing, connection.get, "/portals/")
    assert "needs ZohoBugTracker.portals.READ" in text
    assert "--add-scope ZohoBugTracker.portals.READ" in text
    assert "the classic API want ZohoBugTracker scopes, those of V3 ZohoProjects scopes" in text


def test_7_a_scope_that_was_dropped_without_a_word(zoho):
    """What was asked and not granted is shown; the wrong URL that Zoho speaks of is told for what it is."""
    zoho.world.set(dropped_scopes=(BUGS,), missing_scope_as="URL_RULE_NOT_CONFIGURED")
    connection = zoho.sign_in()
    assert connection.status().scopes_missing == (BUGS,)
    portal = connection.get("/portals/")["portals"][0]["id"]
    project = connection.get(f"/portal/{portal}/projects/")["projects"][0]["id"]
    text = fails(ScopeMissing, connection.get, f"/portal/{portal}/projects/{project}/bugs/")
    assert f"needs {BUGS}" in text


def test_8_the_lock_of_an_address(zoho):
    """The time of its end is told, nothing is sent before it, and other addresses work."""
    connection = zoho.sign_in()
    portal = connection.get("/portals/")["portals"][0]["id"]
    zoho.world.set(url_limit=1)
    text = fails(RateLimited, connection.get, "/portals/")
    assert "locked until" in text
    before = len(zoho.world.log.entries(path="/restapi/portals/"))
    assert "nothing was sent" in fails(RateLimited, connection.get, "/portals/")
    assert len(zoho.world.log.entries(path="/restapi/portals/")) == before
    connection.get(f"/portal/{portal}/projects/")


def test_9_a_redirect_uri_that_is_not_the_registered_one(zoho):
    """One slash too many: what counts is told."""
    code = zoho.world.consent(zoho.flow().authorization_url).partition("code=")[2].partition("&")[0]
    wrong = zoho.flow(redirect_uri=zoho.world.client.redirect_uri + "/")
    text = fails(SignInRejected, wrong.finish, code)
    assert "scheme, port and closing slash count" in text


def test_10_a_token_at_another_regions_host(zoho):
    """`INVALID_OAUTHTOKEN`: the data centre is named among the causes, for a token and for a refresh token."""
    zoho.world.sign_in(data_center="eu")
    there = zoho.sign_in(access_type="online")
    astray = DataCenter("astray", zoho.eu.accounts_url, zoho.us.api_url)
    there.client.authorization.data_center = astray
    assert "data centre" in fails(TokenRejected, there.get, "/portals/")
    kept = keepsake(zoho.sign_in())
    text = fails(SignInRejected, connect, kept.client_id, kept.client_secret, kept.refresh_token, zoho.us)
    assert "refresh token" in text
    assert "data centre" in text


def test_11_the_sign_in_that_pushed_out_the_oldest(zoho):
    """The error says that newer sign-ins end old ones: it is no code that was used twice."""
    zoho.world.set(refresh_tokens_kept=1)
    oldest, _newest = zoho.sign_in(), zoho.sign_in(name="newest")
    text = fails(SignInRejected, oldest.get, "/portals/")
    assert "refresh token" in text
    assert "20" in text
    assert "%zbt login" in text
    assert "two minutes" not in text


@pytest.mark.parametrize("spelling", ["seconds", "milliseconds", "legacy"])
def test_12_the_units_of_expiry(zoho, spelling):
    """An hour is an hour, in all of Zoho's spellings."""
    zoho.world.set(expires_in_as=spelling)
    assert zoho.sign_in().status().seconds_left == pytest.approx(3600, abs=2)


@pytest.mark.parametrize("passed", [3000, 3590, 3601])
def test_13_the_hour_is_over(zoho, passed):
    """Calls go on, at the price of one token; where Zoho ended the sign-in that is told."""
    connection = zoho.sign_in()
    zoho.world.clock.advance(passed)
    before = len(zoho.world.log.entries(path="/oauth/v2/token"))
    connection.get("/portals/")
    assert len(zoho.world.log.entries(path="/oauth/v2/token")) - before == (passed > 3540)
    zoho.world.disconnect()
    assert "revoked" in fails(SignInRejected, connection.get, "/portals/")


@pytest.mark.parametrize(
    "switches", [{}, {"page_info_as": "array", "has_next_page_as": "string"}, {"empty_v3_list_as": "204"}]
)
def test_14_answers_of_another_shape(zoho, switches):
    """No content is an empty list, a list is a list in an envelope or bare, whatever Zoho wraps its pages in."""
    zoho.world.set(**switches)
    connection = zoho.sign_in()
    portal = connection.get("/portals/")["portals"][0]["id"]
    assert [row["id"] for row in connection.rows("/api/v3/portals")] == [str(portal)]
    project = next(connection.rows(f"/portal/{portal}/projects/"))["id"]
    bugs = f"/portal/{portal}/projects/{project}/bugs/"
    assert len(list(connection.rows(bugs))) == 20
    assert list(connection.rows(bugs, {"index": "5000"})) == []


def test_15_ids_and_dates(zoho):
    """The portal is not its login_id; ids are exact, and dates are dates in spite of their order."""
    connection = zoho.sign_in()
    found = connection.get("/portals/")
    portal = found["portals"][0]["id"]
    text = fails(NotFound, connection.get, f"/portal/{found['login_id']}/projects/")
    assert "login_id is none either" in text
    frame = connection.frame(f"/portal/{portal}/projects/")
    assert frame["id"].tolist() == [row["id"] for row in connection.rows(f"/portal/{portal}/projects/")]
    assert str(frame["created_date_long"].dtype).startswith("datetime64")


class OnTheCard:
    """A sign-in by its card: events go in, and what is wrong is shown; no error leaves it."""

    def __init__(self, zoho, client=None, name="default", **more):
        self.zoho, self.client = zoho, client or zoho.world.client
        begin = partial(LoginFlow, clock=zoho.clock, **more)
        self.sign_in = SignIn(
            redirect_uri=self.client.redirect_uri, data_center=zoho.us, begin=begin, scopes=SCOPES, name=name
        )
        InteractiveShell.instance().run_cell("1 / 0")  # an error of the user's own is none of the doctor's

    def fill_in(self, **changes):
        """Fill in the form and ask for the link."""
        filled = {"client_id": self.client.client_id, "client_secret": self.client.client_secret, **changes}
        self.sign_in.handle({"kind": "start", "attempt": self.sign_in.view()["attempt"], **filled})

    def start(self):
        """Fill in the form, consent, and give the address on which the browser ends."""
        self.fill_in()
        return self.zoho.world.consent(self.sign_in.view()["consent_url"])

    def connect(self):
        self.paste(self.start())
        assert self.sign_in.view()["phase"] == "connected"
        return self

    def paste(self, text):
        self.sign_in.handle({"kind": "code", "code": text})

    def refresh(self):
        self.sign_in.handle({"kind": "refresh"})


def code_in(address):
    return address.partition("code=")[2].partition("&")[0]


def of_another_data_center(zoho):
    client = zoho.world.register_client("Here", redirect_uri="http://localhost:8000/callback", data_center="eu")
    card = OnTheCard(zoho, client)
    card.fill_in()
    card.paste("1000." + "0" * 32 + "." + "1" * 32)
    return card


def with_a_late_code(zoho):
    card = OnTheCard(zoho)
    address = card.start()
    zoho.world.clock.advance(121)
    card.paste(address)
    return card


def with_a_used_code(zoho):
    card, other = OnTheCard(zoho), OnTheCard(zoho)
    code = code_in(card.start())
    other.start()
    card.paste(code)
    other.paste(code)
    return other


def without_a_refresh_token(zoho):
    card = OnTheCard(zoho, access_type="online").connect()
    card.refresh()
    return card


def with_too_many_tokens(zoho):
    card = OnTheCard(zoho).connect()
    for _ in range(card.sign_in.connection.status().token_budget_left + 1):
        card.refresh()
    return card


def throttled_by_zoho(zoho):
    card = OnTheCard(zoho).connect()
    zoho.world.set(access_token_limit=1)
    card.refresh()
    card.refresh()
    return card


def with_another_redirect_uri(zoho):
    code = code_in(zoho.world.consent(zoho.flow().authorization_url))
    card = OnTheCard(zoho)
    card.fill_in(redirect_uri=zoho.world.client.redirect_uri + "/")
    card.paste(code)
    return card


def pushed_out(zoho):
    card = OnTheCard(zoho).connect()
    zoho.world.set(refresh_tokens_kept=1)
    OnTheCard(zoho, name="newest").connect()
    card.refresh()
    return card


def revoked(zoho):
    card = OnTheCard(zoho).connect()
    zoho.world.disconnect()
    card.refresh()
    return card


def with_a_misspelt_scope(zoho):
    card = OnTheCard(zoho)
    card.fill_in(scopes="all of them, please")
    return card


@pytest.mark.parametrize(
    ("meet", "kind", "words"),
    [
        (of_another_data_center, SignInRejected, ["data centre: a client lives where it was registered"]),
        (with_a_late_code, SignInRejected, ["older than two minutes", "work once"]),
        (with_a_used_code, SignInRejected, ["It is used", "work once"]),
        (without_a_refresh_token, NotSignedIn, ["access_type=offline", "a consent that was shown"]),
        (with_too_many_tokens, RateLimited, ["the next is due at", "ten access tokens"]),
        (throttled_by_zoho, SignInRejected, ["Wait until ", "ten access tokens"]),
        (with_another_redirect_uri, SignInRejected, ["scheme, port and closing slash count"]),
        (pushed_out, SignInRejected, ["20 newer sign-ins", "21st"]),
        (revoked, SignInRejected, ["It was revoked", "Connected Apps"]),
        (with_a_misspelt_scope, UsageError, ["Nothing was sent"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_pain_that_only_the_card_shows(zoho, meet, kind, words):
    """No exception reached anybody: the doctor explains what stands on the card, and says that it was met there."""
    sign_in = meet(zoho).sign_in
    rows = doctor()
    assert rows["last error"].partition(": ")[0] == kind.__name__
    assert rows["last error"].partition(": ")[2].lower() == sign_in.problem.message.lower()
    assert rows["seen"] == "just now, during a sign-in"
    assert rows["what to do"] == sign_in.problem.hint != ""
    for word in words:
        assert word in " ".join(rows.values())
