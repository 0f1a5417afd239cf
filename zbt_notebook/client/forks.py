"""Makes anew in a forked child what it must not share with its parent: sockets, locks, counts.

``multiprocessing`` and joblib fork. The child has a copy of everything and one thread: a lock that another thread held
would never be released there, and two processes that read from one socket get each other's answers.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakSet


class Renewable(Protocol):
    """An object whose state a forked child must make anew."""

    def renew_after_fork(self) -> None:
        """Make it anew; called in the child, where no other thread runs yet."""


_owners: "WeakSet[Renewable]" = WeakSet()


def renew_in_child(owner: Renewable) -> None:
    """Have *owner* renewed in every process that is forked from now on."""
    _owners.add(owner)


def _renew() -> None:
    for owner in list(_owners):
        owner.renew_after_fork()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew)


class ForkSafeLock:
    """A lock that a forked child finds free, whoever held it in the parent; of another *kind*, an RLock."""

    def __init__(self, kind: Callable[[], Any] = threading.Lock) -> None:
        self._kind = kind
        self._lock = kind()
        renew_in_child(self)

    def renew_after_fork(self) -> None:
        """Replace the lock by a new one, which is free."""
        self._lock = self._kind()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002  threading.Lock's own signature, which Condition relies on
        """Take it, as a threading.Lock."""
        return bool(self._lock.acquire(blocking, timeout))

    def release(self) -> None:
        """Give it back; a child that was forked while it held the lock finds it free already."""
        with suppress(RuntimeError):
            self._lock.release()

    def __enter__(self) -> bool:
        return bool(self._lock.acquire())

    def __exit__(self, *_raised: object) -> None:
        self.release()
