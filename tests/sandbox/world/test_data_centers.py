"""Several data centres at once, and what goes wrong between them (fact sheet A6)."""

import json

import pytest

from tests.sandbox.person import Person, landed
from zbt_notebook.simulator import Clock, World
from zbt_notebook.simulator.sites import DATA_CENTERS


@pytest.fixture
def world():
    return World(data_centers=("us", "eu"), clock=Clock(frozen_at=1_700_000_000), projects=1, bugs=3)


def test_a_user_of_another_data_centre_is_sent_there(world):
    """The redirect names where the user lives; the code is good there and nowhere else."""
    person = Person(world)
    world.sign_in(data_center="eu")
    given = landed(world.consent(person.link()))
    assert (given["location"], given["accounts-server"]) == ("eu", world.accounts_url("eu"))
    assert person.exchange(given["code"]) == {"error": "invalid_code"}
    answer = person.exchange(given["code"], "eu")
    assert json.loads(person.refresh(answer["refresh_token"]).body) == {"error": "invalid_code"}
    assert "access_token" in json.loads(person.refresh(answer["refresh_token"], "eu").body)


def test_a_client_of_one_data_centre_is_unknown_in_the_others(world):
    """Without multi-data-centre support the wrong place says ``invalid_client``, though ID and secret are right."""
    person = Person(world, world.register_client("Local", redirect_uri="https://app.test/"))
    assert person.exchange(person.code(), "eu") == {"error": "invalid_client"}
    with pytest.raises(ValueError, match="Client ID passed does not exist"):
        world.consent(person.link("eu"))
    world.sign_in(data_center="eu")
    with pytest.raises(ValueError, match="Client ID passed does not exist"):
        world.consent(person.link())


def test_the_secret_may_differ_by_data_centre(world):
    """With multi-data-centre support on, each data centre may have a secret of its own."""
    world.set(secret_per_data_center=True)
    world.sign_in(data_center="eu")
    person = Person(world)
    code = person.code()
    assert person.exchange(code, "eu") == {"error": "invalid_client_secret"}
    secret = person.client.secret_in("eu", differs=True)
    assert "access_token" in person.exchange(code, "eu", client_secret=secret)


def test_a_token_is_refused_by_another_data_centre(world):
    """A token used at the wrong BugTracker host is an invalid token."""
    token = Person(world).sign_in()["access_token"]
    header = {"authorization": f"Zoho-oauthtoken {token}"}
    person = Person(world)
    assert person.get(f"{world.api_url('us')}/restapi/portals/", **header).status == 200
    assert person.get(f"{world.api_url('eu')}/restapi/portals/", **header).status == 401


@pytest.mark.parametrize("scheme", ["Zoho-oauthtoken", "Bearer", "bearer"])
def test_both_authorization_schemes(world, scheme):
    """``Zoho-oauthtoken`` is documented, ``Bearer`` works too (A7)."""
    person = Person(world)
    token = person.sign_in()["access_token"]
    assert person.get(f"{world.api_url()}/restapi/portals/", authorization=f"{scheme} {token}").status == 200


def test_serverinfo_lists_the_data_centres(world):
    """``/oauth/serverinfo`` maps each location to its accounts server; here, to those that are simulated."""
    body = json.loads(Person(world).get(f"{world.accounts_url()}/oauth/serverinfo").body)
    assert body == {
        "result": "success",
        "locations": {"us": "https://accounts.sandbox.test", "eu": "https://accounts.eu.sandbox.test"},
    }


def test_serverinfo_leaves_china_to_itself():
    """``cn`` is a world apart, of which the others do not tell, unless told; ``ae`` and ``sg`` may be missing."""
    world = World(data_centers=DATA_CENTERS)

    def listed(data_center):
        body = Person(world).get(f"{world.accounts_url(data_center)}/oauth/serverinfo").body
        return set(json.loads(body)["locations"])

    assert listed("us") == listed("ae") == set(DATA_CENTERS) - {"cn"}
    assert listed("cn") == {"cn"}
    world.set(serverinfo_leaves_out=("cn", "ae", "sg"))
    assert listed("us") == {"us", "eu", "in", "au", "jp", "uk", "ca", "sa"}
    world.set(serverinfo_leaves_out=())
    assert listed("us") == listed("cn") == set(DATA_CENTERS)


def test_every_data_centre_can_be_simulated():
    """All eleven locations have their place."""
    world = World(data_centers=DATA_CENTERS)
    assert (
        len({world.accounts_url(name) for name in DATA_CENTERS} | {world.api_url(name) for name in DATA_CENTERS}) == 22
    )
    with pytest.raises(ValueError, match="data centres are some of"):
        World(data_centers=("mars",))
    with pytest.raises(ValueError, match="data centres are some of"):
        World(data_centers=())


def test_user_info_needs_its_own_scope(world):
    """``/oauth/user/info`` wants ``AaaServer.profile.READ`` and tells ZUID (a number), name and e-mail address."""
    person = Person(world)
    url = f"{world.accounts_url()}/oauth/user/info"
    token = person.sign_in(scope="AaaServer.profile.Read")["access_token"]
    body = json.loads(person.get(url, authorization=f"Bearer {token}").body)
    user = world.accounts.state.user
    assert (body["ZUID"], body["Display_Name"], body["Email"]) == (user.zuid, user.name, user.email)
    assert f"{body['First_Name']} {body['Last_Name']}" == user.name
    assert person.get(url).status == 401
    assert person.get(url, authorization=f"Bearer {person.sign_in()['access_token']}").status == 401
    eu = f"{world.accounts_url('eu')}/oauth/user/info"
    assert person.get(eu, authorization=f"Bearer {token}").status == 401
