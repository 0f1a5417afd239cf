"""What is told of the place where the user works, from what each front end shows of itself."""

import asyncio
import io
import sys
from types import SimpleNamespace

import pytest

from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in import comm_pump


@pytest.fixture
def at(monkeypatch):
    """``at(request={…}, terminal=True, modules={…}, **variables)``: the place; without a request there is no kernel."""

    def go(*, request=None, terminal=False, modules=(), **variables):
        for name in ("VOILA_KERNEL_ID", "JPY_SESSION_NAME", "VSCODE_PID"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        for name, module in dict(modules).items():
            monkeypatch.setitem(sys.modules, name, module)
        kernel = None if request is None else object()
        shell = SimpleNamespace(kernel=kernel, get_parent=lambda: request)
        monkeypatch.setattr(environment, "_shell", lambda: shell)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: terminal))

    return go


def cell(*, stdin=True, **metadata):
    return {"content": {"allow_stdin": stdin}, "metadata": metadata}


def told():
    return environment.has_a_user(), environment.can_be_asked(), environment.may_draw_widgets(), environment.page()


def test_each_place_is_told(at):
    """Whether somebody is there, can be asked, sees widgets, and whether a running cell hears them."""
    at(request=cell(cellId="a"))
    assert told() == (True, True, True, "")  # JupyterLab, Notebook 7
    at(request=cell(), JPY_SESSION_NAME="a.ipynb")
    assert told() == (True, True, True, "")  # nbclassic
    at(request=cell(), VSCODE_PID="1")
    assert told() == (True, True, True, "")
    at(request=cell())
    assert told() == (True, True, False, "")  # jupyter console
    at(request=cell(stdin=False))
    assert told() == (False, False, False, "")  # nbclient, papermill
    at(request=cell(stdin=False), VOILA_KERNEL_ID="1")
    assert told() == (True, False, True, "Voilà")
    at(modules={"marimo": SimpleNamespace(running_in_notebook=lambda: True)})
    assert told() == (True, False, True, "marimo")
    at(modules={"marimo": SimpleNamespace(running_in_notebook=lambda: False)}, terminal=True)
    assert told() == (True, True, False, "")  # a script that imports marimo
    at(terminal=True)
    assert told() == (True, True, False, "")  # terminal IPython
    at()
    assert told() == (False, False, False, "")  # a job


@pytest.mark.parametrize("stdin", [None, io.StringIO()])
def test_a_stdin_that_is_not_there_is_no_terminal(monkeypatch, stdin):
    """Closed, or None as under pythonw: nobody can be asked, and nothing is raised."""
    if stdin is not None:
        stdin.close()
    monkeypatch.setattr(sys, "stdin", stdin)
    assert not environment.is_a_terminal()


@pytest.mark.parametrize("name", ["Voilà", "marimo"])
def test_a_wait_in_vain_is_told_at_once(monkeypatch, name):
    """Where a running cell hears nothing of its page, to wait raises two lines; what is there already is given."""
    monkeypatch.setattr(environment, "page", lambda: name)
    with pytest.raises(NotSignedIn, match=f"cannot wait for a sign-in in {name}") as caught:
        asyncio.run(comm_pump.until(lambda: None))
    assert asyncio.run(comm_pump.until(lambda: 42)) == 42
    assert "without waiting" in caught.value.hint
