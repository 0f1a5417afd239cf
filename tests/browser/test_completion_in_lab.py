"""Tab on a ``%zbt`` line, in a real JupyterLab."""

SIGN_IN = "%load_ext zbt_notebook\n%zbt login --sandbox --auto\n%zbt use portal=brightwater project=Payments"
POPUP = ".jp-Completer:not(.lm-mod-hidden)"


def press_tab_after(notebook, typed):
    """Type into the last cell and press Tab."""
    editor = notebook.page.locator(".jp-Cell .cm-content").last
    editor.click()
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.press("Delete")
    notebook.page.keyboard.type(typed, delay=5)
    notebook.page.keyboard.press("Tab")
    return editor


def test_tab_offers_what_comes_next(open_notebook):
    """Subcommands, segments of paths, parameters and names, put where the word stands."""
    notebook = open_notebook(SIGN_IN, "")
    notebook.run_cell(0)
    notebook.wait_for_text("context: portal brightwater", cell=0)
    for typed, offered in (
        ("%zbt l", {"login", "logout", "last"}),
        ("%zbt GET /po", {"/portals/", "/portal/"}),
        ("%zbt GET /portal/{portal}/projects/{project}/bugs/ s", {"statustype==", "sort_column=="}),
    ):
        editor = press_tab_after(notebook, typed)
        popup = notebook.page.locator(POPUP)
        popup.wait_for()
        texts = popup.locator("code").all_inner_texts()
        assert offered <= set(texts)
        notebook.page.keyboard.press("Enter")
        popup.wait_for(state="hidden")
        before = typed[: typed.rindex(" ") + 1]
        assert editor.inner_text().strip() in {before + text for text in texts}


def test_a_name_with_a_space_is_put_in_whole(open_notebook):
    """The names of projects are known after the first use; a space in one is escaped."""
    notebook = open_notebook(SIGN_IN, "")
    notebook.run_cell(0)
    notebook.wait_for_text("context: portal brightwater", cell=0)
    editor = press_tab_after(notebook, "%zbt use project=Harbor\\ M")
    popup = notebook.page.locator(POPUP)
    popup.wait_for()
    notebook.page.keyboard.press("Enter")
    popup.wait_for(state="hidden")
    assert editor.inner_text().strip() == "%zbt use project=Harbor\\ Mobile"
    notebook.run_cell(1)
    notebook.wait_for_text("project Harbor Mobile", cell=1)
