"""The server: loopback, keep-alive, whom it refuses, how it stops."""

import contextlib
import gc
import http.client
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.person import Person
from zbt_notebook.simulator import Sandbox, World


def connection(origin):
    return http.client.HTTPConnection(urlsplit(origin).netloc, timeout=5)


def threads_of_sandboxes():
    return {thread for thread in threading.enumerate() if thread.name.startswith("sandbox")}


def test_a_whole_sign_in_over_http(sandbox):
    """Authorization, redirect page, tokens and a first call, by any HTTP client."""
    person = Person(sandbox.world)
    with requests.Session() as http_client:
        consent = http_client.get(
            person.link(), headers={"Sandbox-Consent": "accept"}, timeout=5, allow_redirects=False
        )
        page = http_client.get(consent.headers["Location"], timeout=5)
        code = page.text.partition('id="code" class="code">')[2].partition("<")[0]
        fields = person.credentials(grant_type="authorization_code", code=code, redirect_uri=sandbox.redirect_uri)
        tokens = http_client.post(f"{sandbox.accounts_url}/oauth/v2/token", data=fields, timeout=5).json()
        header = {"Authorization": f"Zoho-oauthtoken {tokens['access_token']}"}
        answer = http_client.get(f"{sandbox.api_url}/restapi/portals/", headers=header, timeout=5)
    assert answer.status_code == 200


def test_it_listens_on_loopback_at_free_ports(sandbox):
    """Every site has a port of its own on 127.0.0.1."""
    assert sandbox.accounts_url.startswith("http://127.0.0.1:")
    assert sandbox.api_url.startswith("http://127.0.0.1:")
    assert sandbox.accounts_url != sandbox.api_url
    assert sandbox.redirect_uri == f"{sandbox.accounts_url}/redirect"


def test_the_repr_has_no_secret(sandbox):
    """``repr(sandbox)`` tells the addresses and the client ID."""
    assert sandbox.client_id in repr(sandbox)
    assert sandbox.client_secret not in repr(sandbox)


def test_one_connection_carries_many_requests(sandbox):
    """HTTP/1.1 keep-alive: a hundred requests, one socket."""
    peer = connection(sandbox.accounts_url)
    peer.connect()
    first = peer.sock
    for _ in range(100):
        peer.request("GET", "/oauth/serverinfo")
        assert json.loads(peer.getresponse().read())["result"] == "success"
    assert peer.sock is first
    peer.close()


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.test"])
def test_foreign_hosts_are_refused(sandbox, host):
    """DNS rebinding does not get in: only 127.0.0.1 and localhost with the right port are answered."""
    peer = connection(sandbox.accounts_url)
    peer.request("GET", "/oauth/serverinfo", headers={"Host": host})
    assert peer.getresponse().status == 421
    peer.close()


def test_localhost_is_the_same_site(sandbox):
    """``localhost`` with the port works as 127.0.0.1 does."""
    port = sandbox.accounts_url.rpartition(":")[2]
    peer = connection(sandbox.accounts_url)
    peer.request("GET", "/oauth/serverinfo", headers={"Host": f"localhost:{port}"})
    assert peer.getresponse().status == 200
    peer.close()


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1:1"])
def test_foreign_origins_are_refused(sandbox, origin):
    """A page of another site cannot post here."""
    answer = requests.post(f"{sandbox.accounts_url}/oauth/v2/token", headers={"Origin": origin}, timeout=5)
    assert answer.status_code == 403


def test_its_own_origin_is_welcome(sandbox):
    """The sandbox's own pages may post to it."""
    headers = {"Origin": sandbox.accounts_url}
    assert requests.post(f"{sandbox.accounts_url}/oauth/v2/token", headers=headers, timeout=5).status_code == 200


def test_it_is_no_proxy(sandbox, talk):
    """The absolute form of a target is taken for its own address only."""
    host = sandbox.accounts_url.removeprefix("http://")
    foreign = talk(sandbox.accounts_url, f"GET http://evil.test/ HTTP/1.1\nHost: {host}\nConnection: close\n\n")
    own = talk(
        sandbox.accounts_url, f"GET http://{host}/oauth/serverinfo HTTP/1.1\nHost: {host}\nConnection: close\n\n"
    )
    assert foreign.startswith("HTTP/1.1 421")
    assert own.startswith("HTTP/1.1 200")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("nonsense\n\n", 400),
        ("GET / HTTP/1.1\nno colon\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\nHost: b\n\n", 400),
        ("GET / HTTP/1.1\nContent-Length: -1\n\n", 400),
        ("POST / HTTP/1.1\nContent-Length: 99999999999\n\n", 413),
        ("POST / HTTP/1.1\nTransfer-Encoding: gzip\n\n", 400),
        ("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nxyz\n", 400),
        ("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nFFFFFFFFF\n", 413),
        ("GET / HTTP/1.1\n" + "a: b\n" * 300 + "\n", 431),
    ],
)
def test_what_is_not_http_is_refused(sandbox, talk, text, status):
    """Malformed messages get an answer and the end of the connection, not a hang."""
    assert talk(sandbox.accounts_url, text).startswith(f"HTTP/1.1 {status} ")


def test_bodies_in_chunks_and_after_a_continue(sandbox, talk):
    """Chunked bodies and ``Expect: 100-continue`` are understood."""
    host = sandbox.accounts_url.removeprefix("http://")
    head = f"POST /oauth/v2/token HTTP/1.1\nHost: {host}\nConnection: close\n"
    kind = "Content-Type: application/x-www-form-urlencoded\n"
    chunked = talk(
        sandbox.accounts_url,
        f"{head}{kind}Transfer-Encoding: chunked\n\n6;x=y\ngrant_\nf\ntype=password&a\n0\nTrailer: x\n\n",
    )
    assert '{"error":"unsupported_grant_type"}' in chunked
    continued = talk(sandbox.accounts_url, f"{head}Expect: 100-continue\nContent-Length: 1\n\na")
    assert continued.startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


def test_head_answers_without_a_body(sandbox):
    """HEAD tells the length that GET would have."""
    answer = requests.head(sandbox.accounts_url, timeout=5)
    assert int(answer.headers["Content-Length"]) > 1000
    assert answer.content == b""


def test_http_1_0_closes(sandbox, talk):
    """An old client gets its answer and the end."""
    host = sandbox.accounts_url.removeprefix("http://")
    assert "Connection: close" in talk(sandbox.accounts_url, f"GET /oauth/serverinfo HTTP/1.0\nHost: {host}\n\n")


def test_stopping_with_open_connections():
    """``stop`` closes idle keep-alive connections at once, twice is once, and nothing is left open."""
    before = threads_of_sandboxes()  # those of other tests may be running
    sandbox = Sandbox(projects=1, bugs=1)
    peers = [connection(sandbox.accounts_url) for _ in range(5)]
    for peer in peers:
        peer.request("GET", "/oauth/serverinfo")
        peer.getresponse().read()
    sandbox.stop()
    sandbox.stop()
    assert threads_of_sandboxes() <= before
    for peer in peers:
        assert peer.sock.recv(1) == b""
        peer.close()
    with pytest.raises(ConnectionRefusedError):
        connection(sandbox.accounts_url).connect()
    gc.collect()  # a socket forgotten would warn here, and warnings are errors


def test_it_ends_with_its_process():
    """A script that forgets to stop ends at once, without a warning or a word."""
    script = """
import http.client
from zbt_notebook.simulator import Sandbox
sandbox = Sandbox(projects=1, bugs=1)
peer = http.client.HTTPConnection(sandbox.accounts_url.removeprefix("http://"))
peer.request("GET", "/oauth/serverinfo")
assert peer.getresponse().read()
peer.close()
"""
    run = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


def test_sixteen_threads(sandbox):
    """Sixteen keep-alive clients at once get every answer."""

    def client(_):
        with contextlib.closing(connection(sandbox.accounts_url)) as peer:
            for _ in range(60):
                peer.request("GET", "/oauth/serverinfo")
                with peer.getresponse() as answer:
                    assert json.loads(answer.read())["result"] == "success"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(client, range(16)))
    assert sandbox.world.log.total == 960


def test_a_failure_of_the_sandbox_itself_is_told(sandbox, caplog):
    """A bug answers 500 and leaves its traceback in the log, but not the query with its secrets."""
    sandbox.world.accounts = None
    answer = requests.get(f"{sandbox.accounts_url}/oauth/v2/token?client_secret=canary", timeout=5)
    assert answer.status_code == 500
    assert "AttributeError" in caplog.text
    assert "canary" not in caplog.text


def test_it_serves_a_given_world():
    """A world with a frozen clock can be served; options and a world together are a mistake."""
    world = World(data_centers=("us", "eu"), projects=1, bugs=1)
    with Sandbox(world) as sandbox:
        assert sandbox.world is world
        assert world.api_url("eu") not in {sandbox.api_url, sandbox.accounts_url}
        assert sandbox.clock is world.clock
    with pytest.raises(ValueError, match="not both"):
        Sandbox(world, bugs=1)
