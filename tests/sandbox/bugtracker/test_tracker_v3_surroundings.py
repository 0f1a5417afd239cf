"""What else a portal holds in V3: talk, meetings, documents, search, tasks, exports."""

import json

import pytest

from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE

P = f"/api/v3/portal/{PORTAL_ID}"
J = f"{P}/projects/{PROJECT_BASE}"


def body(answer):
    return json.loads(answer.body)


def test_comments_on_a_project_live(caller):
    """Their field is ``content``; one is a bare object."""
    made = body(caller.json("POST", f"{J}/comments", {"content": "Hello"}))
    assert caller.get(f"{J}/comments", page=1)["comments"] == [made]
    here = f"{J}/comments/{made['id']}"
    assert body(caller.json("PATCH", here, {"content": "Bye"}))["content"] == "Bye"
    assert caller.get(here)["content"] == "Bye"
    assert caller.send("DELETE", here).status == 204
    assert caller.send("GET", here).status == 404


def test_what_hangs_on_a_milestone(caller):
    """Comments, followers, activities; it is copied, and moved to another project."""
    here = f"{J}/phases/{caller.get(f'{J}/phases', page=1)['milestones'][0]['id']}"
    made = body(caller.json("POST", f"{here}/comments", {"content": "Hello"}))
    assert caller.get(f"{here}/comments", page=1)["comments"] == [made]
    owner = caller.get(here)["owner"]
    assert caller.get(f"{here}/followers", page=1)["followers"] == [owner]
    assert [row["activity"] for row in caller.get(f"{here}/activities", page=1)["activities"]] == [
        "created",
        "completed",
    ]
    copy = body(caller.send("POST", f"{here}/clone"))
    assert copy["name"] == caller.get(here)["name"]
    other = caller.get(f"{P}/projects", page=1)[1]["id"]
    moved = body(caller.json("POST", f"{J}/phases/{copy['id']}/move", {"to_project": other}))
    assert moved["project"]["id"] == other
    assert caller.send("GET", f"{J}/phases/{copy['id']}").status == 404


@pytest.mark.parametrize(
    ("path", "key", "field", "value"),
    [
        (f"{J}/phases", "milestones", "flag", "internal"),
        (f"{P}/projects", None, "name", "payments"),
        (f"/api/v3.1/portal/{PORTAL_ID}/users", "users", "status", "inactive"),
    ],
)
def test_other_lists_filter_too(caller, path, key, field, value):
    """The same grammar, by their own fields."""
    asked = {"criteria": [{"field_name": field, "criteria_condition": "is", "value": [value]}], "pattern": "1"}
    answer = caller.get(path, page=1, filter=json.dumps(asked))
    rows = answer[key] if key else answer
    assert rows
    assert {row[field].lower() for row in rows} == {value}


def test_time_logs_filter_by_user_and_are_summed_up(caller):
    """A report has the hours alone; a filter chooses the owner; many are changed at once."""
    owner = caller.get(f"{P}/users", page=1)["users"][1]["zpuid"]
    period = {"view_type": "projectspan"}
    asked = {"criteria": [{"field_name": "owner", "criteria_condition": "is", "value": [owner]}], "pattern": "1"}
    found = caller.get(f"{P}/timelogs", module='{"type":"general"}', page=1, filter=json.dumps(asked), **period)
    logs = [log for day in found["time_logs"] for log in day["log_details"]]
    assert {log["owner"]["zpuid"] for log in logs} == {owner}
    changed = body(caller.json("PATCH", f"{P}/logs", {"log_object": [{"id": logs[0]["id"], "hours": "03:00"}]}))
    assert changed["time_logs"][0]["log_details"][0]["log_hour"] == "03:00"
    total = caller.get(f"{P}/timelogs/report", **period)["log_hours"]["total_hours"]
    assert int(total[:-3]) > int(caller.get(f"{J}/timelogs/report", **period)["log_hours"]["total_hours"][:-3])


def test_discussions_live(caller):
    """One comes in an envelope of one; what is said in it is an object when written, and listed in its own envelope."""
    categories = caller.get(f"{J}/categories")
    sent = {"title": "T", "content": "C", "category_id": categories[0]["id"]}
    (made,) = body(caller.json("POST", f"{J}/forums", sent))["forums"]
    assert made in caller.get(f"{J}/forums", page=1, per_page=200)["forums"]
    here = f"{J}/forums/{made['id']}"
    assert caller.get(here)["forums"] == [made]
    said = body(caller.json("POST", f"{here}/comments", {"content": "Yes"}))
    assert caller.get(f"{here}/comments", page=1)["forum_comments"] == [said]
    assert body(caller.json("PATCH", here, {"title": "U"}))["forums"][0]["title"] == "U"
    assert caller.json("PATCH", here, {"category_id": "1"}).status == 404
    assert caller.send("DELETE", here).status == 204


def test_meetings_live(caller):
    """They have a beginning and an end."""
    sent = {"title": "T", "starts_at": "2026-03-01T09:00:00Z", "ends_at": "2026-03-01T09:30:00Z", "location": "Here"}
    made = body(caller.json("POST", f"{J}/events", sent))
    assert (made["starts_at"], made["ends_at"]) == ("2026-03-01T09:00:00.000Z", "2026-03-01T09:30:00.000Z")
    here = f"{J}/events/{made['id']}"
    changed = body(caller.json("PATCH", here, {"starts_at": "2026-03-02T09:00:00Z"}))
    assert changed["ends_at"] == "2026-03-02T09:30:00.000Z"
    assert caller.get(here) == changed
    assert caller.get(f"{P}/events/{made['id']}/participants")["participants"] == made["participants"]
    assert caller.send("DELETE", here).status == 204
    assert made["id"] not in {row["id"] for row in caller.get(f"{J}/events", page=1, per_page=200)["events"]}


def test_documents_are_folders_of_workdrive(caller, scopes):
    """Their files are not here; the scope of files is asked for besides."""
    folders = caller.get(f"{J}/documents")["documents"]["folders"]
    assert {frozenset(folder) for folder in folders} == {frozenset({"name", "workdrive_folder_id"})}
    caller.grant = scopes("ZohoProjects.documents.READ")
    assert caller.send("GET", f"{J}/documents").status == 401


def test_search(caller, scopes):
    """By a word of a name or by a key, in the portal or a project, with a scope of another family."""
    issue = caller.get(f"{J}/issues", page=1)["issues"][0]
    asked = {"module": "all", "status": "all", "page": 1}
    found = caller.get(f"{P}/search", search_term=issue["prefix"], **asked)
    assert [hit["id"] for hit in found] == [issue["id"]]
    assert caller.get(f"{J}/search", search_term=issue["prefix"], **asked) == found
    assert caller.get(f"{P}/search", search_term="harbor", **{**asked, "module": "projects"})[0]["module"] == "projects"
    caller.grant = scopes("ZohoProjects.portals.READ")
    assert caller.error(caller.send("GET", f"{P}/search", search_term="x", **asked))["title"] == "INVALID_OAUTHSCOPE"


def test_there_are_no_tasks(caller):
    """A bug tracker has none: the list is empty, and what wants one finds nothing."""
    number = caller.get(f"{J}/issues", page=1)["issues"][0]["id"]
    issue = f"{J}/issues/{number}"
    assert caller.get(f"{issue}/associated-tasks")["tasks"] == []
    assert caller.json("POST", f"{issue}/associate-tasks", {"task_ids": ["1"]}).status == 404
    assert caller.send("DELETE", f"{issue}/task/1").status == 404
    mapping = f"/api/v3.1/portal/{PORTAL_ID}/projects/{PROJECT_BASE}/task-issue-mapping"
    assert caller.json("POST", mapping, {"issue_id": number, "task_ids": ["1"]}).status == 404


def test_files_are_associated_by_the_portal_too(caller):
    """With what the form names."""
    number = caller.get(f"{J}/issues", page=1)["issues"][0]["id"]
    for word in ("associate-attachments", "entity-attachments"):
        (made,) = body(caller.upload(f"{P}/attachments", {"upload_file": ("a", b"x")}))["attachment"]
        ids = json.dumps([made["attachment_id"]])
        assert caller.form(f"{P}/{word}", attachment_ids=ids, entity_id=number, entity_type="bug").status == 200
        listed = caller.get(f"{J}/issues/{number}/attachments")["attachments"]
        assert made["attachment_id"] in {row["attachment_id"] for row in listed}


def test_settings_groups_and_exports(caller):
    """What is known of them is their paths; shapes are assumed."""
    assert caller.get(f"{P}/settings/options")["options"]["cf_environment"][0]["value"] == "production"
    assert caller.get(f"{P}/settings/fields-configuration")["fields_configuration"]["custom_fields"] == 15
    assert len(caller.get(f"{P}/project-groups", page=1)["projectgroups"]) == 1
    assert caller.get(f"{P}/projects/customview")["default_views"]
    assert all(one["is_enabled"] for one in caller.get(f"{J}/modules")["modules"])
    assert caller.get(f"{P}/users/license-details")["license_details"]["active_users"] == 12
    assert caller.json("POST", f"{P}/bulk/export", {"module": "issues"}).status == 202
    assert caller.send("POST", f"{P}/portal_export").status == 202
    assert caller.send("POST", f"{P}/portal_export").status == 400
    caller.clock.advance(24 * 3600)
    assert caller.send("POST", f"{P}/portal_export").status == 202
    assert {"api_name": "cf_customer"} in caller.get(f"{P}/bulk/export/fields")["fields"]
