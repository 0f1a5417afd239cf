"""One portal has comments below issues, another below bugs; one has phases, another milestones: both are read."""

import pytest


@pytest.mark.parametrize("at", ["issues", "bugs", "both"])
def test_comments_are_found_wherever_they_hang(connection, world, wire, at):
    """The first refusal tries the other word, which is kept from then on."""
    world.bugtracker().generate(projects=2, bugs=12)
    wanted = connection.pull("comments")
    world.set(classic_end="410", comments_path=at)
    wire.requests.clear()
    found = connection.pull("comments", concurrency=1)
    assert sorted(found["id"]) == sorted(wanted["id"])
    below = [request.url for request in wire.requests if request.url.endswith("/comments")]
    assert sum("/issues/" in url for url in below) <= (1 if at == "bugs" else len(below))


@pytest.mark.parametrize("at", ["phases", "milestones", "both"])
def test_milestones_are_found_under_either_word(connection, world, at):
    """Whichever the user writes."""
    wanted = connection.pull("milestones")
    world.set(classic_end="410", phases_path=at)
    assert sorted(connection.pull("milestones")["id"]) == sorted(wanted["id"])
    portal = connection.get("/api/v3/portals")[0]["id"]
    project = connection.get(f"/api/v3/portal/{portal}/projects")[0]["id"]
    for word in ("phases", "milestones"):
        frame = connection.frame(f"/api/v3/portal/{portal}/projects/{project}/{word}")
        assert str(frame["created_time"].dtype) == "datetime64[ms, UTC]"
        assert str(frame["start_date"].dtype) == "datetime64[ms]"


def test_only_issues_with_comments_are_asked_for_theirs(connection, world, wire):
    """The older list counts them: no request goes for an issue that has none."""
    world.bugtracker().generate(projects=2, bugs=40)
    store = world.bugtracker().store
    world.set(classic_end="410")
    talked_about = [bug.id for bug in store.bugs if store.comments.of(bug.id)]
    assert 0 < len(talked_about) < 40
    found = connection.pull("comments")
    asked = [request.url for request in wire.requests if request.url.endswith("/comments")]
    assert len(asked) == len(talked_about)
    assert len(found) == sum(len(store.comments.of(bug)) for bug in talked_about)
