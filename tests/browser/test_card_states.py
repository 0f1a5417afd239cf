"""The card in each of its states, light and dark, narrow and magnified: nothing for axe to find, nothing sticks out."""

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from zbt_notebook.notebook.embedded_sandbox import sandbox
from zbt_notebook.notebook.js_bundle import bundle, style
from zbt_notebook.notebook.sign_in.sign_in import SignIn

RENDER = """
window.show = view => {
    let receive;
    const model = { send() {}, on(name, listener) { if (name === "msg:custom") receive = listener; }, off() {} };
    const place = document.getElementById("place");
    place.replaceChildren();
    card.render({ model, el: place });
    receive(view);
    if (view.choice) receive(view.choice);
};
"""
CHOICE = {
    "kind": "choice",
    "failed": False,
    "portals": [{"id": "1", "name": "brightwater"}],
    "portal": "1",
    "projects": [{"id": str(number), "name": f"Project {number}"} for number in range(12)],
    "project": "3",
    "status": ["In use: portal brightwater, project Project 3"],
    "line": "%zbt use portal=brightwater project='Project 3'",
}
STICKS_OUT = """() => {
    const card = document.querySelector('.zbt-card'), edge = card.getBoundingClientRect().right + 1;
    return [...card.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > edge).map(e => e.outerHTML)
}"""


@pytest.fixture(scope="module")
def states():
    """What Python tells in each state, by its name."""
    site = sandbox(bugs=5, projects=3)
    client = {"client_id": site.client_id, "client_secret": site.client_secret, "redirect_uri": site.redirect_uri}
    given: dict[str, Any] = {**client, "scopes": site.scopes, "data_center": site.data_center}
    told = {"empty": SignIn().view()}
    sign_in = SignIn(**given, filled_in="for you: it is the sandbox's")
    told["filled in"] = sign_in.view()
    sign_in.handle({"kind": "start", "attempt": 0})
    told["waiting"] = sign_in.view()
    told["catching"] = {**sign_in.view(), "catching": True}
    sign_in.handle({"kind": "code", "code": "nonsense!"})
    told["failed"] = sign_in.view()
    sign_in.handle({"kind": "code", "code": site.consent(sign_in.view()["consent_url"])})
    told["connected"] = {**sign_in.view(), "choice": CHOICE}
    told["greets"] = {**sign_in.view(), "greets": True}
    sign_in.handle({"kind": "sign_out"})
    told["signed out"] = sign_in.view()
    told["replaced"] = {**sign_in.view(), "ended": "replaced", "status": ["Replaced by a newer sign-in"]}
    own = site.for_devices()
    device = SignIn(**{**given, "client_id": own.client_id, "client_secret": own.client_secret})
    device.handle({"kind": "device", "attempt": 0})
    told["short code"] = device.view()
    device.close()
    told["remembered"] = {**told["empty"], "remembered": True, "cannot_keep": "there is no keyring on this machine"}
    told["one button"] = {**told["filled in"], "filled_in": "by whoever set this server up"}
    site.stop()
    return told


@pytest.fixture
def stage(bare_page):
    """``stage(theme, width)``: a page that shows one view after the other."""

    def open_one(theme="light", width=900):
        page = bare_page(theme, width)
        page.set_content(
            "<!doctype html><html lang=en><title>card</title><body><main><h1>Notebook</h1><div id=place></div></main>"
        )
        page.add_style_tag(
            content="body { background: Canvas; color: CanvasText; color-scheme: light dark }" + style("card")
        )
        source = bundle("card").replace("export default", "const card =")
        page.add_script_tag(content=f"(() => {{ {source}\n{RENDER} }})()")
        return page

    return open_one


EVERY_RULE = {"resultTypes": ["violations"]}
COLOURS = EVERY_RULE | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.mark.parametrize(("theme", "options"), [("light", EVERY_RULE), ("dark", COLOURS)], ids=["light", "dark"])
def test_axe_finds_nothing(states, stage, theme, options):
    """Every state, and the form unfolded: contrast, names, roles, labels; in the dark what that changes: contrast."""
    page = stage(theme)
    page.evaluate(AXE_SCRIPT)
    found = {}
    for name, view in states.items():
        page.evaluate("view => window.show(view)", json.loads(json.dumps(view)))
        for control in page.get_by_role("button", name="Change", exact=True).all()[::-1]:
            if control.is_visible():
                control.click()
        for summary in page.get_by_text("Choose from the list").all():
            if summary.is_visible():
                summary.click()
        violations = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        if violations:
            found[name] = [
                (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]]) for one in violations
            ]
    assert found == {}


@pytest.mark.parametrize("width", [280, 340, 450, 900])
def test_nothing_sticks_out(states, stage, width):
    """From what 200 % leaves beside a side bar on; half of 900 pixels is what a magnification of 200 % leaves."""
    page = stage(width=width)
    for name, view in states.items():
        page.evaluate("view => window.show(view)", json.loads(json.dumps(view)))
        assert page.evaluate(STICKS_OUT) == [], name


def test_what_may_be_done_is_never_cut_off(states, stage):
    """The permissions are read whole, beside an address of any length."""
    page = stage(width=700)
    page.evaluate("view => window.show(view)", states["empty"])
    for summary in page.locator(".zbt-fold:first-child .zbt-summary").all():
        assert summary.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_what_is_filled_in_by_the_server_leaves_one_button(states, stage):
    """ZBT_CLIENT_ID and ZBT_CLIENT_SECRET are set: the client's fields are folded, and can be unfolded."""
    page = stage()
    page.evaluate("view => window.show(view)", states["one button"])
    assert not page.get_by_label("Client ID").is_visible()
    assert page.get_by_role("button", name="Sign in at Zoho").is_visible()
    page.get_by_role("button", name="Change the client").click()
    assert page.get_by_label("Client ID").is_visible()


def test_no_time_runs_beside_what_is_over(states, stage):
    """A refused code or consent: its two lines, no countdown, no word of a page that waits; one next step."""
    page = stage()
    page.evaluate("view => window.show(view)", states["waiting"])
    page.get_by_text("code lives 2 minutes").wait_for()
    page.evaluate("view => window.show(view)", states["failed"])
    assert page.get_by_text("code lives 2 minutes").count() == 0
    assert page.locator(".zbt-instruction").inner_text() == ""
    assert page.locator(".zbt-primary:visible").all_inner_texts() == ["Start again"]


def test_the_next_step_is_inside_the_card(states, stage):
    """Portal and project, and the line to copy; one status on the card."""
    page = stage()
    page.evaluate("view => window.show(view)", states["connected"])
    assert page.get_by_label("Portal", exact=True).input_value() == "1"
    assert page.get_by_label("Project", exact=True).input_value() == "3"
    lines = ["%zbt login --sandbox --auto", "%zbt use portal=brightwater project='Project 3'"]
    assert page.locator(".zbt-next .zbt-line").inner_text().splitlines() == lines
    assert page.get_by_role("status").all_inner_texts() == ["Connected"]
