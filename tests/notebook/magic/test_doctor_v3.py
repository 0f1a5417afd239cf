"""``%zbt doctor --v3`` says what a portal, a sign-in and a notebook lack for V3."""

import pytest

from zbt_notebook.notebook.magic.commands.doctor_v3 import uses_classic


@pytest.mark.parametrize(
    "source",
    [
        "%zbt GET /portals/",
        "rows = %zbt /portal/{portal}/projects/ --all",
        'connection.get("/portal/1/projects/")',
        "connection.get('/restapi/portals/')",
        "%zbt /restapi/portal/1/projects/2/bugs/",
    ],
)
def test_a_classic_path_is_seen(source):
    """With its prefix or without, in a line or in Python."""
    assert uses_classic(source)


@pytest.mark.parametrize("source", ["%zbt bugs status==Open", "%zbt GET /api/v3/portal/1/issues", "x = 1", ""])
def test_a_path_of_v3_and_a_word_are_none(source):
    """They outlive the classic API."""
    assert not uses_classic(source)


def test_the_doctor_tells_what_is_ready(using, run):
    """Scopes with their twins, the host, the portal's number, and the cells that have to change."""
    run("%zbt GET /portals/")
    told = repr(run("%zbt doctor --v3"))
    assert "each has its twin" in told
    assert "answers at http" in told
    assert "V3 wants the number: brightwater is" in told
    assert "1 cell used classic paths: [1]" in told
    assert using.scopes


def test_the_doctor_names_the_line_that_adds_what_is_missing(sign_in, zbt):
    """A sign-in with BugTracker's scopes alone."""
    sign_in(scopes=["ZohoBugTracker.portals.READ", "ZohoBugTracker.bugs.READ"])
    told = repr(zbt("doctor --v3"))
    assert "%zbt login --add-scope" in told
    assert "ZohoProjects.bugs.READ" in told
