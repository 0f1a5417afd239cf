"""Reads whatever a user brings back from Zoho's consent page: code, address or query string."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import compare_digest
from urllib.parse import parse_qsl, urlsplit

from zbt_notebook.client.auth.oauth import rejection
from zbt_notebook.client.errors import SignInRejected
from zbt_notebook.client.quoting import a
from zbt_notebook.client.secret_str import SecretStr, StaysInKernel

_LONGEST = 4096
_MOST_PIECES = 4  # into which a code may have been wrapped; a sentence, its spaces dropped, looks like a code
_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]+")  # what copying puts in by itself
_QUOTES = "\"'`<>()[]{}\u2018\u2019\u201c\u201d\u00ab\u00bb,;"
_CODE = re.compile(r"[A-Za-z0-9._~-]{8,512}")
_AGAIN = "Paste the code, or the whole address of the page on which Zoho's consent ended."


@dataclass(frozen=True, slots=True)
class Redirect(StaysInKernel):
    """What the redirect carried: the code, and where it must be redeemed."""

    code: str = field(repr=False)
    location: str = ""
    accounts_server: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", SecretStr(self.code))


def read_pasted(text: str, *, state: str = "", redirect_uri: str = "") -> Redirect:
    """Read a bare code, the address of the page the browser landed on, or its query string.

    Quotes, spaces and line breaks around and inside are dropped. Where a ``state`` came with it, it must be *state*
    (RFC 6749 §10.12); an address must be of *redirect_uri*'s host. Raise SignInRejected with what to do next; never
    quote the text.
    """
    if not isinstance(text, str):
        raise SignInRejected(f"{a(type(text).__name__)} was handed over, and no text", hint=_AGAIN)
    pasted = _INVISIBLE.sub("", text).strip(_QUOTES)
    if not pasted:
        raise SignInRejected("nothing was pasted", hint=_AGAIN)
    if len(pasted) > _LONGEST:
        raise SignInRejected(f"the pasted text is {len(pasted):,} characters long: it is not a code", hint=_AGAIN)
    fields = _fields(pasted)
    if not fields:
        if sum(any(map(str.isalnum, word)) for word in text.split()) > _MOST_PIECES:
            raise SignInRejected("the pasted text is not a code", hint=_AGAIN)
        return Redirect(_code(pasted))
    return _of_address(pasted, fields, state=state, redirect_uri=redirect_uri)


def _of_address(pasted: str, fields: Mapping[str, str], *, state: str, redirect_uri: str) -> Redirect:
    """What an address or a query string of these *fields* carries."""
    if fields.get("error"):
        raise rejection(fields["error"])
    if state and "state" in fields and not compare_digest(fields["state"].encode("utf-8", "replace"), state.encode()):
        raise SignInRejected(
            "the pasted address belongs to another sign-in: its state is not this one's",
            hint="Open this card's own consent link and paste what it ends on.",
            error="state_mismatch",
        )
    if "code" not in fields:
        raise SignInRejected("the pasted address holds no code", hint=_no_code_advice(pasted))
    _refuse_another_host(pasted, redirect_uri)
    return Redirect(_code(fields["code"]), fields.get("location", ""), fields.get("accounts-server", ""))


def _fields(pasted: str) -> dict[str, str]:
    """The parameters of an address or a query string; empty for a bare code."""
    if "=" not in pasted and "://" not in pasted:
        return {}
    try:
        parts = urlsplit(pasted)
    except ValueError:
        return {"": ""}
    query = "&".join(part for part in (parts.query, parts.fragment) if part) if parts.scheme or parts.query else pasted
    found = parse_qsl(query.lstrip("?#&"), keep_blank_values=True)
    names = [name for name, _ in found]
    for name in ("code", "state"):
        if names.count(name) > 1:  # RFC 6749 §3.1: parameters must not be there twice; which one is meant?
            raise SignInRejected(f"the pasted address holds its {name} twice", hint=_AGAIN)
    return {name: value.strip(_QUOTES) for name, value in found} or {"": ""}


def _refuse_another_host(pasted: str, redirect_uri: str) -> None:
    """Zoho sends its codes to the registered redirect URI: an address elsewhere is somebody else's."""
    host, own = _host(pasted), _host(redirect_uri)
    if host and own and host != own and not {host, own} <= _LOOPBACK:
        raise SignInRejected(
            "the pasted address is not of the redirect URI's host",
            hint=f"Paste the address of the page on which Zoho's consent ended, on {own}; do not trust another.",
            error="foreign_host",
        )


_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _host(address: str) -> str:
    before_query = re.split("[?#]", address.replace("\\", "/"), maxsplit=1)[0]  # to a browser a backslash is a slash
    if "=" in before_query:  # a query string without its question mark
        return ""
    try:
        url = before_query if "://" in before_query or before_query.startswith("/") else f"//{before_query}"
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _code(code: str) -> str:
    if _CODE.fullmatch(code):
        return code
    raise SignInRejected("the pasted text is not a code", hint=_AGAIN)


def _no_code_advice(pasted: str) -> str:
    if "/oauth/v2/auth" in pasted or "response_type=" in pasted:
        return "That is the consent link itself: open it, press Accept, then paste the address of the page after that."
    return _AGAIN
