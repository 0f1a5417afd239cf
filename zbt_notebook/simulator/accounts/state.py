"""Everything the accounts server remembers, behind one lock."""

import random
import threading
from collections.abc import Callable

from zbt_notebook.simulator.accounts.authorize import AuthorizationRequest, without
from zbt_notebook.simulator.accounts.clients import Client, ClientType, check_registration, invent_credentials
from zbt_notebook.simulator.accounts.grant import DEMO_USER, Grant, User
from zbt_notebook.simulator.accounts.tokens import Code, Tokens, new_token
from zbt_notebook.simulator.accounts.windows import RollingCounts
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.sites import Sites
from zbt_notebook.simulator.switches import Switches

_PENDING_KEPT = 200
_SELF_CODE_LONGEST = 600


class AccountsState:
    """Clients, consents, codes and tokens of all data centres; take ``lock`` around every use."""

    def __init__(self, clock: Clock, switches: Callable[[], Switches], sites: Sites, *, seed: int) -> None:
        self.clock = clock
        self.sites = sites
        self.lock = threading.RLock()
        self.clients: dict[str, Client] = {}
        self.tokens = Tokens()
        self.code_counts = RollingCounts()
        self.user: User = DEMO_USER
        self.home = sites.names[0]
        self.pending: dict[str, AuthorizationRequest] = {}
        self._consents: dict[tuple[int, str], set[str]] = {}
        self._switches = switches
        self._rng = random.Random(f"clients {seed}")

    @property
    def switches(self) -> Switches:
        """The switches as they stand now."""
        return self._switches()

    def register(
        self,
        name: str,
        client_type: ClientType,
        *,
        redirect_uri: str,
        scopes: tuple[str, ...],
        data_center: str,
        multi_dc: bool,
    ) -> Client:
        """Add a client as the console would; ValueError in its words where it would refuse."""
        check_registration(name, client_type, redirect_uri)
        with self.lock:
            if client_type == "self" and any(client.type == "self" for client in self.clients.values()):
                raise ValueError("an account has one Self Client only")
            client_id, secret = invent_credentials(self._rng, client_type)
            client = Client(name, client_id, secret, client_type, redirect_uri, scopes, data_center, multi_dc)
            self.clients[client_id] = client
            return client

    def remember_pending(self, request: AuthorizationRequest) -> None:
        """Keep a request while its consent page is open; of too many open pages the oldest goes stale."""
        self.pending[request.ticket] = request
        while len(self.pending) > _PENDING_KEPT:
            del self.pending[next(iter(self.pending))]

    def has_consented(self, client: Client, scopes: tuple[str, ...]) -> bool:
        """Tell whether the user agreed to all this before."""
        return {scope.lower() for scope in scopes} <= self._consents.get((self.user.zuid, client.client_id), set())

    def remember_consent(self, client: Client, scopes: tuple[str, ...]) -> None:
        """Do not ask again for these."""
        agreed = self._consents.setdefault((self.user.zuid, client.client_id), set())
        agreed.update(scope.lower() for scope in scopes)

    def disconnect(self, client: Client) -> None:
        """Press *Revoke Access* under Connected Apps: the user's consent and tokens with a client are gone."""
        with self.lock:
            self._consents.pop((self.user.zuid, client.client_id), None)
            self.tokens.drop_all_of(self.user, client)

    def code_allowed(self, client: Client) -> bool:
        """Count one more code for a client, within its rate."""
        rules = self.switches
        return self.code_counts.take(
            client.client_id, self.clock.now(), limit=rules.code_limit, window=rules.code_window, block=rules.code_block
        )

    def self_client_code(self, client_id: str, scopes: tuple[str, ...], lifetime: float | None) -> str:
        """Press the console's *Generate Code*: a code that needs no redirect URI and gives a refresh token."""
        with self.lock:
            client = self.clients.get(client_id)
            if client is None or client.type != "self":
                raise ValueError("only a Self Client generates codes in the console")
            seconds = self.switches.self_client_code_lifetime if lifetime is None else lifetime
            if not 0 < seconds <= _SELF_CODE_LONGEST:
                raise ValueError(f"a code lives at most {_SELF_CODE_LONGEST} s, not {seconds}")
            granted = without(scopes, self.switches.dropped_scopes)
            expires_at = self.clock.now() + seconds
            code = Code(new_token(), client, self.user, granted, self.home, expires_at, "", gives_refresh_token=True)
            self.tokens.codes[code.value] = code
            return code.value

    def grant_for(self, access_token: str) -> Grant | None:
        """Find what a living access token allows."""
        with self.lock:
            grant = self.tokens.grants.get(access_token)
            return grant if grant is not None and grant.expires_at > self.clock.now() else None
