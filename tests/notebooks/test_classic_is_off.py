"""The notebooks run where the classic API is off from the start, in whatever way."""

import json
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest

from tests.conftest import ROOT
from tests.shells import fresh_shell
from zbt_notebook.client import signed_in
from zbt_notebook.notebook import embedded_sandbox

NOTEBOOKS = ("00_quickstart", "01_mirror")
WAYS = ("401", "404", "410", "400", "403", "redirect", "dead")
NOBODY_LISTENS = "http://127.0.0.1:9"

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # Dask's, of pandas


@pytest.fixture(scope="module")
def site():
    """One sandbox for all ways: what a run writes does the next no harm."""
    running = embedded_sandbox.sandbox(bugs=150)
    yield running
    running.stop()


@pytest.fixture
def off(site, monkeypatch):
    """The sandbox that ``%zbt login --sandbox`` finds, its classic API off as the test says."""

    def end(way):
        site.clock.advance(700)  # Zoho gives a client ten codes in ten minutes
        site.world.set(classic_end=way)
        own = replace(site.data_center, api_url=NOBODY_LISTENS) if way == "dead" else site.data_center
        monkeypatch.setattr(embedded_sandbox, "_shared", replace(site, data_center=own))

    yield end
    for left in signed_in.connections():
        signed_in.forget(left)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_without_the_classic_api(off, site, way, name, tmp_path, monkeypatch):
    """Every cell, in order, in one shell; the classic API is asked for one thing, and whether it is there at all."""
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plt, "show", plt.close)  # nothing can be shown here
    plt.switch_backend("agg")
    off(way)
    site.world.log.clear()
    with fresh_shell() as shell:
        for cell in cells:
            if cell["cell_type"] == "code":
                shell.run_cell("".join(cell["source"])).raise_error()
    asked = [entry for entry in site.world.log.entries() if entry.path.startswith("/restapi/")]
    tries = 2 if way == "401" else 1  # a token that is refused is refreshed once, and the call repeated
    assert len(asked) <= 2 * tries, asked
