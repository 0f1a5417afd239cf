"""The hands of whoever signs in with the card in a notebook."""

from types import SimpleNamespace


class Card:
    """A notebook with the card in one of its cells, and the hands of its user."""

    def __init__(self, notebook, sandbox, cell=0):
        self.notebook = notebook
        self.page = notebook.page
        self.sandbox = sandbox
        self.place = notebook.cell(cell)
        self.status = self.place.get_by_role("status")

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
        self.press("Create consent link")
        self.link.wait_for()

    def visit(self, button="Accept"):
        """Follow the link, press the button on Zoho's page, and copy what the page after that shows."""
        with self.page.context.expect_page() as opened:
            self.link.click()
        zoho = opened.value
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
