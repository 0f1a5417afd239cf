"""The hands of whoever signs in with the card in a notebook."""

from types import SimpleNamespace
from typing import Any


class Card:
    """A notebook with the card in one of its cells, and the hands of its user."""

    def __init__(self, notebook, sandbox, cell=0):
        self.notebook = notebook
        self.page = notebook.page
        self.sandbox = sandbox
        self.place = notebook.cell(cell)
        self.status = self.place.get_by_role("status")
        self.zoho: Any = None  # the tab with its page

    def field(self, label):
        return self.place.get_by_label(label, exact=True)

    def press(self, name):
        self.place.get_by_role("button", name=name, exact=True).click()

    def says(self, *lines):
        """Wait until the status reads so."""
        for line in lines:
            self.status.get_by_text(line).first.wait_for()

    @property
    def link(self):
        return self.place.get_by_role("link", name="Open Zoho's consent page")

    def fill_in(self, *, secret=None):
        self.field("Client ID").fill(self.sandbox.client_id)
        self.field("Client secret").fill(secret or self.sandbox.client_secret)

    def begin(self, **form):
        self.fill_in(**form)
        self.start()

    def start(self, button="Sign in at Zoho"):
        """Press it: Zoho's page opens in a tab of its own, and the link stands on the card."""
        with self.page.context.expect_page() as opened:
            self.press(button)
        self.zoho = opened.value
        self.link.wait_for()

    def unfold(self, label):
        """Press the *Change* that a field is behind."""
        while not self.field(label).is_visible():
            self.place.get_by_role("button", name="Change", exact=True).first.click()

    def visit(self, button="Accept"):
        """Press the button on Zoho's page, in the tab that is open or by the link; copy what the page after shows."""
        if self.zoho is None or self.zoho.is_closed():
            with self.page.context.expect_page() as opened:
                self.link.click()
            self.zoho = opened.value
        zoho = self.zoho
        zoho.get_by_role("button", name=button).click()
        zoho.wait_for_url("**/redirect?**")
        code = zoho.locator("#code").inner_text() if button == "Accept" else ""
        landed = SimpleNamespace(code=code, address=zoho.url)
        zoho.close()
        return landed

    def paste(self, text):
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.field("Code").focus()
        self.page.keyboard.press("Control+V")

    def connect(self):
        self.begin()
        landed = self.visit()
        self.paste(landed.code)
        self.status.get_by_text("Connected", exact=True).wait_for()
        return landed
