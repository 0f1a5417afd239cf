"""The cycle collector during a pull: it runs, less often, and as before when the pull is over."""

import gc
import threading

import pytest

from zbt_notebook.client.rare_gc import gc_rarely

USUAL = 700, 10, 10


@pytest.fixture(autouse=True)
def threshold():
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)


def test_the_collector_begins_later_until_the_last_thread_is_done():
    """Overlapping blocks leave the threshold as the first found it."""
    inside, leave = threading.Event(), threading.Event()

    def hold():
        with gc_rarely():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    with gc_rarely():
        other.start()
        inside.wait(10)
    assert gc.get_threshold()[0] > 10 * USUAL[0]
    assert gc.isenabled()
    leave.set()
    other.join()
    assert gc.get_threshold() == USUAL


def test_an_error_leaves_the_usual_threshold():
    """As does Ctrl-C."""
    with pytest.raises(KeyboardInterrupt), gc_rarely():
        raise KeyboardInterrupt
    assert gc.get_threshold() == USUAL


@pytest.mark.parametrize("own", [0, 100_000])
def test_a_users_own_threshold_stands(own):
    """Whether they have switched the collector off or made it rarer still, before or meanwhile."""
    gc.set_threshold(own, 5, 5)
    with gc_rarely():
        assert gc.get_threshold() == (own, 5, 5)
    assert gc.get_threshold() == (own, 5, 5)
    gc.set_threshold(*USUAL)
    with gc_rarely():
        gc.set_threshold(own, 5, 5)
    assert gc.get_threshold() == (own, 5, 5)


@pytest.mark.parametrize("road", ["pull", "rows"])
def test_a_pull_lets_it_rest(connection, road):
    """While its pages come, and no longer."""
    seen = set()
    inner = connection.client.transport

    def transport(request):
        seen.add(gc.get_threshold()[0])
        return inner(request)

    connection.client.transport = transport
    rows = connection.pull("bugs") if road == "pull" else list(connection.rows("/portals/"))
    assert len(rows)
    assert max(seen) > 10 * USUAL[0]
    assert gc.get_threshold() == USUAL
