"""How calls are refused: tokens, scopes, URLs, methods, parameters, and the two shapes of saying so."""

import json
from dataclasses import replace

import pytest

from zbt_notebook.simulator.accounts.grant import DEMO_USER
from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE

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


def test_v3_asks_for_the_projects_family(caller, scopes):
    """Its documented scopes are ZohoProjects.*; that a BugTracker token passes as well is a switch."""
    caller.grant = scopes("ZohoProjects.portals.READ")
    assert caller.send("GET", "/api/v3/portals").status == 200
    caller.grant = scopes("ZohoBugTracker.portals.READ")
    assert caller.send("GET", "/api/v3/portals").status == 200
    for word, status in (("INVALID_OAUTHSCOPE", 401), ("URL_RULE_NOT_CONFIGURED", 400)):
        caller.switch(bugtracker_token_on_v3=word)
        answer = caller.send("GET", "/api/v3/portals")
        assert (answer.status, caller.error(answer)["title"]) == (status, word)
        assert caller.send("GET", PORTALS).status == 200
    caller.grant = scopes("ZohoBugTracker.portals.READ", "ZohoProjects.portals.READ")
    assert caller.send("GET", "/api/v3/portals").status == 200


def test_a_tag_is_changed_with_the_scope_of_changing(caller, scopes):
    """Tags are changed, associated and deleted with UPDATE and DELETE, which ALL covers: BugTracker has no other."""
    tags = f"/api/v3/portal/{PORTAL_ID}/tags"
    tag = f"{tags}/{caller.get(tags, page=1)['tags'][0]['id']}"
    caller.grant = scopes("ZohoProjects.tags.READ", "ZohoProjects.tags.CREATE")
    for answer in (caller.json("PATCH", tag, {"name": "New"}), caller.send("DELETE", tag)):
        assert (answer.status, caller.error(answer)["title"]) == (401, "INVALID_OAUTHSCOPE")
    caller.grant = scopes("ZohoProjects.tags.UPDATE")
    assert caller.json("PATCH", tag, {"name": "New"}).status == 200
    caller.grant = scopes("ZohoBugtracker.tags.ALL")
    assert caller.send("DELETE", tag).status == 204


def test_documents_may_ask_for_a_scope_of_another_family(caller, home, scopes):
    """``ZohoPC.files.READ`` besides their own, as their page says."""
    caller.grant = scopes("ZohoBugTracker.documents.READ")
    assert caller.send("GET", f"{home}/documents/").status == 200
    caller.switch(documents_need_files_scope=True)
    assert caller.send("GET", f"{home}/documents/").status == 401
    caller.grant = scopes("ZohoBugTracker.documents.READ", "ZohoPC.files.READ")
    assert caller.send("GET", f"{home}/documents/").status == 200


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
    assert (answer.status, caller.error(answer)["title"]) == (400, "INVALID_METHOD")
    assert caller.error(answer)["details"][0]["field_name"] == "PATCH"
    assert dict(answer.headers)["Allow"] == "GET, POST"
    caller.switch(invalid_method_status=405)
    assert caller.send("PATCH", f"{home}/bugs/").status == 405
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
    """They are ignored, as lists were seen to do; or V3 refuses them, or both APIs do."""
    v3 = f"/api/v3/portal/{PORTAL_ID}/users"
    assert caller.send("GET", v3, page=1, colour="red").status == 200
    caller.switch(extra_param_found_in="v3")
    answer = caller.send("GET", v3, page=1, colour="red")
    assert (answer.status, caller.error(answer)["title"]) == (400, "EXTRA_PARAM_FOUND")
    assert caller.error(answer)["details"] == [{"field_name": "colour", "message": "Extra parameter found."}]
    assert caller.send("GET", f"{home}/bugs/", colour="red").status == 200
    assert caller.form(f"{home}/bugs/", title="x", colour="red").status == 201
    caller.switch(extra_param_found_in="both")
    assert caller.error(caller.send("GET", f"{home}/bugs/", colour="red"))["title"] == "EXTRA_PARAM_FOUND"
    assert caller.error(caller.form(f"{home}/bugs/", title="x", colour="red"))["title"] == "EXTRA_PARAM_FOUND"
    assert caller.send("POST", f"{home}/bugs/", title="In the query").status == 201


def test_a_body_where_none_belongs(caller):
    """And none where one is wanted: the gateway has one word for both."""
    issues = f"/api/v3/portal/{PORTAL_ID}/projects/{PROJECT_BASE}/issues"
    issue = caller.get(issues, page=1)["issues"][0]["id"]
    for answer in (caller.send("POST", issues), caller.json("POST", f"{issues}/{issue}/clone", {"name": "x"})):
        error = caller.error(answer)
        assert (answer.status, error["title"], error["details"]) == (400, "INVALID_INPUTSTREAM", [{}])


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


@pytest.mark.parametrize(
    ("end", "status", "told"),
    [
        ("401", 401, "INVALID_OAUTHTOKEN"),
        ("403", 403, "ACCESS_DENIED"),
        ("404", 404, 6404),
        ("410", 410, "URL_RULE_NOT_CONFIGURED"),
        ("400", 400, "URL_RULE_NOT_CONFIGURED"),
    ],
)
def test_the_classic_api_ends(caller, end, status, told):
    """How its paths answer then is not known; V3 goes on."""
    caller.switch(classic_end=end)
    answer = caller.send("GET", PORTALS)
    error = caller.error(answer)
    assert (answer.status, error.get("title", error.get("code"))) == (status, told)
    assert caller.send("GET", "/api/v3/portals").status == 200


def test_the_classic_api_ends_in_a_redirect(caller):
    """To a page of another host."""
    caller.switch(classic_end="redirect")
    answer = caller.send("GET", PORTALS)
    assert (answer.status, dict(answer.headers)["Location"]) == (302, "https://projects.sandbox.test/api-docs")


def test_the_classic_api_ends_at_a_moment(caller):
    """Of the sandbox's clock."""
    caller.switch(classic_end="404", classic_ends_at=caller.clock.now() + 60)
    assert caller.send("GET", PORTALS).status == 200
    caller.clock.advance(60)
    assert caller.send("GET", PORTALS).status == 404


def test_refusals_of_v3_in_their_variants(caller):
    """``error`` may be an array, ``details`` an object, 404 in the classic shape, a dead token 400."""
    path = f"/api/v3/portal/{PORTAL_ID}/projects/1"
    error = caller.error(caller.send("GET", path))
    assert error == {
        "status_code": "404",
        "instance": path,
        "method": "GET",
        "title": "RESOURCE_NOT_FOUND",
        "error_type": "OPERATIONAL_VALIDATION_ERROR",
        "details": [{"message": "Project does not exist"}],
    }
    caller.switch(v3_details_as="object", v3_error_as="array")
    assert json.loads(caller.send("GET", path).body)["error"] == [error | {"details": error["details"][0]}]
    caller.switch(v3_not_found_as="classic")
    assert caller.error(caller.send("GET", path)) == {"code": 6404, "message": "Resource Not Found"}
    caller.switch(invalid_token_status=400)
    caller.grant = None
    assert caller.send("GET", path).status == 400
