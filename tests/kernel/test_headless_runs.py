"""Notebooks that nobody sits before: nbclient and papermill, without variables and with them."""

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from papermill.exceptions import PapermillExecutionError

from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox
from zbt_notebook import DataCenter, LoginFlow
from zbt_notebook.client import signed_in

LOGINS = (
    "%zbt login",
    "%zbt login --wait 600",
    "%zbt login --mode card --wait 600",
    "connection = await zbt.login()",
    "card = zbt.login(mode='loopback')",
)
VIEW = "application/vnd.jupyter.widget-view+json"
VARIABLES = ("ZBT_CLIENT_ID", "ZBT_CLIENT_SECRET", "ZBT_REFRESH_TOKEN")


def notebook_with(*logins):
    calls = [source for login in logins for source in (login, "%zbt GET /portals/")]
    cells = ["%load_ext zbt_notebook\nimport zbt_notebook as zbt", *calls, "print('the end')"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    return nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel})


def nbclient_runs(notebook, folder):
    """Run it in place, with the widget state kept, as it does by default."""
    resources = {"metadata": {"path": str(folder)}}
    try:
        NotebookClient(notebook, timeout=60, resources=resources, store_widget_state=True).execute()
    except CellExecutionError as error:
        return notebook, str(error)
    return notebook, ""


def papermill_runs(notebook, folder):
    """Run a copy, as a scheduler would."""
    nbformat.write(notebook, folder / "in.ipynb")
    told = ""
    try:
        papermill.execute_notebook(
            folder / "in.ipynb", folder / "out.ipynb", cwd=folder, progress_bar=False, execution_timeout=60
        )
    except PapermillExecutionError as error:
        told = str(error)
    return nbformat.read(folder / "out.ipynb", as_version=4), told


in_each_way = pytest.mark.parametrize("run", [papermill_runs, nbclient_runs])


@in_each_way
def test_without_variables_it_fails_at_once(run, tmp_path):
    """No card, no prompt, no wait: the error names what to set, and the cells after it do not run."""
    ran, told = run(notebook_with(LOGINS[0]), tmp_path)
    assert "NotSignedIn" in told
    assert all(variable in told for variable in VARIABLES)
    assert "the end" not in nbformat.writes(ran).replace("print('the end')", "")
    assert VIEW not in nbformat.writes(ran)


def test_without_variables_no_way_waits(tmp_path):
    """Whatever line a person would have used: the same error, and a card only where it was asked for by name."""
    notebook = notebook_with(*LOGINS)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["raises-exception"]
    ran, told = nbclient_runs(notebook, tmp_path)
    assert told == ""
    shown = {cell.source: str(cell.outputs) for cell in ran.cells}
    for login in LOGINS:
        assert "NotSignedIn" in shown[login]
        assert all(variable in shown[login] for variable in VARIABLES), login
        assert (VIEW in shown[login]) == ("card --wait" in login)


@pytest.fixture
def environment(monkeypatch):
    """The variables of a sign-in that somebody consented to earlier, and the secrets among them."""
    with watched_sandbox(projects=1, bugs=5) as sandbox:
        world, client = sandbox.world, sandbox.world.demo_client("self")
        site = DataCenter("elsewhere", sandbox.accounts_url, sandbox.api_url)
        flow = LoginFlow(client.client_id, client.client_secret, None, ["ZohoBugTracker.portals.READ"], site)
        connection = flow.finish(world.generate_code())
        monkeypatch.setenv("ZBT_CLIENT_ID", client.client_id)
        monkeypatch.setenv("ZBT_CLIENT_SECRET", client.client_secret)
        monkeypatch.setenv("ZBT_REFRESH_TOKEN", connection.client.authorization.keepsake().refresh_token)
        monkeypatch.setenv("ZBT_ACCOUNTS_URL", sandbox.accounts_url)
        monkeypatch.setenv("ZBT_API_URL", sandbox.api_url)
        signed_in.forget(connection)
        yield sandbox


@in_each_way
def test_with_variables_it_runs_to_the_end(run, tmp_path, environment):
    """Silent, whatever line a person would have used; no secret is in the notebook that was run."""
    logins = [login for login in LOGINS if "mode" not in login]
    ran, told = run(notebook_with(*logins), tmp_path)
    assert told == ""
    saved = nbformat.writes(ran)
    assert "the end" in saved.replace("print('the end')", "")
    tables = [str(cell.outputs).lower() for cell in ran.cells if cell.source == "%zbt GET /portals/"]
    assert ["brightwater" in table for table in tables] == [True] * len(logins)
    assert find_secrets(saved.encode(), environment.world.secrets) == []


def test_a_sign_in_that_is_refused_is_told(tmp_path, environment, monkeypatch):
    """A secret that is wrong stops the run at the sign-in; neither the error nor the notebook quotes it."""
    wrong = "0123456789abcdef" * 2
    monkeypatch.setenv("ZBT_CLIENT_SECRET", wrong)
    ran, told = nbclient_runs(notebook_with("%zbt login"), tmp_path)
    assert "SignInRejected" in told
    secrets = environment.world.secrets | {"the wrong one": wrong}
    assert find_secrets((told + nbformat.writes(ran)).encode(), secrets) == []


@pytest.mark.holds_secret("the kernel tells its sandbox's secrets to the test, in a file")
def test_a_card_that_signed_in_by_itself_saves_no_secret(tmp_path):
    """The state of widgets is kept by nbclient: the sandbox's sign-in leaves none in it."""
    notebook = notebook_with("%zbt login --sandbox --auto")
    shown = "from zbt_notebook.notebook.sign_in.card import LoginCard\n"
    shown += "from zbt_notebook.notebook.sign_in.sign_in import SignIn\n"
    shown += "print(*zbt.current().client.authorization.secrets(), file=open('secrets', 'w'))\n"
    shown += "LoginCard(SignIn(client_id='1000.X', client_secret='canary-canary-canary-canary'))"
    notebook.cells.append(nbformat.v4.new_code_cell(shown))
    ran, told = nbclient_runs(notebook, tmp_path)
    assert told == ""
    assert "widgets" in ran.metadata
    tokens = (tmp_path / "secrets").read_text("utf-8").split()
    assert len(tokens) == 3
    secrets = {"the card's": "canary-canary-canary-canary"} | {f"token {n}": token for n, token in enumerate(tokens)}
    outputs = [cell.pop("source") and cell for cell in ran.cells]
    assert find_secrets(repr((outputs, ran.metadata)).encode(), secrets) == []
