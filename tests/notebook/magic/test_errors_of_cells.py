"""The doctor's last error: what reached the user of a cell, from a magic or not, and nothing that it could leak."""

import gc
import weakref

import pytest

import zbt_notebook as package
from tests.shells import fresh_shell
from zbt_notebook.client.errors import IncompletePull, NotFound, NotSignedIn, UsageError, ZbtError
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.magic.ipython.cell_errors import _notice


@pytest.fixture(autouse=True)
def no_error_yet(monkeypatch, shell):
    monkeypatch.setattr(last_error, "_last", None)
    shell.user_ns["zbt"] = package


def doctor(zbt):
    return dict(zbt("doctor").rows)


IN_A_COROUTINE = """
async def call():
    zbt.current().get("/portal/404/")
await call()
"""
IN_A_THREAD = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    pool.submit(zbt.current().get, "/portal/404/").result()
"""
AS_A_CAUSE = """
try:
    zbt.current().get("/portal/404/")
except zbt.ZbtError as error:
    raise ValueError("mine") from error
"""
IN_A_GROUP = "raise ExceptionGroup('all', [ValueError(), zbt.NotFound('GET /portal/404/: not there', hint='Look.')])"


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    "source",
    [
        "zbt.current().get('/portal/404/')",
        "zbt.current().request('GET', '/portal/404/')",
        "list(zbt.current().rows('/portal/404/projects/'))",
        "zbt.current().frame('/portal/404/projects/')",
        "zbt.current().pull('bugs', portal=404)",
        "%zbt GET /portal/404/",
        "x = %zbt GET /portal/404/",
        IN_A_COROUTINE,
        IN_A_THREAD,
        AS_A_CAUSE,
        IN_A_GROUP,
    ],
)
def test_what_reaches_the_user_is_the_last_error(shell, zbt, source):
    """From a magic, from Python, out of a thread or a coroutine, or as the cause of an error of the user's own."""
    assert shell.run_cell(source).error_in_exec
    rows = doctor(zbt)
    assert rows["last error"].startswith("NotFound: ")
    assert "/portal/404/" in rows["last error"]
    assert rows["seen"] == "just now, in a cell"
    assert "is wrong, or the portal is another's" in rows["why"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("zbt.connect(client_id='1000.X')", NotSignedIn),
        ("zbt.current('work')", NotSignedIn),
        ("zbt.login(mode='env')", NotSignedIn),
        ("zbt.login(mode='device', data_center='mars')", UsageError),
        ("zbt.LoginFlow('', '', 'http://localhost/', [])", UsageError),
        ("zbt.resume('nonsense')", UsageError),
        ("zbt.DataCenter('own', 'http://example.com', 'http://example.com')", UsageError),
    ],
)
@pytest.mark.usefixtures("no_connections")
def test_every_door_of_the_package(shell, zbt, source, kind):
    """Whatever of it is called in a cell."""
    error = shell.run_cell(source).error_in_exec
    assert type(error) is kind
    assert doctor(zbt)["what to do"] == error.hint != ""


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    "source",
    [
        "try:\n    zbt.current().get('/portal/404/')\nexcept zbt.NotFound:\n    pass",
        "try:\n    get_ipython().run_line_magic('zbt', '/portal/404/')\nexcept zbt.NotFound:\n    pass",
        "try:\n    zbt.current().get('/portal/404/')\nexcept zbt.NotFound:\n    1 / 0",
        "import contextlib\nwith contextlib.suppress(zbt.ZbtError):\n    zbt.current().pull('bugs', portal=404)",
    ],
)
def test_what_the_code_handles_is_no_error(shell, zbt, source):
    """An error that was expected is nobody's trouble, from a magic as little as from a call."""
    shell.run_cell(source)
    assert doctor(zbt)["last error"] == "none"


@pytest.mark.usefixtures("connection")
def test_other_errors_do_not_hide_it(shell, zbt):
    """A misspelt name in the next cell is not what the doctor is asked about."""
    shell.run_cell("zbt.current().get('/portal/404/')")
    shell.run_cell("nonsense")
    assert doctor(zbt)["last error"].startswith("NotFound: ")


@pytest.mark.usefixtures("connection")
def test_an_error_from_before_the_extension_was_loaded():
    """`zbt.connect(…)` fails, and only then does one think of `%load_ext` and `%zbt doctor`."""
    with fresh_shell() as fresh:
        fresh.user_ns["zbt"] = package
        fresh.run_cell("zbt.current('work')")
        fresh.run_line_magic("load_ext", "zbt_notebook")
        rows = dict(fresh.run_line_magic("zbt", "doctor").rows)
        assert rows["last error"].startswith("NotSignedIn: there is no connection 'work'")
        fresh.run_line_magic("unload_ext", "zbt_notebook")
        fresh.run_cell("zbt.current('home')")
        seen = last_error.last()
        assert seen
        assert "'work'" in seen.message


def test_loading_twice_watches_once(shell):
    """And what was unloaded is gone from IPython's events."""
    shell.run_line_magic("reload_ext", "zbt_notebook")
    shell.run_line_magic("load_ext", "zbt_notebook")
    assert shell.events.callbacks["post_run_cell"].count(_notice) == 1
    package.unload_ipython_extension(shell)
    package.unload_ipython_extension(shell)
    assert _notice not in shell.events.callbacks["post_run_cell"]
    package.load_ipython_extension(shell)


def test_words_are_all_that_is_kept():
    """Neither the error nor its frames, and none of the rows of a pull that ended early."""

    class Rows:
        pass

    rows = Rows()
    error = IncompletePull("10 rows came", hint="zbt.resume()", rows=rows, resume="token")
    gone = weakref.ref(error), weakref.ref(rows)
    last_error.remember(error, "in a cell")
    del error, rows
    gc.collect()
    assert [alive() for alive in gone] == [None, None]
    seen = last_error.last()
    assert seen
    assert seen.kind is IncompletePull


def test_the_last_one_counts(zbt):
    """An error on a card after one of a cell, and the other way round; without a hint no row for it."""
    last_error.remember(NotFound("first"), "in a cell")
    last_error.remember(ZbtError("second"), "during a sign-in")
    rows = doctor(zbt)
    assert (rows["last error"], rows["seen"]) == ("ZbtError: second", "just now, during a sign-in")
    assert "what to do" not in rows
    assert "report it" in rows["why"]
