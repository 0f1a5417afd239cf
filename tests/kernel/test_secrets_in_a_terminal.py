"""A refused secret in a terminal's IPython: no key brings it back, in no kind of prompt."""

import pytest

from zbt_notebook.notebook.magic.history import INSTEAD

CANARY = "s3cr3tc4n4ry0123456789"
REFUSED = f"%zbt login --client-secret {CANARY}"
UP, CLEAR, SEARCH = "\x1b[A", "\x15", "\x12"
# Every text of this process that can be reached by a name, from IPython's shell and the modules around it.
REACH = """
import linecache
shell = get_ipython()
kept = [shell.user_ns, shell.user_ns_hidden, vars(shell.history_manager), linecache.cache]
if shell.pt_app:
    line = shell.pt_app.default_buffer
    kept += [shell.pt_app.history.get_strings(), line._working_lines, line._undo_stack, line._redo_stack, line.document]
print("kept" if any("s3cr3t" "c4n4ry" in repr(one) for one in kept) else "gone")
"""


@pytest.fixture
def start(start_terminal, tmp_path):
    """``start(*options)``: IPython in a pseudo-terminal, with ``%zbt``."""
    (tmp_path / "reach.ipy").write_text(REACH, "utf-8")
    usual = ("--colors=NoColor", "--no-banner", "--ext=zbt_notebook")
    return lambda *options: start_terminal("IPython", *usual, *options, TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")


def run(terminal, source, then):
    terminal.send(source + "\r")
    terminal.expect(rf"In \[{then}\]:")


def is_gone(terminal, then):
    """What was printed since the last look, and what is kept in memory: the canary is in neither."""
    shown = terminal.before + terminal.buffer
    terminal.send("%run -i reach.ipy\r")
    assert terminal.expect(["gone\r", "kept\r"]) == 0
    shown += terminal.before
    terminal.expect(rf"In \[{then}\]:")
    assert CANARY not in shown + terminal.before
    return True


def test_a_secret_that_is_used_is_found(start):
    """The search is no formality."""
    terminal = start()
    run(terminal, f"mine = '{CANARY}'", 2)
    terminal.send("%run -i reach.ipy\r")
    assert terminal.expect(["gone\r", "kept\r"]) == 1
    terminal.send(UP + UP)
    terminal.expect(CANARY)


def test_arrow_up_suggestion_and_search(start):
    """In the prompt of every day: the place of the line is there, the line is not."""
    terminal = start()
    run(terminal, "before = 1", 2)
    run(terminal, REFUSED, 3)
    terminal.send(UP)
    terminal.expect(INSTEAD)
    terminal.send(UP)
    terminal.expect("before = 1")
    terminal.send(CLEAR + "%zbt login --client-s")
    terminal.expect("client-s")
    terminal.send(CLEAR + SEARCH + CANARY[:3])
    terminal.expect("search")
    terminal.send("\x07" + CLEAR)
    run(terminal, "after = 2", 4)
    assert is_gone(terminal, 5)


def test_a_secret_in_a_function_that_runs_later(start):
    """The cell that defined it goes out of the memory as well."""
    terminal = start()
    run(terminal, f"go = lambda: get_ipython().run_line_magic('zbt', {REFUSED[5:]!r})", 2)
    run(terminal, "go()", 3)
    terminal.send(UP + UP)
    terminal.expect(INSTEAD)
    terminal.send(CLEAR)
    run(terminal, "after = 2", 4)
    assert is_gone(terminal, 5)


def test_the_simple_prompt_with_readline(start):
    """Python's own line editing, once something has imported it."""
    terminal = start("--simple-prompt")
    run(terminal, "import readline", 2)
    run(terminal, "before = 1", 3)
    run(terminal, REFUSED, 4)
    terminal.send(UP)
    terminal.expect(INSTEAD)
    terminal.send(UP)
    terminal.expect("before = 1")
    terminal.send(CLEAR)
    run(terminal, "after = 2", 5)
    assert is_gone(terminal, 6)
