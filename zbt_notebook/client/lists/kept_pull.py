"""The interrupted pulls of this kernel, with what they have fetched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zbt_notebook.client.errors import IncompletePull
from zbt_notebook.client.forks import ForkSafeLock

if TYPE_CHECKING:
    from zbt_notebook.client.lists.pull import Pull

_KEPT = 4  # each holds the rows that came

_lock = ForkSafeLock()
_pulls: "dict[str, Pull]" = {}  # the latest last


def keep(name: str, pull: "Pull") -> None:
    """Keep an interrupted pull, in place of the oldest where there are many."""
    with _lock:
        _pulls.pop(name, None)
        _pulls[name] = pull
        while len(_pulls) > _KEPT:
            del _pulls[next(iter(_pulls))]


def kept(name: str | None = None) -> "Pull | None":
    """The interrupted pull of that name, or the latest; None where there is none."""
    with _lock:
        return _pulls.get(name) if name is not None else next(reversed(_pulls.values()), None)


@contextmanager
def kept_if_incomplete(pull: "Pull") -> Iterator[None]:
    """Keep a pull that ends early inside, for ``resume``; one that is complete is kept no longer."""
    try:
        yield
    except IncompletePull:
        keep(pull.request.id, pull)
        raise
    forget(pull.request.id)


def forget(name: str | None = None) -> None:
    """Keep that pull no longer, for it is complete; without a name, keep none."""
    with _lock:
        if name is None:
            _pulls.clear()
        else:
            _pulls.pop(name, None)


def _begin_empty() -> None:
    """In a forked child: the parent goes on with its pulls, and the child must not do the same."""
    _pulls.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_empty)
