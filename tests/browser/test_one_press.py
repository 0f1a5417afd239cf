"""How much a user has to do: the first time two clicks and two pastes, the next time nothing. Counted in JupyterLab."""

import json

import pytest

from tests.browser.card import Card
from tests.free_port import free_port
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox

# A keyring that outlives the kernel, in place of the one that this machine has or has not.
KEYRING = """
import json, pathlib, keyring
from keyring.backend import KeyringBackend
class Chest(KeyringBackend):
    priority = 1
    path = pathlib.Path({path!r})
    def _kept(self): return json.loads(self.path.read_text()) if self.path.exists() else {{}}
    def get_password(self, service, username): return self._kept().get(username)
    def set_password(self, service, username, password):
        self.path.write_text(json.dumps(self._kept() | {{username: password}}))
    def delete_password(self, service, username):
        self.path.write_text(json.dumps({{k: v for k, v in self._kept().items() if k != username}}))
keyring.set_keyring(Chest())
import os
os.environ |= {{'ZBT_ACCOUNTS_URL': {accounts!r}, 'ZBT_API_URL': {api!r}}}
%load_ext zbt_notebook
"""


class Hands:
    """The user's, counted."""

    def __init__(self, card):
        self.card = card
        self.clicks = self.pastes = 0

    def paste(self, label, text):
        """Copied in the API console; the field has the focus by Tab."""
        self.card.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.card.field(label).focus()
        self.card.page.keyboard.press("Control+V")
        self.pastes += 1

    def click(self, locator):
        locator.click()
        self.clicks += 1


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def client(sandbox):
    """A client of one's own, registered with a redirect URI of this machine."""
    uri = f"http://localhost:{free_port()}/callback"
    return sandbox.world.register_client("Own", redirect_uri=uri)


@pytest.mark.holds_secret("the keyring of this test is a file")
def test_two_clicks_and_two_pastes_and_then_none(open_notebook, sandbox, client, tmp_path):
    """ID and secret pasted, one press, Accept: connected; after a restart the same cell is connected by itself."""
    set_up = KEYRING.format(path=str(tmp_path / "chest"), accounts=sandbox.accounts_url, api=sandbox.api_url)
    login = f"%zbt login --redirect-uri {client.redirect_uri} --remember"
    notebook = open_notebook(set_up, login, "%zbt GET /portals/ --json")
    notebook.run_cell(0)
    notebook.wait_until_run(0)
    notebook.run_cell(1)
    card = Card(notebook, sandbox, 1)
    card.says("Not connected")
    hands = Hands(card)
    hands.paste("Client ID", client.client_id)
    hands.paste("Client secret", client.client_secret)
    with card.page.context.expect_page() as opened:
        hands.click(card.place.get_by_role("button", name="Sign in at Zoho"))
    hands.click(opened.value.get_by_role("button", name="Accept", exact=True))
    opened.value.get_by_role("heading", name="Connected").wait_for()
    card.status.get_by_text("Connected", exact=True).wait_for()
    assert (hands.clicks, hands.pastes) == (2, 2)
    opened.value.close()
    notebook.restart()
    card.status.get_by_text("The kernel was restarted").wait_for()
    notebook.run_cell(0)
    notebook.wait_until_run(0)
    notebook.run_cell(1)
    card.status.get_by_text("Connected", exact=True).wait_for()
    notebook.run_cell(2)
    notebook.wait_for_text("brightwater", cell=2)
    notebook.save()
    assert find_secrets(notebook.saved_text().encode(), sandbox.world.secrets) == []


def test_without_the_wish_the_form_is_filled_in(open_notebook, sandbox, client, tmp_path):
    """The next time the secret alone is pasted: one paste, two clicks; *Forget* empties the form."""
    set_up = KEYRING.format(path=str(tmp_path / "chest"), accounts=sandbox.accounts_url, api=sandbox.api_url)
    notebook = open_notebook(set_up, f"%zbt login --redirect-uri {client.redirect_uri}", "%zbt login")
    notebook.run_cell(0)
    notebook.wait_until_run(0)
    notebook.run_cell(1)
    card = Card(notebook, sandbox, 1)
    card.says("Not connected")
    card.field("Client ID").fill(client.client_id)
    card.field("Client secret").fill(client.client_secret)
    card.start()
    card.zoho.get_by_role("button", name="Accept", exact=True).click()
    card.status.get_by_text("Connected", exact=True).wait_for()
    card.press("Sign out")
    card.says("Signed out")
    notebook.run_cell(2)
    again = Card(notebook, sandbox, 2)
    again.place.get_by_text("Filled in as the last time").wait_for()
    assert again.field("Client ID").input_value() == client.client_id
    assert again.field("Client secret").input_value() == ""
    again.press("Forget")
    again.place.get_by_text("Forgotten.").wait_for()
    assert again.field("Client ID").input_value() == ""
    assert json.dumps(client.client_secret) not in notebook.saved_text()
