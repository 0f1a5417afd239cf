"""How many requests of one URL pattern Zoho takes in a window, and how much of it is left unused.

The classic API takes 100 in two minutes, and a breach costs half an hour
(https://www.zoho.com/deluge/help/projects/get-portals.html). V3 takes 200, and a breach costs about ten minutes
(https://projects.zoho.com/api-docs). One run on a real portal was refused at its 200th call of V3, though it was slower
than that: so a margin is left, ten calls of the 200 unless ``ZBT_V3_MARGIN`` says otherwise.
"""

import os
from collections.abc import Mapping
from datetime import datetime

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.limits.sliding_window import LIMIT

V3_LIMIT = 200
V3_MARGIN = 10
MARGIN_VARIABLE = "ZBT_V3_MARGIN"
_LONGEST_RIDE = 20 * 60.0  # seconds: V3's locks were seen to last 8 to 15 minutes
_SAME_LOCK = 180.0  # seconds by which two refusals of one lock may name another end


def is_v3(key: str) -> bool:
    """Whether a URL pattern, such as ``GET /api/v3/portal/{}/issues``, is V3's."""
    return key.partition(" ")[2].startswith("/api/")


def allowance(key: str) -> int:
    """Requests of a URL pattern that may go in one window. Raise UsageError for a margin that is none."""
    return V3_LIMIT - margin() if is_v3(key) else LIMIT


def margin() -> int:
    """How many of V3's calls in a window are left unused."""
    text = os.environ.get(MARGIN_VARIABLE, "").strip().strip("'\"") or str(V3_MARGIN)
    if text.isascii() and text.isdigit() and int(text) < V3_LIMIT:
        return int(text)
    raise UsageError(
        f"{MARGIN_VARIABLE}={text[:20]!r} is no margin", hint=f"Set it to a whole number from 0 to {V3_LIMIT - 1}."
    )


def stated_limits(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """The limit and what remains of it, as an answer's RateLimit headers tell; None where they do not."""
    limit, remaining = headers.get("ratelimit", ""), headers.get("ratelimit-remaining", "")
    if not all(text.isascii() and text.isdigit() and len(text) < 7 for text in (limit, remaining)):  # noqa: PLR2004  no limit has a million
        return None
    return (int(limit), int(remaining)) if 0 < int(limit) >= int(remaining) else None


class OneLock:
    """Lets a pull wait for the end of one of V3's locks, so that what came is not lost; a second one ends it."""

    def __init__(self) -> None:
        self._ends: datetime | None = None

    def __call__(self, key: str, ends: datetime, now: datetime) -> bool:
        """Whether to wait until the lock of this URL pattern ends."""
        if not is_v3(key) or (ends - now).total_seconds() > _LONGEST_RIDE:
            return False
        if self._ends is None:
            self._ends = ends
        return (ends - self._ends).total_seconds() <= _SAME_LOCK
