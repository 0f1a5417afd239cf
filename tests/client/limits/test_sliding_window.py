"""The window of one URL pattern, by itself: what it takes, gives back, foretells and takes over."""

import pytest

from zbt_notebook.client.limits.sliding_window import LEASE, SlidingWindow, wait_for_slot


def full(*releases, limit=3, window=100):
    """A window whose slots were taken at 0 and given back at these times."""
    made = SlidingWindow(limit, window)
    for _ in releases:
        assert made.take(0) == 0
    for at in releases:
        made.release(at)
    return made


def test_a_slot_is_free_at_the_end_of_its_window_and_not_before():
    """To the nanosecond, counted from the answer."""
    window = full(0, 10, 20)
    assert [window.take(now) for now in (30, 99)] == [70, 1]
    assert window.take(100) == 0
    assert (window.used(100), window.used(109), window.used(110), window.used(120)) == (3, 3, 2, 1)


def test_who_leaves_slots_to_others_waits_for_more_of_them():
    """And for one at least, however many are to be left."""
    window = full(0, 10, 20)
    assert [window.take(30, leave=leave) for leave in (0, 1, 2, 3, 9)] == [70, 80, 90, 90, 90]
    assert SlidingWindow(3, 100).take(0, leave=2) == 0
    assert SlidingWindow(3, 100).take(0, leave=3) == 0
    free = full(0, 10, limit=4)
    assert [free.take(30, leave=leave) for leave in (2, 3)] == [70, 80]


def test_where_all_is_under_way_only_an_answer_can_free_one():
    """Nobody knows when that comes; one that was never sent frees its slot at once."""
    window = SlidingWindow(2, 100)
    assert (window.take(0), window.take(0), window.take(0)) == (0, 0, None)
    assert (window.in_flight, window.used(0)) == (2, 2)
    window.release(5, sent=False)
    assert (window.in_flight, window.used(5), window.take(5)) == (1, 1, 0)
    window.release(7)
    assert window.take(8) == 99


def test_it_foretells_when_the_last_of_many_may_go():
    """As if all were answered at once."""
    window = full(0, 10, 20)
    assert [window.forecast(30, count) for count in (0, -1, 1, 2, 3, 4)] == [0, 0, 70, 80, 90, 170]
    assert [window.forecast(30, 1, leave=leave) for leave in (1, 2, 3, 9)] == [80, 90, 90, 90]
    assert window.forecast(100, 1) == 0
    assert window.take(100) == 0
    assert [window.forecast(105, count) for count in (1, 2, 3)] == [5, 15, 100]
    assert SlidingWindow(2, 100).forecast(0, 5) == 200
    assert wait_for_slot([], 1, 1, 100) == 0


def test_a_lock_lasts_until_its_end():
    """A later one takes its place."""
    window = SlidingWindow(3, 100)
    assert window.lock_left(0) == 0
    window.lock(50)
    assert [window.lock_left(now) for now in (0, 49, 50, 51)] == [50, 1, 0, 0]


def test_what_another_window_counted_is_taken_over():
    """In order, beside its own; what is over is let go."""
    window = full(0, 50)
    window.adopt(120, [100, 120, 180, 130])
    assert window.taken(120) == [130, 150, 180]
    assert window.take(120) == 10


def test_what_is_under_way_is_taken_for_as_long_as_it_can_be():
    """For a child process it is nobody's: it counts, and no answer will come."""
    window = full(0)
    assert (window.take(10), window.take(10)) == (0, 0)
    until = 20 + LEASE + 100
    assert window.taken(20) == [100, until, until]
    window.abandon(20)
    assert window.in_flight == 0
    assert window.taken(20) == [100, until, until]
    assert window.take(99) == 1
    assert window.used(100) == 2


@pytest.mark.parametrize("now", [100, 101])
def test_looking_forgets_what_is_over(now):
    """Whoever looks first."""
    assert full(0, 50).taken(now) == [150]
    assert full(0, 50).forecast(now, 3) == 150 - now
