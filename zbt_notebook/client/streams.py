"""Standard streams that may be missing, closed or too narrow: a line to the user is worth no error."""

import contextlib
import sys
from typing import TextIO


def tell(text: str, *, stream: TextIO | None = None) -> None:
    """Write to *stream* (default: stdout), if there is one that takes it."""
    stream = sys.stdout if stream is None else stream
    if stream is None:  # pythonw, and what detaches itself
        return
    with contextlib.suppress(OSError, ValueError):  # gone, or closed
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = getattr(stream, "encoding", None) or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at *stream*."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError, AttributeError):
        return False
