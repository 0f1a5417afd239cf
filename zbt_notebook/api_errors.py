"""Tells what a refusal by the API means: by the body before the status, for Zoho refuses under HTTP 200 too."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from zbt_notebook import endpoints
from zbt_notebook.api import ApiCall
from zbt_notebook.errors import ApiError, NotFound, RateLimited, ScopeMissing, TokenRejected, Unreachable
from zbt_notebook.http import Response, decode_json
from zbt_notebook.scopes import covers

LOCK = timedelta(minutes=30)  # what a breach costs: https://www.zoho.com/deluge/help/projects/get-portals.html

_THROTTLE = "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
_BAD_TOKEN = {"INVALID_OAUTHTOKEN", "INVALID_TICKET", "6401", "6890"}
_NOTHING_THERE = {"RESOURCE_NOT_FOUND", "6404"}
_MINUTES = re.compile(r"(?:after|in)\s+(\d{1,4})\s+minute", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error body of any of Zoho's shapes, read."""

    code: str
    text: str
    fields: tuple[str, ...] = ()


def judge(
    response: Response,
    call: ApiCall,
    *,
    granted: Iterable[str] = (),
    now: datetime | None = None,
    redact: Callable[[str], str] = str,
) -> None:
    """Return where the answer is a success; raise the narrowest ApiError where it is not.

    *granted* are the token's scopes: Zoho reports a missing one as a wrong URL. *redact* is applied to every text of
    the server's that enters a message. *now* anchors ``retry_at`` (default: the current time).
    """
    refusal = _refusal(response)
    if refusal:
        _raise(refusal, response, call, tuple(granted), now or datetime.now(UTC), redact)


def _refusal(response: Response) -> _Refusal | None:
    ok = response.status < 300  # noqa: PLR2004  RFC 9110 §15: 3xx is not followed, 4xx and 5xx are refusals
    if ok and b'"error"' not in response.body[:4096]:  # Zoho's error bodies are short: a list page need not be parsed
        return None
    try:
        body = decode_json(response)
    except Unreachable:
        return None if ok else _Refusal(str(response.status), "")
    error = body.get("error") if isinstance(body, dict) else None
    if error is None or error == "":
        return None if ok else _Refusal(str(response.status), "")
    if isinstance(error, dict):
        return _from_object(error)
    description = body.get("error_description")
    return _Refusal(str(error), str(description or error))


def _from_object(error: dict[str, Any]) -> _Refusal:
    code = str(error.get("title") or error.get("code") or error.get("status_code") or "")
    details = error.get("details") or []
    details = [part for part in (details if isinstance(details, list) else [details]) if isinstance(part, dict)]
    texts = [str(error["message"])] if error.get("message") else []
    texts += [str(part["message"]) for part in details if part.get("message")]
    fields = tuple(str(part["field_name"]) for part in details if part.get("field_name"))
    return _Refusal(code, "; ".join(texts), fields)


def _raise(  # noqa: PLR0917  one place that knows them all
    refusal: _Refusal,
    response: Response,
    call: ApiCall,
    granted: tuple[str, ...],
    now: datetime,
    redact: Callable[[str], str],
) -> NoReturn:
    status, code = response.status, _shown(refusal.code, redact)
    where = f"{call.method} {call.path}"
    said = _shown(refusal.text, redact)
    answer = f"{where}: Zoho answers {code or status}" + (f", {said!r}" if said and said != code else "")
    if refusal.fields:
        answer += f" (about {', '.join(repr(_shown(name, redact)) for name in refusal.fields)})"
    endpoint = endpoints.match(call.method, call.path)
    needed = endpoint.scope if endpoint else ""
    if code == _THROTTLE or status == 429 or "requests per api" in refusal.text.lower():  # noqa: PLR2004  Too Many Requests
        retry_at = now + _wait(refusal.text, response)
        raise RateLimited(
            f"{where}: Zoho's rate limit is used up, and this address is locked until {retry_at:%H:%M} UTC",
            hint="Send nothing to it before then: calls during the lock can make it longer. Other addresses work.",
            status=status,
            code=code,
            retry_at=retry_at,
        )
    if refusal.code == "Access Denied":
        raise RateLimited(
            answer,
            hint="Wait ten minutes, then try once.",
            status=status,
            code=code,
            retry_at=now + timedelta(minutes=10),
        )
    uncovered = bool(granted and needed and not covers(granted, needed))
    if code == "INVALID_OAUTHSCOPE" or (code == "URL_RULE_NOT_CONFIGURED" and uncovered):
        raise ScopeMissing(
            f"{where}: this sign-in does not cover the call" + (f", which needs {needed}" if needed else ""),
            hint=f"Run: %zbt login --add-scope {needed}"
            if needed
            else "Sign in again with the scope of this endpoint: %zbt endpoints lists them.",
            status=status,
            code=code,
            needed=needed,
        )
    if code in _BAD_TOKEN or status == 401:  # noqa: PLR2004  Unauthorized
        raise TokenRejected(
            answer,
            hint="Sign in again: %zbt login. If that does not help, check that the data centre is yours: %zbt doctor.",
            status=status,
            code=code,
        )
    if code in _NOTHING_THERE or code == "URL_RULE_NOT_CONFIGURED" or status == 404:  # noqa: PLR2004  Not Found
        raise NotFound(answer, hint=_path_advice(call), status=status, code=code)
    if 300 <= status < 400:  # noqa: PLR2004  RFC 9110 §15.4
        raise ApiError(
            f"{where}: the answer redirects elsewhere (HTTP {status}), which is not followed: the token would travel",
            hint="Check the path and the data centre.",
            status=status,
            code=code,
        )
    raise ApiError(answer, hint=_advice(code, status, call), status=status, code=code)


def _wait(text: str, response: Response) -> timedelta:
    """How long the lock lasts: the minutes of the text (rounded: one more), else Retry-After, else the whole lock."""
    minutes = _MINUTES.findall(text)
    if minutes:
        return min(timedelta(minutes=int(minutes[-1]) + 1), timedelta(days=1))
    seconds = response.headers.get("retry-after", "")
    return timedelta(seconds=min(int(seconds), 86_400)) if seconds.isascii() and seconds.isdigit() else LOCK


def _path_advice(call: ApiCall) -> str:
    if endpoints.match(call.method, call.path):
        return "Check the ids in the path: is the portal's id the portal's, not login_id, and is the project in it?"
    nearest = endpoints.nearest(call.method, call.path, n=1)
    return (
        f"The nearest path is {nearest[0].method} {nearest[0].path}." if nearest else "%zbt endpoints lists the paths."
    )


def _advice(code: str, status: int, call: ApiCall) -> str:
    if code == "INVALID_METHOD":
        return "This address does not take that method: %zbt endpoints shows which it takes."
    if status >= 500:  # noqa: PLR2004  RFC 9110 §15.6
        sure = (
            "Try again in a minute." if call.method == "GET" else "Look whether it happened before you send it again."
        )
        return f"The fault is on Zoho's side. {sure}"
    return f"Check the parameters: %zbt endpoints {call.path} lists them."


def _shown(text: str, redact: Callable[[str], str]) -> str:
    """A text of the server's, fit to stand in one line of a message."""
    clean = "".join(character if character.isprintable() else " " for character in redact(text))
    return clean if len(clean) <= 200 else clean[:199] + "…"  # noqa: PLR2004  a line and a half on a screen
