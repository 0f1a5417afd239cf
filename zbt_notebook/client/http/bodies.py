"""A request's body as bytes, whatever it was given as."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from urllib3.fields import RequestField, guess_content_type
from urllib3.filepost import encode_multipart_formdata

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Request, Upload
from zbt_notebook.client.quoting import shown


def is_raw(value: object) -> bool:
    """Whether a body is given as bytes, or as something to read them from."""
    return isinstance(value, bytes | bytearray | memoryview) or callable(getattr(value, "read", None))


def read_body(value: Any, what: str = "data=") -> bytes:
    """The bytes of a text, of bytes in any wrapper, of an open file from where it stands, or of pieces of these."""
    try:
        if callable(getattr(value, "read", None)):
            value = value.read()
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        if isinstance(value, Iterable):
            return b"".join(piece.encode() if isinstance(piece, str) else bytes(memoryview(piece)) for piece in value)
        problem = f"is of the type {type(value).__name__}, which is no body"
    except UnicodeEncodeError:
        problem = "holds half a character"
    except Exception as error:  # noqa: BLE001  a file may be closed, gone, or of somebody's own class
        problem = f"cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"
    raise UsageError(f"{shown(what)} {problem}", hint="Give a dict, pairs, a text, bytes or an open file.")


def encode_body(request: Request) -> tuple[bytes | None, str]:
    """The body as it goes over the wire, and its content type, empty where somebody else encoded it."""
    if request.raw is not None:
        return request.raw, ""
    if request.json is not None:
        return json.dumps(request.json, ensure_ascii=False).encode(), "application/json"
    if request.uploads:
        fields = [RequestField.from_tuples(name, value) for name, value in request.form or ()]
        return encode_multipart_formdata([*fields, *map(_part, request.uploads)])
    if request.form is not None:
        return urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    return None, ""


def _part(upload: Upload) -> RequestField:
    part = RequestField(upload.name, upload.content, upload.filename or None, headers=dict(upload.headers))
    guessed = guess_content_type(upload.filename) if upload.filename else None
    part.make_multipart(content_type=upload.content_type or guessed)
    return part
