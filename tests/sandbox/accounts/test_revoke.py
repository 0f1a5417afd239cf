"""Both ways to revoke (fact sheet A4)."""

import base64
import json

import pytest

from tests.sandbox.person import Person
from zbt_notebook.simulator import Clock, World

CLASSIC, NEWER = "/oauth/v2/token/revoke", "/oauth/v2/revoke/token"


@pytest.fixture
def world():
    return World(data_centers=("us", "eu"), clock=Clock(frozen_at=1_700_000_000))


def basic(person, secret=None):
    pair = f"{person.client.client_id}:{secret or person.client.client_secret}"
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def test_a_revoked_refresh_token_takes_its_access_tokens_along(world, person):
    """Revoking a refresh token kills every access token from it; no client authentication is needed."""
    answer = person.sign_in()
    assert person.say(CLASSIC, token=answer["refresh_token"]) == {"status": "success"}
    assert world.accounts.grant_for(answer["access_token"]) is None
    assert json.loads(person.refresh(answer["refresh_token"]).body) == {"error": "invalid_code"}


def test_an_access_token_can_be_revoked_alone(world, person):
    """The refresh token survives the revocation of one of its access tokens."""
    answer = person.sign_in()
    assert person.say(CLASSIC, token=answer["access_token"]) == {"status": "success"}
    assert world.accounts.grant_for(answer["access_token"]) is None
    assert "access_token" in json.loads(person.refresh(answer["refresh_token"]).body)


def test_the_token_may_stand_in_the_query(person):
    """The classic form takes ``?token=`` as the documents show."""
    token = person.sign_in()["refresh_token"]
    assert person.say(f"{CLASSIC}?token={token}") == {"status": "success"}


@pytest.mark.parametrize("token", ["", "1000.no.token"])
def test_an_unknown_token_is_400(person, token):
    """Revoking what does not live answers HTTP 400."""
    response = person.post(CLASSIC, token=token)
    assert (response.status, json.loads(response.body)) == (400, {"error": "invalid_code"})


def test_a_token_is_revoked_where_it_lives(person):
    """Another data centre does not know the token."""
    token = person.sign_in()["refresh_token"]
    assert person.post(CLASSIC, "eu", token=token).status == 400
    assert person.post(CLASSIC, token=token).status == 200


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
def test_the_newer_form_authenticates_the_client(person, kind):
    """``POST /oauth/v2/revoke/token`` wants HTTP Basic and takes ``token`` and ``token_type``."""
    token = person.sign_in()[kind]
    response = person.post(NEWER, headers=basic(person), token=token, token_type=kind)
    assert json.loads(response.body) == {"status": "success"}


def test_the_newer_form_refuses_strangers(world, person):
    """A missing, broken or wrong Basic header, another client's token, or a wrong token_type revoke nothing."""
    answer = person.sign_in()
    token = answer["refresh_token"]
    other = Person(world, world.register_client("Other", redirect_uri="https://other.test/"))
    assert person.say(NEWER, token=token) == {"error": "invalid_client"}
    assert person.say(NEWER, headers={"authorization": "Basic ???"}, token=token) == {"error": "invalid_client"}
    assert person.say(NEWER, headers=basic(person, "wrong"), token=token) == {"error": "invalid_client_secret"}
    assert person.post(NEWER, headers=basic(other), token=token).status == 400
    assert person.post(NEWER, headers=basic(person), token=token, token_type="access_token").status == 400
    assert "access_token" in json.loads(person.refresh(token).body)


def test_a_user_disconnects_the_app(world, person):
    """*Revoke Access* under Connected Apps kills all tokens of that client, and consent is asked anew."""
    other = Person(world, world.register_client("Other", redirect_uri="https://other.test/"))
    mine, others, online = person.sign_in(), other.sign_in(), person.sign_in(access_type="online")
    world.disconnect()
    assert not any(world.accounts.grant_for(answer["access_token"]) for answer in (mine, online))
    assert json.loads(person.refresh(mine["refresh_token"]).body) == {"error": "invalid_code"}
    assert world.accounts.grant_for(others["access_token"])
    assert person.get(person.link()).header("location") is None
