"""Data centres: named, guarded, followed from a redirect."""

import pytest

from zbt_notebook.client.auth.data_centers import (
    DATA_CENTERS,
    DataCenter,
    default_data_center,
    find_data_center,
    follow_redirect,
)
from zbt_notebook.client.errors import SignInRejected, UsageError


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("eu", "eu"),
        (" EU ", "eu"),
        ("accounts.zoho.eu", "eu"),
        ("https://accounts.zoho.com.au/", "au"),
        ("https://bugtracker.zoho.in/portal/acme", "in"),
        ("zohocloud.ca", "ca"),
        (None, "us"),
    ],
)
def test_a_data_centre_is_found_by_what_people_type(typed, name):
    """A name in any case, a host, an address."""
    assert find_data_center(typed) == DATA_CENTERS[name]


@pytest.mark.parametrize("typed", ["", "europe", "zoho.evil.example", "http://[", "eu2"])
def test_an_unknown_one_is_answered_with_the_list(typed):
    """The error names those that exist."""
    with pytest.raises(UsageError) as caught:
        find_data_center(typed)
    assert "us, eu, in" in caught.value.hint


@pytest.mark.parametrize(
    "address",
    ["http://accounts.zoho.com", "ftp://127.0.0.1", "accounts.zoho.com", "https://user@host", "https://host?x=1", ""],
)
def test_a_data_centre_of_ones_own_is_https_or_loopback(address):
    """Tokens never travel over plain http, but to this machine."""
    with pytest.raises(UsageError):
        DataCenter("mine", address, "https://bugtracker.zoho.com")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("https://exa mple.com", "character"),
        ("https://example.com:99999", "port"),
        ("https://example.com:0", "port"),
        ("https://example.com:", "port"),
        ("https://example.com:/proxy", "port"),
        ("https://example..com", "host"),
        (f"https://{'a.' * 126}com", "host"),
        ("https://example.com/proxy/../elsewhere", "path"),
        ("https://example.com/.", "path"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(address, problem):
    """The error says which part of it is wrong."""
    with pytest.raises(UsageError, match=problem):
        DataCenter("mine", "https://accounts.zoho.com", address)


def test_a_proxy_may_have_a_path():
    """Both addresses may lie below one host."""
    mine = DataCenter("mine", "https://proxy.example/accounts/", f"https://{'a.' * 125}com")
    assert mine.accounts_url == "https://proxy.example/accounts"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:9", "https://proxy.example"]
)
def test_loopback_may_be_plain(address):
    """A stand-in on this machine needs no certificate."""
    assert DataCenter("mine", address, address).api_url == address.rstrip("/")


def test_two_variables_define_the_custom_one(monkeypatch):
    """ZBT_ACCOUNTS_URL and ZBT_API_URL together are the default; one alone is a mistake."""
    monkeypatch.setenv("ZBT_ACCOUNTS_URL", "http://127.0.0.1:1")
    with pytest.raises(UsageError, match="only one"):
        default_data_center()
    monkeypatch.setenv("ZBT_API_URL", "http://127.0.0.1:2")
    assert default_data_center().name == "custom"
    assert find_data_center("custom").api_url == "http://127.0.0.1:2"
    assert find_data_center("eu") is DATA_CENTERS["eu"]


def test_the_default_can_be_named(monkeypatch):
    """ZBT_DATA_CENTER names it."""
    monkeypatch.setenv("ZBT_DATA_CENTER", "jp")
    assert default_data_center() is DATA_CENTERS["jp"]


US, EU = DATA_CENTERS["us"], DATA_CENTERS["eu"]


@pytest.mark.parametrize(
    ("location", "server", "found"),
    [
        ("", "", US),
        ("eu", "https://accounts.zoho.eu", EU),
        ("eu", "https://accounts.zoho.eu/", EU),
        ("", "https://accounts.zoho.eu", EU),
        ("eu", "", EU),
        ("atlantis", "", US),
    ],
)
def test_the_redirect_tells_where_the_code_is_good(location, server, found):
    """Location and accounts-server move the sign-in to the account's own data centre."""
    assert follow_redirect(location, server, US) == found


@pytest.mark.parametrize(
    "server", ["https://evil.example", "https://accounts.zoho.eu.evil.example", "http://accounts.zoho.eu"]
)
def test_a_server_that_is_not_zohos_is_refused(server):
    """A forged redirect must not make us send the secret elsewhere (RFC 9700 §4.4)."""
    with pytest.raises(SignInRejected, match="none of Zoho's"):
        follow_redirect("eu", server, US)


def test_a_stand_in_keeps_its_own_hosts():
    """The sandbox says location=us like Zoho; that is no reason to leave it."""
    mine = DataCenter("sandbox", "http://127.0.0.1:1", "http://127.0.0.1:2")
    assert follow_redirect("us", "http://127.0.0.1:1", mine) == mine
    assert follow_redirect("us", "", mine) == mine


def test_each_data_centre_has_its_console():
    """A client is registered where its users' accounts live."""
    assert EU.console_url == "https://api-console.zoho.eu"


@pytest.mark.parametrize("name", ["", " ", None, 5, "a\nb", "\x1b[31m", "\u202eus"])
def test_a_data_centre_of_ones_own_has_a_name(name):
    """By it lines and messages call it."""
    with pytest.raises(UsageError, match="no name"):
        DataCenter(name, "https://accounts.example.com", "https://api.example.com")
