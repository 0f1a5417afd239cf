"""How calls are refused: tokens, scopes, URLs, methods, parameters, and the two shapes of saying so."""

import json
from dataclasses import replace

import pytest

from zbt_notebook.simulator.accounts.grant import DEMO_USER
from zbt_notebook.simulator.data.portal import PORTAL_ID

PORTALS = "/restapi/portals/"


def test_a_call_without_a_token_has_an_invalid_ticket(caller):
    """No Authorization header, or the old ``authtoken``, is 6890 in the classic shape and INVALID_TICKET in V3."""
    caller.headers = {}
    caller.grant = None
    for params in ({}, {"authtoken": "1000.token"}):
        answer = caller.send("GET", PORTALS, **params)
        assert (answer.status, caller.error(answer)) == (401, {"code": 6890, "message": "Invalid Ticket"})
    assert caller.error(caller.send("GET", "/api/v3/portals"))["title"] == "INVALID_TICKET"
    caller.switch(missing_token_shape="gateway")
    assert caller.error(caller.send("GET", PORTALS))["title"] == "INVALID_TICKET"


def test_a_dead_token_is_refused_in_either_shape(caller):
    """A token that stands for nothing is 401 in the gateway's shape, or 6401 in the classic one."""
    caller.grant = None
    answer = caller.send("GET", PORTALS)
    assert answer.status == 401
    assert json.loads(answer.body) == {
        "error": {
            "status_code": "401",
            "title": "INVALID_OAUTHTOKEN",
            "details": [{"message": "Invalid OAuth access token."}],
        }
    }
    caller.switch(invalid_token_shape="classic")
    assert caller.error(caller.send("GET", PORTALS)) == {"code": 6401, "message": "Invalid OAuth access token."}
    assert caller.error(caller.send("GET", "/api/v3/portals"))["title"] == "INVALID_OAUTHTOKEN"


def test_a_missing_scope_is_refused_with_the_recorded_body(caller, scopes):
    """A token of another module, operation or family lacks the scope."""
    recorded = {
        "error": {
            "status_code": "401",
            "title": "INVALID_OAUTHSCOPE",
            "error_type": "FIELDS_VALIDATION_ERROR",
            "details": [{"message": "Invalid OAuth scope."}],
        }
    }
    for granted in ("ZohoBugTracker.bugs.ALL", "ZohoBugTracker.portals.CREATE", "ZohoProjects.portals.ALL"):
        caller.grant = scopes(granted)
        answer = caller.send("GET", PORTALS)
        assert (answer.status, json.loads(answer.body)) == (401, recorded)
    caller.switch(missing_scope_as="URL_RULE_NOT_CONFIGURED")
    answer = caller.send("GET", PORTALS)
    assert (answer.status, caller.error(answer)["title"]) == (400, "URL_RULE_NOT_CONFIGURED")


@pytest.mark.parametrize(
    "scope", ["ZohoBugTracker.portals.READ", "ZohoBugtracker.portals.all", "ZOHOBUGTRACKER.PORTALS.ALL"]
)
def test_scopes_are_compared_without_case_and_all_covers_everything(caller, scopes, scope):
    """``ALL`` satisfies every operation of its module; Zoho itself spells the family in two ways."""
    caller.grant = scopes(scope)
    assert caller.send("GET", PORTALS).status == 200


def test_every_operation_asks_for_its_own_scope(caller, home, scopes):
    """Reading, creating, changing and deleting bugs are four scopes."""
    bug = f"{home}/bugs/{caller.get(f'{home}/bugs/', range=1)['bugs'][0]['id']}/"
    calls = {
        "READ": lambda: caller.send("GET", bug),
        "CREATE": lambda: caller.form(f"{home}/bugs/", title="x"),
        "UPDATE": lambda: caller.form(bug, title="y"),
        "DELETE": lambda: caller.send("DELETE", bug),
    }
    for operation, call in calls.items():
        for other in calls:
            if other != operation:
                caller.grant = scopes(f"ZohoBugTracker.bugs.{other}")
                assert call().status == 401
    for operation, call in calls.items():
        caller.grant = scopes(f"ZohoBugTracker.bugs.{operation}")
        assert call().status in {200, 201}


def test_tags_are_changed_and_deleted_with_the_modules_widest_scope(caller, scopes):
    """Tags have the scopes READ, CREATE and ALL, of which the first two cover neither changing nor deleting."""
    tags = f"/api/v3/portal/{PORTAL_ID}/tags"
    tag = f"{tags}/{caller.get(tags)['tags'][0]['id']}"
    caller.grant = scopes(*(f"ZohoBugtracker.tags.{name}" for name in ("READ", "CREATE", "UPDATE", "DELETE")))
    for answer in (caller.json("PATCH", tag, {"name": "New"}), caller.send("DELETE", tag)):
        assert (answer.status, caller.error(answer)["title"]) == (401, "INVALID_OAUTHSCOPE")
    caller.grant = scopes("ZohoBugtracker.tags.ALL")
    assert caller.json("PATCH", tag, {"name": "New"}).status == 200
    assert caller.send("DELETE", tag).status == 204


def test_whoever_signs_in_is_an_administrator_of_the_portal(caller):
    """A user not seen before joins the portal, and is the author of what they write."""
    caller.grant = replace(caller.grant, user=replace(DEMO_USER, zuid=70039999, zpuid="404170000000099999", name="Kim"))
    assert caller.get(PORTALS)["login_id"] == "70039999"
    assert "Kim" in {user["name"] for user in caller.get("/restapi/portal/brightwater/users/")["users"]}


def test_a_wrong_url_and_a_wrong_method(caller, home):
    """Both are the gateway's to refuse; classic paths work with and without their last slash."""
    answer = caller.send("GET", "/restapi/nothing/")
    assert (answer.status, caller.error(answer)["title"]) == (400, "URL_RULE_NOT_CONFIGURED")
    answer = caller.send("PATCH", f"{home}/bugs/")
    assert (answer.status, caller.error(answer)["title"]) == (405, "INVALID_METHOD")
    assert dict(answer.headers)["Allow"] == "GET, POST"
    assert caller.send("GET", f"{home}/bugs").status == 200


def test_parameters_are_checked_by_the_gateway(caller, home):
    """A missing, malformed, unknown or overlong parameter is named, in the gateway's shape or the classic one."""
    cases = {
        "LESS_THAN_MIN_OCCURANCE": caller.form(f"{home}/bugs/", description="no title"),
        "PATTERN_NOT_MATCHED": caller.send("GET", f"{home}/bugs/", index="first"),
        "INVALID_PARAMETER_VALUE": caller.send("GET", f"{home}/bugs/", statustype="ajar"),
        "MORE_THAN_MAX_LENGTH": caller.form(f"{home}/bugs/", title="x" * 2001),
    }
    for title, answer in cases.items():
        assert (answer.status, caller.error(answer)["title"]) == (400, title)
        assert caller.error(answer)["details"][0]["field_name"]
    assert (
        caller.error(caller.form(f"{home}/bugs/", title="x", due_date="02-30-2026"))["title"] == "PATTERN_NOT_MATCHED"
    )
    caller.switch(validation_shape="classic")
    error = caller.error(caller.form(f"{home}/bugs/", description="no title"))
    assert error == {"code": 6831, "message": "Input Parameter Missing"}


def test_parameters_that_a_call_does_not_know(caller, home):
    """V3 refuses them, the classic API passes them over; or both refuse, or none does."""
    v3 = f"/api/v3/portal/{PORTAL_ID}/users"
    answer = caller.send("GET", v3, page=1, colour="red")
    assert (answer.status, caller.error(answer)) == (
        400,
        {
            "status_code": "400",
            "title": "EXTRA_PARAM_FOUND",
            "error_type": "FIELDS_VALIDATION_ERROR",
            "details": [{"field_name": "colour", "message": "Extra parameter found."}],
        },
    )
    assert caller.send("GET", f"{home}/bugs/", colour="red").status == 200
    assert caller.form(f"{home}/bugs/", title="x", colour="red").status == 201
    caller.switch(extra_param_found_in="both")
    assert caller.error(caller.send("GET", f"{home}/bugs/", colour="red"))["title"] == "EXTRA_PARAM_FOUND"
    assert caller.error(caller.form(f"{home}/bugs/", title="x", colour="red"))["title"] == "EXTRA_PARAM_FOUND"
    assert caller.send("POST", f"{home}/bugs/", title="In the query").status == 201
    caller.switch(extra_param_found_in="none")
    assert caller.send("GET", v3, page=1, colour="red").status == 200


@pytest.mark.parametrize("files", [{}, {"tags": ("tags.json", b"[]")}])
def test_a_form_is_no_array(caller, files):
    """Tags are created from a JSON array: fields and files in its place are refused as no JSON."""
    caller.switch(extra_param_found_in="none")
    tags = f"/api/v3/portal/{PORTAL_ID}/tags"
    answer = caller.upload(tags, files) if files else caller.form(tags, name="Zeta")
    assert (answer.status, caller.error(answer)["title"]) == (400, "JSON_PARSE_ERROR")


def test_parameters_come_from_query_form_or_multipart(caller, home):
    """Classic writes take their fields from wherever they are."""
    assert caller.send("POST", f"{home}/bugs/", title="In the query").status == 201
    assert caller.form(f"{home}/bugs/", title="In a form").status == 201
    assert caller.upload(f"{home}/bugs/", {}, title="In multipart — ü").status == 201
    titles = [bug["title"] for bug in caller.get(f"{home}/bugs/", range=3)["bugs"]]
    assert sorted(titles) == ["In a form", "In multipart — ü", "In the query"]


def test_errors_may_hide_in_200(caller):
    """One client saw refusals with status 200: the body tells."""
    caller.switch(errors_in_200=True)
    caller.grant = None
    answer = caller.send("GET", PORTALS)
    assert (answer.status, caller.error(answer)["title"]) == (200, "INVALID_OAUTHTOKEN")


def test_the_status_in_the_body_may_be_a_number(caller):
    """``status_code`` is a text or a number."""
    caller.switch(status_code_as="number")
    assert caller.error(caller.send("GET", "/restapi/nothing/"))["status_code"] == 400


def test_the_classic_api_can_be_retired(caller):
    """One day the classic paths are gone, which the gateway says in its shape; V3 goes on."""
    caller.switch(classic_retired=True)
    answer = caller.send("GET", PORTALS)
    assert (answer.status, caller.error(answer)["title"]) == (410, "URL_RULE_NOT_CONFIGURED")
    assert caller.send("GET", "/api/v3/portals").status == 200
