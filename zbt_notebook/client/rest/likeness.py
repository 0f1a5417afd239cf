"""How alike two paths are: a misspelt one is answered with the nearest of the catalogue."""

from collections.abc import Sequence


class Likeness:
    """How far apart two paths are, in segments (Levenshtein's distance)."""

    __slots__ = ("known", "words")

    def __init__(self, words: frozenset[str]) -> None:
        self.words = words
        self.known: dict[tuple[str, str], float] = {}

    def distance(self, written: Sequence[str], own: Sequence[str]) -> float:
        """How many segments have to change, each by how much it differs."""
        row = [0.15 * column for column in range(len(own) + 1)]  # a beginning is soon forgotten
        for left in written:
            before, row[0] = row[0], row[0] + 1
            for column, right in enumerate(own, 1):
                replaced = before + self._between(left, right)
                before = row[column]
                row[column] = min(replaced, row[column] + 1, row[column - 1] + 1)
        return row[-1]

    def shared(self, written: Sequence[str], own: Sequence[str]) -> bool:
        """Whether any word is much the same: placeholders alone, which take all, make no likeness."""
        words = [segment for segment in own if not is_placeholder(segment)]
        return any(self._between(left, right) < 0.4 for left in written for right in words)  # noqa: PLR2004  by trial

    def _between(self, left: str, right: str) -> float:
        if is_placeholder(right):
            return 0.8 if left in self.words else 0.0  # an id or a name fits; a word of the catalogue hardly
        if (left, right) not in self.known:
            from difflib import SequenceMatcher

            self.known[left, right] = 1 - SequenceMatcher(None, left.casefold(), right, autojunk=False).ratio()
        return self.known[left, right]


def is_placeholder(segment: str) -> bool:
    """Whether a segment of a path stands for an id: ``{portal}``."""
    return segment.startswith("{") and segment.endswith("}")
