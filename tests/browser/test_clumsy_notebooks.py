"""Notebooks written in the clumsiest way, saved by JupyterLab, and what ``zbt.audit`` says of each."""

import pytest

import zbt_notebook as zbt
from tests.browser.card import Card
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox

pytestmark = pytest.mark.holds_secret("notebooks that hold secrets are what is audited")
VERBOSE = """
%xmode Verbose
import requests
requests.get("http://127.0.0.1:1/restapi/portals/", headers={"Authorization": "Zoho-oauthtoken " + token})
"""


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def audited(sandbox, tmp_path):
    """Save, audit, and check that the report repeats nothing and that the clean copy holds nothing."""

    def audit(notebook):
        notebook.save()
        report = zbt.audit(notebook.path)
        copy = report.clean(tmp_path / "copy.ipynb")
        assert not find_secrets(f"{report}{report!r}".encode(), sandbox.world.secrets)
        assert not find_secrets(copy.read_bytes(), sandbox.world.secrets)
        assert not zbt.audit(copy)
        return report

    return audit


def test_a_secret_in_the_wrong_field(open_notebook, sandbox, audited):
    """Pasted where the client ID belongs: the card keeps it to itself."""
    address = f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}"
    login = f"import os, zbt_notebook as zbt\n{address}\ncard = zbt.login(redirect_uri={sandbox.redirect_uri!r})\ncard"
    notebook = open_notebook(login)
    notebook.run_cell(0)
    card = Card(notebook, sandbox)
    card.says("Not connected")
    card.field("Client ID").fill(sandbox.client_secret)
    card.press("Sign in at Zoho")
    card.place.get_by_text("Client ID").first.wait_for()
    report = audited(notebook)
    assert not report, report


def test_a_secret_in_cells_and_in_somebody_elses_error(open_notebook, sandbox, audited):
    """Written into a cell, printed, shown by another library's traceback: found where it stands, and taken out."""
    secret, code = sandbox.client_secret, sandbox.world.generate_code()  # the one of a token's shape is typed unseen
    notebook = open_notebook(
        f"client_secret = {secret!r}\nprint(client_secret)",
        f"#md My secret is {secret}",
        "import getpass; token = getpass.getpass()",
        VERBOSE,
    )
    notebook.run_cell(0)
    notebook.wait_for_text(secret, cell=0)
    notebook.run_cell(2)
    notebook.answer(code)
    notebook.wait_until_run(2)
    notebook.run_cell(3)
    notebook.wait_for_text("ConnectionError", cell=3)
    notebook.wait_until_idle()
    assert {finding.where for finding in audited(notebook)} == {
        "cell 1 (code), source",
        "cell 1 (code), output 1",
        "cell 2 (markdown), source",
        "cell 4 (code), output 2",
    }
