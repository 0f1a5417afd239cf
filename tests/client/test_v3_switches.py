"""The main roads lead through V3 under every pair of its switches."""

import pytest

from tests.client.conftest import Wire
from tests.sandbox.switch_sets import ROADS, VALUES, numbered
from zbt_notebook.client.auth.authorization import Clock
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.client.errors import ApiError, IncompletePull, Unreachable
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.client.mirror import mirror
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

NOW = 1_790_000_000.0
SCOPES = (
    *PRESETS["triage"],
    *("ZohoProjects.tags.UPDATE", "ZohoProjects.portals.CREATE"),
    *("WorkDrive.workspace.ALL", "WorkDrive.team.ALL", "WorkDrive.files.ALL"),
)


class _Wire(Wire):
    """A name that is dead refuses the connection, as no answer of a world can show."""

    def __call__(self, request):
        if self.world.switches.classic_end == "dead" and request.url.startswith(self.world.api_url()):
            raise Unreachable("no such name", nothing_sent=True)
        return super().__call__(request)


@pytest.fixture(scope="module")
def world():
    return World(projects=2, bugs=24, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def connection(world, switches):
    """Signed in while the classic API is off, and V3 is as the switches say."""
    world.bugtracker().generate(projects=2, bugs=24)
    world.set(**{name: told[0] for name, told in VALUES.items()} | switches)
    world.set(v3_limit=0, url_limit=0)
    world.clock.advance(700)  # Zoho gives a client ten codes in ten minutes
    clock = Clock(wall=world.clock.now, monotonic=world.clock.now, sleep=world.clock.advance)
    client = world.client
    flow = LoginFlow(
        *(client.client_id, client.client_secret, client.redirect_uri, SCOPES),
        DataCenter("sandbox", world.accounts_url(), world.api_url(), v3_urls=world.v3_urls()[1:]),
        transport=_Wire(world),
        clock=clock,
    )
    connection = flow.finish(world.consent(flow.authorization_url))
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    return connection


@pytest.mark.parametrize("switches", ROADS, ids=numbered)
def test_the_main_roads_lead_through_v3(connection, world, tmp_path, switches):
    """Lists, filters, one thing, writes, comments, time logs, files and pulls: right, or refused in two lines."""
    store = world.bugtracker().store
    frame = connection.pull("bugs", progress=False)
    assert sorted(map(str, frame["id"])) == sorted(str(bug.id) for bug in store.bugs)
    wanted = {str(bug.id) for bug in store.bugs if bug.closed_ms is None}
    assert set(connection.pull("bugs", where={"statustype": "open"}, progress=False)["id"].astype(str)) == wanted

    bug = connection.bug(str(frame["id"].iloc[0]))
    assert bug["title"]
    bug.update(title="Another title")
    assert connection.bug(bug.id)["title"] == "Another title"
    bug.update(comment="Said in passing")

    comments = connection.pull("comments", progress=False)
    assert "Said in passing" in " ".join(comments["content"].astype(str))
    assert len(comments) == sum(len(store.comments.of(one.id)) for one in store.bugs)
    logs = connection.pull("timelogs", progress=False)
    assert len(logs) == sum(bool(log.bug_id) for log in store.logs)
    assert len(connection.pull("milestones", progress=False)) == len(list(store.milestones))
    assert len(connection.pull("users", where={"user_type": "all"}, progress=False))

    with_files = next(one for one in store.bugs if one.attachment_count)
    files = connection.bug(str(with_files.id)).files
    assert len(files.records()) == len(store.attachments.of(with_files.id))
    needs_token = bool(switches.get("downloads_need_token"))
    if needs_token:
        with pytest.raises(ApiError, match=r"answers HTTP (40|200 with INVALID_OAUTH)") as refused:
            files.download(0, tmp_path)
        assert "with_token=True" in refused.value.hint
    came = files.download(0, tmp_path, with_token=needs_token)
    assert came.path.exists()


@pytest.mark.parametrize("switches", ROADS, ids=numbered)
def test_what_hangs_on_an_issue_is_read_and_written(connection, world, switches):
    """Tags, links and followers, under every pair of the switches too."""
    store = world.bugtracker().store
    first, second = store.bugs.of(next(iter(store.projects)).id)[:2]
    path = connection.bug(str(first.id)).path
    project, _, _ = path.partition("/issues/")
    portal, _, _ = path.partition("/projects/")

    tags = list(connection.rows(f"{portal}/tags"))
    assert sorted(tag["name"] for tag in tags) == sorted(tag.name for tag in store.tags)
    tag = next(tag for tag in tags if int(tag["id"]) not in first.tags)
    told = {"tag_id": tag["id"], "entity_id": str(first.id), "entityType": "6"}
    connection.request("POST", f"{project}/tags/associate", data=told)
    assert int(tag["id"]) in store.bugs.get(first.id).tags

    link = {"link_type": "relate", "issue_ids": [str(second.id)]}
    connection.request("POST", f"{path}/link", json=link)
    assert str(second.id) in str(connection.get(f"{path}/linkedissues"))

    member = next(one for one in store.members if one.id not in first.followers)
    zpuid = str(member.zpuid)
    by_ids = switches.get("followers_body") == "follower_ids"
    body = {"follower_ids": [zpuid]} if by_ids else {"followers": [{"zpuid": zpuid}]}
    connection.request("POST", f"{path}/followers", json=body)
    assert zpuid in {str(one.get("zpuid") or one.get("id")) for one in connection.rows(f"{path}/followers")}


THROTTLES = ("v3_lock", "v3_lock_told", "v3_rate_headers", "v3_window", "throttle_status", "throttle_retry_after")


THROTTLED = [road for road in ROADS if not road.keys().isdisjoint(THROTTLES)]


@pytest.mark.usefixtures("switches")
@pytest.mark.parametrize("switches", THROTTLED, ids=numbered)
def test_a_pull_rides_through_a_lock_in_every_dress(connection, world):
    """Zoho refuses earlier than the client counts on: it waits as told, and every comment comes, none twice.

    A lock that is longer than anything tells is met twice: what came is kept, and resume has the rest.
    """
    store, now = world.bugtracker().store, world.clock.now

    def wait(_changed, seconds):
        world.clock.advance(seconds)

    connection.client.limits = RateLimits(lambda: int(now() * SECOND), connection.client.today, wait=wait)
    world.set(v3_limit=15)  # of 24 issues' comments, a call each
    began = now()
    try:
        comments = connection.pull("comments", progress=False, concurrency=1)
    except IncompletePull as stopped:
        assert world.switches.v3_lock > 600
        assert world.switches.throttle_retry_after == "none"
        world.clock.advance(world.switches.v3_lock)
        comments = connection.resume(PullRequest.from_token(stopped.resume), progress=False)
    assert len(comments) == len(set(comments["id"])) == sum(len(store.comments.of(bug.id)) for bug in store.bugs)
    assert now() - began < 2 * 1800


@pytest.mark.parametrize("switches", ROADS[::3], ids=numbered)
def test_the_mirror_leads_through_v3(connection, world, tmp_path, switches):
    """Begun there, and kept in step: what is written between two runs is in the second."""
    store, place = world.bugtracker().store, tmp_path / numbered(switches)
    kept = mirror(place, "bugs", connection=connection, progress=False)
    assert set(kept.frame(["id"])["id"].astype(str)) == {str(bug.id) for bug in store.bugs}
    world.clock.advance(3600)
    connection.bug(str(next(iter(store.bugs)).id)).update(title="Written between two runs")
    kept = mirror(place, "bugs", connection=connection, progress=False)
    assert list(kept.frame(["title"])["title"]).count("Written between two runs") == 1
    assert len(kept.frame(["id"])) == len(store.bugs)
