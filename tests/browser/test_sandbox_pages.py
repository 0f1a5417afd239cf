"""The sandbox's pages in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.sandbox.person import Person
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.simulator import Sandbox


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(projects=1, bugs=1) as running:
        running.world.set(code_limit=0)
        yield running


@pytest.fixture
def person(sandbox):
    return Person(sandbox.world)


@pytest.fixture
def page(open_page):
    page = open_page(width=420, height=800)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    assert page.complaints == []


def test_accepting_leads_to_a_code_that_can_be_copied(page, person):
    """Accept redirects past the form's own policy to the page with the code; its button copies it."""
    page.goto(person.link(prompt="consent", scope=",".join(PRESETS["read only"])))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Notebook demo asks for access")
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_in_viewport()  # below a list of any length
    page.get_by_role("button", name="Accept", exact=True).click()
    code = page.locator("#code").inner_text()
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert "access_token" in person.exchange(code)


def test_rejecting_leads_to_an_explanation(page, person):
    """Reject lands on the redirect page too, which says what it means."""
    page.goto(person.link(prompt="consent"))
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No access was given")


def test_the_code_counts_down(page, person):
    """The page tells how long the code lives, and when it is over."""
    page.clock.install()
    page.goto(person.link(prompt="consent"))
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator(".life")).to_contain_text("within 1")
    page.wait_for_load_state()  # its script has begun to count: the text came with the page
    page.clock.run_for(125_000)
    expect(page.locator(".life")).to_have_text("This code has expired. Create a new consent link.")


def test_the_status_page_keeps_up_and_moves_the_clock(page, person, sandbox):
    """Requests appear by themselves; a button lets an hour pass; nothing scrolls sideways in a side panel."""
    page.goto(sandbox.accounts_url)
    person.post("/oauth/v2/token", grant_type="a_new_request")
    expect(page.locator("#log")).to_contain_text("a_new_request")
    before = sandbox.clock.now()
    page.get_by_role("button", name="+1 h").click()
    page.wait_for_url(sandbox.accounts_url + "/")
    assert sandbox.clock.now() - before >= 3600
    page.get_by_label("Kind of fault").select_option("reset")
    page.get_by_role("button", name="Add fault").click()
    expect(page.locator("#faults")).to_contain_text("reset")
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#faults")).to_contain_text("Nothing is set to go wrong")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_status_page_generates_a_code_and_switches_the_user(page, sandbox):
    """A Self Client's code can be copied from its page; the user that was switched to is named at once."""
    page.goto(sandbox.accounts_url)
    page.get_by_role("button", name="Generate code").click()
    code = page.locator("#code").inner_text()
    client = Person(sandbox.world, sandbox.world.demo_client("self"))
    fields = client.credentials(grant_type="authorization_code", code=code)
    assert "refresh_token" in client.say("/oauth/v2/token", **fields)
    page.get_by_role("link", name="Back to the sandbox").click()
    before = sandbox.world.accounts.state.user
    page.get_by_label("User", exact=True).select_option(label="Jonas Weber")
    page.get_by_role("button", name="Switch user").click()
    expect(page.locator("#user")).to_have_text("Jonas Weber (US)")
    sandbox.world.sign_in(before)


def test_a_device_is_connected_by_its_short_code(page, sandbox):
    """Type the code, compare, accept: the device's next poll has tokens."""
    device = Person(sandbox.world, sandbox.world.demo_client("device"))
    fields = {"client_id": device.client.client_id, "grant_type": "device_request", "scope": "ZohoBugTracker.bugs.READ"}
    started = device.say("/oauth/v3/device/code", **fields)
    page.goto(started["verification_url"])
    page.get_by_label("Type the code that your notebook shows").fill(started["user_code"].lower())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(started["user_code"])).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are connected")
    poll = device.credentials(grant_type="device_token", code=started["device_code"])
    assert "access_token" in device.say("/oauth/v3/device/token", **poll)
