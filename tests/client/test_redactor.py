"""The redactor: no live secret is one_line, in whatever dress a text of others brings it."""

import base64
import codecs
import copy
import gc
import html
import pickle
import quopri
import random
import time
import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.redactor import HIDDEN, decodings, find, holds_secret, holds_token, one_line, redact
from zbt_notebook.client.secret_forms import forms_of
from zbt_notebook.client.secret_str import SecretStr, live_secrets

SECRET = "c4n4ry5ecret7d2f8e1b6a9c3d5e7f0a1b2c4d6e8f"
ODD = "pass/word+with=odd&signs<and>more"
TOKEN = "1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210"

DRESSES = {
    "plain": lambda text: text,
    "upper case": str.upper,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent-encoded whole": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "entities without an end": lambda text: "".join(f"&#{ord(character)}" for character in text),
    "JavaScript's long escapes": lambda text: "".join(f"\\u{{{ord(character):x}}}" for character in text),
    "Python's long escapes": lambda text: "".join(f"\\U{ord(character):08x}" for character in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in capitals": lambda text: base64.b64encode(text.encode()).decode().upper(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 of percent-encoded": lambda text: base64.b64encode(quote(text, safe="").encode()).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "hexadecimal of UTF-16": lambda text: text.encode("utf-16-le").hex(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper(),
    "hexadecimal in pairs": lambda text: text.encode().hex(":"),
    "hexadecimal with spaces": lambda text: text.encode().hex(" "),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base32 in small letters": lambda text: base64.b32encode(text.encode()).decode().lower(),
    "base85": lambda text: base64.b85encode(text.encode()).decode(),
    "Ascii85": lambda text: base64.a85encode(text.encode()).decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "octal escapes": lambda text: "".join(f"\\{ord(character):03o}" for character in text),
    "short octal escapes": lambda text: "".join(f"\\{ord(character):o}" for character in text),
    "CSS escapes": lambda text: "".join(f"\\{ord(character):06x}" for character in text),
    "short CSS escapes": lambda text: "".join(f"\\{ord(character):x} " for character in text),
    "JavaScript's escapes": lambda text: "".join(f"\\x{ord(character):02x}" for character in text),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "quoted-printable whole": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "quoted-printable lines": lambda text: "=\n".join((text[:9], text[9:])),
    "a list of numbers": lambda text: str(list(text.encode()))[1:-1],
    "a list in hexadecimal": lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()),
    "full-width letters": lambda text: "".join(chr(ord(character) + 0xFEE0) for character in text),
    "letters for formulas": lambda text: text.translate({ord("a") + n: 0x1D41A + n for n in range(26)}),
    "letters apart": " ".join,
    "letters between bars": "|".join,
    "letters of a list": lambda text: str(list(text))[1:-1],
    "HTML": html.escape,
    "HTML entities": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "JSON escapes": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "zero-width characters": "\u200b".join,
    "soft hyphens as entities": "&shy;".join,
    "direction marks": lambda text: "\u202e".join((text[:9], text[9:])),
    "ANSI colours": lambda text: "\x1b[31m".join((text[:9], text[9:])),
    "two lines": lambda text: "\n".join((text[:9], text[9:])),
    "cut at the end": lambda text: text[:14],
    "cut at the beginning": lambda text: text[-14:],
    "cut at both ends": lambda text: text[3:-3],
}


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
@pytest.mark.parametrize("secret", [SECRET, ODD], ids=["a client secret", "odd characters"])
def test_t49_a_live_secret_is_taken_out_in_every_dress(secret, dress):
    """Nothing of the text but what stands around the secret is left; the encoding's padding may be."""
    held = SecretStr(secret)
    cleaned = redact(f"before {dress(secret)} after")
    assert len(cleaned) <= len("before …6Q== after")
    assert "…" in cleaned
    assert holds_secret(dress(secret))
    assert held == secret


@pytest.mark.parametrize(
    ("encode", "group", "written"),
    [
        (base64.b64encode, 3, 4),
        (base64.b32encode, 5, 8),
        (base64.b85encode, 4, 5),
        (base64.a85encode, 4, 5),
    ],
)
@given(before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_an_encoding_is_read_wherever_in_it_the_secret_begins(encode, group, written, before, after):
    """As in the ``Authorization`` header of Basic authentication; no letter or figure is left that is its alone."""
    before, known_alone = before.replace(b"\0", b"x"), written != 5  # four NULs are one character of Ascii85
    first, last = len(before), len(before) + len(SECRET)
    first = -(-first * written // group) if known_alone else -(-first // group) * written
    last = last * written // group if known_alone else last // group * written
    encoded = encode(before + SECRET.encode() + after).decode()
    ((start, end),) = find(encoded, [SECRET])
    assert not any(map(str.isalnum, encoded[first:start] + encoded[end:last]))


@pytest.mark.parametrize("secret", [SECRET, ODD])
def test_ten_characters_are_taken_out_wherever_they_stand(secret):
    """Whichever ten of the secret they are; nine may be anybody's."""
    for start in range(len(secret) - 9):
        for before in range(6):
            text = f"{'~' * before}{secret[start : start + 10]}~"
            assert find(text, [secret]) == [(before, before + 10)]
            assert find(text.replace(secret[start + 9] + "~", "~"), [secret]) == []


@pytest.mark.parametrize(
    ("secret", "text", "is_found"),
    [
        ("abcdefghijkl1234", "a b c d e f g h i j k l", True),
        ("abcdefghijklm123", "a b c d e f g h i j k l", False),
        ("abcdefghijkl123", "a b c d e f g h i j k l", False),
        ("the-1-cat-2-sat-3-on-4-a-mat", "the1cat2sat3", False),
        ("the-1-cat-2-sat-3-on-4-a-mat", "the-1-cat-2-", True),
        ("the-1-cat-2-sat-3-on-4-a-mat", "the1cat2sat3on4amat", True),
        ("correct-horse-battery-staple", "correct horse battery", False),
        ("correct-horse-battery-staple", "Correct horse battery staple", True),
        ("abcd-efgh-ijkl-mnop", "abcd efgh ijkl mnop", True),
        ("abcd-efgh-ijkl-mno", "abcd efgh ijkl mno", False),
    ],
)
def test_a_part_of_a_random_secret_counts_and_of_words_only_all(secret, text, is_found):
    """Sixteen letters and figures, four figures among them, are random: nobody writes ten of them by chance."""
    assert bool(find(f"<{text}>", [secret])) is is_found


@pytest.mark.parametrize(("part", "is_found"), [(15, False), (16, True)])
def test_as_much_as_is_asked_for_of_a_long_secret_counts(part, is_found):
    """Less of it may stand in our own words."""
    assert bool(find(f"<{SECRET[:part]}>", [SECRET], enough=16)) is is_found


def test_a_letter_that_is_two_in_small_does_not_move_the_place():
    """The Turkish capital I with a dot is the best known."""
    held = SecretStr(SECRET)
    assert redact(f"{'İ' * 20} {held.upper()} İi") == f"{'İ' * 20} … İi"


def test_a_secret_that_is_no_text_of_unicode_is_found():
    """Half a surrogate pair cannot be encoded, and is looked for all the same."""
    secret = "half-a-pair-\ud800-0123"
    assert find(f"<{secret}>", [secret]) == [(1, 1 + len(secret))]


def test_the_forms_of_a_held_secret_are_made_once():
    """They are hundreds, and every error's text is searched for them."""
    held = SecretStr(SECRET)
    assert forms_of(held) is forms_of(held)


@given(start=st.integers(0, len(TOKEN) - 20), length=st.integers(20, len(TOKEN)))
def test_a_long_part_of_a_token_is_taken_out(start, length):
    """A text that was cut off somewhere gives nothing away."""
    token = SecretStr(TOKEN)
    assert redact(f"[{token[start : start + length]}]").replace(".", "") == "[…]"


@given(st.text(), st.text())
def test_what_stands_around_a_secret_stays(before, after):
    """The places found are those of the text as it came, whatever was decoded on the way."""
    held = SecretStr(SECRET)
    text = f"{before} {held.upper()} {after}"
    (start, end), *more = find(text, [SECRET])
    assert not more
    assert text[start:end].strip() == SECRET.upper()


@given(st.text(max_size=300))
def test_a_text_without_a_secret_is_not_changed(text):
    """No false alarm, and no exception for any text."""
    held = SecretStr(SECRET)
    assert redact(text) == text
    assert held


def test_a_secret_is_known_as_long_as_somebody_holds_it():
    """Two who hold the same text are two: the text is known until both are gone."""
    first, second = SecretStr("held-twice-0123"), SecretStr("held-twice-0123")
    del first
    gc.collect()
    assert "held-twice-0123" in live_secrets()
    assert redact(f"-> {second}") == "-> …"
    del second
    gc.collect()
    assert "held-twice-0123" not in live_secrets()


def test_secrets_of_the_environment_count_as_live(monkeypatch):
    """A kernel that has not signed in yet must not show them either."""
    monkeypatch.setenv("ZBT_CLIENT_SECRET", SECRET)
    assert redact(SECRET) == "…"


def test_a_token_that_is_not_ours_is_taken_out_by_its_shape():
    """One that was signed out a minute ago, or another kernel's."""
    assert redact(f"token {TOKEN} is revoked") == "token … is revoked"


@given(
    before=st.text(max_size=60),
    after=st.text(max_size=60),
    dress=st.sampled_from([dress for name, dress in DRESSES.items() if not name.startswith("cut")]),
    secret=st.one_of(st.just(TOKEN), st.just(SECRET), st.binary(min_size=21, max_size=40).map(bytes.hex)),
)
def test_t49_no_dress_of_any_secret_is_missed_among_other_text(before, after, dress, secret):
    """Whatever stands around it; of the encoded text half a dozen characters may be left."""
    held = SecretStr(secret)
    text = dress(secret)
    cleaned = redact(f"{before} {text} {after}")
    assert HIDDEN in cleaned
    assert text[6:-8] not in cleaned
    assert len(cleaned) <= len(f"{before} … {after}") + 8
    assert held


ORDINARY = {
    "hashes": lambda chance: "\n".join(f"{chance.getrandbits(256):064x}" for _ in range(15_000)),
    "identities": lambda chance: " ".join(str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(27_000)),
    "figures": lambda chance: ", ".join(str(chance.random()) for _ in range(50_000)),
    "bytes": lambda chance: str([chance.randrange(256) for _ in range(200_000)]),
    "a picture": lambda chance: base64.b64encode(chance.randbytes(750_000)).decode(),
    "words": lambda chance: " ".join(
        chance.choices(["a", "bug", "is", "a", "feature", "with", "a", "number", "of", "1000", "words"], k=200_000)
    ),
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_a_megabyte_of_an_ordinary_text_is_no_alarm_and_soon_through(kind):
    """Each takes some hundredths of a second; in a busy machine's own time a second is allowed."""
    text = ORDINARY[kind](random.Random(kind))
    secrets = [SecretStr(f"{TOKEN[:20]}{number:016x}{TOKEN[36:]}") for number in range(3)] + [SecretStr(SECRET)]
    find("warm", secrets)
    began = time.process_time()
    assert find(text, secrets) == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("%41%c3%A9", "Aé"),
        ("%e2%82", "\ufffd"),
        ("&#65;&#65&#x41;&#X41", "AAAA"),
        ("&amp;&lt;&nosuch;", "&<&nosuch;"),
        (r"\u0041\u{41}\u{1f41b}\U0001f41b\x41", "AA🐛🐛A"),
        (r"\u{ffffff}", "\U0010ffff"),
        (r"\0041\000041", "AA"),
        (r"\/\"\'\\ \n\r\t\q", r"""/"'\ \q"""),
        ("=41=3D=\n=\r\n=zz=4a", "A==zz=4a"),
        ("\x1b[1;31mA\x1b]0;title\x07B\x1bMC", "ABC"),
        ("A\u200b\u202e\nB\u00ad", "AB"),
        ("%E2%80%8B&ZeroWidthSpace;A", "A"),
    ],
)
def test_what_is_written_otherwise_is_read(written, meant):
    """Every kind of escape, and what takes no room."""
    layers = [text for text, _ in decodings(written)]
    assert layers[:2] == [written, meant]


def test_a_place_is_found_again_through_every_layer():
    """An encoded piece is touched whole; three encodings within each other are taken off, and no fourth."""
    text = "ab%2541c&#x44;e"
    places = [(layer, original) for layer, original in decodings(text)]
    assert [layer for layer, _ in places] == [text, "ab%41cDe", "abAcDe"]
    *_, (layer, original) = decodings(text)
    spelt = {layer[start:end]: text[slice(*original(start, end))] for start in range(6) for end in range(start + 1, 7)}
    assert spelt["a"] == "a"
    assert spelt["A"] == "%2541"
    assert spelt["bAc"] == "b%2541c"
    assert spelt["D"] == "&#x44;"
    assert spelt["De"] == "&#x44;e"
    assert spelt["e"] == "e"
    assert spelt["abAcDe"] == text
    assert len(list(decodings("%25252525252541"))) == 4


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TOKEN, True),
        ("0123456789abcdef" * 2 + "0123456789", True),
        ("1000.abc.def", False),
        ("a" * 64, False),
    ],
)
def test_a_shape_alone_is_enough(text, is_one):
    """Of a token, or of a client's secret, whoever holds it."""
    assert holds_token(f"x {text} y") is is_one
    assert holds_secret(f"x {text} y") is is_one


@pytest.mark.parametrize(
    ("secret", "enough", "is_found"),
    [("sixsix", 10, True), ("fives", 10, False), ("fifteen-letters", 16, False), ("sixteen-letters!", 16, True)],
)
def test_how_short_a_secret_counts(secret, enough, is_found):
    """Whole; in our own words only where it can be none of them."""
    text = f"a {secret} b"
    assert find(text, [secret], enough=enough) == ([(2, 2 + len(secret))] if is_found else [])
    assert find(text, [], enough=enough) == find("", [secret], enough=enough) == []


def test_secrets_side_by_side_are_one_place_and_apart_are_two():
    """Nothing between them is lost."""
    first, second = SecretStr("first-Secret-0123456789"), SecretStr("other-Secret-9876543210")
    assert redact(f"<{first}{second}>") == "<…>"
    assert redact(f"<{first} {second}>") == "<… …>"
    assert redact(f"{first} and {second}") == "… and …"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]8;;https://evil.example\x07link", "link"),
        ("abc\u202edef\u2066", "abcdef"),
        ("two\nlines\tand\x00a NUL", "two lines anda NUL"),
        ("half \ud800 a pair", "half   a pair"),
        ("x" * 300, "x" * 199 + "…"),
        ("x" * 200, "x" * 200),
    ],
)
def test_t54_what_is_shown_is_one_clean_line(text, clean):
    """Neither control characters nor escape sequences nor marks of direction reach the screen."""
    assert one_line(text) == clean


def test_an_error_does_not_quote_a_secret():
    """Whatever put it into the message or the hint, the exception does not hold it."""
    held = SecretStr(SECRET)
    error = UsageError(f"{held!s} is no portal", hint=f"Leave {held.upper()} out.")
    assert str(error) == "… is no portal\nLeave … out."


@pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy])
def test_t46_a_held_secret_is_not_carried_out_of_the_kernel(carry):
    """Neither pickled nor copied."""
    with pytest.raises(TypeError, match="leave the kernel"):
        carry(SecretStr(SECRET))


@pytest.mark.parametrize("length", range(6, 10))
def test_a_short_secret_leaves_every_other_text_as_it_is(length):
    """Between the groups of base85 nothing of a short secret may be left: nothing is no form of it."""
    secret = SecretStr("canary-of-mine"[:length])
    assert redact("Zoho answers URL_RULE") == "Zoho answers URL_RULE"
    assert redact(f"Zoho answers {secret}") == "Zoho answers …"


@pytest.mark.parametrize("part", ["qwert1m5p0", "qwert8n2x7"])
def test_a_part_that_begins_like_another_part_is_found(part):
    """Five characters stand twice in a secret: what follows either of them gives it away."""
    secret = "k3v9zqwert1m5p0aqwert8n2x7j4"
    assert find(part, [secret]) == [(0, len(part))]
