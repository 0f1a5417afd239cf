"""The columns of a pull are there whether it brings rows or not."""

import pytest

from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.lists.first_columns import FIRST


@pytest.mark.parametrize("api", ["classic", "v3"])
@pytest.mark.parametrize("kind", ["bugs", "comments", "milestones", "timelogs", "users"])
def test_an_empty_pull_has_the_first_columns_of_a_full_one(connection, world, kind, api):
    """And their dtypes: what a notebook does with the rows of yesterday, it can do with none today."""
    world.bugtracker().generate(projects=2, bugs=30)
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    world.set(url_limit=0)
    full, empty = connection.pull(kind, api=api), connection.pull(kind, api=api, limit=0)
    assert len(full)
    assert len(empty) == 0
    assert {"project.id", "project.name", "id"} <= set(empty) <= set(full)
    assert {name: str(full[name].dtype) for name in empty} == {name: str(dtype) for name, dtype in empty.dtypes.items()}
    first = list(FIRST.get(kind, ()))
    assert list(full.columns[: len(first)]) == list(empty.columns[: len(first)]) == first


def test_a_pull_of_nothing_new_can_be_asked_for_its_titles(connection):
    """The most common empty one: since= in the future."""
    frame = connection.pull("bugs", since="2030-01-01")
    assert frame["title"].tolist() == frame["created_time_long"].tolist() == []
