"""IPython shells of a test's own, which leave nothing to the end of the process."""

import atexit
import contextlib
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from tests.leaks.canaries import leave_shell


@contextlib.contextmanager
def fresh_shell(**arguments):
    """A new shell with ``%zbt``, in place of any other.

    What IPython would do when the process ends is done here, but for its walk through the whole heap: after a thousand
    shells those took minutes.
    """
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(**arguments)
    try:
        yield shell
    finally:
        leave_shell(shell)
        if "zbt" in shell.magics_manager.magics["line"]:
            shell.run_line_magic("unload_ext", "zbt_notebook")
        history: Any = shell.history_manager
        history.end_session()
        if thread := getattr(history, "save_thread", None):
            thread.stop()
        history.db.close()
        atexit.unregister(shell.atexit_operations)
        shell.restore_sys_module_state()  # else each shell keeps the one before it alive, and what was signed in there
        InteractiveShell.clear_instance()
