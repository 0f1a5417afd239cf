"""The pages as HTML: what they say, what they escape, whose forms they take."""

import html
import re
from urllib.parse import urlencode

import pytest

from tests.sandbox.person import FORM, Person, landed, ticket
from zbt_notebook.simulator import Clock, World
from zbt_notebook.simulator.http import Request
from zbt_notebook.simulator.pages.layout import ASSETS, Markup, fill

HOSTILE = "<script>alert('x')</script>&\"'"


@pytest.fixture
def world():
    return World(clock=Clock(frozen_at=1_700_000_000), projects=1, bugs=1)


def submit(world, path, /, **fields):
    return world.handle(Request("POST", world.accounts_url() + path, FORM, urlencode(fields).encode()))


@pytest.mark.parametrize(("decision", "key"), [("accept", "code"), ("reject", "error")])
def test_the_consent_page_asks_once(world, person, decision, key):
    """Each button redirects, and a consent page works once."""
    page = person.get(person.link())
    answer = submit(world, "/oauth/v2/auth", ticket=ticket(page), decision=decision)
    assert answer.status == 302
    assert key in landed(answer.header("location"))
    again = submit(world, "/oauth/v2/auth", ticket=ticket(page), decision=decision)
    assert again.header("location") is None
    assert b"This page has expired" in again.body


def test_a_consent_form_without_its_ticket_grants_nothing(world):
    """Another site's form cannot consent."""
    assert submit(world, "/oauth/v2/auth", decision="accept").header("location") is None


def test_open_consent_pages_are_not_kept_for_ever(world, person):
    """Of very many open consent pages the oldest goes stale."""
    first = ticket(person.get(person.link()))
    for _ in range(200):
        person.get(person.link())
    assert submit(world, "/oauth/v2/auth", ticket=first, decision="accept").status == 400


def test_the_consent_page_names_client_user_and_scopes(person):
    """Who asks, whom, for what: in words and as scopes."""
    text = person.get(person.link(scope="ZohoBugTracker.bugs.ALL,AaaServer.profile.READ")).body.decode()
    for words in ("Notebook demo", "Maya Lindqvist", "See, add, change and delete bugs", "AaaServer.profile.READ"):
        assert words in text


def test_the_consent_page_says_once_what_two_scopes_allow(person):
    """The same permission in Zoho's two families is one line, so that the buttons are not far below."""
    text = person.get(person.link(scope="ZohoBugTracker.bugs.READ,ZohoProjects.bugs.READ")).body.decode()
    assert text.count("See bugs") == 1
    assert "ZohoBugTracker.bugs.READ, ZohoProjects.bugs.READ" in text


def test_pages_run_no_script_but_their_own(world, person):
    """The policy allows the page's own style and script, no frame, and forms to the redirect's origin alone."""
    client = world.register_client("Other", redirect_uri="http://127.0.0.1:8090/callback")
    policy = Person(world, client).get(Person(world, client).link()).header("content-security-policy")
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8090;" in policy
    assert "unsafe" not in policy
    text = person.get(person.link()).body.decode()
    assert not re.search(r"<script>|<style|\son\w+=|style=", text)


def test_a_strange_redirect_uri_does_not_enter_the_policy(world):
    """What is no plain origin is left out of the header."""
    client = world.register_client("Other", redirect_uri="https://a.test;script-src *//x")
    policy = Person(world, client).get(Person(world, client).link()).header("content-security-policy")
    assert "form-action 'self';" in policy
    assert policy.count("script-src") == 1


def test_the_redirect_page_shows_the_code(world, person):
    """The code stands in the element with the id ``code``, with its remaining life and the whole address."""
    address = world.consent(person.link())
    world.clock.advance(20)
    text = person.get(address).body.decode()
    assert re.findall(r'id="code" class="code">([^<]+)<', text) == [landed(address)["code"]]
    assert 'data-seconds="100"' in text
    assert re.findall(r'id="address" class="code">([^<]+)<', text) == [html.escape(address)]


def test_the_redirect_page_of_a_spent_code(world, person):
    """A code that was used or has expired is called so."""
    address = world.consent(person.link())
    assert "Good for one use" in person.get(address).body.decode()
    person.exchange(landed(address)["code"])
    assert "has been used or has expired" in person.get(address).body.decode()


def test_the_redirect_page_explains_a_rejection(world, person):
    """``error=access_denied`` becomes a sentence and a next step; without anything there is a word too."""
    text = person.get(world.consent(person.link(), accept=False)).body.decode()
    assert "error=access_denied" in text
    assert "create a new consent link" in text
    assert "Nothing to copy here" in person.get(person.client.redirect_uri).body.decode()


@pytest.mark.parametrize("name", ["code", "error", "location", "state"])
def test_nothing_from_an_address_becomes_markup(world, person, name):
    """Whatever stands in the redirect's query is shown as text."""
    address = f"{person.client.redirect_uri}?{urlencode({'code': '1000.a.b'} | {name: HOSTILE})}"
    assert b"<script>alert" not in person.get(address).body
    typed = f"{world.accounts_url()}/oauth/v3/device?{urlencode({'user_code': HOSTILE})}"
    assert b"<script>alert" not in person.get(typed).body


def test_values_are_escaped_and_markup_is_not():
    """A template's values are text unless they are Markup."""
    assert fill("option.html", name="<b>").strip() == "<option>&lt;b&gt;</option>"
    assert fill("option.html", name=Markup("<b>")).strip() == "<option><b></option>"


@pytest.mark.parametrize("name", ASSETS)
def test_the_pages_own_files(world, person, name):
    """Style, script and icon come from the sandbox itself, and nothing else does."""
    response = person.get(f"{world.accounts_url()}/assets/{name}")
    assert response.status == 200
    assert b"http://" not in response.body.replace(b"http://www.w3.org", b"")
    assert person.get(f"{world.accounts_url()}/assets/../{name}").status == 404


def test_the_status_page_shows_everything_but_whole_tokens(world, person):
    """Clients, shortened tokens, faults, requests and the time stand on ``/``."""
    answer = person.sign_in()
    world.faults.add(kind="hang", path="/nowhere", times=None)
    text = person.get(world.accounts_url() + "/").body.decode()
    assert answer["access_token"] not in text
    assert answer["refresh_token"] not in text
    for words in (
        world.client.client_id,
        answer["access_token"][:9],
        "/nowhere",
        "/oauth/v2/token",
        "2023-11-14 22:13:20",
    ):
        assert words in text


def test_the_api_host_leads_to_the_status_page(world, person):
    """``/`` on the API's host is the same page, by a redirect."""
    assert person.get(world.api_url() + "/").header("location") == world.accounts_url() + "/"


def test_the_status_pages_buttons(world, person):
    """The clock advances, faults come and go, the log is cleared; each returns to the page."""
    key = ticket(person.get(world.accounts_url() + "/"))
    person.sign_in()
    for path, fields in (
        ("clock", {"seconds": "600"}),
        ("fault", {"kind": "status", "path": "/restapi/*", "times": "3"}),
    ):
        answer = submit(world, f"/sandbox/{path}", ticket=key, **fields)
        assert (answer.status, answer.header("location")) == (303, "/")
    assert world.clock.now() == 1_700_000_600
    (fault,) = world.faults.active
    assert (fault.kind, fault.path, fault.times) == ("status", "/restapi/*", 3)
    submit(world, "/sandbox/faults/clear", ticket=key)
    submit(world, "/sandbox/log/clear", ticket=key)
    assert world.faults.active == []
    assert world.log.entries() == []


def test_the_page_generates_a_self_client_code(world, person):
    """The code stands on the page that answers the button, never in an address, and becomes tokens."""
    page = person.get(world.accounts_url() + "/")
    asked = {"scopes": "ZohoBugTracker.bugs.READ, ZohoBugTracker.users.READ", "seconds": "300"}
    answer = submit(world, "/sandbox/code", ticket=ticket(page), **asked)
    assert (answer.status, answer.header("location")) == (200, None)
    text = answer.body.decode()
    assert 'data-seconds="300"' in text
    [code] = re.findall(r'id="code" class="code">([^<]+)<', text)
    client = Person(world, world.demo_client("self"))
    tokens = client.say("/oauth/v2/token", **client.credentials(grant_type="authorization_code", code=code))
    assert tokens["scope"] == "ZohoBugTracker.bugs.READ ZohoBugTracker.users.READ"
    assert "refresh_token" in tokens


def test_the_page_switches_the_user():
    """Another of the team sits at the browser, with an account elsewhere: consent is asked anew, tokens are theirs."""
    world = World(clock=Clock(frozen_at=1_700_000_000), projects=1, bugs=1, data_centers=("us", "eu"))
    person = Person(world)
    person.sign_in()
    page = person.get(world.accounts_url() + "/")
    [zuid] = re.findall(r'value="(\d+)">Jonas Weber<', page.body.decode())
    assert submit(world, "/sandbox/user", ticket=ticket(page), zuid=zuid, home="eu").status == 303
    assert "Jonas Weber (EU)" in person.get(world.accounts_url() + "/").body.decode()
    asked = person.get(person.link(scope="AaaServer.profile.READ"))
    assert "Jonas Weber" in asked.body.decode()
    address = submit(world, "/oauth/v2/auth", ticket=ticket(asked), decision="accept").header("location")
    assert landed(address)["location"] == "eu"


@pytest.mark.parametrize("fields", [{}, {"ticket": "é"}, {"ticket": "guess"}])
def test_the_buttons_need_the_pages_ticket(world, fields):
    """A form from elsewhere moves nothing."""
    assert submit(world, "/sandbox/clock", seconds="600", **fields).status == 403
    assert world.clock.now() == 1_700_000_000


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("clock", {"seconds": "soon"}),
        ("clock", {"seconds": "-5"}),
        ("clock", {"seconds": "nan"}),
        ("fault", {"kind": "flood"}),
        ("fault", {"kind": "status", "times": "many"}),
        ("user", {"zuid": "1", "home": "us"}),
        ("user", {"zuid": "60012345678", "home": "mars"}),
        ("code", {"scopes": "", "seconds": "180"}),
        ("code", {"scopes": "ZohoBugTracker.cats.READ", "seconds": "180"}),
        ("code", {"scopes": "ZohoBugTracker.bugs.READ", "seconds": "601"}),
        ("code", {"scopes": "ZohoBugTracker.bugs.READ", "seconds": "nan"}),
        ("nothing", {}),
    ],
)
def test_a_button_that_cannot_work_says_so(world, person, path, fields):
    """Wrong values give an error page and change nothing."""
    key = ticket(person.get(world.accounts_url() + "/"))
    assert submit(world, f"/sandbox/{path}", ticket=key, **fields).status == 400
    assert world.clock.now() == 1_700_000_000
    assert world.faults.active == []


def test_other_pages_of_the_sandbox_do_not_exist(world, person):
    """``GET /sandbox/…`` is a 404."""
    assert person.get(f"{world.accounts_url()}/sandbox/clock").status == 404
    assert person.get(f"{world.accounts_url()}/assets/none.css").status == 404
