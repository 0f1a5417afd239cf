"""``%zbt GET …`` on a real (simulated) API: what comes back, what is sent, what is only shown."""

import json

import pandas as pd
import pytest
import requests

from zbt_notebook import NotFound, NotSignedIn, Unreachable, UsageError

BUGS = "/portal/{portal}/projects/{project}/bugs/"
PROJECTS = "/portal/{portal}/projects/"


@pytest.mark.usefixtures("connection")
def test_a_list_is_a_frame(zbt):
    """``%zbt GET /portals/`` answers with a DataFrame that knows where it came from."""
    frame = zbt("GET /portals/")
    assert list(frame["name"]) == ["brightwater"]
    assert frame.attrs["zbt"]["path"] == "/restapi/portals/"


@pytest.mark.usefixtures("using")
def test_one_thing_is_a_dict(zbt, shell):
    """A bug by its id is the bug itself, out of its envelope."""
    shell.user_ns["bug"] = zbt(f"{BUGS} --limit 1").iloc[0]["id_string"]
    found = zbt(BUGS + "{bug}/")
    assert isinstance(found, dict)
    assert found["id_string"] == shell.user_ns["bug"]


@pytest.mark.usefixtures("using")
def test_one_page_says_that_there_is_more(zbt, capsys):
    """Without --all one page comes and a note says so; with it everything does and there is no note."""
    page = zbt(BUGS)
    assert len(page) == 100
    assert "100 rows; more may exist: --all" in capsys.readouterr().out
    whole = zbt(f"{BUGS} --all")
    assert len(whole) > 100
    assert whole["id_string"].is_unique
    assert "more" not in capsys.readouterr().out
    assert len(zbt(f"{BUGS} --limit 120")) == 120


@pytest.mark.usefixtures("using")
def test_an_empty_list_is_an_empty_frame(zbt):
    """Zoho's 204 is a DataFrame without rows."""
    frame = zbt(f"{BUGS} index==100000")
    assert isinstance(frame, pd.DataFrame)
    assert frame.empty


@pytest.mark.usefixtures("using")
def test_json_and_response(zbt):
    """--json gives what Zoho sent, --response requests' object, which bears no token."""
    records = zbt(f"{PROJECTS} --json")
    assert type(records) is list
    assert records[0]["name"] == "Harbor Web"
    response = zbt(f"{PROJECTS} --response")
    assert isinstance(response, requests.Response)
    assert response.json()["projects"][0]["name"] == "Harbor Web"
    assert "uthorization" not in str(response.request.headers)


@pytest.mark.usefixtures("using")
def test_a_query_chooses_after_all_pages_are_merged(zbt):
    """-q sees the records of every page of a list, and the body of one thing."""
    assert zbt(f"{BUGS} --all -q 'length(@)'") == len(zbt(f"{BUGS} --all"))
    titles = zbt(f"{BUGS} -q '[].{{id: id_string, title: title}}' --limit 3")
    assert list(titles.columns) == ["id", "title"]
    assert titles.attrs["zbt"]["jmespath"] == "[].{id: id_string, title: title}"
    assert zbt(f"{BUGS} -q '[].title' --limit 2 --df").shape == (2, 1)
    assert zbt(f"{PROJECTS} --json -q '[0].{{{{n: name}}}}'") == {
        "n": "Harbor Web"
    }  # doubled, as elsewhere on the line
    detail = f"{PROJECTS}{{project}}/"
    assert zbt(f"{detail} -q name") == zbt(f"{detail} -q 'projects[0].name'") == "Harbor Web"


@pytest.mark.parametrize("expression", ["[?", "", "nope(@)"])
@pytest.mark.usefixtures("using")
def test_a_wrong_query_is_refused_before_anything_is_sent(expression, zbt):
    """JMESPath is checked first."""
    with pytest.raises(UsageError):
        zbt(f"{BUGS} -q '{expression}'")


@pytest.mark.usefixtures("using")
def test_out_assigns(zbt, shell):
    """-o puts the result into a variable and shows nothing."""
    assert zbt(f"{PROJECTS} -o projects") is None
    assert shell.user_ns["projects"]["name"].iloc[0] == "Harbor Web"
    zbt(f"{PROJECTS} -o \ufb01")  # a ligature: the cell that types it means fi
    assert len(shell.ev("\ufb01")) == len(shell.user_ns["projects"])


@pytest.mark.usefixtures("using")
def test_the_result_can_be_assigned(run, shell):
    """``x = %zbt …`` is Python's own assignment."""
    run(f"x = %zbt {PROJECTS}")
    assert len(shell.user_ns["x"]) == 6


@pytest.mark.usefixtures("using")
def test_names_of_a_function_can_be_filled_in(run):
    """Inside a function its own variables are seen."""
    run(f"def one(wanted):\n    found = %zbt {BUGS} range=={{wanted}}\n    return len(found)")
    assert run("one(7)") == 7


@pytest.mark.usefixtures("using")
def test_ipythons_own_expansion_is_off(zbt):
    """``$x`` is a dollar and a letter."""
    assert "title=costs+%24x" in zbt(f"{BUGS} title=='costs $x' --curl")


def test_showing_sends_nothing_and_holds_no_token(using, zbt, site):
    """--dry-run, --curl and --python show the whole call, with a placeholder."""
    secrets = using.client.authorization.secrets()
    before = site.world.log.api_requests
    line = f'POST {BUGS} "title=It\'s {{1 + 1}}" flag=Internal X-Mode:fast'
    for option in ("--dry-run", "--curl", "--python"):
        shown = zbt(f"{line} {option}")
        assert not any(secret in shown for secret in secrets)
        assert "It" in shown
        assert "2" in shown
        assert repr(shown) == str(shown)
    assert site.world.log.api_requests == before


def test_the_shown_python_runs(using, zbt, monkeypatch, capsys):
    """--python is a program: with the token in the environment it gets the same answer."""
    program = zbt(f"{PROJECTS} --python")
    monkeypatch.setenv("ZBT_TOKEN", using.client.authorization.access_token())
    exec(compile(program, "shown", "exec"), {})  # noqa: S102  the program is the thing under test
    assert json.loads(capsys.readouterr().out)["projects"][0]["name"] == "Harbor Web"


@pytest.mark.usefixtures("using")
def test_include_prints_status_and_headers(zbt, capsys):
    """-i shows the status and the headers of the one answer."""
    zbt(f"{PROJECTS} -i")
    printed = capsys.readouterr().out
    assert printed.startswith("HTTP 200\n")
    assert "content-type: application/json" in printed
    with pytest.raises(UsageError, match="one answer"):
        zbt(f"{PROJECTS} -i --all")


@pytest.mark.usefixtures("using")
def test_a_write_asks_first(zbt, answers):
    """Yes sends, anything else raises and sends nothing."""
    asked = answers("n", "y")
    with pytest.raises(UsageError, match="not sent"):
        zbt(f"POST {BUGS} title=One")
    assert "title=One" in asked[0]
    assert "POST /restapi/portal/" in asked[0]
    made = zbt(f"POST {BUGS} title=One")
    assert made["title"] == "One"
    assert len(asked) == 2


@pytest.mark.usefixtures("using")
def test_without_anybody_to_ask_yes_is_needed(zbt):
    """Unattended, a write says so instead of waiting."""
    with pytest.raises(UsageError) as refusal:
        zbt(f"POST {BUGS} title=Nobody")
    assert "--yes" in refusal.value.hint
    assert zbt(f"POST {BUGS} title=Nobody --yes")["title"] == "Nobody"


@pytest.mark.usefixtures("using")
def test_the_same_write_of_the_same_cell_goes_once(run, console, capsys):
    """Run All makes no duplicates: the second run gives the first answer and says how to send once more."""
    now = console.clock()
    cell = f"%zbt POST {BUGS} title=Twice --yes"
    first = run(cell)
    console.ledger = type(console.ledger)(lambda: now + 185, console.ledger.sent)
    console.clock = lambda: now + 185
    again = run(cell)
    assert again == first
    printed = capsys.readouterr().out
    assert "sent 3 minutes ago" in printed
    assert first["key"] in printed
    assert "--again" in printed
    third = run(cell + " --again")
    assert third["id_string"] != first["id_string"]
    other = run(f"%zbt POST {BUGS} title=Twice --yes  ")
    assert other["id_string"] != first["id_string"]


@pytest.mark.usefixtures("using")
def test_a_write_without_an_answer_is_not_repeated_by_itself(run, site):
    """The connection broke: the write may have happened, so the same cell says so and sends only with --again."""
    cell = f"%zbt POST {BUGS} title=Lost --yes"
    site.faults.add(kind="reset", method="POST")
    with pytest.raises(Unreachable):
        run(cell)
    with pytest.raises(UsageError, match="may have happened"):
        run(cell)
    assert run(f"{cell} --again")["title"] == "Lost"


def test_a_write_ends_what_was_kept(using, zbt, console):
    """After a write, --cache asks anew."""
    zbt(f"{BUGS} --limit 3 --cache 10m")
    assert console.memory.kept
    zbt(f"POST {BUGS} title=New --yes")
    assert not console.memory.kept
    assert using.status().signed_in


@pytest.mark.usefixtures("using")
def test_a_cell_is_the_body(zbt, shell):
    """%%zbt POST takes lines or JSON, with the notebook's values in it."""
    shell.user_ns["n"] = 7
    made = zbt(f"POST {BUGS} --yes", "title: Number {{n}}\ndescription: a & b\n")
    assert made["title"] == "Number 7"
    made = zbt(f"POST {BUGS} --yes -o made", '{"title": "Number {{n + 1}}"}')
    assert made is None
    assert shell.user_ns["made"]["title"] == "Number 8"
    with pytest.raises(UsageError, match="a GET has none"):
        zbt(f"GET {BUGS}", "title: x")
    with pytest.raises(UsageError, match="'title' is there twice"):
        zbt(f"POST {BUGS} title=line --yes", "title: cell")


@pytest.mark.usefixtures("using")
def test_a_file_is_uploaded(zbt, tmp_path):
    """name@file goes as a part of a form; a misspelt file is named with the nearest."""
    (tmp_path / "screen.png").write_bytes(b"\x89PNG")
    shown = zbt(f"POST {BUGS} title=x uploaddoc@{tmp_path}/screen.png --dry-run")
    assert "uploaddoc@screen.png (4 bytes)" in shown
    with pytest.raises(UsageError) as refusal:
        zbt(f"POST {BUGS} title=x uploaddoc@{tmp_path}/scren.png")
    assert "Did you mean screen.png?" in refusal.value.hint
    with pytest.raises(UsageError, match="a pipe or a device"):
        zbt(f"POST {BUGS} title=x uploaddoc@/dev/zero")


@pytest.mark.usefixtures("using")
def test_the_cache_answers_from_memory(zbt, site, console, capsys):
    """--cache asks once, says how old its answer is, and gives copies that nobody else changes."""
    zbt(f"{PROJECTS} --json --cache 10m")[0]["name"] = "spoilt"
    before = site.world.log.api_requests
    assert zbt(f"{PROJECTS} --json --cache 10m")[0]["name"] == "Harbor Web"
    assert site.world.log.api_requests == before
    assert "from memory, fetched" in capsys.readouterr().out
    now = console.clock()
    console.memory = type(console.memory)(lambda: now + 601, console.memory.kept)
    zbt(f"{PROJECTS} --json --cache 10m")
    assert site.world.log.api_requests == before + 1


@pytest.mark.usefixtures("using")
def test_a_doubtful_parameter_is_noted_and_sent(zbt, capsys):
    """The catalogue warns, with the nearest name, and does not refuse."""
    zbt(f"{BUGS} sort_colum==created_time statustype==opne --dry-run")
    printed = capsys.readouterr().out
    assert "did you mean sort_column?" in printed
    assert "statustype as one of" in printed


@pytest.mark.usefixtures("using")
def test_an_error_is_raised_in_two_lines(zbt):
    """Nothing is printed instead: the cell fails, and Run All stops."""
    with pytest.raises(NotFound) as refusal:
        zbt("/portal/{portal}/projects/404/")
    assert len(refusal.value._render_traceback_()) == 2


@pytest.mark.usefixtures("using")
def test_trace_shows_where_an_error_came_from(zbt, capsys):
    """--trace prints the stack, without values."""
    with pytest.raises(NotFound):
        zbt("/portal/{portal}/projects/404/ --trace")
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.usefixtures("no_connections")
def test_without_a_sign_in_the_error_says_how(zbt):
    """The first call of a fresh kernel points at %zbt login."""
    with pytest.raises(NotSignedIn) as refusal:
        zbt("GET /portals/")
    assert "%zbt login" in refusal.value.hint


@pytest.mark.usefixtures("using")
def test_json_bodies_and_files_are_shown_too(zbt, tmp_path):
    """What V3 and uploads send can be shown in every way."""
    (tmp_path / "a.txt").write_text("x")
    line = 'POST /api/v3/portal/{portal}/projects/{project}/issues name=x severity:=\'{"id": "5"}\' X-Mode:fast'
    assert '"severity": {' in zbt(f"{line} --dry-run")
    assert "--data-raw" in zbt(f"{line} --curl")
    assert "json={'name': 'x', 'severity': {'id': '5'}}" in zbt(f"{line} --python")
    upload = f"POST {BUGS} title=x uploaddoc@{tmp_path}/a.txt"
    assert f"-F uploaddoc=@{tmp_path}/a.txt" in zbt(f"{upload} --curl")
    assert f"files=[('uploaddoc', open('{tmp_path}/a.txt', 'rb'))]" in zbt(f"{upload} --python")


@pytest.mark.parametrize("path", [BUGS, "/api/v3/portal/{portal}/projects/{project}/issues"])
@pytest.mark.usefixtures("using")
def test_what_does_not_show_is_written_out_in_a_dry_run(path, zbt, shell):
    """Line ends, and signs that turn the line around: neither lost nor at work."""
    shell.user_ns["text"] = "a\n\u202eb \U0001f41b"
    assert "a\\n\\u202eb \U0001f41b" in zbt(f"POST {path} title={{text}} name={{text}} --dry-run")


@pytest.mark.usefixtures("using")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{PROJECTS} 'X-Mode:a{{chr(10)}}Cookie'", "line end"),
        (f"{PROJECTS} 'X Mode:a'", "is not the name of a header"),
        (f"POST {BUGS} title=a title=b", "'title' is there twice"),
        ("POST /api/v3/portals name=a name:=1", "'name' is there twice"),
        (f"POST {BUGS} uploaddoc@/nowhere/at/all.txt", "there is no file"),
        (f"POST {BUGS} uploaddoc@/", "cannot be read"),
        (f"{PROJECTS} --response -q name", "another"),
        (f"{PROJECTS}{{project}}/ -q 'length(id_string, name)'", "does not fit"),
        (f"{PROJECTS} -q '[].[name]' --df", "not a table"),
    ],
)
def test_what_cannot_be_is_explained(line, message, zbt):
    """Each mistake of a call is a UsageError with advice."""
    with pytest.raises(UsageError, match=message) as refusal:
        zbt(line)
    assert refusal.value.hint
