"""A ``;`` at the end of a ``%zbt`` line hides its result, as it does in Python, and is no part of the call.

IPython looks for it in the Python that it has made of a cell, where the line is a text by then: there it is moved
behind the call. In quotes (``title='a;'``) it is the call's own.
"""

import ast
from typing import Any

from zbt_notebook.notebook.magic.ipython.magic_lines import find_magic

_CELL = "get_ipython().run_cell_magic('zbt', "


def add_quiet_lines(shell: Any) -> None:
    """Make the shell move it; twice does no harm."""
    if move_semicolons not in shell.input_transformers_post:
        shell.input_transformers_post.insert(0, move_semicolons)  # before others look for the line's end


def rewrite_running_cell(shell: Any) -> None:
    """Let the cell that runs now, and loads the extension, end as if it had been rewritten before.

    IPython looks into its history to tell whether a result is to be shown. The magic itself drops the ``;``.
    """
    history = getattr(shell, "history_manager", None)
    parsed = getattr(history, "input_hist_parsed", None)
    if parsed and "run_line_magic" in parsed[-1]:
        parsed[-1] = "".join(move_semicolons(parsed[-1].splitlines(keepends=True)))


def remove_quiet_lines(shell: Any) -> None:
    """Leave it where it is again."""
    if move_semicolons in shell.input_transformers_post:
        shell.input_transformers_post.remove(move_semicolons)


def move_semicolons(lines: list[str]) -> list[str]:
    """Move the ``;`` of each ``%zbt`` line of a cell behind it."""
    return [_moved(line) for line in lines]


def _moved(line: str) -> str:
    if line.startswith(_CELL):
        return _behind_the_cell(line)
    found = find_magic(line) if ";" in line else None
    if found is None or not found.words.rstrip().endswith(";"):
        return line
    words = found.words.rstrip("; \t")
    return f"{found.head}get_ipython().run_line_magic('zbt', {words!r});{found.tail}"


def _behind_the_cell(source: str) -> str:
    """The same for the first line of a ``%%zbt`` cell; what its body ends with is the body's."""
    call: Any = ast.parse(source).body[0]
    words, body = (argument.value for argument in call.value.args[1:])
    if not words.rstrip().endswith(";"):
        return source
    return f"{_CELL}{words.rstrip('; ')!r}, {body!r});\n"
