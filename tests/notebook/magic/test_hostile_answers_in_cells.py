"""What a person sees of an API that answers anything: a result without its marks and scripts, or two lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter

from tests.client.test_hostile_answers import HOSTILE, connected
from tests.tiers import examples
from zbt_notebook import ZbtError
from zbt_notebook.client import signed_in
from zbt_notebook.client.limits import registry

SCRIPT = "<script>alert(1)</script>"
LINES = (
    *("bugs", "bugs status==Open assignee==me", "bug HW1-I1", "comments HW1-I1", "history HW1-I1", "projects"),
    *("attachments HW1-I1", "milestones", "users", "portals", "timelogs", "use project='Harbor Web'", "doctor --v3"),
    *("bug HW1-I1 status=Closed --yes", "bug new title=x --yes", "GET /portals/ -i", "GET /portals/ --df", "status"),
)
TYPED = ("%zbt use project=", "%zbt bugs status==", "%zbt bugs assignee==", "%zbt GET /portal/", "%zbt bug ")


@pytest.fixture(scope="module")
def keys(cell):
    """Every key that these lines meet."""
    connection, met = connected("", None)
    for line in LINES:
        cell.run_line_magic("zbt", line)
    forget(connection)
    return sorted(met)


@settings(max_examples=examples(40))
@given(data=st.data(), line=st.sampled_from(LINES), hostile=st.sampled_from([*HOSTILE, SCRIPT, f"x\x1b[31m{SCRIPT}"]))
def test_any_value_in_any_place_is_shown_or_two_lines(data, line, hostile, keys, cell):
    """The line, what is shown of its result, and the completion of the next line."""
    attack(cell, line, data.draw(st.sampled_from(keys)), hostile)


@pytest.mark.parametrize(
    ("line", "key", "hostile"),
    [
        ("doctor --v3", "portals", 1),
        ("history HW1-I1", "bugs", [None]),
        *((line, key, SCRIPT) for line in ("bug HW1-I1", "bugs", "projects") for key in ("title", "name", "status")),
    ],
)
def test_what_was_once_shown_or_raised_is_neither(line, key, hostile, cell):
    """Found by a random search, and the usual way into a page."""
    attack(cell, line, key, hostile)


def attack(cell, line, key, hostile):
    connection, _ = connected(key, hostile)
    try:
        result = cell.run_line_magic("zbt", line)
    except ZbtError as error:
        lines = error._render_traceback_()
        assert len(lines) == 2
        assert all(text.isprintable() and len(text) < 1100 for text in lines)
    else:
        bundle, _metadata = cell.display_formatter.format(result)
        assert SCRIPT not in bundle.get("text/html", "")
    for typed in TYPED:
        with provisionalcompleter():
            list(cell.Completer.completions(typed, len(typed)))
    forget(connection)


def forget(connection):
    signed_in.forget(connection)
    registry.forget()
