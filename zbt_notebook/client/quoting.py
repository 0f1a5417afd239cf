"""Quotes a user's words in a message: on one line, not too long, and without a secret."""

from zbt_notebook.client.redactor import has_shape, redact


def shown(word: str, *, longest: int = 60) -> str:
    """The word in quotes, fit for a message."""
    masked = redact(word[:_MUCH])  # a secret that is cut is found all the same
    return repr(masked if len(masked) <= longest else masked[: longest - 1] + "…")


_MUCH = 500  # characters that are looked at, of which fewer are shown


def holds_token(text: str) -> bool:
    """Whether something in the text has the shape of Zoho's codes, tokens and client secrets."""
    return has_shape(text)
