"""What requests' users know: its Response, made of ours, and a Session that signs what goes to the API."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from http.client import responses
from io import BytesIO
from typing import Any

import requests
import urllib3
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from zbt_notebook.client.errors import UsageError, ZbtError
from zbt_notebook.client.http.bodies import read_body
from zbt_notebook.client.http.messages import Request, Response
from zbt_notebook.client.http.transport import body_and_headers, full_url
from zbt_notebook.client.redactor import redact

_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding"}  # how the body came, before it was unpacked
_SET_BY_REQUESTS = {"authorization", "connection", "content-length", "transfer-encoding"}


def prepare(request: Request) -> requests.PreparedRequest:
    """The request as requests would prepare it."""
    prepared = requests.PreparedRequest()
    prepared.body, headers = body_and_headers(request)
    prepared.headers = CaseInsensitiveDict(headers)
    prepared.method = request.method
    prepared.url = full_url(request)
    return prepared


def as_requests_response(response: Response, request: Request) -> requests.Response:
    """The answer as requests would give it, read whole: its ``request`` bears no token, ``raw`` can be read once."""
    prepared = prepare(request)
    headers = {name: redact(value) for name, value in response.headers.items()}
    answer = requests.Response()
    answer.status_code = response.status
    answer.headers = CaseInsensitiveDict(headers)
    answer._content = response.body  # noqa: SLF001  requests has no other way to make a response that is already read
    answer._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001  as above: iter_content looks at it
    answer.encoding = _known(requests.utils.get_encoding_from_headers(answer.headers))
    answer.url = prepared.url or ""
    answer.reason = responses.get(response.status, "")
    answer.elapsed = timedelta(seconds=response.elapsed)
    answer.request = prepared
    answer.raw = urllib3.HTTPResponse(
        body=BytesIO(response.body),
        headers={name: value for name, value in headers.items() if name not in _OF_THE_WIRE},
        status=response.status,
        reason=answer.reason,
        preload_content=False,
        request_method=request.method,
        request_url=prepared.url,
    )
    return answer


def _known(encoding: str | None) -> str | None:
    """An encoding in which any bytes can be read; None, for requests to guess, where the server names no such."""
    try:
        bytes(range(256)).decode(encoding or "", "replace")
    except (LookupError, ValueError):
        return None
    return encoding


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class _SigningAdapter(BaseAdapter):
    """Hands what goes to the API to *send*, which attaches the token to a copy and keeps the limits."""

    def __init__(self, send: Callable[[Request], Response]) -> None:
        super().__init__()
        self._send = send

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:  # type: ignore[override]  # the options (timeout, proxies, …) are the transport's own
        raw = None if request.body is None else read_body(request.body)
        headers = tuple(
            (name, _text(value)) for name, value in request.headers.items() if name.lower() not in _SET_BY_REQUESTS
        )
        ours = Request((request.method or "GET").upper(), request.url or "", headers=headers, raw=raw)
        answer = as_requests_response(self._send(ours), ours)
        answer.request = request
        answer.connection = self  # type: ignore[assignment]  # requests' own adapter sets itself
        return answer

    def close(self) -> None:
        """There is nothing of its own to close."""


class _Session(requests.Session):
    """A session whose errors before sending are ours: requests' own quote what they could not read."""

    def request(self, *arguments: Any, **named: Any) -> requests.Response:
        try:
            return super().request(*arguments, **named)
        except Exception as error:
            of_the_network = isinstance(error, requests.RequestException) and not isinstance(error, ValueError)
            if of_the_network or isinstance(error, ZbtError):
                raise
            problem = type(error).__name__
        raise UsageError(f"the request cannot be written ({problem})", hint="Look at the values you handed over.")


def signing_session(hosts: Iterable[str], send: Callable[[Request], Response]) -> requests.Session:
    """A session that signs what goes to *hosts*, given by their origins, and nothing else."""
    session = _Session()
    session.trust_env = False
    signing = _SigningAdapter(send)
    for host in hosts:
        session.mount(host + "/", signing)
    return session
