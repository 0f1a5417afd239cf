"""Ctrl-C as a question that is asked between two pages, so that no page is left half taken."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def noticed() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl-C was pressed; pressed a second time, it interrupts as ever.

    Where another thread than the main one runs this, Python gives it no signals, and the answer is always no.
    """
    pressed: list[bool] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before: Any = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield lambda: False
        return

    def note(number: int, frame: Any) -> None:
        if pressed:
            before(number, frame)
        pressed.append(True)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
