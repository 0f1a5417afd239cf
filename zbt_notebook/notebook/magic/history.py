"""Takes a cell that held a secret out of IPython's history, as far as a kernel can reach."""

import linecache
import sys
from typing import Any

INSTEAD = "# taken out by %zbt: the cell held a secret"


def take_out(shell: Any, *texts: str) -> bool:
    """Replace every input of this session that holds one of the texts, in memory and in IPython's database.

    A terminal's arrow-up and its suggestions come from that database anew for each prompt. Best effort: tell whether
    it all went through. What the front end keeps, the notebook's cell above all, is out of reach, and so are copies of
    the database, so that the secret has to be replaced all the same.
    """
    history = shell.history_manager
    held = [text.strip() for text in texts if text.strip()]
    found = {
        position
        for position, source in enumerate(history.input_hist_raw)
        if any(text in source for text in held) or (position == len(history.input_hist_raw) - 1 and "zbt" in source)
    }
    sources = {history.input_hist_raw[position] for position in found}
    try:
        _from_memory(shell, history, found, sources)
        _from_traceback_sources(held)
        _from_readline(held)
        history.writeout_cache()
        _from_database(history.db, sources)
    except Exception:  # noqa: BLE001  a history that is read-only, locked or of another make: the caller says so
        return False
    return True


def _from_database(database: Any, sources: set[str]) -> None:
    with database:
        database.execute("PRAGMA secure_delete = ON")  # what is written over is zeroed in the file as well
        for source in sources:
            database.execute(
                "UPDATE history SET source = ?, source_raw = ? WHERE source_raw = ?", (INSTEAD, INSTEAD, source)
            )


def _from_memory(shell: Any, history: Any, found: set[int], sources: set[str]) -> None:
    for position in found:
        history.input_hist_raw[position] = INSTEAD
        history.input_hist_parsed[position] = INSTEAD  # which are In and _ih as well
    for name in ("_i00", "_i", "_ii", "_iii"):
        if getattr(history, name, None) in sources:
            setattr(history, name, INSTEAD)
    for names in (shell.user_ns, getattr(shell, "user_ns_hidden", {})):
        for name, value in list(names.items()):
            if name.startswith("_i") and isinstance(value, str) and value in sources:
                names[name] = INSTEAD


def _from_traceback_sources(held: list[str]) -> None:
    """IPython keeps each cell, as it was compiled, for tracebacks and debuggers."""
    spellings = [spelling for text in held for spelling in (text, repr(text)[1:-1])]
    cache: dict[str, Any] = linecache.cache
    for name, entry in list(cache.items()):
        is_cell = len(entry) == 4 and entry[1] is None  # noqa: PLR2004  size, time of the file (none), lines, name
        if is_cell and any(spelling in "".join(entry[2]) for spelling in spellings):
            cache[name] = (len(INSTEAD), None, [INSTEAD + "\n"], name)


def _from_readline(held: list[str]) -> None:
    """``--simple-prompt`` reads lines by ``input``, whose arrow-up is readline's where somebody has imported it."""
    readline: Any = sys.modules.get("readline")
    if readline is None:
        return
    for position in range(readline.get_current_history_length()):
        if any(line in (readline.get_history_item(position + 1) or "") for text in held for line in text.splitlines()):
            readline.replace_history_item(position, INSTEAD)
