"""The part of V3 that is known."""

import json
from calendar import monthrange
from datetime import UTC, datetime

import pytest

from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE

P = f"/api/v3/portal/{PORTAL_ID}"
PP = f"{P}/projects/{PROJECT_BASE}"


@pytest.fixture
def issue(caller):
    """The address of an issue."""
    return f"{PP}/issues/{caller.get(f'{PP}/issues', page=1, per_page=1)['issues'][0]['id']}"


def test_portals_and_projects_are_bare_arrays(caller):
    """V3 lists portals and projects without an envelope; ids are strings."""
    assert caller.get("/api/v3/portals") == [
        {"id": str(PORTAL_ID), "portal_name": "brightwater", "org_name": "Brightwater Software"}
    ]
    projects = caller.get(f"{P}/projects", page=1)
    assert isinstance(projects, list)
    assert len(projects) == 6
    assert caller.get(PP)["id"] == projects[0]["id"]


@pytest.mark.parametrize("path", [f"{P}/projects", f"{PP}/issues", f"{P}/issues", f"{PP}/milestones", f"{P}/users"])
def test_page_is_mandatory(caller, path):
    """Without ``page`` the gateway misses a parameter."""
    answer = caller.send("GET", path)
    assert answer.status == 400
    assert caller.error(answer) == {
        "status_code": "400",
        "title": "LESS_THAN_MIN_OCCURANCE",
        "error_type": "FIELDS_VALIDATION_ERROR",
        "details": [{"field_name": "page", "message": "Input Parameter Missing"}],
    }


def test_pages_of_issues(caller):
    """``page_info`` tells whether there is more; the portal's list holds every project's issues."""
    first = caller.get(f"{PP}/issues", page=1, per_page=50)
    assert first["page_info"] == {"page": 1, "per_page": 50, "page_count": 50, "has_next_page": True}
    second = caller.get(f"{PP}/issues", page=2, per_page=50)
    assert second["page_info"]["has_next_page"] is False
    ids = [issue["id"] for issue in first["issues"] + second["issues"]]
    assert len(ids) == len(set(ids)) == 90
    assert len(caller.get(f"{P}/issues", page=2, per_page=200)["issues"]) == 100
    assert caller.get(f"{PP}/issues", page=3, per_page=50)["issues"] == []
    assert len(caller.get(f"{P}/issues", page=1, per_page=500)["issues"]) == 200


def test_page_info_in_its_variants(caller):
    """``has_next_page`` may be a text, ``page_info`` an array of one, ``page_count`` missing, an empty list a 204."""
    caller.switch(has_next_page_as="string", page_info_as="array", page_count_in_page_info=False)
    info = caller.get(f"{PP}/issues", page=1, per_page=50)["page_info"]
    assert info == [{"page": 1, "per_page": 50, "has_next_page": "true"}]
    caller.switch(empty_v3_list_as="204")
    assert caller.send("GET", f"{PP}/issues", page=9).status == 204
    assert caller.send("GET", f"{P}/projects", page=9).status == 204


def test_an_issue_has_the_recorded_keys(caller, home, issue):
    """An issue is called by ``name``, has nested values and ISO times; it is the bug of the classic API."""
    shown = caller.get(issue)
    bug = caller.get(f"{home}/bugs/{shown['id']}/")["bugs"][0]
    assert (shown["name"], shown["prefix"], shown["description"]) == (bug["title"], bug["key"], bug["description"])
    assert shown["severity"] == {"id": bug["severity"]["id"], "value": bug["severity"]["type"]}
    assert set(shown["status"]) == {"id", "name", "is_closed_type", "color"}
    assert set(shown["is_it_reproducible"]) == set(shown["module"]) == {"id", "value"}
    assert set(shown["assignee"]) == {"zpuid", "name", "email"}
    assert shown["created_time"].endswith("Z")
    listed = caller.get(f"{PP}/issues", page=1, per_page=200)["issues"]
    assert "Unassigned User" in {one["assignee"]["name"] for one in listed}


def test_patch_takes_nested_links_and_ignores_flat_ids(caller, home, issue):
    """A nested link changes the issue; a flat id is accepted with 200 and changes nothing."""
    severity = caller.get(f"{home}/bugs/defaultfields/")["defaultfields"]["severity_details"][1]
    before = caller.get(issue)
    answer = caller.json("PATCH", issue, {"severity": severity["severity_id"], "status_id": "1", "module_id": 5})
    assert answer.status == 200
    assert json.loads(answer.body)["severity"] == before["severity"]
    answer = caller.json("PATCH", issue, {"severity": {"id": severity["severity_id"]}, "name": "Renamed"})
    assert json.loads(answer.body)["severity"] == {"id": severity["severity_id"], "value": severity["severity_name"]}
    assert caller.get(issue)["name"] == "Renamed"
    zpuid = caller.get(f"{home}/users/")["users"][0]["zpuid"]
    assert json.loads(caller.json("PATCH", issue, {"assignee": {"zpuid": zpuid}}).body)["assignee"]["zpuid"] == zpuid


def test_unknown_keys_and_broken_json_are_refused(caller, issue):
    """An extra key is refused with the recorded body; a body that is no JSON has a title of its own."""
    answer = caller.json("PATCH", issue, {"owner": "1"})
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "error": {
            "status_code": "400",
            "title": "EXTRA_KEY_FOUND_IN_JSON",
            "error_type": "FIELDS_VALIDATION_ERROR",
            "details": [{"field_name": "owner", "message": "Extra key found in JSON."}],
        }
    }
    assert caller.error(caller.send("PATCH", issue, b"{", "application/json"))["title"] == "JSON_PARSE_ERROR"
    assert caller.error(caller.json("PATCH", issue, [1]))["title"] == "JSON_PARSE_ERROR"
    assert caller.send("PATCH", issue, b"[" * 100_000, "application/json").status == 400


def test_an_issue_lives(caller):
    """An issue is created with 201, moved, cloned (in the old word's envelope), and deleted with 204."""
    made = json.loads(caller.json("POST", f"{PP}/issues", {"name": "New", "due_date": "2026-12-31"}).body)
    assert made["due_date"] == "2026-12-31"
    here = f"{PP}/issues/{made['id']}"
    assert caller.get(f"{here}/description") == {"description": ""}
    clone = caller.json("POST", f"{here}/clone", {})
    assert json.loads(clone.body)["bugs"][0]["name"] == "New"
    other = caller.get(f"{P}/projects", page=1)[1]["id"]
    moved = json.loads(caller.json("POST", f"{here}/move", {"project": {"id": other}}).body)
    assert moved["project"]["id"] == other
    there = f"{P}/projects/{other}/issues/{made['id']}"
    assert caller.send("GET", here).status == 404
    answer = caller.send("DELETE", there)
    assert (answer.status, answer.body) == (204, b"")
    assert caller.error(caller.send("GET", there))["title"] == "RESOURCE_NOT_FOUND"


def test_the_old_path_is_read_only(caller):
    """``/bugs`` needs ``is_desc_needed=true`` and refuses to write."""
    assert caller.send("GET", f"{PP}/bugs", page=1).status == 400
    bugs = caller.get(f"{PP}/bugs", page=1, per_page=1, is_desc_needed="true")["bugs"]
    assert bugs[0]["description"]
    assert caller.get(f"{PP}/bugs/{bugs[0]['id']}", is_desc_needed="true") == bugs[0]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert caller.error(caller.json(method, f"{PP}/bugs", {}))["title"] == "INVALID_METHOD"


def test_comments_are_listed_in_an_envelope_and_answered_bare(caller, issue):
    """POST answers a bare array, GET an envelope; the field is called ``comment``."""
    answer = caller.json("POST", f"{issue}/comments", {"comment": "<b>Yes</b>"})
    assert answer.status == 201
    (made,) = json.loads(answer.body)
    assert caller.get(f"{issue}/comments", page=1)["comments"][-1] == made
    assert caller.send("DELETE", f"{issue}/comments/{made['id']}").status == 204


def test_what_hangs_on_an_issue(caller, issue):
    """Files, followers, resolution, links and activities work as in the classic API, in V3's shapes."""
    (made,) = json.loads(caller.upload(f"{issue}/attachments", {"upload_file": ("a", b"\xff")}).body)
    assert caller.send("GET", f"{issue}/attachments/{made['id']}").body == b"\xff"
    assert made in caller.get(f"{issue}/attachments", page=1)["attachments"]
    zpuid = caller.get(f"{P}/users", page=1)["users"][0]["id"]
    assert caller.json("POST", f"{issue}/followers", {"followers": [{"zpuid": zpuid}]}).status == 200
    assert caller.get(f"{issue}/followers", page=1)["followers"][0]["zpuid"] == zpuid
    assert caller.json("POST", f"{issue}/resolution", {"resolution": "Done"}).status == 200
    assert caller.get(f"{issue}/resolution") == {"resolution": "Done"}
    other = caller.get(f"{PP}/issues", page=2, per_page=1)["issues"][0]["id"]
    assert caller.json("POST", f"{issue}/linkedissues", {"issues": [{"id": other}]}).status == 200
    assert caller.get(f"{PP}/issues/{other}/linkedissues", page=1)["linkedissues"][0]["id"] == issue.rpartition("/")[2]
    states = [row["state"] for row in caller.get(f"{issue}/activities", page=1)["activities"]]
    assert states[-3:] == ["attached a file", "added followers", "resolved"]


def test_the_envelopes_of_an_issues_parts_have_two_spellings(caller, issue):
    """``comments`` and its kin, or ``comment``, ``attachment_details`` and theirs, as third parties saw."""
    caller.json("POST", f"{issue}/resolution", {"resolution": "Done"})
    spellings = {
        "comments": "comment",
        "attachments": "attachment_details",
        "activities": "activity_details",
        "followers": "issue_follower",
        "resolution": "resolution_details",
    }
    for part, other in spellings.items():
        caller.switch(v3_envelope_keys="plural")
        page = {} if part == "resolution" else {"page": 1}
        plural = caller.get(f"{issue}/{part}", **page)
        caller.switch(v3_envelope_keys="details")
        assert caller.get(f"{issue}/{part}", **page)[other] == plural[part]


def test_the_portals_number_and_the_singular_are_required(caller):
    """``/portals/{id}/…``, a portal's name, or a slash at the end are wrong URLs in V3."""
    for path in (f"/api/v3/portals/{PORTAL_ID}/projects", "/api/v3/portal/brightwater/projects", f"{P}/projects/"):
        answer = caller.send("GET", path, page=1)
        assert answer.status == 400
        error = caller.error(answer)
        assert (error["title"], error["instance"]) == ("URL_RULE_NOT_CONFIGURED", path)
        assert error["details"] == [{"message": "Given URL is wrong"}]


def test_tags(caller, issue):
    """Tags are made from an array, found, recoloured, put on and taken off an issue, and deleted."""
    assert set(caller.get(f"{P}/tags", index=0, range=2)["tags"][0]) == {"id", "name", "color_class", "created_by"}
    answer = caller.json("POST", f"{P}/tags", [{"name": "Zeta", "color_class": "bg7f78e0"}, {"name": "Zeta 2"}])
    assert answer.status == 201
    made = json.loads(answer.body)["tags"]
    assert [tag["id"] for tag in caller.get(f"{P}/globaltags/search", search_term="zeta")["tags"]] == [
        tag["id"] for tag in made
    ]
    here = f"{P}/tags/{made[0]['id']}"
    assert (
        json.loads(caller.json("PATCH", here, {"color_class": "bg000000"}).body)["tags"][0]["color_class"] == "bg000000"
    )
    pair = {"tag_id": made[0]["id"], "entity_id": issue.rpartition("/")[2], "entity_type": "bug"}
    assert caller.json("POST", f"{PP}/tags/associate", pair).status == 200
    assert made[0]["id"] in {tag["id"] for tag in caller.get(issue)["tags"]}
    assert caller.json("POST", f"{PP}/tags/dissociate", pair).status == 200
    assert made[0]["id"] not in {tag["id"] for tag in caller.get(issue)["tags"]}
    numbered = {"tag_id": made[0]["id"], "entity_id": pair["entity_id"], "entityType": 3}
    assert caller.json("POST", f"{PP}/tags/associate", numbered).status == 200
    assert caller.form(f"{PP}/tags/dissociate", **numbered).status == 200
    answer = caller.json("POST", f"{PP}/tags/associate", {name: pair[name] for name in ("tag_id", "entity_id")})
    assert caller.error(answer)["details"][0]["field_name"] == "entityType"
    assert caller.send("DELETE", here).status == 204


@pytest.mark.parametrize(("switch", "own"), [("long", "zuid"), ("short", "id")])
def test_the_users_of_a_project_in_both_shapes(caller, home, switch, own):
    """The same team as the classic API's, inactive members with it."""
    caller.switch(v3_users_as=switch)
    users = caller.get(f"{PP}/users", page=1)["users"]
    classic = caller.get(f"{home}/users/", user_type="all")["users"]
    assert {str(user[own]) for user in users} == {user["id"] for user in classic}
    assert {user["email"] for user in users} == {user["email"] for user in classic}


def test_people_may_be_told_with_their_zuid(caller, issue):
    """Beside the zpuid that every recorded answer has."""
    caller.switch(v3_people_as="long")
    assert set(caller.get(issue)["created_by"]) == {"zpuid", "name", "email", "zuid", "first_name", "last_name"}


def test_custom_fields_in_every_shape_that_may_be(caller, home):
    """As a list, an object, columns, or none at all."""
    bugs = caller.get(f"{home}/bugs/", range=200)["bugs"]
    bug = next(bug for bug in bugs if "customfields" in bug)
    wanted = {field["label_name"]: field["value"] for field in bug["customfields"]}
    columns = {field["column_name"]: field["value"] for field in bug["customfields"]}
    here = f"{PP}/issues/{bug['id']}"
    assert "custom_fields" not in caller.get(here)
    caller.switch(v3_custom_fields_as="object")
    assert caller.get(here)["custom_fields"] == wanted
    caller.switch(v3_custom_fields_as="list")
    assert {field["display_name"]: field["value"] for field in caller.get(here)["custom_fields"]} == wanted
    caller.switch(v3_custom_fields_as="columns")
    assert columns.items() <= caller.get(here).items()


def test_a_project_may_tell_its_counts(caller):
    """Open and closed issues, where the switch says so."""
    assert "issues" not in caller.get(PP)
    caller.switch(v3_project_counts=True)
    counts = caller.get(PP)["issues"]
    assert counts["open_count"] + counts["closed_count"] == 90


def test_time_logs_by_day(caller, home):
    """Six months at most, of issues or in general; the same logs as the classic API's."""
    log = next(log for log in caller.tracker.store.logs.of(PROJECT_BASE) if log.bug_id)
    day = datetime.fromtimestamp(log.day_ms / 1000, UTC)
    first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    period = {"view_type": "customdate", "start_date": f"{first:%F}", "end_date": f"{last:%F}"}
    found = caller.get(f"{PP}/timelogs", module='{"type":"issue"}', page=1, per_page=200, **period)
    logs = [log for day in found["time_logs"] for log in day["log_details"]]
    asked = {"users_list": "all", "view_type": "month", "date": f"{day:%m-%d-%Y}", "bill_status": "All"}
    classic = caller.get(f"{home}/logs/", component_type="bug", range=200, **asked)["timelogs"]["date"]
    told = {log["id_string"]: log["hours_display"] for day in classic for log in day["buglogs"]}
    assert told
    assert {log["id"]: log["log_hour"] for log in logs} == told
    assert all(log["module_detail"]["type"] == "bug" for log in logs)
    assert found["page_info"]["has_next_page"] is False
    one = json.dumps({"type": "issue", "id": logs[0]["module_detail"]["id"]})
    alone = caller.get(f"{PP}/timelogs", module=one, **period)["time_logs"]
    assert {log["module_detail"]["id"] for day in alone for log in day["log_details"]} == {
        logs[0]["module_detail"]["id"]
    }
    general = caller.get(f"{PP}/timelogs", module='{"type":"general"}', view_type="projectspan")["time_logs"]
    assert all("log_name" in log for day in general for log in day["log_details"])
    for view in ("day", "week", "month"):
        caller.get(f"{PP}/timelogs", module='{"type":"issue"}', view_type=view)
    caller.switch(empty_v3_list_as="204")
    assert caller.send("GET", f"{PP}/timelogs", module='{"type":"task"}', view_type="projectspan").status == 204


@pytest.mark.parametrize(
    ("wrong", "title"),
    [
        ({"module": "issue"}, "PATTERN_NOT_MATCHED"),
        ({"module": '"issue"'}, "INVALID_PARAMETER_VALUE"),
        ({"module": '{"type":"bug"}'}, "INVALID_PARAMETER_VALUE"),
        ({"end_date": "2027-02-01"}, "INVALID_PARAMETER_VALUE"),
        ({"end_date": "2026-05-31"}, "INVALID_PARAMETER_VALUE"),
        ({"view_type": None}, "LESS_THAN_MIN_OCCURANCE"),
    ],
)
def test_time_logs_that_are_wrongly_asked_for(caller, wrong, title):
    """An unknown module, more than six months, a period without an end."""
    right = {"module": '{"type":"issue"}', "view_type": "customdate", "start_date": "2026-06-01"}
    caller.switch(range_over_max="refuse")
    asked = {**right, "end_date": "2026-06-30", **wrong}
    asked = {name: value for name, value in asked.items() if value is not None}
    assert caller.error(caller.send("GET", f"{PP}/timelogs", **asked))["title"] == title
