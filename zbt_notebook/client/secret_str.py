"""Texts that are used and never shown, and what refuses to carry them out of the kernel."""

from typing import NoReturn, Self, SupportsIndex
from weakref import WeakValueDictionary

from zbt_notebook.client.settings import setting

_IN_THE_ENVIRONMENT = ("ZBT_CLIENT_SECRET", "ZBT_REFRESH_TOKEN")


class StaysInKernel:
    """Refuses to be pickled, copied or normalised: its secrets would leave the kernel, or live on in a copy."""

    __slots__ = ()

    def __reduce_ex__(self, _protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not pickled or copied: its secrets would leave the kernel")

    def __dask_tokenize__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} has no token for Dask: that would be made of its secrets")


class SecretStr(StaysInKernel, str):
    """A secret, equal to its text and usable as it; ``repr`` does not give it away.

    ``%xmode Verbose`` prints the variables of each frame, and those of our own frames as soon as one of our errors is
    the cause of another. While it lives, ``redactor`` takes its text out of what is shown.
    """

    __slots__ = ("__weakref__",)

    def __new__(cls, text: str = "") -> Self:
        """Make a secret of a text, known to ``live_secrets`` for as long as somebody holds it."""
        secret = super().__new__(cls, text)
        if secret:
            _live[id(secret)] = secret
        return secret

    def __repr__(self) -> str:
        return "'…'" if self else "''"


_live: "WeakValueDictionary[int, SecretStr]" = WeakValueDictionary()  # by identity: of two equal ones, one may go first


def live_secrets() -> frozenset[str]:
    """Every secret that this process holds now: those in use, and those in its ``ZBT_*`` variables."""
    held = (reference() for reference in _live.valuerefs())
    waiting = (setting(name) for name in _IN_THE_ENVIRONMENT)
    return frozenset(secret for secret in (*held, *waiting) if secret)
