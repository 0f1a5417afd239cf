"""Takes live secrets out of texts of others, in whatever dress they stand there, and makes such texts fit to show."""

import html
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import unquote_to_bytes

from zbt_notebook.client.secret_forms import Span, forms_of, matches
from zbt_notebook.client.secret_str import live_secrets

HIDDEN = "…"
TOKEN_SHAPE = re.compile(r"(?<![0-9A-Za-z])1[0-9]{3}\.[0-9A-Fa-f]{16,64}\.[0-9A-Fa-f]{16,64}")  # and of a code
CLIENT_SECRET_SHAPE = re.compile(r"(?<![0-9A-Za-z_./+=-])[0-9a-f]{42}(?![0-9A-Za-z_/+=-])")  # no hash is as long

_SHORTEST, _ENOUGH = 6, 10  # characters: shorter texts are no secrets; as much of a long one gives it away
NO_WORD = 16  # characters: shorter ones, "client-secret" among them, stand in our own words
_LONGEST_SHOWN = 200  # characters: a line and a half on a screen
_ONE = 8  # characters in which one is written, as in an entity
_DEEPEST = 3  # encodings within each other

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# Characters that take no room on a screen: a secret with some of them inside reads, and pastes, as itself
_INVISIBLE = (
    r"\x00-\x08\n\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_WRITTEN = re.compile(
    rf"{_ANSI.pattern}|(?:%[0-9A-Fa-f]{{2}})+|&(?:#[0-9]{{1,7}};?|#[xX][0-9A-Fa-f]{{1,6}};?|[A-Za-z]{{2,31}};)"
    r"|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U00[0-9A-Fa-f]{6}|\\x[0-9A-Fa-f]{2}|\\00(?:00)?[0-9A-Fa-f]{2}|\\[/\"'\\nrt]|=(?:[0-9A-F]{2}|\r?\n)"
)
_ENCODED = re.compile(rf"{_WRITTEN.pattern}|[{_INVISIBLE}]+")
_ONLY_INVISIBLE = re.compile(f"[{_INVISIBLE}]+")


def redact(text: str, *, enough: int = _ENOUGH) -> str:
    """The text without live secrets, and without what looks like one of Zoho's; *enough* as in ``find``."""
    found = [match.span() for shape in (TOKEN_SHAPE, CLIENT_SECRET_SHAPE) for match in shape.finditer(text)]
    found += find(text, live_secrets(), enough=enough)
    for start, end in reversed(_merged(found)):
        text = text[:start] + HIDDEN + text[end:]
    return text


def one_line(text: object) -> str:
    """A text of somebody else's, fit to stand in one line: no secret, no control character, no change of direction."""
    clean = _ANSI.sub("", redact(str(text)))
    clean = "".join(character if character.isprintable() else " " for character in _ONLY_INVISIBLE.sub(_gap, clean))
    return clean if len(clean) <= _LONGEST_SHOWN else clean[: _LONGEST_SHOWN - 1] + HIDDEN


def plain(text: str) -> str:
    """Make a text harmless to print: no control or direction characters, no escape sequences, one line."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in _JOINERS else " " if character.isspace() else "\ufffd"
        for character in text
    )


_JOINERS = "\u200c\u200d"  # Persian and emoji are spelt with these


def _gap(invisible: re.Match[str]) -> str:
    return " " if any(character.isspace() for character in invisible.group()) else ""


def holds_secret(text: str) -> bool:
    """Whether a live secret of this process, or something with a Zoho token's shape, stands in the text."""
    return holds_token(text) or bool(find(text, live_secrets()))


def holds_token(text: str) -> bool:
    """Whether something in the text looks like one of Zoho's codes, tokens or client secrets."""
    return bool(TOKEN_SHAPE.search(text) or CLIENT_SECRET_SHAPE.search(text))


def find(text: str, secrets: Iterable[str], *, enough: int = _ENOUGH) -> list[Span]:
    """Where secrets stand in a text: as they are, in part, and encoded in any of the usual ways.

    A part of *enough* characters counts. Shorter secrets count whole, but for those that could be a word of our own.
    """
    if not text:
        return []
    shortest = _SHORTEST if enough < NO_WORD else NO_WORD
    known = [forms_of(secret) for secret in secrets if len(secret) >= shortest]
    if not known:
        return []
    layers = decodings(text, _WRITTEN)
    return _merged(original(*span) for layer, original in layers for span in matches(layer, known, enough))


def decodings(text: str, encoded: re.Pattern[str] = _ENCODED) -> Iterator[tuple[str, Callable[[int, int], Span]]]:
    """The text as it is, then with one encoding after the other taken off, and the way back to offsets in it."""
    layers: list[_Decoded] = []

    def original(start: int, end: int) -> Span:
        for layer in reversed(layers):
            start, end = layer.original(start, end)
        return start, end

    for _ in range(_DEEPEST + 1):
        yield text, original
        layer = _Decoded.of(text, encoded)
        if not layer.edits:
            return
        layers.append(layer)
        text = layer.text


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class _Decoded:
    """A text with one encoding taken off, and the way back to the offsets in what it was."""

    text: str
    edits: tuple[tuple[int, int, int, int], ...]  # start and end in the new text, start and end in the old one

    @classmethod
    def of(cls, text: str, encoded: re.Pattern[str]) -> "_Decoded":
        pieces: list[str] = []
        edits: list[tuple[int, int, int, int]] = []
        length = done = 0
        for match in encoded.finditer(text):
            meant = _meaning(match.group()) if len(match.group()) > _ONE else _meaning_of_one(match.group())
            if meant == match.group():
                continue
            pieces += (text[done : match.start()], meant)
            length += match.start() - done
            edits.append((length, length + len(meant), match.start(), match.end()))
            length, done = length + len(meant), match.end()
        return cls("".join((*pieces, text[done:])), tuple(edits))

    @cached_property
    def _starts(self) -> list[int]:
        return [edit[0] for edit in self.edits]

    def original(self, start: int, end: int) -> Span:
        """The offset in the old text of one in the new text; an encoded piece is touched whole."""
        return self._back(start, is_end=False), self._back(end - 1, is_end=True)

    def _back(self, offset: int, *, is_end: bool) -> int:
        last = bisect_right(self._starts, offset) - 1
        if last < 0:
            return offset + is_end
        _, new_end, old_start, old_end = self.edits[last]
        if offset < new_end:
            return old_end if is_end else old_start
        return old_end + offset - new_end + is_end


@lru_cache
def _meaning_of_one(encoded: str) -> str:
    """The same for what is one character, and therefore no secret that a cache could keep alive."""
    return _meaning(encoded)


_SHORT_ESCAPES = {"n": "", "r": "", "t": ""}  # a line end within a secret, as JSON writes it, is as good as none


def _meaning(encoded: str) -> str:
    """What a percent-encoded run, an entity, an escape, a line end or an invisible character stands for."""
    if encoded[0] == "%":
        meant = unquote_to_bytes(encoded).decode("utf-8", "replace")
    elif encoded[0] == "=":  # quoted-printable
        meant = chr(int(encoded[1:], 16)) if encoded[1:].isalnum() else ""
    elif encoded[0] == "&":
        meant = html.unescape(encoded)
    elif encoded[0] == "\\" and encoded[1] in "uUx0":
        meant = chr(min(int(encoded[2:].strip("{}"), 16), sys.maxunicode))
    elif encoded[0] == "\\":
        return _SHORT_ESCAPES.get(encoded[1], encoded[1])
    else:
        return ""
    return _ONLY_INVISIBLE.sub("", meant)
