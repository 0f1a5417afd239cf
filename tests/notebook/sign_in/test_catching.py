"""A sign-in with nothing to paste: the redirect that is caught, the short code; and that nothing of them stays."""

import socket
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.notebook.sign_in.conftest import login_at_once, login_card, login_in_background
from zbt_notebook.cli import as_json
from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook import embedded_sandbox, environment
from zbt_notebook.notebook.sign_in import login
from zbt_notebook.notebook.sign_in.card import LoginCard
from zbt_notebook.notebook.sign_in.effects import Exchange
from zbt_notebook.notebook.sign_in.events import Brought
from zbt_notebook.notebook.sign_in.loopback import LOOPBACK
from zbt_notebook.notebook.sign_in.sign_in import SignIn


class Told:
    """A listener that can be waited for."""

    def __init__(self, sign_in):
        self._sign_in = sign_in
        self._changed = threading.Condition()
        sign_in.listen(self)

    def __call__(self):
        with self._changed:
            self._changed.notify_all()

    def until(self, **wanted):
        """Wait until the view holds these values; give it."""
        with self._changed:
            told = self._changed.wait_for(lambda: wanted.items() <= self._sign_in.view().items(), 10)
        assert told, self._sign_in.view()
        return self._sign_in.view()


@pytest.fixture
def sign_in(site, monkeypatch):
    """The card of `%zbt login --sandbox`, without its screen; the sandbox answers every second."""
    site.world.set(device_interval=1, device_units="seconds")
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    made: Any = login_card(sandbox=True).sign_in
    made.told = Told(made)
    yield made
    made.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name == "zbt-sign-in"]


@pytest.fixture
def mine(site):
    """``mine(redirect_uri)``: a sign-in with a client of one's own, registered there."""
    made = []

    def make(redirect_uri, **more):
        client = site.world.register_client("Mine", redirect_uri=redirect_uri)
        sign_in = SignIn(
            client_id=client.client_id,
            client_secret=client.client_secret,
            redirect_uri=redirect_uri,
            scopes="ZohoBugTracker.portals.READ",
            data_center=site.data_center,
            catchers=[LOOPBACK],
            **more,
        )
        sign_in.told = Told(sign_in)  # type: ignore[attr-defined]
        made.append(sign_in)
        return sign_in

    yield make
    for sign_in in made:
        sign_in.close()


def go(sign_in, kind, **more):
    sign_in.handle({"kind": kind, "attempt": sign_in.view()["attempt"], **more})
    return sign_in.view()


def fetch(address):
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with straight.open(address, timeout=10) as answer:
        return answer.read().decode()


def free_uri():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/callback"


def is_free(uri):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(uri.rpartition(":")[2].partition("/")[0]))) != 0


def test_a_short_code_connects_the_card(site, sign_in):
    """The view has link, code and life; once the user has accepted, it is connected, and the kernel as well."""
    view = go(sign_in, "device")
    assert (view["phase"], view["method"], view["status"]) == ("waiting", "device", ["Waiting for your consent"])
    assert view["user_code"] in view["consent_url"]
    assert view["user_code_page"].startswith(site.data_center.accounts_url)
    assert 290 < view["seconds_left"] <= 300
    site.world.approve_device(view["user_code"])
    view = sign_in.told.until(phase="connected")
    assert (view["user_code"], view["consent_url"], view["method"]) == ("", "", "link")
    assert signed_in.current() is sign_in.connection


def test_a_refused_short_code_is_told_in_two_lines(site, sign_in):
    """Reject leads back to the form; Start again gives another short code."""
    first = go(sign_in, "device")["user_code"]
    site.world.approve_device(first, accept=False)
    view = sign_in.told.until(phase="form")
    assert "access_denied" in view["status"][0]
    again = go(sign_in, "start_again")
    assert (again["method"], again["failed"]) == ("device", False)
    assert again["user_code"] not in {"", first}


@pytest.mark.parametrize("kind", ["start", "start_again", "device"])
def test_whatever_begins_next_stops_the_short_code(site, sign_in, kind):
    """A consent to the short code that was left behind connects nobody, and its token is revoked."""
    left = go(sign_in, "device")["user_code"]
    assert go(sign_in, kind)["phase"] == "waiting"
    site.world.approve_device(left)
    assert polling() == (kind != "start")
    assert signed_in.connections() == ()
    assert sign_in.view()["phase"] == "waiting"


def polling():
    return len([thread for thread in threading.enumerate() if thread.name == "zbt-sign-in"])


def test_a_consent_that_comes_too_late_is_revoked(site, sign_in):
    """A thread amidst its request when the user moves on brings a connection that nobody keeps."""
    go(sign_in, "device")
    late = LoginFlow(site.client_id, site.client_secret, site.redirect_uri, site.scopes, site.data_center, name="late")
    connection = late.finish(site.consent(late.authorization_url), register=False)
    go(sign_in, "start")
    sign_in.take(Brought(1, connection))
    assert not connection.status().signed_in
    assert signed_in.connections() == ()
    assert sign_in.view()["phase"] == "waiting"


def test_nothing_begins_anew_while_a_thread_connects(sign_in):
    """From the moment in which its consent is taken until the card is connected: no second attempt, no second link."""
    go(sign_in, "device")
    brought = login_at_once(sandbox=True, auto=True, name="brought")
    seen = []

    def afterwards(*_arguments, **_options):
        seen.append(go(sign_in, "start"))
        return "kept"

    sign_in._runner._afterwards = afterwards
    sign_in.take(Brought(1, brought))
    assert (seen[0]["attempt"], seen[0]["busy"]) == (1, "connecting")
    view = sign_in.view()
    assert (view["phase"], view["consent_url"], view["busy"], view["note"]) == ("connected", "", "", "kept")


def test_a_caught_code_that_is_not_taken_is_not_called_connected(site, mine):
    """The same code is being pasted at that moment: the browser's page leads back to the notebook, and says no more."""
    sign_in = mine(free_uri())
    landed = site.consent(go(sign_in, "start")["consent_url"])
    answers = []
    exchange = sign_in._runner._deeds[Exchange]

    def meanwhile(effect):
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetch(landed)
        with caught.value as answer:
            answers.append((answer.code, answer.read().decode()))
        exchange(effect)

    sign_in._runner._deeds[Exchange] = meanwhile
    assert go(sign_in, "code", code=landed)["phase"] == "connected"
    assert answers[0][0] == 400
    assert "Go back to the notebook" in answers[0][1]


def test_a_port_that_is_opened_when_the_card_goes_is_closed_again(mine):
    """Closed in another thread while the port is opened: nothing of it stays."""
    uri = free_uri()
    sign_in = mine(uri)

    class Slow:
        redirect_uri, suits, state = "", LOOPBACK.suits, LOOPBACK.state

        def start(self, *arguments, **more):
            stop = LOOPBACK.start(*arguments, **more)
            sign_in.close()
            return stop

    sign_in._runner._catchers = [Slow()]
    assert not go(sign_in, "start")["catching"]
    assert is_free(uri)


def test_a_wrong_client_gets_no_short_code(mine):
    """Zoho's refusal is told with what to do; the field at fault is named."""
    view = go(mine("https://example.org/cb"), "device")
    assert (view["phase"], view["field"]) == ("form", "client_id")
    assert "Non-browser" in view["status"][1]


def test_an_empty_form_gets_no_short_code(site):
    """The form is checked as for a link, before anything is sent."""
    sign_in = SignIn(data_center=site.data_center, catchers=[LOOPBACK])
    before = site.world.log.total
    assert go(sign_in, "device")["field"] == "client_id"
    assert go(sign_in, "device", client_id="1000.X")["field"] == "client_secret"
    assert go(sign_in, "device", client_id="1000.X", client_secret="two words")["field"] == "client_secret"
    assert not sign_in.view()["secret_held"]
    assert site.world.log.total == before


def test_a_redirect_is_caught_and_the_port_is_free_again(site, mine):
    """One press: the link leads back to this machine: connected, with nothing pasted."""
    uri = free_uri()
    sign_in = mine(uri)
    view = go(sign_in, "start")
    assert (view["phase"], view["catching"], view["uncaught"]) == ("waiting", True, "")
    assert "Connected" in fetch(site.consent(view["consent_url"]))
    sign_in.told.until(phase="connected", catching=False)
    assert is_free(uri)


def test_a_code_can_be_pasted_while_it_is_listened_for(site, mine):
    """Whoever pastes the address is connected, and the port is free."""
    uri = free_uri()
    sign_in = mine(uri)
    view = go(sign_in, "start")
    assert go(sign_in, "code", code=site.consent(view["consent_url"]))["phase"] == "connected"
    assert is_free(uri)


@pytest.mark.parametrize("kind", ["start", "start_again", "device"])
def test_whatever_begins_next_frees_the_port_first(mine, kind):
    """Start again listens once more, at the same port; a short code leaves it to others."""
    uri = free_uri()
    sign_in = mine(uri)
    first = go(sign_in, "start")["consent_url"]
    view = go(sign_in, kind)
    assert view["catching"] is (kind != "device")
    assert is_free(uri) is (kind == "device")
    assert view["consent_url"] != first
    assert view["failed"] is (kind == "device")  # which this client is not of the type for


def test_two_cards_of_a_kernel_share_an_address(site, mine):
    """Each redirect goes to the card whose link was followed; the port is free when both are connected."""
    uri = free_uri()
    first, second = mine(uri), mine(uri, name="second")
    links = [go(one, "start")["consent_url"] for one in (first, second)]
    fetch(site.consent(links[1]))
    assert second.told.until(phase="connected")
    assert first.view()["phase"] == "waiting"
    fetch(site.consent(links[0]))
    assert first.told.until(phase="connected")
    assert is_free(uri)


def test_a_taken_port_leaves_the_link(site, mine):
    """No fault of the user's: the card says why it cannot connect by itself, and the code can be pasted."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sign_in = mine(f"http://127.0.0.1:{taken.getsockname()[1]}/callback")
        view = go(sign_in, "start")
    assert "cannot be listened at" in view["uncaught"]
    assert (view["phase"], view["failed"], view["catching"], view["busy"]) == ("waiting", False, False, "")
    assert go(sign_in, "code", code=site.consent(view["consent_url"]))["phase"] == "connected"


def test_a_refusal_that_is_caught_is_told(site, mine):
    """Reject in the browser: its two lines are the card's, and the link can be followed once more."""
    uri = free_uri()
    sign_in = mine(uri)
    link = go(sign_in, "start")["consent_url"]
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(site.consent(link, accept=False))
    caught.value.close()
    assert "access_denied" in sign_in.told.until(failed=True)["status"][0]
    fetch(site.consent(link))
    assert sign_in.told.until(phase="connected")
    assert is_free(uri)


@pytest.mark.parametrize(
    ("redirect_uri", "caught"),
    [
        ("http://localhost:8000/callback", True),
        ("http://[::1]:8000/", True),
        ("http://localhost/callback", False),
        ("https://localhost:8000/callback", False),
        ("http://example.org:8000/callback", False),
        ("http://localhost:x/", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_what_leads_here_is_listened_at(redirect_uri, caught):
    """Caught is what leads to this machine, at a port that is named."""
    assert LOOPBACK.suits(redirect_uri) is caught


def test_a_self_client_has_nothing_to_catch(site):
    """Its code comes from the console alone."""
    sign_in = SignIn(
        catchers=[LOOPBACK], self_client=True, client_id="1000.X", client_secret="x", data_center=site.data_center
    )
    view = go(sign_in, "start")
    assert (view["phase"], view["consent_url"], view["catching"]) == ("waiting", "", False)


@pytest.mark.parametrize("variable", ["JUPYTERHUB_API_URL", "SSH_CONNECTION", "VSCODE_PROXY_URI"])
def test_nothing_is_caught_on_a_machine_that_is_not_the_users(monkeypatch, variable):
    """On a hub, or over SSH, the browser is elsewhere."""
    assert LOOPBACK in login._catchers()
    monkeypatch.setenv(variable, "x")
    assert LOOPBACK not in login._catchers()


@pytest.mark.usefixtures("sign_in")
@pytest.mark.parametrize("variable", ["JUPYTERHUB_USER", "VSCODE_PROXY_URI"])
def test_where_the_browser_is_elsewhere_what_works_is_said_at_once(monkeypatch, capsys, variable):
    """On a hub, in code-server: `--mode loopback` is refused before anything is asked; the sandbox names its line."""
    monkeypatch.setenv(variable, "ada")
    with pytest.raises(UsageError, match="another machine") as caught:
        login.login(mode="loopback", client_id="1000.X")
    assert "--mode device" in caught.value.hint
    with pytest.raises(UsageError, match="another machine") as caught:
        login.login(mode="loopback", sandbox=True)
    assert "--sandbox --auto" in caught.value.hint
    card = login_card(sandbox=True)
    assert "--sandbox --auto" in card.sign_in.view()["note"]
    assert capsys.readouterr().err == ""
    login_in_background(mode="device", sandbox=True).stop()
    assert "--sandbox --auto" in "".join(capsys.readouterr())


@pytest.mark.usefixtures("sign_in")
def test_a_page_without_cells_names_no_line_to_run(monkeypatch, site):
    """In Voilà and marimo nobody can run a line of `%zbt`: the card offers none, in no state."""
    monkeypatch.setattr(environment, "page", lambda: "Voilà")
    made = login_card(sandbox=True, name="paged").sign_in
    views = [made.view()]
    views.append(go(made, "code", code=site.consent(go(made, "start")["consent_url"])))
    signed_in.current("paged").logout()
    views.append(made.view())
    assert [view["status"] for view in views] == [["Not connected"], ["Connected"], ["Signed out"]]
    assert [view["prompt_line"] + view["line"] + view["tomorrow"] for view in views] == ["", "", ""]
    assert views[-1]["note"].endswith("Press Sign in at Zoho.")


@pytest.mark.parametrize("field", ["client_id", "redirect_uri", "scopes", "data_center", "client_secret"])
def test_a_link_goes_when_what_it_was_made_of_changes(site, mine, field):
    """It would still ask for what was filled in before: the port is free, a code for it is refused with a word."""
    uri = free_uri()
    sign_in = mine(uri)
    link = go(sign_in, "start")["consent_url"]
    same = sign_in.view()["form"]
    assert go(sign_in, "form", **same)["consent_url"] == link
    changed = {"secret_typed": True} if field == "client_secret" else {field: same[field] + "x"}
    view = go(sign_in, "form", **changed)
    assert (view["consent_url"], view["note"], view["catching"]) == ("", "Changed: press Sign in again", False)
    assert is_free(uri)
    view = go(sign_in, "code", code=site.consent(link))
    assert (view["phase"], view["failed"]) == ("form", True)
    assert "was not used" in view["status"][0]


def test_a_double_click_begins_once(sign_in):
    """The second click saw the attempt before the first."""
    code = go(sign_in, "device")["user_code"]
    sign_in.handle({"kind": "device", "attempt": 0})
    assert sign_in.view()["user_code"] == code


def test_the_card_that_is_closed_stops(site, mine):
    """Closed as a widget, it leaves neither thread nor port."""
    card = LoginCard(mine(free_uri()))
    link = go(card.sign_in, "start")["consent_url"]
    card.close()
    assert not card.sign_in.view()["catching"]
    assert not polling()
    with pytest.raises(OSError, match="refused"):
        fetch(site.consent(link))


def test_the_prompt_is_for_a_cell_that_waits(sign_in):
    """Without one, the event changes nothing; with one the form is filled, and what was under way stops."""
    before = sign_in.view()
    assert go(sign_in, "prompt") == before
    go(sign_in, "device")
    sign_in.offer_prompt(possible=True)
    view = go(sign_in, "prompt", client_id="1000.TYPED")
    assert (view["prompt"], view["method"], view["form"]["client_id"]) == ("under way", "link", "1000.TYPED")
    assert view["note"].startswith("Go on in the prompt")
    sign_in.offer_prompt(possible=False)
    assert sign_in.view()["prompt"] == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "%zbt login --mode prompt"),
        ({"data_center": "eu", "name": "my work"}, "%zbt login --mode prompt --dc eu --as 'my work'"),
        ({"self_client": True, "client_id": "1000.X"}, "%zbt login --mode prompt --self-client --client-id 1000.X"),
        ({"redirect_uri": "https://a.test/x"}, "%zbt login --mode prompt --redirect-uri https://a.test/x"),
        ({"client_id": "1000.X", "client_secret": "hidden"}, "%zbt login --mode prompt --client-id 1000.X"),
    ],
)
def test_the_line_for_a_prompt(arguments, line):
    """It says as much of the form as a line can, and never a secret."""
    assert SignIn(**arguments).view()["prompt_line"] == line


@pytest.fixture
def elsewhere(site, monkeypatch):
    """The sandbox as a kernel of `zbt-notebook demo` meets it: in another process, known by what that tells."""
    monkeypatch.setattr(embedded_sandbox, "_shared", None)
    monkeypatch.setenv("ZBT_SANDBOX", as_json(site.running))
    found = embedded_sandbox.shared_sandbox()
    assert found.running is None
    return found


def test_a_short_code_works_in_the_demo(site, elsewhere):
    """`%zbt login --mode device --sandbox` gets its client from the sandbox's console."""
    site.world.set(device_interval=1, device_units="seconds")
    begun = login_in_background(mode="device", sandbox=True)
    site.world.approve_device(begun.sign_in.view()["user_code"])
    connection = begun.wait(10)
    assert connection.data_center == elsewhere.data_center
    assert signed_in.current() is connection


def test_the_redirect_is_caught_in_the_demo(site, elsewhere):
    """`%zbt login --mode loopback --sandbox` has a client registered with its redirect URI."""
    uri = free_uri()
    begun = login_in_background(mode="loopback", sandbox=True, redirect_uri=uri)
    assert "Connected" in fetch(site.consent(begun.sign_in.view()["consent_url"]))
    assert begun.wait(10).data_center == elsewhere.data_center


@pytest.mark.usefixtures("elsewhere")
def test_a_self_clients_code_is_generated_in_the_demo():
    """`%zbt login --self-client --sandbox --auto` presses the console's button there."""
    assert login_at_once(sandbox=True, auto=True, self_client=True).get("/portals/")["portals"]


def test_the_console_gives_clients_to_its_own_alone(site):
    """Another process gets a client of each type from the sandbox; who holds no client of it gets none."""
    elsewhere = embedded_sandbox.SandboxSite(
        site.data_center, site.client_id, site.client_secret, site.redirect_uri, running=None
    )
    assert elsewhere.for_devices().client_id == site.world.demo_client("device").client_id
    caught = elsewhere.for_redirects_to("http://127.0.0.1:1234/x")
    assert site.world.accounts.state.clients[caught.client_id].redirect_uri == "http://127.0.0.1:1234/x"
    assert elsewhere.for_self_client().generate_code()
    stranger = embedded_sandbox.SandboxSite(site.data_center, site.client_id, "guessed", site.redirect_uri)
    with pytest.raises(UsageError, match="knows no such client"):
        stranger.for_devices()
    with pytest.raises(UsageError, match="valid redirect URI"):
        elsewhere.for_redirects_to("nowhere")
