"""The world without sockets: scopes of a grant, clock, log, determinism, threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.person import Person
from zbt_notebook.simulator import Clock, World
from zbt_notebook.simulator.accounts import DEMO_USER, Grant, User
from zbt_notebook.simulator.http import Request


def grant(*scopes):
    return Grant(DEMO_USER, scopes, "1000.A", "us", 0)


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (("ZohoBugTracker.bugs.READ",), True),
        (("ZohoBugtracker.Bugs.read",), True),
        (("ZohoBugTracker.bugs.ALL",), True),
        (("ZohoBugTracker.bugs.CREATE",), False),
        (("ZohoBugTracker.projects.ALL",), False),
        (("ZohoProjects.bugs.ALL",), False),
        ((), False),
    ],
)
def test_a_scope_allows_its_module_and_operation(scopes, allowed):
    """ALL covers every operation of its module; case does not matter; families do not mix."""
    assert grant(*scopes).allows("bugs.READ") is allowed


def test_the_family_of_a_grant():
    """A grant is of the BugTracker family where any of its scopes is."""
    assert grant("ZohoProjects.bugs.READ").family == "zohoprojects"
    assert grant("ZohoProjects.bugs.READ", "ZohoBugTracker.bugs.READ").family == "zohobugtracker"
    assert grant().family == ""


def test_a_seed_makes_the_same_clients():
    """Client IDs and secrets depend on the seed alone; tokens never repeat."""
    one, two, other = World(seed=7), World(seed=7), World(seed=8)
    assert (one.client.client_id, one.client.client_secret) == (two.client.client_id, two.client.client_secret)
    assert one.client.client_id != other.client.client_id
    assert Person(one).code() != Person(two).code()


def test_client_ids_have_zohos_shape():
    """``1000.`` and thirty capitals or digits; ``1004.`` for devices."""
    world = World()
    assert world.client.client_id[:5] == "1000."
    assert world.demo_client("device").client_id[:5] == "1004."
    assert len(world.client.client_id) == 35


def test_reprs_hold_no_secret():
    """Secrets, codes and tokens stay out of reprs."""
    world = World()
    answer = Person(world).sign_in()
    code = Person(world).code()
    state = world.accounts.state
    text = repr([world, world.client, state.tokens.codes[code], *state.tokens.refresh_tokens.values()])
    assert not any(
        secret in text for secret in (world.client.client_secret, code, *answer.values()) if len(str(secret)) > 30
    )


def test_the_clock_moves_forward_only():
    """Time can be advanced, never turned back."""
    clock = Clock(frozen_at=100)
    clock.advance(3600)
    assert clock.now() == 3700
    for seconds in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="only runs forward"):
            clock.advance(seconds)
    assert abs(Clock().now() - Clock().now()) < 5


def test_the_log_tells_what_was_asked_without_its_secrets():
    """Method, path, status and grant type are kept; of secrets in a URL only the parameters' names."""
    world = World(clock=Clock(frozen_at=5))
    person = Person(world)
    token = person.sign_in()["refresh_token"]
    world.log.clear()
    person.post(f"/oauth/v2/token?refresh_token={token}&a=b", grant_type="refresh_token")
    (entry,) = world.log.entries(path="/oauth/v2/token", method="POST")
    assert (entry.at, entry.status, entry.note, entry.data_center) == (5, 200, "refresh_token", "us")
    assert entry.query == "refresh_token=%28redacted%29&a=b"
    assert token not in repr(world.log.entries())
    assert world.log.total == 3


def test_the_portal_can_be_made_anew():
    """``World.generate`` replaces the data of every data centre, those not looked at yet too; tokens live on."""
    world = World(data_centers=("us", "eu"), projects=1, bugs=3)
    token = Person(world).sign_in()["access_token"]
    assert len(world.bugtracker("us").store.bugs) == 3
    world.generate(projects=2, bugs=40, seed=9)
    assert [len(world.bugtracker(name).store.bugs) for name in ("us", "eu")] == [40, 40]
    header = {"authorization": f"Zoho-oauthtoken {token}"}
    assert Person(world).get(f"{world.api_url()}/restapi/portals/", **header).status == 200


def test_no_site_lives_at_other_addresses():
    """A request for an unknown host is a 404."""
    assert World().handle(Request("GET", "https://accounts.zoho.test/")).status == 404


def test_another_person_consents_anew():
    """Consents belong to a user and a client."""
    world = World()
    person = Person(world)
    world.consent(person.link())
    world.sign_in(User(1, "2", "Ann Other", "ann@sandbox.test"))
    page = person.get(person.link())
    assert page.status == 200
    assert "Ann Other" in page.body.decode()


def test_one_code_is_exchanged_once_by_any_number_of_threads():
    """Sixteen threads with the same code: one gets tokens."""
    person = Person(World())
    code = person.code()
    gate = threading.Barrier(16)

    def exchange(_):
        gate.wait()
        return person.exchange(code)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(exchange, range(16)))
    assert sum("access_token" in answer for answer in answers) == 1
