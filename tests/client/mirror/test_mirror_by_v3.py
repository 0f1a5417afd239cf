"""A mirror once the classic API is off: one list of all projects tells what changed, where V3 lets that be proved."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.client.mirror.test_mirror import InStep, touch
from tests.tiers import examples
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.mirror import mirror

pytest.importorskip("pyarrow")

ALL_OF_THE_PORTAL = f"/api/v3/portal/{'[0-9]' * 9}/issues"


def asked(wire, run):
    """What a run asks of V3 but for a fresh token, and what it gives."""
    wire.requests.clear()
    given = run()
    return [request.url for request in wire.requests if "/oauth/" not in request.url], given


@pytest.mark.parametrize("said", [None, "by id", "by name"])
def test_a_run_without_a_change_asks_twice(connection, world, wire, tmp_path, said):
    """The projects, and what changed in all of them: however many they are, and however the portal was named."""
    portal = connection.lookups.portal()
    world.set(classic_end="410")
    named = {"by id": portal.id, "by name": portal.name}.get(said)
    connection.client.classic_is_off = True
    mirror(tmp_path, connection=connection, portal=named)
    for _ in range(2):
        world.clock.advance(3600)
        urls, _ = asked(wire, lambda: mirror(tmp_path, connection=connection, portal=named))
        assert [url.rpartition("/")[2] for url in urls] == ["projects", "issues"]


def test_what_changed_comes_with_the_same_two(connection, world, store, wire, tmp_path):
    """A page of 200 holds the changes of most runs; more than that, and the projects are asked."""
    world.set(classic_end="410")
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    some = [touch(world, store, bug, title="Changed") for bug in list(store.bugs)[::100]]
    urls, kept = asked(wire, lambda: mirror(tmp_path, connection=connection))
    assert len(urls) == 2
    frame = kept.frame()
    assert set(frame[frame["title"] == "Changed"]["id"]) == {bug.id for bug in some}
    world.clock.advance(3600)
    many = [touch(world, store, bug, title="Changed again") for bug in list(store.bugs)[::2]]
    urls, kept = asked(wire, lambda: mirror(tmp_path, connection=connection))
    assert len(urls) >= 2 + len(list(store.projects))
    frame = kept.frame()
    assert set(frame[frame["title"] == "Changed again"]["id"]) == {bug.id for bug in many}


@pytest.mark.parametrize(
    ("switches", "fault", "most"),
    [
        ({"sort_by_update": "last_modified_time"}, {}, 3),
        ({"sort_by_update": "ignored"}, {}, 8),
        ({"sort_by_update": "ignored", "v3_order": "scattered"}, {}, 8),
        ({"last_updated_time_in_lists": False}, {}, 18),
        ({}, {"kind": "status", "status": 404}, 7),
        ({}, {"kind": "status", "status": 403}, 8),
        ({}, {"kind": "small_pages", "size": 30}, 2),
    ],
)
def test_where_v3_proves_nothing_the_projects_are_asked(
    connection, world, store, wire, tmp_path, switches, fault, most
):
    """A request or two more than before, and no change is lost."""
    world.set(classic_end="410", **switches)
    if fault:
        world.faults.add(path=ALL_OF_THE_PORTAL, times=99, **fault)
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    changed = touch(world, store, list(store.bugs)[300], title="Changed")
    urls, kept = asked(wire, lambda: mirror(tmp_path, connection=connection))
    assert len(urls) <= most
    assert set(kept.frame().query("title == 'Changed'")["id"]) == {changed.id}


class InStepByV3(InStep):
    """The same as by the classic API, whatever of its lists V3 sorts, caps or leaves out."""

    @initialize(
        sort=st.sampled_from(["both", "last_updated_time", "last_modified_time", "ignored"]),
        order=st.sampled_from(["newest", "scattered"]),
        timed=st.sampled_from([True, True, True, False]),
        info=st.sampled_from(["object", "none"]),
        size=st.sampled_from([12, 20, 200]),
    )
    def a_portal(self, sort, order, timed, info, size):
        self.world.set(
            classic_end="410",
            v3_project_counts=True,
            sort_by_update=sort,
            v3_order=order,
            last_updated_time_in_lists=timed,
            page_info_as=info,
        )
        self.world.faults.add(path=ALL_OF_THE_PORTAL, kind="small_pages", size=size, times=10**6)


InStepByV3.TestCase.settings = settings(
    max_examples=examples(8), stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestInStepByV3 = InStepByV3.TestCase
