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
    unknown_scopes: Literal["refused", "dropped"] = "refused"  # dropped: as above, as long as one that is known is left
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

    # -- both APIs: refusals
    invalid_token_shape: Literal["gateway", "classic"] = "gateway"  # noqa: S105  the name of a shape
    # Without a token: code 6890; the V3 paths always use the gateway's shape.
    missing_token_shape: Literal["gateway", "classic"] = "classic"  # noqa: S105  the name of a shape
    invalid_token_status: Literal[401, 400] = 401  # measured, documented
    missing_scope_as: Literal["INVALID_OAUTHSCOPE", "URL_RULE_NOT_CONFIGURED"] = "INVALID_OAUTHSCOPE"
    validation_shape: Literal["gateway", "classic"] = "gateway"  # wrong or missing parameters of classic calls
    invalid_method_status: Literal[400, 405] = 400  # in samples, in the table
    # Names that a call does not know: lists were seen to ignore them, the title is documented; V3's JSON has a title of
    # its own for such keys
    extra_param_found_in: Literal["none", "v3", "both"] = "none"
    errors_in_200: bool = False  # every refusal of the API with status 200, as one client saw
    status_code_as: Literal["string", "number"] = "string"  # in the gateway's shape; throttles always use the number
    # The lists of documents also ask for ZohoPC.files.READ, as their page says
    documents_need_files_scope: bool = False

    # -- the classic API
    # How its paths answer once it is off; dead: its host's name is gone, and V3 is at the other hosts alone
    classic_end: Literal["none", "401", "404", "410", "400", "403", "redirect", "dead"] = "none"
    classic_ends_at: float = 0  # from this moment of the sandbox's clock on; 0: from the start
    portal_utc_offset: int = -180  # minutes; the portal's time zone has no daylight saving time
    range_over_max: Literal["cap", "refuse"] = "cap"
    index_zero: Literal["tolerate", "refuse"] = "tolerate"  # tolerated, it counts as 1
    status_details_key: Literal["status_details", "status_deatils"] = "status_details"
    # How several choices of one custom field are written, and its people; what is written otherwise is ignored
    several_choices_as: Literal["repeated", "commas", "both"] = "both"
    custom_people_as: Literal["ids", "names", "both"] = "both"
    choice_ids_as: Literal["string", "number"] = "string"  # a bug's severity and its kin; a status's id is always text

    # -- the rate limit per URL pattern; a limit of 0 is no limit
    url_limit: int = 100
    url_window: float = 120
    url_lock: float = 1800
    throttle_status: Literal[400, 200, 429] = 400
    throttle_retry_after: Literal["none", "seconds", "date"] = "none"  # the header beside a refusal
    throttle_extends_lock: bool = True  # a call during the lock starts it anew

    # -- V3: where it is, who may call it, how often
    v3_at: Literal["everywhere", "projectsapi", "projects"] = "everywhere"  # which hosts have it
    v3_absent_as: Literal["URL_RULE_NOT_CONFIGURED", "404"] = "URL_RULE_NOT_CONFIGURED"  # at the others
    bugtracker_token_on_v3: Literal["accepted", "INVALID_OAUTHSCOPE", "URL_RULE_NOT_CONFIGURED"] = "accepted"  # noqa: S105  no secret
    v3_limit: int = 200
    v3_window: float = 120
    v3_lock: float = 600
    v3_lock_told: int = 8  # the minutes that the refusal names, whatever is left of the lock
    v3_rate_headers: bool = False  # RateLimit, RateLimit-Remaining, RateLimit-Window, RateLimit-Window-Unit

    # -- V3: refusals
    v3_error_as: Literal["object", "array"] = "object"
    v3_details_as: Literal["list", "object"] = "list"
    v3_not_found_as: Literal["gateway", "classic"] = "gateway"

    # Keys that an issue does not have: ignored with 2xx, as measured, or EXTRA_KEY_FOUND_IN_JSON
    unknown_issue_keys: Literal["ignored", "refused"] = "ignored"

    # -- V3: lists
    v3_default_per_page: Literal[100, 10] = 100
    page_mandatory: Literal["recorded", "everywhere", "nowhere"] = "recorded"  # recorded: it depends on the list
    v31_users_per_page: Literal[50, 200] = 50  # at most, in v3.1
    has_next_page_as: Literal["bool", "string"] = "bool"
    page_info_as: Literal["object", "array", "none"] = "object"
    page_count_as: Literal["page_count", "count", "none"] = "page_count"
    # What hangs on an issue: "comments", "attachments", …; third parties saw "comment", "attachment_details", …
    v3_envelope_keys: Literal["plural", "details"] = "plural"
    empty_v3_list_as: Literal["list", "204"] = "list"
    projects_as: Literal["array", "envelope"] = "array"
    v3_order: Literal["newest", "scattered"] = "newest"  # of issues, without sort_by: no order at all was measured
    # What the time of the last change is called there; the other name is refused, and "ignored" heeds neither
    sort_by_update: Literal["both", "last_updated_time", "last_modified_time", "ignored"] = "both"
    filter_on_issues: Literal["honoured", "ignored", "refused"] = "honoured"
    sort_on_issues: Literal["honoured", "ignored", "refused"] = "honoured"
    pick_list_filter_by: Literal["name", "id"] = "name"
    filter_days_in: Literal["portal", "UTC"] = "portal"  # the time zone of a filter's days

    # -- V3: records
    issue_get_as: Literal["array", "object"] = "array"
    v3_ids_as: Literal["string", "number"] = "string"  # an issue's own id
    issue_name_as: Literal["plain", "escaped", "escaped twice"] = "plain"
    due_date_as: Literal["date", "moment"] = "date"
    last_updated_time_in_lists: bool = True
    # An issue's people: zpuid, name, email; with zuid, as in the newest samples; or with first_name and last_name too
    v3_people_as: Literal["zuid", "short", "long"] = "zuid"
    v3_users_as: Literal["short", "long"] = "long"  # long: zuid, role, is_active, …; their id is then the zpuid
    v3_custom_fields_as: Literal["api_name", "none", "list", "object"] = "api_name"
    unset_custom_fields_as: Literal["missing", "null"] = "missing"
    v3_project_counts: bool = False  # issues: {open_count, closed_count} in a project
    comment_raises_update_time: bool = True

    # -- V3: what hangs on an issue, milestones, time logs, files
    issue_comment_write_as: Literal["envelope", "array", "object"] = "envelope"
    comments_path: Literal["issues", "bugs", "both"] = "issues"
    attachments_path: Literal["both", "issue", "project"] = "both"  # where an issue's files are listed
    attachment_key: Literal["singular", "plural"] = "singular"  # of the project's list
    attachment_ids: Literal["all", "some -1"] = "all"  # -1: third_party_file_id is then what tells files apart
    followers_body: Literal["followers", "follower_ids", "both"] = "followers"
    phases_path: Literal["both", "phases", "milestones"] = "both"  # in v3
    time_log_key: Literal["log_details", "log_list"] = "log_details"
    time_logs_paged_by: Literal["logs", "days"] = "logs"
    time_log_create_as: Literal["500", "201"] = "500"  # POST …/log; addbulktimelogs always works
    workdrive: bool = True  # the portal's files are there: without it nothing can be uploaded through V3
    downloads_need_token: bool = False
