"""The limit per URL pattern: so many calls in a rolling window, then a lock."""

from collections import defaultdict, deque
from dataclasses import dataclass
from email.utils import formatdate
from math import ceil
from typing import Any

from zbt_notebook.simulator.bugtracker.refusals import OPERATIONAL
from zbt_notebook.simulator.switches import Switches

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one of the two APIs allows; a limit of 0 is no limit."""

    limit: int
    window: float
    lock: float
    extends: bool = True  # a call that meets a lock begins it anew
    named_minutes: int = 0  # minutes that the refusal names; 0: those that are left
    headers: bool = False

    @classmethod
    def of(cls, switches: Switches, *, classic: bool) -> "Rule":
        """The rule of an API, as the switches stand."""
        if classic:
            return cls(switches.url_limit, switches.url_window, switches.url_lock, switches.throttle_extends_lock)
        return cls(
            switches.v3_limit,
            switches.v3_window,
            switches.v3_lock,
            switches.throttle_extends_lock,
            switches.v3_lock_told,
            switches.v3_rate_headers,
        )


class Throttle:
    """Counts the calls of each URL pattern; ids do not tell patterns apart, so all projects share one count."""

    def __init__(self) -> None:
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._locked_until: dict[str, float] = {}

    def wait(self, pattern: str, now: float, rule: Rule) -> float:
        """Count a call; give the seconds that its pattern stays locked, 0 where the call may go on."""
        if not rule.limit:
            return 0
        until = self._locked_until.get(pattern, now)
        if until > now:
            if rule.extends:
                until = self._locked_until[pattern] = now + rule.lock
            return until - now
        if self._locked_until.pop(pattern, None) is not None:
            self._calls[pattern].clear()
        calls = self._calls[pattern]
        while calls and calls[0] <= now - rule.window:
            calls.popleft()
        if len(calls) < rule.limit:
            calls.append(now)
            return 0
        self._locked_until[pattern] = now + rule.lock
        return rule.lock

    def headers(self, pattern: str, rule: Rule) -> Headers:
        """What V3 is said to tell beside its answers, where the switches want it so."""
        if not rule.headers or not rule.limit:
            return ()
        left = 0 if pattern in self._locked_until else rule.limit - len(self._calls[pattern])
        return (
            ("RateLimit", str(rule.limit)),
            ("RateLimit-Remaining", str(left)),
            ("RateLimit-Window", f"{rule.window:g}"),
            ("RateLimit-Window-Unit", "seconds"),
        )

    def locks(self, now: float) -> dict[str, float]:
        """The patterns that are locked now, with the seconds left."""
        return {pattern: until - now for pattern, until in self._locked_until.items() if until > now}

    def forget(self) -> None:
        """Lift every lock and count anew."""
        self._calls.clear()
        self._locked_until.clear()


def throttled(wait: float, now: float, rule: Rule, switches: Switches) -> tuple[int, dict[str, Any], Headers]:
    """Dress the refusal: status, body, further headers. ``details`` is an object here, unlike anywhere else."""
    window = f"{rule.window / 60:g}"
    message = (
        f"Cannot execute more than {rule.limit} requests per API in {window} minutes. "
        f"Try again after {rule.named_minutes or ceil(wait / 60)} minutes."
    )
    error = {
        "status_code": 429 if switches.throttle_status == 429 else 400,  # noqa: PLR2004  the status itself
        "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
        "error_type": OPERATIONAL,
        "details": {"message": message},
    }
    after = {"none": "", "seconds": str(ceil(wait)), "date": formatdate(now + ceil(wait), usegmt=True)}
    retry_after = after[switches.throttle_retry_after]
    return switches.throttle_status, {"error": error}, (("Retry-After", retry_after),) if retry_after else ()
