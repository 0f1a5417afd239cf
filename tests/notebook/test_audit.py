"""``zbt.audit``: what a notebook must not carry into a repository is found, told by its place, and taken out."""

import base64
import codecs
import copy
import gzip
import hashlib
import json
import random
import subprocess
import sys
import uuid
import zlib
from typing import Any

import nbformat
import pytest

import zbt_notebook as zbt
from tests.client.test_redactor import DRESSES
from tests.conftest import ROOT
from zbt_notebook import cli
from zbt_notebook.client.secret_str import SecretStr
from zbt_notebook.notebook.audit import CLIENT_SECRET, LIVE, NAMED, TOKEN

pytestmark = pytest.mark.holds_secret("notebooks with secrets are what is audited")

CODE = "1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210"
SECRET = "0123456789abcdef0123456789abcdef0123456789"
PLAIN = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}


def code_cell(source, *outputs, **more):
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "execution_count": 1, **more} | {
        "outputs": list(outputs)
    }


def notebook(*cells, **more):
    return {**copy.deepcopy(PLAIN), "cells": list(cells), **more}


def data(**bundle):
    return {"output_type": "display_data", "metadata": {}, "data": bundle}


def error(*lines):
    return {"output_type": "error", "ename": "E", "evalue": "e", "traceback": list(lines)}


MARKDOWN = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "![](attachment:t.txt)"}
IN_BASE64 = base64.b64encode(f"token={CODE}\n".encode()).decode()
TRACEBACK = error("\x1b[31mTypeError\x1b[0m", f"headers = {{'Authorization': 'Zoho-oauthtoken {CODE}'}}")
PLACES = {
    "source": (notebook(code_cell(f"x = '{CODE}'")), "cell 1 (code), source, line 1"),
    "source in lines": (notebook(code_cell(["a = 1\n", f"x = '{CODE}'\n", "b = 2"])), "cell 1 (code), source, line 2"),
    "over two lines": (notebook(code_cell([f"x = '{CODE[:40]}\n", f"{CODE[40:]}'"])), "cell 1 (code), source, line 1"),
    "printed": (
        notebook(code_cell("print(x)", {"output_type": "stream", "name": "stdout", "text": [f"{CODE}\n"]})),
        "cell 1 (code), output 1, line 1",
    ),
    "html": (
        notebook(code_cell("x", data(**{"text/plain": ["x"], "text/html": [f"<b>{CODE}</b>"]}))),
        "cell 1 (code), output 1 (text/html), line 1",
    ),
    "traceback": (notebook(code_cell("x", TRACEBACK)), "cell 1 (code), output 1, line 1"),
    "attachment": (
        notebook({**MARKDOWN, "attachments": {"t.txt": {"text/plain": IN_BASE64}}}),
        "cell 1 (markdown), attachment t.txt, line 1",
    ),
    "cell metadata": (notebook(code_cell("x", metadata={"tags": [CODE]})), "cell 1 (code), metadata, line 1"),
    "metadata": (notebook(metadata={"papermill": {"parameters": {"token": CODE}}}), "metadata, line 1"),
    "widget state": (
        notebook(metadata={"widgets": {"application/x": {"state": {"model": {"value": CODE}}}}}),
        "widget state, line 1",
    ),
    "a name": (notebook(metadata={CODE: 1}), "metadata, line 1"),
    "an old notebook": (
        {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [{"input": CODE}]}]},
        "worksheets.0.cells.0.input, line 1",
    ),
}


@pytest.fixture
def saved(tmp_path):
    """Saves a notebook; the path."""

    def save(content, name="it.ipynb"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return save


@pytest.mark.parametrize(("content", "place"), PLACES.values(), ids=PLACES)
def test_t50_a_secret_is_found_wherever_it_stands_and_is_not_repeated(content, place, saved, tmp_path):
    """The report tells cell, output and line; its copy is the notebook without the secret, and is clean."""
    path = saved(content)
    report = zbt.audit(path)
    assert report
    assert [str(finding) for finding in report] == [f"{place}: {TOKEN}"]
    assert CODE[:20] not in f"{report!s}{report!r}"
    cleaned = report.clean(tmp_path / "copy.ipynb")
    assert not zbt.audit(cleaned)
    assert CODE[5:30] not in cleaned.read_text()
    assert path.read_text() == json.dumps(content)
    assert json.loads(cleaned.read_text()).keys() == content.keys()


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_a_live_secret_is_found_in_every_dress(dress):
    """Whatever its shape: it is this kernel's."""
    held = SecretStr("l1ve-s3cret-0f-this-kernel-4711-0815-42")
    report = zbt.audit(notebook(code_cell(f"x = {dress(held)}")))
    assert [finding.what for finding in report] == [LIVE]
    assert not zbt.audit(report.cleaned)


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_a_secret_is_found_in_what_was_compressed(compress):
    """An attached file, or what a cell packed before it wrote it down; and what is no such thing is let be."""
    held = SecretStr("l1ve-s3cret-0f-this-kernel-4711-0815-42")
    for level in (1, 6, 9):
        packed = base64.b64encode(compress(b"a line before\n" + held.encode() + b"\n", level)).decode()
        for source in (packed, packed.rstrip("="), packed[:-8]):
            report = zbt.audit(notebook(code_cell(f"x = '{source}'")))
            assert [finding.what for finding in report] == [LIVE], source
            assert not zbt.audit(report.cleaned)
        assert not zbt.audit(notebook(code_cell(packed[:8] + "A" * 60)))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (f"client = '{SECRET}'", CLIENT_SECRET),
        (f"http://localhost/?state=1&code={CODE}&location=us", TOKEN),
        (f"http%3A%2F%2Flocalhost%2F%3Fcode%3D{CODE.replace('.', '%2E')}", TOKEN),
        (f"x = '{CODE.encode().hex()}'", TOKEN),
        (f"x = '{CODE[::-1]}'", TOKEN),
        (f"x = '{codecs.encode(CODE, 'rot13')}'", TOKEN),
        (f"x = '{base64.b32encode(b'x = ' + CODE.encode()).decode()}'", TOKEN),
        (f"x = '{base64.b64encode(CODE.encode('utf-16-le')).decode()}'", TOKEN),
        (f"x = '{CODE.encode('utf-16-be').hex()}'", TOKEN),
        (f"x = '{base64.b64encode(gzip.compress(SECRET.encode(), mtime=0)).decode()}'", CLIENT_SECRET),
        ("client_secret = 'Ab12cd34Ef56gh78'", NAMED),
        ('{"refresh_token": "x9f8e7d6c5b4a3f2e1"}', NAMED),
        ("ZBT_CLIENT_SECRET=Ab12cd34Ef56gh78", NAMED),
        ("%zbt login --client-secret Ab12cd34Ef56gh78", NAMED),
        ("Authorization: Zoho-oauthtoken Ab12cd34Ef56gh78", NAMED),
    ],
)
def test_what_looks_like_a_secret_is_found(source, what):
    """By Zoho's shapes, encoded too, and by what a name or a header calls it."""
    assert [finding.what for finding in zbt.audit(notebook(code_cell(source)))] == [what]


CHANCE = random.Random(4711)
ORDINARY = [
    *(hashlib.new(name, b"x", usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")),
    str(uuid.UUID(int=CHANCE.getrandbits(128))),
    base64.b64encode(CHANCE.randbytes(60_000)).decode(),
    "\n".join(base64.b64encode(CHANCE.randbytes(57)).decode() for _ in range(200)),
    "1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123",  # a client ID is no secret
    "flow = zbt.LoginFlow(client_id=site.client_id, client_secret=site.client_secret)",
    "client_secret = os.environ['ZBT_CLIENT_SECRET_OF_STAGING_2']",
    "client_secret='your-client-secret-here'",
    "connection = zbt.connect(refresh_token=getpass('Refresh token: '))",
    "%zbt login --scopes ZohoBugTracker.bugs.READ,ZohoBugTracker.portals.READ",
    "pi = 3.14159265358979323846264338327950288419716939937510",
    "version 1000.12345678901234567890",
    "https://projects.zoho.com/portal/acme#buginfo/148733000000019005/148733000000045001",
]


@pytest.mark.parametrize("text", ORDINARY, ids=range(len(ORDINARY)))
def test_what_ordinary_notebooks_hold_is_no_secret(text):
    """Hashes, UUIDs, pictures, client IDs, variables and placeholders raise no alarm."""
    held = SecretStr("l1ve-s3cret-0f-this-kernel-4711-0815-42")
    report = zbt.audit(notebook(code_cell(text, data(**{"text/plain": text, "image/png": text}))))
    assert not report, report
    assert "no secret found" in str(report)
    assert held


@pytest.mark.parametrize(
    "path", [*(ROOT / "notebooks").glob("*.ipynb"), *ROOT.glob("*.md")], ids=lambda path: path.name
)
def test_this_projects_own_notebooks_and_documents_raise_no_alarm(path):
    """Though they speak of little else than of signing in."""
    assert not zbt.audit(path)


def test_a_secret_behind_a_name_that_stands_twice_is_found(saved, tmp_path):
    """JSON's last value hides the first one, and the file holds it all the same."""
    report = zbt.audit(saved(f'{{"cells": [], "metadata": {{"a": "{CODE}", "a": 1}}, "nbformat": 4}}'))
    assert [finding.where for finding in report] == ["a hidden part of the file"]
    assert not zbt.audit(report.clean(tmp_path / "copy.ipynb"))


def test_any_other_file_is_searched_as_text(saved, tmp_path):
    """A script, a log, a page."""
    report = zbt.audit(saved(f"a\nb\n{CODE}\xe9", "log.txt"))
    assert [str(finding) for finding in report] == [f"text, line 3: {TOKEN}"]
    assert report.clean(tmp_path / "copy.txt").read_text(encoding="utf-8") == "a\nb\n…\xe9"


def test_a_copy_may_take_the_place_of_the_notebook(saved):
    """Written whole or not at all, with the cells that hold nothing untouched."""
    path = saved(notebook(code_cell(["kept\n", "as it is"]), code_cell(f"a = '{CODE}'", id="b")))
    zbt.audit(path).clean(path)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["source"] for cell in cells] == [["kept\n", "as it is"], "a = '…'"]
    nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("name", ["missing.ipynb", ".", "a\0b", "x" * 300])
def test_a_file_that_cannot_be_read_is_an_error_of_two_lines(name, tmp_path):
    """It says which file, and what would be one."""
    no_notebook: Any = None
    with pytest.raises(zbt.UsageError, match="is no notebook"):
        zbt.audit(no_notebook)
    with pytest.raises(zbt.UsageError, match="cannot be read"):
        zbt.audit(f"{tmp_path}/{name}")


@pytest.mark.parametrize("name", ["missing/copy.ipynb", ".", "a\0b", "x" * 300])
def test_a_copy_that_cannot_be_written_is_an_error_of_two_lines(name, saved, tmp_path):
    """And nothing is left behind."""
    report = zbt.audit(saved(notebook(code_cell(CODE))))
    with pytest.raises(zbt.UsageError):
        report.clean(f"{tmp_path}/{name}")
    assert [path.name for path in tmp_path.iterdir()] == ["it.ipynb"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cells": 3}', '{"cells": [3]}', "[" * 100_000, '{"cells": ["\\ud800"]}']
)
def test_a_broken_notebook_is_searched_all_the_same(text, saved, tmp_path):
    """Nothing is found in it, its copy can be written, and nothing breaks."""
    report = zbt.audit(saved(text))
    assert not report
    assert report.clean(tmp_path / "copy.ipynb").exists()


def test_the_command_line_tells_by_its_exit_status(saved, capsys):
    """0 where nothing was found, 1 where there was something, 2 where a file cannot be read."""
    clean, leaky = saved(notebook(), "clean.ipynb"), saved(notebook(code_cell(CODE)), "leaky.ipynb")
    assert cli.main(["audit", str(clean)]) == 0
    assert cli.main(["audit", str(clean), str(leaky)]) == 1
    shown = capsys.readouterr().out
    assert "clean.ipynb: no secret found" in shown
    assert f"cell 1 (code), source, line 1: {TOKEN}" in shown
    assert CODE not in shown
    assert cli.main(["audit", str(leaky), "missing.ipynb"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_the_command_works_in_a_process_of_its_own(saved):
    """As pre-commit runs it: without a kernel, and without importing what draws or fetches."""
    leaky = saved(notebook(code_cell(CODE)))
    script = "import sys; from zbt_notebook.cli import main; s = main(sys.argv[1:]); print(*sys.modules); sys.exit(s)"
    done = subprocess.run(
        [sys.executable, "-c", script, "audit", leaky], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert not {"pandas", "requests", "IPython", "ipywidgets"} & set(done.stdout.split())


def test_the_hook_for_pre_commit_runs_the_command():
    """Its entry is the command that the package installs."""
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
    assert "entry: zbt-notebook audit\n" in hooks
    assert "types: [jupyter]" in hooks
    assert 'zbt-notebook = "zbt_notebook.cli:main"' in (ROOT / "pyproject.toml").read_text()


def test_nbconvert_takes_the_secrets_out():
    """Its page has the cell, an ellipsis in place of the secret, and no secret."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.preprocessors = ["zbt_notebook.notebook.nbconvert.RemoveSecrets"]
    page, _ = HTMLExporter(config=config).from_notebook_node(
        nbformat.from_dict(notebook(code_cell(f"kept = 1; x = '{CODE}'", data(**{"text/plain": SECRET}))))
    )
    assert "kept" in page
    assert CODE[5:30] not in page
    assert SECRET not in page
