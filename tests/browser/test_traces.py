"""What the card leaves in the saved file, its checkpoints, its HTML, the history and the server's log: no secret, ever.

Widget state is saved with the notebook in all of these, and the file is searched at every step.
"""

import os
from pathlib import Path

import pytest

from tests.browser.card import Card
from tests.leaks.artefacts import exported
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox

# What the server's autosave does, at the instant at which the field loses the focus.
BLUR_AND_SAVE = """async () => {
    document.activeElement.blur();
    await window.jupyterapp.commands.execute('docmanager:save');
}"""


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


class Watched(Card):
    """A card whose notebook is saved and searched whenever something has happened."""

    def leaves_nothing(self, *, html=False):
        """Save, and search whatever is on disk."""
        self.notebook.save()
        self.nothing_is_left(html=html)

    def nothing_is_left(self, *, html=False):
        secret = self.sandbox.client_secret
        secrets = self.sandbox.world.secrets | {"half of the secret": secret[: len(secret) // 2]}
        saved = self.notebook.saved_text()
        assert '"widgets"' in saved
        artefacts = {"file": saved, "log": self.notebook.log(), "console": "\n".join(self.notebook.console)}
        if html:
            artefacts["HTML"] = exported(self.notebook.path.read_text("utf-8"))
            assert artefacts["HTML"]
        found = {name: find_secrets(text.encode(), secrets) for name, text in artefacts.items()}
        assert not any(found.values()), found

    def type_half(self, label, text):
        """Type half of it, the focus still in the field."""
        self.field(label).focus()
        self.page.keyboard.type(text[: len(text) // 2])


@pytest.fixture
def open_card(open_notebook, sandbox):
    """``open_card(login)``: a notebook with that in its first cell, its widget state saved."""

    def open_one(login="card = zbt.login(redirect_uri=uri)", *cells, kind="lab"):
        set_up = (
            "import os, zbt_notebook as zbt\n%load_ext zbt_notebook\n"
            f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}\n"
            f"uri = {sandbox.redirect_uri!r}\n"
        )
        notebook = open_notebook(set_up + login, *cells, kind=kind)
        notebook.run_cell(0)
        card = Watched(notebook, sandbox)
        card.says("Not connected")
        return card

    return open_one


@pytest.mark.holds_secret("it is planted")
def test_a_file_with_a_secret_is_noticed(open_card, sandbox):
    """A secret in a saved output fails the search."""
    card = open_card("card = zbt.login(redirect_uri=uri)", f"print({sandbox.client_secret[:20]!r})")
    card.notebook.run_cell(1)
    card.notebook.wait_for_text(sandbox.client_secret[:20], cell=1)
    with pytest.raises(AssertionError, match="half of the secret"):
        card.leaves_nothing(html=True)


def test_every_state_of_the_card(open_card, sandbox):
    """Half typed, typed, left, refused, pasted, connected, renewed, failed, signed out; with IPython's history."""
    card = open_card(
        "card = zbt.login(redirect_uri=uri)",
        "print(zbt.current().get('/portals/')['portals'][0]['name'])",
        "get_ipython().history_manager.writeout_cache(); print('written')",
    )
    card.leaves_nothing()
    card.field("Client ID").fill(sandbox.client_id)
    card.type_half("Client secret", sandbox.client_secret)
    card.leaves_nothing(html=True)
    card.field("Client secret").fill(sandbox.client_secret)
    card.page.evaluate(BLUR_AND_SAVE)
    card.nothing_is_left()
    card.start()
    card.says("Waiting for your consent")
    card.leaves_nothing()
    landed = card.visit()
    card.type_half("Code", landed.code)
    card.leaves_nothing()
    card.field("Code").fill(landed.address)
    card.page.evaluate(BLUR_AND_SAVE)
    card.nothing_is_left(html=True)
    sandbox.clock.advance(121)
    card.press("Connect")
    card.says("invalid_code")
    card.leaves_nothing()
    card.start("Start again")
    card.says("Waiting for your consent")
    card.paste(card.visit().address)
    card.status.get_by_text("Connected", exact=True).wait_for()
    assert not card.link.count()
    card.leaves_nothing(html=True)
    card.press("Refresh")
    card.place.get_by_text("There is a new access token.").wait_for()
    card.leaves_nothing()
    card.notebook.run_cell(1)
    card.notebook.wait_until_run(1)
    sandbox.world.disconnect()
    card.press("Refresh")
    card.says("invalid_code")
    card.leaves_nothing()
    card.press("Sign out")
    card.says("Signed out")
    card.notebook.run_cell(2)
    card.notebook.wait_for_text("written", cell=2)
    card.leaves_nothing(html=True)
    history = Path(os.environ["IPYTHONDIR"], "profile_default").glob("history.sqlite*")
    assert find_secrets(b"".join(path.read_bytes() for path in history), sandbox.world.secrets) == []


def test_a_reload_with_something_typed(open_card, sandbox):
    """F5 while a secret, then a code, is typed: those are gone, and nowhere; the card is as it was, and connects."""
    card = open_card(kind="notebook")
    card.field("Client ID").fill(sandbox.client_id)
    card.type_half("Client secret", sandbox.client_secret)
    card.notebook.save()
    card.notebook.reload()
    card.says("Not connected")
    assert card.field("Client secret").input_value() == ""
    card.leaves_nothing()
    card.begin()
    card.field("Code").fill(card.visit().code)
    card.notebook.save()
    card.notebook.reload()
    card.says("Waiting for your consent")
    assert card.field("Client ID").input_value() == sandbox.client_id
    assert card.field("Code").input_value() == ""
    card.leaves_nothing(html=True)
    card.paste(card.visit().code)
    card.status.get_by_text("Connected", exact=True).wait_for()


def test_a_restart_of_the_kernel_with_the_card_on_the_screen(open_card, sandbox):
    """The old card, then Restart and Run All: a new one, and nothing of what was typed into the old one."""
    card = open_card()
    card.begin()
    card.field("Code").fill(card.visit().code)
    card.notebook.restart()
    card.leaves_nothing()
    card.says("The kernel was restarted", "Run the cell again")
    card.leaves_nothing()
    card.notebook.restart_and_run_all()
    card.says("Not connected")
    assert card.field("Client secret").input_value() == ""
    card.type_half("Client secret", sandbox.client_secret)
    card.leaves_nothing(html=True)
    card.connect()
    card.leaves_nothing()


def test_the_background_ways(open_card, sandbox):
    """The answers typed into a cell's prompt, the link and the short code: no secret among what is saved."""
    world = sandbox.world
    device = world.demo_client("device")
    card = open_card(
        "card = zbt.login(redirect_uri=uri)", f"%zbt login --mode device --wait 60 --client-id {device.client_id}"
    )
    card.notebook.run_cell(1)
    field = card.page.locator(".jp-Stdin-input")
    field.fill(device.client_secret[:20])
    card.leaves_nothing()
    card.notebook.answer(device.client_secret)
    card.notebook.wait_for_text("short code", cell=1)
    card.leaves_nothing(html=True)
    shown = card.notebook.outputs()[1]
    world.approve_device(shown.partition("short code ")[2].split()[0])
    card.notebook.wait_for_text("Connected", cell=1)
    card.notebook.wait_until_idle()
    card.leaves_nothing(html=True)
    assert "oauth/v3/device?" not in card.notebook.saved_text()
