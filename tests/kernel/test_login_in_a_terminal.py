"""Signing in from IPython in a terminal, without a notebook anywhere."""

import re

import pytest

from tests.kernel.consenting import consent, link_in

BRACKETS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # what a terminal takes for colours


@pytest.fixture
def terminal(start_terminal):
    return start_terminal("IPython", "--simple-prompt", "--colors=NoColor", "--no-banner")


def test_the_prompt_signs_in(terminal):
    """`%zbt login` prints the link and asks for the code unseen; then calls work."""
    terminal.sendline("%load_ext zbt_notebook")
    terminal.expect(r"In \[2\]:")
    terminal.sendline("%zbt login --sandbox")
    terminal.expect("not shown")
    address = consent(link_in(BRACKETS.sub("", terminal.before)))
    terminal.sendline(address)
    terminal.expect(r"In \[3\]:")
    assert address not in terminal.before
    terminal.sendline(
        "import zbt_notebook as zbt; print('as', zbt.current().name, 'at', zbt.current().data_center.name)"
    )
    terminal.expect("as default at sandbox")
