"""Misfortunes by rule and count, in the world and on the wire."""

import gzip
import http.client
import json
import threading
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from tests.sandbox.person import Person
from zbt_notebook.simulator import Clock, Sandbox, World
from zbt_notebook.simulator.faults import KINDS, Faults
from zbt_notebook.simulator.http import Request

INFO = "/oauth/serverinfo"


@pytest.fixture
def world():
    return World(clock=Clock(frozen_at=1_700_000_000), projects=1, bugs=3)


@pytest.fixture(scope="module")
def running():
    with Sandbox(projects=1, bugs=3) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.faults.clear()
    return running


def ask(world, path=INFO, method="GET"):
    return world.handle(Request(method, world.accounts_url() + path, {"authorization": "Bearer canary"}, b"body"))


def test_a_fault_strikes_as_often_as_told(world):
    """``times`` counts the requests that suffer; then all is well again."""
    world.faults.add(kind="status", times=2)
    assert [ask(world).status for _ in range(4)] == [503, 503, 200, 200]
    assert world.faults.active == []


@pytest.mark.parametrize(
    ("path", "shape", "found"),
    [
        ("/api/v3/portals", {}, "INTERNAL_SERVER_ERROR"),
        ("/restapi/portals/", {}, 6500),
        ("/restapi/portals/", {"shape": "gateway"}, "INTERNAL_SERVER_ERROR"),
        ("/api/v3/portals", {"shape": "classic"}, 6500),
    ],
)
def test_an_error_of_the_server_in_either_shape(world, path, shape, found):
    """The gateway's INTERNAL_SERVER_ERROR, or code 6500: that of the path, unless told."""
    world.faults.add(kind="server_error", **shape)
    response = world.handle(Request("GET", world.api_url() + path))
    error = json.loads(response.body)["error"]
    assert (response.status, error.get("title", error.get("code"))) == (500, found)


def test_a_fault_can_wait_and_can_last(world):
    """``after`` spares the first ones, ``times=None`` never ends until cleared."""
    world.faults.add(kind="status", status=500, after=2, times=None)
    assert [ask(world).status for _ in range(5)] == [200, 200, 500, 500, 500]
    world.faults.clear()
    assert ask(world).status == 200


@pytest.mark.parametrize(
    ("rule", "struck", "spared"),
    [
        ("/restapi/", ["/restapi", "/restapi/", "/restapi/portals/"], ["/", "/restapis/", "/api/v3/portals"]),
        ("/restapi", ["/restapi", "/restapi/", "/restapi/portals/"], ["/", "/restapis/"]),
        ("/", ["/", "/restapi/portals/", "/oauth/v2/token"], []),
        ("*/bugs/", ["/restapi/portal/a/projects/1/bugs/"], ["/restapi/portal/a/projects/1/bugs/2/"]),
        ("/oauth/v2/toke[n]", ["/oauth/v2/token"], ["/oauth/v2/token/revoke"]),
        ("*", ["/", "/restapi"], []),
    ],
)
def test_a_path_is_itself_and_all_below_it(rule, struck, spared):
    """A path without wildcards covers what is below it, with or without a last slash; a pattern covers what it says."""
    faults = Faults()
    fault = faults.add(kind="status", path=rule)
    for path in struck + spared:
        assert fault.matches(Request("GET", f"https://api.sandbox.test{path}")) == (path in struck), path


def test_a_fault_strikes_where_told(world):
    """``path`` is a pattern, ``method`` one method."""
    world.faults.add(kind="status", path="/oauth/*", method="post", times=None)
    assert ask(world).status == 200
    assert ask(world, "/oauth/v2/token", "POST").status == 503
    assert ask(world, "/elsewhere", "POST").status == 404


def test_one_misfortune_at_a_time(world):
    """Of several rules the oldest strikes first; latency comes on top of any."""
    world.faults.add(kind="status", status=500)
    world.faults.add(kind="status", status=502)
    world.faults.add(kind="latency", seconds=0.5)
    first = ask(world)
    assert (first.status, first.delivery.delay) == (500, 0.5)
    assert [ask(world).status for _ in range(2)] == [502, 200]


def test_a_rule_that_makes_no_sense_is_refused():
    """Unknown kinds and options are mistakes at once."""
    with pytest.raises(ValueError, match="a fault is one of latency"):
        Faults().add(kind="flood")
    with pytest.raises(ValueError, match="status has the options status, not seconds"):
        Faults().add(kind="status", seconds=3)


def test_the_own_pages_are_spared(world):
    """The status page works whatever else goes wrong."""
    world.faults.add(kind="status", times=None)
    assert ask(world, "/").status == 200
    assert ask(world, "/assets/sandbox.css").status == 200


def test_html_instead_of_json(world):
    """A maintenance page with status 200."""
    world.faults.add(kind="html")
    response = ask(world)
    assert (response.status, response.header("content-type")) == (200, "text/html;charset=UTF-8")


def test_broken_json(world):
    """Half an answer, that says it is JSON."""
    world.faults.add(kind="broken_json")
    response = ask(world)
    assert response.header("content-type").startswith("application/json")
    with pytest.raises(ValueError, match=r"."):
        json.loads(response.body)


def test_a_redirect_to_another_host(world):
    """307 keeps method and body: a client that follows takes its token along."""
    world.faults.add(kind="redirect", to="https://thief.test/")
    response = ask(world)
    assert (response.status, response.header("location")) == (307, f"https://thief.test{INFO}")


def test_an_early_401(world):
    """A living token is refused once, as at a data centre that lags behind."""
    person = Person(world)
    token = person.sign_in()["access_token"]
    world.faults.add(kind="early_401", path="/restapi/*")
    url = f"{world.api_url()}/restapi/portals/"
    first = person.get(url, authorization=f"Zoho-oauthtoken {token}")
    assert (first.status, json.loads(first.body)["error"]["title"]) == (401, "INVALID_OAUTHTOKEN")
    assert person.get(url, authorization=f"Zoho-oauthtoken {token}").status == 200


def test_an_echo(world):
    """An error that tells the whole request back, token and all."""
    world.faults.add(kind="echo")
    message = json.loads(ask(world).body)["error"]["message"]
    assert "authorization: Bearer canary" in message
    assert message.endswith("body")


def test_a_gzip_bomb(world):
    """A small body that says it is gzip and grows a thousandfold."""
    world.faults.add(kind="gzip_bomb", size=4_000_000)
    response = ask(world)
    assert response.header("content-encoding") == "gzip"
    assert len(gzip.decompress(response.body)) > 500 * len(response.body)


def test_a_huge_page(world):
    """A list of valid JSON far larger than any page of Zoho's."""
    world.faults.add(kind="huge", size=2_000_000)
    response = ask(world)
    assert len(response.body) > 1_900_000
    assert len(json.loads(response.body)["bugs"]) > 1000


def rows(world, token, **params):
    query = urlencode({"range": 2, **params})
    url = f"{world.api_url()}/restapi/portal/brightwater/projects/?{query}"
    response = world.handle(Request("GET", url, {"authorization": f"Bearer {token}"}))
    return response, json.loads(response.body)


@pytest.fixture
def several():
    """A world with pages to turn, and a token for it."""
    several = World(clock=Clock(frozen_at=1_700_000_000), projects=5, bugs=5)
    return several, Person(several).sign_in(scope="ZohoBugTracker.projects.READ")["access_token"]


@pytest.mark.parametrize(
    ("options", "status", "body"),
    [
        ({"status": 403, "body": {"error": {"code": 1}}}, 403, b'{"error":{"code":1}}'),
        (
            {"body": '{"projects":[{"id":1}', "headers": {"Content-Type": "application/json"}},
            200,
            b'{"projects":[{"id":1}',
        ),
        ({"status": 302, "headers": {"Location": "https://thief.test"}}, 302, b""),
    ],
)
def test_any_answer_in_the_place_of_the_nth(several, options, status, body):
    """Status, headers and body of the second page may be anything; the first and the third are as they were."""
    world, token = several
    world.faults.add(kind="answer", path="*/projects/", after=1, **options)
    assert len(rows(world, token)[1]["projects"]) == 2
    response = world.handle(Request("GET", f"{world.api_url()}/restapi/portal/brightwater/projects/?index=3"))
    assert (response.status, response.body) == (status, body)
    assert response.header("Location") == (options.get("headers") or {}).get("Location")
    assert len(rows(world, token, index=3)[1]["projects"]) == 2


def test_a_list_that_ignores_where_to_begin(several):
    """Neither index nor page is heeded: every page is the first."""
    world, token = several
    first = rows(world, token)[1]
    world.faults.add(kind="same_page", times=None)
    assert rows(world, token, index=3)[1] == first


def test_a_list_with_smaller_pages(several):
    """However many are asked for."""
    world, token = several
    world.faults.add(kind="small_pages", size=1, times=None)
    assert len(rows(world, token, range=200)[1]["projects"]) == 1


def test_a_list_under_another_key(several):
    """Its rows are another list's."""
    world, token = several
    world.faults.add(kind="other_key", key="bugs")
    assert len(rows(world, token)[1]["bugs"]) == 2


def test_rows_that_go_between_two_pages(several):
    """What is done before an answer is made shows in it."""
    world, token = several
    store = world.bugtracker().store
    world.faults.add(kind="meanwhile", after=1, do=lambda: store.remove_project(next(iter(store.projects))))
    before = {row["id"] for row in rows(world, token)[1]["projects"]}
    after = {row["id"] for row in rows(world, token)[1]["projects"]}
    assert len(before - after) == 1


def test_an_answer_that_is_edited(several):
    """A function may change it in any way: an error behind the rows, for one."""
    world, token = several

    def spoil(_request, response):
        return replace(response, body=response.body[:-1] + b',"error":{"code":6500}}')

    world.faults.add(kind="edit", edit=spoil)
    body = rows(world, token)[1]
    assert (len(body["projects"]), body["error"]) == (2, {"code": 6500})


def test_the_log_names_the_fault(world):
    """What was a fault's doing can be told from what was not."""
    world.faults.add(kind="status")
    ask(world)
    assert world.log.entries()[-1].note == "fault: status"


def test_latency(sandbox):
    """The answer comes, later."""
    sandbox.faults.add(kind="latency", seconds=0.2)
    begun = time.monotonic()
    assert requests.get(sandbox.accounts_url + INFO, timeout=5).status_code == 200
    assert time.monotonic() - begun >= 0.2


def test_a_slow_drip(sandbox):
    """The body comes in bits, each sooner than any read timeout."""
    sandbox.faults.add(kind="drip", seconds=0.02, size=10)
    begun = time.monotonic()
    assert requests.get(sandbox.accounts_url + INFO, timeout=5).json()["result"] == "success"
    assert time.monotonic() - begun >= 0.1


def test_a_drip_inside_of_a_chunks_header(sandbox):
    """Chunked, and the header of the chunk comes in bits: no byte of the body is there to time out on."""
    sandbox.faults.add(kind="chunk_drip", seconds=0.01, size=10)
    begun = time.monotonic()
    assert requests.get(sandbox.accounts_url + INFO, timeout=5).json()["result"] == "success"
    assert time.monotonic() - begun >= 0.1


def test_a_hang(sandbox):
    """Nothing comes until the client gives up."""
    sandbox.faults.add(kind="hang")
    with pytest.raises(requests.ReadTimeout):
        requests.get(sandbox.accounts_url + INFO, timeout=0.2)


def test_a_reset(sandbox):
    """The connection is reset, before or amid the answer; the request itself was carried out."""
    person = Person(sandbox.world)
    token = person.sign_in()["refresh_token"]
    for size in (0, 40):
        sandbox.faults.add(kind="reset", size=size)
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{sandbox.accounts_url}/oauth/v2/token/revoke", data={"token": token}, timeout=5)
    assert json.loads(person.refresh(token).body) == {"error": "invalid_code"}


def test_a_truncated_body(sandbox):
    """The connection closes before Content-Length is reached."""
    sandbox.faults.add(kind="truncate")
    with pytest.raises(http.client.IncompleteRead):
        raw(sandbox)
    sandbox.faults.add(kind="truncate", size=0)
    with pytest.raises(http.client.IncompleteRead):
        raw(sandbox)


def test_a_wrong_length(sandbox):
    """Content-Length tells ten bytes fewer than there are, or more."""
    sandbox.faults.add(kind="wrong_length")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        json.loads(raw(sandbox))
    sandbox.faults.add(kind="wrong_length", by=5)
    with pytest.raises(http.client.IncompleteRead):
        raw(sandbox)


def test_a_fault_on_the_wire_does_not_hold_up_stopping():
    """Hanging and dripping connections end when the sandbox stops."""
    before = threads_of_sandboxes()
    sandbox = Sandbox(projects=1, bugs=1)
    peers = []
    kinds: dict[str, dict[str, Any]] = {"hang": {}, "drip": {"seconds": 30.0, "size": 1}, "latency": {"seconds": 30.0}}
    for kind, options in kinds.items():
        sandbox.faults.add(kind=kind, path=f"/{kind}", **options)
        peer = http.client.HTTPConnection(urlsplit(sandbox.accounts_url).netloc, timeout=5)
        peer.request("GET", f"/{kind}")
        peers.append(peer)
    while sandbox.faults.active:
        time.sleep(0.001)
    sandbox.stop()
    assert threads_of_sandboxes() <= before
    for peer in peers:
        peer.close()


def test_every_kind_can_be_added_with_its_defaults():
    """The table of kinds is complete and usable as it stands."""
    world = World(projects=1, bugs=1)
    for kind in set(KINDS) - {"gzip_bomb", "huge"}:
        world.faults.add(kind=kind)
        assert ask(world)
    assert world.faults.active == []


def raw(sandbox):
    peer = http.client.HTTPConnection(urlsplit(sandbox.accounts_url).netloc, timeout=5)
    try:
        peer.request("GET", INFO)
        return peer.getresponse().read()
    finally:
        peer.close()


def threads_of_sandboxes():
    return {thread for thread in threading.enumerate() if thread.name.startswith("sandbox")}
