"""A data set on disk that is whole at every instant, and fetches only what changed."""

import itertools
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from math import ceil

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.client.conftest import NOW, Wire, sign_in
from tests.client.lists.test_pull import all_bugs, bug_requests
from tests.conftest import ROOT
from tests.tiers import examples
from zbt_notebook.client.errors import IncompletePull, UsageError
from zbt_notebook.client.mirror import Mirror, mirror
from zbt_notebook.client.mirror.store import Store
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

pytest.importorskip("pyarrow")


def touch(world, store, bug, **changes):
    """Change a bug as a user of Zoho's does: now."""
    world.clock.advance(60)
    return store.bugs.change(bug, updated_ms=int(world.clock.now() * 1000), **changes)


def test_the_first_run_fetches_all_the_next_only_what_changed(connection, world, wire, store, tmp_path):
    """One page a project, and the rows that changed are replaced."""
    first = mirror(tmp_path / "bugs", connection=connection)
    assert sorted(first.frame()["id"]) == sorted(all_bugs(store))
    world.clock.advance(3600)
    changed = [touch(world, store, bug, title="Changed") for bug in list(store.bugs)[::300]]
    before = len(bug_requests(wire))
    second = mirror(tmp_path / "bugs", connection=connection)
    frame = second.frame()
    assert len(bug_requests(wire)) - before == len(list(store.projects))
    assert sorted(frame["id"]) == sorted(all_bugs(store))
    assert set(frame[frame["title"] == "Changed"]["id"]) == {bug.id for bug in changed}
    assert "bugs at" in repr(second)


@pytest.mark.parametrize("filtering", ["honoured", "ignored", "refused"])
def test_a_change_is_seen_where_v3_tells_no_time_of_it(connection, world, store, tmp_path, filtering):
    """Where neither V3 nor the records say what changed, all of it is compared."""
    world.set(classic_end="410", last_updated_time_in_lists=False, filter_on_issues=filtering)
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    changed = [touch(world, store, bug, title="Changed") for bug in list(store.bugs)[::300]]
    frame = mirror(tmp_path, connection=connection).frame()
    assert sorted(frame["id"]) == sorted(all_bugs(store))
    assert set(frame[frame["title"] == "Changed"]["id"]) == {bug.id for bug in changed}


@pytest.mark.parametrize("end", ["none", "410"])
def test_types_and_values_survive_the_file(connection, world, tmp_path, end):
    """Every cell of every column is as in a pull, and of its type: ids exact, times in UTC, gaps too."""
    world.set(classic_end=end)
    merged = mirror(tmp_path, connection=connection).frame().sort_values("id")
    wanted = connection.pull("bugs").sort_values("id")
    assert dict(merged.dtypes.astype(str)) == dict(wanted.dtypes.astype(str))
    for name in wanted:
        assert list(map(repr, merged[name])) == list(map(repr, wanted[name])), name


def test_some_columns_are_read_alone(connection, tmp_path):
    """For a data set that is larger than memory."""
    assert list(mirror(tmp_path, connection=connection).frame(["id", "title"]).columns) == ["id", "title"]


def test_what_was_deleted_is_noticed_by_the_projects_counts(connection, world, wire, store, tmp_path):
    """The list of projects tells them anyway: only where fewer are counted, and that project alone, is read anew."""
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    gone = next(iter(store.bugs))
    store.bugs.remove(gone)
    before = len(bug_requests(wire))
    kept = mirror(tmp_path, connection=connection)
    assert kept.deleted == 1
    assert "1 found deleted" in repr(kept)
    assert sorted(kept.frame()["id"]) == sorted(all_bugs(store))
    again = [url for url in bug_requests(wire)[before:] if str(gone.project_id) in url]
    assert len(again) == 1 + ceil(len(store.bugs.of(gone.project_id)) / 200)
    assert len(bug_requests(wire)) - before == len(again) + len(list(store.projects)) - 1
    world.clock.advance(3600)
    before = len(bug_requests(wire))
    assert mirror(tmp_path, connection=connection).deleted == 0
    assert len(bug_requests(wire)) - before == len(list(store.projects))


def test_a_project_that_loses_all_loses_its_file(connection, world, store, tmp_path):
    """It is not even asked: its count says none."""
    kept = mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    project = next(iter(store.projects))
    for bug in list(store.bugs.of(project.id)):
        store.bugs.remove(bug)
    kept = mirror(tmp_path, connection=connection)
    assert str(project.id) not in kept.state.files
    assert sorted(kept.frame()["id"]) == sorted(all_bugs(store))


def test_one_made_for_one_deleted_is_noticed_too(connection, world, store, tmp_path):
    """The count is the same, but the rows are more."""
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    gone, like = list(store.bugs)[:2]
    now = int(world.clock.now() * 1000)
    store.bugs.put(replace(like, id=store.take_id(), created_ms=now, updated_ms=now))
    store.bugs.remove(gone)
    world.clock.advance(3600)
    kept = mirror(tmp_path, connection=connection)
    assert sorted(kept.frame()["id"]) == sorted(all_bugs(store))


def test_a_count_that_is_always_wrong_is_believed_once(connection, world, wire, store, tmp_path):
    """A user may be shown fewer bugs than a project counts: that difference is remembered, and no reason to read."""
    send = connection.client.transport

    def transport(request):
        response = send(request)
        if request.url.endswith("/projects/"):
            told = json.loads(response.body)
            for project in told["projects"]:
                project["bug_count"]["open"] += 7
            response = replace(response, body=json.dumps(told).encode())
        return response

    connection.client.transport = transport
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    before = len(bug_requests(wire))
    mirror(tmp_path, connection=connection)
    assert len(bug_requests(wire)) - before == len(list(store.projects))
    store.bugs.remove(next(iter(store.bugs)))
    world.clock.advance(3600)
    kept = mirror(tmp_path, connection=connection)
    assert kept.deleted == 1
    assert sorted(kept.frame()["id"]) == sorted(all_bugs(store))


@pytest.mark.parametrize("counts", [True, False])
def test_deletions_by_v3_where_it_counts(connection, world, store, tmp_path, counts):
    """Its projects may tell counts; where they do not, full=True finds out."""
    world.set(classic_end="410", v3_project_counts=counts)
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    gone = next(iter(store.bugs))
    store.bugs.remove(gone)
    kept = mirror(tmp_path, connection=connection)
    assert (gone.id in set(kept.frame()["id"])) is not counts
    assert gone.id not in set(mirror(tmp_path, connection=connection, full=True).frame()["id"])


def test_what_was_deleted_of_another_kind_goes_with_a_full_run(connection, world, store, tmp_path):
    """Zoho counts bugs and milestones alone: full=True finds out."""
    mirror(tmp_path, "comments", connection=connection)
    world.clock.advance(3600)
    bug = next(bug for bug in store.bugs if store.comments.of(bug.id))
    gone = store.comments.of(bug.id)[0]
    store.comments.remove(gone)
    assert gone.id in set(mirror(tmp_path, "comments", connection=connection).frame()["id"])
    assert gone.id not in set(mirror(tmp_path, "comments", connection=connection, full=True).frame()["id"])


def test_files_that_no_state_names_are_removed(connection, world, store, tmp_path):
    """Also what a killed run has left behind."""
    kept = mirror(tmp_path, connection=connection)
    (tmp_path / "project=1").mkdir()
    (tmp_path / "project=1" / "orphan.parquet").write_bytes(b"half")
    for _ in range(3):
        world.clock.advance(3600)
        touch(world, store, next(iter(store.bugs)))
        kept = mirror(tmp_path, connection=connection)
    present = {str(path) for path in tmp_path.rglob("*.parquet")}
    assert set(kept.files) <= present
    assert len(present) <= 2 * len(kept.files)
    assert len(list(tmp_path.glob("state-*.json"))) == 2


def test_a_state_that_was_cut_short_does_not_count(connection, tmp_path):
    """The one before it does."""
    mirror(tmp_path, connection=connection)
    kept = mirror(tmp_path, connection=connection)
    (tmp_path / "state-000009.json").write_text('{"kind": "bugs", "fil')
    assert len(Mirror(Store.at(tmp_path), "bugs").frame()) == len(kept.frame())


def test_an_interrupted_pull_changes_nothing(connection, world, store, tmp_path):
    """The next run begins where the last whole one ended."""
    mirror(tmp_path, connection=connection)
    world.clock.advance(3600)
    touch(world, store, next(iter(store.bugs)), title="Changed")
    world.set(url_limit=2)
    with pytest.raises(IncompletePull):
        mirror(tmp_path, connection=connection)
    world.set(url_limit=100)
    world.clock.advance(3600)
    assert "Changed" in set(mirror(tmp_path, connection=connection).frame()["title"])


def test_another_data_set_is_not_overwritten(connection, tmp_path):
    """Of another kind, or of other projects."""
    mirror(tmp_path, "milestones", connection=connection)
    with pytest.raises(UsageError, match="data set of milestones"):
        mirror(tmp_path, "bugs", connection=connection)
    with pytest.raises(UsageError, match="other projects"):
        mirror(tmp_path, "milestones", connection=connection, projects=["Payments"])


def test_two_runs_at_once_are_one_too_many(connection, tmp_path):
    """The second is told to wait."""
    kept = mirror(tmp_path, connection=connection)
    with kept._store.alone(), pytest.raises(UsageError, match="another run"):
        mirror(tmp_path, connection=connection)


def test_an_address_of_any_file_system(connection, store, tmp_path):
    """file:// here; what pyarrow or fsspec knows elsewhere."""
    assert len(mirror(f"file://{tmp_path}/bugs", connection=connection).frame()) == len(list(store.bugs))
    assert len(mirror("memory://bugs", connection=connection).frame()) == len(list(store.bugs))
    with pytest.raises(UsageError, match="nowhere://"):
        mirror("nowhere://bugs", connection=connection)


def test_without_pyarrow_it_says_what_to_install():
    """It is an extra."""
    lines = [
        "import sys; sys.modules['pyarrow'] = None",
        "from zbt_notebook.client.mirror import mirror",
        "try: mirror('x', connection=object())",
        "except Exception as error: print(type(error).__name__, error.hint)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "UsageError Install it: pip install zbt-notebook[parquet]"


class Stopped(BaseException):
    """The kernel dies here."""


class Dying:
    """A file system under which the kernel dies at a given step."""

    def __init__(self, system, steps):
        self._system = system
        self._steps = itertools.count(steps, -1)

    def __getattr__(self, name):
        real = getattr(self._system, name)
        if name not in {"open_output_stream", "move", "delete_file", "create_dir"}:
            return real

        def step(*arguments, **options):
            if next(self._steps) <= 0:
                raise Stopped
            return real(*arguments, **options)

        return step


class InStep(RuleBasedStateMachine):
    """Bugs are made and changed; runs come, and die at any step of writing."""

    def __init__(self):
        super().__init__()
        self.world = World(projects=3, bugs=30, clock=SandboxClock(frozen_at=NOW))
        self.connection = sign_in(self.world, Wire(self.world))
        self.store = self.world.bugtracker().store
        self.folder = tempfile.TemporaryDirectory()
        self.committed = {}
        self.asked_for_tokens = 0

    def titles(self):
        return {bug.id: bug.title for bug in self.store.bugs}

    @rule(seconds=st.integers(1, 3000))
    def time_passes(self, seconds):
        self.world.clock.advance(seconds)

    @rule(at=st.integers(0, 10**6), title=st.text("abc é'\"", min_size=1, max_size=8))
    def a_bug_changes(self, at, title):
        bugs = list(self.store.bugs)
        touch(self.world, self.store, bugs[at % len(bugs)], title=title)

    @rule(at=st.integers(0, 10**6))
    def a_bug_is_made(self, at):
        self.world.clock.advance(1)
        bugs = list(self.store.bugs)
        now = int(self.world.clock.now() * 1000)
        like = bugs[at % len(bugs)]
        self.store.bugs.put(replace(like, id=self.store.take_id(), created_ms=now, updated_ms=now))

    @rule(at=st.integers(0, 10**6))
    def a_bug_is_deleted(self, at):
        bugs = list(self.store.bugs)
        if len(bugs) > 5:
            self.store.bugs.remove(bugs[at % len(bugs)])

    @rule()
    def a_run(self):
        self.world.clock.advance(130)
        mirror(self.folder.name, connection=self.connection, progress=False)
        self.committed = self.titles()

    @rule(steps=st.integers(0, 14))
    def a_run_that_dies(self, steps):
        self.world.clock.advance(130)
        store = Store.at(self.folder.name)
        store._system = Dying(store._system, steps)
        before = self.read()
        try:
            Mirror(store, "bugs").update(self.connection, progress=False)
        except Stopped:
            after = self.read()
            assert after in (before, self.titles())
            self.committed = after
        else:
            self.committed = self.titles()

    def read(self):
        frame = Mirror(Store.at(self.folder.name), "bugs").frame()
        return (
            {}
            if frame.empty
            else {int(number): title for number, title in zip(frame["id"], frame["title"], strict=True)}
        )

    @invariant()
    def it_is_what_was_committed(self):
        assert self.read() == self.committed

    def teardown(self):
        self.folder.cleanup()


InStep.TestCase.settings = settings(
    max_examples=examples(8), stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestInStep = InStep.TestCase
