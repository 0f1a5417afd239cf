"""The card of a bug in a real notebook: what somebody wrote into the bug does nothing there; and F5."""

from tests.browser.jupyter import pointed_at

SETUP = """\
%load_ext zbt_notebook
%zbt login --sandbox --auto
%zbt use portal=brightwater project='Harbor Web'
title = '<img src=x onerror="window.hit=1"><script>window.hit=2</script> $x^2$ costs $5 and $6'
description = '<p>First</p><script>window.hit=3</script><a href="javascript:window.hit=4">here</a> $$y$$'
bug = %zbt POST /portal/{portal}/projects/{project}/bugs/ title={title} description={description} --yes
"""
IN_USE = "In use: portal brightwater, project Harbor Web"
SHOW = "%zbt GET /portal/{portal}/projects/{project}/bugs/{bug['id_string']}/"


def test_a_hostile_bug_is_text(open_notebook, sandbox):
    """No script runs, no formula is set, the one link leads to the data centre.

    Reopened it is legible still; the picker in the next cell, of which no state was saved, asks the kernel.
    """
    set_up = f"{pointed_at(sandbox)}\n{SETUP}"
    notebook = open_notebook(set_up, SHOW, "%zbt use", kind="notebook", save_widget_state=False)
    notebook.run_all()
    picker = notebook.cell(2).get_by_role("status").get_by_text(IN_USE)
    picker.wait_for()
    card = notebook.cell(1).locator(".zbt-bug")
    card.get_by_text("costs $5 and $6").and_(notebook.page.locator("[dir=auto]")).wait_for()
    card.get_by_text("First").first.wait_for()
    links = card.get_by_role("link").all()
    assert len(links) == 1
    assert "noopener" in links[0].get_attribute("rel")  # which JupyterLab writes over
    assert links[0].get_attribute("href").startswith(sandbox.api_url)
    assert card.locator("img, script, mjx-container").count() == 0
    card.get_by_text("fields").click()
    card.get_by_text("id_string").first.wait_for()
    assert notebook.page.evaluate("window.hit") is None
    notebook.save()
    notebook.reload()
    notebook.cell(1).get_by_text("costs $5 and $6").first.wait_for()
    picker.wait_for()
    assert notebook.page.evaluate("window.hit") is None
