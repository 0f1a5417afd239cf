"""The sign-in card in a real notebook, from the first keystroke to the sign-out."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.card import Card
from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.client.login_flow import LoginFlow

ESSAY = "Dear Zoho, I would like to sign in, and here is why: it is a long story, and it begins with a bug. " * 60
TRIAGE = ", ".join(PRESETS["triage"])


@pytest.fixture
def open_card(open_notebook, sandbox):
    """``open_card(*more_cells, **how)``: a notebook whose first cell shows the card, in a page that may be used."""

    def open_one(*cells, **how):
        login = (
            "import zbt_notebook as zbt\n"
            f"site = zbt.DataCenter('sandbox', {sandbox.accounts_url!r}, {sandbox.api_url!r})\n"
            f"card = zbt.login(data_center=site, redirect_uri={sandbox.redirect_uri!r}, scopes={TRIAGE!r})"
        )
        notebook = open_notebook(login, *cells, **how)
        notebook.run_cell(0)
        card = Card(notebook, sandbox)
        card.says("Not connected")
        return card

    return open_one


def test_two_presses_a_paste_and_out_again(open_card):
    """A double click is one sign-in, a pasted address needs no button; renewed; signed out, the form is there again."""
    card = open_card("zbt.current()")
    card.fill_in()
    with card.page.context.expect_page() as opened:
        card.place.get_by_role("button", name="Sign in at Zoho").dblclick()
    card.zoho = opened.value
    card.link.wait_for()
    assert len(card.page.context.pages) == 2
    card.paste(card.visit().address)
    card.status.get_by_text("Connected", exact=True).wait_for()
    assert not card.link.count()
    card.place.get_by_text("Granted, as you asked").click()
    card.place.get_by_text("bugs.UPDATE", exact=True).wait_for()
    card.press("Refresh")
    card.place.get_by_text("There is a new access token.").wait_for()
    card.press("Sign out")
    card.says("Signed out")
    card.place.get_by_text("revoked at Zoho").wait_for()
    card.notebook.run_cell(1)
    card.notebook.wait_for_text("NotSignedIn", cell=1)


def test_each_way_to_fail_has_its_own_advice(open_card, sandbox):
    """Wrong secret, essay, other sign-in, refusal, expiry, reuse: two lines each, nothing else lost; then connected."""
    card = open_card()
    card.begin(secret="wrong" * 8)
    card.paste(card.visit().code)
    card.says("invalid_client_secret", "Copy the secret again")
    assert card.field("Client ID").input_value() == sandbox.client_id
    assert card.field("Client secret").input_value() == ""
    card.press("Start again")
    card.says("Not connected")
    card.begin()
    card.paste(ESSAY)
    card.says("it is not a code", "Paste the code, or the whole address")
    card.paste(card.link.get_attribute("href"))
    card.says("holds no code", "That is the consent link itself")
    card.paste(foreign_address(card))
    card.says("belongs to another sign-in", "Open this card's own consent link")
    card.paste(card.visit("Reject").address)
    card.says("access_denied", "press Accept")
    late = card.visit()
    sandbox.clock.advance(121)
    card.paste(late.code)
    card.says("invalid_code", "older than two minutes")
    assert card.field("Client ID").input_value() == sandbox.client_id
    card.start("Start again")
    card.says("Waiting for your consent")
    landed = card.visit()
    redeem(card, landed)
    card.paste(landed.code)
    card.says("invalid_code", "It is used")
    card.start("Start again")
    card.says("Waiting for your consent")
    card.paste(card.visit().code)
    card.status.get_by_text("Connected", exact=True).wait_for()


def foreign_address(card):
    """Where somebody else's sign-in ended."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(card.link.get_attribute("href")).query).items()}
    other = LoginFlow(query["client_id"], "unused", query["redirect_uri"], query["scope"])
    foreign = card.sandbox.world.consent(
        other.authorization_url.replace("https://accounts.zoho.com", card.sandbox.accounts_url)
    )
    assert "state=" in foreign
    return foreign


def redeem(card, landed):
    """Use a code elsewhere."""
    elsewhere = LoginFlow(
        card.sandbox.client_id,
        card.sandbox.client_secret,
        card.sandbox.redirect_uri,
        TRIAGE,
        DataCenter("elsewhere", card.sandbox.accounts_url, card.sandbox.api_url),
        name="elsewhere",
    )
    signed_in.forget(elsewhere.finish(landed.code))


def test_a_malformed_form_keeps_what_was_typed(open_card):
    """Each wrong field is named; the others stay, the secret in the kernel. So they do where nobody answers."""
    card = open_card()
    card.press("Sign in at Zoho")
    card.says("client ID is empty", "Copy it from Zoho's API console")
    card.fill_in()
    card.unfold("Redirect URI")
    card.field("Redirect URI").fill("localhost:8000")
    card.field("Scopes").fill("ZohoBugTracker.bug.READ")
    card.press("Sign in at Zoho")
    card.says("has no scope", "Did you mean")
    card.field("Scopes").fill("ZohoBugTracker.bugs.READ")
    card.press("Sign in at Zoho")
    card.says("redirect URI is not an http(s) address", "Copy it from the API console")
    assert card.field("Redirect URI").input_value() == "localhost:8000"
    assert card.field("Redirect URI").get_attribute("aria-invalid") == "true"
    assert card.field("Client secret").get_attribute("placeholder") == "held in the kernel"
    card.field("Redirect URI").fill(card.sandbox.redirect_uri)
    with card.page.context.expect_page() as opened:
        card.field("Redirect URI").press("Enter")
    card.zoho = opened.value
    card.link.wait_for()
    landed = card.visit()
    card.sandbox.stop()
    card.paste(landed.code)
    card.says("answer")
    assert card.link.is_visible()
    assert card.field("Client ID").input_value() == card.sandbox.client_id


def test_the_keyboard_is_enough(open_card, sandbox):
    """From the first field to Connected without a mouse; Jupyter's own keys stay out of it."""
    card = open_card("'kept'")
    keyboard = card.page.keyboard
    card.field("Data centre").focus()
    keyboard.press("d")
    keyboard.press("d")  # in command mode this deletes the cell
    card.field("Client ID").focus()
    keyboard.type(sandbox.client_id)
    keyboard.press("Tab")
    keyboard.type(sandbox.client_secret)
    card.field("Data centre").select_option("sandbox")
    with card.page.context.expect_page() as opened:
        card.field("Client secret").press("Enter")
    opened.value.get_by_role("button", name="Accept").click()
    code = opened.value.locator("#code").inner_text()
    opened.value.close()
    card.page.evaluate("() => window.dispatchEvent(new Event('focus'))")  # back in this tab
    card.page.wait_for_function('() => document.activeElement?.labels?.[0]?.textContent === "Code"')
    keyboard.type(code)
    keyboard.press("Enter")
    card.status.get_by_text("Connected", exact=True).wait_for()
    assert len(card.notebook.execution_counts()) == 2


STICKS_OUT = """() => {
    const card = document.querySelector('.zbt-card'), edge = card.getBoundingClientRect().right + 1;
    return [...card.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > edge).map(e => e.outerHTML)
}"""


def test_nothing_sticks_out(open_card):
    """From a side panel's width on, no part of the card is wider than the card, in any state."""
    card = open_card()
    card.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    card.unfold("Redirect URI")
    card.place.get_by_text("Choose from the list").click()

    def check():
        for width in (400, 900, 1500):
            card.page.set_viewport_size({"width": width, "height": 900})
            assert card.page.evaluate(STICKS_OUT) == []

    check()
    card.connect()
    check()
    card.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
