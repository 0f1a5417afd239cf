"""The harness itself: what the browser tests stand on."""

import pytest

from tests.browser.jupyter import pointed_at

WIDGET = """
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
        const button = document.createElement("button");
        const show = () => { button.textContent = `pressed ${model.get("count")}` };
        button.onclick = () => model.send({ kind: "press" });
        model.on("change:count", show); show(); el.append(button);
    } }'''
    count = traitlets.Int(0).tag(sync=True)
    def __init__(self):
        super().__init__()
        self.on_msg(lambda widget, content, buffers: setattr(self, "count", self.count + 1))
counter = Counter()
counter
"""


def test_a_click_travels_to_the_kernel_and_back(open_notebook):
    """A widget is drawn, its button reaches Python, and what Python does reaches the screen."""
    notebook = open_notebook(WIDGET)
    notebook.run_all()
    notebook.page.get_by_role("button", name="pressed 0").click()
    notebook.page.get_by_role("button", name="pressed 1").wait_for()


def test_outputs_and_the_saved_file_are_read(open_notebook):
    """Streams, results and errors come from the model; the file holds what was shown."""
    notebook = open_notebook("#md A title", "print('stream')", "6 * 7", "1 / 0")
    notebook.run_all()
    notebook.wait_for_text("ZeroDivisionError: division by zero", cell=3)
    _title, stream, result, error = notebook.outputs()
    assert (stream, result) == ("stream\n", "42")
    assert error.startswith("ZeroDivisionError")
    notebook.save()
    assert notebook.saved()["cells"][2]["outputs"][0]["data"]["text/plain"] == ["42"]


def test_widget_state_is_saved_where_asked(open_notebook):
    """The switch of the widget manager keeps a widget's state out of the file; the tests of traces find it there."""
    notebook = open_notebook(WIDGET, save_widget_state=False)
    notebook.run_all()
    notebook.page.get_by_role("button", name="pressed 0").wait_for()
    notebook.save()
    assert "widgets" not in notebook.saved()["metadata"]


def test_a_cell_can_be_run_alone_and_stopped(open_notebook):
    """One cell runs without the others; Stop ends it; the kernel stays usable."""
    notebook = open_notebook(
        "print('first')", "import time\nprint('sleeping', flush=True)\ntime.sleep(60)", "print('third')"
    )
    notebook.run_cell(1)
    notebook.wait_for_text("sleeping", cell=1)
    notebook.interrupt()
    notebook.wait_for_text("KeyboardInterrupt", cell=1)
    notebook.wait_until_answered()
    notebook.wait_until_idle()
    notebook.run_cell(2)
    notebook.wait_for_text("third", cell=2)
    assert notebook.outputs()[0] == ""


def test_a_notebook_can_use_the_tests_own_sandbox(open_notebook, sandbox):
    """What the notebook's sandbox receives, the test sees in its log."""
    ask = f"import urllib.request as u; u.urlopen({sandbox.redirect_uri!r} + '?code=1000.a.b').status"
    notebook = open_notebook(pointed_at(sandbox), ask)
    notebook.run_all()
    notebook.wait_for_text("200", cell=1)
    assert any("/redirect" in str(entry) for entry in sandbox.world.log.entries())


@pytest.mark.parametrize("kind", ["lab", "notebook"])
def test_no_toast_asks_about_news(application, kind):
    """Jupyter's question whether to fetch news, which would lie over the notebook, is answered by a default."""
    defaults = application(kind).setting("@jupyterlab/apputils-extension:notification")["schema"]["properties"]
    assert defaults["fetchNews"]["default"] == "false"
