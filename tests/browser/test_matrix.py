"""Each way to sign in in JupyterLab, and what waits in Notebook 7 and on the older ipykernels, too."""

from contextlib import contextmanager

import pytest

from tests import ipykernels
from tests.browser.card import Card
from tests.free_port import free_port
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox

SET_UP, LOGIN, CALL, END = range(4)  # the cells


class Desk:
    """A notebook of four cells, of which one signs in, in a way that differs from act to act."""

    def __init__(self, notebook, sandbox):
        self.notebook = notebook
        self.page = notebook.page
        self.sandbox = sandbox
        self.card = Card(notebook, sandbox, LOGIN)

    def write(self, act, login, end="zbt.current().logout()"):
        """Make the cells those of an act."""
        self.act = act
        self.notebook.set_source(LOGIN, login)
        self.notebook.set_source(END, f"print({act!r}, 'ends;', {end})")

    def run_all(self, act, login, **last):
        self.write(act, login, **last)
        self.notebook.run_all()

    @property
    def is_at_the_end(self):
        return self.act in self.notebook.outputs()[END]

    def ends(self):
        """Wait until the last cell has run: the call before it has its answer."""
        self.notebook.wait_for_text(f"{self.act} ends; ", cell=END)
        assert "brightwater" in self.notebook.outputs()[CALL].lower()

    def stops(self, cell):
        """Wait until this cell has failed; none after it has run, and it shows one error of two lines."""
        self.notebook.wait_for_text("NotSignedIn", cell=cell)
        self.notebook.wait_until_answered()
        self.notebook.wait_until_idle()
        assert not self.is_at_the_end
        assert [output.count("NotSignedIn: ") for output in self.notebook.outputs()].count(1) == 1

    @contextmanager
    def consent_page(self):
        """The page that the link in the cell's output opens."""
        with self.page.context.expect_page() as opened:
            self.notebook.cell(LOGIN).get_by_role("link", name="Open Zoho's consent page").click()
        yield opened.value
        opened.value.close()


@pytest.fixture(scope="module")
def sandbox():
    """One for all: each notebook registers clients of its own, so that they share no limit."""
    with watched_sandbox(projects=1, bugs=5) as running:
        running.world.set(code_limit=0, refresh_token_limit=0)
        yield running


@pytest.fixture
def open_desk(open_notebook, sandbox):
    """``open_desk(kind, version, **settings)``: the notebook, its first cell run."""

    def open_one(kind, version, **settings):
        set_up = (
            "import os\n"
            f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}\n"
            "import ipykernel, zbt_notebook as zbt\n"
            "%load_ext zbt_notebook\n"
            "print('ipykernel', ipykernel.__version__)"
        )
        notebook = open_notebook(
            *(set_up, "", "%zbt GET /portals/ --json", ""),
            kind=kind,
            kernel_name=ipykernels.kernel_name(version),
            **settings,
        )
        return Desk(notebook, sandbox)

    return open_one


def nobody_signs_in(desk):
    """Run All without a sign-in stops at the first call, with one error of its type."""
    desk.run_all("nobody", "")
    desk.stops(CALL)


def the_card_by_hand(desk):
    """The card's cell ends at once; the user takes their time, and then runs the next cells."""
    desk.write("by hand", f"%zbt login --redirect-uri {desk.sandbox.redirect_uri}")
    desk.notebook.run_cell(LOGIN)
    desk.card.says("Not connected")
    desk.notebook.wait_until_idle()
    desk.card.connect()
    desk.notebook.run_cell(CALL)
    desk.notebook.run_cell(END)
    desk.ends()


def run_all_waits_for_the_card(desk):
    """Run All stops at the card, whose widgets work, and goes on by itself once it is connected."""
    desk.run_all("waited", f"%zbt login --wait 60 --redirect-uri {desk.sandbox.redirect_uri}")
    desk.card.says("Not connected")
    desk.card.begin()
    assert not desk.is_at_the_end
    desk.card.paste(desk.card.visit().code)
    desk.ends()


def the_waiting_card_hands_over_to_a_prompt(desk):
    """The card's button: the cell that waits asks instead, and ends as it would have."""
    desk.run_all("prompted", f"%zbt login --wait 60 --redirect-uri {desk.sandbox.redirect_uri}")
    desk.card.says("Not connected")
    desk.card.fill_in()
    desk.card.press("Paste in a prompt instead")
    desk.page.locator(".jp-Stdin-input").wait_for()
    assert not desk.is_at_the_end
    desk.notebook.answer(desk.sandbox.world.consent(desk.notebook.printed_link(LOGIN)))
    desk.ends()


def stop_ends_the_wait(desk):
    """Stop ends the waiting cell in two lines, and the cells after it do not run."""
    desk.run_all("stopped", "%zbt login --wait 60")
    desk.card.says("Not connected")
    desk.notebook.interrupt()
    desk.stops(LOGIN)


def stop_ends_the_prompt(desk):
    """Stop ends the prompt that a card has handed over to as well: in two lines, and the kernel goes on."""
    desk.run_all("stopped prompt", f"%zbt login --wait 60 --redirect-uri {desk.sandbox.redirect_uri}")
    desk.card.says("Not connected")
    desk.card.fill_in()
    desk.card.press("Paste in a prompt instead")
    desk.page.locator(".jp-Stdin-input").wait_for()
    desk.notebook.interrupt()
    desk.stops(LOGIN)


def run_all_waits_for_the_loopback(desk):
    """The secret is asked for unseen; then the browser's return to this machine ends the waiting cell."""
    uri = f"http://127.0.0.1:{free_port()}/callback"
    client = desk.sandbox.world.register_client("Loopback", redirect_uri=uri)
    line = f"%zbt login --mode loopback --wait 60 --client-id {client.client_id} --redirect-uri {uri}"
    # Signed out by hand: the page says "Connected" where that still is so, and the cells may be quicker than it.
    desk.run_all("loopback", line, end="zbt.current()")
    desk.notebook.answer(client.client_secret)
    with desk.consent_page() as zoho:
        assert not desk.is_at_the_end
        zoho.get_by_role("button", name="Accept").click()
        zoho.get_by_role("heading", name="Connected").wait_for()
    desk.ends()
    desk.write("loopback, signed out", "")
    desk.notebook.run_cell(END)
    desk.notebook.wait_for_text(f"{desk.act} ends; ", cell=END)


def run_all_waits_for_the_device_flow(desk):
    """The user accepts on Zoho's page for the short code, and the waiting cell ends."""
    client = desk.sandbox.world.demo_client("device")
    desk.run_all("device", f"%zbt login --mode device --wait 60 --client-id {client.client_id}")
    desk.notebook.answer(client.client_secret)
    with desk.consent_page() as zoho:
        assert not desk.is_at_the_end
        zoho.get_by_role("button", name="Accept", exact=True).click()
        zoho.get_by_role("heading", name="You are connected").wait_for()
    desk.ends()


# Stop, and messages of widgets in the main shell: tests/kernel, on each version.
SMOKE = (run_all_waits_for_the_card, the_waiting_card_hands_over_to_a_prompt)
IN_THE_MAIN_SHELL = {"comms_over_subshells": "disabled"}
ACTS = (
    nobody_signs_in,
    the_card_by_hand,
    *SMOKE,
    stop_ends_the_prompt,
    stop_ends_the_wait,
    run_all_waits_for_the_loopback,
    run_all_waits_for_the_device_flow,
)


def test_every_way_works(open_desk):
    """By hand, waiting, prompted, stopped, loopback, short code, and not at all; the saved file holds no secret."""
    # ipykernel refuses what has arrived when a cell fails, and no more: a fresh kernel's first call takes long enough.
    play(open_desk("lab", ipykernels.NEWEST, fresh=True), ACTS, ipykernels.NEWEST)


@pytest.mark.parametrize(
    ("acts", "kind", "version", "settings"),
    [
        ((*SMOKE, stop_ends_the_prompt), "lab", "6.31", {}),
        (SMOKE, "lab", "7.1", {}),
        (SMOKE, "notebook", "7.3", IN_THE_MAIN_SHELL),
    ],
    ids=["lab-6.31", "lab-7.1", "notebook-7.3-main-shell"],
)
def test_waiting_works(open_desk, acts, kind, version, settings):
    """Where the messages of widgets overtake the cell that waits, and where they go to the main shell as in VS Code."""
    play(open_desk(kind, version, **settings), acts, version)


def play(desk, acts, version):
    desk.notebook.run_cell(SET_UP)
    desk.notebook.wait_for_text("ipykernel " + ("" if version == ipykernels.NEWEST else version), cell=SET_UP)
    for act in acts:
        act(desk)
    desk.notebook.save()
    assert find_secrets(desk.notebook.saved_text().encode(), desk.sandbox.world.secrets) == []
