"""Signing in from IPython in a terminal, without a notebook anywhere."""

import re
import sys

import pexpect
import pytest

from tests.kernel.consenting import consent

BRACKETS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # what a terminal takes for colours


@pytest.fixture
def terminal(tmp_path):
    """IPython in a pseudo-terminal, wide enough that no link is wrapped."""
    running = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", "--simple-prompt", "--colors=NoColor", "--no-banner"],
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 2000),
    )
    running.expect(r"In \[1\]:")
    yield running
    running.close(force=True)


def test_the_prompt_signs_in(terminal):
    """`%zbt login` prints the link and asks for the code unseen; then calls work."""
    terminal.sendline("%load_ext zbt_notebook")
    terminal.expect(r"In \[2\]:")
    terminal.sendline("%zbt login --sandbox")
    terminal.expect("not shown")
    link = re.search(r"http\S+/oauth/v2/auth\?\S+", BRACKETS.sub("", terminal.before))[0]
    address = consent(link)
    terminal.sendline(address)
    terminal.expect(r"In \[3\]:")
    assert address not in terminal.before
    terminal.sendline(
        "import zbt_notebook as zbt; print('as', zbt.current().name, 'at', zbt.current().data_center.name)"
    )
    terminal.expect("as default at sandbox")
