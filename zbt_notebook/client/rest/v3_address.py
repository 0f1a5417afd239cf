"""Where V3 is: the host of the data centre that has it, and the word of a path that the portal knows.

Both are found out once a connection, by asking, and never beyond the data centre's own hosts.
"""

import re
from collections.abc import Callable

from zbt_notebook.client.errors import ApiError, NotFound, Unreachable
from zbt_notebook.client.forks import ForkSafeLock

_PROBE = "/api/v3/portals"
# paths that one portal has under one word and another under another
_PAIRS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (
        re.compile(r"(/api/v3/portal/[^/]+/projects/[^/]+/)(issues|bugs)(/[^/]+/comments(?:/[^/]+)?)"),
        ("issues", "bugs"),
    ),
    (re.compile(r"(/api/v3/portal/[^/]+/projects/[^/]+/)(phases|milestones)((?:/[^/]+)?)"), ("phases", "milestones")),
)


class V3Host:
    """Where V3 calls go. ``url`` is the host that is known to have it, empty until one has answered.

    *get* sends GET of a path to a host, and raises what refuses it.
    """

    def __init__(self, hosts: tuple[str, ...], get: Callable[[str, str], object]) -> None:
        self._hosts = hosts
        self._get = get
        self._lock = ForkSafeLock()
        self._searched = len(hosts) == 1
        self.url = ""

    def __repr__(self) -> str:
        return f"V3Host({self.url or self._hosts[0]!r})"

    @property
    def current(self) -> str:
        """The host to send to: the one that is known, else the likeliest."""
        return self.url or self._hosts[0]

    def answered(self, host: str) -> None:
        """Remember a host that has answered."""
        self.url = self.url or host

    def elsewhere(self, host: str, failure: ApiError | Unreachable) -> bool:
        """Whether a call that failed at *host* is worth sending again, to what is now ``current``.

        Another host is looked for once, and only where the failure may mean that V3 is not there at all.
        """
        if not _may_mean_absent(failure):
            return False
        with self._lock:
            if not self.url and not self._searched:
                self._searched = True
                self.url = next((known for known in self._hosts if self._has_v3(known)), "")
            return self.url not in {"", host}

    def _has_v3(self, host: str) -> bool:
        try:
            self._get(host, _PROBE)
        except (ApiError, Unreachable) as failure:
            return not _may_mean_absent(failure)
        return True


def _may_mean_absent(failure: ApiError | Unreachable) -> bool:
    """A path that is not known there, or a host that is not; Zoho words a missing scope like a wrong path, too."""
    if isinstance(failure, Unreachable):
        return failure.may_mean_gone
    return failure.code == "URL_RULE_NOT_CONFIGURED" or isinstance(failure, NotFound)


class V3Words:
    """Which word of a pair the portal has; a path of the other one is asked for by it."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._known: dict[tuple[str, str], str] = {}

    def spelled(self, path: str) -> str:
        """The path by the word that is known to answer; as it is where none is known."""
        found = _split(path)
        if found is None:
            return path
        before, _, after, pair = found
        return before + self._known.get(pair, found[1]) + after

    def other(self, path: str) -> str:
        """The path by the other word, unless its own is known to answer; empty for all other paths.

        While this call was under way, another may have found the word out.
        """
        found = _split(path)
        if found is None:
            return ""
        before, word, after, pair = found
        return "" if self._known.get(pair) == word else before + pair[word == pair[0]] + after

    def answered(self, path: str) -> None:
        """Remember the word of a path that was answered."""
        found = _split(path)
        if found is not None and found[3] not in self._known:
            with self._lock:
                self._known.setdefault(found[3], found[1])


def _split(path: str) -> tuple[str, str, str, tuple[str, str]] | None:
    for pattern, pair in _PAIRS:
        if found := pattern.fullmatch(path):
            return found[1], found[2], found[3], pair
    return None
