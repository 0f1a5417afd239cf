"""Checks what is to be sent before the token is added. An error after that could show the token in its traceback."""

import json
import re

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Pairs, Request
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.suggestions import did_you_mean

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2, a token
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_URL = re.compile(r"https?://[\x21-\x7e]+")
_OURS = {  # with them a request could be made of two (RFC 9112 §11.2), or go as somebody else
    **dict.fromkeys(
        ("authorization", "cookie"), "Every call is signed already; another connection signs as somebody else."
    ),
    **dict.fromkeys(
        ("x-http-method", "x-http-method-override", "x-method-override"),
        "Name the method itself: what is safe hangs on it.",
    ),
    **dict.fromkeys(
        (
            *("connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization"),
            *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        ),
        "Leave it away: it is set from the address and the body.",
    ),
}


def check_request(request: Request) -> None:
    """Raise UsageError for what cannot be sent, or would be read as another request than it seems."""
    if request.method not in METHODS:
        hint = did_you_mean(request.method, METHODS, f"The methods are {', '.join(METHODS)}.")
        raise UsageError(f"{shown(request.method)} is no method of a request", hint=hint)
    if not _URL.fullmatch(request.url):
        raise UsageError("the address holds a character that no address has", hint="Write it percent-encoded.")
    if request.headers:
        check_headers(request.headers)
    for upload in request.uploads:
        check_headers((("Content-Type", upload.content_type), *upload.headers))
    texts = (*request.params, *(request.form or ()), *((upload.name, upload.filename) for upload in request.uploads))
    for name, value in texts:
        if not (name.isascii() and value.isascii()):
            _refuse_half_characters(name, value)
    if request.json is not None:
        _check_json(request)


def check_headers(headers: Pairs) -> None:
    """Raise UsageError for a header with a line end or beyond Latin-1, and for one that is not the user's to set."""
    for name, value in headers:
        if not _NAME.fullmatch(name):
            raise UsageError(f"{shown(name)} is not the name of a header", hint="As in: If-Modified-Since")
        if hint := _OURS.get(name.lower().replace("_", "-")):  # gateways (CGI, WSGI) take one for the other
            raise UsageError(f"the header {shown(name)} cannot be set", hint=hint)
        if not _VALUE.fullmatch(value):
            raise UsageError(
                f"the header {shown(name)} holds a line end or a character beyond Latin-1",
                hint="Take it out: look at the value.",
            )


def _refuse_half_characters(name: str, *values: str) -> None:
    for text in (name, *values):
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            continue
        raise UsageError(f"{shown(name)} holds half a character", hint="Look at the value.")


def _check_json(request: Request) -> None:
    try:
        json.dumps(request.json, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        problem = "holds half a character"
    except (TypeError, ValueError, RecursionError):
        problem = "holds what JSON cannot say"
    else:
        return
    raise UsageError(f"the body {problem}", hint="Give texts, finite numbers, lists and dicts.")
