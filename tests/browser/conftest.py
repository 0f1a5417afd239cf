"""The browser, the servers and the notebooks of the browser tests; what a failed one leaves behind to look at."""

import contextlib
import json
import re

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.jupyter import Application, LabNotebook
from tests.conftest import ROOT
from tests.leaks.canaries import leave, leave_children, leave_notebook
from zbt_notebook.notebook.js_bundle import bundle, style
from zbt_notebook.simulator import Sandbox

ARTEFACTS = ROOT / "tests" / "artefacts"
SWITCHES = (
    "--no-sandbox",  # the tests may run as root, where Chromium's own sandbox cannot
    "--disable-gpu",
    "--in-process-gpu",  # what is not there need not run in a process of its own
    "--process-per-site",  # a tab for Zoho's page, which is on this machine too, is no new process
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
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
_phases = pytest.StashKey[dict]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep each phase's outcome where the fixtures can see it."""
    report = yield
    item.stash.setdefault(_phases, {})[call.when] = report
    return report


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests."""
    path = chromium.find()
    assert path, "No Chromium here: `python3 -m tests` installs one."
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=SWITCHES, headless=True)
        yield running
        running.close()


@pytest.fixture(scope="session")
def kernel_environment():
    """Variables for the kernels of these tests; a folder's own conftest may say more."""
    return {}


@pytest.fixture(scope="session")
def application(tmp_path_factory, kernel_environment):
    """``application("lab")`` or ``application("notebook")``: of one server, started when a test first asks for one."""
    running: dict = {}

    def get(kind):
        if not running:
            running["lab"] = Application("lab", tmp_path_factory.mktemp("lab"), kernel_environment)
            running["lab"].start()
            running["notebook"] = running["lab"].as_kind("notebook")
        return running[kind]

    yield get
    if running:
        running["lab"].stop()


@pytest.fixture(scope="session")
def kept_pages():
    """Pages that stand in a JupyterLab, by what they were opened with: a Lab takes ten times as long as a notebook."""
    return {}


@pytest.fixture
def open_page(browser, kept_pages, request):
    """``open_page(theme="light")``: a page in a browser context of its own, for the consent page and its kin.

    With ``keep`` it goes on to the next test that asks for a page with the same.
    """
    contexts = {}

    def open_one(theme="light", *, width=1280, height=900, keep=None):
        page = (
            kept_pages.pop(keep, None)
            or browser.new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
        )
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        contexts[page.context] = keep
        return page

    yield open_one
    failed = _failed(request.node)
    if failed:
        for number, page in enumerate(page for context in contexts for page in context.pages):
            page.screenshot(path=_artefact(request.node, f"{number}.png"))
    for context, keep in contexts.items():
        if failed or keep is None or keep in kept_pages:
            context.close()
        else:
            kept_pages[keep] = _emptied(context)


def _emptied(context):
    """Its first page; nothing of the sites that the others showed."""
    first, *others = context.pages
    for page in others:
        page.close()
    context.unroute_all()
    context.clear_cookies(name=re.compile(r"^(?!username-|_xsrf)"))  # those are Jupyter's
    return first


@pytest.fixture
def bare_page(open_page, kept_pages):
    """``bare_page(theme="light", width=900)``: one empty page, for a script by itself; its clock can be moved on."""
    is_new = "bare" not in kept_pages
    page = open_page(keep="bare")
    if is_new:
        page.clock.install()

    def empty(theme="light", width=900):
        page.goto("about:blank")
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        return page

    return empty


@pytest.fixture
def show(bare_page):
    """``show(view, theme="light")``: a bare page with the card, which has got this view, or no answer."""

    def open_one(view=None, theme="light", width=900):
        page = bare_page(theme, width)
        page.set_content("<!doctype html><html lang=en><body><div id=place></div></body></html>")
        page.add_style_tag(content=style("card"))
        source = bundle("card").replace("export default", "const card =")
        page.add_script_tag(content=f"(() => {{ {source}\n{MODEL} }})()")
        if view:
            page.evaluate("view => window.listeners[0](view)", json.loads(json.dumps(view)))
        return page

    return open_one


@pytest.fixture
def open_notebook(application, open_page, request):
    """``open_notebook("1 + 1", …, kind="lab", save_widget_state=True)``: a LabNotebook with a kernel.

    ``kernel_name`` is a kernelspec's; more settings are those of ``Application.set``. It opens in the page of an
    earlier test that had the same settings, with a kernel that has forgotten one, unless it is to be ``fresh``.
    """
    opened: list = []
    may_keep: list = []

    def open_one(
        *sources,
        kind="lab",
        kernel_name="python3",
        save_widget_state=True,
        fresh=False,
        **settings,
    ):
        server = application(kind)
        server.set(save_widget_state=save_widget_state, **settings)
        name = re.sub(r"\W+", "_", request.node.name).strip("_")
        page = open_page(keep=None if fresh else (kind, save_widget_state, *settings.items()))
        notebook = LabNotebook(page, server, f"{name}_{len(opened)}.ipynb", kernel_name)
        opened.append(notebook)
        notebook.write(*sources)
        if not fresh:
            server.give_kernel(kernel_name, notebook.path.name)
            may_keep.append(notebook)
        notebook.open()
        return notebook

    yield open_one
    leave_children()
    for notebook in opened:
        leave_notebook("saved notebook", notebook.path.read_text("utf-8"))
        leave("saved notebook and its checkpoints", notebook.saved_text())
        leave("console of the page", "\n".join(notebook.console))
        leave("log of the server", notebook.log())
        with contextlib.suppress(PlaywrightError):  # the page may stand elsewhere by now
            leave("outputs of the notebook", "\n".join(notebook.outputs()))
    for number, notebook in enumerate(opened):
        if _failed(request.node):
            text = "\n".join([*notebook.console, "", "--- server", notebook.application.log()])
            _artefact(request.node, f"{number}.log").write_text(text, "utf-8")
    for notebook in opened:
        if not _failed(request.node):
            notebook.close(keeps_kernel=notebook in may_keep)
    for server in {notebook.application for notebook in opened}:
        server.end_kernels()


@pytest.fixture
def sandbox():
    """A simulated Zoho of this test's own, in this process: its clock, faults and log are in the test's hands."""
    with Sandbox() as running:
        yield running


def _failed(item):
    return any(report.failed for report in item.stash.get(_phases, {}).values())


def _artefact(item, suffix):
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / f"{re.sub(r'[^A-Za-z0-9]+', '_', item.nodeid).strip('_')}.{suffix}"
