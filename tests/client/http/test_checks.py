"""What may go over the wire, checked before a token is near it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import without_addresses
from zbt_notebook.client.errors import UsageError, ZbtError
from zbt_notebook.client.http.checks import check_request
from zbt_notebook.client.http.messages import Request, Upload

URL = "https://bugtracker.zoho.com/restapi/portals/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "GE T"},
        {"method": "GET\r\n"},
        {"method": "TRACE"},
        {"method": "BREW"},
        {"method": ""},
        {"url": URL + "\r\n"},
        {"url": URL + "ä"},
        {"url": "ftp://x/"},
        {"headers": (("X-A", "a\r\nHost: evil"),)},
        {"headers": (("X-A", "a\n"),)},
        {"headers": (("X-A", "a\x00"),)},
        {"headers": (("X-A", "€"),)},
        {"headers": (("X-A", "\ud800"),)},
        {"headers": (("X A", "a"),)},
        {"headers": (("X-A:", "a"),)},
        {"headers": (("", "a"),)},
        {"headers": (("Ä", "a"),)},
        *({"headers": ((name, "x"),)} for name in ("Host", "host", "Transfer-Encoding", "Content-Length", "TE")),
        *({"headers": ((name, "x"),)} for name in ("Authorization", "aUTHORIZATION", "Proxy-Authorization")),
        *({"headers": ((name, "x"),)} for name in ("Transfer_Encoding", "CONTENT_LENGTH", "Cookie")),
        *(
            {"headers": ((name, "DELETE"),)}
            for name in ("X-HTTP-Method-Override", "x_http_method", "X-Method-Override")
        ),
        {"params": (("a", "\ud800"),)},
        {"params": (("\udfff", "a"),)},
        {"form": (("a", "\ud800"),)},
        {"json": {"a": "\ud800"}},
        {"json": {"a": float("nan")}},
        {"json": object()},
        {"uploads": (Upload("a", "\ud800", b""),)},
        {"uploads": (Upload("a", "x", b"", content_type="a\r\nb"),)},
        {"uploads": (Upload("a", "x", b"", headers=(("X", "\n"),)),)},
    ],
    ids=without_addresses,
)
def test_what_could_be_read_as_another_request_is_refused(wrong):
    """Line ends, half characters, framing of one's own, another's signature: two lines, nothing sent."""
    with pytest.raises(UsageError) as refusal:
        check_request(Request(**{"method": "GET", "url": URL, **wrong}))
    assert refusal.value.hint
    assert "\n" not in refusal.value.message


def test_what_is_right_passes():
    """Latin-1 in a header, all of Unicode in a parameter, every method of Zoho's."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        check_request(Request(method, URL, (("ä", "€"),), (("X-A", "ä\tb"),)))


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_header_is_sent_whole_or_refused(name, value):
    """No header makes a second one."""
    try:
        check_request(Request("GET", URL, headers=((name, value),)))
    except UsageError:
        return
    assert not set(name + value) & set("\r\n\0:") or ":" in value
    value.encode("latin-1")


WRONG = [
    lambda c: c.request("GET", "/portals/", headers={"X-A": "a\r\nb"}),
    lambda c: c.request("GET", "/portals/", headers={"X-A": "€"}),
    lambda c: c.request("GET", "/portals/", headers={"Host": "evil"}),
    lambda c: c.request("GET", "/portals/", headers={"Authorization": "x"}),
    lambda c: c.request("GE T", "/portals/"),
    lambda c: c.request("GET", "/portals/", params={"a": "\ud800"}),
    lambda c: c.get("/portals/", {"a": "\ud800"}),
    lambda c: c.request("POST", "/api/v3/portals", json={"a": "\ud800"}),
    lambda c: c.session.get(c.data_center.api_url + "/restapi/portals/", headers={"Host": "evil"}),
    lambda c: c.session.request("BREW", c.data_center.api_url + "/restapi/portals/"),
    lambda c: c.request("POST", "/portals/", data={"a": "\ud800"}),
]


@pytest.mark.parametrize("act", WRONG)
def test_it_is_refused_before_there_is_a_token(act, connection, wire, monkeypatch):
    """Nothing is sent, and the token was not asked for: no frame of the error could show it."""
    before = len(wire.requests)
    monkeypatch.setattr(connection.client.authorization, "access_token", lambda: pytest.fail("too early"))
    with pytest.raises(ZbtError) as refusal:
        act(connection)
    assert isinstance(refusal.value, UsageError)
    assert len(wire.requests) == before
