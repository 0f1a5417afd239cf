"""A call that takes its time says how far it is, in a real kernel, and leaves one line."""

import pytest

SIGN_IN = """\
%load_ext zbt_notebook
%zbt login --sandbox --auto
%zbt use portal=brightwater project='Harbor Web'
from zbt_notebook.embedded_sandbox import shared_sandbox
slow = dict(path="/restapi/*", kind="latency", times=50)"""
CALL = "bugs = %zbt GET /portal/{portal}/projects/{project}/bugs/ --all"


@pytest.fixture
def signed_in(start_kernel):
    kernel = start_kernel()
    assert kernel.run(SIGN_IN).status == "ok"
    return kernel


def displays(kernel, since):
    return [(kind, content["data"]) for kind, content in kernel.messages[since:] if "display_data" in kind]


def test_a_long_call_shows_progress_and_leaves_one_line(signed_in):
    """A bar while pages come, drawn over in place; after the last one a line with rows, pages and seconds, no bar."""
    signed_in.run("shared_sandbox().faults.add(seconds=0.7, **slow)")
    since = len(signed_in.messages)
    ran = signed_in.run(CALL)
    assert ran.status == "ok"
    (first, begun), *updates = displays(signed_in, since)
    assert first == "display_data"
    assert {kind for kind, _ in updates} == {"update_display_data"}
    last = updates[-1][1]
    assert "<progress" in begun["text/html"]
    assert "<progress" not in last["text/html"]
    assert last["text/plain"].startswith(f"{int(signed_in.run('len(bugs)').text):,} rows, ")
    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_short_call_shows_nothing(signed_in):
    """Under a second there is nothing to wait for, and nothing to be saved."""
    since = len(signed_in.messages)
    ran = signed_in.run(CALL)
    assert displays(signed_in, since) == []
    assert (ran.stdout, ran.stderr) == ("", "")
