"""Where the user works: in each front end the card is drawn, hears its user, and connects."""

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import nbformat
import pytest

from tests.browser.card import Card
from tests.leaks.find_secrets import find_secrets
from tests.leaks.watched_sandbox import watched_sandbox


@pytest.fixture
def sandbox():
    with watched_sandbox(projects=1, bugs=5) as running:
        yield running


def site(sandbox):
    """The cell that makes the sandbox the data centre."""
    return (
        "import os\n"
        f"os.environ |= {{'ZBT_ACCOUNTS_URL': {sandbox.accounts_url!r}, 'ZBT_API_URL': {sandbox.api_url!r}}}\n"
        "import zbt_notebook as zbt\n%load_ext zbt_notebook"
    )


def write(path, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def signs_in(page, sandbox):
    """As a user does whose redirect nothing catches: fill in, press, accept, paste."""
    place = SimpleNamespace(page=page, cell=lambda _index: page.locator(".zbt-card").first)
    card = Card(place, sandbox)
    card.says("Not connected")
    card.unfold("Redirect URI")
    card.field("Redirect URI").fill(sandbox.redirect_uri)
    card.begin()
    landed = card.visit()
    card.field("Code").fill(landed.code)
    with contextlib.suppress(Exception):  # a pasted code connects by itself
        card.place.get_by_role("button", name="Connect", exact=True).click(timeout=2000)
    card.status.get_by_text("Connected", exact=True).wait_for()
    return card


def test_jupyters_own_server_catches_the_redirect(open_notebook, application, sandbox):
    """Two fields, two presses, nothing pasted back: the card offers the server's address, and connects by itself."""
    offered = f"{application('lab').address_of('').split('lab/tree')[0]}zbt/callback"
    client = sandbox.world.register_client("Jupyter", redirect_uri=offered)
    notebook = open_notebook(site(sandbox), "%zbt login", "print(zbt.current().name)")
    notebook.run_all()
    card = Card(notebook, sandbox, 1)
    card.says("Not connected")
    card.unfold("Redirect URI")
    assert card.field("Redirect URI").input_value() == offered
    card.field("Client ID").fill(client.client_id)
    card.field("Client secret").fill(client.client_secret)
    card.start()
    card.zoho.get_by_role("button", name="Accept").click()
    card.zoho.get_by_role("heading", name="Connected", exact=True).wait_for()
    assert card.zoho.url == offered
    card.status.get_by_text("Connected", exact=True).wait_for()
    notebook.run_cell(2)
    notebook.wait_for_text("default", cell=2)
    notebook.save()
    assert find_secrets(notebook.saved_text().encode(), sandbox.world.secrets) == []
    assert find_secrets(application("lab").log().encode(), sandbox.world.secrets) == []


def test_nbclassic(application, open_page, sandbox):
    """The notebook of before: drawn, filled in, connected; what is saved holds no secret."""
    server = application("lab")
    path = server.notebooks / "classic.ipynb"
    write(path, site(sandbox), "%zbt login")
    page = open_page()
    page.goto(server.address_of("").replace("lab/tree/?reset", f"nbclassic/notebooks/{path.name}?"))
    page.wait_for_function(
        "() => { const kernel = window.Jupyter?.notebook?.kernel;"
        " return kernel?.is_connected() && kernel.widget_manager && kernel.info_reply?.implementation }",
        timeout=60_000,
    )  # nbclassic takes a view away that was drawn before the kernel said that it is ready
    page.evaluate("() => { Jupyter.notebook.execute_all_cells() }")
    signs_in(page, sandbox)
    page.evaluate("() => Jupyter.notebook.save_notebook()")
    assert find_secrets(path.read_bytes(), sandbox.world.secrets) == []
    server.end_kernels()


def test_voila(application, open_page, sandbox):
    """A page without cells: `%zbt login` shows the card there; to wait, which would be in vain, fails at once."""
    server = application("lab")
    path = server.notebooks / "page.ipynb"
    wait = (
        "try:\n    await zbt.login(mode='card', name='waits')\nexcept zbt.ZbtError as error:\n    print(error.message)"
    )
    write(path, site(sandbox), wait, "%zbt login")
    page = open_page()
    page.goto(server.address_of("").replace("lab/tree/?reset", f"voila/render/{path.name}?"))
    page.get_by_text("cannot wait for a sign-in in Voilà").wait_for(timeout=60_000)
    page.locator(".zbt-card").nth(1).wait_for()
    place = SimpleNamespace(page=page, cell=lambda _index: page.locator(".zbt-card").nth(1))
    Card(place, sandbox).says("Not connected")
    signs_in(page, sandbox)


MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import os
    os.environ |= {{"ZBT_ACCOUNTS_URL": {accounts!r}, "ZBT_API_URL": {api!r}}}
    import marimo as mo
    import zbt_notebook as zbt
    plain = zbt.login()
    card = mo.ui.anywidget(plain)
    card
    return (card, plain, zbt)

@app.cell
def _(card):
    f"{{card.value}}, {{card.connection and card.connection.name}}"
    return

@app.cell
async def _(plain, zbt):
    try:
        await plain
    except zbt.ZbtError as error:
        said = error.message
    said
    return

if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def marimo(tmp_path, sandbox):
    """The address of a marimo that runs the notebook as an application."""
    path = tmp_path / "page.py"
    path.write_text(MARIMO.format(accounts=sandbox.accounts_url, api=sandbox.api_url), "utf-8")
    log = tmp_path / "marimo.log"
    command = [
        sys.executable,
        "-m",
        "marimo",
        "-y",
        "run",
        "--headless",
        "--no-token",
        "--host",
        "127.0.0.1",
        str(path),
    ]
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env={**os.environ})
    try:
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(300):
            found = re.search(r"http://[\w.]+:\d+", log.read_text("utf-8", "replace"))
            with contextlib.suppress(OSError):
                if found:
                    straight.open(found[0], timeout=5).close()
                    break
            time.sleep(0.1)
        assert found, log.read_text("utf-8", "replace")
        yield found[0]
    finally:
        process.terminate()
        process.wait(10)


def test_marimo(marimo, open_page, sandbox):
    """`zbt.login()` in a cell is the card, drawn in marimo's shadow root; awaited it says at once that it cannot be.

    As `mo.ui.anywidget(card)` it has a value that changes with the sign-in: the cells that read it run anew.
    """
    page = open_page()
    page.goto(marimo)
    page.get_by_text("cannot wait for a sign-in in marimo").wait_for(timeout=60_000)
    page.get_by_text("{'phase': 'form'}, None").wait_for()
    page.get_by_text("Everybody who opens this app works with the sign-in that is made here.").wait_for()
    assert not page.get_by_role(
        "button", name="Paste in a prompt instead"
    ).is_visible()  # there is no cell to run it in
    card = signs_in(page, sandbox)
    page.get_by_text("{'phase': 'connected'}, default").wait_for()
    card.press("Sign out")
    page.get_by_text("{'phase': 'form'}, None").wait_for()
