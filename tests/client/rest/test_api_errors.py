"""What a refusal means, and what to do next."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.rest.refusals import CALL, NOW, THROTTLE, answer, caught, gateway
from zbt_notebook.client.errors import NotFound, RateLimited, ScopeMissing, TokenRejected, ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.api_errors import judge


@pytest.mark.parametrize("body", [{"bugs": []}, {"bugs": [{"error": "in a record"}]}, [], [{"error": 1}]])
def test_a_success_passes(body):
    """Even where a record happens to have a field named error."""
    judge(answer(body), CALL)


@pytest.mark.parametrize("status", [400, 200, 429])
def test_the_lock_is_known_by_its_body_under_any_status(status):
    """The details are an object here; the minutes are rounded, so one more is waited."""
    refusal = gateway("URL_ROLLING_THROTTLES_LIMIT_EXCEEDED", THROTTLE, 400, as_object=True)
    error = caught(Response(status, {}, refusal.body), RateLimited)
    assert error.retry_at == NOW + timedelta(minutes=23)
    assert error.code == "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"


_LATE = "Fri, 31 Dec 9999 23:59:59 GMT"


@pytest.mark.parametrize(
    ("header", "wait"),
    [("120", 120), ("-5", 1800), ("soon", 1800), ("999999999", 86400), ("", 1800), (_LATE, 86400)],
)
def test_retry_after_is_used_where_the_text_has_no_minutes(header, wait):
    """And clamped: a header must not hold a notebook for years."""
    error = caught(answer({"error": {"title": "X", "details": []}}, 429, **{"retry-after": header}), RateLimited)
    assert error.retry_at == NOW + timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("text", "header", "seconds"),
    [
        (THROTTLE, "", 23 * 60),
        (THROTTLE, "1500", 1500),
        (THROTTLE, "60", 23 * 60),
        ("Try again after 8 minutes.", "", 601),
        ("Try again after 8 minutes.", "300", 540),
        ("", "Thu, 01 Jan 2026 12:09:00 GMT", 541),
        ("", "Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("", "Thu, 01 Jan 2026 13:09:00 +0100", 541),
        ("", "Thu, 01 Jan 2026 12:09:00 -0000", 541),
        ("", "", 601),
    ],
)
@pytest.mark.parametrize("status", [400, 429])
def test_a_lock_of_v3_lasts_as_long_as_the_longer_of_text_and_header_says(text, header, seconds, status):
    """Seconds or a date; without a header ten minutes at least, and not the half hour of the classic API."""
    refusal = gateway("URL_ROLLING_THROTTLES_LIMIT_EXCEEDED", text, as_object=True)
    with pytest.raises(RateLimited) as raised:
        judge(
            Response(status, {"retry-after": header}, refusal.body), ApiCall("GET", "/api/v3/portal/1/issues"), now=NOW
        )
    assert raised.value.retry_at == NOW + timedelta(seconds=seconds)


def test_a_portal_id_that_is_none_is_not_found():
    """6504 is "Domain Not Available": login_id stood in a portal's place, and nothing is locked."""
    error = caught(answer({"error": {"code": 6504, "message": "Domain Not Available"}}, 404), NotFound)
    assert "login_id" in error.hint


@pytest.mark.parametrize("status", [200, 206, 207, 400])
def test_an_error_in_an_array_is_a_refusal(status):
    """So V3 refuses to delete a project; and an error under 2xx is one as well."""
    told = {"status_code": "404", "title": "RESOURCE_NOT_FOUND", "details": [{"message": "no project"}]}
    assert "no project" in caught(answer({"error": [told]}, status), NotFound).message


@pytest.mark.parametrize(
    "body",
    [
        b'{"bugs": [%s], "error": {"code": 6404, "message": "gone"}}' % b",".join([b'{"id": 1}'] * 900),
        b'[{"error": {"code": 6404, "message": "gone"}}]',
        b'[{"id": 1}, {"error": {"code": 6404, "message": "gone"}}]',
        b" " * 5000 + b'{"error": {"code": 6404, "message": "gone"}}',
        b'{"\\u0065rror": {"code": 6404, "message": "gone"}}',
        b'\xef\xbb\xbf{"error": {"code": 6404, "message": "gone"}}',
        *('{"error": {"code": 6404, "message": "gone"}}'.encode(code) for code in ("utf-16", "utf-16-be", "utf-32-le")),
    ],
)
def test_a_refusal_under_200_is_found_wherever_it_stands(body):
    """Behind many rows, among them, behind blanks, spelt with escapes, or in another encoding."""
    caught(Response(200, {}, body), NotFound)


@pytest.mark.parametrize(
    "body", [b'[{"id": 1, "error": "of a record"}]', b"[]", b"[[]]", b'["error"]', b'\0\xff"error"']
)
def test_what_only_looks_like_a_refusal_is_none(body):
    """A record with a field of that name, or a file."""
    judge(Response(200, {}, body), CALL)


def test_a_missing_scope_is_named():
    """INVALID_OAUTHSCOPE does not say which; the catalogue does."""
    error = caught(gateway("INVALID_OAUTHSCOPE", "Invalid OAuth scope.", 401), ScopeMissing)
    assert error.needed == "ZohoBugTracker.bugs.READ"
    assert "ZohoBugTracker.bugs.READ" in error.message
    assert error.status == 401


def test_a_missing_scope_is_seen_behind_a_wrong_url():
    """Zoho says URL_RULE_NOT_CONFIGURED where the scope does not cover the route."""
    refusal = gateway("URL_RULE_NOT_CONFIGURED", "Given URL is wrong")
    caught(refusal, ScopeMissing, granted=("ZohoBugTracker.portals.READ",))
    caught(refusal, NotFound, granted=("ZohoBugTracker.bugs.ALL",))


ISSUES = "/api/v3/portal/1/projects/2/issues"


def scope_error(path, granted, title="INVALID_OAUTHSCOPE"):
    with pytest.raises(ScopeMissing) as raised:
        judge(gateway(title, status=401), ApiCall("GET", path), granted=granted, now=NOW)
    return raised.value


@pytest.mark.parametrize("title", ["INVALID_OAUTHSCOPE", "URL_RULE_NOT_CONFIGURED"])
def test_the_twin_of_a_scope_is_named_where_v3_refuses_it(title):
    """A BugTracker token that V3 does not take: the error names the Projects scope, and the line that adds it."""
    error = scope_error(ISSUES, ("ZohoBugTracker.bugs.READ",), title)
    assert error.needed == "ZohoProjects.bugs.READ"
    assert "%zbt login --add-scope ZohoProjects.bugs.READ" in error.hint


def test_the_twin_is_named_the_other_way_round_too():
    """Where the documented scope was granted and refused, the other family's is what is left to try."""
    assert scope_error(ISSUES, ("ZohoProjects.bugs.ALL",)).needed == "ZohoBugTracker.bugs.READ"
    assert scope_error(CALL.path, ("ZohoProjects.bugs.READ",)).needed == "ZohoBugTracker.bugs.READ"


def test_the_advice_on_documents_does_not_go_round_in_a_circle():
    """Once the documents' scope is there, what is missing is that of their files; then the twin; then nothing."""
    documents = "/restapi/portal/1/projects/2/documents/"
    granted = ["ZohoBugTracker.documents.READ"]
    asked = []
    while needed := scope_error(documents, tuple(granted)).needed:
        assert not set(needed.split(",")) & set(granted)
        granted += needed.split(",")
        asked.append(needed)
    assert asked == ["ZohoPC.files.READ", "ZohoProjects.documents.READ"]
    assert "role" in scope_error(documents, tuple(granted)).hint


@pytest.mark.parametrize(
    "refusal",
    [
        gateway("INVALID_OAUTHTOKEN", "Invalid OAuth access token.", 401),
        answer({"error": {"code": 6401, "message": "Invalid OAuth AccessToken"}}, 401),
        answer({"error": {"code": 6890, "message": "Invalid Ticket"}}, 200),
        Response(401, {}, b""),
    ],
)
def test_a_rejected_token_in_every_shape(refusal):
    """The gateway's, the classic one, and no body at all."""
    assert "zbt login" in caught(refusal, TokenRejected).hint


@pytest.mark.parametrize(
    "refusal",
    [
        gateway("RESOURCE_NOT_FOUND", "not there", 404),
        answer({"error": {"code": 6404, "message": "No such bug"}}, 404),
        Response(404, {"content-type": "text/html"}, b"<html>"),
    ],
)
def test_nothing_there(refusal):
    """In every shape."""
    caught(refusal, NotFound)


def test_a_wrong_path_is_answered_with_the_nearest():
    """As a user would misspell it."""
    with pytest.raises(NotFound) as raised:
        judge(gateway("URL_RULE_NOT_CONFIGURED"), ApiCall("GET", "/restapi/portal/1/projects/2/bugz/"))
    assert "/bugs/" in raised.value.hint


def test_a_refused_parameter_is_named():
    """The field of the gateway's details, quoted."""
    error = caught(gateway("EXTRA_KEY_FOUND_IN_JSON", "Extra key found in JSON.", field="owner"))
    assert "'owner'" in error.message
    assert "Extra key found in JSON." in error.message


@pytest.mark.parametrize("status", [100, 103, 199, 206])
@pytest.mark.parametrize("body", [b"", b'{"bugs": []}'])
def test_what_is_no_whole_answer_is_no_empty_list(status, body):
    """An early hint of a proxy's before the answer, or a part of one: nothing is known to be there or done."""
    assert str(status) in caught(Response(status, {}, body)).message


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_other_success_is_one(status):
    """Zoho has several."""
    judge(Response(status, {}, b""), CALL)


def test_a_redirect_is_not_followed():
    """The token would travel."""
    assert "not followed" in caught(Response(307, {"location": "https://evil.example"})).message


def test_texts_of_the_server_are_shown_in_one_clean_line():
    """No control characters, no novel, no secret that the server echoes."""
    error = caught(
        answer({"error": {"code": 1, "message": "bad\x1b[31m\n" + "x" * 500 + " canary"}}, 400),
        redact=lambda text: text.replace("canary", "…"),
    )
    assert "\x1b" not in error.message
    assert "canary" not in error.message
    assert len(error.message) < 320


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda v: (
            st.lists(v, max_size=3)
            | st.dictionaries(
                st.sampled_from(["error", "code", "title", "details", "message", "status_code"]), v, max_size=4
            )
        ),
    ),
    st.sampled_from([200, 400, 401, 404, 429, 500]),
)
def test_whatever_comes_the_verdict_is_typed(body, status):
    """A pass, or an error of ours."""
    try:
        judge(answer(body, status), CALL, now=NOW)
    except ZbtError as error:
        assert error.message
    else:
        assert status == 200
