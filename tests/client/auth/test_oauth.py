"""OAuth as Zoho speaks it."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.auth.oauth import (
    AuthorizationRequest,
    ClientCredentials,
    Token,
    code_challenge,
    directory_request,
    exchange_request,
    read_directory,
    read_revocation,
    read_token,
    refresh_request,
    revoke_request,
)
from zbt_notebook.client.errors import SignInRejected, Unreachable, ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.secret_str import SecretStr

US = DATA_CENTERS["us"]
CLIENT = ClientCredentials("1000.CLIENT", "the-secret")


def form(request):
    """The fields in a request's body."""
    return dict(request.form)


def answer(body, status=200):
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())


def test_the_authorization_url_has_every_parameter_of_zohos_page():
    """Scopes by commas, response_type=code, offline access, the state; and prompt=consent for the refresh token."""
    request = AuthorizationRequest("1000.CLIENT", "http://localhost:8000/callback", ("a.b.C", "d.e.F"), "the-state")
    url = urlsplit(request.url(US))
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://accounts.zoho.com/oauth/v2/auth"
    assert parse_qs(url.query) == {
        "scope": ["a.b.C,d.e.F"],
        "client_id": ["1000.CLIENT"],
        "state": ["the-state"],
        "response_type": ["code"],
        "redirect_uri": ["http://localhost:8000/callback"],
        "access_type": ["offline"],
        "prompt": ["consent"],
    }


def test_online_access_and_no_prompt_can_be_asked_for():
    """Both values of access_type that Zoho's page allows."""
    request = AuthorizationRequest("c", "http://x/", ("s",), "st", access_type="online", prompt="")
    query = parse_qs(urlsplit(request.url(US)).query)
    assert query["access_type"] == ["online"]
    assert "prompt" not in query


def test_pkce_is_s256():
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    query = parse_qs(
        urlsplit(AuthorizationRequest("c", "http://x/", ("s",), "st", code_verifier=verifier).url(US)).query
    )
    assert query["code_challenge_method"] == ["S256"]
    assert query["code_challenge"] == [code_challenge(verifier)]
    assert form(exchange_request(US, CLIENT, "code", code_verifier=verifier))["code_verifier"] == verifier


def test_secrets_travel_in_the_body_never_in_the_url():
    """Code, secret and tokens are form fields; an URL ends up in logs."""
    for request in (
        exchange_request(US, CLIENT, "the-code", redirect_uri="http://x/", code_verifier="v"),
        refresh_request(US, CLIENT, "the-refresh-token"),
        revoke_request(US, "the-refresh-token"),
    ):
        assert request.method == "POST"
        assert request.params == ()
        assert "the-" not in request.url
        assert "the-" not in repr(request)
        assert any(value.startswith("the-") for value in form(request).values())


def test_the_exchange_has_zohos_fields():
    """Those of the page, in the body; a Self Client's code goes without redirect_uri."""
    assert form(exchange_request(US, CLIENT, "code", redirect_uri="http://x/")) == {
        "client_id": "1000.CLIENT",
        "client_secret": "the-secret",
        "grant_type": "authorization_code",
        "code": "code",
        "redirect_uri": "http://x/",
    }
    assert "redirect_uri" not in form(exchange_request(US, CLIENT, "code"))


def test_a_refresh_and_a_revocation_have_zohos_fields():
    """Those of the pages, and no other."""
    assert form(refresh_request(US, CLIENT, "refresh")) == {
        "client_id": "1000.CLIENT",
        "client_secret": "the-secret",
        "grant_type": "refresh_token",
        "refresh_token": "refresh",
    }
    assert revoke_request(US, "refresh").form == (("token", "refresh"),)


def test_scopes_that_are_unknown_here_are_taken_as_told():
    """Between commas or blanks; Zoho may know more than the catalogue does."""
    told = "ZohoBugTracker.bugs.READ,Zoho Tomorrow.things.ALL"
    token = read_token(answer({"access_token": "a", "scope": told}), requested=())
    assert token.scopes == ("ZohoBugTracker.bugs.READ", "Zoho", "Tomorrow.things.ALL")


def test_a_clients_secret_is_one():
    """Held as a secret from the beginning, and equal to its text."""
    assert isinstance(CLIENT.client_secret, SecretStr)
    assert CLIENT.client_secret == "the-secret"


def test_an_answer_is_read():
    """Scopes come with spaces where they were asked for with commas."""
    token = read_token(
        answer(
            {
                "access_token": "1000.a.b",
                "refresh_token": "1000.c.d",
                "scope": "ZohoBugTracker.portals.READ ZohoBugTracker.bugs.ALL",
                "api_domain": "https://www.zohoapis.com",
                "token_type": "Bearer",
                "expires_in": 3600,
            }
        )
    )
    assert token.access_token == "1000.a.b"
    assert token.refresh_token == "1000.c.d"
    assert token.scopes == ("ZohoBugTracker.portals.READ", "ZohoBugTracker.bugs.ALL")
    assert token.expires_in == 3600


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 3_600_000}, 3600),
        ({"expires_in": 3_600_000, "expires_in_sec": 3600}, 3600),
        ({"expires_in_sec": 1800}, 1800),
        ({}, 3600),
        ({"expires_in": None}, 3600),
        ({"expires_in": -1}, 3600),
        ({"expires_in": 1e12}, 3600),
        ({"expires_in": "soon"}, 3600),
        ({"expires_in": float("nan")}, 3600),
        ({"expires_in": 30}, 30),
        ({"expires_in": 1}, 1),
        ({"expires_in": 0}, 3600),
        ({"expires_in": 86_400}, 86_400),
        ({"expires_in": 86_401}, 86.401),
        ({"expires_in": 86_400_000}, 86_400),
        ({"expires_in": 86_400_001}, 3600),
        ({"expires_in_sec": "soon", "expires_in": 90}, 90),
        ({"expires_in_sec": 0, "expires_in": 90}, 90),
        ({"expires_in_sec": 10**400, "expires_in": 90}, 90),
    ],
)
def test_the_life_of_a_token_is_read_in_whatever_unit(fields, seconds):
    """Milliseconds before 2019, seconds since, nonsense never."""
    assert read_token(answer({"access_token": "t", **fields})).expires_in == seconds


def test_scopes_that_are_not_told_are_taken_as_asked():
    """Some answers omit them."""
    assert read_token(answer({"access_token": "t"}), requested=("a.b.C",)).scopes == ("a.b.C",)
    assert read_token(answer({"access_token": "t", "scope": "New.unknown.READ"}), requested=()).scopes == (
        "New.unknown.READ",
    )


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("invalid_code", "Start again"),
        ("invalid_client", "data centre"),
        ("invalid_client_secret", "secret"),
        ("invalid_redirect_uri", "letter"),
        ("invalid_scope", "spelling"),
        ("access_denied", "Accept"),
        ("Access Denied", "ten minutes"),
        ("missing_org_info", "client credentials"),
        ("something new", "doctor"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_error_is_read_from_the_body_whatever_the_status(word, advice, status):
    """Zoho answers its OAuth errors with HTTP 200; each has its own advice."""
    with pytest.raises(SignInRejected) as caught:
        read_token(answer({"error": word, "status": "failure"}, status))
    assert caught.value.error == word
    assert advice in caught.value.hint


def refusal(error, **options):
    with pytest.raises(SignInRejected) as caught:
        read_token(answer({"error": error}), **options)
    return caught.value.message, caught.value.hint, caught.value.error


def test_a_refused_refresh_token_is_not_called_a_code():
    """Zoho has one word for both; any other word means the same for both."""
    message, hint, error = refusal("invalid_code", refreshing=True)
    assert message == "Zoho does not take this sign-in's refresh token (invalid_code)"
    assert hint.startswith("Sign in again: ")
    assert hint.endswith(
        "It was revoked, pushed out by 20 newer sign-ins with this client, or is another data centre's."
    )
    assert error == "invalid_code"
    assert refusal("invalid_code")[0] == "Zoho does not take this code (invalid_code)"
    assert refusal("access_denied", refreshing=True) == refusal("access_denied")


@pytest.mark.parametrize(("length", "is_shown"), [(60, True), (61, False)])
def test_a_word_that_is_new_is_shown_where_it_is_short(length, is_shown):
    """Clean, and no longer than half a line."""
    message, hint, error = refusal("w" * length)
    said = "w" * length if is_shown else "an error of an unknown kind"
    assert message == f"Zoho refuses the sign-in ({said})"
    assert hint.startswith("Start again; ")
    assert hint.endswith(" checks the set-up.")
    assert error == "w" * length
    assert refusal("a\x1b[31mb")[0] == "Zoho refuses the sign-in (ab)"


_ADDRESS = "Check that the data centre's accounts address is Zoho's"


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ({}, "the token endpoint's answer (HTTP 201) holds no access token", f"{_ADDRESS}, then sign in again."),
        ({"access_token": ""}, "the token endpoint's answer (HTTP 201) holds no access token", None),
        ({"access_token": 1}, "the token endpoint's answer (HTTP 201) holds no access token", None),
        *(
            (
                fields,
                "the token endpoint's answer holds a token that is too long, or has a line end, a space or the like",
                f"{_ADDRESS}, then sign in again.",
            )
            for fields in (
                {"access_token": "a b"},
                {"access_token": "a\n"},
                {"access_token": "\xe9"},
                {"access_token": "a" * 5000},
                {"access_token": "a", "refresh_token": "a b"},
                {"access_token": "a", "refresh_token": "a\r\n"},
            )
        ),
        ([], "the answer (HTTP 201) is JSON, but not an object as Zoho's answers are", f"{_ADDRESS}."),
    ],
)
def test_what_cannot_be_zohos_answer_says_what_to_check(body, message, hint):
    """Which is the address: a proxy, or another server, speaks there."""
    with pytest.raises(Unreachable) as caught:
        read_token(answer(body, 201))
    assert caught.value.message == message
    assert hint in {None, caught.value.hint}


@pytest.mark.parametrize("told", ["", None, 7])
def test_an_answer_without_a_refresh_token_has_none(told):
    """Online access, and every refresh."""
    token = read_token(answer({"access_token": "!~", "refresh_token": told}))
    assert (token.access_token, token.refresh_token) == ("!~", "")


def test_the_directory_of_data_centres_is_asked_for_and_read():
    """Nothing of it where the answer is another."""
    request = directory_request(US)
    assert (request.method, request.url) == ("GET", "https://accounts.zoho.com/oauth/serverinfo")
    assert read_directory(answer({"locations": {"eu": "https://accounts.zoho.eu", "us": 1}})) == {
        "eu": "https://accounts.zoho.eu",
        "us": "1",
    }
    others: list[object] = [{}, {"locations": ["eu"]}, [], "x"]
    for other in others:
        assert read_directory(answer(other)) == {}
    assert read_directory(Response(200, {}, b"<html>")) == {}


@given(st.binary(max_size=200), st.sampled_from([200, 302, 400, 404, 500]))
def test_whatever_comes_it_is_a_token_or_a_typed_error(body, status):
    """HTML, truncated JSON, nothing at all."""
    with pytest.raises(ZbtError):
        read_token(Response(status, {}, body))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_whatever_json_comes_it_is_a_token_or_a_typed_error(body):
    """Even with the right keys and wrong types."""
    for value in (
        body,
        {"access_token": body},
        {"error": body},
        {"access_token": "t", "scope": body, "expires_in": body},
    ):
        try:
            token = read_token(answer(value))
        except ZbtError:
            continue
        assert token.access_token
        assert 0 < token.expires_in <= 86_400


def test_pages_are_not_answers():
    """A proxy's page is told from Zoho's answer, and not quoted."""
    with pytest.raises(Unreachable, match="not JSON") as caught:
        read_token(Response(200, {"content-type": "text/html"}, b"<html>secret-page</html>"))
    assert "secret-page" not in str(caught.value)


def test_a_revocation_counts_only_where_zoho_says_so():
    """{"status": "success"} with 200; anything else is told to the user as not revoked."""
    assert read_revocation(answer({"status": "success"}))
    assert not read_revocation(answer({"error": "invalid_code"}, 400))
    assert not read_revocation(answer({"status": "success"}, 400))
    assert not read_revocation(Response(200, {}, b"<html>"))


def test_a_token_shows_nothing():
    """Neither repr, str, format nor pickle."""
    import pickle

    token = Token("canary-access", "canary-refresh")
    assert "canary" not in f"{token} {token!r} {token:>200}"
    assert f"{token:>200}" == repr(token).rjust(200)
    assert str(token) == repr(token) == "Token(scopes=(), expires_in=3600.0)"
    with pytest.raises(TypeError):
        pickle.dumps(token)
