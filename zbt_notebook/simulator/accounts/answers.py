"""What the accounts server says, word for word."""

from zbt_notebook.simulator.http import Response, json_response
from zbt_notebook.simulator.switches import Switches

THROTTLED = {
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


def token_error(word: str, switches: Switches) -> Response:
    """Refuse, inside HTTP 200 as Zoho does (a switch tells otherwise)."""
    return accounts_json(switches.token_error_status, {"error": word})


def throttled(switches: Switches) -> Response:
    """Refuse because too much was asked lately."""
    return accounts_json(switches.token_throttle_status, THROTTLED)


def token_answer(
    access_token: str,
    *,
    refresh_token: str | None = None,
    scopes: tuple[str, ...],
    api_domain: str,
    seconds: float,
    switches: Switches,
) -> Response:
    """Hand over tokens; ``expires_in`` in the dress that the switches choose."""
    answer: dict[str, object] = {"access_token": access_token}
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    if switches.scope_in_token_answers:
        answer["scope"] = " ".join(scopes)
    answer |= {"api_domain": api_domain, "token_type": "Bearer"}
    return accounts_json(200, answer | expiry_fields(seconds, switches))


def expiry_fields(seconds: float, switches: Switches) -> dict[str, int]:
    """``expires_in`` in seconds, in milliseconds, or in the old pair of both."""
    if switches.expires_in_as == "seconds":
        return {"expires_in": round(seconds)}
    fields = {"expires_in": round(seconds * 1000)}
    return fields if switches.expires_in_as == "milliseconds" else fields | {"expires_in_sec": round(seconds)}


def accounts_json(status: int, value: object) -> Response:
    """JSON with the headers of the accounts server."""
    return json_response(status, value, ("Server", "ZGS"), ("Cache-Control", "no-store"))
