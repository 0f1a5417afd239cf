"""Tells what a refusal by the API means: by the body before the status, for Zoho refuses under HTTP 200 too."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from zbt_notebook.client.auth.scopes import holds, twin
from zbt_notebook.client.errors import ApiError, NotFound, RateLimited, ScopeMissing, TokenRejected, Unreachable
from zbt_notebook.client.http.messages import Response, decode_json
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.redactor import one_line
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall

LOCK = timedelta(minutes=30)  # what a breach costs: https://www.zoho.com/deluge/help/projects/get-portals.html
V3_LOCK = timedelta(minutes=10)  # and in V3: https://projects.zoho.com/api-docs
LONGEST_LOCK = timedelta(days=1)
_ROUNDED = timedelta(seconds=1)  # a date of HTTP has no fractions, and a call a moment too early prolongs the lock

_THROTTLED = {"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"}
_NO_SUCH_PORTAL = (
    "6504"  # "Domain Not Available", HTTP 404: measured on a real portal with login_id in a portal's place
)
BAD_TOKEN = {"INVALID_OAUTHTOKEN", "INVALID_TICKET", "6401", "6890"}
_WRONG_URL = "URL_RULE_NOT_CONFIGURED"
_FORBIDDEN = {"6403"}
_NOTHING_THERE = {"RESOURCE_NOT_FOUND", "6404", _WRONG_URL}
_ESCAPED_ERROR = re.compile(rb"\\u00(?:65|6[Ff]|72)")  # JSON may spell the letters of "error" by their numbers
_MINUTES = re.compile(r"(?:after|in)\s+(\d{1,4})\s+minute", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error body of any of Zoho's shapes, read; its texts are fit to be shown."""

    call: ApiCall
    status: int
    code: str
    text: str = ""
    fields: tuple[str, ...] = ()
    retry_after: str = ""

    @property
    def where(self) -> str:
        return f"{self.call.method} {self.call.path}"

    def wanting(self, granted: tuple[str, ...]) -> tuple[str, ...]:
        """The scopes that this call may lack, as far as the catalogue and the grant tell.

        First those documented for it that were not granted; where all were, the same one of the other family: whether
        a token of one family passes on the other's paths is not known.
        """
        endpoint = endpoints.match(self.call.method, self.call.path)
        if endpoint is None:
            return ()
        documented = tuple(scope for scope in (endpoint.scope, *endpoint.also) if not holds(granted, scope))
        if documented:
            return documented if granted else (endpoint.scope,)
        other = twin(endpoint.scope)
        return (other,) if other and not holds(granted, other) else ()

    def lacks_a_documented_scope(self, granted: tuple[str, ...]) -> bool:
        """Whether a scope that Zoho documents for the call was not granted, though the grant is known."""
        endpoint = endpoints.match(self.call.method, self.call.path)
        return bool(granted and endpoint and not holds(granted, endpoint.scope))

    def __str__(self) -> str:
        if 300 <= self.status < 400 and not self.text:  # noqa: PLR2004  RFC 9110 §15.4
            return f"{self.where}: a redirect (HTTP {self.status}) is not followed: the token would travel"
        said = f", {self.text!r}" if self.text and self.text != self.code else ""
        about = f" (about {', '.join(map(repr, self.fields))})" if self.fields else ""
        return f"{self.where}: Zoho answers {self.code or self.status}{said}{about}"


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
    refusal = _read(response, call, redact)
    if refusal:
        raise _error(refusal, tuple(granted), now or datetime.now(UTC))


def _read(response: Response, call: ApiCall, redact: Callable[[str], str]) -> _Refusal | None:
    # RFC 9110 §15: 1xx is no answer yet, 206 a part that nobody asked for, 3xx not followed, 4xx and 5xx are refusals
    ok = 200 <= response.status < 300 and response.status != 206  # noqa: PLR2004  as above
    if ok and not _may_hold_an_error(response.body):
        return None
    plain = None if ok else _Refusal(call, response.status, str(response.status))
    try:
        body = decode_json(response)
    except Unreachable:
        return plain
    if isinstance(body, list):
        body = next(filter(_is_refusal, body), None)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, list):  # seen of V3's deletions
        error = next((part for part in error if isinstance(part, dict)), "; ".join(map(str, error)))
    if error is None or error == "":
        return plain
    if isinstance(error, dict):
        code, text, fields = _of_object(error)
    else:
        code, text, fields = str(error), str(body.get("error_description") or error), ()
    return _Refusal(
        call,
        response.status,
        _shown(code, redact),
        _shown(text, redact),
        tuple(_shown(name, redact) for name in fields),
        response.headers.get("retry-after", ""),
    )


def _is_refusal(part: Any) -> bool:
    """Whether one of many things is an error of Zoho's: no record has that one key with an object below it."""
    return isinstance(part, dict) and part.keys() == {"error"} and isinstance(part["error"], dict)


def _may_hold_an_error(body: bytes) -> bool:
    """Whether a body has to be parsed to know that it is no refusal: most pages of a list need not be."""
    if b"\0" in body:  # UTF-16 or UTF-32
        body = body.replace(b"\0", b"")
    return b'"error"' in body or _ESCAPED_ERROR.search(body) is not None


def _of_object(error: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Code, text and field names of the classic shape (code, message) or the gateway's (title, details)."""
    code = str(error.get("title") or error.get("code") or error.get("status_code") or "")
    details = error.get("details") or []
    details = [part for part in (details if isinstance(details, list) else [details]) if isinstance(part, dict)]
    texts = [str(error["message"])] if error.get("message") else []
    texts += [str(part["message"]) for part in details if part.get("message")]
    return code, "; ".join(texts), tuple(str(part["field_name"]) for part in details if part.get("field_name"))


def _error(refusal: _Refusal, granted: tuple[str, ...], now: datetime) -> ApiError:
    """The narrowest kind that fits. The order matters: a lock or a missing scope may bear the code of another error."""
    code, status = refusal.code, refusal.status
    if code in _THROTTLED or status == 429 or "requests per api" in refusal.text.lower():  # noqa: PLR2004  Too Many Requests
        return _locked(refusal, now + _wait(refusal, now))
    if code == "INVALID_OAUTHSCOPE" or (code == _WRONG_URL and refusal.lacks_a_documented_scope(granted)):
        return _scope_missing(refusal, granted)
    kind, hint = _kind_and_hint(refusal)
    return kind(str(refusal), hint=hint, status=status, code=code)


def _kind_and_hint(refusal: _Refusal) -> tuple[type[ApiError], str]:
    code, status = refusal.code, refusal.status
    if code in BAD_TOKEN or status == 401:  # noqa: PLR2004  Unauthorized
        hint = (
            f"Sign in again: {step('login')}. If that does not help, is the data centre yours? {step('check set-up')}"
        )
        return TokenRejected, hint
    if code == _NO_SUCH_PORTAL:
        return (
            NotFound,
            f"The id after /portal/ is no portal's, login_id is none either: {step('list portals')} shows them.",
        )
    if code in _NOTHING_THERE or status == 404:  # noqa: PLR2004  Not Found
        return NotFound, _path_advice(refusal.call)
    return ApiError, _advice(refusal)


def _locked(refusal: _Refusal, retry_at: datetime) -> RateLimited:
    return RateLimited(
        f"{refusal.where}: Zoho's rate limit is used up, and this address is locked until {retry_at:%H:%M} UTC",
        hint="Send nothing to it before then: calls during the lock can make it longer. Other addresses work.",
        status=refusal.status,
        code=refusal.code,
        retry_at=retry_at,
    )


def _scope_missing(refusal: _Refusal, granted: tuple[str, ...]) -> ScopeMissing:
    message = f"{refusal.where}: this sign-in does not cover the call"
    needed = ",".join(refusal.wanting(granted))
    if needed:
        message, hint = f"{message}, which needs {needed}", f"Run: {step('add scope', scope=needed)}"
    elif endpoints.match(refusal.call.method, refusal.call.path):
        message = f"{message}, though every scope that is known to be needed was granted"
        hint = f"Sign in again ({step('login')}); if that does not help, your role in the portal may not allow it."
    else:
        hint = f"{step('list endpoints')} lists the scopes."
    return ScopeMissing(message, hint=hint, status=refusal.status, code=refusal.code, needed=needed)


def _wait(refusal: _Refusal, now: datetime) -> timedelta:
    """How long the lock lasts: the longer of the text's minutes (rounded: one more) and Retry-After; else all of it.

    V3's text alone is not relied on: after its "8 minutes", a real portal still refused, and so made the lock longer.
    """
    minutes = _MINUTES.findall(refusal.text)
    waits = [timedelta(minutes=int(minutes[-1]) + 1)] if minutes else []
    after = _retry_after(refusal.retry_after, now)
    if after is not None:
        waits.append(after)
    elif refusal.call.path.startswith("/api/"):
        waits.append(V3_LOCK + _ROUNDED)
    return min(max(waits, default=LOCK), LONGEST_LOCK)


def _retry_after(value: str, now: datetime) -> timedelta | None:
    """A Retry-After header, in seconds or as a date (RFC 9110 §10.2.3); None where it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:9]))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now + _ROUNDED)


def _path_advice(call: ApiCall) -> str:
    if endpoints.match(call.method, call.path):
        return "Check the ids in the path: is the portal's id the portal's, not login_id, and is the project in it?"
    nearest = endpoints.nearest(call.method, call.path)
    return (
        f"The nearest path is {nearest[0].method} {nearest[0].path}."
        if nearest
        else f"{step('list endpoints')} lists the paths."
    )


def _advice(refusal: _Refusal) -> str:
    if 300 <= refusal.status < 400:  # noqa: PLR2004  RFC 9110 §15.4
        return "Check the path and the data centre."
    if refusal.code == "INVALID_METHOD":
        return f"This address does not take that method: {step('list endpoints')} shows which it takes."
    if refusal.code in _FORBIDDEN or refusal.status == 403:  # noqa: PLR2004  RFC 9110 §15.5.4
        return f"Is the portal's id one of {step('list portals')} (not login_id), and does your role in it allow this?"
    if refusal.status >= 500:  # noqa: PLR2004  RFC 9110 §15.6
        reads = refusal.call.method == "GET"
        sure = "Try again in a minute." if reads else "Look whether it happened before you send it again."
        return f"The fault is on Zoho's side. {sure}"
    more = step("explain call", path=refusal.call.path)
    missing = _missing(refusal.call)
    if missing:
        return f"The call lacks what this address requires: {', '.join(missing)}. {more} tells what they may be."
    return f"Check the parameters: {more} tells what they may be."


def _missing(call: ApiCall) -> list[str]:
    """Every parameter that the address requires and the call has not; Zoho names one at a time."""
    endpoint = endpoints.match(call.method, call.path)
    given = {*dict(call.params), *dict(call.fields), *(upload.name for upload in call.uploads)}
    if endpoint is None or call.raw is not None or call.json is not None:
        return []
    return [one.name for one in endpoint.params if one.required and one.place != "path" and one.name not in given]


def _shown(text: str, redact: Callable[[str], str]) -> str:
    """A text of the server's, fit to stand in one line of a message."""
    return one_line(redact(text))
