"""``%zbt`` in a real kernel: questions on stdin, errors in two lines, completion over the wire."""

import pytest

SIGN_IN = "%load_ext zbt_notebook\n%zbt login --sandbox --auto"
USE = "%zbt use portal=brightwater project='Harbor Web'"
WRITE = "%zbt POST /portal/{portal}/projects/{project}/bugs/ title='From a kernel' -q key"


@pytest.fixture
def signed_in(shared_kernel):
    kernel = shared_kernel(cell_ids=False)
    assert kernel.run(SIGN_IN).status == "ok"
    assert "Harbor Web" in kernel.run(USE).text
    return kernel


def test_a_write_asks_on_stdin(signed_in):
    """No stops the run and sends nothing; yes sends; where nobody can answer, --yes is named."""
    refused = signed_in.run(WRITE, answers=["n"])
    assert refused.error["ename"] == "UsageError"
    assert "title=From a kernel" in refused.prompts[0]
    unattended = signed_in.run(WRITE, allow_stdin=False)
    assert "--yes" in unattended.traceback
    assert len(unattended.error["traceback"]) == 2
    sent = signed_in.run(WRITE, answers=["y"])
    assert sent.status == "ok"
    assert "-I" in sent.text
    again = signed_in.run(WRITE)
    assert again.text == sent.text
    assert "not sent again from this cell" in again.stdout


def test_a_frame_is_shown_and_an_error_stops(signed_in):
    """A list comes as pandas' table; a failure as two lines, without a stack."""
    shown = signed_in.run("%zbt GET /portal/{portal}/projects/ -q '[].{name: name}'")
    assert "<table" in shown.results[-1]["text/html"]
    assert "Harbor Web" in shown.text
    failed = signed_in.run("%zbt GET /portal/{protal}/projects/")
    assert failed.error["ename"] == "UsageError"
    assert "portal" in failed.error["traceback"][1]
    assert len(failed.error["traceback"]) == 2


def test_completion_over_the_wire(signed_in):
    """What JupyterLab asks with Tab."""
    for code, expected in (
        ("%zbt stat", "status"),
        ("%zbt GET /portal/{portal}/proj", "/portal/{portal}/projects/"),
        ("x = %zbt use project=Pay", "project=Payments"),
    ):
        reply = signed_in._client.complete(code, len(code), reply=True, timeout=30)["content"]
        assert expected in reply["matches"]
        assert code[: reply["cursor_start"]] + expected == code[: code.rindex(" ") + 1] + expected


def test_a_cell_is_known_by_its_id(kernel):
    """Where the front end names cells, two cells with one text are two writes."""
    kernel.run(SIGN_IN)
    kernel.run(USE)
    first, second = kernel.run(f"{WRITE} --yes"), kernel.run(f"{WRITE} --yes")
    assert first.status == second.status == "ok"
    assert first.text != second.text
