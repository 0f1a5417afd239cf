"""Requests and responses as values: the seam between thinking and the network."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from zbt_notebook.client.errors import Unreachable
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.redactor import one_line

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body; ``path`` is where it was read, if it was a file.

    Without a ``filename`` it is a field; ``content_type`` is guessed by the name where it is empty.
    """

    name: str
    filename: str
    content: bytes = field(repr=False)
    path: str = ""
    content_type: str = ""
    headers: Pairs = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, whole. At most one of ``form`` (with ``uploads``) and ``json`` is given."""

    method: str
    url: str
    params: Pairs = ()
    headers: Pairs = field(default=(), repr=False)
    form: Pairs | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    uploads: tuple[Upload, ...] = field(default=(), repr=False)
    raw: bytes | None = field(default=None, repr=False)  # a body somebody else encoded

    @property
    def is_safe(self) -> bool:
        """Whether sending it twice does what sending it once does (RFC 9110 §9.2.1)."""
        return self.method in {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer; ``headers`` are lower-case, ``body`` is decompressed, ``elapsed`` in seconds."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    elapsed: float = 0.0


Transport = Callable[[Request], Response]
"""Sends a request and gives the answer, whatever its status; raises Unreachable where none came."""


def decode_json(response: Response) -> Any:
    """Decode a body as JSON, always from its bytes: Zoho labels some of it ``text/html`` without a charset.

    Raise Unreachable, without quoting the body, where it is something else.
    """
    fast = _fast_loads() if len(response.body) > _SMALL else None
    if fast is not None and _LONG_NUMBER not in response.body.translate(_DIGITS):
        try:
            return fast(response.body)
        except ValueError:
            pass  # half a surrogate pair, NaN, a byte order mark: the standard library takes them
    try:
        return json.loads(response.body.decode(json.detect_encoding(response.body)))
    except (ValueError, RecursionError):
        kind = one_line(response.headers.get("content-type", "no content type").partition(";")[0])
    raise Unreachable(
        f"the answer is not JSON (HTTP {response.status}, {kind}, {counted(len(response.body), 'bytes')})",
        hint="Check the data centre and the address: a proxy, a captive portal or a wrong host answers with pages.",
    )


_SMALL = 4096  # bytes, up to which either is fast enough
_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256))  # noqa: PLR2004  ASCII
_LONG_NUMBER = b"0" * 19  # such numbers may exceed 64 bits, which orjson rounds without a word


@cache
def _fast_loads() -> Callable[[bytes], Any] | None:
    try:
        from orjson import loads
    except ImportError:
        return None
    return loads
