"""The authorization endpoint: from a browser's request to a code in a redirect."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.accounts.grant import User
from zbt_notebook.simulator.accounts.scopes import known, split_scopes
from zbt_notebook.simulator.accounts.tokens import Code, new_token
from zbt_notebook.simulator.switches import Switches


class ErrorPageError(Exception):
    """A request so wrong that Zoho shows a page instead of redirecting."""

    def __init__(self, heading: str, line: str) -> None:
        super().__init__(f"{heading}: {line}")
        self.heading = heading
        self.line = line


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a client wants a user to agree to, checked."""

    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None = field(repr=False)
    implicit: bool
    offline: bool
    prompt: bool
    challenge: str = field(default="", repr=False)
    challenge_method: str = "plain"
    data_center: str = "us"
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)


def read_request(
    params: dict[str, str], client: Client | None, data_center: str, switches: Switches
) -> AuthorizationRequest:
    """Check the parameters in Zoho's order; raise ErrorPageError where it would not redirect."""
    if client is None or not client.known_in(data_center):
        raise ErrorPageError("Invalid Client", "Client ID passed does not exist")
    redirect_uri = params.get("redirect_uri", "")
    if not client.redirect_uri or redirect_uri != client.redirect_uri:
        raise ErrorPageError("Invalid Redirect Uri", "Redirect URI passed does not match with the one configured")
    implicit = client.type == "javascript"
    if params.get("response_type") != ("token" if implicit else "code"):
        raise ErrorPageError("Invalid Response Type", "Response type passed is not supported for this client")
    scopes = known(split_scopes(params.get("scope", "")), switches)
    if not scopes:
        raise ErrorPageError("Invalid OAuth Scope", "Scope does not exist")
    challenge, method = params.get("code_challenge", ""), params.get("code_challenge_method", "plain")
    if client.type == "mobile" and (not challenge or method not in {"S256", "plain"}):
        raise ErrorPageError("Invalid Request", "Code challenge is missing or its method is not supported")
    if params.get("access_type", "online") not in {"online", "offline"}:
        raise ErrorPageError("Invalid Request", "Access type passed is neither online nor offline")
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=params.get("state"),
        implicit=implicit,
        offline=params.get("access_type") == "offline" and not implicit,
        prompt="consent" in params.get("prompt", "").replace(",", " ").split(),
        challenge=challenge,
        challenge_method=method,
        data_center=data_center,
    )


def new_code(
    request: AuthorizationRequest, user: User, home: str, now: float, switches: Switches, *, consent_shown: bool
) -> Code:
    """Issue a code, which lives at the user's data centre, wherever the request came in."""
    return Code(
        value=new_token(),
        client=request.client,
        user=user,
        scopes=without(request.scopes, switches.dropped_scopes),
        data_center=home,
        expires_at=now + switches.code_lifetime,
        redirect_uri=request.redirect_uri,
        gives_refresh_token=request.offline and consent_shown,
        challenge=request.challenge,
        challenge_method=request.challenge_method,
    )


def without(scopes: tuple[str, ...], dropped: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the scopes that this Zoho silently does not grant."""
    refused = {scope.lower() for scope in dropped}
    return tuple(scope for scope in scopes if scope.lower() not in refused)


def accepted_address(
    request: AuthorizationRequest, given: dict[str, str], home: str, accounts_url: str, switches: Switches
) -> str:
    """Put *given* (the code, or an implicit token) into the redirect, in the order seen on the wire."""
    state = [] if request.state is None else [("state", quote(request.state, safe=""))]
    values = [(name, quote(value, safe="")) for name, value in given.items()]
    pairs = [*state, *values] if switches.redirect_state_first else [*values, *state]
    if switches.redirect_names_data_center:
        server = quote(accounts_url, safe="") if switches.redirect_server_encoded else accounts_url
        pairs += [("location", home), ("accounts-server", server)]
    tail = "&" if switches.redirect_trailing_ampersand else ""
    return _extended(request.redirect_uri, pairs, tail, fragment=request.implicit)


def rejected_address(request: AuthorizationRequest) -> str:
    """Send the browser back empty-handed."""
    state = [] if request.state is None else [("state", quote(request.state, safe=""))]
    return _extended(request.redirect_uri, [*state, ("error", "access_denied")], "", fragment=request.implicit)


def _extended(address: str, pairs: list[tuple[str, str]], tail: str, *, fragment: bool) -> str:
    added = "&".join(f"{name}={value}" for name, value in pairs) + tail
    parts = urlsplit(address)
    if fragment:
        return urlunsplit(parts._replace(fragment=added))
    joint = "&" if parse_qsl(parts.query) else ""
    return urlunsplit(parts._replace(query=f"{parts.query}{joint}{added}"))
