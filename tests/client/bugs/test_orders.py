"""Severity and status as ordered categories in what pull gives, where their order is known already."""

import pytest

import zbt_notebook as zbt
from zbt_notebook.client import signed_in
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.mirror import mirror
from zbt_notebook.simulator.data.portal import SEVERITIES


@pytest.fixture(params=["classic", "v3"])
def api(request, world, connection):
    """Each API, as Zoho has them before and after the end of the classic one."""
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    world.set(url_limit=0)
    if request.param == "v3":
        world.set(classic_end="410")
    return request.param


def test_a_pull_has_the_order_that_words_have_fetched(api, connection, wire):  # noqa: ARG001  runs once an API
    """The same categories as from the word, for no request more than a pull costs without."""
    plain = connection.pull("bugs", limit=300, progress=False)
    assert plain["severity"].dtype == plain["title"].dtype
    words = connection.bugs(limit=300)
    wire.requests.clear()
    known = connection.pull("bugs", limit=300, progress=False)
    assert not [request for request in wire.requests if "fields" in request.url or "layouts" in request.url]
    for name in ("status", "severity"):
        assert known[name].cat.ordered
        assert list(known[name].cat.categories) == list(words[name].cat.categories)
        assert known[name].astype(str).tolist() == plain[name].astype(str).tolist()
    assert known["severity"].max() == "Minor"


def test_fetched_anew_it_is_ordered_still(api, connection):  # noqa: ARG001  runs once an API
    """What ``df.zbt.refetch()`` gives has the dtypes of what it replaces."""
    signed_in.register(connection)
    frame = connection.bugs("severity==Major", limit=20)
    again = zbt.refetch(frame)
    assert again["severity"].dtype == frame["severity"].dtype


def test_another_portal_lends_no_order(connection):
    """The words of one portal say nothing of the next."""
    connection.bugs(limit=1)
    assert connection.lookups.orders("brightwater")["severity"][0] == "None"
    assert connection.lookups.orders("elsewhere") == {}


def test_a_mirror_goes_on_with_the_texts_it_began_with(connection, world, store, tmp_path):
    """Its files hold text, whatever was fetched between two runs, and every row keeps its word."""
    first = mirror(tmp_path / "before", connection=connection).frame()
    connection.bugs(limit=1)
    assert mirror(tmp_path / "after", connection=connection).frame()["severity"].dtype == first["severity"].dtype
    world.clock.advance(3600)
    row = next(iter(store.bugs))
    store.bugs.change(row, severity_id=SEVERITIES[1].id, updated_ms=int(world.clock.now() * 1000))
    again = mirror(tmp_path / "before", connection=connection).frame()
    assert again["severity"].dtype == first["severity"].dtype
    assert len(again) == len(first)
    assert again.set_index("id").loc[row.id, "severity"] == "Show stopper"


def test_the_times_of_v3_attachments_are_timestamps(world, connection, store):
    """V3 tells them as text of milliseconds; sizes are numbers."""
    world.set(classic_end="410")
    row = next(bug for bug in store.bugs if bug.attachment_count)
    bug = connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")
    files = bug.attachments()
    made = sorted(one.created_ms for one in store.attachments.of(row.id))
    assert sorted(int(moment.timestamp() * 1000) for moment in files["created"]) == made
    assert str(files["created_time"].dtype) == "datetime64[ms, UTC]"
    assert int(files["size"].max()) > 0
    raw = connection.frame(f"{bug.path}/attachments")
    assert str(raw["created_time"].dtype) == "datetime64[ms, UTC]"
