"""Bugs are found and written in the portal that the lists' tests pull, by each of the two APIs."""

import pytest

from tests.client.lists.conftest import world
from zbt_notebook.client.limits.rate_limit import RateLimits

__all__ = ["world"]


@pytest.fixture(params=["classic", "v3"])
def api(request, world, connection):
    """Each of the two without a limit, as Zoho answers before and after the end of the classic one."""
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    world.set(url_limit=0, v3_limit=0)
    if request.param == "v3":
        world.set(classic_end="410")
    return request.param
