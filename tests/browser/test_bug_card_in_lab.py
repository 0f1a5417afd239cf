"""The card of a bug in a real notebook: what somebody wrote into the bug does nothing there."""

from tests.browser.jupyter import pointed_at

SETUP = """\
%load_ext zbt_notebook
%zbt login --sandbox --auto
%zbt use portal=brightwater project='Harbor Web'
title = '<img src=x onerror="window.hit=1"><script>window.hit=2</script> $x^2$ costs $5 and $6'
description = '<p>First</p><script>window.hit=3</script><a href="javascript:window.hit=4">here</a> $$y$$'
bug = %zbt POST /portal/{portal}/projects/{project}/bugs/ title={title} description={description} --yes
"""
SHOW = "%zbt GET /portal/{portal}/projects/{project}/bugs/{bug['id_string']}/"


def test_a_hostile_bug_is_text(open_notebook, sandbox):
    """No script runs, no formula is set, the one link leads to the data centre; reopened it is legible still."""
    notebook = open_notebook(f"{pointed_at(sandbox)}\n{SETUP}", SHOW, kind="notebook")
    notebook.run_all()
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
    assert notebook.page.evaluate("window.hit") is None
