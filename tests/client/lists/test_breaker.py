"""Once Zoho locks an address nothing is sent to it until the time, by whomever."""

import stat
import threading
from datetime import timedelta

import pytest

from tests.client.conftest import sign_in
from zbt_notebook.client.errors import RateLimited
from zbt_notebook.client.limits import registry
from zbt_notebook.client.limits.registry import KnownLocks

ZOHO = "https://projectsapi.zoho.example"


@pytest.mark.parametrize("status", [200, 400, 429])
def test_nothing_is_sent_until_the_time(world, wire, status):
    """Whatever the refusal's dress, from other threads and other connections; the address next door still answers."""
    first, second = sign_in(world, wire), sign_in(world, wire)
    second.client.limits = first.client.limits  # as all of a client's are, but for those with a clock of their own
    world.set(url_limit=1, throttle_status=status)
    path = "/portal/brightwater/projects/"
    first.get(path)
    with pytest.raises(RateLimited) as met:
        first.get(path)
    sent, refusals = len(wire.requests), []

    def ask(connection):
        try:
            connection.get(path)
        except RateLimited as refusal:
            refusals.append(refusal.retry_at)

    threads = [threading.Thread(target=ask, args=(connection,)) for connection in (first, second) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 8
    assert met.value.retry_at
    assert max(filter(None, refusals)) - met.value.retry_at < timedelta(seconds=1)
    assert len(wire.requests) == sent
    first.get("/portals/")
    world.clock.advance((met.value.retry_at - first.client.today()).total_seconds() - 1)
    ask(second)
    assert len(wire.requests) == sent + 1
    world.clock.advance(2)
    assert second.get(path)["projects"]


def test_a_kernel_that_starts_anew_knows_of_the_lock(monkeypatch, tmp_path):
    """A restart is what many try first, and a call during the lock can make it longer."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    limits = registry.limits_of(ZOHO, "1000.X")
    limits.lock("GET /bugs", limits._today() + timedelta(minutes=20))
    (file,) = (tmp_path / "zbt-notebook").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    registry._limits.forget(None)  # what a new kernel knows
    fresh = registry.limits_of(ZOHO, "1000.X")
    with pytest.raises(RateLimited), fresh.slot("GET /bugs"):
        pass
    with fresh.slot("GET /users"), registry.limits_of(ZOHO, "1000.Y").slot("GET /bugs"):
        pass
    registry.forget(ZOHO)
    assert not list((tmp_path / "zbt-notebook").iterdir())


@pytest.mark.parametrize("text", ["", "soon", "-5", "0", str(10**18)])
def test_what_is_no_time_is_no_lock(tmp_path, text):
    """A torn write, or one from before the machine started anew."""
    locks = KnownLocks(tmp_path, ZOHO, "1000.X")
    locks.keep("GET /bugs", 7)
    assert locks.until("GET /bugs", 5) == 7
    assert locks.until("GET /bugs", 8) == 0
    next(tmp_path.iterdir()).write_text(text)
    assert locks.until("GET /bugs", 5) == 0


def test_a_stand_in_on_this_machine_leaves_no_lock(monkeypatch, tmp_path):
    """Nor does one leave it where there is no place."""
    assert KnownLocks.of("http://127.0.0.1:1", "1000.X") is None
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    assert KnownLocks.of(ZOHO, "1000.X") is None
    registry.forget_locks()
    KnownLocks(tmp_path / "missing", ZOHO, "1000.X").keep("GET /bugs", 7)
