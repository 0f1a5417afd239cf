"""``%zbt`` and ``%%zbt``: read a line, ask, return."""

import sys
import traceback
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from zbt_notebook.errors import UsageError, ZbtError
from zbt_notebook.magics import subcommands
from zbt_notebook.magics.call_line import CommandLine, parse
from zbt_notebook.magics.console import Console
from zbt_notebook.magics.words import mask_tokens


@magics_class
class ZbtMagics(Magics):
    """The magics, over the state they share."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.console = Console(shell)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def zbt(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        """Call the Zoho BugTracker API, sign in and out: ``%zbt help``."""
        try:
            return self._run(line, cell, local_ns)
        except ZbtError as error:
            self.console.last_error = error
            if "--trace" in line.split():
                sys.stderr.write(mask_tokens("".join(traceback.format_exception(error))))
            raise

    def _run(self, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Any:
        parsed = parse(line)
        if isinstance(parsed, CommandLine):
            if cell is not None and cell.strip():
                raise UsageError(
                    f"%zbt {parsed.subcommand} takes no cell", hint=f"Write %zbt {parsed.subcommand} in a line."
                )
            return subcommands.run(self.console, parsed)
        from zbt_notebook.magics import calls

        return calls.run(self.console, parsed, cell, local_ns)
