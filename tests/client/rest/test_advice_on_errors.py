"""What is said of each refusal, word for word, and what it advises."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.client.rest.refusals import CALL, NOW, THROTTLE, answer, caught, gateway
from zbt_notebook.client.errors import ApiError, NotFound, RateLimited, ScopeMissing, TokenRejected
from zbt_notebook.client.http.messages import Response, Upload
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.api_errors import judge

_AT = "GET /restapi/portal/1/projects/2/bugs/: "
_PARAMETERS = "Check the parameters: %zbt help /restapi/portal/1/projects/2/bugs/ tells what they may be."
_TOKEN = "Sign in again: %zbt login. If that does not help, is the data centre yours? %zbt doctor"
_ROLE = "Is the portal's id one of %zbt GET /portals/ (not login_id), and does your role in it allow this?"
_IDS = "Check the ids in the path: is the portal's id the portal's, not login_id, and is the project in it?"


@pytest.mark.parametrize(
    ("response", "kind", "code", "message", "hint"),
    [
        (
            gateway("EXTRA_PARAM_FOUND", "Extra param.", field="ownr"),
            ApiError,
            "EXTRA_PARAM_FOUND",
            "Zoho answers EXTRA_PARAM_FOUND, 'Extra param.' (about 'ownr')",
            _PARAMETERS,
        ),
        (
            answer(
                {
                    "error": {
                        "title": "INVALID",
                        "message": "Two are wrong.",
                        "details": [
                            {"message": "No date", "field_name": "due"},
                            {"message": "No user", "field_name": "owner"},
                        ],
                    }
                },
                400,
            ),
            ApiError,
            "INVALID",
            "Zoho answers INVALID, 'Two are wrong.; No date; No user' (about 'due', 'owner')",
            _PARAMETERS,
        ),
        (
            answer({"error": {"code": 6831, "message": "Input Parameter Missing"}}, 400),
            ApiError,
            "6831",
            "Zoho answers 6831, 'Input Parameter Missing'",
            _PARAMETERS,
        ),
        (answer({"error": {"status_code": "422"}}, 422), ApiError, "422", "Zoho answers 422", _PARAMETERS),
        (answer({"error": {"details": []}}, 400), ApiError, "", "Zoho answers 400", _PARAMETERS),
        (answer({"error": "went_wrong"}, 200), ApiError, "went_wrong", "Zoho answers went_wrong", _PARAMETERS),
        (
            answer({"error": "went_wrong", "error_description": "Somehow."}, 400),
            ApiError,
            "went_wrong",
            "Zoho answers went_wrong, 'Somehow.'",
            _PARAMETERS,
        ),
        (answer({"error": ["one", 2]}, 400), ApiError, "one; 2", "Zoho answers one; 2", _PARAMETERS),
        (answer({"error": ""}, 400), ApiError, "400", "Zoho answers 400", _PARAMETERS),
        (answer({"error": [""]}, 400), ApiError, "400", "Zoho answers 400", _PARAMETERS),
        (answer({"error": None}, 400), ApiError, "400", "Zoho answers 400", _PARAMETERS),
        (Response(400, {}, b"<html>"), ApiError, "400", "Zoho answers 400", _PARAMETERS),
        (
            gateway("INVALID_OAUTHTOKEN", "Invalid token.", 400),
            TokenRejected,
            "INVALID_OAUTHTOKEN",
            "Zoho answers INVALID_OAUTHTOKEN, 'Invalid token.'",
            _TOKEN,
        ),
        (
            answer({"error": {"code": 6504, "message": "Domain Not Available"}}, 404),
            NotFound,
            "6504",
            "Zoho answers 6504, 'Domain Not Available'",
            "The id after /portal/ is no portal's, login_id is none either: %zbt GET /portals/ shows them.",
        ),
        (Response(404, {}, b""), NotFound, "404", "Zoho answers 404", _IDS),
        (Response(403, {}, b""), ApiError, "403", "Zoho answers 403", _ROLE),
        (answer({"error": {"code": 6403}}, 400), ApiError, "6403", "Zoho answers 6403", _ROLE),
        (
            gateway("INVALID_METHOD"),
            ApiError,
            "INVALID_METHOD",
            "Zoho answers INVALID_METHOD",
            "This address does not take that method: %zbt endpoints shows which it takes.",
        ),
        *(
            (
                Response(status, {}, b""),
                ApiError,
                str(status),
                f"a redirect (HTTP {status}) is not followed: the token would travel",
                "Check the path and the data centre.",
            )
            for status in (300, 399)
        ),
        *(
            (
                Response(status, {}, b""),
                ApiError,
                str(status),
                f"Zoho answers {status}",
                "The fault is on Zoho's side. Try again in a minute.",
            )
            for status in (500, 503)
        ),
        (
            Response(429, {}, b""),
            RateLimited,
            "429",
            "Zoho's rate limit is used up, and this address is locked until 12:30 UTC",
            "Send nothing to it before then: calls during the lock can make it longer. Other addresses work.",
        ),
        (
            gateway("INVALID_OAUTHSCOPE", status=401),
            ScopeMissing,
            "INVALID_OAUTHSCOPE",
            "this sign-in does not cover the call, which needs ZohoBugTracker.bugs.READ",
            "Run: %zbt login --add-scope ZohoBugTracker.bugs.READ",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_what_is_read_of_a_refusal(response, kind, code, message, hint):
    """The call, Zoho's own words, and one next step; the status and the code are there for a script."""
    error = caught(response, kind)
    assert type(error) is kind
    assert (error.message, error.hint) == (_AT + message, hint)
    assert (error.status, error.code) == (response.status, code)


@pytest.mark.parametrize(
    ("call", "title", "granted", "message", "hint"),
    [
        (
            ApiCall("GET", "/restapi/nothing/here/"),
            "INVALID_OAUTHSCOPE",
            (),
            "this sign-in does not cover the call",
            "%zbt endpoints lists the scopes.",
        ),
        (
            CALL,
            "INVALID_OAUTHSCOPE",
            ("ZohoBugTracker.bugs.READ", "ZohoProjects.bugs.READ"),
            "this sign-in does not cover the call, though every scope that is known to be needed was granted",
            "Sign in again (%zbt login); if that does not help, your role in the portal may not allow it.",
        ),
        (
            ApiCall("GET", "/restapi/portal/1/projects/2/documents/"),
            "INVALID_OAUTHSCOPE",
            ("ZohoBugTracker.portals.READ",),
            "this sign-in does not cover the call, which needs ZohoBugTracker.documents.READ,ZohoPC.files.READ",
            "Run: %zbt login --add-scope ZohoBugTracker.documents.READ,ZohoPC.files.READ",
        ),
        (
            ApiCall("GET", "/restapi/portal/1/projects/2/documents/"),
            "INVALID_OAUTHSCOPE",
            (),
            "this sign-in does not cover the call, which needs ZohoBugTracker.documents.READ",
            "Run: %zbt login --add-scope ZohoBugTracker.documents.READ",
        ),
        (
            ApiCall("POST", "/restapi/portal/1/projects/2/bugs/"),
            "SERVER_ERROR",
            (),
            "Zoho answers SERVER_ERROR",
            "The fault is on Zoho's side. Look whether it happened before you send it again.",
        ),
        (
            ApiCall("GET", "/x"),
            "URL_RULE_NOT_CONFIGURED",
            (),
            "Zoho answers URL_RULE_NOT_CONFIGURED",
            "%zbt endpoints lists the paths.",
        ),
        (
            ApiCall("GET", "/restapi/portal/1/projects/2/bugz/"),
            "URL_RULE_NOT_CONFIGURED",
            ("ZohoBugTracker.bugs.READ",),
            "Zoho answers URL_RULE_NOT_CONFIGURED",
            "The nearest path is GET /restapi/portal/{portal}/projects/{project}/bugs/.",
        ),
    ],
)
def test_what_is_advised_depends_on_the_call(call, title, granted, message, hint):
    """On the scopes that its address needs and that were granted, and on whether it may be sent twice."""
    with pytest.raises(ApiError) as raised:
        judge(gateway(title, status=500), call, granted=granted, now=NOW)
    assert (raised.value.message, raised.value.hint) == (f"{call.method} {call.path}: {message}", hint)
    assert (raised.value.status, raised.value.code) == (500, title)


def test_a_lock_is_known_by_its_words_alone():
    """Whatever code and status they come with."""
    assert caught(answer({"error": THROTTLE}), RateLimited).retry_at == NOW + timedelta(minutes=23)


def test_a_lock_ends_at_a_moment_of_utc():
    """So that it can be compared with any other aware moment."""
    with pytest.raises(RateLimited) as raised:
        judge(Response(429, {}, b""), CALL)
    assert raised.value.retry_at
    assert raised.value.retry_at - datetime.now(UTC) > timedelta(minutes=29)


def test_every_text_of_the_server_is_redacted():
    """The code, the text and the names of fields."""
    refusal = gateway("canary-1", "canary-2", field="canary-3")
    message = caught(refusal, redact=lambda text: text.replace("canary", "…")).message
    assert message == f"{_AT}Zoho answers …-1, '…-2' (about '…-3')"


@pytest.mark.parametrize("body", [{"error": None}, {"error": ""}, {"error": []}, {"bugs": [], "error": [""]}])
def test_an_empty_error_under_200_is_none(body):
    """The field is there, and says nothing."""
    judge(answer(body), CALL)


_NEW = "/restapi/portal/1/projects/2/milestones/"
_DOCUMENTS = "/restapi/portal/1/projects/2/documents/"


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        (
            ApiCall("GET", "/restapi/portal/1/projects/2/logs/", (("view_type", "month"),)),
            "users_list, date, bill_status, component_type",
        ),
        (ApiCall("POST", _NEW, fields=(("name", "M"), ("owner", "7"))), "start_date, end_date, flag"),
        (ApiCall("POST", _DOCUMENTS), "uploaddoc"),
        (ApiCall("POST", _DOCUMENTS, uploads=(Upload("uploaddoc", "a.txt", b"a"),)), ""),
        (ApiCall("POST", _NEW, json={}), ""),
        (ApiCall("POST", _NEW, raw=b""), ""),
        (ApiCall("GET", "/nothing/here/"), ""),
    ],
)
def test_all_that_is_required_and_missing_is_named_at_once(call, missing):
    """Zoho names one parameter at a time; nothing is said of a body that is not looked into."""
    with pytest.raises(ApiError) as raised:
        judge(gateway("LESS_THAN_MIN_OCCURANCE"), call)
    lacks = f"The call lacks what this address requires: {missing}. " if missing else "Check the parameters: "
    assert raised.value.hint == f"{lacks}%zbt help {call.path} tells what they may be."
