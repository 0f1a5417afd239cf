"""Codes, refresh tokens and client credentials at the token endpoint (fact sheet A2)."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.person import FORM, Person
from zbt_notebook.simulator import Clock, World
from zbt_notebook.simulator.http import Request


def test_a_code_becomes_both_tokens(person):
    """The answer has access token, refresh token, scopes with spaces, API domain, Bearer and 3600 seconds."""
    answer = person.sign_in()
    assert answer.keys() == {"access_token", "refresh_token", "scope", "api_domain", "token_type", "expires_in"}
    assert answer["scope"] == "ZohoBugTracker.bugs.ALL ZohoBugTracker.portals.READ"
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)


def test_the_api_domain_is_not_the_bugtracker_host(world, person):
    """``api_domain`` answers 404 for BugTracker paths."""
    domain = person.sign_in()["api_domain"]
    assert domain != world.api_url()
    assert person.get(f"{domain}/restapi/portals/").status == 404


def test_headers_of_a_token_answer(person):
    """JSON with its charset named, from a server called ZGS, not to be stored."""
    response = person.refresh(person.sign_in()["refresh_token"])
    assert response.header("Content-Type") == "application/json;charset=UTF-8"
    assert (response.header("Server"), response.header("Cache-Control")) == ("ZGS", "no-store")


def test_refreshing_gives_no_new_refresh_token(person):
    """The old refresh token stays valid; only the access token is new."""
    first = person.sign_in()
    answers = [json.loads(person.refresh(first["refresh_token"]).body) for _ in range(2)]
    assert all("refresh_token" not in answer for answer in answers)
    assert len({first["access_token"], *(answer["access_token"] for answer in answers)}) == 3


@pytest.mark.parametrize("place", ["query", "urlencoded", "multipart"])
def test_parameters_are_taken_from_query_form_or_multipart(world, person, place):
    """The token endpoint reads its parameters wherever they stand."""
    fields = person.credentials(
        grant_type="authorization_code", code=person.code(), redirect_uri=person.client.redirect_uri
    )
    url = f"{world.accounts_url()}/oauth/v2/token"
    response = world.handle(_placed(url, fields, place))
    assert "access_token" in json.loads(response.body)


def test_a_code_works_once(person):
    """The second exchange of a code is refused."""
    code = person.code()
    assert "access_token" in person.exchange(code)
    assert person.exchange(code) == {"error": "invalid_code"}


def test_a_code_lives_two_minutes(world, person):
    """After 120 seconds a code is refused; a switch sets another life."""
    code = person.code()
    world.clock.advance(119.9)
    fresh = person.code()
    assert "access_token" in person.exchange(code)
    world.clock.advance(120)
    assert person.exchange(fresh) == {"error": "invalid_code"}
    world.set(code_lifetime=60)
    code = person.code()
    world.clock.advance(60)
    assert person.exchange(code) == {"error": "invalid_code"}


def test_a_failed_exchange_does_not_spend_the_code(person):
    """Only success uses a code up: a wrong secret can be corrected."""
    code = person.code()
    assert person.exchange(code, client_secret="wrong") == {"error": "invalid_client_secret"}
    assert "access_token" in person.exchange(code)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "1000.NOBODY"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client_secret"),
        ({"client_secret": "é"}, "invalid_client_secret"),
        ({"code": "1000.no.code"}, "invalid_code"),
        ({"redirect_uri": "https://elsewhere.test/"}, "invalid_redirect_uri"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "1000.no.token"}, "invalid_code"),
    ],
)
def test_refusals_are_one_word_inside_http_200(person, changes, word):
    """OAuth errors come as HTTP 200 with ``{"error": word}``."""
    fields = person.credentials(
        grant_type="authorization_code", code=person.code(), redirect_uri=person.client.redirect_uri
    )
    response = person.post("/oauth/v2/token", **(fields | changes))
    assert (response.status, json.loads(response.body)) == (200, {"error": word})


def test_the_uncertain_words_are_switches(world, person):
    """Names and status that nobody confirmed can be changed."""
    world.set(wrong_credentials_error="invalid_client", token_error_status=400)
    response = person.post("/oauth/v2/token", **person.credentials(client_secret="x", grant_type="refresh_token"))
    assert (response.status, json.loads(response.body)) == (400, {"error": "invalid_client"})


def test_somebody_elses_code_is_invalid(world, person):
    """A code belongs to the client it was issued for."""
    other = Person(world, world.register_client("Other", redirect_uri="https://other.test/"))
    assert other.exchange(person.code()) == {"error": "invalid_code"}


def test_getting_the_token_address_is_wrong(person, world):
    """The token URL in a browser is a mistake: it takes POST, and says so in HTML."""
    response = person.get(f"{world.accounts_url()}/oauth/v2/token?grant_type=refresh_token")
    assert response.status == 405
    assert response.header("content-type").startswith("text/html")


def test_a_wrong_path_answers_html(person, world):
    """An accounts path that does not exist is no JSON."""
    response = person.get(f"{world.accounts_url()}/oauth/v9/token")
    assert (response.status, response.header("content-type")) == (404, "text/html;charset=UTF-8")


@pytest.mark.parametrize(
    ("variant", "fields"),
    [
        ("seconds", {"expires_in": 3600}),
        ("milliseconds", {"expires_in": 3_600_000}),
        ("legacy", {"expires_in": 3_600_000, "expires_in_sec": 3600}),
    ],
)
def test_expiry_in_each_of_its_dresses(world, person, variant, fields):
    """``expires_in`` was seen in seconds, in milliseconds, and with ``expires_in_sec`` beside it."""
    world.set(expires_in_as=variant)
    answer = person.sign_in()
    assert {name: value for name, value in answer.items() if name.startswith("expires")} == fields


def test_scope_may_be_missing_from_the_answer(world, person):
    """Some samples omit ``scope``."""
    world.set(scope_in_token_answers=False)
    assert "scope" not in person.sign_in()


def test_an_access_token_lives_an_hour(world, person):
    """After 3600 seconds an access token allows nothing; the refresh token has no end."""
    answer = person.sign_in()
    world.clock.advance(3599)
    assert world.accounts.grant_for(answer["access_token"])
    world.clock.advance(1)
    assert world.accounts.grant_for(answer["access_token"]) is None
    world.clock.advance(10 * 365 * 86400)
    assert "access_token" in json.loads(person.refresh(answer["refresh_token"]).body)


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_mobile_clients_prove_themselves_by_pkce(world, method):
    """Mobile and desktop clients must send a challenge and redeem it with its verifier."""
    person = Person(world, world.demo_client("mobile"))
    verifier = "v" * 43
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    challenge = digest if method == "S256" else verifier
    code = person.code(code_challenge=challenge, code_challenge_method=method)
    assert person.exchange(code, code_verifier="w" * 43, client_secret="") == {"error": "invalid_code"}
    assert "refresh_token" in person.exchange(code, code_verifier=verifier, client_secret="")


def test_mobile_clients_cannot_do_without_a_challenge(world):
    """The authorization request of a mobile client without PKCE shows a page."""
    person = Person(world, world.demo_client("mobile"))
    assert person.get(person.link()).header("location") is None
    with pytest.raises(ValueError, match="Code challenge"):
        person.code()


def test_pkce_of_a_server_client_is_a_switch(world, person):
    """The server-based pages do not mention PKCE: ignored by default, verified on request."""
    code = person.code(code_challenge="x" * 43, code_challenge_method="plain")
    assert "access_token" in person.exchange(code)
    world.set(pkce_for_server_clients="verified")
    code = person.code(code_challenge="x" * 43, code_challenge_method="plain")
    assert person.exchange(code) == {"error": "invalid_code"}
    assert "access_token" in person.exchange(code, code_verifier="x" * 43)


def test_a_self_client_code_needs_no_redirect_uri(world):
    """A code from the console lives 180 seconds and gives a refresh token."""
    person = Person(world, world.demo_client("self"))
    fields = person.credentials(grant_type="authorization_code")
    code = world.generate_code()
    world.clock.advance(179)
    assert "refresh_token" in person.say("/oauth/v2/token", code=code, **fields)
    code = world.generate_code()
    world.clock.advance(180)
    assert person.say("/oauth/v2/token", code=code, **fields) == {"error": "invalid_code"}


def test_a_self_client_code_lives_ten_minutes_at_most(world):
    """The console lets the user choose a life of up to ten minutes."""
    assert world.generate_code(lifetime=600)
    with pytest.raises(ValueError, match="at most 600"):
        world.generate_code(lifetime=601)


def test_client_credentials_are_for_self_clients(world, person):
    """Only a Self Client gets a token without a user, and no refresh token with it."""
    me = Person(world, world.demo_client("self"))
    fields = {"grant_type": "client_credentials", "scope": "ZohoBugTracker.bugs.READ"}
    answer = me.say("/oauth/v2/token", **me.credentials(**fields))
    assert "access_token" in answer
    assert "refresh_token" not in answer
    assert person.say("/oauth/v2/token", **person.credentials(**fields)) == {"error": "invalid_client"}
    assert me.say("/oauth/v2/token", **me.credentials(**(fields | {"scope": "no.such"}))) == {"error": "invalid_scope"}


def test_client_credentials_may_need_an_organisation(world):
    """Some services refuse client credentials without ``soid``."""
    me = Person(world, world.demo_client("self"))
    world.set(organisation_needed=True)
    fields = me.credentials(grant_type="client_credentials", scope="ZohoBugTracker.bugs.READ")
    assert me.say("/oauth/v2/token", **fields) == {"error": "missing_org_info"}
    assert "access_token" in me.say("/oauth/v2/token", soid="ZohoBugTracker.700", **fields)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=6))
def test_no_parameters_break_the_token_endpoint(fields):
    """Whatever is posted, the answer is a refusal in JSON."""
    body = urlencode(fields | {"grant_type": "authorization_code"}, errors="replace").encode()
    response = _SHARED.handle(Request("POST", f"{_SHARED.accounts_url()}/oauth/v2/token", FORM, body))
    assert json.loads(response.body)["error"] == "invalid_client"


@given(
    st.binary(max_size=200), st.sampled_from([*FORM.values(), "multipart/form-data; boundary=b", "application/json"])
)
def test_no_body_breaks_the_token_endpoint(body, kind):
    """Broken forms are refused like empty ones."""
    url = f"{_SHARED.accounts_url()}/oauth/v2/token"
    response = _SHARED.handle(Request("POST", url, {"content-type": kind}, body))
    assert json.loads(response.body) == {"error": "unsupported_grant_type"}


_SHARED = World(clock=Clock(frozen_at=1_700_000_000))


def _placed(url, fields, place):
    request = requests.Request("POST", url)
    match place:
        case "query":
            request.params = fields
        case "urlencoded":
            request.data = fields
        case "multipart":
            request.files = {name: (None, value) for name, value in fields.items()}
    ready: Any = request.prepare()
    headers = {name.lower(): value for name, value in ready.headers.items()}
    body = ready.body or b""
    return Request("POST", ready.url, headers, body.encode() if isinstance(body, str) else body)
