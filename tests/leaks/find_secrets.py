"""Finds secrets in whatever was left behind, in every dress that software puts on a text."""

import base64
import html
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote, quote_plus

LONG = 24  # characters; as much of a long secret counts as the whole of it
_PIECE, _STEP = 16, 8  # any LONG characters in a row hold one of these pieces whole


def find_secrets(artefact: bytes, secrets: Mapping[str, str]) -> list[str]:
    """Say which of the named secrets stand in *artefact*, and how: ``["client secret as base64", …]``."""
    text = artefact.lower()  # hexadecimal and percent-encoding come in both cases; a canary is no word of another text
    return [
        f"{name} as {form}"
        for name, secret in secrets.items()
        for form, dresses in _dressed(secret)
        if any(dress in text for dress in dresses)
    ]


@cache
def _dressed(secret: str) -> list[tuple[str, list[bytes]]]:
    """Each form of a text with its bytes in lower case."""
    return [(form, [dress.lower() for dress in dresses]) for form, dresses in _dresses(secret)]


def _dresses(secret: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Each form of a text; base64 has one for each place within three bytes at which it may begin."""
    if len(secret) < _STEP:
        raise ValueError(f"{len(secret)} characters are too few to be told from chance")
    pieces = {secret[start : start + _PIECE] for start in range(0, max(1, len(secret) - _PIECE + 1), _STEP)}
    encoded = {piece.encode() for piece in pieces}
    yield "it is", encoded
    yield "UTF-16", {piece.encode("utf-16-le") for piece in pieces} | {piece.encode("utf-16-be") for piece in pieces}
    yield "hexadecimal", {piece.hex().encode() for piece in encoded}
    yield "URL-encoded", {form for piece in pieces for form in _url_encoded(piece)} - encoded
    yield "HTML", {html.escape(piece).encode() for piece in pieces} - encoded
    yield "base64", {form for piece in encoded for form in _base64(piece)}


def _url_encoded(piece: str) -> Iterator[bytes]:
    yield from (quote(piece).encode(), quote(piece, safe="").encode(), quote_plus(piece).encode())
    yield "".join(f"%{byte:02X}" for byte in piece.encode()).encode()


def _base64(piece: bytes) -> Iterator[bytes]:
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # Its first and last characters hold bits of its neighbours as well.
            whole = encode(bytes(before) + piece)
            first = -(-before * 8 // 6)
            yield whole[first : (before + len(piece)) * 8 // 6]
