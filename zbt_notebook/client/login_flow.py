"""A sign-in without a user interface: a consent link out, what the user pastes in, a Connection back."""

import re
import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urlsplit

from zbt_notebook.client import expect, signed_in
from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.data_centers import DataCenter, find_data_center, follow_redirect, learn
from zbt_notebook.client.auth.oauth import (
    AuthorizationRequest,
    ClientCredentials,
    Token,
    directory_request,
    exchange_request,
    read_directory,
    read_token,
)
from zbt_notebook.client.auth.pasted import Redirect, read_pasted
from zbt_notebook.client.auth.scopes import PRESETS, parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError, reading, without_frames
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.http.messages import Transport
from zbt_notebook.client.limits.shared_token import TokenShare
from zbt_notebook.client.secret_str import SecretStr, StaysInKernel
from zbt_notebook.client.settings import setting

DEFAULT_REDIRECT_URI = "http://localhost:8000/callback"


class LoginFlow(StaysInKernel):
    """One sign-in, from the link to the Connection.

    ``state`` (RFC 6749 §10.12) and, for a client without a secret, a PKCE challenge (RFC 7636) are inside the link.
    Zoho asks for PKCE of mobile and desktop clients alone; *pkce* says otherwise. A Self Client has no redirect URI:
    with None there is no link, and its code comes from the API console. *state* is made here unless it is given. Raise
    UsageError for fields that cannot be right, before anything is sent.
    """

    @without_frames
    def __init__(
        self,
        client_id: str,
        client_secret: str = "",
        redirect_uri: str | None = DEFAULT_REDIRECT_URI,
        scopes: str | Iterable[str] = PRESETS["read only"],
        data_center: str | DataCenter | None = None,
        *,
        name: str = "default",
        access_type: Literal["offline", "online"] = "offline",
        prompt: str = "consent",
        pkce: bool | None = None,
        state: str | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = expect.text(name, "the name of the connection")
        self.data_center = find_data_center(data_center)
        self._client = _credentials(client_id, client_secret)
        self.transport = transport
        self._clock = clock
        self._request = AuthorizationRequest(
            self._client.client_id,
            "" if redirect_uri is None else _redirect_uri(redirect_uri),
            _scopes(scopes),
            state or secrets.token_urlsafe(32),
            access_type,
            prompt,
            secrets.token_urlsafe(48) if (not client_secret if pkce is None else pkce) else "",
        )
        self._lock = ForkSafeLock()
        self._redeemed: tuple[bytes, Connection] | None = (
            None  # Zoho takes a code once: the same paste again is answered here
        )

    def __repr__(self) -> str:
        return f"LoginFlow(client_id={self._client.client_id!r}, data_center={self.data_center.name!r})"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that are asked for."""
        return self._request.scopes

    @property
    def state(self) -> str:
        """What marks the redirect as this sign-in's own."""
        return self._request.state

    @property
    def authorization_url(self) -> str:
        """The consent link, to be opened in a browser; empty for a Self Client.

        It stays the same for as long as this flow lives.
        """
        return self._request.url(self.data_center) if self._request.redirect_uri else ""

    @without_frames
    def finish(self, pasted: str, *, register: bool = True, keep_old: bool = True) -> Connection:
        """Exchange what the user brought back: the code, the address the browser landed on, or its query string.

        The connection becomes the kernel's current one (but for *register*). One that it replaces goes on working in
        the caller's variables until the new one is signed out; it is revoked at once where *keep_old* is false. Raise
        SignInRejected with advice; a wrong paste may be followed by a right one, but a code that comes after the one
        that led to the connection is refused.
        """
        redirect = read_pasted(pasted, state=self.state, redirect_uri=self._request.redirect_uri)
        with self._lock:
            mark = sha256(redirect.code.encode()).digest()  # the code itself is not kept
            if self._redeemed and self._redeemed[0] != mark:
                raise SignInRejected(
                    "this sign-in is over: it has had its code", hint="Begin another one, with a link of its own."
                )
            if self._redeemed and self._redeemed[1].status().signed_in:
                return self._redeemed[1]
            connection = self._exchange(redirect)
            self._redeemed = mark, connection
        if register and (replaced := signed_in.register(connection, keep_old=keep_old)):
            replaced.logout()
        return connection

    def _exchange(self, redirect: Redirect) -> Connection:
        transport = self.transport or _transport()
        data_center = self._follow(redirect, transport)
        request = exchange_request(
            data_center,
            self._client,
            redirect.code,
            redirect_uri=self._request.redirect_uri,
            code_verifier=self._request.code_verifier,
        )
        token = read_token(transport(request), requested=self.scopes)
        connection = connected(
            self._client, data_center, token, transport, requested=self.scopes, name=self.name, clock=self._clock
        )
        connection.is_consented = True
        connection.redirect_uri = self._request.redirect_uri
        return connection

    def _follow(self, redirect: Redirect, transport: Transport) -> DataCenter:
        """Where the code must be redeemed; a server that is not known here must be in Zoho's own directory."""
        try:
            return follow_redirect(redirect.location, redirect.accounts_server, self.data_center)
        except SignInRejected as refusal:
            refused = refusal
        for name, accounts_url in read_directory(transport(directory_request(self.data_center))).items():
            learned = learn(name, accounts_url)
            if learned and redirect.accounts_server.strip().rstrip("/").lower() == learned.accounts_url:
                return learned
        raise refused


@without_frames
def connect(
    client_id: str | None = None,
    client_secret: str | None = None,
    refresh_token: str | None = None,
    data_center: str | DataCenter | None = None,
    *,
    name: str = "default",
    scopes: tuple[str, ...] = (),
    transport: Transport | None = None,
    clock: Clock | None = None,
) -> Connection:
    """Sign in without a user: what is not given comes from ZBT_CLIENT_ID, ZBT_CLIENT_SECRET and ZBT_REFRESH_TOKEN.

    A first access token is fetched at once, so that a wrong value shows here; processes of one machine that sign in
    with the same refresh token share it. *scopes* are what was granted,
    where Zoho does not tell. Raise NotSignedIn with the names of what is missing, SignInRejected where Zoho refuses.
    """
    expect.text(name, "the name of the connection")
    given = {
        "ZBT_CLIENT_ID": client_id,
        "ZBT_CLIENT_SECRET": client_secret,
        "ZBT_REFRESH_TOKEN": refresh_token,
    }
    values = _given_or_set(given)
    connection = connected(
        _credentials(values["ZBT_CLIENT_ID"], values["ZBT_CLIENT_SECRET"]),
        find_data_center(data_center),
        Token("", values["ZBT_REFRESH_TOKEN"].strip(), parse_scopes(scopes)),
        transport or _transport(),
        name=name,
        clock=clock,
        share=TokenShare.of(f"{values['ZBT_CLIENT_ID']} {values['ZBT_REFRESH_TOKEN']}"),
    )
    connection.client.authorization.access_token()
    connection.who.start()
    if replaced := signed_in.register(connection):
        replaced.logout()
    return connection


def connected(
    client: ClientCredentials,
    data_center: DataCenter,
    token: Token,
    transport: Transport,
    *,
    name: str,
    requested: tuple[str, ...] = (),
    clock: Clock | None = None,
    share: TokenShare | None = None,
) -> Connection:
    """Make a connection of a token that was just given; nobody but the caller knows it yet."""
    authorization = Authorization(client, data_center, token, transport, requested=requested, clock=clock, share=share)
    connection = Connection(authorization, transport, name=name, clock=clock)
    if token.access_token:
        connection.who.start()
    return connection


def _transport() -> Transport:
    from zbt_notebook.client.http.transport import RequestsTransport

    return RequestsTransport()


def _credentials(client_id: str, client_secret: str) -> ClientCredentials:
    client = ClientCredentials(_client_id(client_id), _client_secret(client_secret))
    if re.match(r"\d{4}\.", client.client_secret) or client.client_secret == client.client_id:
        raise UsageError(
            "the client secret is a client ID: a secret never begins with 1000. or its like",
            hint="Copy the client secret from Zoho's API console: it stands below the client ID.",
            field="client_secret",
        )
    return client


_LONGEST = 2_000  # characters; Zoho's are 70


def _given_or_set(given: Mapping[str, str | None]) -> dict[str, SecretStr]:
    """Each value, or its variable where it is not given; raise NotSignedIn with the names of what is missing."""
    values = {variable: SecretStr(_token_text(variable, value)) for variable, value in given.items()}
    absent = [variable for variable, value in values.items() if not value]
    if absent:
        raise NotSignedIn(
            f"cannot sign in without a user: {', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not set",
            hint="Set these variables, and ZBT_DATA_CENTER where it is not us, before the kernel starts.",
        )
    return values


def _token_text(variable: str, value: Any) -> str:
    """A value that will stand in a header or a form; raise UsageError where none such can."""
    if value is None or (isinstance(value, str) and not value):
        value = setting(variable)
    too_long = isinstance(value, str) and len(value) > _LONGEST
    if too_long or not isinstance(value, str) or not value.isascii() or not value.strip().isprintable():
        raise UsageError(
            f"{variable} holds a line end, a character beyond ASCII, too much, or no text",
            hint="Copy the value again, whole and alone.",
        )
    return str(value.strip())


@reading("client_id")
def _client_id(text: str) -> str:
    client_id = expect.text(text, "the client ID").strip().strip("\"'")
    if not client_id:
        raise UsageError(
            "the client ID is empty", hint="Copy it from Zoho's API console, where you registered a client."
        )
    if not client_id.isascii() or not client_id.isprintable() or any(character.isspace() for character in client_id):
        raise UsageError(
            "the client ID holds characters that no client ID has",
            hint="Copy it again from Zoho's API console: it looks like 1000.ABC… in capitals and figures.",
        )
    return client_id


@reading("client_secret")
def _client_secret(text: str) -> str:
    secret = expect.text(text, "the client secret").strip().strip("\"'")
    if len(secret) > _LONGEST or any(character.isspace() for character in secret) or not secret.isascii():
        raise UsageError(
            "the client secret holds spaces or characters that no client secret has",
            hint="Copy it again from Zoho's API console: 42 letters and figures.",
        )
    return secret


@reading("redirect_uri")
def _redirect_uri(text: str) -> str:
    uri = expect.text(text, "the redirect URI").strip().strip("\"'")
    try:
        parts = urlsplit(uri)
        known = parts.port is not None or uri.isprintable()
    except ValueError:
        parts, known = urlsplit(""), False
    if (
        not known
        or parts.scheme not in {"http", "https"}
        or not parts.netloc
        or any(c.isspace() for c in uri)
        or parts.fragment
    ):
        raise UsageError(
            "the redirect URI is not an http(s) address",
            hint="Copy it from the API console to the letter, for example http://localhost:8000/callback.",
        )
    return uri


def _scopes(text: str | Iterable[str]) -> tuple[str, ...]:
    scopes = parse_scopes(text)
    if not scopes:
        raise UsageError(
            "no scope is asked for", hint="Name at least one, such as ZohoBugTracker.portals.READ.", field="scopes"
        )
    return scopes
