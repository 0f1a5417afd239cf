"""The part of V3 that is known."""

import json

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
    zpuid = caller.get(f"{P}/users", page=1)["users"][0]["zpuid"]
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
        plural = caller.get(f"{issue}/{part}", page=1)
        caller.switch(v3_envelope_keys="details")
        assert caller.get(f"{issue}/{part}", page=1)[other] == plural[part]


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
