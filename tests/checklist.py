"""The checklist of faults and bad inputs, T01 to T56: which tests prove each case, and what the peers do.

A test that has the id in its name (``test_t31_…``) belongs to its row by that; the others are named here. After a run
``table`` tells how each row went. The peers' results were measured, or read in their tests or sources, beforehand:
BC botocore, RO requests-oauthlib, AL Authlib, GA google-auth, MS msal, AZ azure-identity, ZC zcrmsdk, PZ pyzohoapi,
OA OAuthenticator, gh the GitHub CLI.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    case: str
    peers: str
    tests: tuple[str, ...] = ()  # parts of node ids
    untested: str = ""  # why not, or what of it not


_AUTH = "client/auth/test_authorization.py::test_"
_OAUTH = "client/auth/test_oauth.py::test_"
_HTTP = "client/http/test_transport.py::test_"
_CHECKS = "client/http/test_checks.py::test_"
_CONNECTION = "client/test_connection.py::test_"
_FLOW = "client/test_login_flow.py::test_"
_KEYRING = "client/auth/test_keyring_store.py::test_"
_LIMITS = "client/limits/test_rate_limit.py::test_"
_LISTENER = "sign_in/test_loopback.py::test_"
_SIGN_IN = "sign_in/test_sign_in.py::test_"
_PASTED = "auth/test_pasted.py::test_"
_API = "client/rest/test_api.py::test_"
_ERRORS = "client/rest/test_api_errors.py::test_"
_PAGING = "client/lists/test_paging.py::test_"
_SERVER = "sandbox/server/test_server.py::test_"

CHECKLIST: Mapping[str, Row] = {
    "T01": Row("64 threads, token expired", "yes BC; no RO AL GA MS AZ ZC PZ", (f"{_AUTH}64_threads_with_an_expired",)),
    "T02": Row("the same, the token endpoint fails", "no BC MS; none", (f"{_AUTH}64_threads_share_one_failure",)),
    "T03": Row("an early 401 in 64 threads", "none; GA refreshes 64 times", (f"{_AUTH}64_threads_with_an_early_401",)),
    "T04": Row("always 401", "yes RO AL ZC; no GA PZ", (f"{_CONNECTION}a_token_that_is_never_taken",)),
    "T05": Row("Zoho's budget of tokens", "none", (f"{_AUTH}the_budget_of_ten_tokens",)),
    "T06": Row("the wall clock jumps", "none", (f"{_AUTH}whichever_clock_reaches_the_end_first",)),
    "T07": Row("a token of 30 s", "yes RO; no GA MS", (f"{_AUTH}a_short_lived_token",)),
    "T08": Row("expires_in of any kind", "yes ZC MS", (f"{_OAUTH}the_life_of_a_token", f"{_OAUTH}whatever_json_comes")),
    "T09": Row('200 {"error": …}', "yes RO AL GA ZC; no PZ", (f"{_OAUTH}an_error_is_read_from_the_body",)),
    "T10": Row(
        "HTML, cut JSON, nothing", "yes RO AL ZC; no GA PZ", (f"{_OAUTH}pages_are_not", f"{_OAUTH}whatever_comes")
    ),
    "T11": Row("the token endpoint fails, then works", "yes GA", (f"{_AUTH}after_a_failure_the_next_try",)),
    "T12": Row(
        "Access Denied: too many", "none; MS for 60 s", (f"{_AUTH}after_access_denied", f"{_AUTH}access_denied_says")
    ),
    "T13": Row(
        "killed while a token is written", "yes msal-ext", ("test_shared_token.py::test_a_torn_or_forged_file",)
    ),
    "T14": Row("accounts-server of a stranger", "-", ("auth/test_data_centers.py::test_a_server_that_is_not_zohos",)),
    "T15": Row(
        "state wrong or used", "yes OA AL MS RO", (f"{_FLOW}anothers_redirect", "test_pasted.py::test_another_sign_ins")
    ),
    "T16": Row("PKCE", "yes OA MS; RO AL by choice", (f"{_OAUTH}pkce_is_s256", f"{_FLOW}a_client_without_a_secret")),
    "T17": Row(
        "the listener",
        "partly MS",
        (
            f"{_LISTENER}other_hosts_paths",
            f"{_LISTENER}only_this_machine",
            f"{_LISTENER}it_listens_for_five_minutes",
            f"{_LISTENER}whoever_says_nothing",
            f"{_LISTENER}a_stopped_listener",
        ),
        "IPv6: Zoho takes exact addresses",
    ),
    "T18": Row(
        "error_description=<script>",
        "yes MS",
        (f"{_LISTENER}errors_are_text", f"{_LISTENER}no_words_break"),
    ),
    "T19": Row(
        "anything pasted",
        "-",
        (
            f"{_PASTED}quotes_and_spaces",
            f"{_PASTED}a_line_break",
            f"{_PASTED}what_holds_no_code",
            f"{_PASTED}the_consent_link",
            f"{_PASTED}no_text_raises",
        ),
    ),
    "T20": Row("a code used or expired", "-", (f"{_FLOW}a_used_code", f"{_FLOW}an_expired_code")),
    "T21": Row("a double click on Login", "-", (f"{_SIGN_IN}a_double_click", f"{_SIGN_IN}pastes_from_many")),
    "T22": Row("sign-out", "yes gh ZC", (f"{_CONNECTION}signed_out_means", f"{_AUTH}signing_out_forgets")),
    "T23": Row("the API redirects elsewhere", "yes all, gh", (f"{_HTTP}redirects_are_not_followed",)),
    "T24": Row(
        "plain http, other ports, userinfo", "yes requests RO AZ; no AL GA ZC PZ", ("test_a_data_centre_of_ones_own",)
    ),
    "T25": Row("307 from the token endpoint", "yes ZC; no RO AL GA PZ", (f"{_HTTP}redirects_are_not_followed",)),
    "T26": Row(".netrc", "yes RO AL; no requests GA ZC PZ", (f"{_HTTP}netrc_is_not_read",)),
    "T27": Row(
        "paths that name another host",
        "-",
        (
            f"{_API}a_path_cannot_lead_elsewhere",
            f"{_API}every_path_stays",
            f"{_CHECKS}what_could_be_read",
        ),
    ),
    "T28": Row("proxies", "-", (f"{_HTTP}proxies_are_honoured",)),
    "T29": Row(
        "certificates", "no requests", (f"{_HTTP}a_certificate_that_is_not",), "there is no way to switch checking off"
    ),
    "T30": Row("nothing answers", "yes GA; no RO AL ZC PZ", (f"{_HTTP}a_server_that_is_not_there",)),
    "T31": Row("a byte at a time", "yes aiohttp; no requests httpx urllib3", (f"{_HTTP}t31_",)),
    "T32": Row(
        "a cut answer", "yes requests httpx", (f"{_HTTP}what_the_network_does", f"{_HTTP}a_write_that_broke_off")
    ),
    "T33": Row("a bomb", "-", (f"{_HTTP}an_answer_has_a_largest_size",)),
    "T34": Row("JSON under another name", "no requests", (f"{_HTTP}t34_",)),
    "T35": Row(
        "odd JSON",
        "no orjson, json",
        ("frames/test_frame_dtypes.py::test_a_hundred_thousand", f"{_OAUTH}whatever_json"),
    ),
    "T36": Row("a dead connection is used again", "-", (f"{_HTTP}t36_", f"{_CONNECTION}t36_")),
    "T37": Row("the throttle's answer in any dress", "none", (f"{_ERRORS}the_lock_is_known_by_its_body",)),
    "T38": Row("an error under 200", "yes PZ", (f"{_ERRORS}a_refusal_under_200", f"{_ERRORS}an_error_in_an_array")),
    "T39": Row("100 in any window", "no pyrate, aiolimiter", (f"{_LIMITS}no_rolling_window",)),
    "T40": Row("Zoho's lock", "-", (f"{_LIMITS}a_lock_holds", "lists/test_pull.py::test_a_lock_in_the_middle")),
    "T41": Row("several kernels, one killed", "pyrate", ("test_shared_budget.py::test_three_kernels",)),
    "T42": Row(
        "a write fails",
        "yes urllib3, stripe; no AZ GA PZ",
        (f"{_CONNECTION}a_fault_of_the_server", f"{_CONNECTION}a_write_is_repeated"),
    ),
    "T43": Row("Retry-After of any kind", "yes urllib3; no PZ", (f"{_ERRORS}retry_after", f"{_ERRORS}a_lock_of_v3")),
    "T44": Row(
        "rows come and go between pages",
        "-",
        (
            f"{_PAGING}with_the_count_known",
            f"{_PAGING}rows_deleted_at_every_request",
            f"{_PAGING}rows_added_before",
            f"{_PAGING}any_server",
            "lists/test_pull.py::test_bugs_made",
        ),
    ),
    "T45": Row(
        "a storm of 5xx",
        "-",
        (
            f"{_CONNECTION}retries_of_many_threads",
            f"{_CONNECTION}a_server_that_hangs",
            "test_what_counts.py::test_a_call_that_broke_off",
        ),
    ),
    "T46": Row("repr, vars, copy, pickle", "yes GA; vars: no RO AL ZC PZ", (f"{_AUTH}it_shows_no_secret",)),
    "T47": Row(
        "every failure in four xmodes",
        "no requests",
        (
            "magic/test_verbose_errors.py::test_no_frame",
            "kernel/test_traces_of_a_kernel.py::test_the_card",
            f"{_HTTP}what_fails_below",
        ),
    ),
    "T48": Row(
        "logs at DEBUG",
        "yes AL GA MS ZC; no RO PZ",
        (f"{_HTTP}nothing_secret_is_logged", f"{_HTTP}nothing_secret_is_printed"),
    ),
    "T49": Row("the server echoes a secret", "no RO AL GA", (f"{_CONNECTION}what_the_server_echoes",)),
    "T50": Row(
        "a saved notebook",
        "no ipywidgets",
        ("browser/test_traces.py::test_every_state", "kernel/test_headless_runs.py::test_a_card_that"),
    ),
    "T51": Row(
        "a secret on a line", "-", ("magic/test_history.py::test_a_refused_secret", "kernel/test_secrets_in_a_terminal")
    ),
    "T52": Row(
        "files in the wrong place", "yes msal-ext; no ZC", ("test_shared_token.py::test_the_folder_is_this_users",)
    ),
    "T53": Row(
        "the keyring is locked or unsafe", "yes gh", (f"{_KEYRING}a_locked_keyring", f"{_KEYRING}a_plain_text_keyring")
    ),
    "T54": Row("hostile titles", "-", ("magic/test_bug_card.py::test_hostile", "test_redactor.py::test_t54")),
    "T55": Row("ids of 18 digits", "no json_normalize", ("test_an_optional_id_of_18_digits",)),
    "T56": Row(
        "the sandbox itself",
        "-",
        (f"{_SERVER}it_listens_on_loopback", f"{_SERVER}foreign_hosts", f"{_SERVER}it_ends_with"),
    ),
}


def proofs_of(number: str, node_ids: Iterable[str]) -> list[str]:
    """The node ids that prove a row: by the id in their name, or by the part that the row names."""
    by_name = re.compile(rf"::test_{number.lower()}_")
    return [node for node in node_ids if by_name.search(node) or any(part in node for part in CHECKLIST[number].tests)]


def table(outcomes: Mapping[str, str]) -> str:
    """The checklist in Markdown, as the run with these outcomes (node id -> "passed", "failed", …) saw it."""
    lines = ["| id | case | here | peers |", "|---|---|---|---|"]
    for number, row in CHECKLIST.items():
        seen = [outcomes[node] for node in proofs_of(number, outcomes)]
        failed = sum(outcome != "passed" for outcome in seen)
        here = f"{failed} of {len(seen)} FAILED" if failed else f"{len(seen)} passed" if seen else "not run"
        here += f"; not tested: {row.untested}" if row.untested else ""
        lines.append(f"| {number} | {row.case} | {here} | {row.peers} |")
    return "\n".join(lines) + "\n"
