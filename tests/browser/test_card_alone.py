"""The card's front end by itself, outside of Jupyter: no kernel, no theme, no notebook's style."""

import json

import pytest

from tests.browser.conftest import MODEL
from tests.conftest import ROOT
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.notebook.js_bundle import bundle
from zbt_notebook.notebook.sign_in.sign_in import SignIn

SOURCE = ROOT / "zbt_notebook"
CONNECTION = {
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


def test_without_a_kernel_it_says_so(show):
    """Nobody answers the hello: after three seconds the card asks to run the cell again; a late answer wakes it."""
    page = show()
    page.clock.fast_forward(3000)
    page.get_by_text("This card belongs to an earlier session").wait_for()
    assert page.get_by_text("Run the cell again.").is_visible()
    assert not page.get_by_label("Client ID").is_visible()
    page.evaluate("view => window.listeners[0](view)", SignIn().view())
    page.get_by_label("Client ID").wait_for()
    assert page.get_by_role("status").inner_text() == "Not connected"


def test_what_is_sent_and_what_stays(show):
    """The secret goes out with one message, as bytes that no log shows, and is gone from the field at once."""
    page = show(SignIn().view())
    page.get_by_label("Client ID").fill("1000.X")
    page.get_by_label("Client secret").fill("canary")
    page.get_by_role("button", name="Sign in at Zoho").click()
    assert page.get_by_label("Client secret").input_value() == ""
    with_secret = [message for message in page.evaluate("window.sent") if "canary" in json.dumps(message)]
    assert [(message["kind"], message["unseen"], message["bytes"]) for message in with_secret] == [
        ("start", ["client_secret"], ["canary"])
    ]
    assert "canary" not in json.dumps({name: value for name, value in with_secret[0].items() if name != "bytes"})


def test_a_card_that_is_taken_away_leaves_nothing(show):
    """Removed with its cell, it listens no more."""
    page = show(SignIn().view())
    page.evaluate("window.remove()")
    assert page.evaluate("window.listeners.length") == 0


def test_a_link_of_another_kind_is_no_link(show):
    """Only a web address becomes a link, whatever the view holds."""
    page = show(SignIn().view() | {"phase": "waiting", "consent_url": "javascript:alert(1)"})
    assert page.get_by_role("link", name="Open Zoho's consent page").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_follows_the_system_where_no_theme_is(show, theme):
    """Outside of Jupyter its own colours are light or dark as the system is, and can be read."""
    page = show(SignIn().view(), theme)
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
    page = show(SignIn().view())
    controls = "input, select, textarea, button, a[href], summary"
    nameless = """controls => [...document.querySelectorAll(controls)]
        .filter(e => !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim()))
        .map(e => e.outerHTML)"""
    assert page.evaluate(nameless, controls) == []
    for name in ("Data centre", "Client ID", "Client secret", "Redirect URI", "Scopes", "Code"):
        assert page.get_by_label(name).count() == 1, name
    assert page.get_by_role("status").count() == 1
    assert page.get_by_role("button", name="Change", exact=True).count() == 2


def test_nothing_is_promised_from_another_machine(show):
    """Where the page is not this machine's, its browser cannot reach the kernel's listener: paste the code."""
    waiting = SignIn().view() | {"phase": "waiting", "consent_url": "https://accounts.zoho.com/", "catching": True}
    page = show(waiting)
    page.get_by_text("copy the code, or the address of the page after that").wait_for()
    own = {**waiting["form"], "redirect_uri": "https://jupyter.example.org/zbt/callback"}
    page.evaluate("view => window.listeners[0](view)", waiting | {"form": own})
    page.get_by_text("this card connects by itself").wait_for()


def test_a_way_takes_the_form_along(show):
    """What is typed goes with the press, the secret as bytes, and the field is blank."""
    page = show(SignIn().view())
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
    page = show(SignIn().view())
    page.get_by_role("button", name="Change", exact=True).first.click()
    page.get_by_text("Choose from the list").click()
    page.get_by_label("Who is signed in").check()
    assert page.get_by_label("Scopes").input_value().endswith(", AaaServer.profile.READ")
    page.get_by_label("Who is signed in").uncheck()
    assert "AaaServer" not in page.get_by_label("Scopes").input_value()


def test_the_account_is_on_the_connected_card(show):
    """Its name stands with the connection's facts; where it is not known, nothing does."""
    connected = SignIn().view() | {"phase": "connected", "status": ["Connected"], "connection": CONNECTION}
    page = show(connected)
    page.get_by_text("<b>Ada</b> (a…@example.org)").wait_for()
    page.evaluate("view => window.listeners[0](view)", connected | {"connection": {**CONNECTION, "account": ""}})
    assert page.get_by_text("Account", exact=True).count() == 0


def test_a_field_is_checked_as_it_is_filled_in(show):
    """What Zoho's page would refuse is told at the field; the right text takes the words away."""
    page = show(SignIn().view())
    for _ in range(2):
        page.get_by_role("button", name="Change", exact=True).first.click()
    for name, right, wrong in (
        (
            "Client ID",
            "1000.SAME",
            {"1000.abcdef": "in capitals", "my app": "reads like 1000.ABC", "0" * 42: "looks like a client secret"},
        ),
        ("Client secret", "0a" * 21, {"1000.SAME": "client ID once more", "1000.OTHER": "never begins with 1000."}),
        ("Redirect URI", "http://localhost:1/", {"localhost:8000": "begins with http"}),
        ("Scopes", "A.b.READ", {"ZohoBugTracker.bugs.read": "capitals count", "everything": "is no scope"}),
    ):
        field = page.get_by_label(name, exact=True)
        for text, words in wrong.items():
            field.fill(text)
            field.blur()
            page.locator(".zbt-problem").filter(has_text=words).wait_for()
            assert field.get_attribute("aria-invalid") == "true"
            field.fill(right)
            page.clock.fast_forward(800)
            page.locator(".zbt-problem").filter(has_text=words).wait_for(state="hidden")


def test_what_zoho_refused_stays_marked_until_it_is_changed(show):
    """The check of what was typed finds nothing wrong with it: that does not take Zoho's refusal away."""
    page = show(SignIn().view())
    client_id = page.get_by_label("Client ID")
    client_id.fill("1000.AB1")
    refused = SignIn().view() | {"failed": True, "field": "client_id", "status": ["Zoho does not know this client"]}
    page.evaluate("view => window.listeners[0](view)", refused)
    client_id.blur()
    page.evaluate("() => new Promise(done => setTimeout(done, 0))")  # behind the check of the field that was left
    assert client_id.get_attribute("aria-invalid") == "true"
    client_id.fill("1000.AB2")
    assert client_id.get_attribute("aria-invalid") == "false"


def test_what_is_in_use_is_asked_for_when_the_card_is_pointed_at(show):
    """`%zbt use` in another cell is seen on the card; the line that signs in stands there from the start."""
    view = SignIn().view() | {
        "phase": "connected",
        "connection": CONNECTION,
        "can_choose": True,
        "tomorrow": "%zbt login",
    }
    page = show(view)
    told = {"kind": "choice", "failed": False, "portals": [], "projects": [], "portal": "", "project": ""}
    page.evaluate(
        "told => window.listeners[0](told)", told | {"in_use": [], "status": ["Nothing is in use"], "line": ""}
    )
    page.locator(".zbt-next").get_by_text("%zbt login", exact=True).wait_for()
    asked = "window.sent.filter(message => message.kind === 'choice').length"
    before = page.evaluate(asked)
    page.get_by_role("button", name="Refresh").hover()
    assert page.evaluate(asked) == before + 1


def test_a_kernel_that_was_shut_down_is_told_when_the_card_is_pointed_at(show):
    """Nobody says that it went: the card asks, gets no answer, and is not green any more."""
    page = show(SignIn().view() | {"phase": "connected", "status": ["Connected"], "connection": CONNECTION})
    page.get_by_role("button", name="Refresh").hover()
    page.clock.fast_forward(3000)
    page.get_by_role("status").get_by_text("The kernel has not answered yet").wait_for()
    assert page.locator(".zbt-card").get_attribute("data-tone") == "asleep"


def test_a_code_is_looked_at_as_it_is_pasted(show):
    """A pasted client ID or consent link is no code: told at the field at once; the field is blank again."""
    waiting = SignIn(client_id="1000.ABC").view() | {"phase": "waiting", "consent_url": "https://accounts.zoho.com/x"}
    page = show(waiting)
    for text, words in [
        ("1000.ABC", "This is the client ID"),
        ("https://accounts.zoho.com/oauth/v2/auth?client_id=1", "the consent link itself"),
    ]:
        page.get_by_label("Code").fill(text)
        page.get_by_label("Code").press("Enter")
        page.get_by_text(words).wait_for()
        assert page.get_by_label("Code").input_value() == ""
        page.evaluate(
            "view => window.listeners[0](view)",
            waiting | {"request_id": page.evaluate("window.sent.at(-1).request_id")},
        )


def test_copied_is_said_only_where_it_was(show):
    """A clipboard that refuses is told."""
    page = show(SignIn().view())
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_text("Copied", exact=True).wait_for()
    page = show(SignIn().view())
    page.evaluate(
        "() => { const refusing = { writeText: () => Promise.reject() }; document.execCommand = () => false;"
        " Object.defineProperty(navigator, 'clipboard', { value: refusing }); }"
    )
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_text("Not copied").wait_for()


@pytest.mark.parametrize("width", [900, 480])
def test_it_is_short(show, width):
    """420 pixels at most in the first state, 900 wide, also in JupyterLab with its side bar open, or filled in."""
    unkept = SignIn(cannot_keep="there is no keyring on this machine").view()
    for view in (unkept, SignIn(client_id="1000.A", client_secret="x", filled_in="for you").view()):
        page = show(view, width=width)
        assert page.locator(".zbt-card").bounding_box()["height"] <= 420


@pytest.mark.parametrize("width", [900, 480, 280])
def test_what_is_wrong_stands_at_its_field(show, width):
    """Nothing comes between a field and its problem, and the mark stands beside what it marks."""
    page = show(SignIn().view(), width=width)
    page.get_by_label("Client secret").fill("1000.OTHER")
    page.get_by_label("Client secret").blur()
    problem, steps = page.get_by_text("never begins with 1000."), page.get_by_role("button", name="No client yet?")
    field = page.get_by_label("Client secret").bounding_box()
    problem.wait_for()
    assert 0 <= problem.bounding_box()["y"] - field["y"] - field["height"] < 8
    assert steps.bounding_box()["y"] < field["y"] + field["height"] or width < 900
    refused = SignIn().view() | {"failed": True, "field": "code", "status": ["No such code", "Start again"]}
    page.evaluate("view => window.listeners[0](view)", refused)
    mark, status = (page.locator(one).bounding_box() for one in (".zbt-mark", ".zbt-status"))
    assert 0 < status["x"] - mark["x"] < 30
    assert 0 <= mark["y"] - status["y"] < 12


def test_a_long_list_opens_at_its_beginning(show):
    """The field of the permissions scrolls; what comes first is seen first."""
    page = show(SignIn().view(), width=480)
    page.get_by_role("button", name="Change", exact=True).first.click()
    field = page.get_by_label("Scopes")
    assert field.evaluate("field => [field.scrollTop, field.selectionStart]") == [0, 0]
    assert field.evaluate("field => field === document.activeElement && field.scrollHeight > field.clientHeight")


def test_a_box_is_a_permission_on_both_apis(show):
    """Zoho has the same scope in two families: a box asks for both; one that is held by half says so."""
    page = show(SignIn(scopes="ZohoBugTracker.users.READ").view())
    page.get_by_role("button", name="Change", exact=True).first.click()
    page.get_by_text("Choose from the list").click()
    assert page.get_by_label("users read").evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    page.get_by_label("users read").click()
    page.get_by_label("bugs create").check()
    scopes = page.get_by_label("Scopes").input_value().split(", ")
    assert scopes == [
        "ZohoBugTracker.users.READ",
        "ZohoProjects.users.READ",
        "ZohoBugTracker.bugs.CREATE",
        "ZohoProjects.bugs.CREATE",
    ]
    page.get_by_label("users read").uncheck()
    assert page.get_by_label("Scopes").input_value().split(", ") == scopes[2:]


def test_what_was_granted_is_folded_and_what_was_not_is_plain(show):
    """A list of twenty scopes stays behind its number; a missing one is seen at once."""
    granted, missing = [f"ZohoBugTracker.m{number}.READ" for number in range(20)], ["ZohoBugTracker.bugs.READ"]
    view = SignIn().view() | {"phase": "connected", "connection": CONNECTION | {"granted": granted, "missing": missing}}
    page = show(view)
    page.get_by_text("bugs.READ not granted").wait_for()
    assert not page.get_by_text("m7.READ").is_visible()
    page.get_by_text("Granted, except 1 of the permissions").click()
    page.get_by_text("m7.READ").wait_for()


def test_ways_that_cannot_work_are_not_offered(show):
    """A Self Client's code comes from the console: there is no short code for it; each has its prompt."""
    for way, offered in (
        ({"redirect_uri": "https://example.org/callback"}, ["Use a short code", "Paste in a prompt instead"]),
        ({"self_client": True}, ["Paste in a prompt instead"]),
    ):
        buttons = show(SignIn(**way).view()).locator(".zbt-alternatives").get_by_role("button")
        assert [name for name in buttons.all_inner_texts() if name] == offered


def test_the_line_for_a_prompt_can_be_copied(show):
    """Where no cell waits the button tells the line to run."""
    page = show(SignIn(name="my work").view())
    line = "%zbt login --mode prompt --as 'my work'"
    assert not page.get_by_text(line).is_visible()
    page.get_by_role("button", name="Paste in a prompt instead").click()
    page.get_by_text(line).wait_for()
    page.get_by_role("button", name="Copy the line").click()
    page.get_by_text("Copied", exact=True).wait_for()
    page.get_by_label("Client ID").press("Control+v")
    assert page.get_by_label("Client ID").input_value() == line
    page.get_by_role("button", name="Paste in a prompt instead").click()
    assert not page.get_by_text(line).is_visible()


def test_texts_are_texts(show):
    """A name or a value that looks like markup is shown as it is, and does nothing."""
    hostile = "<img src=x onerror='window.hit = 1'>"
    page = show(SignIn(name=hostile, client_id=hostile).view())
    assert page.get_by_label("Client ID").input_value() == hostile
    connected = {"phase": "connected", "status": [hostile], "connection": CONNECTION | {"name": hostile}}
    page.evaluate("view => window.listeners[0](view)", SignIn(name=hostile).view() | connected)
    page.get_by_role("status").get_by_text(hostile).wait_for()
    assert page.get_by_text(hostile).count() > 1
    assert page.locator("#place img").count() == 0
    assert page.evaluate("() => window.hit") is None


def test_the_picker_and_the_field_are_one(show):
    """Presets and boxes write the field, the field ticks the boxes, what the list does not know stays."""
    page = show(SignIn().view())
    page.get_by_role("button", name="Change", exact=True).first.click()
    field = page.get_by_label("Scopes", exact=True)
    field.fill("ZohoBugTracker.tags.ALL")
    page.get_by_label("Read only", exact=True).check()
    assert field.input_value() == ", ".join(PRESETS["read only"])
    page.get_by_text("Choose from the list").click()
    page.get_by_label("bugs delete").check()
    page.get_by_label("portals read").uncheck()
    assert field.input_value().endswith(", ZohoBugTracker.bugs.DELETE, ZohoProjects.bugs.DELETE")
    assert ".portals." not in field.input_value()
    field.fill("AaaServer.profile.READ zohobugtracker.BUGS.create zohoprojects.bugs.CREATE")
    assert page.get_by_label("bugs create").is_checked()
    assert not page.get_by_label("bugs delete").is_checked()
    page.get_by_label("users read").check()
    assert field.input_value().startswith("AaaServer.profile.READ, ")
    page.get_by_label("Triage", exact=True).check()
    assert field.input_value() == ", ".join(PRESETS["triage"])


def test_the_codes_life_is_counted_from_the_return(show):
    """Calm before the visit, a countdown after it, and a way on when it is over; a late code is sent all the same."""
    waiting = {"phase": "waiting", "consent_url": "https://accounts.zoho.test/x"}
    page = show(SignIn(client_id="1000.ABC").view() | waiting)
    page.context.route("https://accounts.zoho.test/**", lambda route: route.fulfill(body="zoho"))
    page.get_by_text("Zoho's code lives 2 minutes").wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open Zoho's consent page").click()
    opened.value.close()
    page.get_by_label("Code").focus()
    page.get_by_text("About 1:5").wait_for()
    page.clock.fast_forward(121_000)
    page.get_by_text("minutes are over. Start again for a new link").wait_for()
    page.get_by_label("Code").fill("1000.late")
    page.get_by_label("Code").press("Enter")
    sent = page.evaluate("window.sent.at(-1)")
    assert (sent["kind"], sent["bytes"]) == ("code", ["1000.late"])


def test_ids_are_each_cards_own(show):
    """Two cards on a page, each from a module of its own: no id twice, and each label means its own field."""
    page = show(SignIn().view())
    source = bundle("card").replace("export default", "const card =")
    page.evaluate("document.body.append(Object.assign(document.createElement('div'), {id: 'second'}))")
    second = MODEL.replace("window.listeners = [];", "").replace('"place"', '"second"')
    page.add_script_tag(content=f"(() => {{ {source}\n{second} }})()")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)) > 10
    assert page.get_by_label("Client ID").count() == 2


def test_keys_of_the_front_end_pass(show):
    """Typing stays inside; what goes with Ctrl or Meta, and the F-keys, reaches the window: VS Code pastes by it."""
    page = show(SignIn().view())
    page.evaluate("() => { window.keys = []; window.addEventListener('keydown', e => window.keys.push(e.key)) }")
    page.get_by_label("Client ID").focus()
    for key in ("d", "F1", "Control+v", "Meta+v", "ArrowDown"):
        page.keyboard.press(key)
    assert [key for key in page.evaluate("window.keys") if len(key) < 3] == ["F1", "v", "v"]
    assert "ArrowDown" not in page.evaluate("window.keys")


@pytest.mark.parametrize(
    ("set_up", "dark"),
    [
        ("document.body.className = 'vscode-body vscode-dark'", True),
        ("document.body.className = 'vscode-body vscode-light'", False),
        ("document.documentElement.className = 'dark'", True),
        ("document.body.dataset.jpThemeLight = 'true'", False),
        ("document.body.dataset.jpThemeLight = 'false'", True),
    ],
)
def test_it_follows_the_pages_theme_in_a_shadow_root_too(show, set_up, dark):
    """VS Code, marimo, Jupyter: what the page says of its theme is believed over the system, and when it changes."""
    page = show(SignIn().view(), "light" if dark else "dark")
    page.evaluate(
        """() => {
            const host = document.createElement("div"), place = document.getElementById("place");
            place.replaceWith(host);
            host.attachShadow({mode: "open"}).append(document.querySelector("style").cloneNode(true), place);
        }"""
    )
    page.evaluate(set_up)
    page.wait_for_function(
        "() => document.querySelector('body > div').shadowRoot.querySelector('.zbt-card').dataset.theme"
    )
    colour = page.evaluate(
        "getComputedStyle(document.querySelector('body > div').shadowRoot.querySelector('.zbt-card')).backgroundColor"
    )
    assert (luminance(colour) < 0.2) is dark


def test_a_kernel_that_is_gone_is_told_at_once(show):
    """The model says that its channel changed, and nobody answers: no card stays green."""
    page = show(SignIn().view() | {"phase": "connected", "status": ["Connected"], "connection": CONNECTION})
    page.evaluate("window.listeners[1]()")
    page.clock.fast_forward(1000)
    page.get_by_role("status").get_by_text("The kernel was restarted").wait_for()
    page.get_by_text("reload this page").wait_for()
    assert not page.get_by_role("button", name="Refresh").is_visible()
