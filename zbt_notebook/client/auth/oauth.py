"""OAuth 2.0 as Zoho speaks it: requests built and answers read, nothing sent.

Source of every rule without another: https://www.zoho.com/projects/help/rest-api/bugtracker-api.html.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.scopes import format_scopes, parse_scopes
from zbt_notebook.client.errors import SignInRejected, Unreachable, ZbtError, without_frames
from zbt_notebook.client.http.messages import Pairs, Request, Response, decode_json
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.redactor import one_line
from zbt_notebook.client.secret_str import SecretStr, StaysInKernel

TOKEN_LIFE = 3600.0  # seconds, where the answer does not say
CODE_LIFE = 120.0  # seconds: the BugTracker page; other pages of Zoho's say 60 and 180

_LONGEST_BELIEVABLE_LIFE = 86_400  # a larger expires_in is in milliseconds, as before December 2019


@dataclass(frozen=True, slots=True)
class ClientCredentials(StaysInKernel):
    """A client registered in Zoho's API console; the secret is empty for clients that have none."""

    client_id: str
    client_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client_secret", SecretStr(self.client_secret))


@dataclass(frozen=True, slots=True)
class AuthorizationRequest(StaysInKernel):
    """What the consent page is asked for."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str = field(repr=False)
    access_type: Literal["offline", "online"] = "offline"
    prompt: str = "consent"  # without it a second consent brings no refresh token
    code_verifier: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code_verifier", SecretStr(self.code_verifier))

    def url(self, data_center: DataCenter) -> str:
        """The address to open in a browser."""
        query = {
            "scope": format_scopes(self.scopes),
            "client_id": self.client_id,
            "state": self.state,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "access_type": self.access_type,
        }
        if self.prompt:
            query["prompt"] = self.prompt
        if self.code_verifier:
            query["code_challenge"] = code_challenge(self.code_verifier)
            query["code_challenge_method"] = "S256"
        return f"{data_center.accounts_url}/oauth/v2/auth?{urlencode(query)}"


def code_challenge(verifier: str) -> str:
    """S256 of RFC 7636 §4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Token(StaysInKernel):
    """A token endpoint's answer; ``expires_in`` in seconds, ``scopes`` empty where Zoho did not tell."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    expires_in: float = TOKEN_LIFE

    def __post_init__(self) -> None:
        object.__setattr__(self, "access_token", SecretStr(self.access_token))
        object.__setattr__(self, "refresh_token", SecretStr(self.refresh_token))

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


def exchange_request(
    data_center: DataCenter,
    client: ClientCredentials,
    code: str,
    *,
    redirect_uri: str = "",
    code_verifier: str = "",
) -> Request:
    """Exchange an authorization code. A Self Client's code goes without ``redirect_uri``."""
    return _token_request(
        data_center,
        client,
        grant_type="authorization_code",
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=code_verifier,
    )


def refresh_request(data_center: DataCenter, client: ClientCredentials, refresh_token: str) -> Request:
    """Ask for a new access token."""
    return _token_request(data_center, client, grant_type="refresh_token", refresh_token=refresh_token)


def _token_request(data_center: DataCenter, client: ClientCredentials, **fields: str) -> Request:
    # The page shows the parameters in the query string. Its own tests and SDKs take them from the body as well, and a
    # URL ends up in logs, proxies and exception texts (RFC 6749 §2.3.1).
    form = {"client_id": client.client_id, "client_secret": client.client_secret, **fields}
    return Request("POST", f"{data_center.accounts_url}/oauth/v2/token", form=_filled(form))


def revoke_request(data_center: DataCenter, token: str) -> Request:
    """Revoke a refresh token, with every access token made from it, or a single access token."""
    return Request("POST", f"{data_center.accounts_url}/oauth/v2/token/revoke", form=(("token", token),))


def directory_request(data_center: DataCenter) -> Request:
    """Ask which data centres there are (multi-dc/client-authorization.html)."""
    return Request("GET", f"{data_center.accounts_url}/oauth/serverinfo")


def read_directory(response: Response) -> Mapping[str, str]:
    """Location -> accounts address; empty where the answer tells none."""
    try:
        locations = _mapping(response).get("locations")
    except Unreachable:
        return {}
    return {str(name): str(url) for name, url in locations.items()} if isinstance(locations, dict) else {}


def _filled(fields: Mapping[str, str]) -> Pairs:
    return tuple((name, value) for name, value in fields.items() if value)


@without_frames
def read_token(response: Response, *, requested: Iterable[str] = (), refreshing: bool = False) -> Token:
    """Read a token endpoint's answer, judging the body before the status: Zoho refuses with HTTP 200.

    *requested* stands in for the scopes where the answer does not tell them. *refreshing* says what was sent, for Zoho
    has one word for a code and a refresh token that it does not take. Raise SignInRejected, with advice, for a
    refusal; Unreachable for what cannot be Zoho's answer.
    """
    body = _mapping(response)
    if "error" in body:
        raise rejection(str(body["error"]), refreshing=refreshing)
    access_token = _token(body, "access_token")
    if not access_token:
        raise Unreachable(
            f"the token endpoint's answer (HTTP {response.status}) holds no access token",
            hint="Check that the data centre's accounts address is Zoho's, then sign in again.",
        )
    scope = body.get("scope")
    return Token(
        access_token,
        _token(body, "refresh_token"),
        _read_scopes(scope) if isinstance(scope, str) and scope.strip() else tuple(requested),
        _seconds(body),
    )


_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")  # RFC 6750 §2.1 allows less; a header takes no more


def _token(body: Mapping[str, Any], name: str) -> str:
    """A token of an answer, empty where it has none; raise Unreachable for one that no header could hold."""
    token = body.get(name)
    if not isinstance(token, str) or not token:
        return ""
    if not _TOKEN.fullmatch(token):
        raise Unreachable(
            "the token endpoint's answer holds a token that is too long, or has a line end, a space or the like",
            hint="Check that the data centre's accounts address is Zoho's, then sign in again.",
        )
    return token


def _read_scopes(text: str) -> tuple[str, ...]:
    try:
        return parse_scopes(text)
    except ZbtError:  # Zoho may know scopes that we do not
        return tuple(map(one_line, text.replace(",", " ").split()))


def _seconds(body: Mapping[str, Any]) -> float:
    for name in ("expires_in_sec", "expires_in"):
        try:
            value = float(body[name])
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if value > _LONGEST_BELIEVABLE_LIFE:
            value /= 1000
        if 0 < value <= _LONGEST_BELIEVABLE_LIFE:
            return value
    return TOKEN_LIFE


def read_revocation(response: Response) -> bool:
    """Tell whether Zoho revoked the token. A token that it does not know (any more) counts as not revoked."""
    try:
        body = _mapping(response)
    except Unreachable:
        return False
    return response.status == 200 and body.get("status") == "success"  # noqa: PLR2004  HTTP's own number


def _mapping(response: Response) -> Mapping[str, Any]:
    body = decode_json(response)
    if isinstance(body, dict):
        return body
    raise Unreachable(
        f"the answer (HTTP {response.status}) is JSON, but not an object as Zoho's answers are",
        hint="Check that the data centre's accounts address is Zoho's.",
    )


# Zoho's word -> what happened, what to do next. Where Zoho uses one word for several causes, all are named.
_ADVICE: Mapping[str, tuple[str, str]] = {
    "invalid_code": (
        "Zoho does not take this code (invalid_code)",
        "It is used, older than two minutes, or another data centre's. Start again, and paste the new code at once.",
    ),
    "invalid_client": (
        "Zoho does not know this client here (invalid_client)",
        "Check the client ID and the data centre: a client lives where it was registered, with its own secret there.",
    ),
    "invalid_client_secret": (
        "Zoho does not take this client secret (invalid_client_secret)",
        "Copy the secret again from the API console of this data centre, then start again.",
    ),
    "invalid_redirect_uri": (
        "the redirect URI is not the registered one (invalid_redirect_uri)",
        "Copy it from the API console to the letter: scheme, port and closing slash count.",
    ),
    "invalid_scope": (
        "Zoho does not know one of the scopes (invalid_scope)",
        "Check their spelling: the list of endpoints names the scope of each.",
    ),
    "access_denied": (
        "consent was refused (access_denied)",
        "If that was not meant, start again and press Accept on Zoho's page.",
    ),
    "Access Denied": (
        "Zoho refuses new tokens for now: too many were asked for in a row (Access Denied)",
        "Wait ten minutes, then try once. More tries make the wait longer.",
    ),
    "missing_org_info": (
        "Zoho wants to know the organisation (missing_org_info)",
        "Sign in with an authorization code or a refresh token instead: client credentials are not enough here.",
    ),
    "expired": (
        "the short code has expired",
        "Start again for a new one: it is valid for five minutes.",
    ),
}


def rejection(error: str, *, refreshing: bool = False) -> SignInRejected:
    """The exception for Zoho's word *error*, with advice."""
    message, hint = _ADVICE.get(error, ("", ""))
    if refreshing and error == "invalid_code":  # https://www.zoho.com/accounts/protocol/oauth/token-limits.html
        message = "Zoho does not take this sign-in's refresh token (invalid_code)"
        hint = (
            f"Sign in again: {step('login')}. It was revoked, pushed out by 20 newer sign-ins with this client, or is "
            "another data centre's."
        )
    if not message:
        error = one_line(error)
        said = error if len(error) <= 60 else "an error of an unknown kind"  # noqa: PLR2004  half a line
        message, hint = f"Zoho refuses the sign-in ({said})", f"Start again; {step('check set-up')} checks the set-up."
    return SignInRejected(message, hint=hint, error=error)
