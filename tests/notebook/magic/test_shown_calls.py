"""``--curl`` and ``--python`` are run as they are shown, by curl and by Python: the same call, to the letter."""

import json
import os
import shutil
import subprocess
import sys

import pytest

ISSUES = "/api/v3/portal/{portal}/projects/{project}/issues"
BUGS = "/portal/{portal}/projects/{project}/bugs/"
ODD = 'It\'s "odd" & 100 % — ünï 🐛 $HOME `id` \\n {x} [1]\nsecond line'
RUNNERS = {
    "--python": lambda program: [sys.executable, "-c", program],
    "--curl": lambda program: ["bash", "-c", program],
}


@pytest.fixture(params=RUNNERS)
def run_shown(request, connection, zbt, shell, tmp_path):
    """Show a call, run what is shown in another folder with the token in the environment, and give the answer."""
    if request.param == "--curl" and not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("no curl here")
    zbt("use portal=brightwater project='Harbor Web'")
    shell.user_ns["odd"] = ODD

    def run_shown(line):
        program = str(zbt(f"{line} {request.param}"))
        token = connection.client.authorization.access_token()
        assert token not in program
        ran = subprocess.run(
            RUNNERS[request.param](program),
            env={**os.environ, "ZBT_TOKEN": token},
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        return json.loads(ran.stdout)

    return run_shown


def test_a_query_arrives(run_shown):
    """With a header that has a space."""
    assert len(run_shown(f"{BUGS} range==2 index==1 'X-Mode:a b'")["bugs"]) == 2


def test_a_form_arrives(run_shown):
    """Quotes, line ends, ampersands, what a shell would expand."""
    assert run_shown(f"POST {BUGS} title={{odd}} flag=Internal")["bugs"][0]["title"] == ODD


def test_json_arrives(run_shown):
    """The same in V3's JSON, with types."""
    made = run_shown(f"POST {ISSUES} name={{odd}}")
    assert made["name"] == ODD


def test_a_file_arrives(run_shown, tmp_path, zbt, shell):
    """By its whole path, whatever is in it."""
    folder = tmp_path / "a, b; 'c'"
    folder.mkdir()
    (folder / "log 1.txt").write_text("what happened\n")
    shell.user_ns["file"] = folder / "log 1.txt"
    bug = run_shown(f"POST {BUGS} title=x uploaddoc@{{file}}")["bugs"][0]
    shell.user_ns["bug"] = bug["id_string"]
    assert zbt(f"{BUGS}{{bug}}/attachments/ --json")[0]["file_name"] == "log 1.txt"
