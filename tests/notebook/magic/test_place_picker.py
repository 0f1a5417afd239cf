"""``%zbt use`` without arguments: a picker where widgets are drawn, a text elsewhere."""

import json
import re

import comm
import pytest

from tests.recording_comm import RecordingComm
from zbt_notebook.notebook import environment, last_error
from zbt_notebook.notebook.magic.commands.project_picker import ProjectPicker


@pytest.fixture
def in_a_notebook(monkeypatch):
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)


@pytest.fixture
def picker(connection, in_a_notebook, zbt):  # noqa: ARG001  what they do is wanted
    made = zbt("use")
    assert isinstance(made, ProjectPicker)
    yield made
    made.close()


def say(picker, **content):
    """Send it from the browser; the view that comes back."""
    picker.comm.hear(content)
    return picker.comm.views[-1]


def ids(places):
    return {place["name"]: place["id"] for place in places}


def test_choosing_sets_the_context(picker, zbt, site):
    """Portals first, then their projects; each choice counts at once, and nothing is fetched twice."""
    view = say(picker, kind="hello")
    assert (view["status"], list(ids(view["portals"]))) == (["Nothing is in use yet"], ["brightwater"])
    assert "Payments" in ids(view["projects"])
    portal, project = ids(view["portals"])["brightwater"], ids(view["projects"])["Payments"]
    before = site.world.log.api_requests
    assert say(picker, kind="use", portal=portal)["status"] == ["In use: portal brightwater, no project"]
    view = say(picker, kind="use", portal=portal, project=project)
    assert (view["portal"], view["project"]) == (portal, project)
    assert "project Payments" in repr(picker)
    assert "project Payments" in repr(zbt("status"))
    assert say(picker, kind="use", portal=portal, project="")["project"] == ""
    assert site.world.log.api_requests == before


def test_it_holds_no_state_of_its_own(picker, connection, site):
    """What Jupyter may save of it is the look of it: no secret, no list of projects, no context."""
    view = say(picker, kind="hello")
    say(picker, kind="use", portal=view["portal"], project=view["projects"][0]["id"])
    state = json.dumps({name: value for name, value in picker.get_state().items() if not name.startswith("_")})
    assert json.loads(state).keys() <= {"layout", "tabbable", "tooltip"}
    sent = json.dumps([data for data in picker.comm.sent if data.get("method") != "custom"])
    for secret in (site.client_secret, *connection.client.authorization.secrets()):
        assert secret not in sent + json.dumps(view) + repr(picker)


@pytest.mark.parametrize("content", [{}, None, "use", {"kind": "use", "portal": 3}, {"kind": "use", "project": ["x"]}])
def test_any_message_is_answered_or_ignored(picker, content):
    """What no picker of ours sends changes nothing."""
    picker.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert "context: none" in repr(picker)


def test_what_goes_wrong_is_shown(picker, connection):
    """An unknown id, or a sign-out meanwhile, is told in the picker."""
    view = say(picker, kind="use", portal="no such portal")
    assert view["failed"]
    assert "no such portal" in view["status"][0]
    connection.logout()
    assert "not signed in" in say(picker, kind="hello")["status"][0]


@pytest.mark.usefixtures("connection")
def test_elsewhere_it_is_a_text(zbt):
    """Where nothing can be drawn, the context and the choices are printed."""
    shown = repr(zbt("use"))
    for part in ("context", "none", "brightwater", "projects of brightwater", "Payments", "%zbt use portal=NAME"):
        assert part in shown


@pytest.mark.usefixtures("connection")
def test_the_context_is_told_though_zoho_is_away(zbt, site):
    """No network, no choices; what is in use is known all the same."""
    site.faults.add(path="/restapi/*", kind="status", status=503, times=20)
    assert "not to be had" in repr(zbt("use"))


def test_the_doctor_knows_what_the_picker_shows(sign_in, in_a_notebook, zbt, monkeypatch):  # noqa: ARG001  what it does
    """A refusal that stands on the card alone is the last error, explained like one of a cell."""
    monkeypatch.setattr(last_error, "_last", None)
    sign_in(scopes=["ZohoBugTracker.bugs.READ"])
    made = zbt("use")
    view = say(made, kind="hello")
    rows = dict(zbt("doctor").rows)
    assert rows["last error"] == f"ScopeMissing: {view['status'][0]}"
    assert rows["what to do"] == view["status"][1] != ""
    assert re.fullmatch(r"(just now|\d+ seconds? ago), on the card of portals and projects", rows["seen"])
    assert "Zoho grants scopes at sign-in only" in rows["why"]
    made.close()
