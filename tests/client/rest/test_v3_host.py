"""Which host has V3: found once, kept, and no other host ever sees the token."""

import json
from urllib.parse import urlsplit

import pytest

from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotFound, ScopeMissing, UsageError
from zbt_notebook.client.errors import Unreachable as Dead
from zbt_notebook.client.http.messages import Response

EU = DATA_CENTERS["eu"]
HOSTS = ("bugtracker.zoho.eu", "projectsapi.zoho.eu", "projects.zoho.eu")
SCOPES = ("ZohoBugTracker.portals.READ", "ZohoProjects.portals.READ", "ZohoProjects.bugs.READ")
WRONG = {"error": {"status_code": "400", "title": "URL_RULE_NOT_CONFIGURED", "details": [{"message": "wrong URL"}]}}
GONE = {"error": {"code": 6404, "message": "Resource Not Found"}}


class Zoho:
    """V3 at one host; the others answer as *absent* says."""

    def __init__(self, at, absent):
        self.at, self.absent, self.calls = at, absent, []

    def __call__(self, request):
        host = urlsplit(request.url).netloc
        self.calls.append((host, urlsplit(request.url).path))
        assert dict(request.headers)["Authorization"] == "Zoho-oauthtoken canary"
        if host == self.at:
            return _answer(200, [{"id": "7"}])
        if self.absent == "dead":
            raise Dead("no such name", nothing_sent=True)
        return _answer(400, WRONG) if self.absent == "rule" else _answer(404, GONE)


def _answer(status, body):
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())


def connected(zoho, data_center=EU, scopes=SCOPES):
    token = Token("canary", "", scopes, 3600)
    authorization = Authorization(ClientCredentials("id", "canary-of-a-client"), data_center, token, zoho)
    return Connection(authorization, zoho, name="work", clock=Clock(sleep=lambda _: None))


@pytest.mark.parametrize("absent", ["rule", "404", "dead"])
@pytest.mark.parametrize("at", HOSTS)
def test_v3_is_found_at_one_of_three_hosts_and_remembered(at, absent):
    """BugTracker's own host first; then every call goes to the host that has it, and the status names it."""
    zoho = Zoho(at, absent)
    connection = connected(zoho)
    assert connection.status().v3_url == ""
    assert connection.get("/api/v3/portals") == [{"id": "7"}]
    assert connection.status().v3_url == f"https://{at}"
    zoho.calls.clear()
    connection.get("/api/v3/portal/7/issues")
    assert zoho.calls == [(at, "/api/v3/portal/7/issues")]


def test_where_no_host_has_it_the_first_refusal_stands():
    """Each is asked once, and later failures ask no more."""
    zoho = Zoho("nowhere", "rule")
    connection = connected(zoho)
    with pytest.raises(NotFound):
        connection.get("/api/v3/portal/7/issues")
    assert {host for host, _ in zoho.calls} == set(HOSTS)
    zoho.calls.clear()
    with pytest.raises(NotFound):
        connection.get("/api/v3/portal/7/issues")
    assert len(zoho.calls) == 1


def test_a_wrong_path_at_a_host_that_has_v3_is_a_wrong_path():
    """The list of portals tells the two apart, once."""

    class Picky(Zoho):
        def __call__(self, request):
            answer = super().__call__(request)
            return answer if request.url.endswith("/api/v3/portals") else _answer(404, GONE)

    zoho = Picky(HOSTS[0], "rule")
    connection = connected(zoho)
    for _ in range(2):
        with pytest.raises(NotFound):
            connection.get("/api/v3/portal/7/nothing")
    assert [path for _, path in zoho.calls].count("/api/v3/portals") == 1
    assert connection.status().v3_url == f"https://{HOSTS[0]}"


def test_a_bugtracker_token_that_v3_calls_a_wrong_url_is_told_the_twin():
    """After all hosts said so, the scope is what is left to try."""
    with pytest.raises(ScopeMissing) as raised:
        connected(Zoho("nowhere", "rule"), scopes=("ZohoBugTracker.bugs.READ",)).get("/api/v3/portal/7/issues")
    assert raised.value.needed == "ZohoProjects.bugs.READ"


def test_the_classic_api_is_at_its_own_host_alone():
    """Wherever V3 is."""
    zoho = Zoho(HOSTS[1], "rule")
    connection = connected(zoho)
    connection.get("/api/v3/portals")
    with pytest.raises(NotFound):
        connection.get("/portals/")
    assert zoho.calls[-1][0] == HOSTS[0]


def test_an_address_of_a_v3_host_is_taken_and_of_any_other_refused():
    """As pasted from Zoho's pages; another data centre's is another host."""
    zoho = Zoho(HOSTS[1], "rule")
    connection = connected(zoho)
    assert connection.get("https://projectsapi.zoho.eu/api/v3/portals")
    for address in ("https://projectsapi.zoho.com/api/v3/portals", "https://projectsapi.zoho.eu/restapi/portals/"):
        with pytest.raises(UsageError):
            connection.get(address)


def test_a_stand_in_names_its_own_hosts():
    """And has but one where it names none."""
    told = DataCenter("x", "https://a.test", "https://b.test", v3_urls=("https://c.test",))
    assert told.v3_hosts == ("https://b.test", "https://c.test")
    assert DataCenter("x", "https://a.test", "https://b.test").v3_hosts == ("https://b.test",)
