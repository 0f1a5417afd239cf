"""The subcommands: what they say, what they change, and that none of it holds a secret."""

from unittest.mock import Mock

import pytest

from zbt_notebook import ApiError, NotFound, NotSignedIn, UsageError
from zbt_notebook.client import signed_in
from zbt_notebook.client.redactor import plain
from zbt_notebook.notebook.magic.context import PortalOrProject, find_by_name
from zbt_notebook.notebook.magic.display.table import Table, ago, listed
from zbt_notebook.notebook.magic.grammar.options import OPTIONS, SUBCOMMANDS, options_of


def everything_shown(value):
    return str(value) + repr(value) + (value._repr_html_() if hasattr(value, "_repr_html_") else "")


def in_use(sheet):
    return dict(sheet.rows)["context"]


@pytest.mark.parametrize(
    "line", ["status", "accounts", "logout", "logout --all", "last", "help", "endpoints", "doctor"]
)
@pytest.mark.usefixtures("no_connections")
def test_questions_are_answered_without_a_sign_in(line, zbt, monkeypatch):
    """What only asks never fails for want of a sign-in."""
    monkeypatch.setenv("ZBT_ACCOUNTS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ZBT_API_URL", "http://127.0.0.1:1")
    assert everything_shown(zbt(line))


@pytest.mark.parametrize("line", ["status", "accounts", "refresh", "doctor", "last", "use", "switch default"])
def test_nothing_that_is_shown_holds_a_secret(line, connection, zbt, site):
    """Safe to save: neither tokens nor the client's secret are in any output."""
    zbt("GET /portals/")
    shown = everything_shown(zbt(line))
    assert site.client_secret not in shown
    assert not any(secret in shown for secret in connection.client.authorization.secrets())


@pytest.mark.usefixtures("connection")
def test_status_tells_connection_scopes_and_context(zbt):
    """One look: who, where, what is allowed, how long, and what {portal} stands for."""
    zbt("use portal=brightwater project=Payments")
    shown = repr(zbt("status"))
    for part in ("default", "sandbox", "ZohoBugTracker.bugs.READ", "min", "portal brightwater", "project Payments"):
        assert part in shown


def test_several_connections_side_by_side(sign_in, zbt):
    """--as takes one for a line, switch for what follows; accounts lists them."""
    sign_in("home")
    sign_in("work")
    assert signed_in.current().name == "work"
    assert zbt("GET /portals/ --as home").attrs["zbt"]["connection"] == "home"
    assert "home is in use now" in zbt("switch home")
    assert signed_in.current().name == "home"
    rows = zbt("accounts").rows
    assert [row[:2] for row in rows] == [("*", "home"), ("", "work")]
    with pytest.raises(NotSignedIn) as refusal:
        zbt("switch wrok")
    assert "work" in refusal.value.hint


def test_contexts_belong_to_their_connections(sign_in, zbt):
    """What is in use on one connection says nothing about another; a new sign-in to the same account keeps it."""
    sign_in("home")
    zbt("use portal=brightwater")
    sign_in("work")
    assert in_use(zbt("use")) == "none"
    assert "brightwater" in in_use(zbt("use --as home"))
    sign_in("home")
    assert "brightwater" in in_use(zbt("use --as home"))


def test_refresh_fetches_a_fresh_token(connection, zbt):
    """The old token is replaced now."""
    before = connection.client.authorization.access_token()
    assert "a fresh token" in zbt("refresh")
    assert connection.client.authorization.access_token() != before


def test_logout_revokes_and_forgets(sign_in, zbt, console):
    """It says which of these succeeded, and leaves nothing behind."""
    sign_in("home")
    sign_in("work")
    zbt("use portal=brightwater")
    zbt("GET /portals/ --cache 10m")
    assert "work: Signed out: revoked at Zoho" in zbt("logout")
    assert [connection.name for connection in signed_in.connections()] == ["home"]
    assert console.memory.kept == {}
    assert console.atlases.keys() == set()
    assert "home: Signed out" in zbt("logout --all")
    with pytest.raises(NotSignedIn):
        zbt("logout --as work")


def test_a_logout_that_is_interrupted_says_what_is_left_to_do(connection, zbt):
    """Ctrl-C while Zoho does not answer: forgotten here, not revoked there, and the way to do that by hand."""
    connection.client.authorization.transport = Mock(side_effect=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt, match=r"forgotten in this kernel, but NOT revoked at Zoho.*\nRevoke"):
        zbt("logout")
    assert connection not in signed_in.connections()
    assert connection.client.authorization.secrets() == ()


@pytest.mark.usefixtures("connection")
def test_use_finds_by_name_and_by_id(zbt, site):
    """Names in any case, ids, both kept; nothing is fetched twice."""
    assert zbt("use portal=BRIGHTWATER project='harbor mobile'").startswith("context: portal brightwater (")
    project = zbt("GET /portal/{portal}/projects/{project}/")["id_string"]
    before = site.world.log.api_requests
    assert f"Harbor Mobile ({project})" in zbt(f"use project={project}")
    assert "project Payments" in zbt("use project=Payments")
    assert site.world.log.api_requests == before
    assert "project" not in zbt("use project=")
    assert zbt("use portal=") == "context: none"
    assert "portal brightwater" in zbt("use project=Payments")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("use portal=brihgtwater", "there is no portal 'brihgtwater'", "Did you mean 'brightwater'?"),
        ("use project=Paymnets", "there is no project 'Paymnets'", "Did you mean 'Payments'?"),
        ("use project=zzzz", "there is no project 'zzzz'", "You have: Harbor Web"),
        ("use project=harbor", "there is no project 'harbor'", "'Harbor Web'"),
    ],
)
@pytest.mark.usefixtures("connection")
def test_a_misspelt_name_is_answered_with_the_nearest(line, message, hint, zbt):
    """An unknown portal or project is an error, and changes nothing."""
    with pytest.raises(UsageError) as refusal:
        zbt(line)
    assert message in refusal.value.message
    assert hint in refusal.value.hint
    assert in_use(zbt("use")) == "none"


@pytest.mark.usefixtures("connection")
def test_reading_only_refuses_writes(zbt, console):
    """A connection for reading sends no write, whatever the line says."""
    console.read_only.add("default")
    with pytest.raises(UsageError, match="signed in for reading: POST is refused"):
        zbt("POST /portal/1/projects/ name=x --yes")
    assert "(reading only)" in repr(zbt("status"))


@pytest.mark.usefixtures("connection")
def test_last_tells_the_last_call(zbt):
    """What went, how long it took, what came; a failure too."""
    zbt("GET /portals/ page==1")
    shown = repr(zbt("last"))
    for part in ("GET /restapi/portals/", "page==1", "HTTP 200, 1 row, ", " bytes", " ms"):
        assert part in shown
    with pytest.raises(NotFound):
        zbt("GET /portal/404/")
    assert "NotFound" in repr(zbt("last"))
    zbt("GET /portal/brightwater/")
    assert "HTTP 200, brightwater, " in repr(zbt("last"))


@pytest.mark.usefixtures("connection")
def test_the_advice_of_a_refusal_can_be_followed(zbt):
    """The line that it names shows the endpoint, whose path has ids in it by then; %zbt endpoints takes one too."""
    bugs = "/restapi/portal/700318264/projects/404170000000040003/bugs/"
    with pytest.raises(ApiError) as refusal:
        zbt(f"GET {bugs} statustype==opne")
    line = refusal.value.hint.partition("%zbt ")[2].partition(" tells")[0]
    assert "statustype==" in repr(zbt(line))
    listed = repr(zbt(f"endpoints {bugs}"))
    assert listed.startswith("GET     /restapi/portal/{portal}/projects/{project}/bugs/\n")
    assert "POST    /restapi/portal/{portal}/projects/{project}/bugs/\n" in listed
    assert "/bugs/{bug}/" not in listed
    assert "/portals/" in repr(zbt("endpoints /restapi/portls/"))


@pytest.mark.parametrize("topic", ["items", "GET", "path", "options"])
def test_help_on_the_grammar_is_the_overview(topic, zbt):
    """Its words are topics as well."""
    assert "name==value" in zbt(f"help {topic}")


@pytest.mark.usefixtures("connection")
def test_the_doctor_explains_the_last_error(run, zbt):
    """Versions, connection, whether both hosts answer, and why the last call failed."""
    with pytest.raises(NotFound):
        run("%zbt GET /portal/404/")
    shown = repr(zbt("doctor"))
    for part in ("Python ", "ipython", "sandbox answers in", "NotFound", "endpoints"):
        assert part in shown


@pytest.mark.usefixtures("no_connections")
def test_the_doctor_tells_an_unreachable_host(zbt, monkeypatch):
    """No network is a finding, not a failure."""
    monkeypatch.setenv("ZBT_ACCOUNTS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ZBT_API_URL", "http://127.0.0.1:1")
    assert "does not accept connections" in repr(zbt("doctor"))


def unwrapped(value):
    return " ".join(repr(value).split())


def test_help_comes_from_the_declarations(zbt):
    """Every subcommand and option that is declared is in the help."""
    overview = unwrapped(zbt("help"))
    for name in SUBCOMMANDS:
        assert name in overview
        shown = unwrapped(zbt(f"help {name}"))
        assert SUBCOMMANDS[name].help in shown
        assert all(option.usage in shown for option in options_of(name))
    for option in options_of("call"):
        assert option.usage in overview
    for option in OPTIONS:
        assert option.help in unwrapped(zbt(f"help {option.flag}"))
    bugs = repr(zbt("help /portal/{{portal}}/projects/{{project}}/bugs/"))
    assert "severity" in bugs
    assert "GET: List the bugs" in bugs
    assert "POST: Report a bug" in bugs
    assert "Scope ZohoBugTracker.portals.READ" in unwrapped(zbt("help /portals/"))
    assert "sort_column" in repr(zbt("help sort_column"))
    assert repr(zbt("help timesheets")) == repr(zbt("endpoints timesheets"))
    with pytest.raises(UsageError) as refusal:
        zbt("help lgoin")
    assert "login" in refusal.value.hint


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.usefixtures("connection")
def test_text_keeps_within_the_terminal(columns, zbt, monkeypatch):
    """Whatever is shown wraps between words; only a path or an address that has no space may be longer."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for line in (
        *("help", "help login", "help --scopes", "help /portal/1/projects/2/bugs/", "endpoints bugs", "endpoints"),
        *("status", "accounts", "doctor"),
    ):
        for text in repr(zbt(line)).splitlines():
            assert len(text) <= columns or len(max(text.split(), key=len)) > columns - 10, text


def test_endpoints_are_listed_with_scope_and_parameters(zbt):
    """By module, or by a word anywhere."""
    shown = zbt("endpoints bugs")
    assert "ZohoBugTracker.bugs.CREATE" in repr(shown)
    assert "title*" in repr(shown)
    assert len(zbt("endpoints").endpoints) > len(shown.endpoints) > 5
    with pytest.raises(UsageError) as refusal:
        zbt("endpoints bgus")
    assert "Did you mean bugs?" in refusal.value.hint


def test_a_sheet_is_harmless():
    """What the API says is text: no markup, no escape sequences, no turned direction."""
    sheet = Table(("a<b>",), (("<img src=x onerror=alert(1)>\x1b[31m\u202e\n",),), "<i>")
    assert "<img" not in sheet._repr_html_()
    assert "<b>" not in sheet._repr_html_()
    assert "<i>" not in sheet._repr_html_()
    for shown in (repr(sheet), sheet._repr_html_()):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert plain("a\nb\x07") == "a b\ufffd"


def test_small_words():
    """Ages and lists as a person says them."""
    assert [ago(seconds) for seconds in (0.5, 1, 59, 185, 7200, 200_000)] == [
        *("just now", "1 second ago", "59 seconds ago", "3 minutes ago", "2 hours ago", "2 days ago")
    ]
    assert listed(map(str, range(7))) == "0, 1, 2, 3, 4 and 2 more"


def test_places_with_one_name_are_told_apart_by_id():
    """Where two projects have one name, the error gives their ids."""
    known = (PortalOrProject("1", "Same"), PortalOrProject("2", "Same"))
    with pytest.raises(UsageError) as refusal:
        find_by_name(known, "Same")
    assert "1, 2" in refusal.value.hint
    assert find_by_name(known, "2") == known[1]


def test_status_names_the_account(connection, zbt, site):
    """Whose data these are, so that it can be committed: the name, and not the whole address."""
    shown = dict(zbt("status").rows)
    user = site.world.accounts.state.user
    assert shown["account"] == f"{user.name} ({user.email[0]}…@{user.email.rpartition('@')[2]})"
    assert user.email not in everything_shown(zbt("status"))
    assert shown["token budget"].startswith(f"{connection.status().token_budget_left} of 10 access tokens")


def test_status_tells_how_to_see_the_account(sign_in, zbt):
    """Without the scope a quiet word; once the API was called, the id that it told."""
    sign_in(scopes="ZohoBugTracker.portals.READ")
    assert "with the scope AaaServer.profile.READ" in dict(zbt("status").rows)["account"]
    zbt("GET /portals/")
    assert dict(zbt("status").rows)["account"].startswith("user ")


@pytest.mark.usefixtures("no_connections")
def test_alone_it_says_how_to_begin(zbt):
    """`%zbt` prints five lines: the state, the next step, three examples."""
    lines = repr(zbt("")).split("\n")
    assert len(lines) == 5
    assert lines[0] == "Not signed in."
    assert "%zbt login" in lines[1]
    assert all(line.startswith("  %zbt ") for line in lines[2:])


@pytest.mark.usefixtures("connection")
def test_alone_it_says_how_to_go_on(zbt):
    """Signed in it names the connection and what is in use, and another next step once there is a portal."""
    before = repr(zbt("  ")).split("\n")
    assert "Signed in to sandbox as default" in before[0]
    assert "%zbt use portal=" in before[1]
    zbt("use portal=brightwater")
    after = repr(zbt("")).split("\n")
    assert "portal brightwater" in after[0]
    assert "%zbt bugs" in after[1]
    assert (len(before), len(after)) == (5, 5)


def test_endpoints_are_folded_by_module(zbt):
    """All of them are a line a module; of one module they stand open."""
    everything, bugs = zbt("endpoints"), zbt("endpoints bugs")
    assert "%zbt endpoints bugs" in repr(everything)
    assert len(repr(everything).split("\n")) < 30
    assert everything._repr_html_().count("<details>") > 5
    assert "<details open>" not in everything._repr_html_()
    assert "<details open>" in bugs._repr_html_()
    assert "/bugs/" in repr(bugs)
