"""``%zbt login`` from the line to the connection, awaited and not."""

import pytest

from zbt_notebook import Connection, NotSignedIn, UsageError
from zbt_notebook.client import signed_in
from zbt_notebook.notebook import embedded_sandbox
from zbt_notebook.notebook.magic.ipython.await_login import await_login


@pytest.fixture
def at_the_sandbox(site, no_connections, monkeypatch):  # noqa: ARG001  what it does is wanted
    site.clock.advance(700)  # Zoho gives a client ten codes in ten minutes
    monkeypatch.setattr(embedded_sandbox, "_shared", site)
    return site


@pytest.mark.usefixtures("at_the_sandbox")
def test_a_notebook_signs_in_unattended(zbt):
    """--sandbox --auto needs nobody, and the next line calls."""
    assert isinstance(zbt("login --sandbox --auto --as demo"), Connection)
    assert signed_in.current().name == "demo"
    assert list(zbt("GET /portals/")["name"]) == ["brightwater"]


@pytest.mark.usefixtures("at_the_sandbox")
def test_a_self_client_signs_in(zbt):
    """--self-client takes the code that the API console makes."""
    assert isinstance(zbt("login --sandbox --auto --self-client"), Connection)


@pytest.mark.usefixtures("at_the_sandbox")
def test_an_awaited_login_ends_with_the_connection(run):
    """``%zbt login --wait`` at the left margin is awaited; assigned too."""
    assert isinstance(run("%zbt login --sandbox --auto --wait 5"), Connection)
    assert run("x = %zbt login --sandbox --auto --wait 5 --as other\nx.name") == "other"


@pytest.mark.usefixtures("at_the_sandbox")
def test_scopes_can_be_chosen(zbt):
    """--scopes and --read-only ask for what they say; the latter refuses writes as well."""
    zbt("login --sandbox --auto --scopes ZohoBugTracker.portals.READ")
    assert signed_in.current().scopes == ("ZohoBugTracker.portals.READ",)
    zbt("login --sandbox --auto --read-only")
    assert all(scope.endswith(".READ") for scope in signed_in.current().scopes)
    with pytest.raises(UsageError, match="signed in for reading"):
        zbt("POST /portal/1/projects/ name=x --yes")


@pytest.mark.usefixtures("no_connections")
def test_where_nobody_can_be_asked_it_says_so(zbt, run):
    """Unattended, the error names the variables; awaited as well, and the doctor knows of it."""
    with pytest.raises(NotSignedIn) as refusal:
        zbt("login")
    assert "ZBT_CLIENT_ID" in str(refusal.value)
    with pytest.raises(NotSignedIn) as refusal:
        run("%zbt login --wait")
    assert refusal.value.hint in dict(zbt("doctor").rows)["what to do"]


def test_a_secret_is_refused_though_it_is_awaited(run):
    """The transformed line is refused like any other, without its value."""
    with pytest.raises(UsageError) as refusal:
        run("%zbt login --wait --client-secret s3cr3tc4n4ry")
    assert "s3cr3tc4n4ry" not in str(refusal.value)


def transformed(shell, source):
    return shell.transform_cell(source)


@pytest.mark.parametrize(
    "source",
    [
        "%zbt login",
        "%zbt status",
        "%zbt GET /login/ --wait",
        "if True:\n    %zbt login --wait",
        's = """\n%zbt login --wait\n"""',
        "s = \"get_ipython().run_line_magic('zbt', 'login --wait')\"",
        "%%capture\n%zbt login --wait",
        "%timeit login --wait",
    ],
)
def test_only_the_waiting_login_is_awaited(shell, source):
    """Other lines, indented ones, and texts that look like one stay as they are."""
    assert "await" not in transformed(shell, source).replace("--wait", "")


def test_the_waiting_login_is_awaited(shell):
    """With any quotes in it, among other lines, assigned or not."""
    source = "a = 1\n%zbt login --wait 20 --as 'it''s'\nx = %zbt login --wait\n"
    lines = transformed(shell, source).splitlines()
    assert lines[1].startswith("await ")
    assert lines[2].startswith("x = await ")
    assert "login --wait 20 --as " in lines[1]


def test_without_top_level_await_nothing_is_rewritten(shell, monkeypatch):
    """``%autoawait off`` leaves the magic."""
    monkeypatch.setattr(shell, "autoawait", False)
    line = "get_ipython().run_line_magic('zbt', 'login --wait')\n"
    assert await_login([line]) == [line]
