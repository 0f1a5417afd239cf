"""Jupyter's own server catches the redirect: a real server, the test in the place of browser and kernel."""

import secrets
import threading
import urllib.error
import urllib.request

import pytest

from zbt_notebook.notebook.jupyter_server import JupyterServer
from zbt_notebook.notebook.sign_in import jupyter_catcher
from zbt_notebook.notebook.sign_in.catchers import Answer
from zbt_notebook.notebook.sign_in.jupyter_catcher import JupyterCatcher

CODE = "1000.c0dec0dec0dec0dec0dec0dec0dec0de.c0dec0dec0dec0dec0dec0dec0dec0de"
BASE = "/behind/a/proxy/"


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One that logs all it can, behind a base URL."""
    folder = tmp_path_factory.mktemp("server")
    running = JupyterServer(
        folder,
        application="jupyter_server",
        options=["--no-browser", f"--ServerApp.base_url={BASE}", "--debug"],
        log=folder / "jupyter.log",
    )
    with running:
        running.start(threading.Event().wait)
        yield running


@pytest.fixture
def catcher(server, monkeypatch):
    """What a kernel of that server has."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", server._folder.name)
    monkeypatch.setenv(jupyter_catcher.SERVER_CALLBACK, f"{BASE}zbt/callback")
    catcher = JupyterCatcher.here()
    assert catcher
    catcher.seen_at(f"{server.address.url}lab/tree/a.ipynb")
    return catcher


@pytest.fixture
def ask(server):
    """``ask(address)``: status, headers and text, as a browser that is signed in to Jupyter gets them."""

    def get(address, *, method="GET", signed_in=True):
        headers = {"Authorization": f"token {server.address.token}"} if signed_in else {}
        request = urllib.request.Request(address, headers=headers, method=method)  # noqa: S310  http, ours
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Unfollowed)
        try:
            answer = straight.open(request, timeout=40)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    return get


@pytest.fixture
def waiting(catcher):
    """``waiting(answer)``: the state of a sign-in that waits, and the queries that it was told."""
    stops = []

    def begin(answer):
        state, told = secrets.token_urlsafe(32), []

        def on_redirect(query):
            told.append(query)
            return answer

        stops.append(catcher.start(state, on_redirect, redirect_uri=catcher.redirect_uri))
        return state, told

    yield begin
    for stop in stops:
        stop()
        stop()


CONNECTED = Answer(connected=True, title="Connected", text="You can close this tab.")
REFUSED = Answer(connected=False, title="Zoho refuses the <code>", text="Sign in again.")


def test_a_redirect_reaches_the_kernel_that_waits(catcher, waiting, ask):
    """The page says Connected where the kernel says so; a second visit finds the sign-in over."""
    state, told = waiting(CONNECTED)
    other, untold = waiting(CONNECTED)
    address = f"{catcher.redirect_uri}?code={CODE}&state={state}&location=eu"
    status, headers, text = ask(address)
    assert (status, told, untold) == (200, [f"?code={CODE}&state={state}&location=eu"], [])
    assert "<h1>Connected</h1>" in text
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert CODE not in text
    assert state not in text
    status, _headers, text = ask(address)
    assert (status, len(told)) == (400, 1)
    assert "unknown here, or over" in text
    assert "Connected</h1>" not in text.replace("Not connected</h1>", "")
    assert ask(f"{catcher.redirect_uri}?error=access_denied&state={other}")[0] == 200
    assert untold == [f"?error=access_denied&state={other}"]


def test_why_not_is_told(catcher, waiting, ask):
    """A sign-in that fails says why, and what it says is text."""
    state, _told = waiting(REFUSED)
    status, _headers, text = ask(f"{catcher.redirect_uri}?code={CODE}&state={state}")
    assert status == 400
    assert "Zoho refuses the &lt;code&gt;" in text


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?code=x&state=", "?code=x&state=unknown", "?state=a&state=b", "?%ff"]
)
def test_a_state_that_nobody_waits_for_changes_nothing(catcher, waiting, ask, query):
    """Unknown, missing or twice: refused, and whoever waits goes on waiting."""
    _state, told = waiting(CONNECTED)
    assert ask(catcher.redirect_uri + query)[0] == 400
    assert told == []


def test_a_browser_that_is_not_signed_in_to_jupyter_is_not_let_in(catcher, waiting, ask):
    """No way round by the log-in page: the code stays in the address bar alone, where it can be copied and pasted."""
    state, told = waiting(CONNECTED)
    address = f"{catcher.redirect_uri}?code={CODE}&state={state}"
    status, headers, text = ask(address, signed_in=False)
    assert (status, headers["Location"], told) == (403, None, [])
    assert "paste it into the field Code" in text
    assert "replaceState" not in text
    assert ask(address)[0] == 200


def test_there_is_no_other_route(catcher, ask, server):
    """Nothing but GET, and nothing beside it."""
    assert ask(catcher.redirect_uri, method="PUT")[0] in {403, 405}
    assert ask(f"{server.address.url}zbt/callback/more")[0] == 404
    assert ask(f"{server.address.url}zbt")[0] == 404


def test_neither_code_nor_state_is_logged(catcher, waiting, ask, server):
    """Caught, refused, unknown or not let in, at DEBUG: no log holds them; nor does the folder afterwards."""
    states = []
    for answer, signed_in in ((CONNECTED, True), (REFUSED, True), (CONNECTED, False)):
        state, _told = waiting(answer)
        states.append(state)
        ask(f"{catcher.redirect_uri}?code={CODE}&state={state}", signed_in=signed_in)
        ask(f"{catcher.redirect_uri}?code={CODE}&state={state}", method="PUT")
    log = server.log.read_text("utf-8", "replace")
    assert "zbt/callback" in log
    assert not [secret for secret in (CODE, *states) if secret in log]


def test_a_sign_in_that_ends_waits_no_longer(catcher, ask):
    """Stopped, also from within: its thread ends, and a redirect finds nobody."""
    stop = catcher.start("x" * 43, lambda _query: CONNECTED, redirect_uri=catcher.redirect_uri)
    stop()
    assert ask(f"{catcher.redirect_uri}?code={CODE}&state={'x' * 43}")[0] == 400
    for thread in threading.enumerate():
        if thread.name == "zbt-sign-in":
            thread.join(5)
            assert not thread.is_alive()


def test_the_address_is_the_pages_own(catcher, server):
    """Only a page of this server tells by which name it goes; any name will do for a redirect to arrive."""
    assert catcher.redirect_uri == f"{server.address.url}zbt/callback"
    for page in (
        "https://evil.example/lab",
        "about:blank",
        "vscode-webview://x/",
        f"ftp://host{BASE}lab",
        "https://[x",
    ):
        catcher.seen_at(page)
        assert catcher.redirect_uri == f"{server.address.url}zbt/callback"
    catcher.seen_at(f"https://hub.example{BASE}lab")
    assert catcher.redirect_uri == f"https://hub.example{BASE}zbt/callback"
    assert catcher.suits(f"https://another.example{BASE}zbt/callback")
    assert not catcher.suits("https://hub.example/zbt/callback")
    assert not catcher.suits("https://[x")


def test_without_the_extension_there_is_no_such_catcher(monkeypatch):
    """A kernel that another program has started knows of no server."""
    monkeypatch.delenv(jupyter_catcher.SERVER_CALLBACK, raising=False)
    assert JupyterCatcher.here() is None
