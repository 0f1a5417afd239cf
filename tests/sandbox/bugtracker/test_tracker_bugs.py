"""Bugs in the classic API."""

import json
from urllib.parse import urlencode

import pytest

from zbt_notebook.simulator.bugtracker import dates

WIRE_TRIPLES = ("created_time", "updated_time")


def test_a_bug_has_the_recorded_keys_and_types(caller, home):
    """A listed bug has the recorded keys and types: many numbers are strings, ``closed`` is a boolean."""
    bug = caller.get(f"{home}/bugs/")["bugs"][0]
    assert isinstance(bug["id"], int)
    assert bug["id_string"] == str(bug["id"])
    assert len(bug["id_string"]) == 18
    assert bug["key"] == f"{bug['bug_prefix']}-I{bug['bug_number']}"
    for name in ("comment_count", "attachment_count", "escalation_level", "bug_number", "reporter_id"):
        assert isinstance(bug[name], str)
        int(bug[name])
    assert bug["has_log_hours"] in {"true", "false"}
    assert bug["reporter_non_zuser"] == "false"
    assert isinstance(bug["closed"], bool)
    assert bug["flag"] in {"Internal", "External"}
    assert set(bug["status"]) == {"id", "type", "colorcode"}
    assert set(bug["severity"]) == set(bug["reproducible"]) == set(bug["classification"]) == {"id", "type"}
    assert set(bug["module"]) == {"id", "name"}
    assert bug["GROUP_NAME"]["IS_TEAM_UNASSIGNED"] is True
    assert bug["link"]["timesheet"]["url"].endswith(f"/bugs/{bug['id']}/logs/")
    assert "#buginfo/" in bug["link"]["web"]["url"]
    assert "description" not in bug


def test_ids_of_choices_may_be_numbers(caller, home):
    """Older payloads had numbers for the ids of severity and its kin; the status's id was text there too."""
    texts = caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    caller.switch(choice_ids_as="number")
    numbers = caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    for name in ("severity", "reproducible", "classification", "module"):
        assert numbers[name] == texts[name] | {"id": int(texts[name]["id"])}
    assert numbers["status"] == texts["status"]


def test_custom_fields_of_several_values(caller, home):
    """Repeated, with commas, or either; people by number or by name; what is written otherwise is ignored."""
    bug = caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    people = {user["name"]: user["id"] for user in caller.get("/restapi/portal/brightwater/users/")["users"]}

    def written(column, *values):
        body = urlencode([(column, ""), ("title", "x")])
        for text in (body, urlencode([(column, value) for value in values])):
            caller.send("POST", f"{home}/bugs/{bug['id']}/", text.encode(), "application/x-www-form-urlencoded")
        told = caller.get(f"{home}/bugs/{bug['id']}/")["bugs"][0]["customfields"]
        return next((one["value"] for one in told if one["column_name"] == column), "")

    for takes, repeated, commas in (("both", 1, 1), ("repeated", 1, 0), ("commas", 0, 1)):
        caller.switch(several_choices_as=takes)
        assert written("UDF_MULTI1", "Linux", "iOS") == "Linux, iOS" * repeated
        assert written("UDF_MULTI1", "Linux, iOS") == "Linux, iOS" * commas
    assert written("UDF_MULTI1", "Plan 9") == ""
    for takes, ids, names in (("both", 1, 1), ("ids", 1, 0), ("names", 0, 1)):
        caller.switch(custom_people_as=takes)
        assert written("UDF_USER1", people["Chen Wei"]) == "Chen Wei" * ids
        assert written("UDF_MULTIUSER1", "Chen Wei,Maya Lindqvist") == "Chen Wei, Maya Lindqvist" * names


def test_dates_come_as_triples_in_the_portals_time_zone():
    """1691446793000 is 08-07-2023 07:19:53 PM in a portal three hours west of UTC, as in the recorded bug."""
    assert dates.triple("created_time", 1691446793000, -180) == {
        "created_time": "08-07-2023",
        "created_time_format": "08-07-2023 07:19:53 PM",
        "created_time_long": 1691446793000,
    }


def test_the_time_zone_of_the_portal_is_a_switch(caller, home):
    """Moved to another zone, the texts change and the milliseconds do not; a due date stays the same day."""
    before = next(bug for bug in caller.get(f"{home}/bugs/")["bugs"] if "due_date" in bug)
    caller.switch(portal_utc_offset=330)
    after = caller.get(f"{home}/bugs/{before['id']}/")["bugs"][0]
    assert after["created_time_long"] == before["created_time_long"]
    assert after["created_time_format"] != before["created_time_format"]
    assert after["due_date"] == before["due_date"]
    assert before["due_date_long"] - after["due_date_long"] == 510 * 60_000


def test_the_detail_adds_the_description(caller, home):
    """Only a bug's own page has its HTML description."""
    listed = caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    detail = caller.get(f"{home}/bugs/{listed['id']}/")["bugs"][0]
    assert detail["description"].startswith("<div>")
    assert {name: detail[name] for name in listed} == listed


def test_pages_follow_each_other_without_gap_or_repeat(caller, home):
    """``index`` counts from 1 and ``range`` is 100 unless told; past the end comes 204 without a body."""
    everything = [bug["id"] for bug in caller.get(f"{home}/bugs/", range=200)["bugs"]]
    assert len(everything) == 90
    assert everything[10:20] == [bug["id"] for bug in caller.get(f"{home}/bugs/", index=11, range=10)["bugs"]]
    beyond = caller.send("GET", f"{home}/bugs/", index=91, range=10)
    assert (beyond.status, beyond.body) == (204, b"")


def test_range_over_200(caller, home):
    """More than 200 a page is cut to 200, or refused where the switch says so."""
    for _ in range(130):
        caller.switch(url_limit=0)
        caller.form(f"{home}/bugs/", title="One more")
    assert len(caller.get(f"{home}/bugs/", range=500)["bugs"]) == 200
    assert len(caller.get(f"{home}/bugs/")["bugs"]) == 100
    caller.switch(range_over_max="refuse")
    assert caller.send("GET", f"{home}/bugs/", range=500).status == 400


def test_index_zero(caller, home):
    """An index of 0 is tolerated as 1, or refused where the switch says so."""
    assert caller.get(f"{home}/bugs/", index=0, range=3) == caller.get(f"{home}/bugs/", index=1, range=3)
    caller.switch(index_zero="refuse")
    assert caller.send("GET", f"{home}/bugs/", index=0).status == 400


@pytest.mark.parametrize(
    ("parameter", "field", "key"),
    [("status", "status", "id"), ("severity", "severity", "id"), ("classification", "classification", "id"),
     ("module", "module", "id"), ("milestone", "milestone", "id")],
)  # fmt: skip
def test_filters_take_comma_lists_of_ids(caller, home, parameter, field, key):
    """A list of ids keeps the bugs that have one of them, and no other."""
    everything = caller.get(f"{home}/bugs/", range=200)["bugs"]
    values = sorted({bug[field][key] for bug in everything if field in bug})
    wanted = values[:2]
    found = caller.get(f"{home}/bugs/", range=200, **{parameter: ",".join(wanted)})["bugs"]
    assert found == [bug for bug in everything if bug.get(field, {}).get(key) in wanted]


def test_people_are_found_by_either_of_their_ids(caller, home):
    """Assignees and reporters may be named by ZUID or by ZPUID."""
    everything = caller.get(f"{home}/bugs/", range=200)["bugs"]
    bug = next(bug for bug in everything if "assignee_id" in bug)
    by_zuid = caller.get(f"{home}/bugs/", range=200, assignee=bug["assignee_id"])["bugs"]
    by_zpuid = caller.get(f"{home}/bugs/", range=200, assignee=bug["assignee_zpuid"])["bugs"]
    assert by_zuid == by_zpuid == [one for one in everything if one.get("assignee_id") == bug["assignee_id"]]
    reported = caller.get(f"{home}/bugs/", range=200, reporter=bug["reporter_id"])["bugs"]
    assert reported == [one for one in everything if one["reporter_id"] == bug["reporter_id"]]


def test_statustype_flag_and_views(caller, home):
    """``statustype``, ``flag`` and a custom view each keep what they name."""
    assert not any(bug["closed"] for bug in caller.get(f"{home}/bugs/", statustype="open")["bugs"])
    assert all(bug["closed"] for bug in caller.get(f"{home}/bugs/", statustype="closed")["bugs"])
    assert {bug["flag"] for bug in caller.get(f"{home}/bugs/", flag="external")["bugs"]} == {"External"}
    views = {view["name"]: view["id"] for view in caller.get(f"{home}/bugs/customviews/")["customviews"]}
    found = caller.get(f"{home}/bugs/", cview_id=views["Unassigned Bugs"])["bugs"]
    assert {bug["assignee_name"] for bug in found} == {"Unassigned"}
    mine = caller.get(f"{home}/bugs/", cview_id=views["My Open Bugs"])["bugs"]
    assert {bug["assignee_name"] for bug in mine} == {"Maya Lindqvist"}
    assert caller.send("GET", f"{home}/bugs/", cview_id=1).status == 404


@pytest.mark.parametrize("column", ["created_time", "last_modified_time"])
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_sorting_really_sorts(caller, home, column, order):
    """Both columns sort in both directions."""
    key = {"created_time": "created_time_long", "last_modified_time": "updated_time_long"}[column]
    times = [bug[key] for bug in caller.get(f"{home}/bugs/", sort_column=column, sort_order=order, range=200)["bugs"]]
    assert times == sorted(times, reverse=order == "descending")


def test_a_filed_bug_shows_in_later_reads(caller, home):
    """A create answers 201 with the bug in its envelope; lists, counts and activities know it from then on."""
    before = caller.get(f"{home}/")["projects"][0]["bug_count"]["open"]
    fields = caller.get(f"{home}/bugs/defaultfields/")["defaultfields"]
    severity = fields["severity_details"][1]
    answer = caller.form(f"{home}/bugs/", title="Café — “quotes” & <b>tags</b>", severity_id=severity["severity_id"],
                         due_date="12-31-2026", flag="External", UDF_CHAR1="Alder & Sons")  # fmt: skip
    assert answer.status == 201
    bug = json.loads(answer.body)["bugs"][0]
    assert bug["title"] == "Café — “quotes” & <b>tags</b>"
    assert bug["severity"] == {"id": severity["severity_id"], "type": severity["severity_name"]}
    assert (bug["due_date"], bug["flag"], bug["assignee_name"]) == ("12-31-2026", "External", "Unassigned")
    assert bug["customfields"] == [{"label_name": "Customer", "column_name": "UDF_CHAR1", "value": "Alder & Sons"}]
    assert caller.get(f"{home}/bugs/", range=1)["bugs"][0]["id"] == bug["id"]
    assert caller.get(f"{home}/")["projects"][0]["bug_count"]["open"] == before + 1
    assert caller.get(f"{home}/bugs/{bug['id']}/activities/")["activities"][0]["state"] == "added"


def test_closing_and_reopening_follow_from_the_status(caller, home):
    """An update is a POST to the bug; status ids and status names both work."""
    fields = caller.get(f"{home}/bugs/defaultfields/")["defaultfields"]
    closed = next(one["status_id"] for one in fields["status_details"] if one["status_name"] == "Closed")
    bug = caller.get(f"{home}/bugs/", statustype="open", range=1)["bugs"][0]
    answer = caller.form(f"{home}/bugs/{bug['id']}/", status_id=closed)
    assert answer.status == 200
    assert json.loads(answer.body)["bugs"][0]["closed"] is True
    assert json.loads(caller.form(f"{home}/bugs/{bug['id']}/", status="Reopen").body)["bugs"][0]["closed"] is False


def test_ids_that_name_nothing_are_refused_before_anything_is_written(caller, home):
    """An unknown severity, milestone or user answers 404 and leaves no bug behind."""
    for fields in ({"severity_id": 1}, {"milestone_id": 1}, {"assignee": 1}, {"bug_followers": "1,2"}):
        assert caller.form(f"{home}/bugs/", title="x", **fields).status == 404
    assert len(caller.get(f"{home}/bugs/", range=200)["bugs"]) == 90


def test_delete(caller, home):
    """A delete answers a sentence; the bug is gone, and a bug of another project never was there."""
    bug = caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    other = caller.get("/restapi/portal/brightwater/projects/")["projects"][1]["id"]
    assert caller.send("GET", f"/restapi/portal/brightwater/projects/{other}/bugs/{bug['id']}/").status == 404
    answer = caller.send("DELETE", f"{home}/bugs/{bug['id']}/")
    assert json.loads(answer.body) == {"response": "Bug deleted successfully"}
    assert caller.error(caller.send("GET", f"{home}/bugs/{bug['id']}/")) == {
        "code": 6404,
        "message": "Bug does not exist",
    }


def test_default_fields_and_the_misspelt_key(caller, home):
    """Pick lists come by kind, priorities being the reproducible list; the misspelling is a switch."""
    fields = caller.get(f"{home}/bugs/defaultfields/")["defaultfields"]
    assert set(fields) == {
        "severity_details", "status_details", "module_details", "priority_details", "classification_details",
    }  # fmt: skip
    assert set(fields["priority_details"][0]) == {"priority_id", "priority_name"}
    assert "Always" in {one["priority_name"] for one in fields["priority_details"]}
    caller.switch(status_details_key="status_deatils")
    assert "status_deatils" in caller.get(f"{home}/bugs/defaultfields/")["defaultfields"]


def test_custom_and_renamed_fields(caller, home):
    """Custom fields keep Zoho's odd spelling of their default; their values stand in lists too."""
    fields = caller.get(f"{home}/bugs/customfields/")["customfields"]
    assert set(fields[0]) == {"label_name", "column_name", "default_Value", "picklist_values"}
    labels = {field["label_name"] for field in fields}
    assert {one["label_name"] for bug in caller.get(f"{home}/bugs/")["bugs"] for one in bug["customfields"]} == labels
    assert caller.get(f"{home}/bugs/renamedfields/")["renamedfields"][0]["column_name"] == "reproducible"


def test_hostile_texts_arrive_as_they_are(hostile_caller):
    """Titles with scripts, control characters and lone surrogates come in JSON that every parser takes."""
    project = hostile_caller.get("/restapi/portal/brightwater/projects/")["projects"][-1]
    assert project["name"] == "Hostile texts"
    response = hostile_caller.send("GET", f"/restapi/portal/brightwater/projects/{project['id']}/bugs/", range=200)
    titles = [bug["title"] for bug in json.loads(response.body.decode("utf-8"))["bugs"]]
    assert "<script>document.title='owned'</script>" in titles
    assert "lone high \ud83d surrogate" in titles
    assert any("\x1b[31m" in title for title in titles)
