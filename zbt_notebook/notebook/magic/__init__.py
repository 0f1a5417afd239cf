"""``%zbt`` and ``%%zbt``: the sign-in and the API, a line at a time."""

from collections.abc import Callable
from typing import Any


def load(shell: Any, prepare: Callable[[], object]) -> None:
    """Register the magics, their completion and the awaiting of ``%zbt login --wait``, and watch for errors.

    *prepare* is called before a magic is first used. A kernel that can lose a cell is repaired. Twice does no harm.
    """
    from zbt_notebook.notebook.ipykernel_repair import repair_lost_wakeups
    from zbt_notebook.notebook.magic.ipython.await_login import add_transform
    from zbt_notebook.notebook.magic.ipython.cell_errors import watch_cells
    from zbt_notebook.notebook.magic.ipython.completer import add_completion, remove_completion
    from zbt_notebook.notebook.magic.ipython.frame_display import add_frame_display
    from zbt_notebook.notebook.magic.ipython.semicolon import add_quiet_lines, rewrite_running_cell
    from zbt_notebook.notebook.magic.ipython.zbt_magics import ZbtMagics
    from zbt_notebook.notebook.sign_in import next_step

    remove_completion(shell)
    add_frame_display(shell)
    magics = ZbtMagics(shell, prepare)
    shell.register_magics(magics)
    add_completion(shell, magics)
    add_quiet_lines(shell)
    rewrite_running_cell(shell)
    add_transform(shell)
    watch_cells(shell)
    repair_lost_wakeups(getattr(shell, "kernel", None))
    next_step.provide(lambda connection: _choice(magics, connection.name))


def _choice(magics: Any, name: str) -> Any:
    """The picker's answers for the connection of that name, in this shell's context."""
    from zbt_notebook.client import signed_in
    from zbt_notebook.notebook.magic.commands.project_choice import ProjectChoice

    return ProjectChoice(lambda: magics.console.atlas(signed_in.current(name)))


def unload(shell: Any) -> None:
    """Take everything away that ``load`` registered. Connections stay."""
    from zbt_notebook.notebook.magic.ipython.await_login import remove_transform
    from zbt_notebook.notebook.magic.ipython.cell_errors import unwatch_cells
    from zbt_notebook.notebook.magic.ipython.completer import remove_completion
    from zbt_notebook.notebook.magic.ipython.frame_display import remove_frame_display
    from zbt_notebook.notebook.magic.ipython.semicolon import remove_quiet_lines
    from zbt_notebook.notebook.sign_in import next_step

    next_step.provide(None)
    remove_completion(shell)
    remove_frame_display(shell)
    remove_transform(shell)
    remove_quiet_lines(shell)
    unwatch_cells(shell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("zbt", None)
