"""V3: portals, projects, pages, milestones, users, tags, time logs, and what issues are made of."""

import json
from calendar import monthrange
from datetime import UTC, datetime

import pytest

from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS, PORTAL_ID, PROJECT_BASE, SEVERITIES

P = f"/api/v3/portal/{PORTAL_ID}"
PP = f"{P}/projects/{PROJECT_BASE}"


def test_portals_and_projects_are_bare_arrays(caller):
    """V3 lists portals and projects without an envelope, or projects in one; ids are strings."""
    (portal,) = caller.get("/api/v3/portals")
    assert (portal["id"], portal["portal_name"]) == (str(PORTAL_ID), "brightwater")
    assert caller.get(P) == portal
    projects = caller.get(f"{P}/projects", page=1)
    assert isinstance(projects, list)
    assert len(projects) == 6
    assert caller.get(PP)["id"] == projects[0]["id"]
    assert len(caller.get(f"{P}/projects", page=1, status="archived")) == 6
    caller.switch(projects_as="envelope")
    assert caller.get(f"{P}/projects", page=1)["projects"] == projects


@pytest.mark.parametrize("path", [f"{P}/projects", f"{PP}/issues", f"{P}/issues", f"{PP}/milestones", f"{P}/users"])
def test_page_is_mandatory(caller, path):
    """Without ``page`` the gateway misses a parameter; where, depends on the list, which the switch overrules."""
    answer = caller.send("GET", path)
    assert answer.status == 400
    assert caller.error(answer) == {
        "status_code": "400",
        "instance": path,
        "method": "GET",
        "title": "LESS_THAN_MIN_OCCURANCE",
        "error_type": "FIELDS_VALIDATION_ERROR",
        "details": [{"field_name": "page", "message": "Input Parameter Missing"}],
    }
    caller.switch(page_mandatory="nowhere")
    assert caller.send("GET", path).status == 200


def test_page_may_be_mandatory_everywhere(caller):
    """Comments, activities and files were answered without it."""
    issue = f"{PP}/issues/{caller.get(f'{PP}/issues', page=1)['issues'][0]['id']}"
    lists = ("comments", "activities", "attachments")
    assert [caller.send("GET", f"{issue}/{part}").status for part in lists] == [200, 200, 200]
    caller.switch(page_mandatory="everywhere")
    assert [caller.send("GET", f"{issue}/{part}").status for part in lists] == [400, 400, 400]


def test_page_info_in_its_variants(caller):
    """An array of one, texts for booleans, another word for the count or none, nothing at all; an empty list a 204."""
    caller.switch(has_next_page_as="string", page_info_as="array", page_count_as="count")
    info = caller.get(f"{PP}/issues", page=1, per_page=50)["page_info"]
    assert info == [{"page": 1, "per_page": 50, "count": 50, "has_next_page": "true"}]
    caller.switch(page_info_as="object", page_count_as="none")
    info = caller.get(f"{PP}/issues", page=2, per_page=50)["page_info"]
    assert info == {"page": 2, "per_page": 50, "has_next_page": "false"}
    caller.switch(page_info_as="none")
    assert set(caller.get(f"{PP}/issues", page=1)) == {"issues"}
    caller.switch(empty_v3_list_as="204")
    assert caller.send("GET", f"{PP}/issues", page=9).status == 204
    assert caller.send("GET", f"{P}/projects", page=9).status == 204


def test_the_size_of_a_page_unless_told(caller):
    """100, or the 10 of the page's own examples."""
    assert len(caller.get(f"{P}/issues", page=1)["issues"]) == 100
    caller.switch(v3_default_per_page=10)
    assert len(caller.get(f"{P}/issues", page=1)["issues"]) == 10


def test_a_project_lives(caller):
    """Created, changed, thrown into the bin where it is 410, taken out, deleted."""
    made = json.loads(caller.json("POST", f"{P}/projects", {"name": "Nova"}).body)
    here = f"{P}/projects/{made['id']}"
    assert json.loads(caller.json("PATCH", here, {"name": "Nova 2"}).body)["name"] == "Nova 2"
    assert caller.send("POST", f"{here}/trash").status == 204
    assert caller.json("PATCH", here, {"name": "x"}).status == 410
    assert made["id"] not in {one["id"] for one in caller.get(f"{P}/projects", page=1)}
    assert caller.send("POST", f"{here}/restore").status == 204
    assert caller.get(here)["name"] == "Nova 2"
    assert caller.send("DELETE", here).status == 204
    assert caller.send("GET", here).status == 404


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


def test_the_portals_number_and_the_singular_are_required(caller):
    """``/portals/{id}/…``, a portal's name, or a slash at the end are wrong URLs in V3."""
    for path in (f"/api/v3/portals/{PORTAL_ID}/projects", "/api/v3/portal/brightwater/projects", f"{P}/projects/"):
        answer = caller.send("GET", path, page=1)
        assert answer.status == 400
        error = caller.error(answer)
        assert (error["title"], error["instance"]) == ("URL_RULE_NOT_CONFIGURED", path)
        assert error["details"] == [{"message": "Given URL is wrong"}]


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
    every = caller.get(f"{P}/timelogs", module='{"type":"issue"}', page=1, per_page=200, **period)["time_logs"]
    assert set(told) < {log["id"] for day in every for log in day["log_details"]}
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
    asked = {**right, "end_date": "2026-06-30", **wrong}
    asked = {name: value for name, value in asked.items() if value is not None}
    assert caller.error(caller.send("GET", f"{PP}/timelogs", **asked))["title"] == title


def test_time_logs_may_be_told_and_paged_otherwise(caller):
    """``log_list`` for ``log_details``; pages of days for pages of logs."""
    period = {"module": '{"type":"general"}', "view_type": "projectspan"}
    caller.switch(time_log_key="log_list", time_logs_paged_by="days")
    days = caller.get(f"{PP}/timelogs", page=1, per_page=2, **period)["time_logs"]
    assert len(days) == 2
    assert all(day["log_list"] for day in days)


def test_time_logs_are_written(caller):
    """In bulk as a form; one by one failed where it was tried, unless the switch says otherwise."""
    issue = caller.get(f"{PP}/issues", page=1)["issues"][0]["id"]
    told = {"date": "2026-09-01", "hours": "01:30", "bill_status": "Billable", "notes": "x"}
    bulk = [{"project_id": str(PROJECT_BASE), "type": "issue", "item_id": issue, **told}]
    answer = caller.form(f"{P}/addbulktimelogs", log_object=json.dumps(bulk))
    (made,) = json.loads(answer.body)["time_logs"][0]["log_details"]
    assert (made["log_hour"], made["module_detail"]["id"]) == ("01:30", issue)
    assert caller.error(caller.json("POST", f"{P}/addbulktimelogs", {"log_object": bulk}))["title"] == (
        "LESS_THAN_MIN_OCCURANCE"
    )
    here = f"{PP}/logs/{made['id']}"
    assert caller.send("GET", here).status == 400
    assert caller.get(here, type="issue")["notes"] == "x"
    assert caller.send("GET", here, type="general").status == 404
    changed = caller.json("PATCH", here, {"module": {"type": "issue", "id": issue}, "hours": "02:00"})
    assert json.loads(changed.body)["log_hour"] == "02:00"
    assert caller.json("DELETE", here, {"module": "issue"}).status == 204
    one = {"module": {"type": "issue", "id": issue}, **told}
    answer = caller.json("POST", f"{PP}/log", one)
    assert (answer.status, caller.error(answer)["title"]) == (500, "INTERNAL_SERVER_ERROR")
    caller.switch(time_log_create_as="201")
    made = json.loads(caller.json("POST", f"{PP}/log", one).body)
    assert caller.json("DELETE", f"{P}/timelogs/bulkdelete", {"log_ids": [made["id"]]}).status == 204
    assert caller.send("GET", f"{P}/timelogs/timers").status == 500


def test_milestones_have_two_names(caller):
    """``phases`` and ``milestones`` in v3, whose key is the old word; v3.1 has the new one."""
    asked = {"page": 1, "per_page": 200}
    phases = caller.get(f"{PP}/phases", **asked)["milestones"]
    assert caller.get(f"{PP}/milestones", **asked)["milestones"] == phases
    in_v31 = caller.get(f"/api/v3.1/portal/{PORTAL_ID}/projects/{PROJECT_BASE}/phases", **asked)
    assert in_v31["phases"] == phases
    assert len(caller.get(f"{P}/phases", **asked)["milestones"]) == 6 * len(phases)
    for there, gone in (("phases", "milestones"), ("milestones", "phases")):
        caller.switch(phases_path=there)
        assert caller.error(caller.send("GET", f"{PP}/{gone}", page=1))["title"] == "URL_RULE_NOT_CONFIGURED"
        assert caller.get(f"{PP}/{there}", **asked)["milestones"] == phases


@pytest.mark.parametrize("word", ["phases", "milestones"])
def test_a_milestone_lives(caller, word):
    """Written with the month first, answered in ISO, changed by POST, refused in ISO, which v3.1 takes."""
    sent = {"name": "M", "start_date": "03-01-2026", "end_date": "03/31/2026", "flag": "internal"}
    made = json.loads(caller.json("POST", f"{PP}/{word}", sent).body)
    assert (made["start_date"], made["end_date"], made["flag"]) == ("2026-03-01", "2026-03-31", "internal")
    here = f"{PP}/{word}/{made['id']}"
    error = caller.error(caller.json("POST", here, {"end_date": "2026-04-01"}))
    assert (error["title"], error["details"][0]["field_name"]) == ("INVALID_PARAMETER_VALUE", "end_date")
    assert caller.error(caller.json("POST", here, {"colour": "red"}))["title"] == "EXTRA_KEY_FOUND_IN_JSON"
    newer = f"/api/v3.1/portal/{PORTAL_ID}/projects/{PROJECT_BASE}/phases/{made['id']}"
    assert json.loads(caller.json("POST", newer, {"end_date": "2026-04-01"}).body)["end_date"] == "2026-04-01"
    assert caller.get(here)["end_date"] == "2026-04-01"
    assert caller.send("DELETE", here).status == 204
    assert caller.send("GET", here).status == 404


@pytest.mark.parametrize("shape", ["long", "short"])
def test_the_users_of_a_project_in_both_shapes(caller, home, shape):
    """The same team as the classic API's, inactive members with it; one is found by zpuid or by e-mail address."""
    caller.switch(v3_users_as=shape)
    users = caller.get(f"{PP}/users", page=1)["users"]
    classic = caller.get(f"{home}/users/", user_type="all")["users"]
    assert {user["zpuid"] for user in users} == {user["zpuid"] for user in classic}
    for name in (users[0]["zpuid"], users[0]["email"]):
        assert caller.get(f"{PP}/users/{name}") == caller.get(f"{P}/users/{name}") == users[0]
    if shape == "short":
        assert set(users[0]) == {"zpuid", "name", "email", "is_active", "role", "added_time"}
    assert caller.send("GET", f"{P}/users/nobody@example.test").status == 404


def test_users_in_v31(caller):
    """Another record, ids that are zpuids, ``status`` for ``is_active``, 50 a page at most."""
    there = f"/api/v3.1/portal/{PORTAL_ID}/users"
    answer = caller.get(there, page=1, per_page=200)
    assert answer["page_info"]["per_page"] == 50
    known = {user["zpuid"]: user for user in caller.get(f"{P}/users", page=1)["users"]}
    for user in answer["users"]:
        assert (user["full_name"], user["status"]) == (known[user["id"]]["name"], known[user["id"]]["status"])
    active = caller.get(there, page=1, view_type="active", sort_by="DESC(first_name)")["users"]
    assert {user["status"] for user in active} == {"active"}
    caller.switch(range_over_max="refuse")
    assert caller.send("GET", there, page=1, per_page=51).status == 400
    caller.switch(v31_users_per_page=200)
    assert caller.send("GET", there, page=1, per_page=51).status == 200


def test_tags(caller):
    """Made from an array in a form field, found, recoloured, put on and taken off an issue by forms, and deleted."""
    issue = f"{PP}/issues/{caller.get(f'{PP}/issues', page=1, per_page=1)['issues'][0]['id']}"
    first = caller.get(f"{P}/tags", page=1, per_page=2)
    assert set(first["tags"][0]) == {"id", "name", "color_class", "created_by"}
    assert first["page_info"]["has_next_page"] is True
    sent = json.dumps([{"name": "Zeta", "color_class": "bg7f78e0"}, {"name": "Zeta 2"}])
    answer = caller.form(f"{P}/tags", tags=sent)
    assert answer.status == 201
    made = json.loads(answer.body)["tags"]
    assert caller.json("POST", f"{P}/tags", json.loads(sent)).status == 400
    found = caller.get(f"{P}/globaltags/search", page=1, search_term="zeta")["tags"]
    assert [tag["id"] for tag in found] == [tag["id"] for tag in made]
    here = f"{P}/tags/{made[0]['id']}"
    recoloured = json.loads(caller.json("PATCH", here, {"color_class": "bg000000"}).body)["tags"]
    assert recoloured["color_class"] == "bg000000"
    pair = {"tag_id": made[0]["id"], "entity_id": issue.rpartition("/")[2], "entityType": 6}
    assert caller.form(f"{PP}/tags/associate", **pair).status == 200
    assert made[0]["id"] in {tag["id"] for tag in caller.get(issue)[0]["tags"]}
    assert made[0]["id"] in {tag["id"] for tag in caller.get(f"{PP}/tags", page=1)["tags"]}
    assert caller.form(f"{PP}/tags/dissociate", **pair).status == 200
    assert caller.form(f"{PP}/tags/dissociate", **pair).status == 404
    assert made[0]["id"] not in {tag["id"] for tag in caller.get(issue)[0].get("tags", [])}
    assert caller.error(caller.form(f"{PP}/tags/associate", **pair | {"entityType": 3}))["title"] == (
        "INVALID_PARAMETER_VALUE"
    )
    del pair["entityType"]
    assert caller.error(caller.form(f"{PP}/tags/associate", **pair))["details"][0]["field_name"] == "entityType"
    assert caller.send("DELETE", here).status == 204


def test_what_issues_are_made_of(caller):
    """Modules, fields with their pick lists, layouts with their statuses, statuses alone, views."""
    modules = {one["api_name"]: one["id"] for one in caller.get(f"{P}/settings/modules")["modules"]}
    fields = caller.get(f"{P}/settings/fields", module="issues")["fields"]
    assert caller.get(f"{P}/module/{modules['issues']}/fields")["fields"] == fields
    known = {one["api_name"]: one for one in fields}
    assert [one["value"] for one in known["severity"]["pick_list_values"]] == [one.name for one in SEVERITIES]
    own = {one["api_name"]: one["type"] for one in fields if one["is_custom_field"]}
    assert own.keys() == {field.api_name for field in CUSTOM_FIELDS}
    assert {"userpicklist", "multiuserpicklist", "checkbox", "dateandtime", "multipicklist"} <= set(own.values())
    (layout,) = caller.get(f"{P}/settings/layouts", module="issues")["layouts"]
    assert [one["is_closed_type"] for one in layout["statuses"]].count(True) == 1
    assert caller.get(f"{P}/settings/layouts/{layout['id']}")["layouts"] == [layout]
    assert caller.get(f"{P}/settings/layouts/default-layout", module="issues")["layouts"] == [layout]
    statuses = caller.get(f"{P}/settings/global-statuses", module="issues")
    assert [set(one) for one in statuses] == [{"id", "name", "color"}] * len(layout["statuses"])
    views = caller.get(f"{P}/issues/customviews")
    assert set(views) == {"custom_views", "default_views", "favourites", "shared_views"}
    assert caller.send("GET", f"{P}/settings/layouts/1").status == 404
    assert caller.send("GET", f"{P}/module/1/fields").status == 404
    assert caller.send("GET", f"{P}/issues/customviews/1").status == 404
