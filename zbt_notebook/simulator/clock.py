"""The sandbox's time, which tests and users can move forward."""

import math
import threading
import time


class Clock:
    """Wall time plus whatever it was advanced by.

    ``frozen`` clocks start at a given epoch second and move only when told to.
    """

    def __init__(self, *, frozen_at: float | None = None) -> None:
        self._frozen_at = frozen_at
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the epoch, as the simulated Zoho sees them."""
        with self._lock:
            return (time.time() if self._frozen_at is None else self._frozen_at) + self._ahead

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once. Time never runs backwards: what is negative or no number raises ValueError."""
        if not 0 <= seconds < math.inf:
            message = f"the clock only runs forward, not by {seconds} s"
            raise ValueError(message)
        with self._lock:
            self._ahead += seconds
