"""V3's paths that one portal has under one word and another under another: the word that answers is kept."""

import re

from zbt_notebook.client.forks import ForkSafeLock

_PAIRS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (
        re.compile(r"(/api/v3/portal/[^/]+/projects/[^/]+/)(issues|bugs)(/[^/]+/comments(?:/[^/]+)?)"),
        ("issues", "bugs"),
    ),
    (re.compile(r"(/api/v3/portal/[^/]+/projects/[^/]+/)(phases|milestones)((?:/[^/]+)?)"), ("phases", "milestones")),
)


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
        """Take notice of a word that answers."""
        found = _split(path)
        if found is not None and found[3] not in self._known:
            with self._lock:
                self._known.setdefault(found[3], found[1])


def _split(path: str) -> tuple[str, str, str, tuple[str, str]] | None:
    for pattern, pair in _PAIRS:
        if found := pattern.fullmatch(path):
            return found[1], found[2], found[3], pair
    return None
