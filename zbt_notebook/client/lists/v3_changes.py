"""What changed in all of a portal, from one page of V3's issues of every project, where that page proves it.

Nobody has said that V3 heeds a sort by the time of change. So a page counts where it holds the whole list; else where
its times fall, in an order that is not that of making, down to one from before. Any other
page proves nothing.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from zbt_notebook.client.errors import ApiError, NotFound, RateLimited, ScopeMissing
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.page import PAGE_SIZE
from zbt_notebook.client.rest.api import ApiCall, NotAList
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.v3_columns.reading import epoch, nested

Changed = Mapping[str, Sequence[Any]]

_NAMES = ("last_updated_time", "last_modified_time")  # of the time of change: documents and portals disagree
_DIFFERENT = 8  # times that fall by chance once in 40,000


def changed_issues(client: ApiClient, path: str, since: int, lane: Lane) -> Changed | None:
    """The issues that changed from *since* on, epoch milliseconds, by project; None where V3 does not prove it."""
    since -= since % 1000  # V3 was seen to round its times down to the second
    for name in _NAMES:
        call = ApiCall("GET", path, (("sort_by", f"DESC({name})"), ("page", "1"), ("per_page", str(PAGE_SIZE))))
        try:
            page = client.fetch(call, lane)
            records = page.the_records(call)
        except RateLimited:
            raise
        except (NotFound, ScopeMissing, NotAList):
            return None
        except ApiError:  # it may know the time by its other name
            continue
        times = [time for record in records if (time := _time(record, "last_updated_time")) is not None]
        if len(times) < max(1, len(records)):
            return None
        falls = all(later >= earlier for later, earlier in pairwise(times))
        if page.more is False or (falls and times[-1] < since and _are_sorted(records, times)):
            return _by_project(records, times, since)
        if falls:
            return None
    return None


def _are_sorted(records: Sequence[Any], times: Sequence[int]) -> bool:
    """Whether times that fall do so for being sorted: they are many, and their records were not made in that order."""
    made = [time for record in records if (time := _time(record, "created_time")) is not None]
    ways = {(later > earlier) - (later < earlier) for later, earlier in pairwise(made)}
    return len(set(times)) >= _DIFFERENT and {-1, 1} <= ways


def _by_project(records: Sequence[Any], times: Sequence[int], since: int) -> Changed | None:
    found: dict[str, list[Any]] = {}
    for record, time in zip(records, times, strict=True):
        project = nested(record.get("project")).get("id")
        if not project:
            return None
        if time >= since:
            found.setdefault(str(project), []).append(record)
    return found


def _time(record: Any, name: str) -> int | None:
    return epoch(nested(record).get(name))
