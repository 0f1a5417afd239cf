"""A run of the mirror that is stopped, at each of its lines, or whose disk is full: the old data set or the new one."""

import copy
import json
import linecache
import shutil
from pathlib import Path

import pytest

from tests.client.conftest import NOW, Wire, sign_in
from tests.stopped import full_disk, lines_of, stopped_at
from zbt_notebook.client import mirror as package
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.mirror import Mirror
from zbt_notebook.client.mirror.store import Store
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

pytest.importorskip("pyarrow")
OURS = (Path(package.__file__).parent,)


class Replay:
    """A connection that gives the frames of its first pulls again: what is tried is the mirror, a thousand times."""

    def __init__(self, connection):
        self.client, self._connection, self._given = connection.client, connection, {}

    def pull(self, *arguments, **options):
        key = repr((arguments, options))
        if key not in self._given:
            self._given[key] = self._connection.pull(*arguments, **options)
        frame = self._given[key]
        fresh = frame.copy()
        fresh.attrs = copy.deepcopy(frame.attrs)
        return fresh


def run(place, connection):
    return Mirror(Store.at(place), "bugs").update(connection, progress=False)


def titles(place):
    frame = Mirror(Store.at(place), "bugs").frame()
    return dict(zip(map(int, frame["id"]), frame["title"], strict=True)) if len(frame) else {}


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The data set before and after a run that adds, changes and reads one project anew; the run to repeat."""
    folder = tmp_path_factory.mktemp("steps")
    world = World(projects=2, bugs=9, clock=SandboxClock(frozen_at=NOW))
    connection, store = sign_in(world, Wire(world)), world.bugtracker().store
    run(folder / "before", connection)
    world.clock.advance(3600)
    bugs = list(store.bugs)
    store.bugs.change(bugs[0], title="Changed", updated_ms=int(world.clock.now() * 1000))
    store.bugs.remove(bugs[-1])
    replay = Replay(connection)
    shutil.copytree(folder / "before", folder / "after")
    run(folder / "after", replay)
    known = {"old": titles(folder / "before"), "new": titles(folder / "after")}
    assert known["old"] != known["new"] == {bug.id: bug.title for bug in store.bugs}
    return folder / "before", known, replay


def outcome(place, known):
    now = titles(place)
    return next(name for name, rows in known.items() if rows == now)


def heals(place, known, replay):
    """The next run brings it up to date, and leaves nothing that no state names."""
    run(place, replay)
    assert outcome(place, known) == "new"
    kept = [path for path in place.rglob("*") if path.suffix == ".parquet" or path.name.startswith(".state-")]
    states = [json.loads(path.read_bytes()) for path in place.glob("state-*")]
    named = {place / name for state in states for name in state["files"].values()}
    assert set(kept) == named


def test_stop_at_any_line_of_a_run_is_the_old_data_set_or_the_new(steps, tmp_path):
    """Never half; and the next run goes on from either."""
    before, known, replay = steps
    shutil.copytree(before, tmp_path / "dry")
    places = lines_of(lambda: run(tmp_path / "dry", replay), OURS)
    assert len(places) > 100
    outcomes = set()
    for number, place in enumerate(places):
        tried = tmp_path / str(number)
        shutil.copytree(before, tried)
        assert stopped_at(place, lambda tried=tried: run(tried, replay), OURS), place
        outcomes.add(outcome(tried, known))
        lock_is_held = linecache.getline(*place).strip() == "os.close(handle)"  # until this process ends
        if number % 20 == 0 and not lock_is_held:
            heals(tried, known, replay)
    assert outcomes == {"old", "new"}


@pytest.mark.parametrize("size", [0, 1, 100, 700, 4000])
def test_a_full_disk_leaves_the_old_data_set(steps, tmp_path, size):
    """It is said in two lines; with room again the next run catches up."""
    before, known, replay = steps
    tried = tmp_path / "tried"
    shutil.copytree(before, tried)
    with full_disk(size), pytest.raises(ZbtError, match="cannot be written"):
        run(tried, replay)
    assert outcome(tried, known) == "old"
    heals(tried, known, replay)
