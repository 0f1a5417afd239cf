"""Offers the nearest right words where a word is wrong."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], *, n: int = 1, cutoff: float = 0.6) -> list[str]:
    """At most *n* of the known words that a user may have meant, as they are written, in whatever case *word* is."""
    by_spelling: dict[str, str] = {}
    for name in known:
        by_spelling.setdefault(name.casefold(), name)
    return [by_spelling[spelling] for spelling in get_close_matches(word.casefold(), by_spelling, n=n, cutoff=cutoff)]


def did_you_mean(
    word: str,
    known: Iterable[str],
    otherwise: str = "",
    *,
    n: int = 1,
    cutoff: float = 0.6,
    quote: Callable[[str], str] = str,
) -> str:
    """``Did you mean a or b?`` for a hint, each word written by *quote*; *otherwise* where nothing is near."""
    near = nearest(word, known, n=n, cutoff=cutoff)
    return f"Did you mean {' or '.join(map(quote, near))}?" if near else otherwise
