"""The sign-in as a state machine: what each event does, and what is shown then."""

import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import SignInRejected
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook.sign_in.sign_in import SignIn

ESSAY = "Dear Zoho, I would like to sign in, and here is why. " * 200


@pytest.fixture
def sign_in(site):
    return SignIn(data_center=site.data_center)


def form(site, sign_in, **changes):
    return {
        "kind": "start",
        "attempt": sign_in.view()["attempt"],
        "data_center": "sandbox",
        "client_id": site.client_id,
        "client_secret": site.client_secret,
        "redirect_uri": site.redirect_uri,
        "scopes": ", ".join(site.scopes),
        **changes,
    }


def start(site, sign_in, **changes):
    sign_in.handle(form(site, sign_in, **changes))
    return sign_in.view()


def paste(sign_in, text):
    sign_in.handle({"kind": "code", "code": text})
    return sign_in.view()


def landed(site, view, *, accept=True):
    """The address on which the user's browser ends."""
    return site.consent(view["consent_url"], accept=accept)


def code_in(address):
    return parse_qs(urlsplit(address).query)["code"][0]


def connect(site, sign_in):
    return paste(sign_in, landed(site, start(site, sign_in)))


def test_it_begins_not_connected(sign_in):
    """A fresh sign-in shows an empty form with sensible defaults, and no link."""
    view = sign_in.view()
    assert (view["phase"], view["status"], view["consent_url"]) == ("form", ["Not connected"], "")
    assert view["form"]["client_id"] == ""
    assert view["form"]["scopes"].startswith("ZohoBugTracker.portals.READ, ")
    assert [site["name"] for site in view["data_centers"]][:3] == ["sandbox", "us", "eu"]


def test_the_main_story(site, sign_in):
    """Form, link, consent, paste: connected, and the connection is the kernel's current one."""
    view = start(site, sign_in)
    assert (view["phase"], view["status"]) == ("waiting", ["Waiting for your consent"])
    view = paste(sign_in, landed(site, view))
    assert (view["phase"], view["status"], view["consent_url"]) == ("connected", ["Connected"], "")
    assert signed_in.current() is sign_in.connection
    shown = view["connection"]
    assert (shown["name"], shown["data_center"], shown["granted"]) == ("default", "sandbox", list(site.scopes))
    assert shown["missing"] == []
    assert 3500 < shown["seconds_left"] <= 3600


def test_the_bare_code_does_as_well(site, sign_in):
    """What is pasted may be the code alone."""
    assert paste(sign_in, code_in(landed(site, start(site, sign_in))))["phase"] == "connected"


def test_no_view_ever_holds_a_secret(site, sign_in):
    """The client secret, the code and the tokens are in no view, no repr, at any time."""
    seen = []
    sign_in.listen(lambda: seen.append(json.dumps(sign_in.view()) + repr(sign_in)))
    address = landed(site, start(site, sign_in, scopes="ZohoBugTracker.portals.READ"))  # no name is looked up
    paste(sign_in, "nonsense")
    paste(sign_in, address)
    hidden = [site.client_secret, code_in(address), *sign_in.connection.client.authorization.secrets()]
    assert len(seen) == 8  # link asked for, made, not to be caught; wrong paste begun, ended; right one, settled, there
    assert not [word for word in hidden for view in seen if word in view]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"client_id": " "}, "client_id", "client ID is empty"),
        ({"client_id": "1000.A B"}, "client_id", "client ID holds characters"),
        ({"client_secret": ""}, "client_secret", "client secret is empty"),
        ({"client_secret": "two words"}, "client_secret", "client secret holds spaces"),
        ({"redirect_uri": ""}, "redirect_uri", "redirect URI is not an http(s) address"),
        ({"redirect_uri": "localhost:8000"}, "redirect_uri", "redirect URI is not an http(s) address"),
        ({"scopes": ""}, "scopes", "no scope is asked for"),
        ({"scopes": "bugs"}, "scopes", "is not a scope"),
        ({"scopes": "ZohoBugTracker.bug.READ"}, "scopes", "has no scope"),
        ({"data_center": "mars"}, "data_center", "no data centre 'mars'"),
    ],
)
def test_a_malformed_field_is_named_and_everything_typed_is_kept(site, sign_in, changes, field, words):
    """Each field that cannot be right gets its own two lines, and the form stays as it was typed."""
    typed = form(site, sign_in, **changes)
    view = start(site, sign_in, **changes)
    what, what_next = view["status"]
    assert words.lower() in what.lower()
    assert what_next
    assert (view["phase"], view["field"], view["failed"]) == ("form", field, True)
    assert view["form"] == {name: typed[name] for name in view["form"]}


def test_a_secret_is_held_while_another_field_is_corrected(site, sign_in):
    """A secret is typed once: it waits in the kernel until the other fields are right."""
    assert start(site, sign_in, scopes="")["secret_held"]
    assert start(site, sign_in, client_secret="")["phase"] == "waiting"


def test_a_held_secret_is_used_for_its_own_client_only(site, sign_in):
    """Another client ID, or a stand-in for Zoho, is not handed the secret that was typed for the first."""
    start(site, sign_in, scopes="")
    assert start(site, sign_in, client_secret="", client_id="1000.OTHER")["field"] == "client_secret"
    assert start(site, sign_in, client_secret="", data_center="us")["field"] == "client_secret"
    assert not sign_in.view()["secret_held"]


def test_a_typed_secret_is_dropped_once_connected(site, sign_in):
    """After the sign-in only the connection's own authorization knows the secret."""
    connect(site, sign_in)
    assert site.client_secret not in repr(vars(sign_in))
    assert not sign_in.view()["secret_held"]


def test_a_given_secret_stays_for_the_next_sign_in(site):
    """What the caller gave (the sandbox's own secret) need not be given again after a sign-out."""
    sign_in = SignIn(
        client_id=site.client_id,
        client_secret=site.client_secret,
        redirect_uri=site.redirect_uri,
        scopes=site.scopes,
        data_center=site.data_center,
    )
    sign_in.handle({"kind": "start", "attempt": 0})
    paste(sign_in, landed(site, sign_in.view()))
    sign_in.handle({"kind": "sign_out"})
    assert sign_in.view()["secret_held"]


def test_a_double_click_makes_one_flow(site, sign_in):
    """A second click saw the attempt before the first one: it changes nothing."""
    event = form(site, sign_in)
    sign_in.handle(event)
    link = sign_in.view()["consent_url"]
    sign_in.handle({**event, "client_secret": ""})
    assert sign_in.view()["consent_url"] == link


def test_a_wrong_paste_may_be_followed_by_a_right_one(site, sign_in):
    """An essay, an empty paste and the consent link itself are refused with advice; the link stays good."""
    view = start(site, sign_in)
    address = landed(site, view)
    for wrong, words in [(ESSAY, "not a code"), ("", "nothing was pasted"), (view["consent_url"], "holds no code")]:
        shown = paste(sign_in, wrong)
        assert words in shown["status"][0].lower()
        assert (shown["phase"], shown["field"], shown["consent_url"]) == ("waiting", "code", view["consent_url"])
    assert paste(sign_in, address)["phase"] == "connected"


def test_a_pasted_client_id_is_no_code(site, sign_in):
    """Told at the field, and Zoho is not asked."""
    link = start(site, sign_in)["consent_url"]
    before = site.world.log.total
    view = paste(sign_in, f" {site.client_id} ")
    assert "client ID, not a code" in view["status"][0]
    assert (view["field"], view["consent_url"], site.world.log.total) == ("code", link, before)


def test_a_code_after_the_end_is_refused_with_a_word(site, sign_in):
    """Connected, and a second code comes: nothing is sent, and the card says so. A flow without a screen raises."""
    view = start(site, sign_in)
    paste(sign_in, landed(site, view))
    other = landed(site, view)
    before = site.world.log.total
    assert "was not used" in paste(sign_in, other)["note"]
    flow = LoginFlow(site.client_id, site.client_secret, site.redirect_uri, site.scopes, site.data_center, name="x")
    flow.finish(site.consent(flow.authorization_url))
    again = site.consent(flow.authorization_url)
    sent = len(site.world.log.entries(path="/oauth/v2/token"))
    with pytest.raises(SignInRejected, match="is over"):
        flow.finish(again)
    assert len(site.world.log.entries(path="/oauth/v2/token")) == sent
    assert before < site.world.log.total


def test_another_sign_ins_address_is_refused(site, sign_in):
    """The state of somebody else's redirect is noticed."""
    foreign = LoginFlow(site.client_id, site.client_secret, site.redirect_uri, site.scopes, site.data_center)
    start(site, sign_in)
    assert "belongs to another sign-in" in paste(sign_in, site.consent(foreign.authorization_url))["status"][0]
    assert sign_in.connection is None


def test_a_refused_consent_is_explained(site, sign_in):
    """Reject is no fault of any field."""
    view = paste(sign_in, landed(site, start(site, sign_in), accept=False))
    assert "refused" in view["status"][0]
    assert "press Accept" in view["status"][1]
    assert (view["phase"], view["field"]) == ("waiting", "")


def test_an_expired_code_is_explained_and_start_again_gives_a_new_link(site, sign_in):
    """Two minutes pass: the code is refused; a new link needs no secret, and ends connected."""
    view = start(site, sign_in)
    address = landed(site, view)
    site.clock.advance(121)
    refused = paste(sign_in, address)
    assert "invalid_code" in refused["status"][0]
    assert "two minutes" in refused["status"][1]
    sign_in.handle({"kind": "start_again", "attempt": refused["attempt"]})
    again = sign_in.view()
    assert (again["phase"], again["failed"]) == ("waiting", False)
    assert again["consent_url"] != view["consent_url"]
    assert paste(sign_in, landed(site, again))["phase"] == "connected"


def test_a_code_is_taken_once(site):
    """A code that another sign-in used is refused, with advice."""
    first, second = SignIn(data_center=site.data_center), SignIn(data_center=site.data_center)
    code = code_in(landed(site, start(site, first)))
    assert paste(first, code)["phase"] == "connected"
    start(site, second)
    assert "It is used" in paste(second, code)["status"][1]


def test_a_refused_secret_is_forgotten_and_asked_for(site, sign_in):
    """A wrong secret leads back to the form with the secret alone to be typed again."""
    view = paste(sign_in, landed(site, start(site, sign_in, client_secret="wrong" * 8)))
    assert "invalid_client_secret" in view["status"][0]
    assert (view["phase"], view["field"], view["secret_held"]) == ("form", "client_secret", False)
    assert view["form"]["client_id"] == site.client_id
    sign_in.handle({"kind": "start_again", "attempt": view["attempt"]})
    assert sign_in.view()["status"] == ["Not connected"]
    assert connect(site, sign_in)["phase"] == "connected"


def test_a_refused_typed_secret_leaves_the_given_one(site):
    """Who types a wrong secret over the sandbox's own gets that one back."""
    sign_in = SignIn(
        client_id=site.client_id,
        client_secret=site.client_secret,
        redirect_uri=site.redirect_uri,
        data_center=site.data_center,
    )
    view = paste(sign_in, landed(site, start(site, sign_in, client_secret="wrong" * 8)))
    assert "invalid_client_secret" in view["status"][0]
    assert view["secret_held"]
    assert paste(sign_in, landed(site, start(site, sign_in, client_secret="")))["phase"] == "connected"


def test_a_client_that_lives_elsewhere_is_explained(site, sign_in):
    """An unknown client is refused at the exchange with the client ID to be looked at."""
    view = start(site, sign_in, client_id="1000.UNKNOWN")
    view = paste(sign_in, "1000.0123456789abcdef")
    assert (view["field"], view["phase"]) == ("client_id", "waiting")
    assert "data centre" in view["status"][1]


def test_a_stopped_sandbox_is_explained_and_nothing_is_lost(site, sign_in):
    """Where nobody answers, the form and the flow stay."""
    view = start(site, sign_in)
    address = landed(site, view)
    site.stop()
    shown = paste(sign_in, address)
    assert (shown["phase"], shown["failed"], shown["consent_url"]) == ("waiting", True, view["consent_url"])
    assert shown["status"][1]


def test_scopes_not_granted_are_shown(site, sign_in):
    """What was asked for and not granted is named."""
    site.world.set(dropped_scopes=("ZohoBugTracker.bugs.CREATE",))
    shown = connect(site, sign_in)["connection"]
    assert shown["missing"] == ["ZohoBugTracker.bugs.CREATE"]
    assert "ZohoBugTracker.bugs.CREATE" not in shown["granted"]


def test_the_account_is_shown_once_it_is_known(site, sign_in):
    """Nothing waits for it: the view is told again when the name is there; the whole e-mail address is in none."""
    told, user = threading.Event(), site.world.accounts.state.user

    def look():
        view = sign_in.view()
        assert user.email not in json.dumps(view)
        if view["connection"] and view["connection"]["account"].startswith(user.name):
            told.set()

    sign_in.listen(look)
    connect(site, sign_in)
    assert told.wait(10)


def test_refresh_gives_a_new_token(site, sign_in):
    """Refresh asks Zoho, says so, and shows the full hour again."""
    connect(site, sign_in)
    before = sign_in.connection.client.authorization.access_token()
    sign_in.handle({"kind": "refresh"})
    assert sign_in.connection.client.authorization.access_token() != before
    assert sign_in.view()["note"] == "There is a new access token."


def test_a_failed_refresh_leaves_the_connection(site, sign_in):
    """Two lines tell why; the card stays connected."""
    connect(site, sign_in)
    site.stop()
    sign_in.handle({"kind": "refresh"})
    view = sign_in.view()
    assert (view["phase"], view["failed"], view["busy"]) == ("connected", True, "")


def test_sign_out_tells_what_it_achieved(site, sign_in):
    """Revoked at Zoho and forgotten here; the form comes back."""
    connect(site, sign_in)
    sign_in.handle({"kind": "sign_out"})
    view = sign_in.view()
    assert (view["phase"], view["status"], signed_in.connections()) == ("form", ["Signed out"], ())
    assert "revoked at Zoho" in view["note"]


def test_an_offline_sign_out_still_forgets(site, sign_in):
    """Without the network the kernel forgets, and says what it could not do."""
    connect(site, sign_in)
    site.stop()
    sign_in.handle({"kind": "sign_out"})
    assert "NOT revoked" in sign_in.view()["note"]
    assert signed_in.connections() == ()


def test_a_sign_out_elsewhere_is_noticed(site, sign_in):
    """`%zbt logout` in another cell: the card looks, and is back at its form."""
    connect(site, sign_in)
    sign_in.connection.logout()
    sign_in.handle({"kind": "view"})
    assert sign_in.view()["phase"] == "form"


@pytest.mark.parametrize(
    "event",
    [{}, {"kind": "unheard_of"}, {"kind": "code"}, {"kind": "refresh"}, {"kind": "sign_out"}, {"kind": ["start"]}],
)
def test_events_out_of_place_change_nothing(sign_in, event):
    """A message that fits nowhere is no error."""
    before = sign_in.view()
    sign_in.handle({key: value for key, value in event.items() if not isinstance(value, list)})
    assert sign_in.view() == before


def test_values_that_are_no_text_are_ignored(sign_in):
    """A front end that sends numbers for texts fills nothing in."""
    sign_in.handle({"kind": "form", "client_id": 7, "scopes": None, "redirect_uri": ["x"]})
    assert sign_in.view()["form"]["client_id"] == ""


def test_what_was_typed_survives_a_reload(sign_in):
    """The card tells what was typed, so that a page that is loaded again shows it."""
    sign_in.handle({"kind": "form", "client_id": "1000.TYPED"})
    assert sign_in.view()["form"]["client_id"] == "1000.TYPED"


def test_pastes_from_many_threads_make_one_connection(site, sign_in):
    """Callbacks on several threads, with one code: one exchange, one connection, no error left."""
    address = landed(site, start(site, sign_in))
    barrier = threading.Barrier(8)

    def press():
        barrier.wait()
        sign_in.handle({"kind": "code", "code": address})

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sign_in.view()["status"] == ["Connected"]
    assert len(signed_in.connections()) == 1


def test_a_custom_data_center_is_among_the_choices(monkeypatch):
    """ZBT_ACCOUNTS_URL and ZBT_API_URL define `custom`, which is then chosen."""
    monkeypatch.setenv("ZBT_ACCOUNTS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ZBT_API_URL", "http://127.0.0.1:9")
    view = SignIn().view()
    assert view["form"]["data_center"] == view["data_centers"][0]["name"] == "custom"


def test_the_environments_client_is_filled_in(monkeypatch):
    """ZBT_CLIENT_ID is shown, ZBT_CLIENT_SECRET is held."""
    monkeypatch.setenv("ZBT_CLIENT_ID", "1000.ENV")
    monkeypatch.setenv("ZBT_CLIENT_SECRET", "canary-secret")
    view = SignIn().view()
    assert (view["form"]["client_id"], view["secret_held"]) == ("1000.ENV", True)
    assert "canary-secret" not in json.dumps(view)
