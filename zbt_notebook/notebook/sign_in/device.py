"""Zoho's device flow: a link and a short code to type there; nothing to paste, no redirect URI.

Source: https://www.zoho.com/accounts/protocol/oauth/devices/ and RFC 8628, whose words Zoho borrows.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zbt_notebook.client.auth.data_centers import DataCenter, learn
from zbt_notebook.client.auth.oauth import ClientCredentials, directory_request, read_directory, read_token, rejection
from zbt_notebook.client.auth.scopes import format_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, Unreachable, without_frames
from zbt_notebook.client.http.messages import Request, Response, Transport, decode_json
from zbt_notebook.client.secret_str import SecretStr, StaysInKernel

SLOWER_BY = 5.0  # seconds more between two questions after each "slow_down" (RFC 8628 §3.5)
USUAL_INTERVAL, USUAL_LIFE = 30.0, 300.0  # seconds, where Zoho does not say: its documents' own figures
# Zoho's documents and its answers disagree on the unit. From these figures on it is milliseconds: nobody waits 1000 s
# between two questions, and no short code lives for hours (RFC 8628's example has 1800 s).
_INTERVAL_IN_MILLISECONDS, _LIFE_IN_MILLISECONDS = 1_000, 10_000
# What is shown as it came has no control character, no escape sequence of a terminal and no mark of direction in it.
_USER_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,39}")
_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")


@dataclass(frozen=True, slots=True)
class DeviceCode(StaysInKernel):
    """The answer to the first request: what the user types, what we ask with, how often and for how long."""

    user_code: str
    device_code: str = field(repr=False)
    verification_url: str
    complete_url: str
    interval: float
    expires_in: float


def device_code_request(data_center: DataCenter, client_id: str, scopes: tuple[str, ...]) -> Request:
    """Ask for a short code."""
    form = {
        "client_id": client_id,
        "grant_type": "device_request",
        "scope": format_scopes(scopes),
        "access_type": "offline",
        "prompt": "consent",
    }
    return Request("POST", f"{data_center.accounts_url}/oauth/v3/device/code", form=tuple(form.items()))


def device_token_request(data_center: DataCenter, client: ClientCredentials, device_code: str) -> Request:
    """Ask whether the user has consented by now."""
    form = {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "grant_type": "device_token",
        "code": device_code,
    }
    return Request("POST", f"{data_center.accounts_url}/oauth/v3/device/token", form=tuple(form.items()))


@without_frames
def read_device_code(response: Response) -> DeviceCode:
    """Read the first answer; raise SignInRejected for a refusal, Unreachable for what cannot be Zoho's."""
    body = _mapping(response)
    if "error" in body:
        raise _refused(str(body["error"]))
    page = _address(body.get("verification_url") or body.get("verification_uri"))
    user_code, device_code = body.get("user_code"), body.get("device_code")
    if (
        not isinstance(user_code, str)
        or not _USER_CODE.fullmatch(user_code)
        or not isinstance(device_code, str)
        or not page
    ):
        raise Unreachable(
            f"the answer (HTTP {response.status}) holds no short code",
            hint="Check that the data centre's accounts address is Zoho's, then sign in again.",
        )
    expires_in = _seconds(body.get("expires_in"), USUAL_LIFE, _LIFE_IN_MILLISECONDS)
    interval = _seconds(body.get("interval"), USUAL_INTERVAL, _INTERVAL_IN_MILLISECONDS)
    return DeviceCode(
        user_code,
        SecretStr(device_code),
        page,
        _address(body.get("verification_uri_complete")) or page,
        interval if interval < expires_in else USUAL_INTERVAL,  # a code that is never asked about signs nobody in
        expires_in,
    )


def _address(value: object) -> str:
    """A web address that is safe to show and to follow; empty where it is none."""
    text = value if isinstance(value, str) else ""
    return text if _ADDRESS.fullmatch(text) else ""


def _mapping(response: Response) -> Mapping[str, Any]:
    body = decode_json(response)
    return body if isinstance(body, dict) else {}


def _seconds(value: object, usual: float, milliseconds: float) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever float does not take is told by its exception
    except (TypeError, ValueError, OverflowError):
        return usual
    number = number / 1000 if number >= milliseconds else number
    return number if 0 < number < float("inf") else usual


def _refused(error: str) -> SignInRejected:
    refusal = rejection(error)
    if error == "invalid_client":
        refusal.hint = "The device flow needs a client of the type 'Non-browser', of this data centre, and its secret."
    return refusal


class ShortCode:
    """One sign-in by short code; the first request is sent when it is made.

    Raise SignInRejected where Zoho gives no code, Unreachable where it does not answer.
    """

    def __init__(
        self,
        client: ClientCredentials,
        scopes: tuple[str, ...],
        data_center: DataCenter,
        *,
        data_centers: Mapping[str, DataCenter],
        transport: Transport,
        connect: Callable[..., Connection],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._scopes = client, scopes
        self._data_center, self._data_centers = data_center, data_centers
        self._transport, self._connect, self._clock = transport, connect, clock
        self._code = read_device_code(transport(device_code_request(data_center, client.client_id, scopes)))
        self._end = clock() + self._code.expires_in
        self.link = self._code.complete_url

    @property
    def user_code(self) -> str:
        """What the user types on Zoho's page."""
        return self._code.user_code

    @property
    def page(self) -> str:
        """Where the user types it."""
        return self._code.verification_url

    @property
    def seconds_left(self) -> float:
        """How long the short code is still good for."""
        return max(0.0, self._end - self._clock())

    @property
    def instructions(self) -> tuple[str, ...]:
        """What to do, in lines."""
        minutes = self._code.expires_in / 60
        typed = f"Type the short code {self.user_code} on {self._code.verification_url}, or check it where it is shown"
        return (f"{typed}, and accept.", f"It is good for {minutes:.0f} minutes. Nothing has to be pasted.")

    def poll(self, stopped: threading.Event) -> Connection:
        """Ask again and again until the user has decided, the code has expired, or *stopped* is set."""
        interval = self._code.interval
        while not stopped.wait(interval):
            if self._clock() >= self._end + interval:
                raise rejection("expired")
            answer = self._request_token()
            if isinstance(answer, Connection):
                return answer
            interval = interval + SLOWER_BY if answer == "slow_down" else interval
        raise NotSignedIn("the sign-in was stopped", hint="Sign in again for a new short code.")

    @without_frames
    def _request_token(self) -> Connection | str:
        """Give the connection, or Zoho's word for why there is none yet."""
        try:
            response = self._transport(device_token_request(self._data_center, self._client, self._code.device_code))
            body = _mapping(response)
        except Unreachable:
            return "unreachable"  # the network may come back while the code lives
        error = str(body.get("error", ""))
        if error == "other_dc":
            self._follow(str(body.get("user_location") or body.get("dc") or ""))
        elif error not in {"authorization_pending", "slow_down"}:
            if error:
                raise _refused(error)
            token = read_token(response, requested=self._scopes)
            return self._connect(self._client, self._data_center, token, self._transport, requested=self._scopes)
        return error

    def _follow(self, location: str) -> None:
        """Go on asking where the user's account is: a data centre that is known, or in Zoho's own directory."""
        name = location.strip().lower()
        known = self._data_centers.get(name)
        if known is None:
            listed = read_directory(self._transport(directory_request(self._data_center)))
            known = learn(name, listed.get(name, ""))
        if known is None:
            raise SignInRejected(
                "this account is in a data centre that is not known here",
                hint=f"The data centres are {', '.join(self._data_centers)}: sign in with that of the account.",
            )
        self._data_center = known
