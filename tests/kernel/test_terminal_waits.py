"""IPython in a terminal: waiting for a sign-in where there is no kernel, and a run in which nobody can be asked."""

import os
import subprocess
import sys

import pexpect
import pytest

from tests.kernel.consenting import consent, link_in
from tests.leaks.find_secrets import find_secrets


@pytest.fixture
def terminal(start_terminal, site):
    return start_terminal("IPython", "--simple-prompt", "--colors=NoColor", "--no-banner", "--ext=zbt_notebook", **site)


def test_waiting_for_the_prompt_and_for_the_short_code(terminal, sandbox, tmp_path):
    """`--wait` asks and goes on; the device flow waits in a thread; the history holds no secret of either."""
    terminal.sendline(f"%zbt login --wait 60 --client-id {sandbox.client_id} --redirect-uri {sandbox.redirect_uri}")
    terminal.expect("Client secret")
    terminal.sendline(sandbox.client_secret)
    terminal.expect("Code, or the whole address")
    terminal.sendline(consent(link_in(terminal.before)))
    terminal.expect(r"In \[2\]:")
    device = sandbox.world.demo_client("device")
    terminal.sendline(f"%zbt login --mode device --wait 60 --as device --client-id {device.client_id}")
    terminal.expect("Client secret")
    terminal.sendline(device.client_secret)
    terminal.expect(r"short code ([A-Z0-9-]+)")
    sandbox.world.approve_device(terminal.match[1])
    terminal.expect(r"In \[3\]:")
    terminal.sendline("%zbt accounts")
    terminal.expect("default")
    terminal.sendline("get_ipython().history_manager.writeout_cache(); exit()")
    terminal.expect(pexpect.EOF)
    left = b"".join(path.read_bytes() for path in tmp_path.glob("ipython/profile_default/history.sqlite*"))
    assert b"%zbt login --wait" in left
    assert find_secrets(left, sandbox.world.secrets) == []


def test_a_script_fails_at_once(site, tmp_path):
    """`ipython script.ipy` in a scheduler has no terminal: the variables are named, nothing waits."""
    script = tmp_path / "script.ipy"
    script.write_text("%load_ext zbt_notebook\n%zbt login\nprint('the end')\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--colors=NoColor", str(script)],
        env={**os.environ, **site, "IPYTHONDIR": str(tmp_path / "ipython")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "NotSignedIn" in said
    assert "ZBT_CLIENT_ID, ZBT_CLIENT_SECRET, ZBT_REFRESH_TOKEN" in said
    assert "the end" not in said
