"""The loopback listener: the redirect is caught, and nothing else is."""

import socket
import threading
import time
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.test_forks import in_a_child
from tests.notebook.sign_in.conftest import login_in_background
from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook import embedded_sandbox
from zbt_notebook.notebook.sign_in import runner
from zbt_notebook.notebook.sign_in.background import BackgroundSignIn
from zbt_notebook.notebook.sign_in.loopback import LOOPBACK, ListenAddress
from zbt_notebook.notebook.sign_in.loopback_page import page


def fetch(address, *, method="GET", **headers):
    """What a browser does: status, headers and text of the answer."""
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address, method=method, headers=headers)  # noqa: S310  http, ours
    try:
        with straight.open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read().decode()


@pytest.fixture
def port():
    """A port that was free a moment ago; a client is registered with its number, so it cannot be 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=["localhost", "127.0.0.1"])
def redirect_uri(request, port):
    return f"http://{request.param}:{port}/callback"


@pytest.fixture
def begin(monkeypatch, site, redirect_uri):
    """``begin()``: a loopback sign-in to the sandbox, listening."""
    begun = []
    monkeypatch.setattr(embedded_sandbox, "_shared", site)

    def start(**more):
        begun.append(login_in_background(mode="loopback", sandbox=True, redirect_uri=redirect_uri, **more))
        return begun[-1]

    yield start
    for sign_in in begun:
        sign_in.stop()


def landed(site, begun, *, accept=True):
    return site.consent(begun.sign_in.view()["consent_url"], accept=accept)


def test_the_redirect_is_caught(site, begin, capsys):
    """Accept in the browser: its page says so, the kernel has the connection, the port is free again."""
    begun = begin()
    assert isinstance(begun, BackgroundSignIn)
    link = begun.sign_in.view()["consent_url"]
    assert link in capsys.readouterr().out
    status, headers, text = fetch(site.consent(link))
    assert status == 200
    assert "Connected" in text
    assert signed_in.current() is begun.wait(10)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script" not in text
    assert link not in repr(begun) + begun._repr_mimebundle_()["text/html"]
    begin()  # at the same port


def test_what_became_of_a_wish_is_told_at_the_end(site, begin):
    """That requests are counted together, or that a sign-in is remembered, below what the connection is."""
    begun = begin(shared_budget=True)
    fetch(landed(site, begun))
    begun.wait(10)
    assert "counted together" in repr(begun).splitlines()[-1]
    assert "counted together" in begun._repr_mimebundle_()["text/html"]


def test_what_is_shown_is_escaped_and_a_link(begin):
    """The output in a notebook: text, and one link that gives nothing away."""
    markup = begin()._repr_mimebundle_()["text/html"]
    assert 'rel="noopener noreferrer"' in markup
    assert "&amp;client_id=" in markup


def test_a_refusal_is_told_on_both_sides(site, begin):
    """Reject: the browser's page and the waiting cell give the same advice."""
    begun = begin()
    status, _headers, text = fetch(landed(site, begun, accept=False))
    assert status == 400
    assert "press Accept" in text
    with pytest.raises(SignInRejected, match="access_denied"):
        begun.wait(10)


def test_another_state_is_refused_and_the_right_one_still_taken(site, begin):
    """A forged or foreign redirect changes nothing."""
    begun = begin()
    mine = landed(site, begun)
    foreign = mine.replace("state=", "state=x")
    assert fetch(foreign)[0] == 400
    assert fetch(mine.partition("?")[0] + "?code=1000.aaaaaaaaaaaa")[0] == 400
    assert signed_in.connections() == ()
    assert fetch(mine)[0] == 200
    assert begun.wait(10)


def test_other_hosts_paths_and_methods_are_refused(site, begin):
    """DNS rebinding, a browser's icon, a form: none of them is the redirect."""
    begun = begin()
    mine = landed(site, begun)
    assert fetch(mine, Host="evil.test")[0] == 421
    assert fetch(mine.replace("/callback", "/favicon.ico"))[0] == 404
    assert fetch(mine, method="POST")[0] == 405
    assert fetch(mine, method="HEAD")[0] == 405
    assert signed_in.connections() == ()


def test_errors_are_text(site, begin):
    """What a redirect carries is shown as text, never as markup."""
    begun = begin()
    address, _, query = landed(site, begun).partition("?")
    state = next(pair for pair in query.split("&") if pair.startswith("state="))
    text = fetch(f"{address}?{state}&error=%3Cscript%3Ealert(1)%3C/script%3E")[2]
    assert "<script" not in text
    assert "alert(1)&lt;/script" in text


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_no_words_break_the_page(title, text):
    """Whatever the words are, the page has the elements it was made with."""
    markup = page(title, text).decode()
    assert markup.count("<") == page("", "").decode().count("<")


def test_a_taken_port_is_a_clear_message(site, begin, port):
    """Somebody listens there already: what to do, and nothing left open."""
    with socket.create_server(("127.0.0.1", port)), pytest.raises(UsageError, match="address already in use") as caught:
        begin()
    assert "another port" in caught.value.hint
    assert fetch(landed(site, begin()))[0] == 200


def test_two_sign_ins_share_one_address(site, begin):
    """The same cell run again, or a second card: each redirect goes to the sign-in whose link was followed."""
    first, second = begin(name="first"), begin(name="second")
    assert fetch(landed(site, second))[0] == 200
    assert second.wait(10).name == "second"
    assert fetch(landed(site, first))[0] == 200
    assert first.wait(10).name == "first"


def test_it_listens_for_five_minutes(begin, monkeypatch, redirect_uri):
    """Nobody came: the listener ends with advice, and the port is free."""
    monkeypatch.setattr(runner, "LISTENS_FOR", 0.05)
    with pytest.raises(NotSignedIn, match="within 5 minutes"):
        begin().wait(10)
    LOOPBACK.start("x" * 43, pytest.fail, redirect_uri=redirect_uri)()


def test_whoever_says_nothing_is_not_waited_for(begin, port):
    """A hundred connections without a request hold no more than a few threads, and none once it is over."""
    begun, before = begin(), threading.active_count()
    silent = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(100)]
    for connection in silent:
        connection.sendall(b"GET /call")
    deadline = time.monotonic() + 10
    while threading.active_count() > before + 20 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before + 20
    begun.stop()
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    for connection in silent:
        connection.close()
    assert threading.active_count() <= before


def test_a_stopped_listener_frees_its_port(begin):
    """`stop()` comes back when the port is free."""
    begin().stop()
    begin()


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://localhost:8000/x",
        "http://example.com/x",
        "http://localhost:0/x",
        "http://localhost:99999/x",
        "",
        "http:///x",
    ],
)
def test_only_this_machine_can_be_listened_at(redirect_uri):
    """A redirect URI that leads elsewhere, or to https, is the caller's to change."""
    with pytest.raises(UsageError, match="does not lead to this machine"):
        ListenAddress.of(redirect_uri)


def test_places_are_read():
    """Addresses, port, Host header and path of a redirect URI."""
    assert ListenAddress.of("http://LOCALHOST:8000/cb") == ListenAddress(
        ("127.0.0.1", "::1"), 8000, "localhost:8000", "/cb"
    )
    assert ListenAddress.of("http://[::1]:8000") == ListenAddress(("::1",), 8000, "[::1]:8000", "/")
    assert ListenAddress.of("http://127.0.0.1/") == ListenAddress(("127.0.0.1",), 80, "127.0.0.1", "/")


def test_a_foreign_code_cannot_be_slipped_in(site, begin):
    """Somebody else's redirect, caught by this listener, is refused by its state."""
    begun = begin()
    own = site.for_redirects_to("http://localhost:1/callback")
    foreign = LoginFlow(own.client_id, own.client_secret, own.redirect_uri, own.scopes, own.data_center)
    query = site.consent(foreign.authorization_url).partition("?")[2]
    assert fetch(landed(site, begun).partition("?")[0] + "?" + query)[0] == 400
    assert signed_in.connections() == ()


def test_a_forked_child_listens_by_itself(redirect_uri):
    """Whoever held the lock in the parent; there the port is the child's to open once the parent has left it."""

    def unasked(_query):
        raise AssertionError

    stop = LOOPBACK.start("the parent's", unasked, redirect_uri=redirect_uri)

    def act():
        held = not LOOPBACK._open
        try:
            LOOPBACK.start("the child's", unasked, redirect_uri=redirect_uri)
        except UsageError:
            return [held, "in use"]
        return [held, "listens"]

    with LOOPBACK._lock:
        assert in_a_child(act) == [True, "in use"]
    stop()
    assert in_a_child(act) == [True, "listens"]
