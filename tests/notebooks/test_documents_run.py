"""What can be copied from the documents runs as it stands."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.leaks.canaries import leave_children, leave_notebook

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECRET_SHAPES = re.compile(r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}")


def execute(notebook, folder):
    """Run it unattended, widget state kept, as nbconvert and papermill do by default."""
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=True,
    )
    client.on_cell_executed = lambda **_cell: leave_children()
    client.execute()
    leave_notebook("notebook", nbformat.writes(notebook))
    return notebook


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_unattended(path, tmp_path):
    """From top to bottom, no token or code in what is saved; the quickstart draws bugs by severity and month."""
    notebook = execute(nbformat.read(path, as_version=4), tmp_path)
    saved = nbformat.writes(notebook)
    assert not SECRET_SHAPES.search(saved)
    assert "Zoho-oauthtoken" not in saved
    assert all(
        cell.outputs or cell.source.startswith("%load_ext") for cell in notebook.cells if cell.cell_type == "code"
    )
    plots = [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})
    ]
    assert plots or path.stem != "00_quickstart"


def test_notebooks_are_committed_without_outputs():
    """Until they are part of a site, outputs would only grow the history."""
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text())["cells"]
        assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]


def test_the_readmes_cells_run(tmp_path):
    """Every python block, in order, in one kernel."""
    cells = [nbformat.v4.new_code_cell(block) for block in blocks("python")]
    assert len(cells) >= 5
    notebook = execute(nbformat.v4.new_notebook(cells=cells), tmp_path)
    assert not SECRET_SHAPES.search(nbformat.writes(notebook))


def test_the_readme_has_two_commands():
    """One for the demo, one for the tests, and no third."""
    assert blocks("bash") == ["python3 -m zbt_notebook demo\n", "python3 -m tests\n"]


def test_every_link_to_a_file_leads_somewhere():
    """Pictures and files named in the README exist."""
    text = (ROOT / "README.md").read_text()
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", text)
    assert len(targets) >= 4
    for target in map("".join, targets):
        assert (ROOT / target).exists(), target
