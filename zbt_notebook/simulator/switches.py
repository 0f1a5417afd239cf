"""Where accounts of Zoho's behaviour disagree, the sandbox asks these switches."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """Plain values, each with the likeliest behaviour as its default; a limit of 0 is no limit, times are seconds."""

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
    # Forums and documents were seen with ALL only; that they have one for each operation is assumed
    forum_and_document_scopes: Literal["each", "ALL"] = "each"
    pkce_for_server_clients: Literal["ignored", "verified"] = "ignored"
    secret_per_data_center: bool = False  # a multi-data-centre client has another secret in each

    # -- the token endpoint
    token_lifetime: float = 3600
    expires_in_as: Literal["seconds", "milliseconds", "legacy"] = "seconds"  # legacy: ms, and expires_in_sec beside it
    scope_in_token_answers: bool = True
    wrong_credentials_error: str = "invalid_client_secret"
    wrong_redirect_error: str = "invalid_redirect_uri"
    wrong_grant_type_error: str = "unsupported_grant_type"
    token_error_status: int = 200
    token_throttle_status: Literal[200, 400, 429] = 400
    organisation_needed: bool = False  # client_credentials without soid: missing_org_info

    # Of the simulated data centres; each of these lists itself alone. China is a world apart.
    serverinfo_leaves_out: tuple[str, ...] = ("cn",)

    # -- how many tokens live, how often they are given
    refresh_tokens_kept: int = 20  # per user and client
    refresh_overflow: Literal["evict", "deny"] = "evict"
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

    # -- the BugTracker API: refusals
    invalid_token_shape: Literal["gateway", "classic"] = "gateway"  # noqa: S105  the name of a shape
    # Without a token: code 6890; the V3 paths always use the gateway's shape.
    missing_token_shape: Literal["gateway", "classic"] = "classic"  # noqa: S105  the name of a shape
    missing_scope_as: Literal["INVALID_OAUTHSCOPE", "URL_RULE_NOT_CONFIGURED"] = "INVALID_OAUTHSCOPE"
    validation_shape: Literal["gateway", "classic"] = "gateway"  # wrong or missing parameters of classic calls
    # Names that a call does not know: the title is recorded, not which API sends it; V3 refuses keys of JSON likewise
    extra_param_found_in: Literal["v3", "both", "none"] = "v3"
    errors_in_200: bool = False  # every refusal of the API with status 200, as one client saw
    status_code_as: Literal["string", "number"] = "string"  # in the gateway's shape; throttles always use the number
    classic_retired: bool = False

    # -- the BugTracker API: answers
    portal_utc_offset: int = -180  # minutes; the portal's time zone has no daylight saving time
    range_over_max: Literal["cap", "refuse"] = "cap"
    index_zero: Literal["tolerate", "refuse"] = "tolerate"  # tolerated, it counts as 1
    status_details_key: Literal["status_details", "status_deatils"] = "status_details"
    choice_ids_as: Literal["string", "number"] = "string"  # a bug's severity and its kin; a status's id is always text
    has_next_page_as: Literal["bool", "string"] = "bool"
    page_info_as: Literal["object", "array"] = "object"
    page_count_in_page_info: bool = True
    # What hangs on an issue: "comments", "attachments", …; third parties saw "comment", "attachment_details", …
    v3_envelope_keys: Literal["plural", "details"] = "plural"
    empty_v3_list_as: Literal["list", "204"] = "list"
    # An issue's people: zpuid, name, email, as recorded; or with zuid, first_name and last_name, as listed elsewhere
    v3_people_as: Literal["short", "long"] = "short"
    v3_users_as: Literal["short", "long"] = "long"  # long: zuid, role, is_active, …; their id is then the zpuid
    # Of issues; none was ever recorded: a list of labels and values as the classic API has, an object, columns, or none
    v3_custom_fields_as: Literal["none", "list", "object", "columns"] = "none"
    v3_project_counts: bool = False  # issues: {open_count, closed_count} in a project

    # -- the rate limit per URL pattern; a limit of 0 is no limit
    url_limit: int = 100
    url_window: float = 120
    url_lock: float = 1800
    throttle_status: Literal[400, 200, 429] = 400
    # As recorded; or, of classic calls, code 6504, of which the number and "too many" are all that is known
    throttle_shape: Literal["gateway", "classic"] = "gateway"
    throttle_retry_after: bool = False  # a Retry-After header in seconds
    throttle_extends_lock: bool = True  # a call during the lock starts it anew
