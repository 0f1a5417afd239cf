"""A call that takes its time says how far it is, in a real kernel, and leaves one line."""

import time

import pytest

SIGN_IN = """\
%load_ext zbt_notebook
%zbt login --sandbox --auto
%zbt use portal=brightwater project='Harbor Web'
from zbt_notebook.notebook.embedded_sandbox import shared_sandbox
slow = dict(path="/restapi/*", kind="latency", times=50)"""
# Stop is pressed as the first request goes out: not before the cell has begun, as a Stop from outside could be.
STOP_ONCE_ASKED = """
import os, signal, zbt_notebook as zbt
client = zbt.current().client
transport = client.transport
client.transport = lambda request: os.kill(os.getpid(), signal.SIGINT) or transport(request)"""
CALL = "bugs = %zbt GET /portal/{portal}/projects/{project}/bugs/ --all"


@pytest.fixture
def signed_in(kernel):
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


def test_stop_ends_a_long_call_at_once_and_keeps_what_came(signed_in):
    """The second page never comes: Stop ends the wait for it, in two lines, and no bar goes on moving."""
    assert signed_in.run("shared_sandbox().faults.add(kind='hang', path='/restapi/*/bugs/', after=1)").status == "ok"
    seen = "shared_sandbox().faults.add(path='/restapi/*/bugs/', kind='latency', seconds=1.1, times=1)"
    assert signed_in.run(seen).status == "ok"
    since = len(signed_in.messages)
    calling = signed_in.start(CALL)
    signed_in.until(lambda: any("200 rows" in data["text/plain"] for _kind, data in displays(signed_in, since)))
    began = time.monotonic()
    signed_in.interrupt()
    ran = signed_in.wait(calling)
    assert time.monotonic() - began < 5  # the page is waited for thirty seconds; half a second is measured here
    assert ran.error["traceback"][0] == "IncompletePull: 200 rows in 1 page came, then it ended: you stopped it"
    assert len(ran.error["traceback"]) == 2
    assert "<progress" not in displays(signed_in, since)[-1][1]["text/html"]
    assert signed_in.run("import sys; len(sys.last_value.rows)").text == "200"


def test_stop_before_anything_came_is_told_in_two_lines(signed_in):
    """No frames of ours, in which the user finds nothing."""
    signed_in.run("shared_sandbox().faults.add(kind='hang', path='/restapi/*/bugs/')")
    signed_in.run(STOP_ONCE_ASKED)
    ran = signed_in.run(CALL)
    assert ran.error["ename"] == "IncompletePull"  # its .resume reads the list
    assert len(ran.error["traceback"]) == 2
