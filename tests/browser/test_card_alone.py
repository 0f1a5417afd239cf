"""The card's front end by itself, outside of Jupyter: no kernel, no theme, no notebook's style."""

import json

import pytest

from tests.conftest import ROOT
from zbt_notebook.notebook.sign_in import background_logins
from zbt_notebook.notebook.sign_in.card import MODULE
from zbt_notebook.notebook.sign_in.card_view import view_of
from zbt_notebook.notebook.sign_in.sign_in import SignIn

SOURCE = ROOT / "zbt_notebook"
MODEL = """
window.sent = [];
window.listeners = [];
const model = {
    send: (message, _callbacks, buffers = []) =>
        window.sent.push({ ...message, bytes: buffers.map(buffer => new TextDecoder().decode(buffer)) }),
    on: (_name, listener) => window.listeners.push(listener),
    off: (_name, listener) => window.listeners.splice(window.listeners.indexOf(listener), 1),
};
window.remove = card.render({ model, el: document.getElementById("place") });
"""


@pytest.fixture
def show(open_page):
    """``show(view, theme="light")``: a bare page with the card, which has got this view, or no answer."""

    def open_one(view=None, theme="light", width=900):
        page = open_page(theme, width=width)
        page.set_content("<!doctype html><html lang=en><body><div id=place></div></body></html>")
        page.add_style_tag(path=SOURCE / "signing_in" / "card.css")
        source = MODULE.replace("export default", "const card =")
        page.add_script_tag(content=f"(() => {{ {source}\n{MODEL} }})()")
        if view:
            page.evaluate("view => window.listeners[0](view)", json.loads(json.dumps(view)))
        return page

    return open_one


def test_without_a_kernel_it_says_so(show):
    """Nobody answers the hello: after three seconds the card asks to run the cell again; a late answer wakes it."""
    page = show()
    page.get_by_text("This card belongs to an earlier session").wait_for()
    assert page.get_by_text("Run the cell again.").is_visible()
    assert not page.get_by_label("Client ID").is_visible()
    page.evaluate("view => window.listeners[0](view)", view_of(SignIn()))
    page.get_by_label("Client ID").wait_for()
    assert page.get_by_role("status").inner_text() == "Not connected"


def test_what_is_sent_and_what_stays(show):
    """The secret goes out with one message, as bytes that no log shows, and is gone from the field at once."""
    page = show(view_of(SignIn()))
    page.get_by_label("Client ID").fill("1000.X")
    page.get_by_label("Client secret").fill("canary")
    page.get_by_role("button", name="Create consent link").click()
    assert page.get_by_label("Client secret").input_value() == ""
    with_secret = [message for message in page.evaluate("window.sent") if "canary" in json.dumps(message)]
    assert [(message["kind"], message["unseen"], message["bytes"]) for message in with_secret] == [
        ("start", ["client_secret"], ["canary"])
    ]
    assert "canary" not in json.dumps({name: value for name, value in with_secret[0].items() if name != "bytes"})


def test_a_card_that_is_taken_away_leaves_nothing(show):
    """Removed with its cell, it listens no more."""
    page = show(view_of(SignIn()))
    page.evaluate("window.remove()")
    assert page.evaluate("window.listeners.length") == 0


def test_a_link_of_another_kind_is_no_link(show):
    """Only a web address becomes a link, whatever the view holds."""
    page = show(view_of(SignIn()) | {"phase": "waiting", "consent_url": "javascript:alert(1)"})
    assert page.get_by_role("link", name="Open Zoho's consent page").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_follows_the_system_where_no_theme_is(show, theme):
    """Outside of Jupyter its own colours are light or dark as the system is, and can be read."""
    page = show(view_of(SignIn()), theme)
    colours = page.evaluate(
        "() => ['backgroundColor', 'color'].map(name => getComputedStyle(document.querySelector('.zbt-card'))[name])"
    )
    ground, ink = (luminance(colour) for colour in colours)
    assert (ground > ink) is (theme == "light")
    assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) > 7  # WCAG 2.2, 1.4.6: enhanced contrast


def luminance(colour):
    """WCAG's relative luminance of ``rgb(r, g, b)``."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_control_has_a_name(show):
    """No field, box or button without an accessible name; all of the interface's names are there, once."""
    page = show(view_of(SignIn()))
    controls = "input, select, textarea, button, a[href], summary"
    nameless = """controls => [...document.querySelectorAll(controls)]
        .filter(e => !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim()))
        .map(e => e.outerHTML)"""
    assert page.evaluate(nameless, controls) == []
    for name in ("Data centre", "Client ID", "Client secret", "Redirect URI", "Scopes", "Code"):
        assert page.get_by_label(name).count() == 1, name
    assert page.get_by_role("status").count() == 1


WAYS = ["Use a short code", "Catch it on this machine", "Paste in a prompt instead"]


def other_ways(page):
    """The buttons of the other ways that can be seen."""
    return [name for name in WAYS if page.get_by_role("button", name=name, exact=True).count()]


def test_nothing_is_caught_from_another_machine(show):
    """Where the page is not this machine's, the listener is not offered, whatever Python says."""
    page = show(view_of(SignIn(ways=background_logins.WAYS)))
    assert other_ways(page) == [WAYS[0], WAYS[2]]


def test_a_way_takes_the_form_along(show):
    """What is typed goes with the press, the secret as bytes, and the field is blank."""
    page = show(view_of(SignIn(ways=background_logins.WAYS)))
    page.get_by_label("Client ID").fill("1000.X")
    page.get_by_label("Client secret").fill("canary")
    page.get_by_role("button", name="Use a short code").click()
    assert page.get_by_label("Client secret").input_value() == ""
    (sent,) = [message for message in page.evaluate("window.sent") if message["kind"] == "device"]
    assert (sent["attempt"], sent["client_id"], sent["unseen"], sent["bytes"]) == (
        0,
        "1000.X",
        ["client_secret"],
        ["canary"],
    )
    assert "canary" not in json.dumps({name: value for name, value in sent.items() if name != "bytes"})


def test_who_is_signed_in_is_one_of_the_boxes(show):
    """The scope of the profile has a box with its own words."""
    page = show(view_of(SignIn()))
    page.get_by_text("Choose from the list").click()
    page.get_by_label("Who is signed in").check()
    assert page.get_by_label("Scopes").input_value().endswith(", AaaServer.profile.READ")
    page.get_by_label("Who is signed in").uncheck()
    assert "AaaServer" not in page.get_by_label("Scopes").input_value()


def test_the_account_is_on_the_connected_card(show):
    """Its name stands with the connection's facts; where it is not known, nothing does."""
    connection = {
        "name": "default",
        "account": "<b>Ada</b> (a…@example.org)",
        "data_center": "eu",
        "host": "bugtracker.zoho.eu",
        "client_id": "1000.X",
        "granted": [],
        "missing": [],
        "seconds_left": 3600,
        "can_refresh": True,
    }
    connected = view_of(SignIn()) | {"phase": "connected", "status": ["Connected"], "connection": connection}
    page = show(connected)
    page.get_by_text("<b>Ada</b> (a…@example.org)").wait_for()
    page.evaluate("view => window.listeners[0](view)", connected | {"connection": {**connection, "account": ""}})
    assert page.get_by_text("Account", exact=True).count() == 0
