"""Takes notice of errors that reach the user of a cell, from a magic or from Python; handled ones do not."""

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zbt_notebook.client.errors import ZbtError


def watch_cells(shell: Any) -> None:
    """Look at what each cell raised from now on, and at the error that was shown last; twice does no harm."""
    if _notice not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _notice)
        _remember(getattr(sys, "last_value", None))


def unwatch_cells(shell: Any) -> None:
    """Look no longer."""
    if _notice in shell.events.callbacks["post_run_cell"]:
        shell.events.unregister("post_run_cell", _notice)


def _notice(outcome: Any) -> None:
    _remember(outcome.error_in_exec)
    cell = getattr(outcome.info, "raw_cell", "") or ""
    if not outcome.success and _LIKE_OUR_LINE.search(cell):
        _take_out_secrets(cell)


# A line that never reached %zbt: misspelt (%zbtt, %ZBT, %zbt?…), or %%zbt without a cell
_LIKE_OUR_LINE = re.compile(r"^\s*%{1,2}\s*zbt", re.IGNORECASE | re.MULTILINE)


def _take_out_secrets(cell: str) -> None:
    from IPython.core.getipython import get_ipython

    from zbt_notebook.client.redactor import holds_secret
    from zbt_notebook.client.streams import tell
    from zbt_notebook.notebook.magic.history import take_out

    held = [word for word in re.findall(r"[\w.~+/=-]+", cell) if holds_secret(word)]  # as the compiled cell has them
    if held and take_out(get_ipython(), *held):
        tell(
            "The line held a secret: IPython's history keeps it no longer. Replace it in Zoho's API console.",
            to="stderr",
        )


def _remember(error: BaseException | None) -> None:
    if error is None:
        return
    from zbt_notebook.notebook import last_error

    found = next(_ours(error), None)
    if found:
        last_error.remember(found, "in a cell")


def _ours(error: BaseException) -> "Iterator[ZbtError]":
    """The error where it is this package's; else those that it was raised from, or that it groups."""
    from zbt_notebook.client.errors import ZbtError

    if isinstance(error, ZbtError):
        yield error
        return
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _ours(one)
    if error.__cause__ is not None and error.__cause__ is not error:
        yield from _ours(error.__cause__)
