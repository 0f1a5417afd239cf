"""Corners of the simulated API: things that are not there, small views, the operator's side."""

import json

import pytest

from zbt_notebook.simulator.bugtracker.catalogue import TABLE
from zbt_notebook.simulator.bugtracker.routes import RouteTable
from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE

PORTAL = "/restapi/portal/brightwater"
PP = f"/api/v3/portal/{PORTAL_ID}/projects/{PROJECT_BASE}"
DAY = {"date": "01-15-2027", "bill_status": "Billable", "hours": "01:00"}
MILESTONE = {"name": "x", "start_date": "01-01-2027", "end_date": "01-02-2027", "flag": "internal"}
EVENT = {
    "title": "x",
    "date": "12-01-2026",
    "hour": 4,
    "minutes": 0,
    "ampm": "pm",
    "duration_hour": 1,
    "duration_mins": 0,
}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/projects/", {"name": "x", "owner": 1}),
        ("{home}/milestones/", {**MILESTONE, "owner": 1}),
        ("{home}/events/", {**EVENT, "participants": "1"}),
        ("{home}/logs/", {**DAY, "name": "x", "owner": 1}),
        ("{home}/forums/", {"name": "x", "content": "x", "category_id": 1}),
        ("{home}/users/1/", {"role": "admin"}),
        ("{home}/bugs/1/", {"title": "x"}),
        ("/users/activate/", {"users": "1"}),
    ],
)  # fmt: skip
def test_what_is_named_but_not_there_is_404(caller, home, path, fields):
    """A user, a category or a bug that does not exist is refused in the classic shape."""
    where = path.format(home=home) if path.startswith("{") else PORTAL + path
    answer = caller.form(where, **fields)
    assert (answer.status, caller.error(answer)["code"]) == (404, 6404)


def test_nobody_removes_themselves(caller):
    """The last administrator stays."""
    assert caller.send("DELETE", f"{PORTAL}/users/{caller.grant.user.zuid}/").status == 404


def test_a_log_of_another_bug_is_not_there(caller, home):
    """A time log is found below its own bug only."""
    one, two = caller.get(f"{home}/bugs/", range=2)["bugs"]
    log = json.loads(caller.form(f"{home}/bugs/{one['id']}/logs/", **DAY).body)["timelogs"]["buglogs"][0]
    assert caller.form(f"{home}/bugs/{two['id']}/logs/{log['id']}/", notes="x").status == 404


def test_a_week_of_time_logs_begins_on_sunday(caller, home):
    """Saturday belongs to the week before Sunday."""
    for day in ("01-16-2027", "01-17-2027", "01-23-2027", "01-24-2027"):  # Saturday, Sunday, Saturday, Sunday
        caller.form(f"{home}/logs/", **{**DAY, "date": day}, name="x")
    query = {"users_list": "all", "view_type": "week", "bill_status": "All", "component_type": "general"}
    week = caller.get(f"{home}/logs/", date="01-20-2027", **query)["timelogs"]
    assert [day["date"] for day in week["date"]] == ["01-17-2027", "01-23-2027"]
    assert week["grandtotal"] == "02:00"


def test_projects_sort_by_their_making(caller):
    """Projects come in order of their making, or backwards."""
    query = {"sort_column": "created_time", "sort_order": "descending"}
    times = [project["created_date_long"] for project in caller.get(f"{PORTAL}/projects/", **query)["projects"]]
    assert times == sorted(times, reverse=True)


def test_search_finds_projects(caller):
    """A project is found by a part of its name."""
    hits = caller.get(f"{PORTAL}/search", search_term="payme")["search"]
    assert {"id", "title", "module", "project", "link"} == set(hits[0])
    assert ("projects", "Payments") in {(hit["module"], hit["title"]) for hit in hits}


def test_milestones_of_v3(caller):
    """V3 lists milestones in an envelope, with ISO days."""
    rows = caller.get(f"{PP}/milestones", page=1)["milestones"]
    assert len(rows) == 10
    assert {row["status"]["name"] for row in rows} == {"Active", "Completed"}
    assert rows[0]["start_date"] < rows[0]["end_date"]


def test_one_page_of_v3_refuses_more_than_200_where_told(caller):
    """The switch for the classic ``range`` holds for ``per_page`` too."""
    caller.switch(range_over_max="refuse")
    assert caller.send("GET", f"{PP}/issues", page=1, per_page=201).status == 400


def test_a_portal_can_be_put_in_the_place_of_another(caller):
    """``generate`` replaces all records at once."""
    caller.tracker.generate(projects=3, bugs=30, seed=5)
    projects = caller.get(f"{PORTAL}/projects/")["projects"]
    assert len(projects) == 3
    assert sum(sum(project["bug_count"].values()) for project in projects) == 30


def test_locks_can_be_seen_and_lifted(caller):
    """The operator sees which patterns are locked, for how long, and can forget them."""
    caller.switch(url_limit=1)
    for _ in range(2):
        caller.send("GET", "/restapi/portals/")
    caller.clock.advance(800)
    assert caller.tracker.throttle.locks(caller.clock.now()) == {"GET /restapi/portals/": 1000}
    caller.tracker.throttle.forget()
    assert caller.send("GET", "/restapi/portals/").status == 200


def test_two_routes_of_one_pattern_are_a_mistake():
    """The table refuses them when it is built."""
    with pytest.raises(ValueError, match="two routes answer"):
        RouteTable((*TABLE.routes, TABLE.routes[0]))
