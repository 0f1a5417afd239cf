"""Completion: what may come next, from what is known; the same through IPython's own API."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.notebook.magic.completion import Known, complete, complete_field
from zbt_notebook.notebook.magic.context import PortalOrProject

KNOWN = Known(
    ("default", "work"),
    (PortalOrProject("700", "zillum"),),
    (PortalOrProject("41", "Harbor Web"), PortalOrProject("42", "Payments")),
    ("bug", "bugs_frame"),
)


def texts(line, known=KNOWN):
    return [completion.text for completion in complete(line, len(line), known)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sta", ["status"]),
        ("", ["login", "help", "GET", "POST"]),
        ("P", ["POST", "PUT", "PATCH"]),
        ("/por", ["/portal/", "/portals/"]),
        ("GET /portal/", ["/portal/{portal}/", "/portal/700/", "/portal/zillum/"]),
        ("/portal/{portal}/pro", ["/portal/{portal}/projects/"]),
        ("/portal/700/projects/", ["/portal/700/projects/{project}/", "/portal/700/projects/41/"]),
        ("/portal/{portal}/projects/{project}/bugs/", ["/portal/{portal}/projects/{project}/bugs/{bug}/"]),
        ("/api/v3/por", ["/api/v3/portals", "/api/v3/portal/"]),
        ("/portal/{po", ["/portal/{portal}"]),
        ("/x/ a=={b", ["a=={bug}", "a=={bugs_frame}"]),
        ("/portal/1/projects/2/bugs/ sta", ["statustype=="]),
        ("/portal/1/projects/2/bugs/ statustype==o", ["statustype==open"]),
        ("POST /portal/1/projects/2/bugs/ ti", ["title="]),
        ("POST /portal/1/projects/2/bugs/ upl", ["uploaddoc@"]),
        ("/portals/ --li", ["--limit"]),
        ("/portals/ --as w", ["work"]),
        ("/portals/ --as=w", ["--as=work"]),
        ("/portals/ --cache ", ["10m"]),
        ("login --mode c", ["card"]),
        ("login --mo", ["--mode"]),
        ("login --dc e", ["eu"]),
        ("login --scopes tri", ["triage"]),
        ("login --scopes ZohoBugTracker.bugs.R", ["ZohoBugTracker.bugs.READ"]),
        ("login --scopes a.b,ZohoBugTracker.portals.R", ["a.b,ZohoBugTracker.portals.READ"]),
        ("switch w", ["work"]),
        ("help lo", ["login", "logout"]),
        ("endpoints mi", ["milestones"]),
        ("use ", ["portal=", "project="]),
        ("use portal=", ["portal=zillum"]),
        ("use project=Har", ["project=Harbor\\ Web"]),
        ("use project='Har", ["project='Harbor Web'"]),
        ("/portal/1/projects/2/bugs/ 'sta", ["'statustype=="]),
        ('/portal/1/projects/2/bugs/ "statustype==o', ['"statustype==open']),
        ("/portal/1/projects/2/bugs/ statustype=='o", ["statustype=='open"]),
        ("'/portal/{portal}/pro", ["'/portal/{portal}/projects/"]),
        ("'/portal/{po", ["'/portal/{portal}"]),
        ("login --add-scope ZohoBugTracker.ev", ["ZohoBugTracker.events.READ"]),
        ("/portals/ -o bu", ["bug", "bugs_frame"]),
    ],
)
def test_what_comes_next(line, expected):
    """Subcommands, methods, paths by segments, parameters, values, names, options."""
    assert set(expected) <= set(texts(line))


@pytest.mark.parametrize(
    ("line", "unexpected"),
    [
        ("", "--all"),
        ("login ", "GET"),
        ("login --", "--limit"),
        ("GET /portals/ --all --", "--all"),
        ("/portal/1/projects/2/bugs/ statustype==open s", "statustype=="),
        ("GET /portal/1/projects/2/bugs/ ti", "title="),
        ("/portal/", "/portal/{project}/"),
        ("x=={{b", "x=={{bug}"),
        ("login --scopes ZohoBugTracker.bugs.READ,", "ZohoBugTracker.bugs.READ,ZohoBugTracker.bugs.READ"),
        ("login --add-scope ", "triage"),
    ],
)
def test_what_does_not(line, unexpected):
    """Nothing that would not be right there."""
    assert unexpected not in texts(line)


@given(
    st.text() | st.lists(st.sampled_from(["GET ", "/", "portal", "{", "'", "use ", "--as ", "=="])).map("".join),
    st.integers(0, 60),
)
def test_any_text_can_be_completed(text, cursor):
    """No text makes it fail; every completion begins with what stands there."""
    before = text[: min(cursor, len(text))]
    for completion in complete(text, len(before), KNOWN):
        assert completion.text.startswith(before[completion.start :])


@pytest.mark.parametrize(
    ("line", "behind", "expected"),
    [
        ("use project='Har", "'", "project='Harbor Web"),
        ("/portal/{po", "}/projects/", "/portal/{portal"),
        ("GET /por", "tals/", "/portal/"),
    ],
)
def test_what_stands_behind_the_cursor_is_not_put_there_once_more(line, behind, expected):
    """Front ends close quotes and braces as they are opened."""
    assert expected in [completion.text for completion in complete(line + behind, len(line), KNOWN)]


def test_files_are_offered_where_they_go(tmp_path, monkeypatch):
    """After name@ any, after --save those of its formats; folders, spaces, quotes."""
    monkeypatch.chdir(tmp_path)
    for name in ("a b.csv", "a.png", ".hidden.csv"):
        (tmp_path / name).touch()
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "x.JSON").touch()
    bugs = "POST /portal/1/projects/2/bugs/"
    assert set(texts(f"{bugs} uploaddoc@a")) == {"uploaddoc@a\\ b.csv", "uploaddoc@a.png", "uploaddoc@all/"}
    assert texts(f"{bugs} 'uploaddoc@a ") == ["'uploaddoc@a b.csv"]
    assert texts(f"{bugs} uploaddoc@a\\ ") == ["uploaddoc@a\\ b.csv"]
    assert set(texts("/portals/ --save ")) == {"a\\ b.csv", "all/"}
    assert texts("/portals/ --save all/") == ["all/x.JSON"]
    assert texts("/portals/ --save=all/") == ["--save=all/x.JSON"]
    assert texts(f"/portals/ --save {tmp_path}/al") == [f"{tmp_path}/all/"]
    assert texts("/portals/ --save nowhere/") == []


def test_fields_of_a_body():
    """In a %%zbt cell the fields of the endpoint, and the values that a field may have."""
    assert complete_field("POST", "/portal/1/projects/2/bugs/", "ti") == ["title: "]
    assert complete_field("POST", "/portal/1/projects/2/bugs/", "flag: ") == ["flag: Internal", "flag: External"]
    assert complete_field("POST", "/portal/1/projects/2/bugs/", "flag:In") == ["flag:Internal"]
    assert complete_field("POST", "/portal/1/projects/2/bugs/", "title: ") == []


def offered(shell, source):
    """What IPython offers at the end of the source, applied to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell.Completer, "use_jedi", False)
        from IPython.core.completer import provisionalcompleter

        with provisionalcompleter():
            found = list(shell.Completer.completions(source, len(source)))
    return [source[: completion.start] + completion.text for completion in found]


@pytest.mark.usefixtures("no_connections")
def test_ipython_offers_them(shell):
    """Through the matcher API, alone, and each goes where the word stands."""
    assert offered(shell, "%zbt stat") == ["%zbt status"]
    assert offered(shell, "x = %zbt GET /portals/ --li") == ["x = %zbt GET /portals/ --limit"]
    assert offered(shell, "y = 1\n%zbt /portal/{portal}/proj") == ["y = 1\n%zbt /portal/{portal}/projects/"]
    body = "%%zbt POST /portal/1/projects/2/bugs/\ntit"
    assert offered(shell, body) == [body + "le: "]
    assert offered(shell, f"{body}le: x\nflag: In") == [f"{body}le: x\nflag: Internal"]
    assert offered(shell, "a, b = %zbt stat") == ["a, b = %zbt status"]
    shell.user_ns["my_bug"] = 1
    assert offered(shell, "%zbt /bugs/{my_") == ["%zbt /bugs/{my_bug}"]


@pytest.mark.parametrize("line", ["%zbt GET /portals/ --limit ", "%zbt GET /portals/ abs", "%zbt login --client-id x"])
def test_where_nothing_fits_nothing_else_is_offered(line, shell):
    """Python's names and %magics would be wrong on the line."""
    assert offered(shell, line) == []


@pytest.mark.usefixtures("connection")
def test_names_that_were_seen_are_offered_and_nothing_is_fetched(shell, zbt, site):
    """After %zbt use the portals and projects are known; completing asks nobody."""
    zbt("use portal=brightwater project=Payments")
    before = site.world.log.api_requests
    assert "%zbt use project=Harbor\\ Web" in offered(shell, "%zbt use project=Har")
    assert any("Payments" in line for line in offered(shell, "%zbt use project=P"))
    assert site.world.log.api_requests == before


def test_unloading_takes_completion_away(shell):
    """Nothing stays behind, and loading twice offers nothing twice."""
    shell.run_line_magic("reload_ext", "zbt_notebook")
    shell.run_line_magic("reload_ext", "zbt_notebook")
    assert offered(shell, "%zbt stat") == ["%zbt status"]
    assert len(shell.Completer.custom_matchers) == 1
