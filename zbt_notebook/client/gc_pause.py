"""Pauses Python's cycle collector while one page is decoded and taken into columns, and no longer.

A page of 200 bugs is thousands of dicts, all free of cycles and gone a moment later. Their mere number makes the
collector search the whole kernel, pandas and the user's own objects with it, again and again: up to a fifth of a pull's
time, measured.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zbt_notebook.client.forks import ForkSafeLock

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = ForkSafeLock()
_resting = 0  # how many blocks, of any thread, want the collector at rest
_was_on = False


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep the collector from running inside this block: for a page, not for a whole pull. Threads may overlap."""
    global _resting, _was_on  # noqa: PLW0603 - the collector is the process's, and so is the count of who rests it
    with _lock:
        if _resting == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _resting += 1
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if _resting == 0 and _was_on:
                gc.enable()


def _wake() -> None:
    """In a forked child no thread of the parent's is left to end what it began."""
    global _resting  # noqa: PLW0603  as above
    if _resting and _was_on:
        gc.enable()
    _resting = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_wake)
