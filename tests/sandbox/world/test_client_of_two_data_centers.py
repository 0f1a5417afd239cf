"""The client in front of a sandbox with two data centres: the mistakes people make with Zoho's, and the right way."""

import pytest

from tests.sandbox.person import landed
from zbt_notebook import ApiError, DataCenter, LoginFlow, SignInRejected
from zbt_notebook.notebook.embedded_sandbox import sandbox


@pytest.fixture(scope="module")
def site():
    running = sandbox(data_centers=("us", "eu"), projects=1, bugs=3)
    running.world.sign_in(data_center="eu")
    yield running
    running.stop()


def at(site, name):
    return DataCenter(f"sandbox-{name}", site.world.accounts_url(name), site.world.api_url(name))


def flow(site, data_center, **changes):
    client = {"client_id": site.client_id, "client_secret": site.client_secret, "redirect_uri": site.redirect_uri}
    return LoginFlow(**{**client, **changes}, scopes=["ZohoBugTracker.portals.READ"], data_center=data_center)


def test_a_sign_in_at_the_other_data_centre(site):
    """An account that lives in eu, asked for at eu: code, token and calls all stay there."""
    begun = flow(site, at(site, "eu"))
    connection = begun.finish(site.consent(begun.authorization_url))
    assert connection.get("/portals/")["portals"]
    assert site.world.log.entries("/restapi/portals/")[-1].data_center == "eu"


@pytest.mark.parametrize("pasted", ["address", "code"])
def test_an_account_of_another_data_centre(site, pasted):
    """Asked for at us, the same account is refused: at the address, whose server nobody announced, or at the code."""
    begun = flow(site, at(site, "us"))
    address = site.consent(begun.authorization_url)
    with pytest.raises(SignInRejected) as refused:
        begun.finish(address if pasted == "address" else landed(address)["code"])
    assert "start again" in refused.value.hint.lower()


def test_a_token_at_the_wrong_api(site):
    """Tokens of eu are invalid at the API of us: the mixed-up pair of hosts gives a sign-in without a use."""
    mixed = DataCenter("sandbox-mixed", site.world.accounts_url("eu"), site.world.api_url("us"))
    begun = flow(site, mixed)
    connection = begun.finish(site.consent(begun.authorization_url))
    with pytest.raises(ApiError) as refused:
        connection.get("/portals/")
    assert refused.value.status == 401


def test_a_client_without_multi_data_centre_support(site):
    """A client registered at us alone is unknown at eu, though ID and secret are right."""
    client = site.world.register_client("Local", redirect_uri=site.redirect_uri)
    credentials = {"client_id": client.client_id, "client_secret": client.client_secret}
    with pytest.raises(SignInRejected, match="invalid_client"):
        flow(site, at(site, "eu"), **credentials).finish("1000." + "a" * 32 + "." + "b" * 32)
