"""HTTP messages as values, as the sandbox's world takes and gives them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Upload:
    """One file part of a multipart body."""

    name: str
    filename: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Request:
    """What a client sent; ``url`` is absolute, header names are lower-case."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port: which of the sandbox's sites is meant."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.url).path or "/"

    @cached_property
    def query(self) -> dict[str, str]:
        """Query parameters; of a repeated name the last value counts, as in Zoho's servlets' own forms."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """Fields of an urlencoded or multipart body; empty for any other body."""
        return dict(self._pairs) if self._pairs else self._multipart[0]

    def every(self, name: str) -> list[str]:
        """All values of a field of the body that is repeated."""
        return [value for key, value in self._pairs if key == name] or [self.form[name]]

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @cached_property
    def uploads(self) -> tuple[Upload, ...]:
        """File parts of a multipart body."""
        return self._multipart[1]

    @cached_property
    def params(self) -> dict[str, str]:
        """Query and form fields together: Zoho takes most parameters from either."""
        return {**self.query, **self.form}

    def json(self) -> Any:
        """Decode the body; raise ValueError where it is not JSON."""
        return json.loads(self.body)

    @cached_property
    def _multipart(self) -> tuple[dict[str, str], tuple[Upload, ...]]:
        kind = self.headers.get("content-type", "")
        if not kind.lower().startswith("multipart/form-data"):
            return {}, ()
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + self.body)
        fields: dict[str, str] = {}
        uploads: list[Upload] = []
        for part in message.iter_parts() if message.is_multipart() else ():
            name = str(part.get_param("name", "", header="content-disposition"))
            content = part.get_payload(decode=True)
            content = content if isinstance(content, bytes) else b""
            filename = part.get_filename()
            if filename is None:
                fields[name] = content.decode("utf-8", "replace")
            else:
                uploads.append(Upload(name, filename, part.get_content_type(), content))
        return fields, tuple(uploads)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the server is to put a response on the wire; where there is no wire, nobody heeds it."""

    kind: Literal["plain", "drip", "chunk_drip", "hang", "reset", "refuse", "truncate", "wrong_length"] = "plain"
    delay: float = 0  # seconds before anything is sent
    seconds: float = 0  # between drips, or of hanging
    size: int = 0  # bytes a drip, bytes before the break, or the error in Content-Length


@dataclass(frozen=True)
class Response:
    """What the sandbox answers; ``headers`` may repeat a name."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    delivery: Delivery = Delivery()

    def header(self, name: str) -> str | None:
        """Give the first value of a header, whose case does not matter."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def json_response(status: int, value: object, *headers: tuple[str, str]) -> Response:
    """JSON as Zoho sends it: UTF-8, with the charset named."""
    return Response(status, encode_json(value), (("Content-Type", "application/json;charset=UTF-8"), *headers))


def encode_json(value: object, text: str = "") -> bytes:
    """Write a value, or JSON *text*, in UTF-8, which cannot carry lone surrogates: these are written as escapes."""
    text = text or json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def html_response(status: int, page: str, *headers: tuple[str, str]) -> Response:
    """Wrap a page that no script of anybody else's may enter."""
    return Response(status, page.encode(), (("Content-Type", "text/html;charset=UTF-8"), *headers))
