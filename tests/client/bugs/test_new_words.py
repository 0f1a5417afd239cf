"""Names that came into the portal after its lists were fetched: a kernel lives for weeks."""

from dataclasses import replace

import pytest

from zbt_notebook.client.bugs.vocabulary import learn, vocabulary
from zbt_notebook.client.errors import UsageError


@pytest.fixture(params=["classic", "v3"])
def bug(request, world, connection, store):
    """A bug, in either API, of which every list has been looked at."""
    if request.param == "v3":
        world.set(classic_end="410")
    project = list(store.projects)[2]
    bug = connection.bug(f"{project.prefix}-I30")
    words = ("status==Open", "milestone!=none", "tags==flaky", "assignee==me", "Environment==staging")
    connection.bugs(*words, projects=project.name, progress=False)
    return bug


def test_a_new_name_is_known(bug, connection, store, world):
    """A tag, a milestone, a person and a project; each is written or chosen by its name."""
    world.clock.advance(3600)
    tag = store.tags.put(replace(next(iter(store.tags)), id=store.take_id(), name="brand new"))
    project = list(store.projects)[2]
    milestone = store.milestones.put(replace(store.milestones.of(project.id)[0], id=store.take_id(), name="Next"))
    person = store.members.put(replace(list(store.members)[3], id=77_000_001, zpuid=store.take_id(), name="Nadia New"))
    bug.update(tags="brand new", milestone="next", assignee="Nadia New")
    now = store.bugs.get(int(bug.id))
    assert (now.tags, now.milestone_id, now.assignee) == ((tag.id,), milestone.id, person.id)
    store.projects.change(next(iter(store.projects)), name="Renamed")
    assert set(connection.bugs(projects="Renamed", progress=False)["project.name"]) == {"Renamed"}


def test_completion_learns_anew_what_was_forgotten(connection, world):
    """The classic API ends in a kernel: its lists are dropped, and V3's offered from then on."""
    for ends in ("none", "410"):
        world.set(classic_end=ends)
        connection.lookups.forget()
        learn(connection.lookups, "", "", wait=10)
        assert "Maya Lindqvist" in vocabulary(connection.lookups)["assignee"]


@pytest.mark.parametrize(("label", "option"), [("Environment", "Staging"), ("Platforms", "ios")])
def test_a_new_option_of_a_custom_field_is_known(bug, connection, world, label, option):
    """As it is written, and as it is looked for."""
    kept = connection.lookups._kept
    for key in [key for key in kept if key[0] == "custom fields"]:
        kept[key] = tuple(replace(own, values=own.values[:1]) for own in kept[key])
    with pytest.raises(UsageError, match=f"no {label.lower().rstrip('s')} '{option}'"):
        bug.update(**{label: option})
    world.clock.advance(3600)
    bug.update(**{label: option})
    assert bug.key in set(connection.bugs(f"{label}=={option.upper()}", progress=False)["key"])


@pytest.mark.parametrize(
    "said", [{"tags": "brand new"}, {"status": "Opne"}, {"assignee": "Nobody"}, {"milestone": "Nxt"}, {"Custmer": "x"}]
)
def test_a_wrong_name_costs_its_list_once_a_minute(bug, wire, world, said):
    """Whoever mistypes twice waits once; nothing is written."""
    world.clock.advance(3600)
    costs = []
    for _ in range(2):
        before = len(wire.requests)
        with pytest.raises(UsageError):
            bug.update(**said)
        costs.append([request for request in wire.requests[before:] if "/token" not in request.url])
    assert costs[0]
    assert all(request.method == "GET" for request in costs[0])
    assert not costs[1]
