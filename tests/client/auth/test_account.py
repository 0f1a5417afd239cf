"""Who is signed in: looked up once, where the scope allows it, and never in anyone's way."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.account import Account, AccountLookup
from zbt_notebook.client.auth.scopes import PRESETS, PROFILE, parse_scopes
from zbt_notebook.client.login_flow import LoginFlow, connect
from zbt_notebook.notebook.embedded_sandbox import sandbox

USER_INFO = "/oauth/user/info"


WITHOUT = tuple(scope for scope in PRESETS["triage"] if scope != PROFILE)


@pytest.fixture
def site():
    running = sandbox(bugs=5, projects=1)
    yield running
    running.stop()
    for connection in signed_in.connections():
        signed_in.forget(connection)


def sign_in(site, scopes):
    flow = LoginFlow(site.client_id, site.client_secret, site.redirect_uri, scopes, site.data_center)
    return flow.finish(site.consent(flow.authorization_url))


def asked(site):
    """How often the sandbox was asked who that is."""
    return sum(entry.path == USER_INFO for entry in site.world.log.entries())


def test_with_the_profile_scope_the_account_is_named(site):
    """Name and shortened address are in the status; the whole address is there for who asks for it."""
    connection = sign_in(site, site.scopes)
    account = connection.who.wait(10)
    user = site.world.accounts.state.user
    assert (account.name, account.email) == (user.name, user.email)
    assert connection.account == account
    assert user.name in connection.status().account
    assert user.email not in repr(connection.status()) + repr(account) + str(account)
    connection.status()
    connection.refresh()
    assert asked(site) == 1


def test_without_it_nobody_asks(site):
    """No request is made, and the status leaves it out."""
    connection = sign_in(site, WITHOUT)
    assert connection.who.wait(10) is None
    assert connection.status().account == ""
    assert asked(site) == 0


def test_without_it_the_api_tells_a_bare_id(site):
    """The list of portals tells the user's id in passing: better than nothing, and no request more."""
    connection = sign_in(site, WITHOUT)
    answer = connection.get("/portals/")
    assert connection.status().account == f"user {answer['login_id']}"
    assert asked(site) == 0


def test_a_sign_in_without_a_user_looks_it_up_as_well(site):
    """What was granted to the refresh token counts."""
    first = sign_in(site, site.scopes)
    first.who.wait(10)
    kept = first.client.authorization.keepsake()
    connection = connect(kept.client_id, kept.client_secret, kept.refresh_token, site.data_center, name="unattended")
    account = connection.who.wait(10)
    assert account
    assert account.name == site.world.accounts.state.user.name


@pytest.mark.parametrize("kind", ["reset", "status", "html", "broken_json", "early_401"])
def test_a_failing_look_up_is_no_error(site, kind, recwarn):
    """The sign-in stands, its API works, and nothing is said of it."""
    site.faults.add(path=USER_INFO, kind=kind)
    connection = sign_in(site, site.scopes)
    assert connection.who.wait(10) is None
    assert connection.get("/portals/")["portals"]
    assert not list(recwarn)


def test_a_look_up_that_breaks_ends_all_the_same(site):
    """An error that nobody foresaw is no traceback in a cell, and nobody waits for its answer."""
    connection, asked = sign_in(site, site.scopes), []

    def broken(request):
        asked.append(request)
        raise RuntimeError

    who = AccountLookup(connection.client.authorization, broken)
    who.start()
    assert who.wait(10) is None
    assert asked
    assert who._ended.is_set()


def test_after_a_sign_out_nobody_is_named(site):
    """Forgotten is forgotten: the name and the address as well, and a late answer brings them back to nobody."""
    connection = sign_in(site, site.scopes)
    connection.who.wait(10)
    connection.logout()
    assert connection.account is None
    assert connection.status().account == ""


def test_a_slow_look_up_delays_nobody(site):
    """The connection is there while the answer is not; who waits for it has a limit."""
    reached, go_on = threading.Event(), threading.Event()

    def slowly(request):
        if request.url.endswith(USER_INFO):
            reached.set()
            go_on.wait(10)
        return transport(request)

    from zbt_notebook.client.http.transport import RequestsTransport

    transport = RequestsTransport()
    flow = LoginFlow(
        site.client_id, site.client_secret, site.redirect_uri, site.scopes, site.data_center, transport=slowly
    )
    connection = flow.finish(site.consent(flow.authorization_url))
    told = threading.Event()
    connection.who.then(told.set)
    assert reached.wait(10)
    assert connection.who.wait(0.01) is None
    assert not told.is_set()
    go_on.set()
    assert told.wait(10)
    connection.who.then(told.clear)
    assert not told.is_set()


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        (Account("Ada", "ada@example.org"), "Ada (a…@example.org)"),
        (Account("Ada"), "Ada"),
        (Account("", "ada@example.org"), "a…@example.org"),
        (Account("Ada", "no address"), "Ada"),
        (Account("Ada", "@example.org"), "Ada"),
        (Account(id="900100"), "user 900100"),
        (Account(), ""),
    ],
)
def test_what_is_shown_of_an_account(account, shown):
    """The name, the first letter, the domain."""
    assert str(account) == shown


@given(st.emails().filter(lambda address: len(address.rpartition("@")[0]) > 1))
def test_no_whole_address_is_shown(address):
    """Whatever it is, it is not in what is shown, nor in the repr."""
    assert address not in str(Account("Ada", address)) + repr(Account("Ada", address))


def test_the_scope_is_spelt_in_one_way():
    """Zoho's own pages write .Read and .READ."""
    assert parse_scopes("aaaserver.profile.read, AaaServer.profile.Read") == (PROFILE,)
