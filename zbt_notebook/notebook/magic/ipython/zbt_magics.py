"""``%zbt`` and ``%%zbt``: read a line, ask, return.

What is behind them is imported on first use: that keeps ``%load_ext zbt_notebook`` at a few milliseconds.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

if TYPE_CHECKING:
    from zbt_notebook.notebook.magic.session import Session


@magics_class
class ZbtMagics(Magics):
    """The magics, over the state they share; *prepare* is called before they are first used."""

    def __init__(self, shell: Any, prepare: Callable[[], object]) -> None:
        super().__init__(shell)
        self._prepare = prepare

    @cached_property
    def console(self) -> "Session":
        """What they remember."""
        from zbt_notebook.notebook.magic.session import session_of

        self._prepare()
        return session_of(self.shell)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def zbt(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        """Call the Zoho BugTracker API, sign in and out.

        ``%zbt login`` signs in, ``%zbt GET /portals/`` calls, ``%%zbt POST /path/`` takes the cell as the body, and
        ``%zbt help`` tells the rest. Raise ZbtError, in two lines, where something fails.
        """
        from zbt_notebook.client.errors import ZbtError
        from zbt_notebook.client.streams import tell

        try:
            return self._run(line, cell, local_ns)
        except ZbtError as error:
            self.console.failed(error, line, cell or "")
            if "--trace" in line.split():
                tell(_trace(error), to="stderr")
            raise
        except KeyboardInterrupt as stop:
            raise _in_two_lines(stop) from None

    def _run(self, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Any:
        from zbt_notebook.client.errors import UsageError
        from zbt_notebook.notebook.magic.grammar.options import WORDS
        from zbt_notebook.notebook.magic.grammar.parser import CommandLine, parse
        from zbt_notebook.notebook.magic.grammar.secrets_on_lines import refuse_live_secrets

        refuse_live_secrets(line, cell or "")
        if line.rstrip().endswith(";"):  # where no cell was rewritten: the cell that loads this, a script, a .ipy file
            line = line.rstrip("; \t\n")
        if not line.strip() and not (cell or "").strip():
            from zbt_notebook.notebook.magic.commands.help_text import first_steps

            return first_steps(self.console)
        parsed = parse(line)
        if not isinstance(parsed, CommandLine):
            from zbt_notebook.notebook.magic.commands import calls

            return calls.run(self.console, parsed, cell, local_ns)
        if cell is not None and cell.strip() and parsed.subcommand != "help":
            raise UsageError(
                f"%zbt {parsed.subcommand} takes no cell", hint=f"Write %zbt {parsed.subcommand} in a line."
            )
        if parsed.subcommand in WORDS:
            from zbt_notebook.notebook.magic.commands import words

            return words.run(self.console, parsed, local_ns)
        if parsed.subcommand == "use":
            from zbt_notebook.notebook.magic.grammar.request_builder import fill_use

            parsed = fill_use(parsed, self.console.names(self.console.connection(parsed.options), local_ns))
        from zbt_notebook.notebook.magic.commands import subcommands

        return subcommands.run(self.console, parsed)


def _in_two_lines(stop: KeyboardInterrupt) -> KeyboardInterrupt:
    """Ctrl-C as IPython shows it: without the frames in which it was met, which are ours and tell the user nothing."""
    words = str(stop) or "%zbt was interrupted: nothing came of it\nRun the cell again when you like."
    shown: Any = KeyboardInterrupt(words)
    shown._render_traceback_ = lambda: f"KeyboardInterrupt: {words}".split("\n")  # IPython asks for it
    return cast("KeyboardInterrupt", shown)


def _trace(error: BaseException) -> str:
    import traceback

    from zbt_notebook.client.redactor import redact

    return redact("".join(traceback.format_exception(error)))
