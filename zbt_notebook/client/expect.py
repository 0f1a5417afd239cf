"""Checks arguments. A wrong one is refused in two lines, before Python raises an error from somewhere inside."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zbt_notebook.client.atomic_write import path_problem
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.suggestions import did_you_mean


def text(value: Any, what: str, *, hint: str = "Give a text.") -> str:
    """The value, if it is a text that can be sent; raise UsageError where it is not."""
    if not isinstance(value, str):
        raise UsageError(f"{what} is of the type {type(value).__name__}, and no text", hint=hint)
    try:
        value.encode()
    except UnicodeEncodeError:
        pass
    else:
        return value
    raise UsageError(f"{what} holds half a character", hint=hint)


def one_of(value: Any, what: str, words: Iterable[str]) -> str:
    """The value, if it is one of the words; raise UsageError with the nearest where it is not."""
    words = tuple(words)
    if isinstance(value, str) and value in words:
        return value
    given = shown(value) if isinstance(value, str) else f"of the type {type(value).__name__}"
    listed = f"It may be {', '.join(words)}."
    hint = did_you_mean(value, words, listed) if isinstance(value, str) else listed
    raise UsageError(f"{what} is {given}", hint=hint)


def file_path(value: Any, what: str) -> Path:
    """The path of a file to write; raise UsageError where none can be there."""
    path = _path(value, what)
    if problem := path_problem(path):
        raise UsageError(f"{what} {problem}", hint="Give the path of a file: 'pull.zbt'.")
    return path


def folder_path(value: Any, what: str) -> Path:
    """The path of a folder, there or not; raise UsageError where none can be."""
    path = _path(value, what)
    if not path.is_dir() and (problem := path_problem(path)):
        raise UsageError(f"{what} {problem}", hint="Give the path of a folder: 'bugs'.")
    return path


def _path(value: Any, what: str) -> Path:
    try:
        path = Path(value).expanduser().absolute()
        if b"\0" not in os.fsencode(path):
            path.is_dir()  # raises where the name is too long
            return path
        problem = "holds a NUL"
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        problem = f"is no path ({getattr(error, 'strerror', None) or type(error).__name__})"
    raise UsageError(f"{what} {problem}", hint="Give a path as a text or a Path.")
