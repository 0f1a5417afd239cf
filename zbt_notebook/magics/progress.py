"""One line that counts along, for what takes longer than a second."""

import sys
import time
from types import TracebackType
from typing import Self

from zbt_notebook.magics.sheet import plain

SILENT_FOR = 1.0  # seconds


class Progress:
    """Counts on one line of stdout, which Jupyter and terminals overwrite; silent where it is over in a second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            sys.stdout.write("\n")
            sys.stdout.flush()

    def show(self, **counts: int) -> None:
        """Show the counts by name: ``rows=1200`` reads as 1,200 rows."""
        elapsed = time.monotonic() - self._started
        if elapsed < SILENT_FOR:
            return
        line = plain(", ".join(f"{count:,} {name}" for name, count in counts.items()) + f", {elapsed:.0f} s")
        sys.stdout.write("\r" + line.ljust(self._width))
        sys.stdout.flush()
        self._width = len(line)
