"""The other ways to sign in, by the buttons of the card: short code, caught redirect, prompt; and what they leave."""

import socket

import pytest

from tests.browser.card import Card
from tests.free_port import free_port
from tests.leaks.canaries import TOLD_SANDBOX
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox
from zbt_notebook.cli import as_json

SHORT, PROMPT = "Use a short code", "Paste in a prompt instead"


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def open_card(open_notebook, sandbox, tmp_path):
    """``open_card(login, …)``: the card of that line; ``--sandbox`` means this sandbox, in another process."""
    told = tmp_path / TOLD_SANDBOX  # for the notebook itself is searched for the secret that is in it
    told.write_text(as_json(sandbox), "utf-8")

    def open_one(login, *cells, **how):
        notebook = open_notebook(
            "import os, pathlib\n"
            f"os.environ['ZBT_SANDBOX'] = pathlib.Path({str(told)!r}).read_text('utf-8')\n"
            f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}\n"
            "import zbt_notebook as zbt\n%load_ext zbt_notebook",
            login,
            *cells,
            **how,
        )
        notebook.run_cell(0)
        notebook.wait_until_run(0)
        notebook.run_cell(1)
        card = Card(notebook, sandbox, 1)
        card.says("Not connected")
        return card

    return open_one


def leaves_nothing(card):
    """Save, and search the file: no secret, no code, no token."""
    card.notebook.save()
    saved = card.notebook.saved_text()
    assert '"widgets"' in saved
    assert find_secrets(saved.encode(), card.sandbox.world.secrets) == []
    return saved


def consent(card, button="Accept"):
    """Follow the link and decide; the page stays to be looked at."""
    with card.page.context.expect_page() as opened:
        card.link.click()
    opened.value.get_by_role("button", name=button, exact=True).click()
    return opened.value


def connected(card):
    card.status.get_by_text("Connected", exact=True).wait_for()


def is_listened_at(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_short_code_on_the_sandbox_of_another_process(open_card):
    """One button, the code on the card. Reject: two lines; Start again, Accept: connected, with nothing pasted."""
    card = open_card("%zbt login --sandbox", "%zbt GET /portals/ --json")
    card.press(SHORT)
    card.says("Waiting for your consent")
    first = card.place.locator(".zbt-short-code").inner_text()
    assert len(first) == 9
    assert not card.field("Code").is_visible()
    assert first not in leaves_nothing(card)
    rejected = consent(card, "Reject")
    rejected.get_by_role("heading", name="No access was given").wait_for()  # Chromium may hang that closes it before
    rejected.close()
    card.says("consent was refused", "press Accept")
    card.press("Start again")
    card.says("Waiting for your consent")
    assert card.place.locator(".zbt-short-code").inner_text() != first
    zoho = consent(card)
    zoho.get_by_role("heading", name="You are connected").wait_for()
    connected(card)
    card.notebook.run_cell(2)
    card.notebook.wait_for_text("brightwater", cell=2)
    leaves_nothing(card)


def test_a_client_of_another_type_gets_no_short_code(open_card):
    """The form's own client is asked for; Zoho's refusal is told with the type of client that it takes."""
    card = open_card("%zbt login")
    card.fill_in()
    card.press(SHORT)
    card.says("does not know this client", "of the type 'Non-browser'")
    assert card.field("Client ID").get_attribute("aria-invalid") == "true"
    assert card.page.evaluate("() => document.activeElement.className").startswith("zbt-")
    leaves_nothing(card)


def test_a_redirect_is_caught(open_card, sandbox):
    """The registered port is listened at, after Start again too; Accept connects, and frees port and thread."""
    port = free_port()
    uri = f"http://127.0.0.1:{port}/callback"
    client = sandbox.world.register_client("Caught", redirect_uri=uri)
    card = open_card(
        f"%zbt login --client-id {client.client_id} --redirect-uri {uri}",
        "import threading; print([t.name for t in threading.enumerate()])",
    )
    card.field("Client secret").fill(client.client_secret)
    card.start()
    card.says("Waiting for your consent")
    assert is_listened_at(port)
    leaves_nothing(card)
    first = card.link.get_attribute("href")
    card.zoho.get_by_role("button", name="Accept", exact=True).wait_for()
    card.zoho.close()
    card.start("Start again")
    card.page.wait_for_function(
        "first => ![undefined, first].includes(document.querySelector('.zbt-link-row a')?.href)", arg=first
    )
    card.zoho.get_by_role("button", name="Accept", exact=True).click()
    card.zoho.get_by_role("heading", name="Connected").wait_for()
    connected(card)
    leaves_nothing(card)
    assert not is_listened_at(port)
    card.press("Sign out")
    card.says("Signed out")
    card.notebook.run_cell(2)
    card.notebook.wait_for_text("MainThread", cell=2)
    assert "zbt-sign-in" not in card.notebook.outputs()[2]
    leaves_nothing(card)


def test_a_taken_port_leaves_the_paste(open_card, sandbox):
    """Nothing can be caught there: the card asks for the code, and takes it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        uri = f"http://127.0.0.1:{taken.getsockname()[1]}/callback"
        client = sandbox.world.register_client("Taken", redirect_uri=uri)
        card = open_card(f"%zbt login --client-id {client.client_id} --redirect-uri {uri}")
        card.field("Client secret").fill(client.client_secret)
        card.start()
        card.place.get_by_text("copy the code, or the address of the page after that").wait_for()
        card.paste(sandbox.world.consent(card.link.get_attribute("href")))
        connected(card)


def test_a_waiting_cell_goes_over_to_the_prompt(open_card, sandbox):
    """The cell that waits asks instead, for what is not typed yet; the card shows how it ends."""
    card = open_card(f"%zbt login --wait 60 --redirect-uri {sandbox.redirect_uri}", "print('as', zbt.current().name)")
    card.fill_in()
    card.press(PROMPT)
    card.place.get_by_text("Go on in the prompt").wait_for()
    card.notebook.page.locator(".jp-Stdin-input").wait_for()
    card.notebook.answer(sandbox.world.consent(card.notebook.printed_link(1)))
    connected(card)
    card.notebook.run_cell(2)
    card.notebook.wait_for_text("as default", cell=2)
    saved = leaves_nothing(card)
    assert sandbox.client_secret not in saved
    assert "The prompt that stood here is over." in saved
    assert "state=" not in saved  # nor anything else of the consent link


def test_a_prompt_that_is_stopped_gives_the_card_back(open_card, sandbox):
    """Stop ends the asking cell; the card works on, and offers the line to run."""
    card = open_card(f"%zbt login --wait 60 --redirect-uri {sandbox.redirect_uri}")
    card.fill_in()
    card.press(PROMPT)
    card.notebook.page.locator(".jp-Stdin-input").wait_for()
    card.notebook.interrupt()
    card.notebook.wait_until_idle()
    card.start("Start again")
    card.says("Waiting for your consent")
    card.paste(card.visit().code)
    connected(card)
