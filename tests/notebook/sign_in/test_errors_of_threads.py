"""A sign-in that fails in a thread raises to nobody: the doctor knows of it all the same."""

import sys

import pytest

from tests.notebook.sign_in.conftest import login_in_background
from zbt_notebook.client.errors import SignInRejected, ZbtError
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook import embedded_sandbox, last_error
from zbt_notebook.notebook.sign_in import begun
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.sign_in import SignIn


@pytest.fixture(autouse=True)
def no_error_yet(monkeypatch):
    monkeypatch.setattr(last_error, "_last", None)


@pytest.fixture
def begin(monkeypatch, site):
    started = []
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    site.world.set(device_interval=1, device_units="seconds")

    def start(mode):
        started.append(login_in_background(mode=mode, sandbox=True))
        return started[-1]

    yield start
    for sign_in in started:
        sign_in.stop()


def test_a_short_code_that_is_rejected(site, begin):
    """Before anybody waits for it, the refusal is the last error, in the words that are shown."""
    background = begin("device")
    site.world.approve_device(background.sign_in.view()["user_code"], accept=False)
    assert background._ended.wait(20)
    seen = last_error.last()
    assert seen
    assert (seen.kind, seen.message, seen.hint) == (SignInRejected, background.error.message, background.error.hint)
    assert "press Accept" in seen.hint
    assert seen.where == "during a sign-in"


def test_an_error_of_another_kind(site, monkeypatch):
    """Its name is told, its text is not: nobody knows what it quotes; and there is something to do."""
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    monkeypatch.setattr(ShortCode, "poll", lambda _code, stopped: stopped.wait(0.1) or dict[str, object]()["canary"])
    background = login_in_background(mode="device", sandbox=True)
    with pytest.raises(ZbtError, match="nobody foresaw") as caught:
        background.wait(10)
    assert "KeyError" in str(caught.value)
    assert caught.value.hint
    seen = last_error.last()
    assert seen
    assert seen.message == caught.value.message
    assert "canary" not in f"{seen} {caught.value}"


def test_the_import_for_tables_fails(monkeypatch):
    """As it does in a kernel that ends within the same second: no stack trace for that reaches Jupyter's terminal."""
    monkeypatch.setitem(sys.modules, "zbt_notebook.client.frames", None)
    begun._import_for_tables()


class OddFlow(LoginFlow):
    """A flow whose end is as unforeseen."""

    def finish(self, pasted, **_wishes):
        raise RuntimeError(pasted)


def test_an_error_of_another_kind_on_the_card(site):
    """The card tells its name, and not its text either."""
    sign_in = SignIn(client_id="1000.X", client_secret="x" * 42, data_center=site.data_center, begin=OddFlow)
    sign_in.handle({"kind": "start", "attempt": 0})
    sign_in.handle({"kind": "code", "code": "canary"})
    problem, seen = sign_in.problem, last_error.last()
    assert problem
    assert seen
    assert "nobody foresaw (RuntimeError)" in problem.message
    assert problem.hint == seen.hint != ""
    assert seen.kind is ZbtError
    assert "canary" not in f"{seen} {problem}"
