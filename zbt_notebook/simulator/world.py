"""The whole simulated Zoho as one function from requests to responses, without a socket."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from zbt_notebook.simulator.accounts import Accounts, Client, User, bearer_token
from zbt_notebook.simulator.accounts.clients import ClientType
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.console import PATH, Console
from zbt_notebook.simulator.data.portal import MEMBERS
from zbt_notebook.simulator.faults import Faults, suffer
from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.pages.error import error_page
from zbt_notebook.simulator.pages.layout import asset
from zbt_notebook.simulator.pages.redirect import redirect_page
from zbt_notebook.simulator.request_log import RequestLog
from zbt_notebook.simulator.sites import Role, Sites
from zbt_notebook.simulator.status import StatusPage
from zbt_notebook.simulator.switches import Switches

if TYPE_CHECKING:
    from zbt_notebook.simulator.bugtracker import BugTracker

_MODULES = ("portals.READ", "projects.READ", "milestones.READ", "bugs.ALL", "timesheets.READ", "users.READ")
DEMO_SCOPES = (
    *(f"ZohoBugTracker.{scope}" for scope in _MODULES),
    *(f"ZohoProjects.{scope}" for scope in (*_MODULES, "tags.READ", "custom_fields.READ")),
    "AaaServer.profile.READ",
)

# Whoever of the portal's team may sit at the browser.
PEOPLE = tuple(User(one.id, str(one.zpuid), one.name, one.email) for one in MEMBERS if one.active)


class World:
    """A Zoho of one's own: accounts, BugTracker, time and misfortune; thread-safe.

    Without a server it lives at addresses under ``.test``; :meth:`handle` is then the whole of it.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        projects: int = 6,
        bugs: int = 2000,
        hostile: bool = False,
        data_centers: Iterable[str] = ("us",),
        clock: Clock | None = None,
        switches: Switches | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.switches = switches or Switches()
        self.faults = Faults()
        self.log = RequestLog()
        self.sites = Sites(tuple(data_centers))
        self.accounts = Accounts(self.clock, lambda: self.switches, self.sites, seed=seed)
        self._data = (seed, projects, bugs, hostile)
        self._bugtrackers: dict[str, BugTracker] = {}
        self._lock = Lock()
        self._status = StatusPage(self.accounts, self.clock, self.faults, self.log, self.sites, people=PEOPLE)
        self._console = Console(self.accounts.state)
        redirect = f"{self.accounts_url()}/redirect"
        # The four demo clients are known everywhere, as with the console's multi-data-centre switch on.
        self._demo: dict[ClientType, str] = {}
        for client_type, name in _DEMO_CLIENTS.items():
            uri = redirect if client_type in {"server", "mobile"} else ""
            client = self.register_client(name, type=client_type, redirect_uri=uri, scopes=DEMO_SCOPES, multi_dc=True)
            self._demo[client_type] = client.client_id

    def __repr__(self) -> str:
        return f"World({', '.join(self.sites.names)})"

    @property
    def client(self) -> Client:
        """The registered server-based demo client."""
        return self.demo_client("server")

    def demo_client(self, client_type: ClientType) -> Client:
        """Give the demo client of a type: server, mobile, device or self."""
        return self.accounts.state.clients[self._demo[client_type]]

    def register_client(
        self,
        name: str,
        *,
        type: ClientType = "server",  # noqa: A002  the console's own word
        redirect_uri: str = "",
        scopes: Iterable[str] = (),
        data_center: str | None = None,
        multi_dc: bool = False,
    ) -> Client:
        """Register a client as in the API console; without *multi_dc*, in one data centre only."""
        return self.accounts.state.register(
            name,
            type,
            redirect_uri=redirect_uri,
            scopes=tuple(scopes),
            data_center=data_center or self.sites.names[0],
            multi_dc=multi_dc,
        )

    def sign_in(self, user: User | None = None, *, data_center: str | None = None) -> None:
        """Choose who sits at the browser, and in which data centre their account lives."""
        state = self.accounts.state
        with state.lock:
            state.user = user or state.user
            if data_center is not None:
                state.home = self.sites[data_center].data_center

    def set(self, **changes: Any) -> None:
        """Throw switches: ``world.set(token_lifetime=5)``."""
        self.switches = replace(self.switches, **changes)

    def accounts_url(self, data_center: str | None = None) -> str:
        """Where the accounts of a data centre answer."""
        return self.sites[data_center or self.sites.names[0]].accounts_url

    def api_url(self, data_center: str | None = None) -> str:
        """Where the BugTracker of a data centre answers."""
        return self.sites[data_center or self.sites.names[0]].api_url

    def v3_urls(self, data_center: str | None = None) -> tuple[str, ...]:
        """The hosts that V3 may be at: the BugTracker's own, ``projectsapi.``, ``projects.``; ``v3_at`` says which."""
        site = self.sites[data_center or self.sites.names[0]]
        return site.api_url, site.projectsapi_url, site.projects_url

    def move(self, data_center: str, origins: dict[Role, str]) -> None:
        """Let a data centre answer at other origins; the demo clients' redirect URIs move along."""
        state = self.accounts.state
        with state.lock:
            old = self.accounts_url(data_center) + "/"
            self.sites.move(data_center, origins)
            for client in list(state.clients.values()):
                if client.redirect_uri.startswith(old):
                    moved = origins["accounts"] + "/" + client.redirect_uri.removeprefix(old)
                    state.clients[client.client_id] = replace(client, redirect_uri=moved)

    def bugtracker(self, data_center: str | None = None) -> "BugTracker":
        """Give the BugTracker of a data centre, whose data is generated when first asked for."""
        name = data_center or self.sites.names[0]
        with self._lock:
            if name not in self._bugtrackers:
                from zbt_notebook.simulator.bugtracker import BugTracker

                seed, projects, bugs, hostile = self._data
                self._bugtrackers[name] = BugTracker(
                    self.clock,
                    lambda: self.switches,
                    seed=seed,
                    projects=projects,
                    bugs=bugs,
                    hostile=hostile,
                    data_center=name,
                    site=lambda: self.sites[name],
                )
            return self._bugtrackers[name]

    def generate(self, *, seed: int = 1, projects: int = 6, bugs: int = 2000, hostile: bool = False) -> None:
        """Put a fresh portal of this size into every data centre; clients and tokens stay as they are."""
        with self._lock:
            self._data = (seed, projects, bugs, hostile)
            known = list(self._bugtrackers.values())
        for tracker in known:
            tracker.generate(seed=seed, projects=projects, bugs=bugs, hostile=hostile)

    def handle(self, request: Request) -> Response:
        """Answer any request to any of this world's sites."""
        found = self.sites.find(request.origin)
        if found is None:
            return error_page("Page not found", "No site of this sandbox has such an address", status=404)
        data_center, role = found
        own = self._own_page(request, role)
        if own is not None:
            return own

        def answer(asked: Request) -> Response:
            return self._answer(asked, data_center, role)

        faults = self.faults.take(request)
        response = suffer(faults, request, answer) if faults else answer(request)
        note = ", ".join(fault.kind for fault in faults)
        self.log.add(self.clock.now(), data_center, role, request, response, note and f"fault: {note}")
        return response

    def consent(self, authorization_url: str, *, accept: bool = True) -> str:
        """Press Accept or Reject for the user; give the address on which their browser lands.

        Where Zoho would not redirect, raise ValueError with the error page's words.
        """
        decision = "accept" if accept else "reject"
        response = self.handle(Request("GET", authorization_url, {"sandbox-consent": decision}))
        location = response.header("location")
        if location is None:
            raise ValueError(f"no redirect from the authorization address: {response.header('x-sandbox-problem')}")
        return location

    def disconnect(self, client: Client | None = None) -> None:
        """Press *Revoke Access* in the user's Connected Apps: all tokens die, and consent is asked anew."""
        self.accounts.state.disconnect(client or self.client)

    def generate_code(self, scopes: Iterable[str] = DEMO_SCOPES, *, lifetime: float | None = None) -> str:
        """Press *Generate Code* of the console's Self Client; lifetimes are at most ten minutes."""
        return self.accounts.state.self_client_code(self._demo["self"], tuple(scopes), lifetime)

    def approve_device(self, user_code: str, *, accept: bool = True) -> None:
        """Type a device's short code and press Accept or Reject."""
        with self.accounts.state.lock:
            self.accounts.devices.answer_for(user_code, accept=accept)

    def _answer(self, request: Request, data_center: str, role: Role) -> Response:
        if role == "accounts":
            if request.path == urlsplit(self.client.redirect_uri).path:
                return self._redirect_page(request)
            return self.accounts.handle(request, data_center)
        if role != "domain":
            grant = self.accounts.grant_for(bearer_token(request))
            here = grant if grant is not None and grant.data_center == data_center else None
            return self.bugtracker(data_center).handle(request, here, at=role)
        return error_page("Page not found", "This gateway has no BugTracker", status=404)

    def _own_page(self, request: Request, role: str) -> Response | None:
        """Pages of the sandbox that Zoho does not have: no fault touches them and no log lists them."""
        if request.path.startswith("/assets/"):
            return asset(request.path.removeprefix("/assets/"))
        if role == "accounts" and request.method == "POST" and request.path.startswith(PATH):
            return self._console.handle(request)
        if role == "accounts" and (request.path == "/" or request.path.startswith("/sandbox/")):
            return self._status.handle(request)
        if role == "bugtracker" and request.path == "/":
            return Response(302, b"", (("Location", self.accounts_url() + "/"),))
        return None

    def _redirect_page(self, request: Request) -> Response:
        state = self.accounts.state
        with state.lock:
            code = state.tokens.codes.get(request.query.get("code", ""))
        left = None if code is None else code.expires_at - self.clock.now()
        return redirect_page(request.query, request.url, seconds_left=left if left is None or left > 0 else None)


_DEMO_CLIENTS: Mapping[ClientType, str] = {
    "server": "Notebook demo",
    "mobile": "Desktop demo",
    "device": "Device demo",
    "self": "Self Client",
}
