"""Makes the README's pictures: ``python -m tests.browser.pictures``, to be looked at before they are committed."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.conftest import SWITCHES
from tests.browser.jupyter import Application, LabNotebook
from tests.conftest import ROOT

IMAGES = ROOT / "notebooks" / "images"
CELLS = (
    "%load_ext zbt_notebook",
    "%zbt login --sandbox",
    "%zbt bugs severity==Critical --limit 6 --columns key,title,status,assignee",
)
KEYRING = """
from keyring.backend import KeyringBackend

class Empty(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return None

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


def sign_in(notebook, context):
    """As a user does: one press, Accept, copy, paste."""
    page = notebook.page
    with context.expect_page() as opened:
        page.get_by_role("button", name="Sign in at Zoho").click()
    consent = opened.value
    consent.get_by_role("button", name="Accept").click()
    code = consent.locator("#code").inner_text()
    consent.close()
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("status").filter(has_text="Connected").wait_for()


def picture(browser, application, theme):
    """One notebook, signed in, with a table below."""
    application.set(save_widget_state=False, theme=theme)
    context = browser.new_context(viewport={"width": 1180, "height": 1400}, device_scale_factor=1.5, color_scheme=theme)
    notebook = LabNotebook(context.new_page(), application, f"{theme}.ipynb")
    notebook.write(*CELLS)
    notebook.open()
    notebook.run_cell(0)
    notebook.run_cell(1)
    notebook.page.get_by_role("button", name="Sign in at Zoho").wait_for()
    panel = notebook.page.locator(".jp-NotebookPanel-notebook")
    notebook.page.locator(".zbt-card").screenshot(path=IMAGES / f"card-{theme}.png")
    sign_in(notebook, context)
    notebook.page.get_by_label("Project", exact=True).select_option(label="Harbor Web")
    notebook.page.get_by_text("In use: portal brightwater, project Harbor Web").wait_for()
    notebook.run_cell(2)
    notebook.wait_until_idle()
    notebook.page.get_by_text("HW1-I").first.wait_for()
    notebook.page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    around = panel.bounding_box()
    last = notebook.page.locator(".jp-Notebook .jp-Cell").last.bounding_box()
    assert around
    assert last
    shown: Any = {**around, "height": last["y"] + last["height"] + 16 - around["y"]}  # down to the table's end
    notebook.page.screenshot(path=IMAGES / f"quickstart-{theme}.png", clip=shown)
    context.close()


def main():
    IMAGES.mkdir(exist_ok=True)
    path = chromium.find()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        (Path(folder) / "a_keyring.py").write_text(KEYRING, "utf-8")  # as most readers' machines have one
        environment = {"PYTHONPATH": os.pathsep.join([folder, str(ROOT)]), "PYTHON_KEYRING_BACKEND": "a_keyring.Empty"}
        application = Application("lab", Path(folder) / "lab", environment)
        application.start()
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES, headless=True)
        try:
            for theme in ("light", "dark"):
                picture(browser, application, theme)
        finally:
            browser.close()
            application.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
