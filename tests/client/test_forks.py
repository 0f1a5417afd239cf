"""A forked process shares no socket, lock or budget with its parent."""

import gc
import json
import os
import signal
import threading
import warnings
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from zbt_notebook.client import forks
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.http.messages import Request, decode_json
from zbt_notebook.client.http.transport import RequestsTransport
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.sliding_window import LEASE
from zbt_notebook.client.lists.pages import Pages
from zbt_notebook.client.lists.pull import Pull
from zbt_notebook.client.lists.worker_pool import WorkerPool
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.client.rare_gc import gc_rarely
from zbt_notebook.simulator import Sandbox

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(projects=2, bugs=40) as running:
        yield running


def in_a_child(act):
    """What *act* gives in a forked process, which has ten seconds."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads: they are what is tested
        child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            told = json.dumps(act())
        except BaseException as error:  # noqa: BLE001  the parent is told, whatever it is
            told = json.dumps(repr(error))
        os.write(write, told.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    assert os.waitpid(child, 0)[1] == 0, "the child hung"
    return json.loads(told)


def connection_of(sandbox):
    flow = LoginFlow(
        sandbox.client_id,
        sandbox.client_secret,
        sandbox.world.client.redirect_uri,
        "triage",
        DataCenter("sandbox", sandbox.accounts_url, sandbox.api_url),
    )
    return flow.finish(sandbox.world.consent(flow.authorization_url))


def test_a_child_collects_garbage_as_usual():
    """A pull's end, which gives the parent its threshold back, never comes there."""
    before = gc.get_threshold()
    with gc_rarely():
        assert tuple(in_a_child(gc.get_threshold)) == before != gc.get_threshold()


def test_four_workers_get_their_own_answers(sandbox):
    """Each asks for its own parameter, over sockets of its own, while the parent goes on asking."""
    transport = RequestsTransport()
    address = f"{sandbox.accounts_url}/oauth/serverinfo"
    sandbox.faults.add(path="/oauth/serverinfo", kind="echo", times=999)

    def ask(word):
        return [
            word in transport(Request("GET", address, (("n", f"{word}{turn}"),))).body.decode() for turn in range(20)
        ]

    assert all(ask("parent"))
    outcomes = []
    threads = [
        threading.Thread(target=lambda n=n: outcomes.append(in_a_child(lambda: ask(f"child{n}")))) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    assert all(ask("parent"))
    for thread in threads:
        thread.join(20)
    sandbox.faults.clear()
    assert outcomes == [[True] * 20] * 4
    transport.close()


def held_by_another_thread(lock):
    """Take a lock in a thread that keeps it; give what lets it go."""
    taken, over = threading.Event(), threading.Event()

    def hold():
        with lock:
            taken.set()
            over.wait(20)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert taken.wait(5)
    return over


def locks_of_the_client():
    """Every free lock of the client's objects and modules, but for those of a pull: no child goes on with one."""
    found: dict[int, Any] = {}
    for owner in gc.get_objects():
        home = str(owner.__name__ if isinstance(owner, ModuleType) else type(owner).__module__)
        if home.startswith("zbt_notebook.client.") and not isinstance(owner, type | Pull | Pages | WorkerPool):
            held = vars(owner).values() if hasattr(owner, "__dict__") else ()
            found |= {id(value): value for value in held if isinstance(value, LOCKS)}
    return [lock for lock in found.values() if lock.acquire(blocking=False) and lock.release() is None]


LOCKS = (type(threading.Lock()), type(threading.RLock()))


@pytest.mark.parametrize("api", ["classic", "v3"])
def test_a_fork_while_every_lock_is_held_hangs_no_child(api, sandbox):
    """The connection calls, refreshes, looks bugs up by name and tells its state in the child all the same."""
    connection = connection_of(sandbox)

    def act():
        connection.refresh()
        rows = [
            len(connection.bugs(status="Open", progress=False)),
            len(connection.pull("bugs", api=api, progress=False)),
        ]
        return [*rows, len(connection.get("/portals/")["portals"]), connection.status().signed_in]

    expected = act()
    locks = locks_of_the_client()
    assert connection.lookups._lock._lock in locks
    held = [held_by_another_thread(lock) for lock in locks]
    try:
        assert in_a_child(act) == expected
    finally:
        for over in held:
            over.set()


def test_the_child_counts_what_the_parent_sent_and_waits_for_none_of_it():
    """A request that was under way in the parent keeps its slot for as long as it can count, not for ever."""
    now = [0]
    limits = RateLimits(lambda: now[0], lambda: datetime.now(UTC), limit=3, window=100)
    limits.release(limits.acquire("GET /x"), sent=True)
    limits.acquire("GET /x")

    def act():
        window = limits._windows["GET /x"]
        used = [window.used(now[0]), window.in_flight]
        now[0] += LEASE + 101
        return [*used, window.used(now[0])]

    assert in_a_child(act) == [2, 0, 0]
    assert limits._windows["GET /x"].in_flight == 1


def test_a_lock_that_the_forking_thread_holds_is_given_back_once():
    """In the child it is free already, and leaving the ``with`` there is no error."""
    lock = forks.ForkSafeLock()

    def act():
        return lock.acquire(blocking=False)

    with lock:
        assert in_a_child(act) is True
        assert not lock.acquire(blocking=False)
    assert lock.acquire(blocking=False)
    lock.release()


def test_decoding_in_a_child(sandbox):
    """A child makes connections of its own where the parent had none yet."""
    transport = RequestsTransport()
    address = f"{sandbox.accounts_url}/oauth/serverinfo"
    assert in_a_child(lambda: decode_json(transport(Request("GET", address)))["result"]) == "success"
    transport.close()
