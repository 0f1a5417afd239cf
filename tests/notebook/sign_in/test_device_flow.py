"""The device flow against the sandbox: short code, polling, and every way it can end."""

import asyncio
import json
import threading
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.notebook.sign_in.conftest import login_in_background
from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, Unreachable, ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.http.transport import RequestsTransport
from zbt_notebook.client.login_flow import connected
from zbt_notebook.notebook import embedded_sandbox
from zbt_notebook.notebook.sign_in.device import ShortCode, read_device_code

SCOPES = ("ZohoBugTracker.portals.READ", "ZohoBugTracker.bugs.READ")


class Ticks(threading.Event):
    """A stopped-flag that never waits, and lets the test act between two questions."""

    def __init__(self, *acts):
        super().__init__()
        self.acts = list(acts)
        self.waited = []

    def wait(self, seconds=None):
        self.waited.append(seconds)
        act = self.acts.pop(0) if self.acts else None
        return bool(act and act(seconds))


@pytest.fixture
def device(site):
    """A sign-in that has its short code; the sandbox's clock moves as it waits."""
    client = site.world.demo_client("device")
    work = ShortCode(
        ClientCredentials(client.client_id, client.client_secret),
        SCOPES,
        site.data_center,
        data_centers={"us": site.data_center},
        transport=RequestsTransport(),
        connect=partial(connected, name="device"),
        clock=site.clock.now,
    )
    work.run_while = lambda *acts: work.poll(Ticks(*acts))  # type: ignore[attr-defined]
    return work


def passing(site, act=None):
    """Let the waited seconds pass in the sandbox, then do something there."""

    def wait(seconds):
        site.clock.advance(seconds)
        if act:
            act()

    return wait


def test_the_user_types_the_code_and_is_connected(site, device):
    """Pending, then accepted: the connection has what was asked for, and can refresh."""
    assert device.user_code in device.instructions[0]
    assert device.user_code in device.link
    accept = passing(site, lambda: site.world.approve_device(device.user_code))
    connection = device.run_while(passing(site), accept)
    assert connection.name == "device"
    assert connection.scopes == SCOPES
    assert connection.status().can_refresh


def test_a_refusal_ends_it(site, device):
    """Reject on Zoho's page is told with advice."""
    reject = passing(site, lambda: site.world.approve_device(device.user_code, accept=False))
    with pytest.raises(SignInRejected, match="access_denied") as caught:
        device.run_while(reject)
    assert "press Accept" in caught.value.hint


def test_an_expired_code_ends_it(site, device):
    """After five minutes a new short code is needed."""
    with pytest.raises(SignInRejected, match="short code has expired"):
        device.run_while(*[passing(site)] * 30)


def test_asked_to_slow_down_it_slows_down(site, device):
    """Each "slow_down" makes the pauses five seconds longer."""
    ticks = Ticks(passing(site), lambda _seconds: None, passing(site), lambda _seconds: True)
    with pytest.raises(NotSignedIn, match="stopped"):
        device.poll(ticks)
    assert ticks.waited == [30, 30, 35, 35]


@pytest.mark.parametrize("units", ["milliseconds", "seconds"])
def test_the_units_are_guessed(site, units):
    """Zoho's documents say milliseconds, others saw seconds: nobody waits 30,000 seconds."""
    site.world.set(device_units=units)
    answer = site.world.accounts.devices.start(
        {
            "client_id": site.world.demo_client("device").client_id,
            "grant_type": "device_request",
            "scope": ",".join(SCOPES),
        },
        "us",
    )
    code = read_device_code(Response(200, {}, answer.body))
    assert (code.interval, code.expires_in) == (30, 300)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ((5, 1800), (5, 1800)),  # as in RFC 8628's own example
        ((5, 300), (5, 300)),
        ((5000, 300_000), (5, 300)),
        ((1000, 300_000), (1, 300)),
        (("5", "300"), (5, 300)),
        ((500, 300_000), (30, 300)),  # as seconds longer than the code lives: nobody would ever ask
        ((None, None), (30, 300)),
    ],
)
def test_units_are_guessed_safely(told, meant):
    """An answer in either unit, each figure for itself: the code is asked about while it lives."""
    interval, expires_in = told
    body = {"user_code": "A", "device_code": "B", "verification_url": "https://x.test/"}
    body |= {"interval": interval, "expires_in": expires_in}
    code = read_device_code(Response(200, {}, json.dumps(body).encode()))
    assert (code.interval, code.expires_in) == meant


def test_the_network_may_fail_for_a_while(site, device):
    """A question without an answer is asked again; the code lives on."""
    site.faults.add(kind="reset", path="/oauth/v3/device/token")
    accept = passing(site, lambda: site.world.approve_device(device.user_code))
    assert device.run_while(passing(site), accept, passing(site), passing(site))


def test_another_data_center_is_followed_if_it_is_known():
    """An account elsewhere: the questions go there; an unknown place ends it."""
    two = embedded_sandbox.sandbox(bugs=20, projects=1, data_centers=("us", "eu"))
    world = two.world
    places = {name: DataCenter(name, world.accounts_url(name), world.api_url(name)) for name in ("us", "eu")}
    client = world.register_client("Everywhere", type="device", multi_dc=True)
    world.sign_in(data_center="eu")

    def work(known):
        return ShortCode(
            ClientCredentials(client.client_id, client.client_secret),
            SCOPES,
            places["us"],
            data_centers=known,
            transport=RequestsTransport(),
            connect=partial(connected, name="device"),
            clock=two.clock.now,
        )

    def accept(under_way):
        return passing(two, lambda: world.approve_device(under_way.user_code))

    followed, lost = work(places), work({"us": places["us"]})
    assert followed.poll(Ticks(accept(followed), passing(two))).data_center.name == "eu"
    with pytest.raises(SignInRejected, match="not known here"):
        lost.poll(Ticks(accept(lost), passing(two)))
    two.stop()


@pytest.mark.parametrize(
    ("listed", "asked"),
    [("https://accounts.zoho.nz", "https://accounts.zoho.nz/oauth/v3/device/token"), ("https://evil.test", None)],
)
def test_a_data_center_that_is_new_is_learned_from_zohos_directory(listed, asked):
    """An account in a place that Zoho opened later; an address there that is no accounts server's is not asked."""
    addresses = []
    answers = [
        {"user_code": "A", "device_code": "B", "verification_url": "https://accounts.zoho.com/device"},
        {"error": "other_dc", "user_location": "nz"},
        {"result": "success", "locations": {"nz": listed}},
        {"access_token": "1000.canary", "expires_in": 3600},
    ]

    def zoho(request):
        addresses.append(request.url)
        return Response(200, {}, json.dumps(answers.pop(0)).encode())

    work = ShortCode(
        ClientCredentials("1000.X", "canary"),
        SCOPES,
        DATA_CENTERS["us"],
        data_centers=DATA_CENTERS,
        transport=zoho,
        connect=partial(connected, name="device"),
    )
    if asked is None:
        with pytest.raises(SignInRejected, match="not known here"):
            work.poll(Ticks())
    else:
        assert work.poll(Ticks()).data_center.api_url == "https://bugtracker.zoho.nz"
    assert addresses[3:] == ([asked] if asked else [])
    assert addresses[2] == "https://accounts.zoho.com/oauth/serverinfo"


def test_a_client_of_another_type_is_told(site):
    """The server-based client has no device flow: the hint names the right type."""
    with pytest.raises(SignInRejected, match="invalid_client") as caught:
        ShortCode(
            ClientCredentials(site.client_id, site.client_secret),
            SCOPES,
            site.data_center,
            data_centers={},
            transport=RequestsTransport(),
            connect=connected,
        )
    assert "Non-browser" in caught.value.hint


HOSTILE = ["\x1b[31mRED\x1b[0m", "ABC\u202eDEF", "A\x00B", "A\nB", "A\u200bB", "é", "<b>", "A" * 99, ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_garble_the_screen_is_no_short_code(text):
    """Control characters, a terminal's colours, marks of direction: not shown, and not followed as an address."""
    fit = {"user_code": "ABCD-EFGH", "device_code": "B", "verification_url": "https://accounts.zoho.com/x"}
    assert read_device_code(Response(200, {}, json.dumps(fit).encode())).user_code == "ABCD-EFGH"
    address = "https://accounts.zoho.com/" + (text or " ")
    for answer in (
        {**fit, "user_code": text},
        {**fit, "verification_url": address if not address.isascii() or not address.isprintable() else text},
    ):
        with pytest.raises(Unreachable, match="no short code"):
            read_device_code(Response(200, {}, json.dumps(answer).encode()))
    for answer in (fit, {**fit, "verification_uri_complete": f"javascript:{text}"}):
        assert read_device_code(Response(200, {}, json.dumps(answer).encode())).complete_url == fit["verification_url"]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=3))
@example(10**400)
def test_no_answer_breaks_the_reading(value):
    """Whatever stands in the fields, a code with sound times or an error of ours comes out."""
    fields = ("user_code", "device_code", "verification_url", "interval", "expires_in", "error")
    for body in (
        dict.fromkeys(fields, value),
        {
            "user_code": "A",
            "device_code": "B",
            "verification_url": "https://z/",
            "interval": value,
            "expires_in": value,
        },
        value,
    ):
        try:
            code = read_device_code(Response(200, {}, json.dumps(body).encode()))
        except ZbtError:
            continue
        assert 0 < code.interval < float("inf")
        assert 0 < code.expires_in < float("inf")


def test_no_code_is_unreachable():
    """An answer that is JSON but no short code is not Zoho's."""
    with pytest.raises(Unreachable, match="no short code"):
        read_device_code(Response(200, {}, b"{}"))


@pytest.fixture
def fast_site(monkeypatch, site):
    """The shared sandbox, where a device may ask as often as it likes."""
    site.world.set(device_interval=1, device_units="seconds")
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    return site


def test_it_goes_on_in_the_background_and_can_be_waited_for(fast_site, capsys):
    """`zbt.login(mode="device")` comes back at once; `wait()` gives the connection."""
    begun = login_in_background(mode="device", sandbox=True)
    shown = capsys.readouterr().out
    assert "Waiting for your consent" in shown
    code = begun.sign_in.view()["user_code"]
    fast_site.world.approve_device(code)
    connection = begun.wait(10)
    assert signed_in.current() is connection
    assert code not in repr(begun)


def test_it_can_be_awaited(fast_site):
    """`await zbt.login(mode="device")` gives the connection as well."""

    async def cell():
        begun = login_in_background(mode="device", sandbox=True)
        fast_site.world.approve_device(begun.sign_in.view()["user_code"])
        return await begun

    assert asyncio.run(cell()).data_center.name == "sandbox"


@pytest.mark.usefixtures("fast_site")
def test_it_can_be_stopped():
    """`stop()` ends the thread; who waits is told."""
    before = set(threading.enumerate())
    begun = login_in_background(mode="device", sandbox=True)
    begun.stop()
    begun.stop()
    with pytest.raises(NotSignedIn, match="stopped"):
        begun.wait()
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name == "zbt-sign-in"]


@pytest.mark.usefixtures("fast_site")
def test_a_wait_has_an_end():
    """Where nobody consents the wait ends with advice, and the sign-in goes on."""
    begun = login_in_background(mode="device", sandbox=True, wait=0.01)
    with pytest.raises(NotSignedIn, match="nobody signed in within"):
        begun.wait()
    begun.stop()
