"""A refused secret leaves IPython's history: the lists, the variables, the database."""

import linecache
import sqlite3

import pytest
from traitlets.config import Config

from tests.shells import fresh_shell
from zbt_notebook import UsageError
from zbt_notebook.notebook.magic.history import INSTEAD

CANARY = "s3cr3tc4n4ry0123456789"
TOKEN = "1000." + "a" * 32 + "." + "b" * 32


@pytest.fixture
def database(tmp_path):
    return tmp_path / "history.sqlite"


@pytest.fixture
def shell(database):
    """A shell with a history database of its own, as a kernel has."""
    config = Config()
    config.HistoryManager.hist_file = str(database)
    config.HistoryManager.enabled = True
    with fresh_shell(config=config) as shell:
        shell.run_line_magic("load_ext", "zbt_notebook")
        yield shell


def everything(shell, database):
    """All that IPython keeps of inputs: memory, variables, tracebacks' sources, the bytes of the database's files."""
    shell.history_manager.writeout_cache()
    names = {name: value for name, value in shell.user_ns.items() if name.startswith("_i") or name == "In"}
    files = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    names |= {"hidden": shell.user_ns_hidden, "cells": linecache.cache}
    return repr((names, shell.history_manager.input_hist_raw, vars(shell.history_manager))) + files.decode("latin-1")


@pytest.mark.parametrize(
    "source",
    [
        f"%zbt login --client-secret {CANARY}",
        f"x = 1\n%zbt login   --client-secret='{CANARY}'\n",
        f"%zbt login --wait --client-secret {CANARY}",
        f"if True:\n    %zbt GET /portals/ authtoken=={CANARY}",
        f"%zbt GET /portals/ 'Authorization:{CANARY}'",
        f"%%zbt POST /portal/1/projects/\nrefresh_token: {CANARY}",
        f"%zbt GET /portals/ x=={TOKEN}",
    ],
)
@pytest.mark.usefixtures("connection")
def test_a_refused_secret_leaves_the_history(source, run, shell, database):
    """The cell is gone from In, _i, _i2 and history.sqlite; its neighbours stay; the hint says what cannot be done."""
    run("before = 1")
    with pytest.raises(UsageError) as refusal:
        run(source)
    run("after = 2")
    kept = everything(shell, database)
    assert CANARY not in kept
    assert TOKEN not in kept
    assert shell.user_ns["In"][1:] == ["before = 1", INSTEAD, "after = 2"]
    assert shell.user_ns["_i"] == INSTEAD
    reading = sqlite3.connect(database)
    rows = reading.execute("SELECT source_raw FROM history ORDER BY line").fetchall()
    reading.close()
    assert rows == [("before = 1",), (INSTEAD,), ("after = 2",)]
    assert "history keeps it no longer" in refusal.value.hint
    assert "Traceback" not in refusal.value.hint


@pytest.mark.parametrize(
    "source",
    [
        "%zbt endpoints SECRET",
        "%zbt GET /portals/ a==SECRET",
        "%zbt login --client-id SECRET",
        "%zbt GET /portals/SECRET/",
        "%zbt use portal=SECRET",
        "%zbt SECRET",
        "%zbt help SECRET",
        "%zbt GET /portals/ -q SECRET --save SECRET.csv",
        "%%zbt POST /portal/1/projects/\nname: SECRET",
    ],
)
@pytest.mark.parametrize("dress", [str, str.upper, lambda secret: secret[:20]], ids=["whole", "capitals", "a part"])
def test_t51_a_live_secret_where_none_belongs_is_refused_and_leaves_the_history(
    *, source, dress, run, shell, database, connection
):
    """Wherever on a line or in a cell it was typed: nothing is sent, nothing repeats it, nothing keeps it."""
    secret = str(connection.client.authorization.credentials.client_secret)
    typed = dress(secret)
    with pytest.raises(UsageError) as refusal:
        run(source.replace("SECRET", typed))
    assert typed not in everything(shell, database)
    assert typed not in f"{refusal.value!s}{refusal.value!r}"
    assert shell.user_ns["In"][-1] == INSTEAD


def test_t51_what_looks_like_a_client_secret_is_refused_before_any_sign_in(run, shell, database):
    """The shape that Zoho's console shows: 42 hexadecimal figures, which no common hash has."""
    secret = "0123456789abcdef0123456789abcdef0123456789"
    with pytest.raises(UsageError):
        run(f"%zbt login --client-id {secret}")
    assert secret not in everything(shell, database)


@pytest.mark.usefixtures("connection")
def test_the_hint_says_to_replace_the_secret(run):
    """What the notebook and its copies keep is out of reach: the advice comes first."""
    with pytest.raises(UsageError, match="replace the secret in Zoho's API console"):
        run(f"%zbt login --client-secret {CANARY}")


@pytest.mark.usefixtures("connection")
def test_a_secret_in_a_function_is_found_in_the_cell_that_defined_it(run, shell, database):
    """The line ran later than it was typed."""
    run(f"def go():\n    %zbt login --client-secret {CANARY}")
    with pytest.raises(UsageError):
        run("go()")
    assert CANARY not in everything(shell, database)
    assert shell.user_ns["In"][1:] == [INSTEAD, "go()"]


@pytest.mark.usefixtures("connection")
def test_a_history_that_cannot_be_cleaned_is_told(run, shell):
    """A database that refuses costs the promise, not the refusal."""
    shell.history_manager.writeout_cache()
    shell.history_manager.db.execute("PRAGMA query_only = ON")
    with pytest.raises(UsageError) as refusal:
        run(f"%zbt login --client-secret {CANARY}")
    shell.history_manager.db.execute("PRAGMA query_only = OFF")
    assert "could not be cleaned" in refusal.value.hint
    assert CANARY not in str(refusal.value)


@pytest.mark.usefixtures("connection")
def test_other_refusals_leave_the_history_alone(run, shell):
    """A misspelt word is no secret."""
    with pytest.raises(UsageError):
        run("%zbt lgoin")
    assert shell.user_ns["In"][-1] == "get_ipython().run_line_magic('zbt', 'lgoin')"


@pytest.mark.parametrize("source", ["%%zbt {}", "%zbtt bugs {}", "%ZBT {}", "x = 1\n% zbt {}"])
def test_a_secret_on_a_line_that_never_reached_us_leaves_the_history(source, shell, database, capsys):
    """IPython refuses the line by itself; the user is told all the same."""
    shell.run_cell(source.format(TOKEN), store_history=True)
    assert TOKEN not in everything(shell, database)
    assert "keeps it no longer" in capsys.readouterr().err
    shell.run_cell("%zbtt bugs", store_history=True)
    assert shell.user_ns["In"][-1] == "get_ipython().run_line_magic('zbtt', 'bugs')"
    assert "keeps it no longer" not in capsys.readouterr().err
