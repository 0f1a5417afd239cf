"""Tab on a half-typed filter, in a real JupyterLab."""

from tests.browser.test_completion_in_lab import POPUP, SIGN_IN, press_tab_after


def test_tab_completes_a_half_typed_filter(open_notebook):
    """A field begun, a value begun of the portal's own, one more after a comma; what is chosen stands in the line."""
    notebook = open_notebook(SIGN_IN, "%zbt bugs --limit 1", "")
    notebook.run_cell(0)
    notebook.wait_for_text("context: portal brightwater", cell=0)
    notebook.run_cell(1)
    notebook.wait_for_text("severity", cell=1)
    for typed, offered in (
        ("%zbt bugs st", {"status=="}),
        ("%zbt bugs severity==C", {"severity==Critical"}),
        ("%zbt bugs status==Open,C", {"status==Open,Closed"}),
    ):
        editor = press_tab_after(notebook, typed)
        popup = notebook.page.locator(POPUP)
        before = typed[: typed.rindex(" ") + 1]
        whole = [before + text for text in offered]
        put_in = editor.filter(has_text=whole[0]) if len(whole) == 1 else popup  # the only one there is goes in at once
        popup.or_(put_in).first.wait_for()
        if popup.is_visible():
            texts = set(popup.locator("code").all_inner_texts())
            assert offered <= texts
            notebook.page.keyboard.press("Enter")
            popup.wait_for(state="hidden")
            whole = [before + text for text in texts]
        assert editor.inner_text().strip() in whole
