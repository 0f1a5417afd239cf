"""Three notebooks written in the clumsiest way, saved by JupyterLab, and what ``zbt.audit`` says of each."""

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


def test_three_clumsy_notebooks(open_notebook, sandbox, audited):
    """Pasted into the wrong field, into a cell and printed, shown by somebody else's error: found, told, taken out."""
    secret = sandbox.client_secret
    address = f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}"
    login = f"import os, zbt_notebook as zbt\n{address}\ncard = zbt.login(redirect_uri={sandbox.redirect_uri!r})\ncard"

    fields = open_notebook(login, save_widget_state=True)
    fields.run_cell(0)
    card = Card(fields, sandbox)
    card.says("Not connected")
    card.field("Client ID").fill(secret)
    card.press("Sign in at Zoho")
    card.place.get_by_text("Client ID").first.wait_for()
    report = audited(fields)
    assert not report, report  # the card keeps it to itself

    cells = open_notebook(f"client_secret = {secret!r}\nprint(client_secret)", f"#md My secret is {secret}")
    cells.run_cell(0)
    cells.wait_for_text(secret, cell=0)
    assert {finding.where for finding in audited(cells)} == {
        "cell 1 (code), source",
        "cell 1 (code), output 1",
        "cell 2 (markdown), source",
    }

    code = sandbox.world.generate_code()  # of a token's shape
    error = open_notebook("import getpass; token = getpass.getpass()", VERBOSE)
    error.run_cell(0)
    error.answer(code)
    error.wait_until_run(0)
    error.run_cell(1)
    error.wait_for_text("ConnectionError", cell=1)
    error.wait_until_idle()
    report = audited(error)
    assert {finding.where for finding in report} == {"cell 2 (code), output 2"}
