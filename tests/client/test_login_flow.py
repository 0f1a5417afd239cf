"""A sign-in without a user interface, against the sandbox."""

import pytest

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, Unreachable, UsageError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.login_flow import LoginFlow, connect


def test_a_code_of_a_sign_in_that_is_over_is_used(world, flow):
    """Pasted again after the sign-out it does not give back the connection that was left."""
    landed = world.consent(flow.authorization_url)
    flow.finish(landed).logout()
    with pytest.raises(SignInRejected, match="invalid_code"):
        flow.finish(landed)


def test_from_the_link_to_the_connection(world, flow, wire):
    """Consent, the landed address pasted, connected: with one token call and the scopes asked for."""
    connection = flow.finish(world.consent(flow.authorization_url))
    assert signed_in.current() is connection
    assert connection.scopes == flow.scopes
    assert connection.status().scopes_missing == ()
    assert connection.status().seconds_left == pytest.approx(3600)
    assert wire.count("/oauth/v2/token") == 1


def test_a_second_correct_paste_is_not_refused(world, flow, wire):
    """Browsers fire paste and click alike: the same code again is answered without asking Zoho."""
    landed = world.consent(flow.authorization_url)
    assert flow.finish(landed) is flow.finish(landed)
    assert wire.count("/oauth/v2/token") == 1


def test_a_wrong_paste_may_be_followed_by_a_right_one(world, flow):
    """Nothing is lost by pasting the wrong thing first."""
    landed = world.consent(flow.authorization_url)
    for wrong in ("", "an essay about signing in", flow.authorization_url, "1000." + "0" * 32 + "." + "0" * 32):
        with pytest.raises(SignInRejected):
            flow.finish(wrong)
    assert flow.finish(landed).get("/portals/")


def test_the_link_stays_the_same(flow):
    """Begin a sign-in once: a second look at the link does not make the first one's code worthless."""
    assert flow.authorization_url == flow.authorization_url


def test_a_refused_consent(world, flow):
    """Reject, then Accept on the same link."""
    with pytest.raises(SignInRejected, match="refused"):
        flow.finish(world.consent(flow.authorization_url, accept=False))
    assert flow.finish(world.consent(flow.authorization_url))


def test_an_expired_code(world, flow):
    """Two minutes are over."""
    landed = world.consent(flow.authorization_url)
    world.clock.advance(121)
    with pytest.raises(SignInRejected) as caught:
        flow.finish(landed)
    assert caught.value.error == "invalid_code"
    assert "two minutes" in caught.value.hint


def test_a_used_code(world, flow, data_center, wire, clock):
    """Codes work once; another flow of the same client learns so."""
    landed = world.consent(flow.authorization_url)
    code = landed.partition("code=")[2].partition("&")[0]
    flow.finish(landed)
    client = world.client
    again = LoginFlow(
        client.client_id, client.client_secret, client.redirect_uri, "triage", data_center, transport=wire, clock=clock
    )
    with pytest.raises(SignInRejected) as caught:
        again.finish(code)
    assert caught.value.error == "invalid_code"


def test_anothers_redirect_is_refused(world, flow, data_center, wire):
    """Two people, two states."""
    client = world.client
    other = LoginFlow(
        client.client_id, client.client_secret, client.redirect_uri, "triage", data_center, transport=wire
    )
    with pytest.raises(SignInRejected, match="another sign-in"):
        flow.finish(world.consent(other.authorization_url))
    assert wire.requests == []


def test_a_wrong_secret(world, data_center, wire):
    """Zoho knows the client, not the secret."""
    client = world.client
    flow = LoginFlow(client.client_id, "wrong", client.redirect_uri, "triage", data_center, transport=wire)
    with pytest.raises(SignInRejected) as caught:
        flow.finish(world.consent(flow.authorization_url))
    assert caught.value.error == "invalid_client_secret"
    assert "wrong" not in str(caught.value)


def test_offline_is_said_so(flow, world):
    """No network: what happened, and what to check."""

    def dead(_):
        raise Unreachable("no answer from accounts.zoho.com: its name is not known", hint="Check the network.")

    landed = world.consent(flow.authorization_url)
    working, flow.transport = flow.transport, dead
    with pytest.raises(Unreachable):
        flow.finish(landed)
    flow.transport = working
    assert flow.finish(landed)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_id", ""),
        ("client_id", "1000. ABC"),
        ("client_id", "the client ID is in the other notebook"),
        ("client_id", 7),
        ("client_secret", "two words"),
        ("client_secret", "1000.X"),
        ("client_secret", "half\ud800"),
        ("redirect_uri", "localhost:8000"),
        ("redirect_uri", "ftp://x/"),
        ("redirect_uri", ""),
        ("scopes", ""),
        ("scopes", "bugs"),
        ("scopes", "ZohoBugTracker.bug.READ"),
        ("scopes", 7),
        ("data_center", "mars"),
        ("data_center", 7),
    ],
)
def test_each_field_is_checked_before_anything_is_sent(field, value):
    """With what to do next, and the name of the field at fault."""
    fields = {"client_id": "1000.X", "client_secret": "s", "redirect_uri": "http://localhost/", "scopes": "read only"}
    with pytest.raises(UsageError) as caught:
        LoginFlow(**{**fields, field: value})
    assert caught.value.hint
    assert caught.value.field == field


def test_a_client_without_a_secret_proves_itself_with_pkce(world, data_center, wire):
    """Zoho's mobile and desktop clients."""
    client = world.demo_client("mobile")
    flow = LoginFlow(client.client_id, "", client.redirect_uri, "read only", data_center, transport=wire)
    assert "code_challenge_method=S256" in flow.authorization_url
    assert flow.finish(world.consent(flow.authorization_url))


def test_a_self_client_has_no_link(world, data_center, wire):
    """Its code is generated in the API console, and exchanged without a redirect URI."""
    client = world.demo_client("self")
    flow = LoginFlow(client.client_id, client.client_secret, None, "triage", data_center, transport=wire)
    assert flow.authorization_url == ""
    assert flow.finish(world.generate_code(flow.scopes)).get("/portals/")["portals"]
    assert "redirect_uri" not in dict(next(r for r in wire.requests if r.url.endswith("/token")).form)


def test_an_account_of_another_data_centre_is_followed_there():
    """The redirect of a client that is known everywhere names the account's own accounts server."""
    from zbt_notebook.notebook.embedded_sandbox import sandbox

    site = sandbox(projects=1, bugs=5, data_centers=("us", "eu"))
    try:
        site.world.sign_in(data_center="eu")
        flow = LoginFlow(site.client_id, site.client_secret, site.redirect_uri, "read only", site.data_center)
        connection = flow.finish(site.consent(flow.authorization_url))
        assert connection.data_center.name == "sandbox-eu"
        assert connection.data_center.api_url == site.world.api_url("eu")
        assert connection.get("/portals/")["portals"]
    finally:
        site.stop()


def test_a_new_data_centre_is_learnt_from_zohos_own_directory(flow, world):
    """Its serverinfo, from the data centre that was asked; what it does not list is refused."""

    def directory(request):
        asked.append(request)
        if request.url.endswith("/oauth/serverinfo"):
            return Response(200, {}, b'{"result":"success","locations":{"mx":"https://accounts.zoho.mx"}}')
        return Response(200, {}, b'{"access_token":"t","refresh_token":"r"}')

    asked: list = []
    flow.transport = directory
    redirect = f"code=1000.{'0' * 32}.{'1' * 32}&location=mx&accounts-server="
    with pytest.raises(SignInRejected, match="none of Zoho's"):
        flow.finish(redirect + "https://accounts.zoho.mx.evil.example")
    connection = flow.finish(redirect + "https://accounts.zoho.mx")
    assert connection.data_center.api_url == "https://bugtracker.zoho.mx"
    assert [request.url for request in asked if not request.url.endswith("/user/info")] == [
        f"{world.accounts_url()}/oauth/serverinfo",
        f"{world.accounts_url()}/oauth/serverinfo",
        "https://accounts.zoho.mx/oauth/v2/token",
    ]


def test_it_shows_no_secret(flow, world):
    """A flow in the last line of a cell."""
    assert world.client.client_secret not in f"{flow!r}{vars(flow)}"


def test_headless_sign_in(world, connection, data_center, wire, monkeypatch):
    """With a refresh token from the environment; a first token is fetched at once."""
    monkeypatch.setenv("ZBT_CLIENT_ID", world.client.client_id)
    monkeypatch.setenv("ZBT_CLIENT_SECRET", world.client.client_secret)
    monkeypatch.setenv("ZBT_REFRESH_TOKEN", connection.client.authorization._held.token.refresh_token)
    headless = connect(data_center=data_center, name="nightly", transport=wire)
    assert headless.get("/portals/")["portals"]
    assert signed_in.current() is headless
    assert signed_in.current("default") is connection


def test_headless_without_variables_names_them():
    """All that are missing, at once."""
    with pytest.raises(NotSignedIn, match="ZBT_CLIENT_SECRET, ZBT_REFRESH_TOKEN are not set"):
        connect(client_id="1000.X")


def test_headless_with_a_wrong_token_is_not_registered(world, data_center, wire):
    """A sign-in that fails leaves nothing behind."""
    with pytest.raises(SignInRejected):
        connect(world.client.client_id, world.client.client_secret, "1000.wrong.token", data_center, transport=wire)
    with pytest.raises(NotSignedIn):
        signed_in.current()


def test_connections_side_by_side(world, flow, data_center, wire, clock):
    """By name: current, switched, forgotten."""
    client = world.client
    flow.finish(world.consent(flow.authorization_url))
    work = LoginFlow(
        client.client_id,
        client.client_secret,
        client.redirect_uri,
        "triage",
        data_center,
        name="work",
        transport=wire,
        clock=clock,
    )
    work.finish(world.consent(work.authorization_url))
    assert [connection.name for connection in signed_in.connections()] == ["work", "default"]
    assert signed_in.switch("default").name == "default"
    assert signed_in.current().name == "default"
    with pytest.raises(NotSignedIn) as caught:
        signed_in.current("werk")
    assert "'work'" in caught.value.hint
    signed_in.current("work").logout()
    assert [connection.name for connection in signed_in.connections()] == ["default"]
