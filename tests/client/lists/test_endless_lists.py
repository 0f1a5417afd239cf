"""Lists that repeat themselves, grow as they are read or answer by chance come to an end."""

import pytest

from tests.client.lists.listed import Listed, drain, ids
from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.lists.pager import Pager


def test_pages_of_rows_that_are_all_alike_may_have_no_end():
    """Fifty-one repetitions in a row are one too many; any other page between them begins the count anew."""
    listed = Listed(0)
    listed.rows = [{"label": 0}] * 1000
    with pytest.raises(ApiError, match="same page again"):
        drain(Pager(size=10), listed)
    assert listed.requests == 52
    listed.rows = [{"label": page} for page in (*[0] * 51, *[1] * 51, *range(2, 60), 60, 60) for _ in range(10)]
    assert drain(Pager(size=10), listed) == listed.rows


class Restless(Listed):
    """A list into whose front rows come at every request for a page from *after* on."""

    def __init__(self, size, *, grows, up_to):
        super().__init__(size)
        self.grows, self.up_to = grows, up_to

    def answer(self, page):
        records = super().answer(page)
        for _ in range(self.grows if page.index <= self.up_to and self.requests < 200 else 0):
            self.add(0)
        return records


class ByChance(Listed):
    """Other rows at every request."""

    def answer(self, page):
        self.rows = []
        for _ in range(page.end):
            self.add()
        return super().answer(page)


def test_a_server_that_answers_by_chance_is_an_error():
    """No page holds a row that another held, nor does the first one: wherever the reading steps back to, it is torn."""
    listed = ByChance(0)
    with pytest.raises(ApiError, match="lost records near 6 faster"):
        drain(Pager(size=10), listed)
    assert listed.requests == 18


def test_a_list_that_grows_as_fast_as_it_is_read_is_an_error():
    """Page after page brings nothing new; eight looks at the beginning are enough."""
    listed = Restless(40, grows=9, up_to=1000)
    with pytest.raises(ApiError, match="same page again"):
        drain(Pager(size=10), listed)
    assert listed.requests == 35


@pytest.mark.parametrize(("grows", "requests"), [(0, 5), (15, 37)])
def test_the_beginning_of_a_changing_list_is_read_again_eight_times_at_most(grows, requests):
    """What went there meanwhile is fetched; where more goes there each time, it is left to the next pull."""
    listed = Restless(50, grows=grows, up_to=1)
    listed.rows.reverse()
    came = drain(Pager(size=10, is_past=lambda row: row["id"] <= 20), listed)
    assert set(range(21, 51)) <= set(ids(came))
    assert listed.requests == requests


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("deleted", [1, 3, 10, 40, 80])
def test_a_list_that_shrinks_with_every_request_takes_no_round_for_each_row(deleted, numbered):
    """The pages overlap by more once rows went before them, numbered ones too: every row that stays comes."""
    listed, came = Listed(2000), set()
    pager = Pager(numbered=numbered)
    for page in iter(pager.next_page, None):
        pager.take(page, listed.answer(page))
        came.update(ids(pager.ready()))
        del listed.rows[:deleted]
    assert came >= set(ids(listed.rows))
    assert listed.requests <= 25
