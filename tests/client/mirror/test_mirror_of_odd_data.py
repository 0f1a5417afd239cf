"""Whatever Zoho sends, and whatever becomes of the files: nothing of the mirror is lost without a word."""

import json
import os
from dataclasses import replace

import pandas as pd
import pytest

from tests.client.conftest import NOW, Wire, sign_in
from tests.client.mirror.test_mirror import touch
from zbt_notebook.client.auth.authorization import Clock
from zbt_notebook.client.errors import ApiError, IncompletePull, UsageError, ZbtError
from zbt_notebook.client.mirror import mirror
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

pytest.importorskip("pyarrow")


@pytest.fixture
def world():
    return World(projects=3, bugs=60, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def connection(world):
    return sign_in(world, Wire(world))


@pytest.fixture
def twist(connection):
    """Let ``twist(change)`` change the records of bugs on their way."""
    send = connection.client.transport

    def install(change):
        def transport(request):
            answer = send(request)
            if not request.url.endswith("/bugs/") or not answer.body:
                return answer
            told = json.loads(answer.body)
            for bug in told["bugs"]:
                change(bug)
            return replace(answer, body=json.dumps(told).encode())

        connection.client.transport = transport

    return install


def run(connection, place, **options):
    return mirror(place, connection=connection, progress=False, **options)


def titles(frame):
    return {int(number): title for number, title in zip(frame["id"], frame["title"], strict=True)}


def now(store):
    return {bug.id: bug.title for bug in store.bugs}


@pytest.mark.parametrize("ahead", [3 * 86_400, -3 * 86_400])
@pytest.mark.parametrize("always", [True, False])
@pytest.mark.parametrize("dated", [True, False])
def test_this_machines_clock_is_never_believed(connection, world, store, tmp_path, ahead, always, dated):
    """Three days ahead, once or always, with dates in Zoho's answers or without: no change is missed."""
    client, right = connection.client, connection.client._clock
    client._clock = Clock(wall=lambda: world.clock.now() + ahead, monotonic=right.monotonic)
    if dated:
        send = client.transport
        stamp = pd.Timestamp(world.clock.now(), unit="s").strftime("%a, %d %b %Y %H:%M:%S GMT")
        client.transport = lambda request: replace(send(request), headers={"date": stamp})
    run(connection, tmp_path)
    if not always:
        client._clock = right
    world.clock.advance(3600)
    touch(world, store, list(store.bugs)[7], title="Changed behind a clock that is wrong")
    assert titles(run(connection, tmp_path).frame()) == now(store)


def test_a_run_asks_only_for_what_changed(connection, world, store, tmp_path):
    """By Zoho's clock, a quarter of an hour before the newest change."""
    run(connection, tmp_path)
    world.clock.advance(7200)
    changed = touch(world, store, list(store.bugs)[3], title="New")
    newest = max(bug.updated_ms for bug in store.bugs if bug.id != changed.id)
    came = run(connection, tmp_path).update(connection, progress=False)
    assert changed.id in set(came["id"])
    assert set(came["id"]) <= {bug.id for bug in store.bugs if bug.updated_ms >= newest - 16 * 60_000}


def test_a_project_that_is_gone_leaves_the_mirror_and_is_told(connection, store, tmp_path, capsys):
    """Its bugs would stand there for ever."""
    run(connection, tmp_path)
    gone = list(store.projects)[1]
    count = len(store.bugs.of(gone.id))
    for bug in list(store.bugs.of(gone.id)):
        store.bugs.remove(bug)
    store.projects.remove(gone)
    kept = run(connection, tmp_path)
    assert titles(kept.frame()) == now(store)
    assert kept.deleted == count
    assert f"1 project gone from Zoho: {count} bugs taken out of the mirror" in capsys.readouterr().err


@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "other", "flipped"])
def test_a_damaged_file_is_told_and_healed(connection, store, tmp_path, harm):
    """Reading names what heals it; the next run reads that project anew."""
    kept = run(connection, tmp_path)
    file = next(tmp_path.rglob("*.parquet"))
    whole = file.read_bytes()
    middle = len(whole) // 2
    harmed = {
        "empty": b"",
        "cut": whole[:middle],
        "other": b"Good evening",
        "flipped": whole[:middle] + bytes(byte ^ 255 for byte in whole[middle : middle + 40]) + whole[middle + 40 :],
    }
    file.unlink() if harm == "missing" else file.write_bytes(harmed[harm])
    with pytest.raises(UsageError, match="damaged") as caught:
        kept.frame()
    assert "Run the mirror again" in caught.value.hint
    assert titles(run(connection, tmp_path).frame()) == now(store)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        "7",
        "null",
        '{"files":{}}',
        '{"kind":"bugs","number":"one","files":{},"rows":{}}',
        '{"kind":"bugs","number":1,"current":0,"files":[],"rows":{}}',
        '{"kind":"bugs","number":1,"current":0,"files":{"1":"../../etc/passwd"},"rows":{"1":1}}',
        '{"kind":"bugs","number":1,"current":0,"files":{"1":7},"rows":{"1":1}}',
        '{"kind":"bugs","number":1,"current":0,"files":{},"rows":7,"projects":null}',
        '{"kind":"bugs","number":1,"current":9e9,"files":{},"rows":{}}'.replace("9e9", "9" * 40),
        '{"kind":"bugs","number":1,"current":-1,"files":{},"rows":{}}',
    ],
)
def test_a_state_in_another_shape_is_told_and_healed(connection, store, tmp_path, told):
    """Reading is one error, the next run reads everything."""
    kept = run(connection, tmp_path)
    for state in tmp_path.glob("state-*"):
        state.write_text(told)
    with pytest.raises(ZbtError, match="no state"):
        kept.frame()
    assert titles(run(connection, tmp_path).frame()) == now(store)


def test_a_state_with_keys_of_a_later_version_is_read(connection, store, tmp_path):
    """They are let be."""
    kept = run(connection, tmp_path)
    for state in tmp_path.glob("state-*"):
        state.write_text(json.dumps({**json.loads(state.read_text()), "of_tomorrow": [1]}))
    assert titles(kept.frame()) == now(store)


def test_a_frame_has_the_types_of_a_pull(connection, twist, tmp_path):
    """Ids exact though some are missing, flags, times, categories, lists and objects."""

    def change(bug):
        bug["owner_zuid"] = None if bug["id"] % 3 else 2**53 + bug["id"]
        bug["is_open"] = None if bug["id"] % 2 else True
        bug["labels"] = [{"a": 1}] if bug["id"] % 5 == 0 else []

    twist(change)
    stored = run(connection, tmp_path).frame()
    pulled = connection.pull("bugs")
    given, wanted = (frame.sort_values("id").reset_index(drop=True)[sorted(pulled)] for frame in (stored, pulled))
    pd.testing.assert_frame_equal(given, wanted, check_categorical=False)
    assert str(stored["owner_zuid"].dtype) == "Int64"


@pytest.mark.parametrize("value", ["half \ud83d of it", {}, [{}], [], {"a": {}}, 10**30, [1, "a"], "\x00"])
def test_any_value_survives(connection, twist, tmp_path, value):
    """Half a character in a title, a column of nothing but empty objects: as they came, run after run."""
    twist(lambda bug: bug.update(odd=value, title=value if isinstance(value, str) else bug["title"]))
    run(connection, tmp_path)
    stored = run(connection, tmp_path).frame().sort_values("id")
    pulled = connection.pull("bugs").sort_values("id")
    for column in {"odd", "title"} & set(pulled):
        assert list(stored[column]) == list(pulled[column])


@pytest.mark.parametrize(
    "identity", ["../../../elsewhere", "a\x00b", "x" * 5000, "\ud83d", None, {"id": 1}, [], "..", "a/b", 7.5]
)
def test_no_value_of_the_servers_is_a_path(connection, twist, tmp_path, identity):
    """A record may say that it is of another project: its file stays in the folder."""
    twist(lambda bug: bug.update(project={"id": identity}))
    place = tmp_path / "here" / "bugs"
    stored = run(connection, place)
    assert len(stored.frame()) == 60
    assert {path.name for path in tmp_path.iterdir()} == {"here"}
    assert {path.name for path in (tmp_path / "here").iterdir()} == {"bugs"}
    assert len(run(connection, place).frame()) == 60


@pytest.mark.parametrize("identity", ["../..", None, {}, "", "a b"])
def test_a_project_without_a_sound_id_is_one_error(connection, identity, tmp_path):
    """No path is made of it, and no bare exception."""
    send = connection.client.transport

    def transport(request):
        answer = send(request)
        if request.url.partition("?")[0].endswith("/projects/"):
            told = json.loads(answer.body)
            told["projects"][0]["id"] = identity
            answer = replace(answer, body=json.dumps(told).encode())
        return answer

    connection.client.transport = transport
    with pytest.raises(ApiError, match="id"):
        run(connection, tmp_path)


@pytest.mark.parametrize("status", [403, 500])
def test_a_full_run_in_which_a_project_fails_drops_nothing(connection, world, store, tmp_path, monkeypatch, status):
    """Refused or broken off: its rows stay, and the next run brings them up to date."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    run(connection, tmp_path)
    before = now(store)
    failing = list(store.projects)[1]
    touch(world, store, store.bugs.of(failing.id)[0], title="Changed meanwhile")
    world.faults.add(path=f"*/{failing.id}/bugs/", kind="status", status=status, times=3)
    try:
        kept = run(connection, tmp_path, full=True)
    except IncompletePull:
        kept = None
    if kept is not None:
        assert set(titles(kept.frame())) == set(before)
    world.faults.clear()
    assert titles(run(connection, tmp_path).frame()) == now(store)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in its folders")
@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_what_is_no_file_is_read_anew_in_its_place(put, connection, tmp_path):
    """Nothing waits for a pipe; the rows of the project come back."""
    rows = len(run(connection, tmp_path).frame())
    path = next(tmp_path.rglob("*.parquet"))
    path.unlink()
    put(path)
    assert len(run(connection, tmp_path).frame()) == rows
