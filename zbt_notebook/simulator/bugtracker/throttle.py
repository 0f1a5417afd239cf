"""The limit per URL pattern: so many calls in a rolling window, then a lock."""

from collections import defaultdict, deque
from math import ceil
from typing import Any

from zbt_notebook.simulator.bugtracker.refusals import OPERATIONAL
from zbt_notebook.simulator.switches import Switches


class Throttle:
    """Counts the calls of each URL pattern; ids do not tell patterns apart, so all projects share one count."""

    def __init__(self) -> None:
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._locked_until: dict[str, float] = {}

    def wait(self, pattern: str, now: float, switches: Switches) -> float:
        """Count a call; give the seconds that its pattern stays locked, 0 where the call may go on."""
        if not switches.url_limit:
            return 0
        until = self._locked_until.get(pattern, now)
        if until > now:
            if switches.throttle_extends_lock:
                until = self._locked_until[pattern] = now + switches.url_lock
            return until - now
        if self._locked_until.pop(pattern, None) is not None:
            self._calls[pattern].clear()
        calls = self._calls[pattern]
        while calls and calls[0] <= now - switches.url_window:
            calls.popleft()
        if len(calls) < switches.url_limit:
            calls.append(now)
            return 0
        self._locked_until[pattern] = now + switches.url_lock
        return switches.url_lock

    def locks(self, now: float) -> dict[str, float]:
        """The patterns that are locked now, with the seconds left."""
        return {pattern: until - now for pattern, until in self._locked_until.items() if until > now}

    def forget(self) -> None:
        """Lift every lock and count anew."""
        self._calls.clear()
        self._locked_until.clear()


def throttled(
    wait: float, switches: Switches, *, classic: bool
) -> tuple[int, dict[str, Any], tuple[tuple[str, str], ...]]:
    """Dress the refusal: status, body, further headers. ``details`` is an object here, unlike anywhere else."""
    window = f"{switches.url_window / 60:g}"
    message = (
        f"Cannot execute more than {switches.url_limit} requests per API in {window} minutes. "
        f"Try again after {ceil(wait / 60)} minutes."
    )
    error: dict[str, Any] = {"code": 6504, "message": message}
    if switches.throttle_shape == "gateway" or not classic:
        error = {
            "status_code": 429 if switches.throttle_status == 429 else 400,  # noqa: PLR2004  the status itself
            "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            "error_type": OPERATIONAL,
            "details": {"message": message},
        }
    headers = (("Retry-After", str(ceil(wait))),) if switches.throttle_retry_after else ()
    return switches.throttle_status, {"error": error}, headers
