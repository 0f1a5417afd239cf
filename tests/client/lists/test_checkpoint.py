"""A killed kernel loses no page."""

import json
import os
import random
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.client.lists.test_pull import all_bugs, bug_requests, sizes
from tests.conftest import ROOT
from tests.stopped import full_disk
from zbt_notebook.client.errors import IncompletePull, UsageError
from zbt_notebook.client.lists import kept_pull
from zbt_notebook.client.refetch import resume


def test_another_kernel_takes_up_where_the_first_stopped(connection, world, wire, store, tmp_path):
    """From the file: the pages that came are not fetched again, and the file goes when the pull is complete."""
    file = tmp_path / "bugs.jsonl"
    world.set(url_limit=4)
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", checkpoint=file, concurrency=1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept_pull.forget()
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    before = len(bug_requests(wire))
    frame = resume(caught.value.resume)
    assert sorted(frame["id"]) == sorted(all_bugs(store))
    assert len(bug_requests(wire)) - before == sum(-(-size // 200) for size in sizes(store)) - 4
    assert not file.exists()


def test_the_same_call_takes_it_up_too(connection, world, store):
    """checkpoint=True: the place is found again by what was asked."""
    world.set(url_limit=3)
    with pytest.raises(IncompletePull):
        connection.pull("bugs", checkpoint=True)
    kept_pull.forget()
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    assert sorted(connection.pull("bugs", checkpoint=True)["id"]) == sorted(all_bugs(store))


def test_a_line_cut_short_is_fetched_again(connection, world, store, tmp_path):
    """SIGKILL comes in the middle of a write."""
    file = tmp_path / "bugs.jsonl"
    world.set(url_limit=4)
    with pytest.raises(IncompletePull):
        connection.pull("bugs", checkpoint=file)
    file.write_bytes(file.read_bytes()[:-100])
    kept_pull.forget()
    world.set(url_limit=100)
    world.clock.advance(32 * 60)
    assert sorted(connection.pull("bugs", checkpoint=file)["id"]) == sorted(all_bugs(store))


def test_a_plan_that_was_changed_is_no_plan(connection, world, tmp_path):
    """By a disk, another program or a hand: whatever stands in it now, it is not believed."""
    file = tmp_path / "bugs.jsonl"
    world.set(url_limit=4)
    with pytest.raises(IncompletePull):
        connection.pull("bugs", checkpoint=file)
    kept_pull.forget()
    header, _, pages = file.read_bytes().partition(b"\n")
    for old, new in (
        (b'"announced":{', b'"announced":5,"x":{'),
        (b'"path":"', b'"path":5,"x":"'),
        (b'"empty":', b'"empty":1'),
    ):
        assert old in header
        file.write_bytes(header.replace(old, new) + b"\n" + pages)
        with pytest.raises(UsageError, match="is no checkpoint"):
            connection.pull("bugs", checkpoint=file)


@pytest.mark.parametrize("size", [0, 40, 20_000])
def test_a_full_disk_is_an_error_of_two_lines(size, connection, store, tmp_path):
    """What was written whole counts, once there is room again."""
    file = tmp_path / "bugs.jsonl"
    with full_disk(size), pytest.raises(UsageError, match=r"cannot be used: (File too large|No space)"):
        connection.pull("bugs", checkpoint=file)
    kept_pull.forget()
    assert sorted(connection.pull("bugs", checkpoint=file)["id"]) == sorted(all_bugs(store))


def test_a_file_that_cannot_be_removed_is_no_checkpoint_any_more(connection, store, tmp_path, monkeypatch):
    """Else the next pull would give what this one has found."""
    file = tmp_path / "bugs.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", Mock(side_effect=PermissionError))
        connection.pull("bugs", checkpoint=file)
    assert file.read_bytes() == b""
    assert sorted(connection.pull("bugs", checkpoint=file)["id"]) == sorted(all_bugs(store))


def test_a_file_of_something_else_is_not_read_to_its_end(connection, tmp_path):
    """It may be larger than memory, without a single line end."""
    file = tmp_path / "bugs.jsonl"
    file.touch()
    os.truncate(file, 10**13)
    with pytest.raises(UsageError, match="is no checkpoint"):
        connection.pull("bugs", checkpoint=file)


def test_without_a_home_a_place_is_to_be_named(connection, monkeypatch):
    """As for the user of many a container."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError))
    with pytest.raises(UsageError, match="no home"):
        connection.pull("bugs", checkpoint=True)


def test_another_pulls_file_is_refused(connection, world, tmp_path):
    """So is a file that is none."""
    file = tmp_path / "bugs.jsonl"
    world.set(url_limit=3)
    with pytest.raises(IncompletePull):
        connection.pull("bugs", checkpoint=file)
    with pytest.raises(UsageError, match="another pull"):
        connection.pull("milestones", checkpoint=file)
    for other in (json.dumps({"some": "json"}), "[" * 100_000):
        file.write_text(other + "\n")
        with pytest.raises(UsageError, match="no checkpoint"):
            connection.pull("bugs", checkpoint=file)


_KERNEL = """
    import json, sys
    from zbt_notebook.client.login_flow import connect
    from zbt_notebook.client.auth.data_centers import DataCenter
    from zbt_notebook.client.errors import IncompletePull
    site = json.loads(sys.argv[1])
    connection = connect(site["client_id"], site["client_secret"], site["refresh_token"],
                         DataCenter("sandbox", site["accounts_url"], site["api_url"]))
    print("ready", flush=True)
    try:
        frame = connection.pull("bugs", checkpoint=sys.argv[2], concurrency=2)
    except IncompletePull as stopped:
        print("stopped", len(stopped.rows), flush=True)
        sys.exit(3)
    print(json.dumps(sorted(map(int, frame["id"]))), flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_killed_at_random_moments_and_resumed(how, tmp_path):
    """2,000 bugs, in a process that is killed again and again: nothing lost, nothing twice."""
    from zbt_notebook.simulator import Sandbox

    dice = random.Random(7)
    with Sandbox(bugs=2000) as sandbox:
        world = sandbox.world
        world.faults.add(path="*/bugs/", kind="latency", seconds=0.15, times=500)
        world.set(access_token_limit=0)
        refresh = _refresh_token(sandbox)
        site = {
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
            "refresh_token": refresh,
            "accounts_url": sandbox.accounts_url,
            "api_url": sandbox.api_url,
        }
        command = [sys.executable, "-c", textwrap.dedent(_KERNEL), json.dumps(site), str(tmp_path / "bugs.jsonl")]
        for _ in range(3):
            child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            assert child.stdout
            assert child.stdout.readline() == "ready\n"
            try:
                out, _ = child.communicate(timeout=dice.uniform(0.2, 0.6))
            except subprocess.TimeoutExpired:
                child.send_signal(how)
                out, _ = child.communicate(timeout=20)
            if child.returncode == 0:
                break
        else:
            out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        wanted = sorted(bug.id for bug in world.bugtracker().store.bugs)
        assert json.loads(out.splitlines()[-1]) == wanted
        assert list(tmp_path.iterdir()) == []


def _refresh_token(sandbox):
    from zbt_notebook.client.auth.data_centers import DataCenter
    from zbt_notebook.client.login_flow import LoginFlow

    flow = LoginFlow(
        sandbox.client_id,
        sandbox.client_secret,
        sandbox.redirect_uri,
        "triage",
        DataCenter("sandbox", sandbox.accounts_url, sandbox.api_url),
    )
    connection = flow.finish(sandbox.world.consent(flow.authorization_url))
    return connection.client.authorization._held.token.refresh_token
