"""The accounts server: every path of the endpoint map, in every data centre."""

from collections.abc import Callable

from zbt_notebook.simulator.accounts import browser, revoke_endpoint, token_endpoint
from zbt_notebook.simulator.accounts.answers import accounts_json
from zbt_notebook.simulator.accounts.device import DeviceFlow
from zbt_notebook.simulator.accounts.grant import Grant
from zbt_notebook.simulator.accounts.state import AccountsState
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.pages.error import error_page
from zbt_notebook.simulator.sites import Sites
from zbt_notebook.simulator.switches import Switches

_Route = Callable[[Request, str], Response]


class Accounts:
    """Zoho Accounts of all data centres; thread-safe."""

    def __init__(self, clock: Clock, switches: Callable[[], Switches], sites: Sites, *, seed: int = 1) -> None:
        self.state = AccountsState(clock, switches, sites, seed=seed)
        self.devices = DeviceFlow(self.state)
        state = self.state
        self._routes: dict[str, dict[str, _Route]] = {
            "/oauth/v2/auth": {
                "GET": lambda request, dc: browser.authorize(state, request, dc),
                "POST": lambda request, _: browser.decide(state, request),
            },
            "/oauth/v2/token": {"POST": lambda request, dc: token_endpoint.answer(state, request.params, dc)},
            "/oauth/v2/token/revoke": {"POST": lambda request, dc: revoke_endpoint.classic(state, request.params, dc)},
            "/oauth/v2/revoke/token": {"POST": lambda request, dc: revoke_endpoint.newer(state, request, dc)},
            "/oauth/v3/device/code": {"POST": lambda request, dc: self.devices.start(request.params, dc)},
            "/oauth/v3/device/token": {"POST": lambda request, dc: self.devices.poll(request.params, dc)},
            "/oauth/v3/device": {
                "GET": lambda request, _: self.devices.page(request),
                "POST": lambda request, _: self.devices.decide(request),
            },
            "/oauth/serverinfo": {"GET": lambda _, dc: self._server_info(dc)},
            "/oauth/user/info": {"GET": self._user_info},
        }

    def handle(self, request: Request, data_center: str) -> Response:
        """Answer one request to the accounts host of a data centre."""
        methods = self._routes.get(request.path)
        if methods is None:
            return error_page("Page not found", "The URL entered does not exist on this server", status=404)
        method = "GET" if request.method == "HEAD" else request.method
        route = methods.get(method)
        if route is None:
            allowed = ("Allow", ", ".join(methods))
            return error_page("Method not allowed", "This address takes another HTTP method", allowed, status=405)
        with self.state.lock:
            return route(request, data_center)

    def grant_for(self, access_token: str) -> Grant | None:
        """What an access token allows; None for one unknown, expired, revoked or evicted."""
        return self.state.grant_for(access_token)

    def _server_info(self, data_center: str) -> Response:
        sites, apart = self.state.sites, self.state.switches.serverinfo_leaves_out
        names = (data_center,) if data_center in apart else (name for name in sites.names if name not in apart)
        return accounts_json(
            200, {"result": "success", "locations": {name: sites[name].accounts_url for name in names}}
        )

    def _user_info(self, request: Request, data_center: str) -> Response:
        grant = self.grant_for(bearer_token(request))
        if grant is None or grant.data_center != data_center:
            return accounts_json(401, {"error": "invalid_token"})
        if "aaaserver.profile.read" not in {scope.lower() for scope in grant.scopes}:
            return accounts_json(401, {"error": "invalid_scope"})
        first, _, last = grant.user.name.partition(" ")
        return accounts_json(
            200,
            {
                "First_Name": first,
                "Last_Name": last,
                "Display_Name": grant.user.name,
                "Email": grant.user.email,
                "ZUID": grant.user.zuid,
            },
        )


def bearer_token(request: Request) -> str:
    """Read the token of an Authorization header, under either of the schemes that Zoho takes; else nothing."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() in {"zoho-oauthtoken", "bearer"} else ""
