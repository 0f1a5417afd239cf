"""Everything a sign-in allows, against the sandbox."""

import dataclasses
import datetime as dt
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import (
    ApiError,
    NotFound,
    NotSignedIn,
    RateLimited,
    ScopeMissing,
    TokenRejected,
    Unreachable,
    UsageError,
)
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.status import LogoutReport


@pytest.fixture
def portal(connection):
    return connection.get("/portals/")["portals"][0]["id"]


@pytest.fixture
def project(connection, portal):
    projects = connection.get(f"/portal/{portal}/projects/")["projects"]
    return max(projects, key=lambda project: project["bug_count"]["open"] + project["bug_count"]["closed"])["id"]


@pytest.fixture
def bugs(portal, project):
    return f"/portal/{portal}/projects/{project}/bugs/"


def test_a_get_is_signed_with_zohos_own_scheme(connection, wire):
    """Zoho-oauthtoken, in the header, on the API host alone."""
    connection.get("/portals/")
    sent = dict(wire.requests[-1].headers)
    assert sent["Authorization"].startswith("Zoho-oauthtoken 1000.")
    assert wire.requests[-1].url.startswith(connection.data_center.api_url)


def test_every_page_of_a_list_without_doubles(connection, bugs, world):
    """All records, in as few requests as pages of 200 allow; behind one short page another tells that it is all."""
    before = world.log.total
    rows = list(connection.rows(bugs))
    assert len({row["id"] for row in rows}) == len(rows)
    assert 100 < len(rows) < 200
    assert world.log.total - before == 2


@pytest.mark.parametrize("limit", [0, 1, 99, 150])
def test_a_limit_is_exact_and_costs_no_page_too_many(connection, bugs, world, limit):
    """limit=1 asks for a page of one."""
    before = world.log.total
    assert len(list(connection.rows(bugs, limit=limit))) == limit
    assert world.log.total - before == (1 if limit else 0)


def test_a_frame_tells_where_it_came_from(connection, bugs):
    """attrs["zbt"], without a secret; ids exact, *_long in UTC."""
    frame = connection.frame(bugs, {"statustype": "open"})
    assert frame.attrs["zbt"]["rows"] == len(frame)
    assert frame.attrs["zbt"]["params"] == [["statustype", "open"]]
    assert frame.attrs["zbt"]["data_center"] == "sandbox"
    assert str(frame["created_time_long"].dtype).endswith("UTC]")
    assert (frame["id"].astype(str) == frame["id_string"]).all()
    assert not frame["closed"].any()


def test_one_thing_is_not_a_frame(connection, bugs):
    """The error says what to use."""
    first = next(connection.rows(bugs))
    with pytest.raises(UsageError) as caught:
        connection.frame(f"{bugs}{first['id']}/")
    assert "connection.get" in caught.value.hint
    assert connection.get(f"{bugs}{first['id']}/")["bugs"][0]["key"] == first["key"]


def test_an_empty_list_is_an_empty_list(connection, bugs):
    """Zoho answers 204 without a body."""
    assert connection.get(bugs, {"index": 100_000}) == {"bugs": []}
    assert connection.frame(bugs, {"index": 100_000}).empty


def test_requests_own_response_bears_no_token(connection):
    """For whoever wants status and headers."""
    response = connection.request("GET", "/portals/", headers={"X-Mine": "1"})
    assert response.status_code == 200
    assert response.json()["portals"]
    assert "Authorization" not in response.request.headers
    assert response.request.headers["X-Mine"] == "1"


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://bugtracker.sandbox.test/api/v3/portals", True),
        ("https://projectsapi.sandbox.test/api/v3/portals", True),
        ("https://projects.sandbox.test/api/v3/portals", True),
        ("https://projects.sandbox.test.evil.test/api/v3/portals", False),
        ("https://projects.sandbox.test@evil.test/api/v3/portals", False),
        ("https://projects.eu.sandbox.test/api/v3/portals", False),
        ("https://accounts.sandbox.test/api/v3/portals", False),
        ("http://projects.sandbox.test/api/v3/portals", False),
        ("https://projects.sandbox.test:444/api/v3/portals", False),
    ],
)
def test_the_session_signs_for_v3s_hosts_too(connection, wire, url, signed):
    """Those of the connection's own data centre: no look-alike, no other data centre, no other port."""
    wire.requests.clear()
    adapter = connection.session.get_adapter(url)
    assert (adapter is connection.session.get_adapter(connection.data_center.api_url + "/")) is signed
    if signed:
        assert connection.session.get(url).json()
        (request,) = wire.requests
        assert request.url == url
        assert "Authorization" in dict(request.headers)
        assert "Authorization" not in connection.session.get(url).request.headers


def test_the_session_signs_what_goes_to_the_api_and_nothing_else(connection):
    """A requests.Session for code that wants one."""
    response = connection.session.get(f"{connection.data_center.api_url}/restapi/portals/", params={"index": 1})
    assert response.json()["portals"]
    assert "Authorization" not in response.request.headers
    assert "Authorization" not in connection.session.headers
    with pytest.raises(UsageError, match="another host"):
        connection.client.exchange(dataclasses.replace(_request(), url="https://evil.example/restapi/portals/"))


def _request():
    from zbt_notebook.client.http.messages import Request

    return Request("GET", "https://api.example/")


def test_a_write_is_seen_by_the_next_read(connection, bugs):
    """Create as a form, read back."""
    made = connection.request("POST", bugs, data={"title": "Made by a test", "flag": "Internal"}).json()["bugs"][0]
    assert connection.get(f"{bugs}{made['id']}/")["bugs"][0]["title"] == "Made by a test"


def test_a_revoked_token_costs_one_refresh_and_one_repeat_no_more(connection, world, wire):
    """Access tokens can die early: evicted, or revoked elsewhere."""
    connection.get("/portals/")
    world.faults.add(path="/restapi/*", kind="early_401", times=1)
    before = len(wire.requests)
    assert connection.get("/portals/")
    assert [request.url.rpartition("/oauth")[1] for request in wire.requests[before:]] == ["", "/oauth", ""]


@pytest.mark.parametrize(
    ("status", "body", "repeated"),
    [
        (401, {"error": {"status_code": "401", "title": "INVALID_OAUTHTOKEN", "details": [{"message": "no"}]}}, True),
        (400, {"error": {"status_code": "400", "title": "INVALID_OAUTHTOKEN", "details": [{"message": "no"}]}}, True),
        (401, {"error": {"code": 6401, "message": "Invalid OAuth access token."}}, True),
        (401, {"message": "a proxy's word"}, False),
        (401, "<html>Sign in to the proxy</html>", False),
        (500, {"error": {"title": "INVALID_OAUTHTOKEN"}}, False),
        (500, {"error": {"code": 6401, "message": "no"}}, False),
        (403, {"error": {"title": "INVALID_OAUTHTOKEN"}}, False),
    ],
)
def test_a_write_is_repeated_after_zohos_own_refusal_of_the_token_alone(connection, wire, status, body, repeated):
    """Any other 401 or 500 may come from somebody behind whom the write has happened."""
    answers = [Response(status, {"content-type": "application/json"}, _as_bytes(body)), Response(200, {}, b"{}")]
    sent = []

    def transport(request):
        if "/oauth/" in request.url:
            return wire(request)
        sent.append(request)
        return answers[min(len(sent), 2) - 1]

    connection.client.transport = transport
    if repeated:
        assert connection.request("POST", "/portals/", data={"a": 1}).status_code == 200
    else:
        with pytest.raises(ApiError):
            connection.request("POST", "/portals/", data={"a": 1})
    assert len(sent) == 1 + repeated


def _as_bytes(body):
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def test_retries_of_many_threads_do_not_fall_together(connection, world, monkeypatch):
    """Each waits a time of its own: half as long again at most, half at least."""
    waits: list = []
    monkeypatch.setattr(connection.client, "_sleep", waits.append)
    world.faults.add(path="/restapi/portals/", kind="status", status=503, times=90)
    for _ in range(10):
        with pytest.raises(ApiError):
            connection.get("/portals/")
    first = waits[::2]
    assert len({round(wait, 4) for wait in first}) > 5
    assert all(0.125 <= wait <= 0.375 for wait in first)
    assert all(0.5 <= wait <= 1.5 for wait in waits[1::2])


@pytest.mark.parametrize(("seconds", "tries"), [(0.1, 3), (30.0, 2), (60.0, 1)])
def test_a_server_that_hangs_is_given_a_minute(connection, monkeypatch, seconds, tries):
    """A broken connection is tried again; half a minute of silence once more; a minute is enough."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    asked = []

    def transport(request):
        asked.append(request)
        failure = Unreachable("no answer")
        failure.seconds = seconds
        raise failure

    connection.client.transport = transport
    with pytest.raises(Unreachable):
        connection.get("/portals/")
    assert len(asked) == tries


def test_a_response_behaves_as_one_of_requests(connection):
    """Iterated, read raw, with stream, in a with: the same body each time."""
    with connection.request("GET", "/portals/", stream=True) as response:
        assert b"".join(response.iter_content(7)) == response.content
        assert b"".join(response.iter_content(None)) == response.content
        assert list(response.iter_lines()) == response.content.splitlines()
        assert response.raw.read() == response.content
        assert response.raw.status == 200
    assert response.history == []
    assert response.url.endswith("/restapi/portals/")
    assert response.elapsed.total_seconds() >= 0
    assert list(response.links) == []
    assert not response.is_redirect
    streamed = connection.session.get(response.url, stream=True)
    assert b"".join(streamed.iter_content(5)) == response.content


def test_a_response_repeats_no_token_in_its_headers(connection, wire):
    """A server that echoes the header it was sent."""
    send = connection.client.transport

    def echo(request):
        answer = send(request)
        seen = dict(request.headers).get("Authorization", "")
        return dataclasses.replace(answer, headers={**answer.headers, "x-echo": f"you said {seen}"})

    connection.client.transport = echo
    for response in (
        connection.request("GET", "/portals/"),
        connection.session.get(connection.data_center.api_url + "/restapi/portals/"),
    ):
        assert response.headers["X-Echo"].startswith("you said Zoho-oauthtoken")
        for secret in connection.client.authorization.secrets():
            assert secret not in f"{response.headers} {response.raw.headers} {response.request.headers}"
    assert wire.requests


def test_a_token_that_is_never_taken_is_an_error_after_one_repeat(connection, world, wire):
    """No storm: one refresh, one repeat, then the word."""
    world.faults.add(path="/restapi/*", kind="early_401", times=9)
    before = len(wire.requests)
    with pytest.raises(TokenRejected):
        connection.get("/portals/")
    assert len(wire.requests) - before == 3


def test_an_hour_later_the_token_is_refreshed_before_the_call(connection, world, wire):
    """By the clock, without a 401."""
    world.clock.advance(3600)
    before = len(wire.requests)
    connection.get("/portals/")
    assert len(wire.requests) - before == 2


def test_a_scope_that_was_not_asked_for_is_named(connection, portal, project):
    """The catalogue knows which one."""
    with pytest.raises(ScopeMissing) as caught:
        connection.get(f"/portal/{portal}/projects/{project}/events/", {"status": "open"})
    assert caught.value.needed == "ZohoBugTracker.events.READ"


def test_nothing_there(connection, bugs):
    """A wrong id."""
    with pytest.raises(NotFound):
        connection.get(f"{bugs}424242424242424242/")


def test_the_lock_is_kept_by_the_client_too(connection, world):
    """After Zoho's lock nothing more is sent to that address; others go on."""
    world.set(url_limit=3)
    for _ in range(3):
        connection.get("/portals/")
    with pytest.raises(RateLimited) as first:
        connection.get("/portals/")
    before = world.log.total
    with pytest.raises(RateLimited) as second:
        connection.get("/portals/")
    assert world.log.total == before
    assert first.value.retry_at
    assert second.value.retry_at
    assert abs((second.value.retry_at - first.value.retry_at).total_seconds()) < 2
    world.clock.advance(32 * 60)
    assert connection.get("/portals/")


def test_a_fault_of_the_server_is_waited_out_for_reads_only(connection, world, bugs, monkeypatch):
    """A GET is sent again, a POST never: it may have happened."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    world.faults.add(path="/restapi/portals/", kind="status", status=503, times=2)
    assert connection.get("/portals/")
    world.faults.add(path="*/bugs/", kind="status", status=503, times=1)
    with pytest.raises(ApiError) as caught:
        connection.request("POST", bugs, data={"title": "once"})
    assert caught.value.status == 503
    assert "before you send it again" in caught.value.hint


def test_t36_a_read_on_a_dead_connection_is_sent_again_and_a_write_is_not(connection, bugs, wire, monkeypatch):
    """The connection broke under the request: a write may have happened."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    answered = type(wire).__call__

    def dying(wire, request):
        answer = answered(wire, request)
        if len(wire.requests) == dies_at:
            raise Unreachable("the connection broke off", outcome_unknown=request.method != "GET")
        return answer

    monkeypatch.setattr(type(wire), "__call__", dying)
    dies_at = before = len(wire.requests) + 1
    assert connection.get("/portals/")
    assert len(wire.requests) == before + 1
    dies_at = before = len(wire.requests) + 1
    with pytest.raises(Unreachable) as caught:
        connection.request("POST", bugs, data={"title": "once"})
    assert caught.value.outcome_unknown
    assert len(wire.requests) == before


def test_what_the_server_echoes_is_redacted(connection, world, monkeypatch):
    """An error that quotes the request shows no token."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    world.faults.add(path="/restapi/portals/", kind="echo", times=9)
    with pytest.raises((ApiError, Unreachable)) as caught:
        connection.get("/portals/")
    for secret in connection.client.authorization.secrets():
        assert secret not in str(caught.value)


def test_status_tells_all_but_secrets(connection):
    """Safe to leave as the last line of a cell."""
    status = connection.status()
    assert status.signed_in
    assert status.token_budget_left == 9
    shown = f"{status!r} {status} {connection!r} {connection}"
    for secret in connection.client.authorization.secrets():
        assert secret not in shown


def test_signed_out_means_revoked_and_forgotten(connection):
    """Zoho revokes, the kernel forgets, the next call says so."""
    report = connection.logout()
    assert report.revoked
    assert report.forgotten
    with pytest.raises(NotSignedIn):
        connection.get("/portals/")
    assert not connection.status().signed_in


def test_stop_while_signing_out_forgets_all_the_same(connection):
    """Offline the request may take its time: who loses patience is signed out here and in the keyring."""
    kept = {"keyring"}
    connection.kept_by("keyring", kept.clear)

    def impatient(_request):
        raise KeyboardInterrupt

    connection.client.authorization.transport = impatient
    with pytest.raises(KeyboardInterrupt):
        connection.logout()
    assert not connection.status().signed_in
    assert connection not in signed_in.connections()
    assert not kept


def test_a_second_sign_out_tells_what_the_first_achieved(connection):
    """It is as signed out as before: the report does not say that Zoho could not be reached."""
    assert connection.logout() == connection.logout()


def test_a_sign_out_stopped_after_zoho_revoked_still_tells_so(connection):
    """The next one finishes it, and Zoho's answer is not forgotten."""
    stops = iter([KeyboardInterrupt])

    def forget():
        for stop in stops:
            raise stop
        return True

    connection.kept_by("keyring", forget)
    with pytest.raises(KeyboardInterrupt):
        connection.logout()
    assert connection.logout() == LogoutReport(revoked=True, forgotten=True, keyring=True)


def test_a_sign_out_in_another_thread_is_waited_for(connection):
    """Both have one report: nobody is told that Zoho did not revoke because another was about to ask it."""
    authorization = connection.client.authorization
    asked, go_on, zoho = threading.Event(), threading.Event(), authorization.transport

    def slow(request):
        asked.set()
        assert go_on.wait(10)
        return zoho(request)

    authorization.transport = slow
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(connection.logout)
        assert asked.wait(10)
        second = pool.submit(connection.logout)
        go_on.set()
        assert first.result(10).revoked
        assert second.result(10) == first.result(10)


def test_a_connection_is_not_pickled(connection):
    """Its tokens would leave the kernel."""
    with pytest.raises(TypeError):
        pickle.dumps(connection)


def test_time_logs_are_a_row_each(connection, portal, world):
    """Zoho groups them by day; an analysis wants a table."""
    log = next(log for log in world.bugtracker().store.logs if log.bug_id)
    frame = connection.frame(
        f"/portal/{portal}/projects/{log.project_id}/logs/",
        {
            "users_list": "all",
            "view_type": "month",
            "date": f"{dt.datetime.fromtimestamp(log.day_ms / 1000, dt.UTC):%m-%d-%Y}",
            "bill_status": "All",
            "component_type": "bug",
        },
    )
    assert len(frame)
    assert {"id", "log_type", "day_date"} <= set(frame.columns)
