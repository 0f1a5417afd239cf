"""What the card does between the press and Zoho: the tab, the link where there is none, what takes it away."""

import pytest

from zbt_notebook.notebook.sign_in.sign_in import SignIn


def test_one_press_opens_a_tab_that_goes_to_zoho(show):
    """Opened in the click, its address set when the kernel has answered; without a connection to this page."""
    page = show(SignIn(client_id="1000.ABC").view())
    page.context.route("https://accounts.zoho.test/**", lambda route: route.fulfill(body="zoho"))
    page.get_by_label("Client secret").fill("canary")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Sign in at Zoho").click()
    tab = opened.value
    assert tab.url == "about:blank"
    request_id = page.evaluate("window.sent.at(-1).request_id")
    link = {
        "phase": "waiting",
        "attempt": 1,
        "consent_url": "https://accounts.zoho.test/oauth?a=1",
        "request_id": request_id,
    }
    page.evaluate("view => window.listeners[0](view)", SignIn().view() | link)
    tab.wait_for_url("https://accounts.zoho.test/**")
    assert tab.evaluate("window.opener") is None
    page.get_by_role("link", name="Open Zoho's consent page").wait_for()
    page.get_by_role("button", name="Copy link").wait_for()


def test_a_blocked_tab_leaves_the_link(show):
    """Where the browser opens none, the link stands there, and the form is as it was."""
    page = show(SignIn(client_id="1000.ABC", client_secret="canary").view())
    page.evaluate("window.open = () => null")
    page.get_by_role("button", name="Sign in at Zoho").click()
    request_id = page.evaluate("window.sent.at(-1).request_id")
    link = {"phase": "waiting", "attempt": 1, "consent_url": "https://accounts.zoho.test/x", "request_id": request_id}
    page.evaluate("view => window.listeners[0](view)", SignIn().view() | link)
    page.get_by_text("Open Zoho's page.").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Open Zoho's consent page"


def test_a_refused_form_closes_its_tab(show):
    """No blank tab is left behind."""
    page = show(SignIn(client_id="1000.ABC", client_secret="canary").view())
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Sign in at Zoho").click()
    request_id = page.evaluate("window.sent.at(-1).request_id")
    refused = {"failed": True, "field": "scopes", "status": ["No", "Do"], "attempt": 1, "request_id": request_id}
    with opened.value.expect_event("close"):
        page.evaluate("view => window.listeners[0](view)", SignIn().view() | refused)
    assert page.get_by_label("Scopes").is_visible()


@pytest.mark.parametrize("field", ["Client ID", "Client secret"])
def test_a_change_takes_the_link_away(show, field):
    """At the first keystroke, before any kernel has heard of it; the secret's letter is not told."""
    waiting = {"phase": "waiting", "consent_url": "https://accounts.zoho.com/x"}
    page = show(SignIn(client_id="1000.ABC").view() | waiting)
    page.get_by_role("link", name="Open Zoho's consent page").wait_for()
    page.get_by_label(field).press("X")
    page.get_by_role("link", name="Open Zoho's consent page").wait_for(state="hidden")
    page.get_by_text("Changed: press Sign in again").wait_for()
    sent = page.evaluate("window.sent.at(-1)")
    assert (sent["kind"], sent["secret_typed"]) == ("form", field == "Client secret")
    assert "client_secret" not in sent
