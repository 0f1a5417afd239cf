"""The sign-in card in a real notebook, from the first keystroke to the sign-out."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.card import Card
from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.client.login_flow import LoginFlow

ESSAY = "Dear Zoho, I would like to sign in, and here is why: it is a long story, and it begins with a bug. " * 60
TOKEN = re.compile(r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}")  # the shape of every code and every token
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
        notebook = open_notebook(login, *cells, **{"reuse": True} | how)
        notebook.run_cell(0)
        card = Card(notebook, sandbox)
        card.says("Not connected")
        return card

    return open_one


def test_the_main_story_leaves_no_secret(open_card, sandbox):
    """Type, consent in a new tab, paste, call; saved at every step with widget state on, the file holds no secret."""
    card = open_card("zbt.current().get('/portals/')", save_widget_state=True)
    saved = []

    def save():
        card.notebook.save()
        saved.append(card.notebook.saved_text())

    card.fill_in()
    save()
    card.start()
    card.says("Waiting for your consent")
    save()
    landed = card.visit()
    card.field("Code").fill(landed.code)
    save()
    card.press("Connect")
    card.status.get_by_text("Connected", exact=True).wait_for()
    assert not card.link.count()
    save()
    card.notebook.run_cell(1)
    card.notebook.wait_for_text("portals", cell=1)
    save()
    assert '"widgets"' in saved[-1]
    for text in saved:
        assert sandbox.client_secret not in text
        assert landed.code not in text
        assert not TOKEN.search(text)


def test_a_code_is_exchanged_as_it_is_pasted(open_card):
    """No button is needed after the paste; the whole address does as well as the code."""
    card = open_card()
    card.begin()
    card.paste(card.visit().address)
    card.status.get_by_text("Connected", exact=True).wait_for()
    card.place.get_by_text("Granted, as you asked").click()
    card.place.get_by_text("bugs.UPDATE", exact=True).wait_for()


def test_each_way_to_fail_has_its_own_advice(open_card, sandbox):
    """Essay, other sign-in, refusal, reuse, expiry: two lines each, nothing lost; then the right code connects."""
    card = open_card()
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


def test_a_used_code_is_refused_with_advice(open_card):
    """A code that another sign-in has used leads to a new link."""
    card = open_card()
    card.begin()
    landed = card.visit()
    redeem(card, landed)
    card.paste(landed.code)
    card.says("invalid_code", "It is used")
    card.press("Start again")
    card.says("Waiting for your consent")


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


def test_a_wrong_secret_is_asked_for_again(open_card, sandbox):
    """The secret alone has to be typed again, and then it goes on as before."""
    card = open_card()
    card.begin(secret="wrong" * 8)
    card.paste(card.visit().code)
    card.says("invalid_client_secret", "Copy the secret again")
    assert card.field("Client ID").input_value() == sandbox.client_id
    assert card.field("Client secret").input_value() == ""
    card.press("Start again")
    card.says("Not connected")
    card.connect()


def test_a_malformed_form_keeps_what_was_typed(open_card):
    """Each wrong field is named; the others stay, the secret in the kernel."""
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
    card.field("Redirect URI").press("Enter")
    card.link.wait_for()


def test_a_stopped_sandbox_is_no_loss(open_card, sandbox):
    """Where nobody answers two lines say so, and the form and the link stay."""
    card = open_card()
    card.begin()
    landed = card.visit()
    sandbox.stop()
    card.paste(landed.code)
    card.says("answer")
    assert card.link.is_visible()
    assert card.field("Client ID").input_value() == sandbox.client_id


def test_refresh_and_sign_out(open_card):
    """The connected card renews its token and signs out, telling what it achieved; the form comes back."""
    card = open_card("zbt.current()")
    card.connect()
    card.press("Refresh")
    card.place.get_by_text("There is a new access token.").wait_for()
    card.press("Sign out")
    card.says("Signed out")
    card.place.get_by_text("revoked at Zoho").wait_for()
    card.notebook.run_cell(1)
    card.notebook.wait_for_text("NotSignedIn", cell=1)


def test_a_reloaded_page_shows_the_card_as_it_is(open_card):
    """F5 in the middle: what was typed, the link and the connection are there again."""
    card = open_card(reuse=False)
    card.begin()
    card.notebook.save()
    card.notebook.reload()
    card.says("Waiting for your consent")
    assert card.field("Client ID").input_value() == card.sandbox.client_id
    card.paste(card.visit().code)
    card.status.get_by_text("Connected", exact=True).wait_for()


def test_a_card_without_its_kernel_says_so(open_card):
    """After a restart of the kernel the saved card asks to run the cell again."""
    card = open_card(save_widget_state=True)
    card.begin()
    card.notebook.save()
    card.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    card.notebook.wait_until_idle()
    card.says("The kernel was restarted", "Run the cell again")


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


def test_the_picker_and_the_field_are_one(open_card):
    """Presets and boxes write the field, the field ticks the boxes, what the list does not know stays."""
    card = open_card()
    card.unfold("Scopes")
    card.field("Scopes").fill("ZohoBugTracker.tags.ALL")
    card.place.get_by_label("Read only", exact=True).check()
    assert card.field("Scopes").input_value() == ", ".join(PRESETS["read only"])
    card.place.get_by_text("Choose from the list").click()
    card.place.get_by_label("bugs delete").check()
    card.place.get_by_label("portals read").uncheck()
    assert card.field("Scopes").input_value().endswith(", ZohoBugTracker.bugs.DELETE, ZohoProjects.bugs.DELETE")
    assert ".portals." not in card.field("Scopes").input_value()
    card.field("Scopes").fill("AaaServer.profile.READ zohobugtracker.BUGS.create zohoprojects.bugs.CREATE")
    assert card.place.get_by_label("bugs create").is_checked()
    assert not card.place.get_by_label("bugs delete").is_checked()
    card.place.get_by_label("users read").check()
    assert card.field("Scopes").input_value().startswith("AaaServer.profile.READ, ")
    card.place.get_by_label("Triage", exact=True).check()
    assert card.field("Scopes").input_value() == ", ".join(PRESETS["triage"])


def test_a_double_click_makes_one_link(open_card):
    """Two clicks are one sign-in."""
    card = open_card()
    card.fill_in()
    with card.page.context.expect_page() as opened:
        card.place.get_by_role("button", name="Sign in at Zoho").dblclick()
    card.zoho = opened.value
    card.link.wait_for()
    assert len(card.page.context.pages) == 2
    card.paste(card.visit().address)
    card.status.get_by_text("Connected", exact=True).wait_for()


def test_the_codes_life_is_counted_from_the_return(open_card):
    """Calm before the visit, a countdown after it, and a way on when it is over."""
    card = open_card()
    card.begin()
    card.place.get_by_text("Zoho's code lives 2 minutes").wait_for()
    landed = card.visit()
    card.field("Code").focus()
    card.place.get_by_text("About 1:5").wait_for()
    card.page.evaluate(
        "() => { const now = performance.now.bind(performance); performance.now = () => now() + 121000 }"
    )
    card.place.get_by_text("minutes are over. Start again for a new link").wait_for()
    card.paste(landed.code)
    card.status.get_by_text("Connected", exact=True).wait_for()


STICKS_OUT = """() => {
    const card = document.querySelector('.zbt-card'), edge = card.getBoundingClientRect().right + 1;
    return [...card.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > edge).map(e => e.outerHTML)
}"""


def test_nothing_sticks_out(open_card):
    """From a side panel's width on, no part of the card is wider than the card, in any state."""
    card = open_card(reuse=False)
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


def test_texts_are_texts(open_notebook, sandbox):
    """A connection's name or a typed value that looks like markup is shown as it is, and does nothing."""
    hostile = "<img src=x onerror='window.hit = 1'>"
    notebook = open_notebook(
        "import zbt_notebook as zbt\n"
        f"site = zbt.DataCenter('sandbox', {sandbox.accounts_url!r}, {sandbox.api_url!r})\n"
        f"card = zbt.login(name={hostile!r}, data_center=site, redirect_uri={sandbox.redirect_uri!r})",
        reuse=True,
    )
    notebook.run_cell(0)
    card = Card(notebook, sandbox)
    card.connect()
    card.place.get_by_text(hostile).wait_for()
    assert card.page.evaluate("() => window.hit") is None


def test_a_wait_can_be_stopped(open_notebook, sandbox):
    """Stop ends the awaiting cell; the card goes on working."""
    notebook = open_notebook(
        "import zbt_notebook as zbt\n"
        f"site = zbt.DataCenter('sandbox', {sandbox.accounts_url!r}, {sandbox.api_url!r})\n"
        f"card = zbt.login(data_center=site, redirect_uri={sandbox.redirect_uri!r})\n"
        "await card",
        "print(card.connection.name)",
        reuse=True,
    )
    notebook.run_cell(0)
    card = Card(notebook, sandbox)
    card.says("Not connected")
    notebook.interrupt()
    notebook.wait_until_idle()
    card.connect()
    notebook.run_cell(1)
    notebook.wait_for_text("default", cell=1)
