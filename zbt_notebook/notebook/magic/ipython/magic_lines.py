"""Finds the ``%zbt`` in a line that IPython has made Python of, whatever its result is assigned to."""

import ast
from dataclasses import dataclass
from typing import Any

_MARK = "run_line_magic('zbt', "


@dataclass(frozen=True, slots=True)
class MagicLine:
    """A line of Python with one call of the magic: what stands before it, its words, and what follows it."""

    head: str
    words: str
    tail: str


def find_magic(line: str) -> MagicLine | None:
    """Take a line apart; None for any other, a text that only holds these words among them."""
    if _MARK not in line:
        return None
    margin = line[: len(line) - len(line.lstrip())]
    source = line[len(margin) :]
    try:
        statement: Any = ast.parse(source).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None
    call: Any = getattr(statement, "value", None)
    if not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign) or not _is_magic(call):
        return None
    text = source.encode()
    head, tail = text[: call.col_offset].decode(), text[call.end_col_offset :].decode()
    return MagicLine(margin + head, call.args[1].value, tail)


def _is_magic(call: Any) -> bool:
    """Whether it is ``get_ipython().run_line_magic('zbt', '…')``."""
    return (
        isinstance(call, ast.Call)
        and ast.unparse(call.func) == "get_ipython().run_line_magic"
        and [type(argument) for argument in call.args] == [ast.Constant, ast.Constant]
        and call.lineno == call.end_lineno == 1
    )
