"""Several kernels, one budget: together never more than Zoho allows, and a killed one gives its slots back."""

import bisect
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from array import array
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.conftest import ROOT
from tests.tiers import examples
from zbt_notebook.client.errors import RateLimited
from zbt_notebook.client.limits import shared_file
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.shared_budget import SharedBudget, SharedWindow
from zbt_notebook.client.limits.sliding_window import LEASE, SECOND, SlidingWindow


@pytest.fixture
def path(tmp_path):
    return tmp_path / "budget"


def test_two_windows_on_one_file_are_one_window(path):
    """What one takes the other lacks; the file is the user's alone."""
    first, second = (SharedWindow(path, limit=2, window=10, lease=70) for _ in range(2))
    assert first.take(0) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert second.take(0) == 0
    assert first.take(0) == 80
    assert first.used(0) == second.used(0) == 2
    second.release(5)
    assert first.take(5) == 10
    assert first.take(15) == 0


def test_a_killed_kernel_frees_its_slots(path):
    """After the longest that its request can have lived, and a window."""
    window = SharedWindow(path, limit=1, window=10, lease=70)
    assert window.take(0) == 0
    other = SharedWindow(path, limit=1, window=10, lease=70)
    assert other.take(0) == 80
    assert other.take(80) == 0
    window.release(81)  # it was not dead after all: the slot is not its own any more
    assert other.used(85) == 1


def test_a_killed_kernel_frees_no_slot_too_early(path):
    """Whichever of its requests was answered, the one that was still under way may be the latest."""
    window = SharedWindow(path, limit=2, window=10, lease=70)
    assert window.take(0) == 0
    assert window.take(59) == 0
    window.release(59)
    other = SharedWindow(path, limit=2, window=10, lease=70)
    assert other.used(59 + 70 + 10 - 1) == 1


def test_who_waited_for_the_file_believes_a_claim_that_was_made_meanwhile(path):
    """Its own clock was read before the wait, so that the claim seems to come from the future."""
    late, prompt = (SharedWindow(path, limit=1, window=10, lease=70) for _ in range(2))
    assert prompt.take(5) == 0
    assert late.take(0) == 85


def test_times_from_before_the_last_start_of_the_machine_are_not_believed(path):
    """The monotonic clock begins anew; a time that nobody can have claimed is a free slot."""
    window = SharedWindow(path, limit=3, window=10, lease=70)
    path.write_bytes(array("q", [10**18, 10**18, 0, 10**18]).tobytes())
    assert window.used(0) == 0
    assert window.lock_left(0) == 0


def test_the_lock_of_one_is_the_lock_of_all(tmp_path):
    """Also of a kernel that starts later."""
    today = lambda: datetime(2026, 1, 1, tzinfo=UTC)  # noqa: E731  a clock that stands
    first, second = (RateLimits(lambda: 0, today, windows=SharedBudget(tmp_path, "us 1000.X")) for _ in range(2))
    first.lock("GET /bugs", today() + timedelta(minutes=23))
    with pytest.raises(RateLimited) as caught, second.slot("GET /bugs"):
        pass
    assert caught.value.retry_at == today() + timedelta(minutes=23)
    with second.slot("GET /users"):
        pass
    other = RateLimits(lambda: 0, today, windows=SharedBudget(tmp_path, "eu 1000.X"))
    with other.slot("GET /bugs"):
        pass


def a_link(path):
    path.with_name("target").write_text("precious")
    path.symlink_to(path.with_name("target"))


def a_full_disk(path):
    path.symlink_to("/dev/full")


WRONG = {"a link": a_link, "a pipe": os.mkfifo, "a folder": os.mkdir, "a device": a_full_disk}


@pytest.mark.parametrize("put", WRONG.values(), ids=WRONG)
def test_t52_whatever_is_in_its_place_costs_only_the_sharing(put, path, caplog):
    """The window counts alone, nobody else's file is touched, and the user is told once."""
    shared_file._reported.clear()
    put(path)
    windows = [SharedWindow(path, limit=1, window=10, lease=70) for _ in range(2)]
    assert [window.take(0) for window in windows] == [0, 0]
    assert windows[0].take(1) == 79
    windows[0].release(2)
    windows[0].lock(50)
    assert windows[0].lock_left(20) == 30
    assert windows[0].take(12) == 0
    assert len(caplog.records) == 1
    if put is a_link:
        assert path.read_text() == "precious"


def test_a_file_that_others_could_write_is_not_believed(path):
    """It is made the user's own, and counts as empty; one that they could only read is made private."""
    path.write_bytes(array("q", [50, 0]).tobytes())
    path.chmod(0o644)
    window = SharedWindow(path, limit=1, window=10)
    assert window.used(0) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o666)
    assert SharedWindow(path, limit=1, window=10).used(0) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_somebody_emptied_or_removed_is_written_anew(path):
    """What this process knows counts on; a mapped file would have killed it."""
    first, second = (SharedWindow(path, limit=2, window=10, lease=70) for _ in range(2))
    assert first.take(0) == 0
    path.write_bytes(b"")
    assert first.used(1) == 1
    assert first.take(1) == 0
    assert second.take(1) == 79
    path.unlink()
    assert first.take(1) == 79
    assert first.used(1) == 2


def test_a_stopped_peer_is_not_waited_for(path, caplog):
    """A process that holds the file and was stopped costs half a second, then the sharing, until it lets go."""
    shared_file._reported.clear()
    window = SharedWindow(path, limit=2, window=10)
    with shared_file.held(path, seconds=0):
        began = time.monotonic()
        assert window.take(0) == 0
        assert window.take(1) == 0
        assert window.take(2) == LEASE + 10 - 2
        assert time.monotonic() - began < 3
    assert len(caplog.records) == 1
    window.release(3)
    assert window.take(60 * SECOND) == 0  # the file is tried again, and told what was counted alone
    assert SharedWindow(path, limit=2, window=10, lease=70).used(60 * SECOND) == 2


def test_a_connection_shares_when_told(connection, wire, monkeypatch, tmp_path):
    """Its windows then lie in the runtime folder."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert connection.share_budget()
    connection.get("/portals/")
    (file,) = (tmp_path / "zbt-notebook").iterdir()
    assert file.name.startswith("budget-")
    assert connection.status().windows[0].used == 1
    assert len(wire.requests) >= 1


@pytest.mark.parametrize("count", [1, 5, 6, 11, 30])
@pytest.mark.parametrize("taken", [0, 3, 5])
def test_it_foretells_as_the_other_window_does(path, count, taken):
    """Where all is answered at once."""
    shared, own = SharedWindow(path, limit=5, window=10), SlidingWindow(5, 10)
    for window in (shared, own):
        for _ in range(taken):
            window.take(0)
        for _ in range(taken):
            window.release(0)
    assert shared.forecast(0, count) >= own.forecast(0, count)
    assert shared.forecast(0, count) - own.forecast(0, count) <= 10


_KERNEL = """
    import json, random, sys, threading, time
    from pathlib import Path
    from zbt_notebook.client.limits.rate_limit import RateLimits
    from zbt_notebook.client.limits.shared_budget import SharedBudget
    from zbt_notebook.client.limits.sliding_window import SECOND
    dice = random.Random(int(sys.argv[2]))
    budget = SharedBudget(Path(sys.argv[1]), "x", limit=10, window=int(0.4 * SECOND))
    limits = RateLimits(time.monotonic_ns, None, windows=budget)
    reached = []
    def work():
        for _ in range(8):
            with limits.slot("k"):
                time.sleep(dice.expovariate(200))
                reached.append(time.monotonic())
                time.sleep(dice.expovariate(200))
    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(json.dumps(reached))
"""


def test_three_kernels_together_keep_the_limit(tmp_path):
    """By the clock of the server, whatever the latencies; one that is killed in flight does not spoil it."""
    command = [sys.executable, "-c", textwrap.dedent(_KERNEL), str(tmp_path)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    children: list[Any] = [subprocess.Popen([*command, str(seed)], **pipes) for seed in range(4)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    time.sleep(0.3)  # into its work: there is no event to wait for in a process that is to die unprepared
    os.kill(children[3].pid, signal.SIGKILL)
    times: list = []
    for child in children:
        out, _ = child.communicate(timeout=60)
        times += json.loads(out) if out else []
    times.sort()
    assert len(times) == 96
    assert max(at + 1 - bisect.bisect_right(times, moment - 0.4) for at, moment in enumerate(times)) <= 10


class Kernels(RuleBasedStateMachine):
    """Kernels take, answer, die and come back in any order."""

    LIMIT, WINDOW, LEASE = 4, 10 * SECOND, 30 * SECOND

    def __init__(self):
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.now = SECOND
        self.flights: dict[int, list] = {0: [], 1: [], 2: []}
        self.windows = {name: self.open() for name in self.flights}
        self.arrivals = []

    def open(self):
        from pathlib import Path

        return SharedWindow(Path(self.folder.name, "b"), limit=self.LIMIT, window=self.WINDOW, lease=self.LEASE)

    @rule(name=st.integers(0, 2))
    def take(self, name):
        if self.windows[name].take(self.now) == 0:
            self.arrivals.append(self.now)
            self.flights[name].append(self.now)

    @rule(name=st.integers(0, 2), sent=st.booleans(), at=st.integers(0, 3))
    def answered(self, name, sent, at):
        if self.flights[name]:
            began = self.flights[name].pop(at % len(self.flights[name]))
            if not sent:
                self.arrivals.remove(began)
            elif self.now - began <= self.LEASE:
                self.arrivals.remove(began)
                self.arrivals.append(self.now)
            self.windows[name].release(self.now, sent=sent)

    @rule(name=st.integers(0, 2))
    def dies(self, name):
        self.flights[name] = []
        self.windows[name] = self.open()

    @rule(seconds=st.floats(0, 12))
    def time_passes(self, seconds):
        self.now += int(seconds * SECOND)

    @invariant()
    def no_window_is_too_full(self):
        times = sorted(self.arrivals)
        assert all(
            at + 1 - bisect.bisect_right(times, when - self.WINDOW) <= self.LIMIT for at, when in enumerate(times)
        )

    def teardown(self):
        self.folder.cleanup()


Kernels.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=50, deadline=None)
TestKernels = Kernels.TestCase
