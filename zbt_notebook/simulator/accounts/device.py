"""The device flow: a short code to type elsewhere, and a long one to poll with."""

import secrets
from dataclasses import dataclass, field
from typing import Literal

from zbt_notebook.simulator.accounts.answers import accounts_json, throttled
from zbt_notebook.simulator.accounts.authorize import without
from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.accounts.grant import User
from zbt_notebook.simulator.accounts.scopes import known, split_scopes
from zbt_notebook.simulator.accounts.state import AccountsState
from zbt_notebook.simulator.accounts.token_endpoint import RefusedError, find_client, hand_over
from zbt_notebook.simulator.accounts.tokens import Code, TooManyRequestsError, new_token
from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.pages.device import device_consent_page, device_page, device_result_page

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that reads like something else


@dataclass(slots=True)
class DeviceRequest:
    """One sign-in that waits for its user."""

    user_code: str
    device_code: str = field(repr=False)
    client: Client
    scopes: tuple[str, ...]
    offline: bool
    expires_at: float
    state: Literal["pending", "accepted", "rejected"] = "pending"
    user: User | None = None
    home: str = ""
    polled_at: float | None = None
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)


class DeviceFlow:
    """The requests under way, by device code; the accounts' lock guards them."""

    def __init__(self, state: AccountsState) -> None:
        self._state = state
        self._requests: dict[str, DeviceRequest] = {}

    def start(self, params: dict[str, str], data_center: str) -> Response:
        """Answer ``POST /oauth/v3/device/code``."""
        client = self._state.clients.get(params.get("client_id", ""))
        if client is None or client.type != "device" or not client.known_in(data_center):
            return self._error("invalid_client")
        if params.get("grant_type") != "device_request":
            return self._error(self._state.switches.wrong_grant_type_error)
        scopes = known(split_scopes(params.get("scope", "")), self._state.switches)
        if not scopes:
            return self._error("invalid_scope")
        switches, now = self._state.switches, self._state.clock.now()
        offline = params.get("access_type") == "offline"
        waiting = DeviceRequest(_user_code(), new_token(), client, scopes, offline, now + switches.device_lifetime)
        self._requests = {key: old for key, old in self._requests.items() if old.expires_at > now - 3600}
        self._requests[waiting.device_code] = waiting
        return accounts_json(200, self._description(waiting, data_center))

    def poll(self, params: dict[str, str], data_center: str) -> Response:
        """Answer ``POST /oauth/v3/device/token``."""
        try:
            if params.get("grant_type") != "device_token":
                return self._error(self._state.switches.wrong_grant_type_error)
            client = find_client(self._state, params, data_center)
        except RefusedError as refusal:
            return self._error(refusal.word)
        waiting = self._requests.get(params.get("code", ""))
        if waiting is None or waiting.client.client_id != client.client_id:
            return self._error("invalid_code")
        return self._poll(waiting, data_center)

    def page(self, request: Request) -> Response:
        """Show where the short code is typed, or what it asks for once it is known."""
        typed = request.query.get("user_code", "")
        waiting = self._find(typed)
        if typed and waiting is None:
            return device_page(problem="There is no sign-in with this code, or its five minutes are over.")
        if waiting is None:
            return device_page()
        user = self._state.user
        return device_consent_page(
            waiting.user_code,
            waiting.ticket,
            waiting.client.name,
            waiting.scopes,
            user_name=user.name,
            user_email=user.email,
        )

    def decide(self, request: Request) -> Response:
        """Take the answer of the device page."""
        waiting = self._find(request.form.get("user_code", ""))
        if waiting is None or not secrets.compare_digest(
            request.form.get("ticket", "").encode(), waiting.ticket.encode()
        ):
            return device_page(problem="This page has expired. Type the code again.")
        accepted = request.form.get("decision") == "accept"
        waiting.state = "accepted" if accepted else "rejected"
        waiting.user, waiting.home = self._state.user, self._state.home
        if accepted:
            self._state.remember_consent(waiting.client, waiting.scopes)
        return device_result_page(waiting.client.name, accepted=accepted)

    def answer_for(self, user_code: str, *, accept: bool) -> None:
        """Let the user decide without a page; ValueError for a code that nobody waits on."""
        waiting = self._find(user_code)
        if waiting is None:
            raise ValueError("no device waits with this code")
        waiting.state = "accepted" if accept else "rejected"
        waiting.user, waiting.home = self._state.user, self._state.home

    def _find(self, user_code: str) -> DeviceRequest | None:
        wanted = user_code.strip().upper().replace("-", "")
        now = self._state.clock.now()
        return next(
            (
                waiting
                for waiting in self._requests.values()
                if waiting.user_code.replace("-", "") == wanted
                and waiting.state == "pending"
                and waiting.expires_at > now
            ),
            None,
        )

    def _poll(self, waiting: DeviceRequest, data_center: str) -> Response:
        now, switches = self._state.clock.now(), self._state.switches
        too_soon = waiting.polled_at is not None and now - waiting.polled_at < switches.device_interval
        waiting.polled_at = now
        if waiting.expires_at <= now:
            return self._error("expired")
        if too_soon:
            return self._error("slow_down")
        if waiting.state == "pending":
            return self._error("authorization_pending")
        if waiting.state == "rejected":
            return self._error("access_denied")
        if waiting.home != data_center:
            waiting.polled_at = None  # the other data centre has not been asked yet
            return self._error("other_dc", **dict.fromkeys(switches.device_location_keys, waiting.home))
        return self._finish(waiting)

    def _finish(self, waiting: DeviceRequest) -> Response:
        granted = without(waiting.scopes, self._state.switches.dropped_scopes)
        user = waiting.user or self._state.user
        code = Code(
            waiting.device_code, waiting.client, user, granted, waiting.home, 0, "", gives_refresh_token=waiting.offline
        )
        try:
            response = hand_over(self._state, code)
        except TooManyRequestsError:
            return throttled(self._state.switches)
        del self._requests[waiting.device_code]
        return response

    def _description(self, waiting: DeviceRequest, data_center: str) -> dict[str, object]:
        switches = self._state.switches
        factor = 1 if switches.device_units == "seconds" else 1000
        page = f"{self._state.sites[data_center].accounts_url}/oauth/v3/device"
        complete = {"verification_uri_complete": f"{page}?user_code={waiting.user_code}"}
        return {
            "user_code": waiting.user_code,
            "device_code": waiting.device_code,
            "verification_url": page,
            **(complete if switches.device_complete_uri else {}),
            "interval": round(switches.device_interval * factor),
            "expires_in": round(switches.device_lifetime * factor),
        }

    def _error(self, word: str, **more: str) -> Response:
        return accounts_json(self._state.switches.device_error_status, {"error": word, **more})


def _user_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
