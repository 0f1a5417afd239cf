"""A notebook in a real JupyterLab (or Notebook 7) in a real Chromium, as a test sees it."""

import contextlib
import json
import threading
import urllib.request
from copy import copy
from pathlib import Path

import nbformat
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests import NO_COVERAGE
from tests.forget import FORGET
from tests.leaks.canaries import TOLD_SANDBOX
from zbt_notebook.cli import as_json
from zbt_notebook.notebook.jupyter_server import JupyterServer

WIDGETS = "@jupyter-widgets/jupyterlab-manager:plugin"
THEMES = "@jupyterlab/apputils-extension:themes"
KERNELS = "@jupyterlab/apputils-extension:kernels-settings"
THEME_NAMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
PATHS = {"lab": "lab/tree/{}?reset", "notebook": "notebooks/{}"}
# The promises of both applications end with the cells, so they are not awaited where cells may wait for a click.
EXPOSE = ("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True")
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
KERNEL_IS_IDLE = f"""() => {{
    const context = window.jupyterapp && {NOTEBOOK} && {NOTEBOOK}.sessionContext;
    return Boolean(context && context.isReady && context.session?.kernel?.status === 'idle');
}}"""
EVERY_CELL_HAS_ITS_ANSWER = f"""() =>
    {NOTEBOOK}.content.widgets.every(cell => cell.model.executionState !== 'running')"""
OUTPUTS = f"""() => {NOTEBOOK}.content.widgets.map(cell => cell.model.outputs ? cell.model.outputs.toJSON() : [])"""
# By the page itself: a connection of the test's own to the kernel takes half a second.
HAVE_FORGOTTEN = f"""async code => {{
    const {{ id, kernel }} = {NOTEBOOK}.sessionContext.session;
    if (kernel.status !== 'idle')
        return null;
    const reply = await kernel.requestExecute({{ code, store_history: false }}).done;
    return reply.content.status === 'ok' ? id : null;
}}"""
# Its command asks whether what was forgotten is to be saved.
CLOSE_ALL = "() => [...window.jupyterapp.shell.widgets('main')].forEach(widget => widget.dispose())"


class Application:
    """JupyterLab or Notebook 7 on a server of the tests, with a home and settings of its own."""

    def __init__(self, kind, folder, environment, *options):
        self.kind = kind
        self._free = {}  # kernel's name -> a session whose kernel waits for its next notebook
        self.notebooks = folder / "notebooks"
        self.settings = folder / "settings"
        self.notebooks.mkdir(parents=True)
        self._server = JupyterServer(
            self.notebooks,
            environment={
                **NO_COVERAGE,
                **environment,
                "JUPYTERLAB_SETTINGS_DIR": str(self.settings),
                "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            },
            options=["--no-browser", *EXPOSE, *options],
            log=folder / f"{kind}.log",
        )

    def as_kind(self, kind):
        """The other application of the same server."""
        other = copy(self)
        other.kind = kind
        return other

    def start(self):
        self._server.start(threading.Event().wait)

    def stop(self):
        self._server.stop()

    def log(self, since=0):
        """What the server has logged, from the *since*-th byte on."""
        return self._server.log.read_bytes()[since:].decode("utf-8", "replace")

    def logged(self):
        """How many bytes it has logged."""
        return self._server.log.stat().st_size

    def address_of(self, notebook):
        return self._server.address.of(PATHS[self.kind].format(notebook))

    def set(self, *, save_widget_state, theme="light", comms_over_subshells="perCommTarget"):
        """Write the user's settings; a page reads them when it is opened."""
        chosen = {
            WIDGETS: {"saveState": save_widget_state},
            THEMES: {"theme": THEME_NAMES[theme]},
            KERNELS: {"commsOverSubshells": comms_over_subshells},
        }
        for plugin, values in chosen.items():
            package, _, name = plugin.partition(":")
            path = self.settings / package / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), "utf-8")

    def setting(self, plugin):
        """What a page is told of a plugin's settings and their defaults."""
        return self._ask("GET", f"lab/api/settings/{plugin}")

    def keep(self, kernel_name, session):
        """Keep a session and its kernel for a notebook that is yet to be opened; one of each kernel is enough."""
        self._free.setdefault(kernel_name, session)

    def give_kernel(self, kernel_name, notebook):
        """Let a notebook that is yet to be opened have the kernel of this name that was kept, if one was."""
        if session := self._free.pop(kernel_name, None):
            self._ask("PATCH", f"api/sessions/{session}", {"path": notebook, "name": notebook, "type": "notebook"})

    def end_kernels(self):
        """Shut every session down that was not kept, so that the next test finds the machine as this one did."""
        for session in self._ask("GET", "api/sessions"):
            if session["id"] not in self._free.values():
                self._ask("DELETE", f"api/sessions/{session['id']}")

    def _ask(self, method, path, body=None):
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._server.address.of(path), data, method=method)  # noqa: S310  http, ours
        with straight.open(request, timeout=20) as answer:
            body = answer.read()
        return json.loads(body) if body else None


class LabNotebook:
    """A notebook that stands open in a page; its outputs are read from the model, not from the (windowed) page."""

    def __init__(self, page: Page, application: Application, name: str, kernel_name: str = "python3") -> None:
        self.page = page
        self.application = application
        self.kernel_name = kernel_name
        self.path = application.notebooks / name
        self.console: list[str] = []
        self._logged = application.logged()  # for notebooks before
        page.on("console", lambda message: self.console.append(f"[{message.type}] {message.text}"))
        page.on("pageerror", lambda error: self.console.append(f"[pageerror] {error}"))

    def write(self, *sources: str) -> None:
        """Make the file: a code cell for each source, a Markdown cell where it begins with ``#md``."""
        cells = [
            nbformat.v4.new_markdown_cell(source.removeprefix("#md").lstrip())
            if source.startswith("#md")
            else nbformat.v4.new_code_cell(source)
            for source in sources
        ]
        kernel = {"name": self.kernel_name, "display_name": self.kernel_name, "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), self.path)

    def open(self) -> None:
        """Open it, in the application where the page shows JupyterLab already, and wait until its kernel is idle."""
        # The mark is gone after a reload, where JupyterLab may still be opening the notebooks that stood there before.
        if self.application.kind == "notebook" or not self.page.evaluate("() => window.isOpened"):
            self.page.goto(self.application.address_of(self.path.name))
            self.page.evaluate("() => { window.isOpened = true }")
        else:
            self.page.evaluate(
                "() => window.jupyterapp.serviceManager.kernelspecs.refreshSpecs()"
            )  # some are made late
            self._start("docmanager:open", path=self.path.name)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.wait_until_idle()

    def close(self, *, keeps_kernel: bool) -> None:
        """Save it and close it; the page stays, and so may a kernel that has nothing to do and forgets what it did."""
        with contextlib.suppress(PlaywrightError):  # it may have left the application, or be gone
            self.save()
            session = keeps_kernel and self.page.evaluate(HAVE_FORGOTTEN, FORGET.format(folder=self.path.parent))
            if session:
                self.application.keep(self.kernel_name, session)
            if self.application.kind == "lab":
                self.page.evaluate(CLOSE_ALL)
            else:
                self.page.goto("about:blank")

    def reload(self) -> None:
        """What the user's F5 does; the kernel stays, and may be busy."""
        self.page.reload()
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.page.wait_for_function(
            f"() => window.jupyterapp && {NOTEBOOK}?.sessionContext?.session?.kernel", timeout=60_000
        )

    def log(self) -> str:
        """What the server has logged since this notebook is here."""
        return self.application.log(self._logged)

    def run_all(self) -> None:
        """Start every cell; do not wait for any."""
        self._start("notebook:run-all-cells")

    def run_cell(self, index: int) -> None:
        """Start one cell; do not wait for it."""
        # A click on a widget moves the active cell, and JupyterLab moves it 500 ms after a prompt was answered: the
        # cell is chosen and run in one step of the page's.
        self._start("notebook:run-cell", f"{NOTEBOOK}.content.activeCellIndex = {index:d}; ")

    def set_source(self, index: int, source: str) -> None:
        """Type other words into a cell."""
        self.page.evaluate(
            f"([index, source]) => {NOTEBOOK}.content.widgets[index].model.sharedModel.setSource(source)",
            [index, source],
        )

    def answer(self, text: str) -> None:
        """Type into the field that a cell's ``input`` or ``getpass`` shows."""
        field = self.page.locator(".jp-Stdin-input")
        field.fill(text)
        field.press("Enter")

    def printed_link(self, index: int) -> str:
        """The link that a cell prints before it asks for the code: it comes by another channel than the question."""
        self.wait_for_text("Its redirect URI is", cell=index)
        return next(word for word in self.outputs()[index].split() if "/oauth/v2/auth?" in word)

    def restart(self) -> None:
        """Restart the kernel, without the question whether that is meant."""
        self.page.evaluate(f"() => {NOTEBOOK}.sessionContext.session.kernel.restart()")
        self.wait_until_idle()

    def restart_and_run_all(self) -> None:
        """Press the button of that name, and mean it."""
        self._start("runmenu:restart-and-run-all")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()

    def interrupt(self) -> None:
        """Press Stop."""
        self._start("notebook:interrupt-kernel")

    def wait_until_idle(self, timeout: float = 60.0) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(KERNEL_IS_IDLE, timeout=timeout * 1000)

    def wait_until_answered(self) -> None:
        """Wait until no cell waits for the kernel: after an error it refuses what comes while it refuses the rest."""
        self.page.wait_for_function(EVERY_CELL_HAS_ITS_ANSWER, timeout=60_000)

    def wait_until_run(self, index: int = -1, timeout: float = 60.0) -> None:
        """Wait until the cell has an execution count, that is, has run to its end, in order or in error."""
        self.page.wait_for_function(
            f"index => {NOTEBOOK}.content.widgets.at(index).model.executionCount", arg=index, timeout=timeout * 1000
        )

    def execution_counts(self) -> list[int | None]:
        """The number in each cell's brackets."""
        return self.page.evaluate(f"() => {NOTEBOOK}.content.widgets.map(cell => cell.model.executionCount ?? null)")

    def outputs(self) -> list[str]:
        """What each cell shows, as text: streams, plain text and HTML of results, name and text of errors."""
        return ["\n".join(_text(output) for output in cell) for cell in self.page.evaluate(OUTPUTS)]

    def wait_for_text(self, text: str, *, cell: int | None = None, timeout: float = 30.0) -> None:
        """Wait until ``text`` is among the outputs (of one cell), in the model or on the screen."""
        try:
            self.page.wait_for_function(
                f"""([text, index]) => {NOTEBOOK}.content.widgets.some((cell, i) => (index === null || i === index) && (
                    cell.outputArea?.node.innerText.includes(text)
                    || (cell.model.outputs && JSON.stringify(cell.model.outputs.toJSON()).includes(
                        JSON.stringify(text).slice(1, -1)))))""",
                arg=[text, cell],
                timeout=timeout * 1000,
            )
        except PlaywrightTimeout:
            raise AssertionError(f"{text!r} did not appear; the outputs are {self.outputs()}") from None

    def cell(self, index: int):
        """The part of the page where a cell shows its outputs: the place to look for a widget's fields."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-Cell-outputWrapper")

    def save(self) -> None:
        """Save, and wait until that is done."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def saved(self) -> dict:
        """The file on disk, decoded."""
        return json.loads(self.path.read_text("utf-8"))

    def saved_text(self) -> str:
        """The file on disk and every checkpoint of it: where a search for a secret has to look."""
        copies = self.path.parent.glob(f".ipynb_checkpoints/{self.path.stem}*")
        return "\n".join(path.read_text("utf-8") for path in (self.path, *copies))

    def _start(self, command: str, first: str = "", **arguments: str) -> None:
        # Nothing is returned, for the promise ends with the cells, which may wait for what the test does next.
        execute = "window.jupyterapp.commands.execute(name, given)"
        self.page.evaluate(f"([name, given]) => {{ {first}{execute} }}", [command, arguments])


def pointed_at(sandbox) -> str:
    """The source of a first cell: it makes ``--sandbox`` mean the test's own, whose secret is in no notebook."""
    told = Path.home() / f"{TOLD_SANDBOX}-{sandbox.client_id}"
    told.write_text(as_json(sandbox), "utf-8")
    return f"import os\nos.environ['ZBT_SANDBOX'] = open({str(told)!r}).read()"


def _text(output: dict) -> str:
    if output["output_type"] == "stream":
        return _joined(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return "\n".join(_joined(value) if kind.startswith("text/") else kind for kind, value in output["data"].items())


def _joined(lines) -> str:
    return lines if isinstance(lines, str) else "".join(lines)
