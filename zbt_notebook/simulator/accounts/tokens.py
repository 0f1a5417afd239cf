"""Codes and tokens that are alive: issued, spent, evicted, revoked."""

import secrets
from dataclasses import dataclass, field

from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.accounts.grant import Grant, User
from zbt_notebook.simulator.accounts.windows import RollingCounts
from zbt_notebook.simulator.switches import Switches


class TooManyRequestsError(Exception):
    """The throttle: ask again when the window has moved on."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What a user lets a client do at a data centre, and the secret that stands for it."""

    value: str = field(repr=False)
    client: Client
    user: User
    scopes: tuple[str, ...]
    data_center: str

    def is_of(self, user: User, client: Client) -> bool:
        """Tell whether it is this user's to this client."""
        return self.user.zuid == user.zuid and self.client.client_id == client.client_id


@dataclass(frozen=True, slots=True)
class Code(Permission):
    """An authorization code waiting to be exchanged, once."""

    expires_at: float
    redirect_uri: str
    gives_refresh_token: bool
    challenge: str = field(default="", repr=False)
    challenge_method: str = "plain"


@dataclass(frozen=True, slots=True)
class RefreshToken(Permission):
    """A standing permission, with the access tokens that hang on it, oldest first."""

    access_tokens: list[str] = field(default_factory=list, repr=False)


def new_token() -> str:
    """Give a token of Zoho's shape: ``1000.<32 hex>.<32 hex>``."""
    return f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"


class Tokens:
    """Everything issued and not yet gone. Not thread-safe: Accounts holds the lock."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        self.grants: dict[str, Grant] = {}
        self._loose: dict[tuple[int, str, str], list[str]] = {}  # access tokens without a refresh token
        self._counts = RollingCounts()

    def issue_refresh_token(self, code: Code, now: float, switches: Switches) -> RefreshToken:
        """Keep one more, at the oldest's expense where the user has too many with this client."""
        owner = ("refresh", code.user.zuid, code.client.client_id)
        self._count(owner, now, switches.refresh_token_limit, switches.refresh_token_window)
        mine = [token for token in self.refresh_tokens.values() if token.is_of(code.user, code.client)]
        if switches.refresh_tokens_kept and len(mine) >= switches.refresh_tokens_kept:
            if switches.refresh_overflow == "deny":
                raise TooManyRequestsError
            self.drop_refresh_token(mine[0].value)
        token = RefreshToken(new_token(), code.client, code.user, code.scopes, code.data_center)
        self.refresh_tokens[token.value] = token
        return token

    def issue_access_token(
        self, source: Permission, refresh: RefreshToken | None, now: float, switches: Switches
    ) -> str:
        """Give a new access token; the oldest of the same refresh token dies when there are too many."""
        if refresh is not None:
            siblings = refresh.access_tokens
        else:
            siblings = self._loose.setdefault((source.user.zuid, source.client.client_id, source.data_center), [])
        self._forget_expired(siblings, now)
        while switches.access_tokens_kept and len(siblings) >= switches.access_tokens_kept:
            self.grants.pop(siblings.pop(0), None)
        value = new_token()
        siblings.append(value)
        expires_at = now + switches.token_lifetime
        self.grants[value] = Grant(source.user, source.scopes, source.client.client_id, source.data_center, expires_at)
        return value

    def count_refresh(self, token: RefreshToken, now: float, switches: Switches) -> None:
        """Raise TooManyRequestsError where a refresh token asks for access tokens too often."""
        self._count(("access", token.value), now, switches.access_token_limit, switches.access_token_window)

    def drop_refresh_token(self, value: str) -> bool:
        """Forget a refresh token and every access token from it; False where there was none."""
        token = self.refresh_tokens.pop(value, None)
        if token is None:
            return False
        for access_token in token.access_tokens:
            self.grants.pop(access_token, None)
        return True

    def drop_access_token(self, value: str) -> bool:
        """Forget an access token; False where there was none."""
        return self.grants.pop(value, None) is not None

    def drop_all_of(self, user: User, client: Client) -> None:
        """Forget every token that a user gave a client."""
        for token in list(self.refresh_tokens.values()):
            if token.is_of(user, client):
                self.drop_refresh_token(token.value)
        for value, grant in list(self.grants.items()):
            if grant.user.zuid == user.zuid and grant.client_id == client.client_id:
                self.drop_access_token(value)

    def owner_of(self, value: str) -> str | None:
        """Client ID of a token of either kind."""
        if value in self.refresh_tokens:
            return self.refresh_tokens[value].client.client_id
        return self.grants[value].client_id if value in self.grants else None

    def home_of(self, value: str) -> str | None:
        """Data centre of a token of either kind."""
        token = self.refresh_tokens.get(value) or self.grants.get(value)
        return None if token is None else token.data_center

    def _forget_expired(self, siblings: list[str], now: float) -> None:
        for value in [value for value in siblings if value not in self.grants or self.grants[value].expires_at <= now]:
            siblings.remove(value)
            self.grants.pop(value, None)

    def _count(self, key: tuple[object, ...], now: float, limit: int, window: float) -> None:
        if not self._counts.take(key, now, limit=limit, window=window):
            raise TooManyRequestsError
