"""``%zbt`` calls that wait, break off or are stopped: what is shown, and what is kept."""

import signal
import threading
from datetime import UTC, datetime

import pandas as pd
import pytest

from zbt_notebook import IncompletePull, UsageError
from zbt_notebook.client.bugs import tracker
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.sliding_window import SECOND
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.progress import reporter
from zbt_notebook.client.refetch import resume
from zbt_notebook.notebook.magic.commands import results

BUGS = "/portal/{portal}/projects/{project}/bugs/"
PROJECTS = "/portal/{portal}/projects/"


def test_a_pull_that_breaks_off_keeps_what_came(using, zbt, site):
    """The rows of the pages before the error are in the error, with the word that fetches the whole."""
    site.faults.add(kind="status", status=400, path="*/bugs/", times=None, after=1)
    with pytest.raises(IncompletePull) as broken:
        zbt(f"{BUGS} --all")
    assert len(broken.value.rows) == 200
    assert broken.value.rows.attrs["zbt"]["rows"] == 200
    assert broken.value.status == 400
    site.faults.clear()
    whole = using.resume(PullRequest.from_token(broken.value.resume), progress=False)
    assert len(whole) == len(zbt(f"{BUGS} --all"))


def test_an_interrupted_pull_keeps_what_came_and_goes_on_there(using, zbt):
    """Stop in the second page: the rows of the first are in the error, and resume fetches only the others."""
    send, pages, late = using.client.transport, [], threading.Event()
    main = threading.get_ident()

    def stopped(request):
        if "/bugs/" in request.url:
            pages.append(request)
            if len(pages) == 2:
                signal.pthread_kill(main, signal.SIGINT)
                late.wait(10)
        return send(request)

    using.client.transport = stopped
    with pytest.raises(IncompletePull, match="200 rows in 1 page came, then it ended: you stopped it") as broken:
        zbt(f"{BUGS} --all")
    late.set()
    assert "zbt.resume()" in broken.value.hint
    assert len(broken.value.rows) == 200
    first = dict(pages[0].params)["index"]
    again = resume(progress=False)
    assert first not in [dict(request.params)["index"] for request in pages[1:]]
    pd.testing.assert_frame_equal(again, zbt(f"{BUGS} --all"))


@pytest.fixture
def crowded(using, monkeypatch):
    """One call in ten seconds of a clock that runs when somebody waits; the list of what was shown of it."""
    now = [0]
    using.client.limits = RateLimits(
        lambda: now[0],
        lambda: datetime.now(UTC),
        limit=1,
        window=10 * SECOND,
        wait=lambda _condition, seconds: now.__setitem__(0, now[0] + round(seconds * SECOND)),
    )
    states: list = []
    for module in (results, tracker):
        monkeypatch.setattr(module, "reporter", lambda _=True, **_told: reporter(states.append))
    return states


def test_a_call_that_waits_for_the_rate_limit_says_so(crowded, zbt):
    """The seconds until a slot is free, then how long it was; a call that goes at once says nothing."""
    zbt(f"{PROJECTS}")
    assert crowded == []
    zbt(f"{PROJECTS}")
    assert str(crowded[0]) == "the rate limit frees a slot in 10 s"
    assert len(crowded) == 21
    assert str(crowded[-1]).startswith("waited ")


def test_pages_that_wait_for_the_rate_limit_say_so(crowded, zbt):
    """Beside what came; with --limit how much is to come is known, and the time that it takes."""
    zbt(f"{BUGS} --limit 250")
    assert any(state.of == 2 for state in crowded)
    assert str(crowded[-1]).startswith("250 rows, 2 pages, ")


def test_a_write_that_is_stopped_may_have_happened(using, run):
    """Ctrl-C in the middle of a write: the error says so, and the same cell does not send it once more by itself."""
    cell = f"%zbt POST {BUGS} title=Stopped --yes"
    using.send = lambda _call, _lane: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt, match="may have happened") as stop:
        run(cell)
    lines = stop.value._render_traceback_()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "--again" in lines[1]
    with pytest.raises(UsageError, match="may have happened"):
        run(cell)
