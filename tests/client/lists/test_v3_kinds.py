"""Comments, time logs, users and custom fields from V3 look as they did from the classic API."""

import json
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client import v3_columns
from zbt_notebook.client.errors import ApiError, IncompletePull, UsageError
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.client.refetch import resume

KINDS = ("bugs", "comments", "milestones", "timelogs", "users")
NOT_TOLD = {
    "comments": {"created_time", "created_time_format", "added_by", "added_by_zpuid", "added_by_email"},
    "milestones": {
        *("start_date", "start_date_format", "end_date", "end_date_format", "link.self.url", "link.status.url"),
        *("completed_date", "completed_date_format", "completed_date_long"),
        *("owner_id", "owner_zpuid", "owner_email"),
    },
    "timelogs": {
        *("created_time_format", "day_display_format", "day_total_hours", "link.self.url"),
        *("owner_id", "owner_zpuid", "owner_email", "approver_name", "approver_email"),
    },
    "users": set(),
}
ANOTHER_MIDNIGHT = {"log_date_long", "day_date_long", "start_date_long", "end_date_long"}  # UTC's, not the portal's
PEOPLE = {"added_by", "owner_id"}  # zuids, which not every answer of V3's has


def cells(frame, column):
    return {str(row.id): str(row.value) for row in frame[["id", column]].set_axis(["id", "value"], axis=1).itertuples()}


def place(frame):
    """Users are in several projects; other ids are unique."""
    return frame.sort_values(["project.id", "id"]).reset_index(drop=True)


@pytest.fixture
def few(world, connection):
    """A small portal without a rate limit: issues and half-years are asked for one by one."""
    world.bugtracker().generate(projects=3, bugs=60)
    world.set(v3_people_as="long", url_limit=0)
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    return world


@pytest.mark.parametrize("kind", ["comments", "milestones", "timelogs", "users"])
def test_the_same_columns_and_the_same_cells_from_both(connection, few, kind):
    """But for texts in the portal's time zone, links, and what V3 adds under v3."""
    classic = place(connection.pull(kind))
    few.set(classic_end="410")
    v3 = place(connection.pull(kind))
    assert len(classic)
    assert v3.attrs["zbt"]["api"] == "v3"
    assert set(classic) - NOT_TOLD[kind] <= set(v3)
    assert all(column.startswith("v3.") for column in set(v3) - set(classic))
    for column in set(classic) - NOT_TOLD[kind]:
        assert str(v3[column].dtype) == str(classic[column].dtype), column
        left, right = classic[column], v3[column]
        if column in ANOTHER_MIDNIGHT:
            left, right = left.dt.floor("D"), right.dt.floor("D")
        elif column.endswith("_long") or column in {"created", "updated"}:
            left, right = left.dt.floor("s"), right.dt.floor("s")
        assert left.astype(object).tolist() == right.astype(object).tolist(), column


@pytest.mark.parametrize("kind", ["comments", "timelogs"])
def test_people_without_a_zuid_are_null_where_the_classic_api_tells_it(connection, few, kind):
    """As the only recorded answers have them."""
    few.set(classic_end="410", v3_people_as="short")
    frame = connection.pull(kind)
    assert frame[list(PEOPLE & set(frame))].isna().all(axis=None)


def test_users_in_the_other_shape_too(connection, few):
    """With zpuid, name and email alone: nobody says that he is inactive, so all are shown."""
    wanted = connection.pull("users", where={"user_type": "all"})
    few.set(classic_end="410", v3_users_as="short")
    frame = connection.pull("users")
    for column in ("zpuid", "name", "email"):
        assert sorted(frame[column]) == sorted(wanted[column])
    assert {"role", "active"} <= set(frame)


@pytest.mark.parametrize("user_type", ["active", "inactive", "all"])
def test_active_users_and_others(connection, few, user_type):
    """The classic list's filter, applied to what V3 gives; a limit counts after it."""
    classic = connection.pull("users", where={"user_type": user_type})
    few.set(classic_end="410")
    v3 = connection.pull("users", where={"user_type": user_type})
    assert sorted(v3["email"]) == sorted(classic["email"]) if len(classic) else not len(v3)
    assert len(connection.pull("users", where={"user_type": user_type}, limit=3)) == min(3, len(classic))


@pytest.mark.parametrize(
    "where",
    [
        {"bill_status": "Billable"},
        {"component_type": "general"},
        {"view_type": "month", "date": "06-15-2026"},
        {"view_type": "week", "date": "06-17-2026"},
        {"view_type": "day", "date": "06-17-2026"},
    ],
)
def test_time_logs_by_the_same_filters(connection, few, where):
    """Of what, which and when."""
    classic = connection.pull("timelogs", where=where)
    few.set(classic_end="410")
    v3 = connection.pull("timelogs", where=where)
    assert sorted(map(str, v3.get("id", []))) == sorted(map(str, classic.get("id", [])))


def test_time_logs_of_years_are_asked_for_by_half_years(connection, few, wire):
    """V3 spans no more at once; nothing is left out at the seams."""
    few.set(classic_end="410", range_over_max="refuse")
    store = few.bugtracker().store
    frame = connection.pull("timelogs")
    assert sorted(frame["id"]) == sorted(log.id for log in store.logs if log.bug_id)
    spans = [dict(request.params) for request in wire.requests if "/timelogs" in request.url]
    assert len(spans) > 3 * 3
    assert all(span["view_type"] == "customdate" for span in spans)


def test_a_project_that_does_not_tell_its_beginning_is_asked_for_its_whole_span(connection, few, wire):
    """One request a project, and its pages."""
    few.set(classic_end="410")
    send = connection.client.transport

    def transport(request):
        response = send(request)
        if request.url.partition("?")[0].endswith("/projects"):
            told = [{**project, "created_time": None} for project in json.loads(response.body)]
            response = replace(response, body=json.dumps(told).encode())
        return response

    connection.client.transport = transport
    frame = connection.pull("timelogs")
    assert sorted(frame["id"]) == sorted(log.id for log in few.bugtracker().store.logs if log.bug_id)
    asked = [dict(request.params) for request in wire.requests if "/timelogs" in request.url]
    assert {call["view_type"] for call in asked} == {"projectspan"}


def test_since_works_for_time_logs_and_comments(connection, few):
    """By the day logged, and by the time written."""
    for kind in ("timelogs", "comments"):
        few.set(classic_end="none")
        classic = connection.pull(kind, since="2026-06-01")
        few.set(classic_end="410")
        assert sorted(connection.pull(kind, since="2026-06-01")["id"]) == sorted(classic["id"])


def test_comments_take_a_request_an_issue_where_nothing_counts_them(connection, few, wire):
    """Where the older list, which counts, is refused, every issue is asked: the newer one tells no counts."""
    few.set(classic_end="410")
    store = few.bugtracker().store
    send = connection.client.transport

    def transport(request):
        refused = request.url.partition("?")[0].endswith("/bugs")
        return replace(send(request), status=404, body=b"{}") if refused else send(request)

    connection.client.transport = transport
    assert len(connection.pull("comments")) == len([row for bug in store.bugs for row in store.comments.of(bug.id)])
    asked = [request.url for request in wire.requests if "/comments" in request.url]
    assert len(asked) == len(list(store.bugs))


def retire_after(connection, world, pages, part):
    """The classic API goes once so many pages of a list have come."""
    send = connection.client.transport
    left = count(pages, -1)

    def transport(request):
        if "/restapi/" in request.url and part in request.url and next(left) == 0:
            world.set(classic_end="410")
        return send(request)

    connection.client.transport = transport


PARTS = {"bugs": "/bugs/", "comments": "/bugs/comments/", "milestones": "/milestones/", "timelogs": "/logs/"}


@pytest.mark.parametrize("kind", [*PARTS, "users"])
def test_retired_in_the_middle_the_next_pull_is_whole(connection, few, kind):
    """What came is in the error; resume begins on V3, and nothing comes twice."""
    wanted = connection.pull(kind)
    retire_after(connection, few, 1, PARTS.get(kind, "/users/"))
    try:
        frame = connection.pull(kind, concurrency=1)
    except IncompletePull as stopped:
        frame = resume(stopped.resume)
    key = ["project.id", "id"]
    assert place(frame)[key].to_numpy().tolist() == place(wanted)[key].to_numpy().tolist()


def test_a_list_that_v3_lacks_keeps_what_came(connection, few):
    """The classic API goes in the middle of a kind that V3 is not known to have: what came is kept."""
    few.set(classic_end="none")
    retire_after(connection, few, 2, "/bugs/customviews/")
    with pytest.raises(IncompletePull, match="retired") as caught:
        connection.pull("bugs/customviews", concurrency=1)
    assert len(caught.value.rows)
    with pytest.raises(UsageError, match="V3 has no list of bugs/customviews"):
        resume(caught.value.resume)


OTHERWISE = {"customfields.Found on", "customfields.First seen"}  # dates: as text in the portal's form, or ISO 8601


@pytest.mark.parametrize("shape", ["api_name", "list", "object"])
def test_custom_fields_by_their_labels(connection, few, shape):
    """A column a label, with the classic cells, whichever of the likely shapes V3 has."""
    classic = connection.pull("bugs")
    few.set(classic_end="410", v3_custom_fields_as=shape)
    v3 = connection.pull("bugs")
    columns = {column for column in classic if column.startswith("customfields.")}
    assert columns > OTHERWISE
    assert {column for column in v3 if column.startswith("customfields.")} == columns
    for column in columns - OTHERWISE:
        assert said(v3, column) == said(classic, column), column


def said(frame, column):
    """What cells say, a missing one of any kind alike."""
    return {
        key: value for key, value in cells(frame, column).items() if value not in {"None", "nan", "<NA>", "NaT", ""}
    }


def test_the_labels_cost_one_request_a_connection(connection, few, wire):
    """However many pulls and workers want them."""
    few.set(classic_end="410")
    connection.pull("bugs")
    connection.pull("bugs")
    assert sum("/settings/fields" in request.url for request in wire.requests) == 1


def test_the_people_of_a_custom_field_keep_their_ids(connection, few):
    """Beside their names: an object under the field's own name."""
    few.set(classic_end="410")
    frame = connection.pull("bugs")
    assert frame["customfields.QA contact"].notna().any()
    assert frame["v3.cf_qa_contact.zpuid"].notna().any()


@pytest.mark.parametrize(
    ("told", "wanted", "kept"),
    [
        ([{"label_name": "A", "value": 1, "column_name": "UDF"}], [("A", 1)], False),
        ([{"display_name": "A", "api_name": "cf_a", "value": {"id": "7", "value": "x"}}], [("A", "x")], True),
        ([{"A": "x"}, {"B": None}], [("A", "x"), ("B", None)], False),
        ({"A": "x", "B": 2}, [("A", "x"), ("B", 2)], False),
        ({"cf_a": {"label": "A", "value": "x"}}, [("A", "x")], False),
        ({"A": {"id": "7", "name": "x"}}, [("A", "x")], True),
        (["x"], None, True),
        ([], None, True),
        ("x", None, True),
        ({1: 2}, None, True),
    ],
)
def test_custom_fields_in_other_spellings(told, wanted, kept):
    """What is no custom field stays as it came, under v3; so does what says more than its text."""
    bug = v3_columns.as_classic("bugs", {"id": "1", "custom_fields": told})
    fields = bug.get("customfields")
    assert (fields and [(field["label_name"], field["value"]) for field in fields]) == wanted
    assert ("v3" in bug) == kept


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("2026-01-02") | st.just("03:36"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    (
        *("id", "zuid", "zpuid", "name", "status", "owner", "created_by", "custom_fields", "date", "log_hour", "type"),
        *("module_detail", "role", "comment", "assignee", "severity", "due_date", "approval", "prefix"),
    )
)


@given(kind=st.sampled_from(KINDS), record=st.dictionaries(NAMES, ANY, max_size=8), more=ANY)
def test_no_record_of_v3s_is_a_crash_and_nothing_of_it_is_lost(kind, record, more):
    """Whatever it holds: what has no classic name is under v3."""
    shaped = v3_columns.as_classic(kind, {**record, "of_tomorrow": more}, "1")
    v3_columns.keeps(kind, shaped, {})
    assert shaped.get("v3", {}).get("of_tomorrow") == (
        {key: value for key, value in more.items() if value is not None} or None
        if isinstance(more, dict) and more
        else more
    )


def test_the_kinds_that_v3_has_not_say_which_it_has(connection):
    """And how to get at others."""
    with pytest.raises(UsageError, match=r"connection\.frame\(path\)"):
        connection.pull("events", where={"status": "open"}, api="v3")


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("bugs", "flag"),
        ("milestones", "status"),
        ("timelogs", "bill_status"),
        ("timelogs", "approval_status"),
        ("users", "role"),
    ],
)
def test_words_that_no_portal_can_change_are_categories_from_both(connection, few, kind, column):
    """Of one and the same dtype, also where nothing came."""
    classic = connection.pull(kind)[column]
    few.set(classic_end="410")
    v3 = connection.pull(kind)[column]
    assert str(classic.dtype) == "category"
    assert v3.dtype == classic.dtype
    for project in list(few.bugtracker().store.projects):
        few.bugtracker().store.projects.remove(project)
    assert connection.pull(kind)[column].dtype == classic.dtype


def test_a_date_is_written_as_each_list_of_v3_wants_it(few, wire, clock, data_center):
    """A phase takes MM-DD-YYYY and refuses ISO, a time log takes ISO: the same ``date`` goes to both."""
    scopes = [f"ZohoProjects.{name}" for name in ("portals.READ", "milestones.CREATE", "timesheets.CREATE")]
    client = few.client
    flow = LoginFlow(
        *(client.client_id, client.client_secret, client.redirect_uri, scopes, data_center), transport=wire, clock=clock
    )
    connection = flow.finish(few.consent(flow.authorization_url))
    store, day = few.bugtracker().store, date(2026, 3, 4)
    bug = next(iter(store.bugs))
    portal = f"/api/v3/portal/{connection.get('/api/v3/portals')[0]['id']}"
    project = f"{portal}/projects/{bug.project_id}"
    phase = {"name": "Spring", "start_date": day, "end_date": day, "owner_zpuid": str(next(iter(store.members)).zpuid)}
    made = connection.request("POST", f"{project}/phases", json=phase)
    assert '"start_date":"2026-03-04"' in made.text.replace(" ", "")
    with pytest.raises(ApiError):
        connection.request("POST", f"{project}/phases", json=phase | {"start_date": "2026-03-04"})
    log = {"project_id": str(bug.project_id), "date": day, "hours": "01:15", "bill_status": "Billable"}
    log |= {"type": "issue", "item_id": str(bug.id)}
    made = connection.request("POST", f"{portal}/addbulktimelogs", data={"log_object": [log]})
    assert '"date":"2026-03-04"' in made.text.replace(" ", "")
