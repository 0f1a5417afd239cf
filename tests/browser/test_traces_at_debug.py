"""A Jupyter server and a kernel that log everything: who debugs them finds no secret of a sign-in in any log."""

import os
from pathlib import Path

import pytest

from tests.browser.card import Card
from tests.browser.jupyter import Application
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox

# What a user may switch on in the kernel; its own logger writes to where the server logs, and so does http.client.
ALOUD = """
import http.client, logging, os, zbt_notebook as zbt
%load_ext zbt_notebook
http.client.HTTPConnection.debuglevel = 1
logging.basicConfig(level=logging.DEBUG, filename="everything.log", force=True)
kernel = get_ipython().kernel
for logger in {kernel.log, kernel.parent.log, logging.getLogger("IPKernelApp"), logging.getLogger("traitlets")}:
    logger.setLevel(logging.DEBUG)
    logger.addHandler(logging.FileHandler("everything.log"))
"""


@pytest.fixture(scope="module")
def application(tmp_path_factory, kernel_environment):
    """A Notebook 7 whose server was started to tell everything."""
    running = Application(
        "notebook", tmp_path_factory.mktemp("debug"), kernel_environment, "--debug", "--Session.debug=True"
    )
    running.start()
    yield lambda _kind: running
    running.stop()


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def card(open_notebook, sandbox):
    site = f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}\n"
    device = sandbox.world.demo_client("device")
    notebook = open_notebook(
        f"{ALOUD}{site}card = zbt.login(redirect_uri={sandbox.redirect_uri!r})\ncard",
        f"%zbt login --mode device --wait 60 --as device --client-id {device.client_id}",
        "%zbt GET /portals/",
        "zbt.current('device').get('/portal/404/')",
        kind="notebook",
        fresh=True,
    )
    notebook.run_cell(0)
    shown = Card(notebook, sandbox)
    shown.says("Not connected")
    return shown


def logs(application, client_id):
    """The server's log, which is the kernel's standard error too, and the kernel's own: both hold the card's events."""
    found = {
        "server": application.log().encode(),
        "kernel": Path(application.notebooks, "everything.log").read_bytes(),
    }
    assert b"ServerApp] activity on" in found["server"]
    assert b"urllib3.connectionpool" in found["kernel"]
    assert all(client_id.encode() in log for log in found.values())
    return found


def test_a_sign_in_by_the_card_and_by_a_prompt(card, sandbox):
    """Secret, code and tokens: typed, wrong, right, refreshed, refused, signed out."""
    notebook = card.notebook
    card.begin()
    card.paste("1000." + "0" * 32 + "." + "1" * 32)
    card.says("invalid_code")
    card.start("Start again")
    card.says("Waiting for your consent")
    card.paste(card.visit().address)
    card.status.get_by_text("Connected", exact=True).wait_for()
    card.press("Refresh")
    card.place.get_by_text("There is a new access token.").wait_for()
    notebook.run_cell(1)
    notebook.answer(sandbox.world.demo_client("device").client_secret)
    notebook.wait_for_text("short code", cell=1)
    sandbox.world.approve_device(notebook.outputs()[1].partition("short code ")[2].split()[0])
    notebook.wait_for_text("Connected", cell=1)
    notebook.wait_until_idle()
    notebook.run_cell(2)
    notebook.wait_until_run(2)
    notebook.run_cell(3)
    notebook.wait_for_text("NotFound", cell=3)
    card.press("Sign out")
    card.says("Signed out")
    found = logs(notebook.application, sandbox.client_id)
    found = {name: find_secrets(log, sandbox.world.secrets) for name, log in found.items()}
    assert found == {"server": [], "kernel": []}
    history = Path(os.environ["IPYTHONDIR"], "profile_default").glob("history.sqlite*")
    assert find_secrets(b"".join(path.read_bytes() for path in history), sandbox.world.secrets) == []
    assert find_secrets("\n".join(notebook.console).encode(), sandbox.world.secrets) == []
