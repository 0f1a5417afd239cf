"""The only client socket, against a real server that misbehaves."""

import contextlib
import http.client
import json
import logging
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest
import urllib3.connection

from zbt_notebook.client.errors import Unreachable, ZbtError
from zbt_notebook.client.http.messages import Request, Response, Upload, decode_json
from zbt_notebook.client.http.requests_objects import as_requests_response
from zbt_notebook.client.http.transport import RequestsTransport
from zbt_notebook.simulator import Sandbox


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def transport():
    made = RequestsTransport(timeout=(1, 0.5), deadline=0.5)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_faults_left(sandbox):
    yield
    sandbox.faults.clear()


@pytest.fixture
def self_signed(tmp_path):
    """The address of a server that shows a certificate of its own making, once."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    made = ["-keyout", tmp_path / "key", "-out", tmp_path / "certificate"]
    asked = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([openssl, "req", *asked, *made], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake_hands():
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)

        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(5)


def info(sandbox):
    return Request("GET", sandbox.accounts_url + "/oauth/serverinfo")


def test_an_answer_is_read_whole(sandbox, transport):
    """Status, lower-case headers, body."""
    answer = transport(info(sandbox))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert decode_json(answer)["result"] == "success"
    assert answer.elapsed > 0


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"kind": "reset"}, "broke"),
        ({"kind": "truncate"}, "broke"),
        ({"kind": "wrong_length", "by": 10}, "too long|broke"),
        ({"kind": "hang"}, "too long"),
        ({"kind": "drip", "seconds": 0.1, "size": 1}, "too long"),
    ],
)
def test_what_the_network_does_is_said_in_our_words(sandbox, transport, fault, says):
    """Never an exception of another library, which would quote the address with its query."""
    sandbox.faults.add(path="/oauth/serverinfo", **fault)
    with pytest.raises(Unreachable, match=says) as caught:
        transport(info(sandbox))
    assert caught.value.hint
    assert caught.value.__context__ is None
    assert not caught.value.outcome_unknown
    assert not caught.value.nothing_sent


DRIPS = {
    "in the status line": (b"", b"HTTP/1.1 200 OK" + b" " * 500),
    "in a header": (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 500),
    "in the size of a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 500),
    "in a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n", b"x" * 500),
    "in a trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"x" * 500),
    "in the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x" * 500),
}


@pytest.fixture
def drip():
    """Start a server that sends a beginning at once and the rest a byte at a time; give its address."""
    over = threading.Event()
    servers = []

    def start(beginning, rest):
        server = socket.create_server(("127.0.0.1", 0))

        def serve():
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65_536)
                connection.sendall(beginning)
                for byte in rest:
                    connection.sendall(bytes((byte,)))
                    if over.wait(0.03):
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield start
    over.set()
    for server, thread in servers:
        server.close()
        thread.join(5)


@pytest.mark.parametrize("where", DRIPS)
def test_t31_a_drip_ends_at_the_deadline(transport, drip, where):
    """Wherever it drips, each byte well within the read timeout: the whole answer has half a second."""
    address = drip(*DRIPS[where])
    started = time.monotonic()
    with pytest.raises(Unreachable, match="too long") as caught:
        transport(Request("GET", address))
    assert 0.4 < caught.value.seconds <= time.monotonic() - started < 2


def test_t31_a_proxy_that_drips_ends_at_the_deadline(transport, drip, monkeypatch):
    """Before it has opened the way to Zoho there is no answer of Zoho's to be timed."""
    monkeypatch.setenv("HTTPS_PROXY", drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 400))
    with pytest.raises(Unreachable, match="too long"):
        transport(Request("GET", "https://accounts.zoho.com/oauth/serverinfo"))


def test_a_body_has_until_the_deadline_to_be_sent():
    """An attachment over a slow line takes longer than a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)

        def serve():
            connection, _ = server.accept()
            with connection:
                threading.Event().wait(0.3)
                left = 8_000_000
                while left > 0:
                    left -= len(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        threading.Thread(target=serve, daemon=True).start()
        transport = RequestsTransport(timeout=(0.1, 20), deadline=20)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert transport(Request("POST", address, raw=bytes(8_000_000))).body == b"{}"
        transport.close()


def test_a_body_that_nobody_reads_is_too_slow():
    """It ends at the deadline, and may have arrived."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = RequestsTransport(timeout=(20, 20), deadline=0.1)
        with pytest.raises(Unreachable, match="too long") as caught:
            transport(Request("POST", f"http://127.0.0.1:{server.getsockname()[1]}/", raw=bytes(50_000_000)))
        assert caught.value.outcome_unknown
        transport.close()


@pytest.fixture
def closing():
    """``closing(when)``: a server that closes each kept connection after one answer: idle, or at the next request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        requests = []

        def serve(when):
            with contextlib.suppress(OSError):  # the test is over
                while True:
                    connection, _ = server.accept()
                    with connection:
                        requests.append(connection.recv(65536).partition(b" ")[0])
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                        if when == "at the next request":
                            requests.append(connection.recv(65536).partition(b" ")[0])

        def start(when):
            threading.Thread(target=serve, args=(when,), daemon=True).start()
            return f"http://127.0.0.1:{server.getsockname()[1]}/", requests

        yield start


def test_t36_a_kept_connection_that_died_idle_is_replaced(transport, closing):
    """It is noticed before anything is sent on it: reads and writes arrive, each once."""
    address, requests = closing("idle")
    for method in ("GET", "POST", "GET", "POST"):
        assert transport(Request(method, address)).status == 200
        time.sleep(0.02)  # the end of the connection arrives
    assert requests == [b"GET", b"POST", b"GET", b"POST"]


@pytest.mark.parametrize(("method", "outcome_unknown"), [("GET", False), ("POST", True)])
def test_t36_a_kept_connection_that_dies_under_a_request_sends_nothing_twice(
    transport, closing, method, outcome_unknown
):
    """Whether to send it again is for whoever knows what it does: a read is, a write is not."""
    address, requests = closing("at the next request")
    transport(Request("GET", address))
    with pytest.raises(Unreachable) as caught:
        transport(Request(method, address))
    assert caught.value.outcome_unknown is outcome_unknown
    assert requests == [b"GET", method.encode()]


@pytest.mark.parametrize("content_type", ["text/html", "application/json;charset=ISO-8859-1", "text/plain; charset=x"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
@pytest.mark.parametrize("padding", [0, 9000], ids=["short", "long"])
def test_t34_json_is_utf_8_whatever_it_is_called(content_type, mark, padding):
    """Under another media type, another charset, behind a byte order mark, by either decoder: no letter is another."""
    body = mark + json.dumps({"owner": "Łukasz Żółć 🐞", "more": "é" * padding}, ensure_ascii=False).encode()
    assert decode_json(Response(200, {"content-type": content_type}, body))["owner"] == "Łukasz Żółć 🐞"


def test_what_fails_below_shows_no_frame_of_ours(sandbox, transport):
    """A request that cannot be written is a UsageError, raised where no header stands in a frame."""
    secret = "Zoho-oauthtoken canary"
    for wrong in (
        {"headers": (("Authorization", secret), ("X", "a\r\nb"))},
        {"headers": (("Authorization", secret), ("X", "€"))},
        {"params": (("a", "\ud800"),), "headers": (("Authorization", secret),)},
        {"json": {"a": {1, 2}}, "headers": (("Authorization", secret),)},
        {"method": "GE T", "headers": (("Authorization", secret),)},
    ):
        with pytest.raises(ZbtError) as caught:
            transport(Request(**{"method": "POST", "url": sandbox.accounts_url + "/oauth/serverinfo", **wrong}))
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None
        frames = [entry.frame.f_locals for entry in caught.traceback]
        assert not any("canary" in repr(value) for values in frames[1:] for value in values.values())


def test_a_write_that_broke_off_may_have_happened(sandbox, transport):
    """The error says so: it must not be sent again blindly."""
    sandbox.faults.add(path="/oauth/v2/token", kind="reset")
    with pytest.raises(Unreachable) as caught:
        transport(Request("POST", sandbox.accounts_url + "/oauth/v2/token", form=(("code", "canary"),)))
    assert caught.value.outcome_unknown
    assert "look before" in caught.value.hint
    assert "canary" not in str(caught.value)


def test_a_server_that_is_not_there(transport):
    """Port 9 of this machine: nothing listens."""
    with pytest.raises(Unreachable, match="does not accept connections") as caught:
        transport(Request("POST", "http://127.0.0.1:9/x"))
    assert not caught.value.outcome_unknown
    assert caught.value.nothing_sent


def test_a_name_that_does_not_exist(transport):
    """A typing error in a data centre of one's own."""
    with pytest.raises(Unreachable, match=r"name is not known|does not accept|proxy") as caught:
        transport(Request("GET", "https://zoho.invalid/x"))
    assert caught.value.nothing_sent


def test_a_certificate_that_is_not_trusted(transport, self_signed):
    """The handshake ends before the request: a write has not happened."""
    with pytest.raises(Unreachable, match="certificate is not trusted") as caught:
        transport(Request("POST", self_signed, form=(("code", "canary"),)))
    assert caught.value.nothing_sent
    assert not caught.value.outcome_unknown


def test_redirects_are_not_followed(sandbox, transport):
    """A 307 would post the secret again, elsewhere (RFC 9700 §4.12)."""
    sandbox.faults.add(path="/oauth/v2/token", kind="redirect")
    before = sandbox.world.log.total
    answer = transport(Request("POST", sandbox.accounts_url + "/oauth/v2/token", form=(("client_secret", "canary"),)))
    assert answer.status == 307
    assert sandbox.world.log.total == before + 1


def test_an_answer_has_a_largest_size(sandbox):
    """A gzip bomb is stopped while it is read."""
    small = RequestsTransport(largest=100_000)
    sandbox.faults.add(path="/oauth/serverinfo", kind="gzip_bomb")
    with pytest.raises(Unreachable, match="too large"):
        small(info(sandbox))
    small.close()


def test_compressed_answers_are_opened(sandbox, transport):
    """A gzip body within bounds is the body."""
    sandbox.faults.add(path="/oauth/serverinfo", kind="gzip_bomb", size=2**20)
    assert len(transport(info(sandbox)).body) >= 2**20


def test_netrc_is_not_read(sandbox, transport, tmp_path, monkeypatch):
    """Requests would replace our Authorization by it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login joe password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    request = Request(
        "GET", sandbox.accounts_url + "/oauth/user/info", headers=(("Authorization", "Zoho-oauthtoken x"),)
    )
    sandbox.faults.add(path="/oauth/user/info", kind="echo")
    echoed = transport(request).body.decode()
    assert "Zoho-oauthtoken x" in echoed
    assert "Basic" not in echoed


def test_proxies_are_honoured_except_for_this_machine(sandbox, transport, monkeypatch):
    """The sandbox is reached although a proxy is set that is not there."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://joe:canary@127.0.0.1:9")
    assert transport(info(sandbox)).status == 200
    with pytest.raises(Unreachable, match="proxy") as caught:
        transport(Request("GET", "https://accounts.zoho.com/oauth/serverinfo"))
    assert "canary" not in str(caught.value)


def test_every_kind_of_body_arrives(sandbox, transport):
    """Form, JSON, multipart, raw: as the server sees them."""
    kinds = [
        (Request("POST", "", form=(("a", "ä&b"), ("c", ""))), "a=%C3%A4%26b&c="),
        (Request("POST", "", json={"a": "ä"}), '{"a": "ä"}'),
        (Request("POST", "", raw=b"raw"), "raw"),
        (Request("POST", "", form=(("a", "1"),), uploads=(Upload("f", "x.txt", b"hello"),)), "hello"),
    ]
    for request, seen in kinds:
        sandbox.faults.add(path="/oauth/v2/token", kind="echo")
        import dataclasses
        import json

        answer = transport(dataclasses.replace(request, url=sandbox.accounts_url + "/oauth/v2/token"))
        assert json.dumps(seen, ensure_ascii=False)[1:-1] in answer.body.decode() or seen in answer.body.decode()


def test_nothing_secret_is_logged(sandbox, transport, caplog):
    """Root logger at DEBUG: urllib3 logs the path; secrets are in headers and bodies."""
    with caplog.at_level(logging.DEBUG):
        transport(
            Request(
                "POST",
                sandbox.accounts_url + "/oauth/v2/token",
                headers=(("Authorization", "Zoho-oauthtoken canary"),),
                form=(("client_secret", "canary"),),
            )
        )
    assert "canary" not in caplog.text


KINDS = [http.client.HTTPConnection, urllib3.connection.HTTPConnection, urllib3.connection.HTTPSConnection]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
@pytest.mark.parametrize("is_used", [False, True])
def test_nothing_secret_is_printed(sandbox, monkeypatch, capfd, kind, is_used):
    """`debuglevel = 1`, before the first request or after it: direct or through a proxy, nothing of ours is shown."""
    transport = RequestsTransport()
    request = Request(
        "POST",
        sandbox.accounts_url + "/oauth/v2/token?code=canary",
        headers=(("Authorization", "Zoho-oauthtoken canary"),),
        form=(("client_secret", "canary"),),
    )
    if is_used:
        transport(request)
    monkeypatch.setattr(kind, "debuglevel", 1, raising=False)
    assert transport(request).status == 200
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("HTTPS_PROXY", sandbox.api_url.replace("//", "//joe:canary@"))
    with pytest.raises(Unreachable, match="proxy"):
        transport(Request("GET", "https://accounts.zoho.com/oauth/serverinfo"))
    assert capfd.readouterr() == ("", "")
    transport.close()


def test_others_go_on_printing(sandbox, monkeypatch, capfd):
    """The setting is the user's, for the user's own requests; it is not undone."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with urllib3.PoolManager() as pool:
        pool.request("GET", sandbox.accounts_url + "/oauth/serverinfo", headers={"X-Mine": "seen"})
    assert "X-Mine: seen" in capfd.readouterr().out
    assert http.client.HTTPConnection.debuglevel == 1


def test_threads_share_it(sandbox):
    """Sixteen at once, each its own answer."""
    answers: list[object] = []
    transport = RequestsTransport()

    def one():
        try:
            answers.append(transport(info(sandbox)).status)
        except ZbtError as error:
            answers.append(error)

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert answers == [200] * 16
    transport.close()


def test_what_is_closed_under_a_request_ends_after_its_answer_and_can_be_used_again(transport):
    """A sign-in that is replaced lets go of its connections, whoever still calls through it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = []

        def serve():
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    asked.append(connection.recv(65536).partition(b" ")[0])
                    transport.close()
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                    asked.append(connection.recv(65536))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        for _ in range(2):
            assert transport(Request("GET", f"http://127.0.0.1:{server.getsockname()[1]}/")).status == 200
        thread.join(5)
    assert asked == [b"GET", b"", b"GET", b""]


@pytest.mark.parametrize("charset", ["x\0", "idna", "rot13", "undefined", "utf-8-of-mine", "punycode", "hex"])
def test_a_text_in_no_encoding_is_read_all_the_same(charset):
    """What the server calls it is Python's error in requests; ours guesses."""
    request = Request("GET", "https://example.com/")
    answer = Response(200, {"content-type": f"text/html; charset={charset}"}, "Straße".encode())
    assert as_requests_response(answer, request).text


def test_requests_own_response_is_whole(sandbox, transport):
    """What connection.request gives."""
    request = info(sandbox)
    answer = as_requests_response(transport(request), request)
    assert answer.ok
    assert answer.reason == "OK"
    assert answer.json()["result"] == "success"
    assert answer.url == request.url
    assert answer.elapsed.total_seconds() > 0
