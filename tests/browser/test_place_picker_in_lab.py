"""``%zbt use`` in a real notebook: portal and project by keyboard, and nothing of it in the file but what is in use."""

import json

import pytest

from tests.browser.jupyter import pointed_at
from zbt_notebook.simulator import Sandbox

SIGN_IN = "%load_ext zbt_notebook\n%zbt login --sandbox --auto"


@pytest.fixture
def sandbox():
    with Sandbox(projects=12, bugs=1) as running:
        yield running


def test_a_project_is_chosen_by_keyboard(open_notebook, sandbox):
    """Tab, type to find, arrow down: the context is set, and the next cell uses it; widget state holds no names."""
    notebook = open_notebook(f"{pointed_at(sandbox)}\n{SIGN_IN}", "%zbt use", "%zbt status")
    notebook.run_cell(0)
    notebook.wait_for_text("Granted, as you asked", cell=0)
    notebook.run_cell(1)
    place = notebook.cell(1)
    place.get_by_role("status").get_by_text("Nothing is in use yet").wait_for()
    names = place.get_by_label("Project", exact=True).locator("option").all_inner_texts()
    wanted = names[-1]
    place.get_by_label("Portal", exact=True).focus()
    keyboard = notebook.page.keyboard
    keyboard.press("Tab")
    assert notebook.page.evaluate("document.activeElement.labels[0].textContent") == "Find a project"
    keyboard.type(wanted)
    place.get_by_text("1 of 12").wait_for()
    keyboard.press("Tab")
    assert notebook.page.evaluate("document.activeElement.labels?.[0].textContent") == "Project"
    keyboard.press("ArrowDown")
    place.get_by_role("status").get_by_text(f"project {wanted}").wait_for()
    notebook.run_cell(2)
    notebook.wait_for_text(f"project {wanted}", cell=2)
    notebook.save()
    state = json.dumps(notebook.saved()["metadata"].get("widgets", {}))
    assert "zbt-project-picker" in state
    assert not [name for name in names[1:] if name in state]
    assert len(notebook.execution_counts()) == 3
