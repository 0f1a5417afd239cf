"""Any list of the catalogue can be pulled, whole, whatever its paging."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zbt_notebook.client.auth.authorization import Clock
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.client.rest import endpoints
from zbt_notebook.simulator.data.rows import Comment, IssueLink

MORE = {
    "timesheets.list": {
        "users_list": "all",
        "view_type": "month",
        "bill_status": "All",
        "component_type": "bug",
    },
    "events.list": {"status": "open"},
    "search": {"search_term": "a"},
    "tags.search": {"search_term": "e"},
    "v3.timelogs.list": {"module": '{"type":"issue"}', "view_type": "projectspan"},
    "v3.timelogs.portal": {"module": '{"type":"issue"}', "view_type": "projectspan"},
    "v3.bugs.list": {"is_desc_needed": "true"},
    "v3.fields.list": {"module": "issues"},
    "v3.layouts.list": {"module": "issues"},
    "v3.statuses.list": {"module": "issues"},
    "v3.search.portal": {"search_term": "a", "module": "all", "status": "all"},
    "v3.search.project": {"search_term": "a", "module": "all", "status": "all"},
}
NOTHING = {
    "v3.issues.tasks.list",  # there are no tasks in BugTracker
    "v3.timers.list",  # answered by an error of the server's, as it was recorded
    "v3.phases.comments.list",  # the sandbox has nothing there
    "v3.phases.followers.list",
}
LISTS = [
    endpoint
    for endpoint in endpoints.all_endpoints()
    if endpoint.method == "GET" and endpoint.list_key is not None and endpoint.id not in NOTHING
]
SCOPES = ",".join(sorted({scope for endpoint in LISTS for scope in (endpoint.scope, *endpoint.also)}))


@pytest.fixture
def everything(world, wire):
    """A connection that may read all, in a portal with something in every list."""
    world.bugtracker().generate(projects=2, bugs=60)
    world.set(url_limit=0)
    flow = LoginFlow(
        world.client.client_id,
        world.client.client_secret,
        world.client.redirect_uri,
        SCOPES,
        DataCenter("sandbox", world.accounts_url(), world.api_url()),
        transport=wire,
        clock=Clock(wall=world.clock.now, monotonic=world.clock.now, sleep=world.clock.advance),
    )
    connection = flow.finish(world.consent(flow.authorization_url))
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    return connection


@pytest.fixture
def ids(world, everything):
    """Where there is something in every list; and the month of the latest time log there."""
    store = world.bugtracker().store
    log = next(log for log in store.logs if log.bug_id)
    bug = store.bugs.change(
        store.bugs.get(log.bug_id), followers=tuple(member.id for member in store.members)[:5], attachment_count=4
    )
    for other in store.bugs.of(bug.project_id)[:5]:
        store.links.put(IssueLink(store.take_id(), bug.id, other.id, "relate"))
    for place in range(5):
        remark = Comment(store.take_id(), bug.project_id, bug.id, bug.reporter, f"Remark {place}", bug.created_ms)
        store.comments.add(remark)
        store.comments.add(replace(remark, id=store.take_id(), parent_id=bug.project_id))
    portal = everything.get("/portals/")["portals"][0]["id"]
    return {
        "portal": portal,
        "project": bug.project_id,
        "bug": bug.id,
        "issue": bug.id,
        "forum": store.forums.of(bug.project_id)[0].id,
        "milestone": store.milestones.of(bug.project_id)[0].id,
        "event": store.events.of(bug.project_id)[0].id,
        "module": everything.get(f"/api/v3/portal/{portal}/settings/modules")["modules"][0]["id"],
        "date": f"{datetime.fromtimestamp(log.day_ms / 1000, UTC):%m-%d-%Y}",
    }


def size_of(endpoint):
    return {"page": "per_page", "index": "range"}.get(endpoint.paging, "")


@pytest.mark.parametrize("endpoint", LISTS, ids=lambda endpoint: endpoint.id)
def test_every_list_of_the_catalogue_is_pulled_whole(everything, wire, ids, endpoint):
    """By its path; in pages of three, or of one, as well as at once, with the same rows in the same order."""
    path, where = endpoint.path.format(**ids), dict(MORE.get(endpoint.id, {}))
    if endpoint.id == "timesheets.list":
        where["date"] = ids["date"]
    if endpoint.id == "v3.attachments.list":
        where |= {"entity_type": "bug", "entity_id": str(ids["bug"])}
    raw = everything.get(path, {**where, size_of(endpoint): 200} if endpoint.paging else where)
    before = len(wire.requests)
    whole = everything.pull(path, where=where)
    assert len(whole)
    assert len(wire.requests) - before <= 1 + (len(whole) >= 10)  # as many may be a server's cap
    if endpoint.list_key not in {"timelogs", "time_logs"}:  # these lie in the days
        key = next((key for key in endpoint.list_keys if key and key in raw), "")
        assert len(whole) == len(raw[key] if key else raw)
    again = everything.pull(
        path, where={**where, size_of(endpoint): 3 if len(whole) > 3 else 1} if endpoint.paging else where
    )
    assert again.astype(str).to_csv() == whole.astype(str).to_csv()
    assert whole.attrs["zbt"]["path"].rstrip("/") == path.rstrip("/")
    assert len(everything.pull(path, where=where, limit=1)) == 1


def test_a_path_is_one_list(everything, ids):
    """What is for many projects has nothing to do with it."""
    path = "/portal/{portal}/projects/{project}/bugs/".format(**ids)
    for options in ({"since": "2026-01-01"}, {"projects": ["Payments"]}, {"portal": "brightwater"}):
        with pytest.raises(UsageError, match="one list"):
            everything.pull(path, **options)
    with pytest.raises(UsageError, match="one thing"):
        everything.pull(path.removesuffix("bugs/"))


def test_a_path_can_be_stopped_and_gone_on_with(everything, ids, tmp_path):
    """With a checkpoint as well."""
    path = "/portal/{portal}/projects/{project}/bugs/".format(**ids)
    file = tmp_path / "bugs.jsonl"
    frame = everything.pull(path, checkpoint=file)
    assert len(frame) == len(everything.frame(path))
    assert not file.exists()


def test_tags_from_a_server_that_counts_them_from_one(everything, wire):
    """Zoho's page begins at 0; where that is the same as 1, none comes twice."""
    path = f"/api/v3/portal/{everything.get('/portals/')['portals'][0]['id']}/tags"
    wanted = list(everything.pull(path)["id"])
    send = everything.client.transport

    def transport(request):
        params = dict(request.params)
        if "index" in params:
            params["index"] = str(max(0, int(params["index"]) - 1))
        return send(replace(request, params=tuple(params.items())))

    everything.client.transport = transport
    for size in (3, 1, 200):
        assert list(everything.pull(path, where={"range": size})["id"]) == wanted
    assert len(wire.requests)
