"""Values of every kind, as a bug is changed or chosen by them: the text that any call would send, or a refusal."""

from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zbt_notebook.client.errors import UsageError


class Colour(Enum):
    RED = "Red"


class Unwritable:
    def __str__(self):
        raise RuntimeError


@pytest.fixture
def bug(connection):
    return connection.bug(1, project=connection.lookups.projects(connection.lookups.portal())[0].id)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Colour.RED, "Red"),
        (np.str_("Red"), "Red"),
        (Path("a/b"), "a/b"),
        (Decimal("1.50"), "1.50"),
        (np.int64(7), "7"),
        (date(2026, 9, 1), "2026-09-01"),
    ],
)
def test_a_title_is_the_text_that_a_call_would_send(connection, bug, value, sent):
    """Never a repr; and a filter by the same value finds it."""
    bug.update(title=value)
    assert bug["title"] == sent
    assert bug.id in connection.bugs(title=value)["id"].astype(str).tolist()


ODD = (bytearray(b"a"), memoryview(b"a"), b"a", object(), int, len, Unwritable(), {"a": 1}, pd.DataFrame({"a": [1]}))
OTHERS = (pd.Series([1, 2]), np.array([1, 2]), (1, 2), 10**5000, float("nan"), pd.NaT)


@pytest.mark.parametrize("value", [*ODD, *OTHERS], ids=lambda value: type(value).__name__)
def test_what_has_no_text_is_refused_and_nothing_is_sent(bug, wire, value):
    """As everywhere else, in two lines."""
    before = len(wire.requests)
    with pytest.raises(UsageError):
        bug.update(title=value)
    assert not [request for request in wire.requests[before:] if request.method != "GET"]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("filter_", ["title_contains", "title", "comments_from", "closed", "status", "created_from"])
def test_a_filter_takes_nothing_that_has_no_text(connection, filter_, value):
    """A bytearray is no list of numbers, a dict none of its keys."""
    with pytest.raises(UsageError, match="is of the type"):
        connection.bugs(**{filter_: value})
