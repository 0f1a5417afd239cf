"""Control and direction marks in Zoho's texts: none reaches what is printed, shown, offered or chosen from."""

import html
import json
import re

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.utils.capture import capture_output

from tests.client.conftest import NOW, Wire, sign_in
from tests.notebook.magic.test_hostile_answers_in_cells import LINES, TYPED, forget
from zbt_notebook import ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.notebook.magic.commands.project_choice import ProjectChoice
from zbt_notebook.notebook.magic.context import Atlas
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.world import World

MARKS = "\x1b[31m\x1b]0;t\x07\x9b31m\u202ev\u2066x\u2069\u200e\u200f\u061c\x85\x08\u2028\u2029\r\x00"
NEVER_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
IS_TEXT = re.compile(r"(?!http|\d+-).*[A-Za-z]{3}")  # no number, date or address
MORE = ("bugs --all-columns", "bugs status==Nope", "bugs --projects Nope", "tags", "GET /portals/ --json", "use")


@pytest.fixture(params=["classic", "v3"])
def marked(request):
    """A connection to an API that has marks within each of its texts."""
    world = World(projects=2, bugs=12, clock=Clock(frozen_at=NOW))
    world.set(classic_end="none" if request.param == "classic" else "404")
    wire = Wire(world)
    connection = sign_in(world, wire)
    connection.client.transport = lambda asked: with_marks(wire(asked))
    connection.client._sleep = world.clock.advance
    yield connection
    forget(connection)


def with_marks(answer):
    def marked(value):
        if isinstance(value, dict):
            return {name: marked(one) for name, one in value.items()}
        if isinstance(value, list):
            return [marked(one) for one in value]
        return value[:2] + MARKS + value[2:] if isinstance(value, str) and IS_TEXT.match(value) else value

    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    return Response(answer.status, answer.headers, json.dumps(marked(body)).encode())


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("line", [*LINES, *MORE])
def test_no_line_shows_them(line, cell):
    """Neither its result nor its error, nor what it prints beside."""
    with capture_output() as printed:
        try:
            result = cell.run_line_magic("zbt", line)
        except ZbtError as error:
            bundle = {"error": "\n".join([*error._render_traceback_(), str(error), repr(error)])}
        else:
            bundle, _metadata = cell.display_formatter.format(result)
    displayed = [str(shown) for output in printed.outputs for shown in output.data.values()]
    for shown in (printed.stdout, printed.stderr, *displayed, *map(str, bundle.values())):
        assert not NEVER_SHOWN.search(html.unescape(shown))


@pytest.mark.usefixtures("marked")
def test_no_completion_writes_them_into_a_cell(cell):
    """A name with marks is not offered at all."""
    cell.run_line_magic("zbt", "bugs")
    for typed in TYPED:
        with provisionalcompleter():
            assert not any(NEVER_SHOWN.search(one.text) for one in cell.Completer.completions(typed, len(typed)))


def test_the_picker_shows_names_without_them(marked):
    """Portals and projects are chosen by their ids all the same."""
    atlas = Atlas(marked)
    choose = ProjectChoice(lambda: atlas)
    portal = choose({})["portals"][0]["id"]
    project = choose({"portal": portal})["projects"][0]["id"]
    view = choose({"portal": portal, "project": project})
    assert (view["portal"], view["project"]) == (portal, project)
    assert view["in_use"]
    assert not NEVER_SHOWN.search(json.dumps(view, ensure_ascii=False))
