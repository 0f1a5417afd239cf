"""No secret on a magic line: IPython keeps every line in its history, and Jupyter keeps the cell."""

from collections.abc import Iterable

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.redactor import holds_secret, holds_token

_NEVER_AN_OPTION = frozenset(
    {
        "access-token",
        "api-key",
        "authorization",
        "authtoken",
        "client-secret",
        "clientsecret",
        "code",
        "password",
        "refresh-token",
        "secret",
        "token",
    }
)
_NEVER_AN_ITEM = frozenset({"access-token", "authorization", "authtoken", "client-secret", "refresh-token"})


class SecretOnLine(UsageError):
    """A secret stood on a line, or in a cell: it was not used, and is not safe any more."""


def refuse_secret_words(words: Iterable[str]) -> None:
    """Raise UsageError, without the value, where a line tries to hand over a secret."""
    words = tuple(words)
    signs_in = "login" in words
    for word in words:
        if word.startswith("-"):
            if (name := _name(word)) in _NEVER_AN_OPTION:
                raise _refusal(f"--{name}")
        elif signs_in and not word.startswith("/") and (name := _name(word)) in _NEVER_AN_OPTION and name != word:
            raise _refusal(name)
        if holds_token(word):
            raise _refusal("something that looks like one of Zoho's codes, tokens or secrets")


def refuse_live_secrets(*texts: str) -> None:
    """Raise UsageError, without the value, where a secret of this kernel stands in a line or a cell."""
    if any(map(holds_secret, texts)):
        raise _refusal("one of this kernel's secrets, or what looks like one of Zoho's,")


def refuse_secret_item(name: str, value: str) -> None:
    """Raise UsageError where an item of a call is a credential."""
    if name.strip().lower() == "authorization":
        raise SecretOnLine(
            "the Authorization header cannot be set on a line",
            hint="Every call is signed already; %zbt login signs in, --as NAME takes another connection.",
        )
    if _name(name) in _NEVER_AN_ITEM or holds_token(value):
        raise _refusal(_name(name))


def _name(word: str) -> str:
    for separator in ("=", ":", "@"):
        word = word.partition(separator)[0]
    return word.lstrip("-\u2010\u2011\u2012\u2013\u2014\u2212").replace("_", "-").strip().lower()


def _refusal(name: str) -> SecretOnLine:
    return SecretOnLine(
        f"{name} is not taken from a magic line, as IPython's history and the notebook keep the line",
        hint="Delete it from the cell and replace the secret in Zoho's API console; then %zbt login, which asks for it "
        "in the card, or set ZBT_CLIENT_SECRET and ZBT_REFRESH_TOKEN in the environment.",
    )
