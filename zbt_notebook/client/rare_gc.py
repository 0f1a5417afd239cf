"""Lets Python's cycle collector run less often while pages become columns, and never switches it off.

A page of 200 bugs is some 3,000 containers, all free of cycles and gone a moment later. Their mere number makes the
collector search the whole kernel, pandas and the user's own objects with it, again and again: a sixth of a pull's
time, measured. Above a threshold that several pages stay below, it searches only where a pull, or the user meanwhile,
really keeps that many.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zbt_notebook.client.forks import ForkSafeLock

if TYPE_CHECKING:
    from collections.abc import Iterator

_THRESHOLD = 50_000  # containers made and not freed; Python's own is 700 or 2,000

_lock = ForkSafeLock()
_inside = 0  # blocks, of any thread
_before: tuple[int, int, int] | None = None


@contextmanager
def gc_rarely() -> Iterator[None]:
    """Have the collector begin later inside this block. Threads may overlap; a user's own threshold stands."""
    global _inside, _before  # noqa: PLW0603 - the collector is the process's, and so is the count
    with _lock:
        if _inside == 0 and 0 < gc.get_threshold()[0] < _THRESHOLD:
            _before = gc.get_threshold()
            gc.set_threshold(_THRESHOLD, *_before[1:])
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _restore()


def _restore() -> None:
    """Give the user's threshold back, unless they have chosen another one meanwhile."""
    global _inside, _before
    if _before is not None and gc.get_threshold()[0] == _THRESHOLD:
        gc.set_threshold(*_before)
    _inside, _before = 0, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_restore)  # there no thread of the parent's is left to end what it began
