"""Words in a message: a user's own are quoted, on one line and without a secret; things are counted and named."""

from zbt_notebook.client.redactor import redact

_MUCH = 500  # characters that are looked at …
_LONGEST = 60  # … and of which so many are shown at most


def shown(word: str) -> str:
    """The word in quotes, fit for a message."""
    masked = redact(word[:_MUCH])  # a secret that is cut is found all the same
    return repr(masked if len(masked) <= _LONGEST else masked[: _LONGEST - 1] + "…")


def counted(count: int, things: str) -> str:
    """``1 bug``, ``1,200 bugs``; the *things* are named in the plural."""
    return f"{count:,} {singular(things) if count == 1 else things}"


def singular(things: str) -> str:
    """One of the things: ``bugs`` → ``bug``, ``activities`` → ``activity``, ``statuses`` → ``status``."""
    for many, one in (("ies", "y"), ("uses", "us"), ("ss", "ss"), ("us", "us"), ("s", "")):
        if things.endswith(many):
            return things.removesuffix(many) + one
    return things


def a(thing: str) -> str:
    """``a list``, ``an int``."""
    return f"{'an' if thing[:1].lower() in 'aeiou' else 'a'} {thing}"
