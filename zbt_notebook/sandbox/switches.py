"""Where accounts of Zoho's behaviour disagree, the sandbox asks these switches."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """Plain values, each with the likeliest behaviour as its default; a limit of 0 means no limit, times are seconds."""

    # -- authorization requests and redirects
    redirect_state_first: bool = True
    redirect_trailing_ampersand: bool = True
    redirect_server_encoded: bool = True  # accounts-server=https%3A%2F%2F…, or bare as the documents print it
    redirect_names_data_center: bool = True  # location and accounts-server
    code_lifetime: float = 120
    self_client_code_lifetime: float = 180
    code_limit: int = 10  # codes per client in code_window
    code_window: float = 600
    code_block: float = 0  # extra time a client stays blocked once over the limit
    dropped_scopes: tuple[str, ...] = ()  # asked for, consented to, silently not granted
    pkce_for_server_clients: Literal["ignored", "verified"] = "ignored"
    secret_per_data_center: bool = False  # a multi-data-centre client has another secret in each

    # -- the token endpoint
    token_lifetime: float = 3600
    expires_in_as: Literal["seconds", "milliseconds", "legacy"] = "seconds"  # legacy: ms, and expires_in_sec beside it
    scope_in_token_answers: bool = True
    wrong_secret_error: str = "invalid_client_secret"
    wrong_redirect_error: str = "invalid_redirect_uri"
    wrong_grant_type_error: str = "unsupported_grant_type"
    token_error_status: int = 200
    token_throttle_status: Literal[200, 400, 429] = 400
    organisation_needed: bool = False  # client_credentials without soid: missing_org_info

    # -- how many tokens live, how often they are given
    refresh_tokens_kept: int = 20  # per user and client
    refresh_token_overflow: Literal["evict", "deny"] = "evict"
    refresh_token_limit: int = 10  # new ones per user and client in refresh_token_window
    refresh_token_window: float = 600
    access_tokens_kept: int = 10  # per refresh token
    access_token_limit: int = 10  # token calls per refresh token in access_token_window
    access_token_window: float = 600

    # -- revoking
    wrong_revoke_status: int = 400
    wrong_revoke_error: str = "invalid_code"

    # -- the device flow
    device_units: Literal["milliseconds", "seconds"] = "milliseconds"
    device_interval: float = 30
    device_lifetime: float = 300
    device_complete_uri: bool = True  # verification_uri_complete in the first answer
    device_error_status: int = 200
    device_location_keys: tuple[str, ...] = ("user_location", "dc")
