"""Writes a line to a standard stream. A missing, closed or too narrow stream is no error."""

import contextlib
import sys
from typing import Literal, TextIO


def tell(text: str, *, to: Literal["stdout", "stderr"] = "stdout") -> None:
    """Write to a standard stream, if there is one that takes it."""
    stream: TextIO | None = getattr(sys, to, None)
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
