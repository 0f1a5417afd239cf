"""The search itself: what is planted is found."""

import base64
import json
import sqlite3
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaks.find_secrets import find_secrets

TOKEN = "1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210"
ODD = "pass/word+with=odd&signs <and> more"
SECRETS = {"token": TOKEN, "odd": ODD}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (f"Authorization: Zoho-oauthtoken {TOKEN}\r\n".encode(), "token as it is"),
        (TOKEN.upper().encode(), "token as it is"),
        (TOKEN[20:44].encode(), "token as it is"),
        (json.dumps({"cells": [{"source": [f"x = '{TOKEN}'"]}]}).encode(), "token as it is"),
        (TOKEN.encode("utf-16"), "token as UTF-16"),
        (TOKEN.encode().hex().upper().encode(), "token as hexadecimal"),
        (f"?code={quote(ODD, safe='')}&state=1".encode(), "odd as URL-encoded"),
        (f"?code={quote(ODD)}&state=1".encode(), "odd as URL-encoded"),
        (b"&lt;b&gt;pass/word+with=odd&amp;signs &lt;and&gt; more", "odd as HTML"),
        (base64.b64encode(f"client:{TOKEN}".encode()), "token as base64"),
        (base64.urlsafe_b64encode(f"ab{ODD}c".encode()), "odd as base64"),
    ],
)
def test_what_is_planted_is_found(planted, found):
    """In plain text, in part, in JSON, URLs, HTML, UTF-16, hexadecimal and base64."""
    assert found in find_secrets(b"\x00before" + planted + b"after\xff", SECRETS)


@given(before=st.binary(max_size=40), secret=st.text(min_size=8, max_size=70), after=st.binary(max_size=40))
def test_base64_is_found_at_every_place(before, secret, after):
    """Wherever in the encoded bytes the secret begins, whatever stands around it."""
    encoded = base64.b64encode(before + secret.encode() + after)
    assert any("base64" in found for found in find_secrets(encoded, {"it": secret}))


@given(
    start=st.integers(0, len(TOKEN) - 24),
    length=st.integers(24, len(TOKEN)),
    around=st.text(alphabet="xyz ", max_size=9),
)
def test_a_long_part_is_enough(start, length, around):
    """What was cut off somewhere is found if 24 characters are left."""
    part = TOKEN[start : start + length]
    assert find_secrets(f"{around}{part}{around}".encode(), SECRETS) == ["token as it is"]


def test_a_database_is_searched_as_its_bytes(tmp_path):
    """IPython's history is one."""
    path = tmp_path / "history.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("create table history (source text)")
        database.execute("insert into history values (?)", [f"%zbt login --token {TOKEN}"])
    database.close()
    assert find_secrets(path.read_bytes(), SECRETS)


def test_nothing_is_found_where_nothing_is():
    """Neither in nothing, nor in another token of the same shape."""
    assert find_secrets(b"", SECRETS) == []
    assert find_secrets(b"1000.abcdefabcdefabcdefabcdefabcdefab.abcdefabcdefabcdefabcdefabcdefab", SECRETS) == []


def test_too_short_a_secret_is_refused():
    """A search for three letters finds them everywhere, or was a mistake."""
    with pytest.raises(ValueError, match="too few"):
        find_secrets(b"", {"short": "abc"})
