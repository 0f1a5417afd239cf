"""A world without a socket, whose clock stands still, and somebody with a browser in it."""

import pytest

from tests.sandbox.person import Person
from zbt_notebook.simulator import Clock, World


@pytest.fixture
def world():
    return World(clock=Clock(frozen_at=1_700_000_000))


@pytest.fixture
def person(world):
    return Person(world)
