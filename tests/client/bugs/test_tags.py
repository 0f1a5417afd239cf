"""Tags by name: V3 alone tells and writes them, and the words do so whichever API is at hand."""

from dataclasses import replace

import pytest

from tests.client.conftest import Wire, sign_in
from zbt_notebook.client.bugs.bug import creating, made
from zbt_notebook.client.bugs.resolver import Within
from zbt_notebook.client.errors import ApiError, UsageError


@pytest.fixture
def row(store):
    """A bug with one tag, regression."""
    row = next(bug for bug in store.bugs if bug.number == 30)
    return store.bugs.change(row, tags=(tag(store, "regression"),))


@pytest.fixture
def bug(api, connection, store, row):  # noqa: ARG001  the API is chosen before the bug is looked for
    return connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")


def tag(store, name):
    return next(tag.id for tag in store.tags if tag.name == name)


def held(store, row):
    return {store.tags.get(number).name for number in store.bugs.get(row.id).tags}


def writes(wire):
    return [request for request in wire.requests if request.method in {"POST", "PATCH"} and "/token" not in request.url]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("flaky, Regression", {"flaky", "regression"}),
        (["FLAKY"], {"flaky"}),
        ("none", set()),
        (None, set()),
        ([], set()),
        (["flaky", "flaky"], {"flaky"}),
    ],
)
def test_all_tags_of_a_bug_are_said(bug, store, row, wire, said, wanted):
    """What is not said is taken off; one request carries the difference."""
    bug.update(tags=said)
    assert held(store, row) == wanted
    assert set(bug["tags"] or ()) == wanted
    (sent,) = writes(wire)
    (told,) = sent.json["tags"]
    assert sum(map(len, told.values())) == len(wanted ^ {"regression"})


def test_a_tag_goes_by_its_id_and_by_a_name_with_a_comma(bug, store, row):
    """The whole text is looked for before it is split."""
    number = tag(store, "quick-win")
    store.tags.change(store.tags.get(tag(store, "flaky")), name="now, please")
    bug.update(tags=[number])
    assert held(store, row) == {"quick-win"}
    bug.update(tags="Now, please")
    assert held(store, row) == {"now, please"}


def test_tags_go_with_other_fields(bug, store, row):
    """They are written by the same update, and compared with the answers."""
    bug.update(severity="Critical", tags="flaky", title="Login fails")
    now = store.bugs.get(row.id)
    assert store.choices[now.severity_id].name == bug["severity"] == "Critical"
    assert now.title == bug["title"] == "Login fails"
    assert held(store, row) == set(bug["tags"]) == {"flaky"}


def test_where_v3_refuses_the_tags_nothing_is_written(connection, world, store, row):
    """The request that is likelier to be refused goes first; a new bug is made before, for it needs a number."""
    bug = connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")
    assert bug["tags"] == ["regression"]
    world.faults.add(kind="status", status=400, path="*/issues/*", times=1)
    with pytest.raises(ApiError):
        bug.update(tags="flaky", title="Login fails")
    assert held(store, row) == {"regression"}
    assert store.bugs.get(row.id).title == row.title


def test_tags_that_are_there_already_are_not_written(bug, wire):
    """Nothing is to be sent."""
    assert bug["tags"] == ["regression"]
    bug.update(tags="regression")
    assert not writes(wire)


@pytest.mark.parametrize(("said", "hint"), [("flakey", "Did you mean flaky?"), ("flaky,x", "There are: regression")])
def test_an_unknown_tag_is_refused_with_the_nearest(bug, wire, said, hint):
    """Nothing is sent."""
    with pytest.raises(UsageError, match="there is no tag") as caught:
        bug.update(severity="Major", tags=said)
    assert hint in caught.value.hint
    assert not writes(wire)


def test_a_portal_without_tags_says_so(bug, store, wire):
    """No text passes for a tag."""
    for one in list(store.tags):
        store.tags.remove(one)
    with pytest.raises(UsageError) as caught:
        bug.update(tags="flaky")
    assert "There are none" in caught.value.hint
    assert not writes(wire)


def test_the_lists_of_tags_is_fetched_once(bug, wire):
    """However many changes are made."""
    bug.update(tags="flaky")
    bug.update(tags="quick-win")
    assert len([request for request in wire.requests if request.url.endswith("/tags")]) == 1


def test_tags_that_did_not_take_are_said(api, world, store, row):  # noqa: ARG001  runs once an API
    """V3 ignores what it does not know, with a 200."""

    def deaf(request):
        told = {name: value for name, value in (request.json or {}).items() if name != "tags"}
        return Wire(world)(replace(request, json=told if request.method == "PATCH" else request.json))

    bug = sign_in(world, deaf).bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")
    with pytest.raises(ApiError, match=r"did not take: tags \(asked: flaky, quick-win, Zoho has: regression\)"):
        bug.update(tags="flaky,quick-win", severity="Major")
    with pytest.raises(ApiError, match=r"tags \(asked: none, Zoho has: regression\)"):
        bug.update(tags=None)


def test_a_change_is_shown_as_what_was_and_what_is_to_be(bug):
    """All tags on either side."""
    assert bug.shown(bug.change({"tags": "regression,flaky"})) == ["tags: regression → regression, flaky"]
    assert bug.shown(bug.change({"tags": "none"})) == ["tags: regression → none"]


def test_a_new_bug_has_its_tags(api, connection, store, row, wire):
    """V3 takes them with the rest, the classic API's bug gets them afterwards."""
    portal = connection.lookups.portal("")
    within = Within(portal, tuple(one for one in connection.lookups.projects(portal) if one.id == str(row.project_id)))
    change, call = creating(connection, within, {"title": "Login fails", "tags": "flaky,quick-win"})
    wire.requests.clear()
    bug = made(connection, within, connection.client.fetch(call).thing)
    bug.take(change, [(one, connection.client.fetch(one).thing) for one in bug.calls_beside(change)])
    assert held(store, store.bugs.get(int(bug.id))) == set(bug["tags"]) == {"flaky", "quick-win"}
    assert [request.method for request in writes(wire)] == (["POST"] if api == "v3" else ["POST", "PATCH"])
    if api == "v3":
        assert writes(wire)[0].json["tags"] == [{"id": str(tag(store, name))} for name in ("flaky", "quick-win")]
