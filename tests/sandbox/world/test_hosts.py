"""Which host has V3, and what answers where it is not."""

import json

import pytest
import requests

from tests.sandbox.person import Person
from zbt_notebook.simulator import Clock, Sandbox, World
from zbt_notebook.simulator.http import Request
from zbt_notebook.simulator.world import DEMO_SCOPES

V3, CLASSIC = "/api/v3/portals", "/restapi/portals/"


@pytest.fixture
def world():
    return World(clock=Clock(frozen_at=1_790_000_000), projects=1, bugs=3, data_centers=("us", "eu"))


@pytest.fixture
def token(world):
    return Person(world).sign_in(scope=",".join(DEMO_SCOPES))["access_token"]


def statuses(world, token, path):
    headers = {"authorization": f"Bearer {token}"}
    return [world.handle(Request("GET", url + path, headers)).status for url in world.v3_urls()]


def test_three_hosts_answer_alike(world, token):
    """The BugTracker's own, projectsapi. and projects., each with both APIs."""
    assert world.v3_urls() == (
        "https://bugtracker.sandbox.test",
        "https://projectsapi.sandbox.test",
        "https://projects.sandbox.test",
    )
    assert world.v3_urls("eu")[1] == "https://projectsapi.eu.sandbox.test"
    assert statuses(world, token, V3) == statuses(world, token, CLASSIC) == [200, 200, 200]


@pytest.mark.parametrize(
    ("host", "absent", "found"),
    [
        ("projectsapi", "URL_RULE_NOT_CONFIGURED", [400, 200, 400]),
        ("projects", "404", [404, 404, 200]),
    ],
)
def test_v3_may_be_at_one_host_alone(world, token, host, absent, found):
    """The others say that the URL is wrong, or that there is nothing; the classic API is where it was."""
    world.set(v3_at=host, v3_absent_as=absent)
    assert statuses(world, token, V3) == found
    assert statuses(world, token, CLASSIC) == [200, 200, 200]


def test_a_dead_name(world, token):
    """Of the ends of the classic API the one where nobody answers: V3 is then at the other hosts alone."""
    world.set(classic_end="dead")
    answer = world.handle(Request("GET", world.api_url() + V3, {"authorization": f"Bearer {token}"}))
    assert answer.delivery.kind == "refuse"
    assert statuses(world, token, V3)[1:] == [200, 200]
    assert statuses(world, token, CLASSIC)[1:] == [404, 404]


def test_a_token_is_of_its_data_centre_at_every_host(world, token):
    """As at the BugTracker's own."""
    headers = {"authorization": f"Bearer {token}"}
    assert [world.handle(Request("GET", url + V3, headers)).status for url in world.v3_urls("eu")] == [401] * 3


def test_scopes_of_both_families_are_granted(world):
    """The demo client may ask for both, for the profile, and for those of WorkDrive, of search and of files."""
    further = ("WorkDrive.files.ALL", "ZohoSearch.securesearch.READ", "ZohoPC.files.READ", "ZohoProjects.status.READ")
    granted = Person(world).sign_in(scope=",".join((*DEMO_SCOPES, *further)))["scope"].split()
    assert set(granted) == {*DEMO_SCOPES, *further}
    assert {scope.partition(".")[0] for scope in world.client.scopes} == {
        "ZohoBugTracker",
        "ZohoProjects",
        "AaaServer",
    }


def test_unknown_scopes_may_be_dropped(world):
    """Without a word: the grant has those that are left; where none is, it is refused."""
    asked = "ZohoBugTracker.bugs.READ,ZohoProjects.moon.READ"
    assert world.handle(Request("GET", Person(world).link(scope=asked))).status == 400
    world.set(unknown_scopes="dropped")
    assert Person(world).sign_in(scope=asked)["scope"] == "ZohoBugTracker.bugs.READ"
    assert world.handle(Request("GET", Person(world).link(scope="ZohoProjects.moon.READ"))).status == 400


def test_each_host_is_a_port_of_a_running_sandbox():
    """With sockets: three ports with V3, one with files, and a connection that breaks off where a name is dead."""
    with Sandbox(projects=1, bugs=30) as sandbox:
        token = Person(sandbox.world).sign_in(scope=",".join(DEMO_SCOPES))["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        own, *others = sandbox.world.v3_urls()
        assert own == sandbox.api_url
        found = [requests.get(url + V3, headers=headers, timeout=5).status_code for url in (own, *others)]
        assert found == [200, 200, 200]
        store = sandbox.world.bugtracker().store
        bug = next(bug for bug in store.bugs if bug.attachment_count)
        portal = requests.get(own + V3, headers=headers, timeout=5).json()[0]["id"]
        issue = f"/api/v3/portal/{portal}/projects/{bug.project_id}/issues/{bug.id}"
        files = requests.get(f"{own}{issue}/attachments", headers=headers, timeout=5).json()["attachments"]
        assert files[0]["download_url"].startswith(sandbox.world.sites["us"].files_url)
        assert requests.get(files[0]["download_url"], timeout=5).content == store.attachments.of(bug.id)[0].content
        sandbox.world.set(classic_end="dead")
        with pytest.raises(requests.ConnectionError):
            requests.get(own + V3, headers=headers, timeout=5)
        answer = requests.get(others[0] + CLASSIC, headers=headers, timeout=5)
        assert json.loads(answer.text)["error"]["code"] == 6404
