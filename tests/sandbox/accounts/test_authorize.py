"""Authorization requests, redirects and the pages shown instead (fact sheet A1)."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.sandbox.person import Person, landed


def test_the_redirect_names_state_code_location_and_server_and_ends_in_an_ampersand(world, person):
    """An accepted redirect reads ``?state=…&code=…&location=us&accounts-server=https%3A%2F%2F…&``."""
    address = world.consent(person.link())
    code = r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}"
    shape = rf"\?state=s1&code={code}&location=us&accounts-server=https%3A%2F%2Faccounts\.sandbox\.test&"
    assert re.fullmatch(re.escape(person.client.redirect_uri) + shape, address)


def test_the_redirect_as_the_documents_print_it(world, person):
    """Switches give the documents' shape: no trailing ``&``, a bare accounts-server, the code first."""
    world.set(redirect_trailing_ampersand=False, redirect_server_encoded=False, redirect_state_first=False)
    address = world.consent(person.link())
    assert re.search(
        r"\?code=1000\.\w+\.\w+&state=s1&location=us&accounts-server=https://accounts\.sandbox\.test$", address
    )


def test_the_redirect_without_data_centre_hints(world, person):
    """A switch leaves out ``location`` and ``accounts-server``."""
    world.set(redirect_names_data_center=False)
    assert landed(world.consent(person.link())).keys() == {"state", "code"}


def test_state_returns_unchanged(world, person):
    """``state`` is opaque: whatever it holds comes back."""
    state = "a b&c=d/é+%41"
    assert landed(world.consent(person.link(state=state)))["state"] == state


def test_state_may_be_missing(world, person):
    """Without ``state`` the redirect has none."""
    assert "state" not in landed(world.consent(person.link(state=None)))


def test_a_query_in_the_redirect_uri_is_kept(world):
    """The code is added to what the registered redirect URI already asks."""
    client = world.register_client("Other", redirect_uri="https://app.test/back?from=zoho")
    address = world.consent(Person(world, client).link())
    assert address.startswith("https://app.test/back?from=zoho&state=s1&code=")


def test_rejecting_redirects_with_access_denied(world, person):
    """Reject sends the browser to the redirect URI anyway, with ``error=access_denied`` and the state."""
    address = world.consent(person.link(), accept=False)
    assert landed(address) == {"state": "s1", "error": "access_denied"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "1000.NOBODY"}, "Invalid Client: Client ID passed does not exist"),
        ({"client_id": None}, "Invalid Client: Client ID passed does not exist"),
        (
            {"redirect_uri": "https://accounts.sandbox.test/redirect/"},
            "Invalid Redirect Uri: Redirect URI passed does not match with the one configured",
        ),
        ({"scope": "ZohoBugTracker.bugs.LOOK"}, "Invalid OAuth Scope: Scope does not exist"),
        ({"scope": None}, "Invalid OAuth Scope: Scope does not exist"),
        ({"response_type": "token"}, "Invalid Response Type"),
        ({"access_type": "sometimes"}, "Invalid Request"),
    ],
)
def test_problems_that_do_not_redirect_show_a_page(person, change, words):
    """Unknown client, inexact redirect URI, unknown scope: an HTML page on the accounts host, no redirect."""
    response = person.get(person.link(**change))
    assert response.header("location") is None
    assert response.header("content-type").startswith("text/html")
    heading, _, line = words.partition(": ")
    assert heading in response.body.decode()
    assert line in response.body.decode()


@pytest.mark.parametrize("scope", ["ZohoBugtracker.bugs.all", "ZohoBugTracker.bugs.READ ZohoBugTracker.users.READ"])
def test_scope_names_in_any_case_separated_by_commas_or_spaces(person, scope):
    """Zoho itself spells ``ZohoBugtracker`` too; spaces work as commas do."""
    assert person.sign_in(scope=scope)["scope"] == scope


def test_consent_is_asked_once(world, person):
    """Without ``prompt=consent`` a second visit redirects silently, with a code."""
    assert person.get(person.link()).header("location") is None
    world.consent(person.link())
    assert "code" in landed(person.get(person.link()).header("location"))
    assert person.get(person.link(prompt="consent")).header("location") is None


def test_more_scopes_are_asked_about_again(world, person):
    """A silent redirect needs every scope agreed to before."""
    world.consent(person.link())
    assert person.get(person.link(scope="ZohoBugTracker.events.READ")).header("location") is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"access_type": "offline"}, True),
        ({"access_type": "online"}, False),
        ({"access_type": None}, False),
    ],
)
def test_a_refresh_token_needs_offline_access(person, changes, expected):
    """``access_type`` is online unless asked otherwise, and online gives no refresh token."""
    assert ("refresh_token" in person.exchange(person.code(**changes))) is expected


def test_a_silent_redirect_gives_no_refresh_token(person):
    """Offline alone is not enough: consent must have been shown, at first or by ``prompt=consent``."""
    assert "refresh_token" in person.exchange(person.code())
    assert "refresh_token" not in person.exchange(person.code())
    assert "refresh_token" in person.exchange(person.code(prompt="consent"))


def test_login_hint_is_ignored(person):
    """``login_hint`` is documented nowhere; it does no harm."""
    assert person.code(login_hint="somebody@example.test")


def test_client_based_scripts_get_the_token_in_the_fragment(world):
    """A JavaScript client uses the implicit flow: the access token stands in the redirect itself."""
    client = world.register_client("Page", type="javascript", redirect_uri="https://app.test/js")
    address = world.consent(Person(world, client).link(response_type="token"))
    given = dict(parse_qsl(urlsplit(address).fragment))
    assert world.accounts.grant_for(given["access_token"]).allows("bugs.READ")
    assert given["expires_in"] == "3600"


def test_scopes_can_be_dropped_silently(world, person):
    """What the account may not do is left out of the grant without a word."""
    world.set(dropped_scopes=("ZohoBugTracker.bugs.ALL",))
    assert person.sign_in()["scope"] == "ZohoBugTracker.portals.READ"


@pytest.mark.parametrize(
    ("name", "kind", "uri", "words"),
    [
        ("Bad!name", "server", "https://a.test", "Enter a valid client name"),
        ("", "server", "https://a.test", "Enter a valid client name"),
        ("Fine_name & more", "server", "ftp://a.test", "Enter a valid redirect URI"),
        ("Second", "self", "", "one Self Client only"),
    ],
)
def test_the_console_refuses_in_its_words(world, name, kind, uri, words):
    """Client names allow ``_`` and ``&`` only, redirect URIs begin with http(s), an account has one Self Client."""
    with pytest.raises(ValueError, match=words):
        world.register_client(name, type=kind, redirect_uri=uri)


SCOPES = {
    "portals": "READ ALL",
    "search": "READ",
    "tags": "READ CREATE ALL",
    **dict.fromkeys(
        "projects milestones bugs timesheets events users forums documents".split(),  # noqa: SIM905  shorter
        "READ CREATE UPDATE DELETE ALL",
    ),
}


def test_a_module_has_the_scopes_of_its_page(person):
    """No module but the large ones has every operation; whatever is not on its page does not exist."""
    for module, operations in {**SCOPES, "tasks": "", "activities": ""}.items():
        for operation in SCOPES["bugs"].split():
            page = person.get(person.link(scope=f"ZohoBugTracker.{module}.{operation}")).body.decode()
            assert ("Invalid OAuth Scope" in page) is (operation not in operations.split()), (module, operation)


def test_forums_and_documents_may_have_one_scope_only(world, person):
    """They were seen with ``ALL``; the other operations are assumed."""
    world.set(forum_and_document_scopes="ALL")
    assert person.code(scope="ZohoBugTracker.forums.ALL,ZohoBugTracker.documents.ALL")
    with pytest.raises(ValueError, match="Scope does not exist"):
        world.consent(person.link(scope="ZohoBugTracker.documents.READ"))


def test_consent_for_a_page_that_does_not_redirect_is_an_error(world, person):
    """``World.consent`` says what stood on the error page."""
    with pytest.raises(ValueError, match="Client ID passed does not exist"):
        world.consent(person.link(client_id="1000.X"))
