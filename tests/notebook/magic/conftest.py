"""A shell with the magics, and a small sandbox to call."""

import pytest

from tests.shells import fresh_shell
from zbt_notebook import LoginFlow
from zbt_notebook.client import signed_in
from zbt_notebook.notebook.embedded_sandbox import sandbox as start_sandbox


@pytest.fixture(scope="session")
def site():
    running = start_sandbox(bugs=900)
    yield running
    running.stop()


@pytest.fixture
def no_connections():
    for connection in signed_in.connections():
        signed_in.forget(connection)
    yield
    for connection in signed_in.connections():
        signed_in.forget(connection)


@pytest.fixture
def sign_in(site, no_connections):  # noqa: ARG001  what it does is wanted

    def sign_in(name="default", scopes=None):
        site.clock.advance(700)  # Zoho gives a client ten codes in ten minutes
        flow = LoginFlow(
            site.client_id, site.client_secret, site.redirect_uri, scopes or site.scopes, site.data_center, name=name
        )
        return flow.finish(site.consent(flow.authorization_url))

    return sign_in


@pytest.fixture
def connection(sign_in, site):
    switches = site.world.switches
    yield sign_in()
    site.faults.clear()
    site.world.switches = switches


@pytest.fixture
def shell():
    """An IPython shell of its own, with ``%zbt``; nobody sits before it."""
    with fresh_shell() as shell:
        shell.run_line_magic("load_ext", "zbt_notebook")
        yield shell


@pytest.fixture(scope="module")
def cell():
    """A shell that many examples share: to make one takes longer than all that is tried in it."""
    with fresh_shell() as shell:
        shell.run_line_magic("load_ext", "zbt_notebook")
        yield shell


@pytest.fixture
def zbt(shell):
    """The line magic as a function; a second text is the cell."""

    def zbt(line, cell=None):
        return shell.run_line_magic("zbt", line) if cell is None else shell.run_cell_magic("zbt", line, cell)

    return zbt


@pytest.fixture
def console(shell):
    return shell.magics_manager.magics["line"]["zbt"].__self__.console


@pytest.fixture
def answers(console):
    """Somebody answers the questions: the list of what was asked."""

    def answering(*texts):
        asked = []
        replies = iter(texts)

        def ask(question):
            asked.append(question)
            return next(replies)

        console.ask = ask
        return asked

    return answering


@pytest.fixture
def run(shell):
    """Run a cell as a notebook does; what it raised, or its result."""

    def run(source):
        outcome = shell.run_cell(source, store_history=True)
        if outcome.error_before_exec or outcome.error_in_exec:
            raise outcome.error_before_exec or outcome.error_in_exec
        return outcome.result

    return run


@pytest.fixture
def using(connection, zbt):
    """Signed in, with portal and project set by name."""
    zbt("use portal=brightwater project='Harbor Web'")
    return connection
