"""A data set on a file system that is no disk: no rename, no folders, and an end at any operation."""

import json
import uuid
from io import BytesIO

import pytest

from tests.client.conftest import NOW, Wire, sign_in
from zbt_notebook.client.mirror import Mirror, mirror
from zbt_notebook.client.mirror.store import Store
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

pytest.importorskip("pyarrow")
fsspec = pytest.importorskip("fsspec")


class Ended(BaseException):
    """The kernel dies here."""


class Buckets(fsspec.AbstractFileSystem):  # type: ignore[name-defined]
    """What object stores have in common: an object appears whole or not at all, a folder is but a common beginning.

    There is no rename: moving is copying, then deleting. ``left`` is how many more writes and deletions it lives.
    """

    protocol = "bucket"
    cachable = False
    objects: dict[str, bytes]
    left = -1

    def __init__(self, objects):
        super().__init__()
        self.objects = objects

    def _costs(self):
        if self.left == 0:
            raise Ended
        self.left -= 1

    def ls(self, path, detail=True, **_kwargs):  # noqa: FBT002  fsspec's own signature
        path = self._strip_protocol(path).strip("/")
        found = {}
        for name, content in self.objects.items():
            if name == path:
                found[name] = {"name": name, "type": "file", "size": len(content)}
            elif name.startswith(path + "/"):
                rest = name[len(path) + 1 :]
                child = f"{path}/{rest.partition('/')[0]}"
                kind = "directory" if "/" in rest else "file"
                found[child] = {"name": child, "type": kind, "size": 0 if "/" in rest else len(content)}
        if not found:
            raise FileNotFoundError(path)
        return list(found.values()) if detail else list(found)

    def _open(self, path, mode="rb", **_kwargs):
        name = self._strip_protocol(path).strip("/")
        if "r" in mode:
            if name not in self.objects:
                raise FileNotFoundError(name)
            return BytesIO(self.objects[name])
        return Upload(self, name)

    def cp_file(self, path1, path2, **_kwargs):
        self._costs()
        self.objects[self._strip_protocol(path2).strip("/")] = self.objects[self._strip_protocol(path1).strip("/")]

    def _rm(self, path):
        self._costs()
        del self.objects[self._strip_protocol(path).strip("/")]

    rm_file = _rm

    def mkdir(self, path, create_parents=True, **_kwargs):  # noqa: FBT002  fsspec's own signature
        pass

    def makedirs(self, path, exist_ok=False):  # noqa: FBT002  fsspec's own signature
        pass


class Upload(BytesIO):
    """Bytes that become an object when they are complete."""

    def __init__(self, system, name):
        super().__init__()
        self.system, self.name = system, name

    def close(self):
        if not self.closed:
            try:
                self.system._costs()
                self.system.objects[self.name] = self.getvalue()
            finally:
                super().close()


def store_on(objects, left=-1):
    from pyarrow import fs

    system = Buckets(objects)
    system.left = left
    return Store(fs.PyFileSystem(fs.FSSpecHandler(system)), "bucket/bugs")


def titles_in(objects):
    frame = Mirror(store_on(objects), "bugs").frame()
    return {} if frame.empty else dict(zip(map(int, frame["id"]), frame["title"], strict=True))


def test_it_is_whole_after_an_end_at_any_write():
    """First run, a change, a deletion: wherever the kernel dies, what is read is the old data set or the new one."""
    world = World(projects=3, bugs=24, clock=SandboxClock(frozen_at=NOW))
    connection = sign_in(world, Wire(world))
    store = world.bugtracker().store
    objects: dict[str, bytes] = {}

    def truth():
        return {bug.id: bug.title for bug in store.bugs}

    def change():
        world.clock.advance(3600)
        bugs = list(store.bugs)
        store.bugs.change(bugs[0], title="Changed", updated_ms=int(world.clock.now() * 1000))
        store.bugs.remove(bugs[-1])

    for step in ("first", "second"):
        before, outcomes = titles_in(objects), set()
        for writes in range(1, 60):
            left = dict(objects)
            try:
                Mirror(store_on(left, writes), "bugs").update(connection, progress=False)
            except Ended:
                now = titles_in(left)
                assert now in (before, truth()), (step, writes)
                outcomes.add("new" if now == truth() else "old")
                Mirror(store_on(left), "bugs").update(connection, progress=False)
                assert titles_in(left) == truth()
                world.clock.advance(200)
            else:
                break
        else:
            pytest.fail("it wrote for ever")
        assert outcomes == {"old", "new"}  # it died before the state was written, and after
        objects = left
        assert titles_in(objects) == truth()
        change()


def test_nothing_is_left_behind_by_a_run_that_died():
    """What no state names is gone after the next two runs, scratch files as well."""
    world = World(projects=3, bugs=24, clock=SandboxClock(frozen_at=NOW))
    connection = sign_in(world, Wire(world))
    objects: dict[str, bytes] = {}
    for writes in (2, 4, 5):  # among the rows, at the state, after it
        with pytest.raises(Ended):
            Mirror(store_on(objects, writes), "bugs").update(connection, progress=False)
    for _ in range(3):
        kept = Mirror(store_on(objects), "bugs")
        world.clock.advance(3600)
        kept.update(connection, progress=False)
    named = {name.removeprefix("bucket/bugs/") for name in objects}
    states = [json.loads(data) for name, data in objects.items() if "/state-" in name]  # the last two are kept
    told = {file for state in states for file in state["files"].values()}
    assert {name for name in named if name.endswith(".parquet")} == told >= set(kept.state.files.values())
    assert len(states) <= 2
    assert sorted(name for name in named if not name.endswith(".parquet")) == sorted(
        name for name in named if name.startswith("state-")
    )


@pytest.mark.parametrize("address", ["memory://{}", "dir::memory://{}", "file://{}"])
def test_addresses_of_other_file_systems(connection, store, tmp_path, address):
    """Of fsspec, chained ones too, and of pyarrow."""
    place = address.format(tmp_path / "bugs" if address.startswith("file") else uuid.uuid4().hex)
    mirror(place, connection=connection, progress=False)
    frame = mirror(place, connection=connection, progress=False).frame()
    assert sorted(frame["id"]) == sorted(bug.id for bug in store.bugs)
