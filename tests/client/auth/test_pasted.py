"""Whatever is pasted back from the consent page is read, or explained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.auth.pasted import read_pasted
from zbt_notebook.client.errors import SignInRejected

CODE = "1000." + "0123456789abcdef" * 2 + "." + "fedcba9876543210" * 2
STATE = "the-state_of~this.sign-in"
QUERY = f"state={STATE}&code={CODE}&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu&"
LANDED = f"http://localhost:8000/callback?{QUERY}"

junk = st.text(alphabet=" \t\r\n\u00a0\u200b\ufeff\"'`<>“”", max_size=6)


@given(st.sampled_from([CODE, LANDED, QUERY, "?" + QUERY, f"code={CODE}", f"#code={CODE}"]), junk, junk)
def test_quotes_and_spaces_around_it_do_not_matter(text, before, after):
    """Copying brings along quotes, line breaks and invisible characters."""
    assert read_pasted(before + text + after, state=STATE).code == CODE


@given(st.sampled_from([CODE, LANDED, QUERY]), st.data())
def test_a_line_break_inside_does_not_matter(text, data):
    """A mail client or a terminal wraps long lines."""
    at = data.draw(st.integers(1, len(text) - 1))
    assert read_pasted(text[:at] + "\r\n  " + text[at:], state=STATE).code == CODE


def test_the_address_tells_the_data_centre():
    """Location and accounts-server come with the code, percent-encoded or bare."""
    for query in (QUERY, QUERY.replace("%3A%2F%2F", "://")):
        redirect = read_pasted(query, state=STATE)
        assert (redirect.location, redirect.accounts_server) == ("eu", "https://accounts.zoho.eu")


def test_another_sign_ins_state_is_refused():
    """A code that somebody else obtained must not sign this user in (RFC 6749 §10.12)."""
    with pytest.raises(SignInRejected, match="another sign-in") as caught:
        read_pasted(LANDED, state="different")
    assert caught.value.error == "state_mismatch"


def test_a_refused_consent_is_explained():
    """Reject brings error=access_denied."""
    with pytest.raises(SignInRejected, match="refused") as caught:
        read_pasted(f"http://localhost:8000/callback?error=access_denied&state={STATE}", state=STATE)
    assert "Accept" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing"),
        (" \n ", "nothing"),
        ("x" * 5000, "5,000 characters"),
        ("these words make no code", "not a code"),
        ("Dear Zoho, I would like to sign in, please let me know how.", "not a code"),
        ("http://localhost:8000/callback", "no code"),
        ("http://localhost:8000/callback?error=", "no code"),
        ("https://accounts.zoho.com/oauth/v2/auth?response_type=code&client_id=1000.X", "no code"),
        ("code=", "not a code"),
        ("http://[broken?code=1", "no code"),
    ],
)
def test_what_holds_no_code_is_explained(text, says):
    """A clear sentence, and what to paste instead."""
    with pytest.raises(SignInRejected, match=says) as caught:
        read_pasted(text)
    assert caught.value.hint


def test_the_consent_link_itself_is_recognised():
    """A user who pastes the link instead of what came of it is told so."""
    with pytest.raises(SignInRejected) as caught:
        read_pasted("https://accounts.zoho.com/oauth/v2/auth?response_type=code&client_id=1000.X")
    assert "consent link itself" in caught.value.hint


@given(st.text(max_size=300))
def test_no_text_raises_anything_but_sign_in_rejected(text):
    """And no error quotes what was pasted: it may be a secret."""
    try:
        read_pasted(text, state=STATE)
    except SignInRejected as error:
        if len(text.strip()) > 12:
            assert text.strip() not in str(error)


def test_the_code_does_not_show():
    """A redirect's repr holds no code."""
    assert CODE not in repr(read_pasted(LANDED, state=STATE))


@pytest.mark.parametrize(
    "place",
    [
        r"http://evil.example\@localhost:8000/callback",
        "evil.example/callback",
        "//evil.example/callback",
        r"\\evil.example\callback",
        "HTTPS://EVIL.EXAMPLE/",
        "http://localhost:8000@evil.example/callback",
    ],
)
def test_an_address_of_another_host_is_seen_however_it_is_written(place):
    """With a backslash, which is a slash to a browser, or without its scheme, as some browsers show it."""
    with pytest.raises(SignInRejected) as caught:
        read_pasted(f"{place}?state=s&code=1000.abcd.efgh", state="s", redirect_uri="http://localhost:8000/callback")
    assert caught.value.error == "foreign_host"


@pytest.mark.parametrize("place", ["localhost:8000/callback?", "/callback?", "?", "", "127.0.0.1:8000/callback?"])
def test_an_address_of_ones_own_host_may_be_cut(place):
    """What is left of it tells the code."""
    pasted = read_pasted(
        f"{place}state=s&code=1000.abcd.efgh", state="s", redirect_uri="http://localhost:8000/callback"
    )
    assert pasted.code == "1000.abcd.efgh"


def test_half_a_character_in_a_state_is_another_state():
    """And no error of an encoder's."""
    with pytest.raises(SignInRejected, match="another sign-in"):
        read_pasted("?state=\ud800&code=1000.abcd.efgh", state="s")
