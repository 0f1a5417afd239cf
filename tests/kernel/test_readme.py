"""What the README says can be copied, and runs.

A block that begins with ``python`` is a cell: all of them run, in order, in one kernel. A block ``python account`` needs
an account at Zoho: it is compiled as IPython would, and not run.
"""

import re

import pytest

from tests.conftest import ROOT

BLOCK = re.compile(r"^```(python[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text("utf-8")


def blocks(readme, kind):
    return [source for opening, source in BLOCK.findall(readme) if opening.strip() == kind]


def test_the_cells_of_the_readme_run(kernel, readme):
    """Five cells or more, copied one after the other into a fresh notebook, work without an account."""
    cells = blocks(readme, "python")
    assert len(cells) >= 5
    for source in cells:
        outcome = kernel.run(source, timeout=60)
        assert outcome.status == "ok", f"{source}\n{outcome.traceback}"


def test_the_cells_that_need_an_account_compile(kernel, readme):
    """What cannot be run here is at least what IPython understands, secrets not among it."""
    for source in blocks(readme, "python account"):
        outcome = kernel.run(f"compile(get_ipython().transform_cell({source!r}), 'cell', 'exec', flags=0x2000)")
        assert outcome.status == "ok", f"{source}\n{outcome.traceback}"


def test_every_python_block_is_one_of_the_two(readme):
    """No block escapes by a word of its own."""
    assert {opening.strip() for opening, _source in BLOCK.findall(readme)} <= {"python", "python account"}


@pytest.mark.parametrize("command", ["python3 -m zbt_notebook demo", "python3 -m tests"])
def test_the_two_commands_stand_in_the_readme(readme, command):
    """A new user finds both commands as they are typed."""
    assert re.search(rf"^{re.escape(command)}$", readme, re.MULTILINE)
