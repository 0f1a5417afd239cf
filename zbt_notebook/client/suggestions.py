"""Compares a name as somebody typed it with those there are, and offers the nearest where it is none of them."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from unicodedata import normalize


def same_name(written: str, name: str) -> bool:
    """Whether two names read the same: in any case, composed or not, with spaces around."""
    return written == name or folded(written) == folded(name)


def folded(name: str) -> str:
    """A name as it is compared: in any case, without spaces around."""
    return caseless(name).strip()


def caseless(text: str) -> str:
    """A text in which others are looked for: an ``é`` may be one character or two, as a Mac's file names have it."""
    return normalize("NFC", normalize("NFC", text).casefold())


_TELLING = 3  # letters: fewer begin too many words
_NEAR = 0.66  # of difflib's ratio: a typo or two, not another word that has letters in common


def nearest(word: str, known: Iterable[str], *, n: int = 1, cutoff: float = _NEAR) -> list[str]:
    """At most *n* of the known words that a user may have meant, as they are written, in whatever case *word* is.

    Where none is spelled much like it, the only one that begins with it, or with a word of which it does: a first name.
    """
    by_spelling: dict[str, str] = {}
    for name in known:
        by_spelling.setdefault(folded(name), name)
    near = get_close_matches(folded(word), by_spelling, n=n, cutoff=cutoff)
    if not near:
        begun = [name for name in by_spelling if f" {folded(word)}" in f" {name}"]
        near = begun if len(begun) == 1 and len(folded(word)) >= _TELLING else []
    return [by_spelling[spelling] for spelling in near]


def did_you_mean(
    word: str,
    known: Iterable[str],
    otherwise: str = "",
    *,
    n: int = 1,
    cutoff: float = _NEAR,
    quote: Callable[[str], str] = str,
) -> str:
    """``Did you mean a or b?`` for a hint, each word written by *quote*; *otherwise* where nothing is near."""
    near = nearest(word, known, n=n, cutoff=cutoff)
    return f"Did you mean {' or '.join(map(quote, near))}?" if near else otherwise


def there_are(word: str, known: Iterable[str], *, most: int = 30) -> str:
    """``Did you mean b? There are: a, b, c.`` for a hint, of which no more than *most* are named."""
    names = list(known)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    listed = f"There are: {', '.join(names[:most])}{more}".removesuffix(".") + "." if names else "There are none."
    return f"{did_you_mean(word, names)} {listed}".strip()
