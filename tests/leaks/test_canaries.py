"""The search after every test: it finds what is planted, and nothing else."""

import os
import re
import subprocess
import sys

HEAD = """
import base64, json, logging, pathlib, sqlite3, subprocess, sys
import pytest
from tests.leaks.canaries import leave_children
from tests.shells import fresh_shell
from zbt_notebook.simulator import World

world = World(projects=1, bugs=1)

@pytest.fixture
def secret():
    return world.client.client_secret

@pytest.fixture
def token(secret):
    return world.generate_code()

def notebook_of(printed):
    output = {"output_type": "stream", "name": "stdout", "text": printed}
    cell = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": 1, "outputs": [output]}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    return text.replace(printed, "".join(f"\\\\u{ord(character):04x}" for character in printed))

def other_history(source, *, is_deleted=False):
    with sqlite3.connect(pathlib.Path.home() / "history.sqlite") as database:
        database.execute("create table if not exists history (session, line, source, source_raw)")
        database.execute("create table if not exists output_history (session, line, output)")
        database.execute("pragma secure_delete = off")
        database.execute("insert into history values (9, 9, ?, ?)", (source, source))
        if is_deleted:
            database.execute("delete from history where session = 9")
    database.close()

@pytest.fixture
def run():
    with fresh_shell() as shell:
        yield shell.run_cell
"""
PLANTED = {
    "printed": "print(token)",
    "by_halves": "print(token[5:37])",
    "captured": "print(secret); capsys.readouterr()",
    "in_a_cell": "run('print(' + repr(secret) + ')', store_history=True)",
    "the_value_of_a_cell": "run('[' + repr(secret[:21]) + '+' + repr(secret[21:]) + ']', store_history=True)",
    "captured_by_a_cell": "run('%%capture said\\nprint(' + repr(secret[:21]) + '+' + repr(secret[21:]) + ')')",
    "displayed": "run('from IPython.display import *'); run.__self__.display_pub.publish({'text/html': token})",
    "logged": "logging.getLogger('urllib3.pool').debug('%s', token)",
    "in_a_file": "(tmp_path / 'x').write_bytes(base64.b64encode(token.encode()))",
    "in_the_home": "(pathlib.Path.home() / '.x').write_text(token.upper())",
    "in_a_notebook": "(tmp_path / 'x.ipynb').write_text(notebook_of(token))",
    "in_the_history_of_another_process": "other_history('print(' + repr(token) + ')')",
    "deleted_from_a_history_but_in_its_bytes": "other_history(token, is_deleted=True)",
    "of_another_process": "print('1000.' + '0123456789abcdef' * 2 + '.' + '0123456789abcdef' * 2)",
    "of_another_process_in_base64": "print(base64.b64encode(b'ab1000.' + b'0123456789abcdef' * 4))",
    "an_argument": "child = subprocess.Popen(['cat', '-', token], stdin=subprocess.PIPE); leave_children();"
    " child.communicate(b'')",
    "a_variable": "child = subprocess.Popen(['cat'], stdin=subprocess.PIPE, env={'X': token}); leave_children();"
    " child.communicate(b'')",
}
CLEAN = {"nothing": "run('1 + 1', store_history=True)", "an_old_token": "(tmp_path / 'x').write_text('1000.abc')"}
FOLDER = "notebook"  # one of those that are watched


def test_what_is_planted_is_found(tmp_path):
    """Wherever a test of a notebook may leave a secret behind, it fails for it; a marker says where one is wanted."""
    lines = [HEAD]
    for name, planted in (PLANTED | CLEAN).items():
        lines.append(f"def test_{name}(secret, token, run, capsys, tmp_path):\n    {planted}\n")
    lines.append("@pytest.mark.holds_secret('to try it')\ndef test_wanted(token):\n    print(token)\n")
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "test_planted.py").write_text("\n".join(lines))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = holds_secret: on purpose\n")
    options = ["-q", "-rA", "--disable-plugin-autoload", "-p", "tests.leaks.canaries", "-p", "no:cacheprovider"]
    command, home = [sys.executable, "-m", "pytest", *options], os.environ | {"HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=home, capture_output=True, text=True, check=False)
    outcomes = dict(re.findall(r"^(?:ERROR|PASSED) \S+::test_(\w+)()", done.stdout, re.MULTILINE))
    failed = set(re.findall(r"^ERROR \S+::test_(\w+)", done.stdout, re.MULTILINE))
    assert outcomes.keys() == PLANTED.keys() | CLEAN.keys() | {"wanted"}, done.stdout + done.stderr
    assert failed == PLANTED.keys(), done.stdout
