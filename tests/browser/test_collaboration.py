"""Jupyter in which several people write one notebook (jupyter-collaboration): what of the card they share."""

import os

import pytest

from tests.browser.card import Card
from tests.browser.jupyter import NOTEBOOK, Application
from tests.conftest import ROOT
from tests.ipykernels import prepare
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox

# What it consists of, beside what is here anyway.
REQUIREMENTS = (
    "jupyter-collaboration==5.0.*",
    "jupyter-collaboration-ui==3.0.*",
    "jupyter-docprovider==3.0.*",
    "jupyter-server-fileid==0.10.*",
    "jupyter-server-ydoc==3.0.*",
    "jupyter-ydoc==4.2.*",
    "pycrdt==0.14.*",
    "pycrdt-store==0.1.*",
    "pycrdt-websocket==0.16.*",
    "sqlite-anyio==0.2.*",
)
DOCUMENT = f"() => JSON.stringify({NOTEBOOK}.model.sharedModel.toJSON())"


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def application(tmp_path, monkeypatch):
    """In place of the plain server: one with the extension, which is in a folder of its own."""
    packages = prepare("jupyter-collaboration-5.0", REQUIREMENTS, ROOT / ".venvs")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(packages / "etc" / "jupyter"))
    paths = {
        "PYTHONPATH": os.pathsep.join([str(packages), str(ROOT)]),
        "JUPYTER_PATH": str(packages / "share" / "jupyter"),
    }
    server = Application("notebook", tmp_path / "shared", paths)
    server.start()
    yield lambda _kind: server
    server.stop()


def test_the_secret_is_nobody_elses(open_notebook, application, sandbox):
    """Two tabs on one document: one signs in; the other is told to reload, and then shows the same card, connected."""
    site = (
        "import os\n"
        f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}\n"
        "%load_ext zbt_notebook"
    )
    notebook = open_notebook(site, "%zbt login", fresh=True)
    colleague = notebook.page.context.new_page()
    colleague.goto(application("notebook").address_of(notebook.path.name))
    colleague.wait_for_selector(".jp-Notebook .jp-Cell")
    notebook.run_cell(0)
    notebook.wait_until_run(0)
    notebook.run_cell(1)
    card = Card(notebook, sandbox, 1)
    card.says("Not connected")
    colleague.get_by_text("Reload this page").wait_for()
    card.unfold("Redirect URI")
    card.field("Redirect URI").fill(sandbox.redirect_uri)
    card.fill_in()
    shared = [colleague.evaluate(DOCUMENT)]
    card.start()
    card.paste(card.visit().code)
    card.status.get_by_text("Connected", exact=True).wait_for()
    notebook.save()
    colleague.reload()
    colleague.get_by_role("status").get_by_text("Connected", exact=True).wait_for()
    shared.append(colleague.evaluate(DOCUMENT))
    kept = [path.read_bytes() for path in application("notebook").notebooks.rglob("*") if path.is_file()]
    assert len(kept) > 1
    assert "%zbt login" in shared[0]
    for text in (*(one.encode() for one in shared), *kept):
        assert find_secrets(text, sandbox.world.secrets) == []
