"""Signing in from `jupyter console`: a kernel like a notebook's, in front of it a terminal that draws no widget."""

import re

import pexpect
import pytest

from tests.kernel.consenting import consent, link_in
from tests.leaks.find_secrets import find_secrets

CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # what a terminal takes for colours and movements


@pytest.fixture
def console(start_terminal, site):
    options = ("--simple-prompt", "--ZMQTerminalInteractiveShell.banner=")
    running = start_terminal("jupyter_console", *options, TERM="dumb", **site)
    yield running
    running.sendline("exit")
    running.expect(pexpect.EOF)


def test_the_prompts_sign_in(console, sandbox, tmp_path):
    """Client ID, then unseen the secret and the address; a call works; neither screen nor history has a secret."""
    seen = []

    def expect(text):
        console.expect(text)
        seen.append(console.before + str(console.after))
        return CONTROLS.sub("", console.before)

    console.sendline("%load_ext zbt_notebook")
    expect(r"In \[2\]:")
    console.sendline(f"%zbt login --redirect-uri {sandbox.redirect_uri}")
    expect("Client ID: ")
    console.sendline(sandbox.client_id)
    expect("not shown")
    console.sendline(sandbox.client_secret)
    console.sendline(consent(link_in(expect("Code, or the whole address"))))
    expect(r"In \[3\]:")
    console.sendline("%zbt GET /portals/ -q '[].name'")
    assert "brightwater" in expect(r"In \[4\]:").lower()
    console.sendline("%zbt login --mode card")
    assert "--mode prompt" in expect(r"In \[5\]:")  # what stands where a card cannot be drawn
    console.sendline("get_ipython().history_manager.writeout_cache()")
    expect(r"In \[6\]:")
    left = "".join(seen).encode()
    left += b"".join(path.read_bytes() for path in tmp_path.glob("ipython/profile_default/history.sqlite*"))
    assert b"%load_ext zbt_notebook" in left
    assert find_secrets(left, sandbox.world.secrets) == []
