"""The words of ``%zbt``: lists, one bug, its changes, and the options that they share with paths."""

import json
from typing import Any

import pandas as pd
import pytest

from zbt_notebook.client.errors import ApiError, NotFound, UsageError
from zbt_notebook.client.lists.first_columns import FIRST
from zbt_notebook.notebook.magic.display.table import QUIET
from zbt_notebook.notebook.magic.grammar.options import LISTS, OPTIONS, SUBCOMMANDS, WORDS


def store(site):
    return site.world.bugtracker().store


@pytest.fixture
def key(site):
    """A bug's key; the bug has comments."""
    known = store(site)
    bug = next(bug for bug in known.bugs if bug.comment_count > 1)
    return f"{known.projects.get(bug.project_id).prefix}-I{bug.number}"


def written(site):
    return site.world.log.api_requests


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize("word", LISTS)
def test_each_list_is_a_table_that_begins_with_what_it_is_about(word, zbt):
    """Short names first, everything Zoho told behind them."""
    frame = zbt(word)
    first = FIRST[word]
    assert isinstance(frame, pd.DataFrame)
    assert len(frame)
    assert tuple(frame.columns[: len(first)]) == first
    assert len(frame.columns) > len(first)


def test_the_project_in_use_is_the_one_that_is_meant(using, zbt):  # noqa: ARG001  for its being there
    """Without --projects the one in use; --projects names others, several, or all."""
    assert set(zbt("bugs severity==Minor --limit 20")["project.name"]) == {"Harbor Web"}
    assert set(zbt("bugs --projects Payments --limit 20")["project.name"]) == {"Payments"}
    assert set(zbt("bugs --projects 'Payments, Back Office'")["project.name"]) == {"Payments", "Back Office"}
    assert len(set(zbt("bugs --projects all")["project.name"])) == 6


@pytest.mark.usefixtures("connection")
def test_values_of_the_notebook_fill_filters(zbt, shell):
    """``{name}`` in a filter is a value of the notebook."""
    shell.user_ns |= {"level": "Critical", "days": 90}
    assert set(zbt("bugs severity=={level} created>=-{days}d")["severity"].astype(str)) == {"Critical"}


@pytest.mark.usefixtures("connection")
def test_options_work_as_on_paths(zbt, shell, tmp_path):
    """-q shapes, --json gives records, -o assigns, --columns chooses, --save writes."""
    critical = list(zbt("bugs severity==Critical --limit 3")["key"])
    assert zbt('bugs severity==Critical --limit 3 -q "[].key" --json') == critical
    assert zbt("bugs --limit 2 -o mine") is None
    assert len(shell.user_ns["mine"]) == 2
    records = zbt("bugs --limit 2 --json --columns key,assignee")
    assert [list(record) for record in records] == [["key", "assignee"]] * 2
    with pytest.raises(UsageError, match="no column 'assigne'") as caught:
        zbt("bugs --limit 2 --columns assigne")
    assert "Did you mean assignee?" in caught.value.hint
    zbt(f"bugs --limit 5 --columns key,id --save {tmp_path}/bugs.csv")
    zbt(f"bugs --limit 3 --columns key,id --save {tmp_path}/bugs.csv --append")
    read = pd.read_csv(tmp_path / "bugs.csv")
    assert len(read) == 8
    assert read["id"].iloc[0] == read["id"].iloc[5]
    assert "\t" in (tmp_path / "bugs.csv").read_text()


@pytest.mark.parametrize("ends", ["none", "410"])
def test_columns_go_by_the_names_that_filters_have(connection, zbt, site, ends):
    """Name, label or other word of a field, a custom field's label, or Zoho's own, each once; the same on a path."""
    site.world.set(classic_end=ends)
    connection.lookups.forget()
    said = "key,Key,Due date,module,reported_person,customer,Customfields.environment,status.type,KEY"
    got = ["key", "due", "module.name", "reported_person", "customfields.Customer", "customfields.Environment"]
    assert list(zbt(f"bugs --limit 40 --columns '{said}'").columns) == [*got, "status.type"]
    portal = connection.lookups.portal("").id
    path = f"/api/v3/portal/{portal}/projects" if ends == "410" else f"/portal/{portal}/projects/"
    assert list(zbt(f"{path} --columns NAME,id").columns) == ["name", "id"]
    with pytest.raises(UsageError, match="no column 'Custmer'") as caught:
        zbt("bugs --limit 40 --columns Custmer")
    assert "Did you mean Customer?" in caught.value.hint


@pytest.mark.parametrize("ends", ["none", "410"])
def test_a_time_log_opens_the_page_of_its_bug(connection, zbt, site, ends):
    """Not a page of the log's own number; what hangs on no bug has none."""
    site.world.set(classic_end=ends)
    connection.lookups.forget()
    logs = zbt("timelogs --projects 'Harbor Web'").dropna(subset=["bug.id"])
    assert logs.zbt.open(0).endswith(f"/{logs['project.id'].iloc[0]}/{logs['bug.id'].iloc[0]}")
    with pytest.raises(UsageError, match="does not tell its page"):
        zbt("milestones").zbt.open(0)


@pytest.mark.usefixtures("connection")
def test_a_table_that_pandas_read_from_parquet_becomes_a_workbook(zbt, site, tmp_path):
    """Its lists are arrays then."""
    openpyxl = pytest.importorskip("openpyxl")
    site.world.set(classic_end="410")
    zbt(f"bugs --columns key,v3.tags,v3.cf_platforms --save {tmp_path}/bugs.parquet")
    frame = pd.read_parquet(tmp_path / "bugs.parquet")
    frame.zbt.excel(tmp_path / "bugs.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "bugs.xlsx").active.values)
    held = next(place for place, value in enumerate(frame["v3.cf_platforms"]) if value is not None)
    assert rows[held + 1][2] == str(list(frame["v3.cf_platforms"][held]))


@pytest.mark.usefixtures("connection")
def test_a_workbook_has_the_portals_times_and_whole_ids(zbt, tmp_path):
    """Times without zone in the portal's, named in the header; ids as text; a text that begins with = stays one."""
    openpyxl = pytest.importorskip("openpyxl")
    frame = zbt(f"bugs --limit 4 --save {tmp_path}/bugs.xlsx")
    frame.loc[0, "title"] = "=1+1"
    frame.zbt.excel(tmp_path / "again.xlsx")
    page = openpyxl.load_workbook(tmp_path / "again.xlsx").active
    header = [cell.value for cell in page[1]]
    assert page.title == "bugs"
    assert "created (America/Sao_Paulo)" in header
    row = {name: cell.value for name, cell in zip(header, page[2], strict=True)}
    local = frame["created"].iloc[0].tz_convert("America/Sao_Paulo").tz_localize(None)
    assert abs(row["created (America/Sao_Paulo)"] - local.to_pydatetime()).total_seconds() < 1
    assert row["id"] == str(frame["id"].iloc[0])
    assert (row["title"], page.cell(2, 2).data_type) == ("=1+1", "s")
    zbt(f"bugs --limit 2 --save {tmp_path}/bugs.xlsx --append")
    assert openpyxl.load_workbook(tmp_path / "bugs.xlsx")["bugs"].max_row == 7


@pytest.mark.usefixtures("connection")
def test_explain_tells_both_sides_and_the_cost(zbt, site):
    """What Zoho filters, what is filtered here, how many requests; the list itself is not asked for."""
    zbt("bugs status==Open --limit 1")
    site.world.log.clear()
    told = repr(zbt('bugs status==Open "title~=time" created>=2026-01-01 --explain'))
    assert "status==Open" in told.partition("filtered here")[0]
    assert "title~=time" in told.partition("filtered here")[2]
    assert "created>=2026-01-01" in told
    assert "request" in told
    assert not [entry for entry in site.world.log.entries() if entry.path.endswith("/bugs/")]


@pytest.mark.usefixtures("connection")
def test_one_bug_is_a_card_and_a_dict(zbt, key):
    """By its key; with --json a plain dict, with -q a part of it."""
    bug = zbt(f"bug {key}")
    assert bug["key"] == key
    assert "zbt-bug" in bug._repr_html_()
    assert zbt(f"bug {key} -q title") == bug["title"]
    assert type(zbt(f"bug {key} --json")) is dict
    assert len(zbt(f"comments {key}")) > 1
    assert {"time", "person", "activity"} <= set(zbt(f"history {key}"))
    assert "name" in zbt(f"attachments {key}")


@pytest.mark.usefixtures("connection")
def test_a_change_is_asked_about_in_words(zbt, answers, key, capsys):
    """The guard shows what it was and what it is going to be; a no sends nothing."""
    asked = answers("n", "y")
    before = zbt(f"bug {key}")["severity"]["type"]
    other = "Minor" if before != "Minor" else "Major"
    with pytest.raises(UsageError, match="not sent"):
        zbt(f"bug {key} severity={other}")
    assert f"severity: {before} → {other}" in asked[0]
    assert zbt(f"bug {key} severity={other} comment='Seen again'")["severity"]["type"] == other
    assert len(asked) == 2
    assert f"severity: {before} → {other}, comment: Seen again" in capsys.readouterr().out
    assert "Seen again" in list(zbt(f"comments {key}")["content_text"])


@pytest.mark.usefixtures("connection")
def test_tags_are_asked_about_and_written(zbt, answers, key, site, capsys):
    """With other fields, one question for all requests; a new bug has them too; what is so already is not sent."""
    asked = answers("y", "y")
    zbt(f"bug {key} tags=none --yes")
    zbt(f"bug {key} tags=flaky,quick-win severity=Critical comment=so")
    assert len(asked) == 1
    assert "tags: none → flaky, quick-win, severity: " in asked[0]
    zbt(f"bug {key} tags=flaky")
    assert "tags: flaky, quick-win → flaky" in asked[1]
    capsys.readouterr()
    zbt(f"bug {key} tags=flaky")
    assert len(asked) == 2
    assert "is so already, nothing was sent: tags: flaky → flaky" in capsys.readouterr().out
    assert zbt(f"bug {key} tags=none severity=Major --dry-run").count("PATCH ") == 1
    capsys.readouterr()
    assert "PATCH" not in zbt('bug new title="Tagged" project=Payments tags=flaky --dry-run')
    assert "then a PATCH to V3, once the bug has its number: tags" in capsys.readouterr().out
    made = zbt('bug new title="Tagged" project=Payments tags=flaky --yes')
    assert len(store(site).bugs.get(int(made["id"])).tags) == 1
    with pytest.raises(UsageError, match="there is no tag 'x'"):
        zbt('bug new title="Tagged" project=Payments tags=x --yes')


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize("end", ["none", "410"])
def test_what_shapes_a_result_does_not_shape_the_writes_answer(zbt, key, site, end):
    """-q and its kin are for what is shown in the end: the bug is made, and what did not take is told truly."""
    site.world.set(classic_end=end)
    number = zbt('bug new title="Shaped" project=Payments severity=Minor tags=flaky --yes -q id')
    assert store(site).bugs.get(int(number)).title == "Shaped"
    assert zbt(f'bug {key} severity=Major comment="so" --yes -q "severity.id"')
    assert zbt(f"bug {key} severity=Minor --yes --json")
    assert isinstance(zbt(f"bug {key} severity=Major --yes --df"), pd.DataFrame)


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    "line",
    ["projects", "portals", "tags", "bug {key}", "comments {key}", "bug {key} close --yes", "bug new title=x --yes"],
)
def test_the_first_word_after_the_end_of_the_classic_api_takes_v3(zbt, key, using, site, line):  # noqa: ARG001  for its being there
    """What was looked up before is looked up anew."""
    zbt(f"bug {key}")
    site.world.set(classic_end="404")
    assert len(zbt(line.format(key=key)))


@pytest.mark.usefixtures("connection")
def test_a_new_bug_goes_again_in_the_other_form(zbt, site):
    """A value whose form Zoho refuses is sent in its other form; what has none is refused as it was."""
    before = len(list(store(site).bugs))
    site.world.faults.add(kind="status", status=400, path="*/bugs/", times=1)
    made = zbt('bug new title="Several" project=Payments Platforms=Windows,Linux --yes')
    assert len(list(store(site).bugs)) == before + 1
    assert store(site).bugs.get(int(made["id"])).custom["UDF_MULTI1"] == ("Windows", "Linux")
    site.world.faults.add(kind="status", status=400, path="*/bugs/", times=1)
    with pytest.raises(ApiError):
        zbt('bug new title="One" project=Payments --yes')
    assert len(list(store(site).bugs)) == before + 1


@pytest.mark.usefixtures("connection")
def test_close_reopen_and_dry_run(zbt, key, site):
    """The portal's own statuses; --dry-run shows the request and sends none."""
    shown = zbt(f"bug {key} close --dry-run")
    assert shown.startswith("POST ")
    assert "status_id=" in shown
    assert zbt(f"bug {key} close --yes")["status"]["type"] == "Closed"
    assert zbt(f"bug {key} reopen --yes")["status"]["type"] == "Reopen"
    assert store(site)


@pytest.mark.usefixtures("connection")
def test_a_change_that_is_not_sent_again_is_not_told_as_done(zbt, key, capsys):
    """The same cell once more says that nothing was sent, and shows the bug as it is by now."""
    zbt(f"bug {key} close --yes")
    zbt(f"bug {key} reopen --yes")
    capsys.readouterr()
    assert zbt(f"bug {key} close --yes")["status"]["type"] == "Reopen"
    told = capsys.readouterr().out
    assert "not sent again" in told
    assert "→" not in told
    zbt('bug new title="Once" project=Payments --yes')
    capsys.readouterr()
    zbt('bug new title="Once" project=Payments --yes')
    assert "made" not in capsys.readouterr().out


@pytest.mark.usefixtures("connection")
def test_a_new_bug_has_what_was_said(zbt, site):
    """In the project that is named or in use; names become ids."""
    line = """bug new title="Login fails on Firefox" severity=Major assignee="Tom O'Connor" due=2026-12-01"""
    with pytest.raises(UsageError, match="needs its project"):
        zbt(f"{line} --yes")
    made = zbt(f"{line} project=Payments --yes")
    bug = store(site).bugs.get(int(made["id"]))
    assert bug.title == "Login fails on Firefox"
    assert store(site).members.get(bug.assignee).name == "Tom O'Connor"
    with pytest.raises(UsageError, match="needs a title"):
        zbt("bug new severity=Major project=Payments --yes")


@pytest.mark.usefixtures("connection")
def test_a_day_is_a_day_in_json_too(zbt, tmp_path):
    """Whether printed, chosen or saved; a moment tells its zone."""
    zbt(f"bugs due!=none --limit 3 --save {tmp_path}/bugs.json")
    saved = json.loads((tmp_path / "bugs.json").read_text())
    chosen = zbt("bugs due!=none --limit 3 -q '[].[due, created]' --json")
    assert [[row["due"], row["created"]] for row in saved] == chosen
    assert [row["due"] for row in zbt("bugs due!=none --limit 3 --json")] == [due for due, _ in chosen]
    for due, created in chosen:
        assert len(due) == len("2026-12-01")
        assert created.endswith("Z")


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("bugs status=Open", "status==Open"),
        ("bugs comments>=nan", "Write it as 1250"),
        ("bugs statsu==Open", "Did you mean status?"),
        ("bug HW1-I1 status==Closed", "two equal signs are a filter's"),
        ("bug HW1-I1 statsu=Closed", "Did you mean status?"),
        ("bug HW1-I1 fix", "close or reopen"),
        ("bug XX9-I1", "There are:"),
        ("bugs --projects Paymnets", "Did you mean Payments?"),
        ("bugz", "Did you mean bug?"),
        ("bugs severity==Critical severity==Major", "write severity==Critical,Major."),
        ("bugs severity==Critical, Major", 'write "severity==Critical, …" in quotes'),
        ("bugs title~=time zone", '"title~=two words"'),
        ("bugs limit=5", "Write --limit 5."),
        ("bugs limit==5", "Write --limit 5."),
        ("GET /bugs/HW1-I600/", "One bug: %zbt bug HW1-I600."),
    ],
)
def test_a_slip_is_refused_with_the_right_word(zbt, line, hint):
    """Two lines, nothing sent that changes anything."""
    with pytest.raises(UsageError) as caught:
        zbt(line)
    assert hint in caught.value.hint


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("milestones status==x", "no milestone has the status 'x'. There are: completed, notcompleted."),
        ("milestones status==complete", "Did you mean completed?"),
        ("users role==x name==y", "no user has the name 'y'"),
        ("tags name==Flakey", "no tag has the name 'Flakey'. Did you mean flaky?"),
    ],
)
def test_an_empty_table_says_which_word_nothing_has(zbt, capsys, line, told):
    """And what there is; a table with rows, or one that is empty for another reason, says nothing."""
    frame = zbt(line)
    assert frame.empty
    assert told in capsys.readouterr().err
    assert zbt("milestones status==completed name~=nowhere").empty
    assert "has the" not in capsys.readouterr().err


def test_an_empty_table_says_that_no_record_shows_the_field(connection, zbt, site, capsys):
    """V3's lists were seen without custom fields: no bug came, and none was asked whether it has one."""
    site.world.set(classic_end="410", v3_custom_fields_as="none")
    connection.lookups.forget()
    assert zbt("bugs Platforms==Linux --projects 'Back Office'").empty
    assert "no bug that came shows anything in Platforms" in capsys.readouterr().err
    assert zbt("bugs Platforms~=Linux closed==false --projects 'Back Office'").empty
    assert "anything in" not in capsys.readouterr().err


@pytest.mark.usefixtures("connection")
def test_a_bug_that_is_not_there_is_not_found(zbt):
    """A number beyond the last one."""
    with pytest.raises(NotFound):
        zbt("bug HW1-I99999")


@pytest.mark.usefixtures("connection")
def test_the_page_of_a_row_opens(zbt, monkeypatch):
    """``df.zbt.open(0)`` is the bug's page at Zoho, also of a filtered table."""
    opened: list = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    frame = zbt("bugs --limit 3")
    address = frame[frame["key"] == frame["key"].iloc[2]].zbt.open(0)
    assert opened == [address]
    assert f"#buginfo/{frame['project.id'].iloc[2]}/{frame['id'].iloc[2]}" in address
    assert len(frame.zbt.refetch()) == 3
    for nowhere in (3, "x", None):
        with pytest.raises(UsageError, match="no row"):
            frame.zbt.open(nowhere)


@pytest.mark.usefixtures("connection")
def test_a_key_stands_in_a_path(zbt, key, site):
    """Where the API wants the number."""
    known = store(site)
    bug = next(bug for bug in known.bugs if f"{known.projects.get(bug.project_id).prefix}-I{bug.number}" == key)
    zbt(f"use portal=brightwater project={bug.project_id}")
    assert zbt(f"/portal/{{portal}}/projects/{{project}}/bugs/{key}/")["id"] == bug.id


@pytest.mark.usefixtures("connection")
def test_a_table_is_shown_by_its_first_columns(zbt, shell):
    """Numbers right, texts left, the rest named; --all-columns shows all; another frame looks as pandas has it."""
    as_html = shell.display_formatter.formatters["text/html"]
    html = as_html(zbt("bugs --limit 5"))
    assert html.count('<th scope="col"') in {9, 10}
    assert "--all-columns" in html
    words = [name for name in ("status", "severity", "assignee") if f'white-space:nowrap;{QUIET}">{name}<' in html]
    assert words == ["status", "severity", "assignee"]  # a short word is not broken where a title may be
    logs = as_html(zbt("timelogs --limit 5"))
    assert "text-align:right" in logs
    whole = zbt("bugs --limit 5 --all-columns")
    assert as_html(whole).count('<th scope="col"') == len(whole.columns)
    own: Any = pd.DataFrame({"a": [1]})
    assert as_html(own) == own._repr_html_()


def test_every_word_is_declared_once(zbt):
    """Help, options and examples come from the declaration."""
    for word in WORDS:
        told = str(zbt(f"help {word}"))
        assert SUBCOMMANDS[word].examples[0] in told
        assert [option for option in OPTIONS if word in option.on]
    assert json.dumps(list(LISTS))


@pytest.mark.usefixtures("no_connections")
def test_a_line_while_a_card_waits_says_to_finish_it(zbt, monkeypatch):
    """Nobody is told to sign in who is doing so."""
    from zbt_notebook.client.errors import NotSignedIn
    from zbt_notebook.notebook.sign_in import begun
    from zbt_notebook.notebook.sign_in.login import login

    monkeypatch.setattr(begun, "_begun", type(begun._begun)())  # cards of other tests may wait for ever
    with pytest.raises(NotSignedIn) as caught:
        zbt("bugs")
    assert "card above" not in caught.value.hint
    card = login(mode="card", sandbox=True)
    assert card is not None
    with pytest.raises(NotSignedIn, match="a sign-in waits for you") as caught:
        zbt("bugs")
    assert "Finish the card above" in caught.value.hint
    assert str(zbt("status")) == "Not signed in. A sign-in waits for you: finish the card above."
