"""What is rewritten before a cell runs: behind every assignment, and where nothing was there yet to rewrite it."""

import pytest

from tests.shells import fresh_shell
from zbt_notebook.notebook.magic.ipython.magic_lines import find_magic

CALL = "get_ipython().run_line_magic('zbt', "
TARGETS = [
    *("", "x = ", "a, b = ", "(a, b) = ", "[a, *b] = ", "x.y = ", "d['k'] = ", 'd["it\'s"][0] = ', "f(1).x = "),
    *("x: int = ", "x: 'dict[str, int]' = ", "ä = ", "d[f(1, '#')] = "),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("margin", ["", "    "])
def test_a_semicolon_moves_behind_every_assignment(target, margin, shell):
    """Simple, tuple, attribute, subscript with quotes, annotated, indented."""
    begin = "if True:\n" if margin else ""
    made = shell.transform_cell(f"{begin}{margin}{target}%zbt /portals/;")
    assert made == f"{begin}{margin}{target}{CALL}'/portals/');\n"


@pytest.mark.parametrize("target", TARGETS)
def test_a_login_is_awaited_behind_every_assignment(target, shell):
    """The same, for ``--wait``."""
    made = shell.transform_cell(f"{target}%zbt login --wait 5;")
    assert made.startswith(f"{target}await ")
    assert made.endswith(".login('login --wait 5');\n")


@pytest.mark.parametrize(
    "line",
    [
        f"print(\"{CALL}'x;')\")",
        f"# {CALL}'x;')",
        f"f({CALL}'x;'))",
        "get_ipython().run_line_magic('time', 'x;')",
        f"{CALL}x)",
        "",
        "x = (",
    ],
)
def test_what_only_looks_like_the_line_is_none(line):
    """A text, a comment, an argument: left as it is."""
    assert find_magic(line) is None


@pytest.fixture
def bare():
    """A shell without the extension."""
    with fresh_shell() as shell:
        yield shell


@pytest.mark.usefixtures("connection")
def test_the_cell_that_loads_the_extension_may_be_quiet(bare, capsys):
    """Nothing is shown, all is assigned, and the ``;`` goes nowhere."""
    outcome = bare.run_cell("%load_ext zbt_notebook\n%zbt /portals/ -q [0].name;", store_history=True)
    assert outcome.success
    assert "brightwater" not in capsys.readouterr().out
    bare.run_line_magic("unload_ext", "zbt_notebook")
    outcome = bare.run_cell("%load_ext zbt_notebook\nx = %zbt /portals/ -q [0].name ;\nx", store_history=True)
    assert outcome.result == "brightwater"


@pytest.mark.usefixtures("connection")
def test_scripts_and_ipy_files_may_be_quiet(bare, tmp_path):
    """An exported script holds IPython's own calls; an .ipy file is one cell."""
    script = tmp_path / "made.py"
    script.write_text(
        f"get_ipython().run_line_magic('load_ext', 'zbt_notebook')\nx = {CALL}'/portals/ -q [0].name;')\n"
    )
    bare.run_line_magic("run", f"-i {script}")
    assert bare.user_ns["x"] == "brightwater"
    bare.run_line_magic("unload_ext", "zbt_notebook")
    ipy = tmp_path / "made.ipy"
    ipy.write_text("%load_ext zbt_notebook\ny = %zbt /portals/ -q [0].name;\n")
    bare.run_line_magic("run", f"-i {ipy}")
    assert bare.user_ns["y"] == "brightwater"


@pytest.mark.usefixtures("using")
def test_reloading_forgets_neither_context_nor_writes(run, shell, console, zbt):
    """``%reload_ext`` makes the magics anew, over what they remember."""
    cell = "%zbt POST /portal/{portal}/projects/{project}/bugs/ title=Reloaded --yes"
    first = run(cell)
    shell.run_line_magic("reload_ext", "zbt_notebook")
    assert shell.magics_manager.magics["line"]["zbt"].__self__.console is console
    assert zbt("/portal/{portal}/projects/{project}/bugs/ --limit 1") is not None
    assert run(cell)["key"] == first["key"]


@pytest.mark.parametrize(
    "line",
    [
        *("--help", "-h", "login --help", "login -h", "login --dc eu -h", "use --help", "/portals/ --help", "-h GET"),
        *("GET /portals/ a==b -h", "GET --help", "POST /portals/ --yes -h", "help -h", "status --help"),
    ],
)
def test_help_helps_anywhere(line, zbt):
    """On a line, in a cell, before or behind: a text, and nothing is done."""
    for cell in (None, "title: x"):
        assert str(zbt(line, cell)).strip()


def test_help_is_about_what_the_line_begins_with(zbt):
    """The subcommand, or the path of the call."""
    assert "--client-id" in str(zbt("login --help"))
    assert "/portals/" in str(zbt("GET /portals/ --help"))
