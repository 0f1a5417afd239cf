"""Issues in V3: their shapes, their lists, how they are chosen and changed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS, PORTAL_ID, PROJECT_BASE, SEVERITIES

P = f"/api/v3/portal/{PORTAL_ID}"
PP = f"{P}/projects/{PROJECT_BASE}"


@pytest.fixture
def issue(caller):
    """The address of an issue."""
    return f"{PP}/issues/{caller.get(f'{PP}/issues', page=1, per_page=1)['issues'][0]['id']}"


@pytest.fixture
def full(caller):
    """An issue whose custom fields are all set."""
    listed = caller.get(f"{P}/issues", page=1, per_page=200)["issues"]
    return next(one for one in listed if {field.api_name for field in CUSTOM_FIELDS} <= one.keys())


def ids(answer):
    return [one["id"] for one in answer["issues"]]


def test_one_issue_is_an_array_of_one(caller, issue):
    """GET answers a bare array, or an object; POST and PATCH answer a bare object."""
    (shown,) = caller.get(issue)
    assert shown["id"] == issue.rpartition("/")[2]
    assert json.loads(caller.json("PATCH", issue, {"name": "New"}).body)["name"] == "New"
    caller.switch(issue_get_as="object")
    assert caller.get(issue)["name"] == "New"


def test_an_issue_has_the_recorded_keys(caller, home, issue):
    """It is called by ``name``, has nested values and ISO times; it is the bug of the classic API."""
    (shown,) = caller.get(issue)
    bug = caller.get(f"{home}/bugs/{shown['id']}/")["bugs"][0]
    assert (shown["name"], shown["prefix"], shown["description"]) == (bug["title"], bug["key"], bug["description"])
    assert shown["severity"] == {"id": bug["severity"]["id"], "value": bug["severity"]["type"]}
    assert set(shown["status"]) == {"id", "name", "is_closed_type", "color", "color_hexcode"}
    assert set(shown["created_by"]) == {"zuid", "zpuid", "name", "email"}
    assert (shown["added_via"], shown["subscription_type"]) == ("web", "Standard")
    assert shown["created_time"].endswith(".000Z")


def test_lists_show_descriptions_and_no_counters(caller):
    """``description`` comes along, and is missing where it is empty; counters, links and the closed flag never come."""
    made = json.loads(caller.json("POST", f"{PP}/issues", {"name": "Bare"}).body)
    listed = caller.get(f"{PP}/issues", page=1, per_page=200)["issues"]
    described = {one["id"]: "description" in one for one in listed}
    assert described.pop(made["id"]) is False
    assert all(described.values())
    keys = set().union(*listed)
    assert not keys & {"comment_count", "attachment_count", "has_log_hours", "link", "closed", "id_string"}
    unassigned = {"name": "Unassigned User", "email": "Unassigned User"}
    assert unassigned in [one["assignee"] for one in listed]


def test_the_uncertain_parts_of_an_issue_are_switches(caller, issue):
    """Ids as numbers, escaped names, moments for days, no time of change in lists, people shorter or longer."""
    caller.json("PATCH", issue, {"name": "a < b & c", "due_date": "2026-12-31"})
    caller.switch(v3_ids_as="number", issue_name_as="escaped twice", due_date_as="moment", v3_people_as="long")
    (shown,) = caller.get(issue)
    assert shown["id"] == int(issue.rpartition("/")[2])
    assert (shown["name"], shown["due_date"]) == ("a &amp;lt; b &amp;amp; c", "2026-12-31T06:15:00.000Z")
    assert set(shown["created_by"]) == {"zpuid", "name", "email", "zuid", "first_name", "last_name"}
    caller.switch(v3_people_as="short", last_updated_time_in_lists=False)
    listed = caller.get(f"{PP}/issues", page=1)["issues"]
    assert "last_updated_time" in caller.get(issue)[0]
    assert all("last_updated_time" not in one for one in listed)
    assert set(listed[0]["created_by"]) == {"zpuid", "name", "email"}


def test_custom_fields_are_keys_of_the_issue(full):
    """Each by its API name, with a value of its kind."""
    assert {name: full[name] for name in ("reviewers", "cf_qa_contact")}.keys() == {"reviewers", "cf_qa_contact"}
    assert set(full["cf_qa_contact"]) == set(full["reviewers"][0]) == {"name", "zpuid", "email"}
    assert isinstance(full["cf_platforms"], list)
    assert full["cf_0001"] in {True, False}
    assert set(full["cf_cost"]) == {"currency_code", "formatted_amount", "amount"}
    assert datetime.fromisoformat(full["cf_first_seen"]).tzinfo
    assert len(full["cf_found_on"]) == len("2026-01-01")


def test_custom_fields_in_every_shape_that_was_seen(caller, full):
    """As keys, an object, a list, or none at all; unset ones missing, or null."""
    here = f"{P}/projects/{full['project']['id']}/issues/{full['id']}"
    wanted = {field.label: full[field.api_name] for field in CUSTOM_FIELDS}
    caller.switch(v3_custom_fields_as="object")
    assert caller.get(here)[0]["custom_fields"] == wanted
    caller.switch(v3_custom_fields_as="list")
    assert {one["display_name"]: one["value"] for one in caller.get(here)[0]["custom_fields"]} == wanted
    caller.switch(v3_custom_fields_as="none")
    assert not caller.get(here)[0].keys() & {"custom_fields", "cf_customer"}
    caller.switch(v3_custom_fields_as="api_name", unset_custom_fields_as="null")
    listed = caller.get(f"{P}/issues", page=1, per_page=200)["issues"]
    assert all({field.api_name for field in CUSTOM_FIELDS} <= one.keys() for one in listed)
    assert None in [one["cf_qa_contact"] for one in listed]


def test_the_classic_api_shows_the_same_custom_fields_as_text(caller, full):
    """People by their names, several with commas between."""
    bug = caller.get(f"/restapi/portal/brightwater/projects/{full['project']['id']}/bugs/{full['id']}/")["bugs"][0]
    told = {field["column_name"]: field["value"] for field in bug["customfields"]}
    assert told["UDF_MULTIUSER1"] == ", ".join(person["name"] for person in full["reviewers"])
    assert told["UDF_MULTI1"] == ", ".join(full["cf_platforms"])
    assert told["UDF_CURRENCY1"] == f"USD {full['cf_cost']['amount']}"
    assert told["UDF_BOOLEAN1"] == str(full["cf_0001"]).lower()


def test_custom_fields_are_written(caller, issue):
    """Each kind takes its own form; lists are replaced, or changed by what is added and removed."""
    zpuid = caller.get(f"{P}/users", page=1)["users"][0]["zpuid"]
    sent = {
        "cf_customer": "Acme",
        "cf_environment": "staging",
        "cf_support_ticket": "123",
        "cf_found_on": "2026-02-03",
        "cf_qa_contact": {"zpuid": zpuid},
        "reviewers": [{"zpuid": zpuid}],
        "cf_platforms": ["Linux", "iOS"],
        "cf_0001": True,
        "cf_cost": {"amount": "12.50", "currency_code": "USD"},
        "cf_share_of_users": "1.25",
        "cf_first_seen": "2026-02-03T04:05:06+02:00",
        "cf_workaround": "one\ntwo",
    }
    shown = json.loads(caller.json("PATCH", issue, sent).body)
    assert [shown[name] for name in ("cf_customer", "cf_0001", "cf_platforms")] == ["Acme", True, ["Linux", "iOS"]]
    assert (shown["cf_found_on"], shown["cf_first_seen"]) == ("2026-02-03", "2026-02-03T02:05:06.000Z")
    assert (shown["cf_cost"]["amount"], shown["cf_qa_contact"]["zpuid"]) == ("12.50", zpuid)
    changed = caller.json("PATCH", issue, {"cf_platforms": [{"add": ["Windows"], "remove": ["iOS"]}], "cf_0001": None})
    assert json.loads(changed.body)["cf_platforms"] == ["Linux", "Windows"]
    assert "cf_0001" not in json.loads(changed.body)


@pytest.mark.parametrize(
    "sent",
    [
        {"cf_environment": "moon"},
        {"cf_qa_contact": "Ann"},
        {"cf_platforms": "Linux"},
        {"cf_0001": "yes"},
        {"cf_cost": "much"},
        {"cf_found_on": "02-03-2026"},
        {"cf_support_ticket": "x"},
        {"cf_customer": "x" * 201},
    ],
)
def test_custom_values_that_do_not_fit_are_refused(caller, issue, sent):
    """400, and nothing is changed."""
    assert caller.json("PATCH", issue, sent).status == 400


def test_patch_takes_nested_links_and_ignores_flat_ids(caller, home, issue):
    """A nested link changes the issue; flat ids and unknown keys are accepted with 200 and change nothing."""
    severity = caller.get(f"{home}/bugs/defaultfields/")["defaultfields"]["severity_details"][1]
    before = caller.get(issue)[0]
    answer = caller.json("PATCH", issue, {"severity": severity["severity_id"], "status_id": "1", "colour": "red"})
    assert answer.status == 200
    assert json.loads(answer.body)["severity"] == before["severity"]
    answer = caller.json("PATCH", issue, {"severity": {"id": severity["severity_id"]}, "name": "Renamed"})
    assert json.loads(answer.body)["severity"] == {"id": severity["severity_id"], "value": severity["severity_name"]}
    assert caller.get(issue)[0]["name"] == "Renamed"
    zpuid = caller.get(f"{home}/users/")["users"][0]["zpuid"]
    assert json.loads(caller.json("PATCH", issue, {"assignee": {"zpuid": zpuid}}).body)["assignee"]["zpuid"] == zpuid


def test_tags_and_followers_are_lists_of_links(caller, issue):
    """They replace what was there, or are changed by what is added and removed."""
    first, second = (tag["id"] for tag in caller.get(f"{P}/tags", page=1)["tags"][:2])
    zpuid = caller.get(f"{P}/users", page=1)["users"][0]["zpuid"]
    shown = json.loads(caller.json("PATCH", issue, {"tags": [{"id": first}], "followers": [{"zpuid": zpuid}]}).body)
    assert ([tag["id"] for tag in shown["tags"]], shown["followers"][0]["zpuid"]) == ([first], zpuid)
    sent = {"tags": [{"add": [second], "remove": [first]}]}
    assert [tag["id"] for tag in json.loads(caller.json("PATCH", issue, sent).body)["tags"]] == [second]


def test_unknown_keys_and_broken_json(caller, issue):
    """An unknown key is refused where the switch says so; a body that is no JSON has a title of its own."""
    caller.switch(unknown_issue_keys="refused")
    answer = caller.json("PATCH", issue, {"owner": "1"})
    assert (answer.status, caller.error(answer)) == (
        400,
        {
            "status_code": "400",
            "instance": issue,
            "method": "PATCH",
            "title": "EXTRA_KEY_FOUND_IN_JSON",
            "error_type": "FIELDS_VALIDATION_ERROR",
            "details": [{"field_name": "owner", "message": "Extra key found in JSON."}],
        },
    )
    assert caller.error(caller.send("PATCH", issue, b"{", "application/json"))["title"] == "JSON_PARSE_ERROR"
    assert caller.error(caller.json("PATCH", issue, [1]))["title"] == "JSON_PARSE_ERROR"
    assert caller.send("PATCH", issue, b"[" * 100_000, "application/json").status == 400


def test_the_classic_word_for_a_name_is_a_missing_name(caller):
    """``title`` is no key of V3: what is missing is ``name``."""
    error = caller.error(caller.json("POST", f"{PP}/issues", {"title": "Old"}))
    assert (error["title"], error["details"][0]["field_name"]) == ("LESS_THAN_MIN_OCCURANCE", "name")


def test_an_issue_lives(caller):
    """An issue is created with 201, moved, cloned (in the old word's envelope), and deleted with 204."""
    made = json.loads(caller.json("POST", f"{PP}/issues", {"name": "New", "due_date": "2026-12-31"}).body)
    assert made["due_date"] == "2026-12-31"
    here = f"{PP}/issues/{made['id']}"
    assert caller.get(f"{here}/description") == {"description": ""}
    clone = caller.json("POST", f"{here}/clone", {})
    assert json.loads(clone.body)["bugs"][0]["name"] == "New"
    other = caller.get(f"{P}/projects", page=1)[1]["id"]
    assert caller.json("POST", f"{here}/move", {"project": {"id": other}}).status == 400
    moved = json.loads(caller.json("POST", f"{here}/move", {"to_project": other}).body)
    assert moved["project"]["id"] == other
    there = f"{P}/projects/{other}/issues/{made['id']}"
    assert caller.send("GET", here).status == 404
    answer = caller.send("DELETE", there)
    assert (answer.status, answer.body) == (204, b"")
    assert caller.error(caller.send("GET", there))["title"] == "RESOURCE_NOT_FOUND"


def test_the_old_path_is_read_only_and_classic(caller, home):
    """``/bugs`` needs ``is_desc_needed=true``, answers in the classic shape, and refuses to write."""
    answer = caller.send("GET", f"{PP}/bugs", page=1)
    assert (answer.status, caller.error(answer)["title"]) == (400, "LESS_THAN_MIN_OCCURANCE")
    bug = caller.get(f"{PP}/bugs", page=1, per_page=1, is_desc_needed="true")["bugs"][0]
    assert bug == caller.get(f"{home}/bugs/{bug['id']}/")["bugs"][0]
    assert caller.get(f"{PP}/bugs/{bug['id']}", is_desc_needed="true")["bugs"] == [bug]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = caller.json(method, f"{PP}/bugs", {})
        assert (answer.status, caller.error(answer)["title"]) == (400, "INVALID_METHOD")


def sent(*criteria, pattern=None):
    told = [
        {"field_name": field, "criteria_condition": condition, "value": [str(one) for one in values]}
        for field, condition, *values in criteria
    ]
    return json.dumps({"criteria": told, "pattern": pattern or " AND ".join(map(str, range(1, len(told) + 1)))})


def day(moment, offset=-180):
    return f"{datetime.fromisoformat(moment).astimezone(UTC) + timedelta(minutes=offset):%Y-%m-%d}"


def test_a_filter_chooses(caller):
    """Open bugs of a severity, of one assignee: the three criteria of the sheet's example."""
    every = caller.get(f"{P}/issues", page=1, per_page=200)["issues"]
    one = next(x for x in every if not x["status"]["is_closed_type"] and "zpuid" in x["assignee"])
    asked = sent(
        ("status", "custom_condition", "${ALL_OPEN}"),
        ("severity", "is", one["severity"]["value"]),
        ("assignee", "is", one["assignee"]["zpuid"]),
    )
    found = caller.get(f"{P}/issues", page=1, per_page=200, filter=asked)["issues"]
    assert one["id"] in {x["id"] for x in found}
    assert all(
        (x["severity"], x["assignee"], x["status"]["is_closed_type"]) == (one["severity"], one["assignee"], False)
        for x in found
    )


@pytest.mark.parametrize("zone", ["portal", "UTC"])
def test_a_filter_compares_days(caller, zone):
    """A day, no time of day: in the portal's time zone or in UTC; strictly."""
    caller.switch(filter_days_in=zone)
    offset = -180 if zone == "portal" else 0
    every = caller.get(f"{PP}/issues", page=1, per_page=200)["issues"]
    middle = day(every[40]["created_time"], offset)
    for condition, holds in (
        ("greater_than", lambda x: x > middle),
        ("less_than_or_equal", lambda x: x <= middle),
        ("is", lambda x: x == middle),
        ("is_not", lambda x: x != middle),
    ):
        found = ids(caller.get(f"{PP}/issues", page=1, per_page=200, filter=sent(("created_time", condition, middle))))
        assert found == [x["id"] for x in every if holds(day(x["created_time"], offset))]
    both = sent(("created_time", "between", middle, middle))
    assert ids(caller.get(f"{PP}/issues", page=1, filter=both)) == [
        x["id"] for x in every if day(x["created_time"], offset) == middle
    ]


def test_a_filters_pattern_joins_its_criteria(caller):
    """AND binds tighter than OR; brackets do what they do."""
    every = caller.get(f"{PP}/issues", page=1, per_page=200)["issues"]
    criteria = (("flag", "is", "internal"), ("severity", "is", "Major", "Minor"), ("name", "contains", "THE"))

    def holds(one):
        return (
            one["flag"] == "Internal",
            one["severity"]["value"] in {"Major", "Minor"},
            "the" in one["name"].lower(),
        )

    for pattern, test in (
        ("(1 AND 2) OR 3", lambda a, b, c: (a and b) or c),
        ("1 AND 2 OR 3", lambda a, b, c: (a and b) or c),
        ("1 AND (2 OR 3)", lambda a, b, c: a and (b or c)),
    ):
        found = ids(caller.get(f"{PP}/issues", page=1, per_page=200, filter=sent(*criteria, pattern=pattern)))
        assert found == [one["id"] for one in every if test(*holds(one))]


def test_a_filter_reaches_custom_fields(caller, full):
    """By their API names; people by zpuid, options of several by their ids."""
    fields = {one["api_name"]: one for one in caller.get(f"{P}/settings/fields", module="issues")["fields"]}
    options = {one["value"]: one["id"] for one in fields["cf_platforms"]["pick_list_values"]}
    for criterion in (
        ("cf_customer", "is", full["cf_customer"]),
        ("cf_qa_contact", "is", full["cf_qa_contact"]["zpuid"]),
        ("reviewers", "is", full["reviewers"][0]["zpuid"]),
        ("cf_platforms", "is", options[full["cf_platforms"][0]]),
        ("cf_0001", "is", str(full["cf_0001"]).lower()),
        ("cf_cost", "between", "0", "99999"),
        ("cf_found_on", "is", full["cf_found_on"]),
        ("cf_environment", "is", full["cf_environment"]),
    ):
        found = caller.get(f"{P}/issues", page=1, per_page=200, filter=sent(criterion))["issues"]
        assert full["id"] in {one["id"] for one in found}, criterion
        field = criterion[0]
        if isinstance(full[field], (str, bool)):
            assert {one[field] for one in found} == {full[field]}, criterion


def test_a_filter_may_want_ids_or_be_ignored(caller):
    """Pick lists by name or by id; a portal where nothing is chosen at all; and one that takes no filter."""
    severity = SEVERITIES[3]
    by_name = caller.get(f"{PP}/issues", page=1, filter=sent(("severity", "is", severity.name)))
    caller.switch(pick_list_filter_by="id")
    assert ids(caller.get(f"{PP}/issues", page=1, filter=sent(("severity", "is", severity.id)))) == ids(by_name)
    assert ids(caller.get(f"{PP}/issues", page=1, filter=sent(("severity", "is", severity.name)))) == []
    caller.switch(filter_on_issues="ignored")
    assert len(ids(caller.get(f"{PP}/issues", page=1, filter=sent(("severity", "is", severity.name))))) == 90
    caller.switch(filter_on_issues="refused")
    refused = caller.send("GET", f"{PP}/issues", page=1, filter=sent(("severity", "is", severity.name)))
    assert refused.status == 400
    assert len(ids(caller.get(f"{PP}/issues", page=1))) == 90


@pytest.mark.parametrize(
    ("wrong", "title"),
    [
        ("{", "PATTERN_NOT_MATCHED"),
        ("[]", "INVALID_PARAMETER_VALUE"),
        (sent(("colour", "is", "red")), "INVALID_PARAMETER_VALUE"),
        (sent(("severity", "contains", "a")), "INVALID_PARAMETER_VALUE"),
        (sent(("name", "contains", "a", "b")), "INVALID_PARAMETER_VALUE"),
        (sent(("created_time", "between", "2026-01-01")), "INVALID_PARAMETER_VALUE"),
        (sent(("created_time", "is", "2026-01-01T10:00:00Z")), "PATTERN_NOT_MATCHED"),
        (sent(("flag", "is", "internal"), pattern="2"), "INVALID_PARAMETER_VALUE"),
        (sent(("flag", "is", "internal"), pattern="(1"), "INVALID_PARAMETER_VALUE"),
        (json.dumps({"criteria": [{"field_name": "flag"}]}), "LESS_THAN_MIN_OCCURANCE"),
        (json.dumps({"criteria": [{"field_name": "flag", "criteria_condition": "is", "value": [1]}], "pattern": "1"}),
         "INVALID_PARAMETER_VALUE"),
    ],
)  # fmt: skip
def test_a_filter_that_is_wrong(caller, wrong, title):
    """Values are arrays of strings, the pattern is there and fits, conditions are those of the field's kind."""
    answer = caller.send("GET", f"{PP}/issues", page=1, filter=wrong)
    assert (answer.status, caller.error(answer)["title"]) == (400, title)


def test_lists_are_sorted_by_one_field(caller):
    """``sort_by=ASC(created_time)``; what the time of change is called is a switch."""
    rising = caller.get(f"{PP}/issues", page=1, per_page=200, sort_by="ASC(created_time)")["issues"]
    times = [one["created_time"] for one in rising]
    assert times == sorted(times)
    for word in ("last_updated_time", "last_modified_time"):
        falling = caller.get(f"{PP}/issues", page=1, per_page=200, sort_by=f"DESC({word})")["issues"]
        times = [one["last_updated_time"] for one in falling]
        assert times == sorted(times, reverse=True)
    caller.switch(sort_by_update="last_modified_time")
    assert caller.send("GET", f"{PP}/issues", page=1, sort_by="DESC(last_updated_time)").status == 400
    caller.switch(sort_by_update="ignored")
    unsorted = caller.get(f"{PP}/issues", page=1, per_page=200, sort_by="DESC(last_modified_time)")["issues"]
    assert [one["id"] for one in unsorted] != [one["id"] for one in falling]


def test_a_sort_may_be_ignored_or_refused(caller):
    """By whatever field; without it the list is the same."""
    usual = ids(caller.get(f"{PP}/issues", page=1, per_page=200))
    assert ids(caller.get(f"{PP}/issues", page=1, per_page=200, sort_by="ASC(created_time)")) != usual
    caller.switch(sort_on_issues="ignored")
    for field in ("created_time", "last_updated_time"):
        assert ids(caller.get(f"{PP}/issues", page=1, per_page=200, sort_by=f"ASC({field})")) == usual
    caller.switch(sort_on_issues="refused")
    assert caller.send("GET", f"{PP}/issues", page=1, per_page=200, sort_by="ASC(created_time)").status == 400
    assert ids(caller.get(f"{PP}/issues", page=1, per_page=200)) == usual


def test_lists_without_an_order(caller):
    """Without ``sort_by`` neither creation nor change orders them, if the switch says so; pages still fit."""
    caller.switch(v3_order="scattered")
    pages = [ids(caller.get(f"{PP}/issues", page=page, per_page=30)) for page in (1, 2, 3)]
    together = [one for page in pages for one in page]
    assert len(set(together)) == 90
    assert together != sorted(together)
    assert together != sorted(together, reverse=True)


def test_lists_by_view_and_by_ids(caller):
    """``view_id`` is a custom view's, ``issue_ids`` a comma list."""
    views = {one["name"]: one["custom_view_id"] for one in caller.get(f"{PP}/issues/customviews")["default_views"]}
    closed = caller.get(f"{PP}/issues", page=1, per_page=200, view_id=views["Closed Bugs"])["issues"]
    assert all(one["status"]["is_closed_type"] for one in closed)
    assert caller.get(f"{PP}/issues/customviews/{views['Closed Bugs']}")["customview"]["name"] == "Closed Bugs"
    few = [one["id"] for one in closed[:3]]
    assert sorted(ids(caller.get(f"{P}/issues", page=1, issue_ids=",".join(few)))) == sorted(few)
    assert caller.send("GET", f"{PP}/issues", page=1, view_id="7").status == 404
