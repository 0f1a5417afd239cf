"""The last error that its user saw, in words alone: what ``%zbt doctor`` explains."""

import time
from dataclasses import dataclass

from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.redactor import redact


@dataclass(frozen=True, slots=True)
class Seen:
    """An error's kind and its two lines, where it was seen, and when (seconds since the epoch).

    Not the error itself: that would keep its traceback alive, hence the frames with their values, and the rows of an
    IncompletePull.
    """

    kind: type[ZbtError]
    message: str
    hint: str
    where: str
    at: float


_last: Seen | None = None


def remember(error: ZbtError, where: str) -> None:
    """Take notice of an error that its user sees *where* (``in a cell``); one that the code handled is none."""
    global _last  # noqa: PLW0603  a process has one last error, as sys.last_value is one
    _last = Seen(type(error), redact(error.message), redact(error.hint), where, time.time())


def last() -> Seen | None:
    """The last one, or None where there was none yet."""
    return _last
