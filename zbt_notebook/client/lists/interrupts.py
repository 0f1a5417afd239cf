"""Holds Ctrl-C back until the page at hand is taken, so that none is left half taken."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Interrupts:
    """Tells, when called, whether Ctrl-C was pressed."""

    def __init__(self) -> None:
        self.pressed = False
        self.pass_on = False

    def __call__(self) -> bool:
        """Whether it was pressed."""
        return self.pressed

    @contextmanager
    def let_through(self) -> Iterator[None]:
        """Inside, Ctrl-C interrupts as ever: for waits that leave nothing half done."""
        self.pass_on = True
        try:
            if self.pressed:
                raise KeyboardInterrupt
            yield
        finally:
            self.pass_on = False


@contextmanager
def noticed() -> Iterator[Interrupts]:
    """Inside, the first Ctrl-C is only noted, in what this gives; a second one interrupts as ever.

    Where another thread than the main one runs this, Python gives it no signals, and the answer is always no.
    """
    interrupts = Interrupts()
    before: Any = None
    if threading.current_thread() is threading.main_thread():
        before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield interrupts
        return

    def note(number: int, frame: Any) -> None:
        again, interrupts.pressed = interrupts.pressed, True
        if again or interrupts.pass_on:
            before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
