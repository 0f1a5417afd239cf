"""Portals, projects, milestones, users, time logs, events, forums, documents, search."""

import json

import pytest

PORTAL = "/restapi/portal/brightwater"


def only(response, name):
    return json.loads(response.body)[name][0]


def test_portals(caller):
    """The list of portals bears the caller's own id as ``login_id``, which is not a portal's."""
    body = caller.get("/restapi/portals/")
    portal = body["portals"][0]
    assert body["login_id"] == str(caller.grant.user.zuid) != portal["id_string"]
    assert portal["gmt_time_zone"].startswith("(GMT -3:0)")
    assert portal["settings"]["date_format"] == "MM-dd-yyyy hh:mm aaa"
    assert portal["project_count"] == {"active": 6}
    assert portal["link"]["project"]["url"].endswith(f"/restapi/portal/{portal['id']}/projects/")
    by_name, by_id = caller.get(f"{PORTAL}/"), caller.get(f"/restapi/portal/{portal['id']}/")
    assert by_name == by_id == {"portals": [portal]}


def test_a_portal_of_another_name_does_not_exist(caller):
    """An unknown name is no portal, the login id neither: 404 and code 6504, no throttle; V3 says it its way."""
    for portal in ("zillum", caller.grant.user.zuid):
        answer = caller.send("GET", f"/restapi/portal/{portal}/projects/")
        assert (answer.status, caller.error(answer)) == (404, {"code": 6504, "message": "Domain Not Available"})
    answer = caller.send("GET", f"/api/v3/portal/{caller.grant.user.zuid}/projects", page=1)
    assert (answer.status, caller.error(answer)["title"]) == (404, "RESOURCE_NOT_FOUND")


def test_projects(caller, home):
    """A project counts its bugs and milestones and links to all that hangs on it."""
    projects = caller.get(f"{PORTAL}/projects/")["projects"]
    assert len(projects) == 6
    first = projects[0]
    assert sum(project["bug_count"]["open"] + project["bug_count"]["closed"] for project in projects) == 300
    assert first["bug_count"]["closed"] == len(caller.get(f"{home}/bugs/", statustype="closed", range=200)["bugs"])
    assert {"self", "folder", "milestone", "forum", "document", "event", "bug", "user", "timesheet"} <= set(
        first["link"]
    )
    assert first["created_date_long"] < 1_790_000_000_000
    assert 0 <= first["created_date_long"] - first["start_date_long"] < 86_400_000
    assert first["start_date_long"] % 86_400_000 == 3 * 3_600_000  # midnight of a portal three hours behind UTC
    assert caller.send("GET", f"{PORTAL}/projects/", status="archived").status == 204
    assert caller.get(f"{PORTAL}/projects/customfields/")["customfields"]


def test_projects_in_order_of_their_last_change(caller):
    """``last_modified_time`` puts a changed project last, ``created_time`` leaves it where it was."""
    made = caller.get(f"{PORTAL}/projects/", sort_column="created_time")["projects"]
    assert caller.get(f"{PORTAL}/projects/", sort_column="last_modified_time")["projects"] == made
    here = f"{PORTAL}/projects/{made[0]['id']}/"
    caller.form(here, description="Changed")

    def ids(**order):
        return [project["id"] for project in caller.get(f"{PORTAL}/projects/", **order)["projects"]]

    created = [project["id"] for project in made]
    assert ids(sort_column="last_modified_time") == [*created[1:], created[0]]
    assert ids(sort_column="last_modified_time", sort_order="descending") == [created[0], *reversed(created[1:])]
    assert ids(sort_column="created_time") == ids(sort_order="ascending") == created


def test_a_project_lives(caller):
    """A project is created, changed, archived, and deleted with all it holds."""
    made = only(caller.form(f"{PORTAL}/projects/", name="Orbit", description="New"), "projects")
    here = f"{PORTAL}/projects/{made['id']}"
    assert caller.send("GET", f"{here}/bugs/").status == 204
    caller.form(f"{here}/bugs/", title="First")
    assert only(caller.form(f"{here}/", name="Orbit 2", status="archived"), "projects")["name"] == "Orbit 2"
    assert caller.get(f"{PORTAL}/projects/", status="archived")["projects"][0]["bug_count"] == {"open": 1, "closed": 0}
    assert caller.send("DELETE", f"{here}/").status == 200
    assert caller.send("GET", f"{here}/bugs/").status == 404


def test_milestones_filter(caller, home):
    """Status, display type, flag and owner each keep what they name."""
    rows = caller.get(f"{home}/milestones/")["milestones"]
    assert {row["status"] for row in rows} == {"completed", "notcompleted"}
    done = caller.get(f"{home}/milestones/", status="completed")["milestones"]
    assert done == [row for row in rows if row["status"] == "completed"]
    assert all("completed_date_long" in row for row in done)
    upcoming = caller.get(f"{home}/milestones/", display_type="upcoming")["milestones"]
    assert all(row["end_date_long"] > 1_789_900_000_000 for row in upcoming)
    internal = caller.get(f"{home}/milestones/", flag="internal")["milestones"]
    assert internal == [row for row in rows if row["flag"] == "internal"]
    owner = rows[0]["owner_id"]
    owned = caller.get(f"{home}/milestones/", owner=owner)["milestones"]
    assert owned == [row for row in rows if row["owner_id"] == owner]


def test_a_milestone_lives(caller, home):
    """A milestone is created, changed, completed, and deleted; its bugs stay without one."""
    owner = caller.get(f"{home}/users/")["users"][0]["id"]
    answer = caller.form(f"{home}/milestones/", name="M", start_date="01-15-2027", end_date="02-28-2027", owner=owner,
                         flag="external")  # fmt: skip
    assert answer.status == 201
    made = only(answer, "milestones")
    assert (made["start_date"], made["flag"], made["status"]) == ("01-15-2027 12:00 AM", "external", "notcompleted")
    here = f"{home}/milestones/{made['id']}/"
    assert only(caller.form(here, name="N"), "milestones")["name"] == "N"
    assert only(caller.form(f"{here}status/", status=2), "milestones")["status"] == "completed"
    bug = only(caller.form(f"{home}/bugs/", title="x", milestone_id=made["id"]), "bugs")
    assert bug["milestone"] == {"id": made["id_string"], "name": "N"}
    assert caller.send("DELETE", here).status == 200
    assert "milestone" not in caller.get(f"{home}/bugs/{bug['id']}/")["bugs"][0]


def test_users(caller, home):
    """Active users come unless told; the portal has more than any project."""
    everybody = caller.get(f"{PORTAL}/users/", user_type="all")["users"]
    active = caller.get(f"{PORTAL}/users/")["users"]
    assert [user for user in everybody if user["active"]] == active
    assert len(caller.get(f"{PORTAL}/users/", user_type="inactive")["users"]) == 1
    team = caller.get(f"{home}/users/")["users"]
    assert 0 < len(team) < len(active)
    assert {"id", "name", "email", "role", "active"} <= set(team[0])
    assert {user["name"] for user in active} >= {"Maya Lindqvist"}


def test_a_user_comes_and_goes(caller, home):
    """A user is added, given a role, deactivated, taken off the project, and removed."""
    made = only(caller.form(f"{home}/users/", email="new@brightwater.example", role="contractor"), "users")
    here = f"{home}/users/{made['id']}/"
    assert only(caller.form(here, role="manager"), "users")["role"] == "manager"
    rated = only(caller.form(here, rate="62.5"), "users")
    assert (rated["rate"], rated["role"]) == ("62.5", "manager")
    assert rated in caller.get(f"{home}/users/")["users"]
    two = caller.form(f"{home}/users/", email="a@b.example,c@b.example", rate="40")
    assert [(user["email"], user["rate"]) for user in json.loads(two.body)["users"]] == [
        ("a@b.example", "40"),
        ("c@b.example", "40"),
    ]
    assert caller.form(f"{home}/users/", email="nobody").status == 400
    assert (
        only(caller.form(f"{PORTAL}/users/activate/", users=made["id"], action="deactivate"), "users")["active"]
        is False
    )
    assert caller.send("DELETE", here).status == 200
    assert caller.send("DELETE", here).status == 404
    assert caller.send("DELETE", f"{PORTAL}/users/{made['id']}/").status == 200
    assert set(caller.get(f"{PORTAL}/users/availcount/")) == {"avail_user_count", "active_user_count"}
    assert caller.form(f"{PORTAL}/clients/1/users", email="client@example.com").status == 201


LOGS = {"users_list": "all", "view_type": "month", "date": "09-15-2026", "bill_status": "All", "component_type": "bug"}


def test_time_logs_need_all_their_parameters(caller, home):
    """Five parameters are mandatory; the day is MM-DD-YYYY."""
    for missing in LOGS:
        answer = caller.send("GET", f"{home}/logs/", **{name: value for name, value in LOGS.items() if name != missing})
        assert (answer.status, caller.error(answer)["details"][0]["field_name"]) == (400, missing)
    assert caller.send("GET", f"{home}/logs/", **{**LOGS, "date": "2026-09-15"}).status == 400


def test_time_logs_are_gathered_by_day(busy_caller, home):
    """Logs come in days with their sums; day, week and month nest."""
    logs = busy_caller.get(f"{home}/logs/", **LOGS)["timelogs"]
    assert logs["role"] == "admin"
    rows = [row for day in logs["date"] for row in day["buglogs"]]
    assert all(row["log_date"].startswith("09-") for row in rows)
    minutes = sum(row["total_minutes"] for row in rows)
    assert logs["grandtotal"] == f"{minutes // 60:02}:{minutes % 60:02}"
    day = logs["date"][0]
    of_day = busy_caller.get(f"{home}/logs/", **{**LOGS, "view_type": "day", "date": day["date"]})["timelogs"]["date"]
    assert of_day == [day]
    billable = busy_caller.get(f"{home}/logs/", **{**LOGS, "bill_status": "Billable"})["timelogs"]["date"]
    assert {row["bill_status"] for one in billable for row in one["buglogs"]} == {"Billable"}
    general = busy_caller.get(f"{home}/logs/", **{**LOGS, "component_type": "general"})["timelogs"]["date"]
    assert all("generallogs" in one for one in general)


def test_a_time_log_lives(caller, home):
    """Time logged on a bug shows in the logs and on the bug; it is changed, approved and deleted."""
    bug = next(one for one in caller.get(f"{home}/bugs/", range=200)["bugs"] if one["has_log_hours"] == "false")
    logs = f"{home}/bugs/{bug['id']}/logs/"
    answer = caller.form(logs, date="09-14-2026", bill_status="Billable", hours="01:30", notes="Fix")
    assert answer.status == 201
    made = json.loads(answer.body)["timelogs"]["buglogs"][0]
    assert (made["hours"], made["minutes"], made["total_minutes"], made["hours_display"]) == (1, 30, 90, "01:30")
    assert (made["bug"]["id"], made["approval_status"], made["log_date"]) == (bug["id"], "Pending", "09-14-2026")
    assert caller.get(f"{home}/bugs/{bug['id']}/")["bugs"][0]["has_log_hours"] == "true"
    here = f"{logs}{made['id']}/"
    changed = json.loads(caller.form(here, hours="02:00", bill_status="Non Billable").body)["timelogs"]["buglogs"][0]
    assert (changed["total_minutes"], changed["bill_status"]) == (120, "Non Billable")
    approved = json.loads(caller.form(f"{here}approval", approval_status="Approved").body)["timelogs"]["buglogs"][0]
    assert approved["approval_status"] == "Approved"
    assert caller.send("DELETE", here).status == 200
    assert caller.get(f"{home}/bugs/{bug['id']}/")["bugs"][0]["has_log_hours"] == "false"


def test_a_general_time_log_lives(caller, home):
    """Time that belongs to no bug is logged under a name."""
    fields = {"date": "09-14-2026", "bill_status": "Billable", "hours": "00:45"}
    made = json.loads(caller.form(f"{home}/logs/", name="Planning", **fields).body)["timelogs"]["generallogs"][0]
    assert made["name"] == "Planning"
    here = f"{home}/logs/{made['id']}/"
    assert json.loads(caller.form(here, notes="n").body)["timelogs"]["generallogs"][0]["notes"] == "n"
    assert caller.form(f"{here}approval", approval_status="Rejected").status == 200
    assert caller.send("DELETE", here).status == 200


def test_an_event_lives(caller, home):
    """An event is planned in the portal's time zone, moved, listed while open, closed when over, and deleted."""
    people = ",".join(user["id"] for user in caller.get(f"{home}/users/")["users"][:2])
    fields = {"title": "Demo", "date": "12-01-2026", "hour": "04", "minutes": "30", "ampm": "pm", "duration_hour": "1",
              "duration_mins": "15", "participants": people}  # fmt: skip
    for missing in fields:
        rest = {name: value for name, value in fields.items() if name != missing}
        assert caller.form(f"{home}/events/", **rest).status == 400
    made = only(caller.form(f"{home}/events/", location="Hall", **fields), "events")
    assert made["scheduled_on"] == "12-01-2026 04:30 PM"
    assert made["scheduled_on_long"] == 1_796_153_400_000
    assert (made["duration_hour"], made["duration_minutes"], made["is_open"]) == ("1", "15", True)
    assert (made["reminder"], made["repeat"], made["occurrence(s)"]) == ("on time", "only once", 1)
    assert len(made["participants"]) == 2
    here = f"{home}/events/{made['id']}/"
    assert only(caller.form(here, hour="9", ampm="am"), "events")["scheduled_on"] == "12-01-2026 09:00 AM"
    opened = caller.get(f"{home}/events/", status="open")["events"]
    assert made["id"] in {event["id"] for event in opened}
    caller.clock.advance(120 * 86_400)
    assert made["id"] in {event["id"] for event in caller.get(f"{home}/events/", status="closed")["events"]}
    assert caller.send("DELETE", here).status == 200


def test_a_forum_lives(caller, home):
    """A discussion is started in a category, answered, made sticky, and deleted."""
    category = only(caller.form(f"{home}/categories/", name="Questions"), "categories")
    assert category in caller.get(f"{home}/categories/")["categories"]
    made = only(caller.form(f"{home}/forums/", name="How?", content="<p>?</p>", category_id=category["id"]), "forums")
    here = f"{home}/forums/{made['id']}/"
    assert made in caller.get(f"{home}/forums/")["forums"]
    assert caller.send("GET", f"{here}comments/").status == 204
    assert caller.form(f"{here}comments/", content="So.").status == 201
    assert caller.get(f"{here}comments/")["comments"][0]["content"] == "So."
    assert only(caller.form(here, is_sticky_post="true"), "forums")["is_sticky_post"] is True
    assert caller.form(f"{here}follow").status == 200
    assert caller.get(here)["forums"][0]["is_following"] is True
    assert caller.form(f"{here}unfollow").status == 200
    assert caller.get(here)["forums"] == [made | {"is_sticky_post": True}]
    of_category = caller.get(f"{home}/forums/", category_id=category["id"])["forums"]
    assert [forum["id"] for forum in of_category] == [made["id"]]
    assert caller.send("DELETE", f"{home}/categories/{category['id']}/").status == 200
    assert caller.send("GET", f"{home}/forums/", category_id=category["id"]).status == 204
    assert caller.send("DELETE", here).status == 200
    assert caller.send("GET", here).status == 404


def test_the_best_answer(caller, home):
    """Generated discussions have answers; one is changed, marked as the best, unmarked, and deleted."""
    here = f"{home}/forums/{caller.get(f'{home}/forums/')['forums'][0]['id']}/"
    first = caller.get(f"{here}comments/")["comments"][0]
    answer = f"{here}comments/{first['id']}/"
    assert only(caller.form(answer, content="Otherwise"), "comments") == first | {"content": "Otherwise"}
    assert only(caller.form(f"{answer}markbestanswer"), "comments")["is_best_answer"] is True
    assert [row["is_best_answer"] for row in caller.get(f"{here}comments/")["comments"]].count(True) == 1
    assert caller.send("DELETE", f"{answer}markbestanswer").status == 200
    assert caller.get(f"{here}comments/")["comments"][0]["is_best_answer"] is False
    caller.form(f"{answer}markbestanswer")
    assert caller.send("DELETE", answer).status == 200
    assert caller.send("DELETE", answer).status == 404


def test_what_no_answer_tells_of(caller, home):
    """``notify``, a discussion's ``uploadfile`` and a document's ``tags`` are taken; no recorded answer shows them."""
    told = caller.get(f"{home}/users/")["users"][0]["id"]
    plain = only(caller.form(f"{home}/forums/", name="How?", content="?"), "forums")
    file = {"uploadfile": ("a.txt", b"text")}
    more = only(caller.upload(f"{home}/forums/", file, name="How?", content="?", notify=told), "forums")
    assert more == plain | {name: more[name] for name in ("id", "link")}
    file = {"uploaddoc": ("a.bin", b"\x00")}
    plain = only(caller.upload(f"{home}/documents/", file), "documents")
    more = only(caller.upload(f"{home}/documents/", file, tags="draft", notify=told), "documents")
    (one,), (other,) = plain["versions"], more["versions"]
    assert other == one | {name: other[name] for name in ("id", "link")}
    assert more == plain | {name: more[name] for name in ("id", "link", "versions")}


def test_a_document_lives(caller, home):
    """A document is uploaded into a folder, gets a second version, comes down unchanged, and goes with its folder."""
    folder = only(caller.form(f"{home}/folders/", name="Specs"), "folders")
    answer = caller.upload(f"{home}/documents/", {"uploaddoc": ("a.bin", b"\x00one")}, folder_id=str(folder["id"]))
    assert answer.status == 201
    made = only(answer, "documents")
    here = f"{home}/documents/{made['id']}/"
    again = only(caller.upload(here, {"uploaddoc": ("a.bin", b"\x00two")}, description="better"), "documents")
    assert [version["version"] for version in again["versions"]] == ["2.0", "1.0"]
    assert caller.get(here)["documents"] == [again]
    assert caller.get(here, version="1.0")["documents"][0]["versions"] == again["versions"][1:]
    assert caller.send("GET", here, version="3.0").status == 404
    assert caller.send("GET", f"{here}versions/1.0/").body == b"\x00one"
    in_folder = caller.get(f"{home}/documents/", folder_id=folder["id"])["documents"]
    assert in_folder == [again]
    newest = again["versions"][0]["link"]["self"]["url"].removeprefix("https://bugtracker.sandbox.test")
    assert caller.send("GET", newest).body == b"\x00two"
    assert only(caller.form(f"{home}/folders/{folder['id']}/", name="Old"), "folders")["name"] == "Old"
    assert caller.send("DELETE", f"{home}/folders/{folder['id']}/").status == 200
    assert caller.send("GET", here).status == 404
    rest = caller.get(f"{home}/documents/")["documents"]
    assert caller.send("DELETE", f"{home}/documents/{rest[0]['id']}/").status == 200
    assert len(caller.get(f"{home}/folders/")["folders"]) == 2


def test_documents_by_kind_and_in_order(caller, home):
    """Kinds go by the file name's ending; the order is that of name, type or date."""

    def names(**wanted):
        return [row["file_name"] for row in caller.get(f"{home}/documents/", **wanted)["documents"]]

    assert names(category="spreadsheets") == ["error-budget.csv"]
    assert names(category="documents", sort_column="name") == sorted(names(category="documents"))
    assert names(sort_column="type")[0] == "error-budget.csv"
    assert names(sort_column="name", sort_order="descending") == sorted(names(), reverse=True)
    assert names(sort_column="date", sort_order="descending") == names(sort_column="date")[::-1]
    assert caller.send("GET", f"{home}/documents/", category="videos").status == 204
    assert caller.send("GET", f"{home}/documents/", category="cats").status == 400


def test_search(caller, home):
    """A word of the title or the key finds a bug anywhere in the portal."""
    bug = caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    assert bug["id_string"] in {hit["id"] for hit in caller.get(f"{PORTAL}/search", search_term=bug["key"])["search"]}
    hits = caller.get(f"{PORTAL}/search", search_term=bug["title"].split()[0], range=200)["search"]
    assert bug["id_string"] in {hit["id"] for hit in hits}
    assert caller.send("GET", f"{PORTAL}/search", search_term="no such words").status == 204


@pytest.mark.parametrize("place", ["activities", "statuses"])
def test_the_dashboard(caller, home, place):
    """What happened in a project, and what people posted, newest first."""
    caller.form(f"{home}/statuses/", content="Back from lunch")
    rows = caller.get(f"{home}/{place}/")[place]
    times = [row.get("time_long", row.get("posted_time_long")) for row in rows]
    assert times == sorted(times, reverse=True)
