"""People and several choices in custom fields: written as either API takes them, and chosen one by one."""

import pytest

from zbt_notebook.client.bugs.bug import creating, made
from zbt_notebook.client.bugs.resolver import Within
from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.simulator.data import prose


@pytest.fixture
def row(store):
    project = list(store.projects)[2]
    return next(bug for bug in store.bugs.of(project.id) if bug.number == 30)


@pytest.fixture
def bug(connection, store, row):
    return connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")


def held(store, row, column):
    return store.bugs.get(row.id).custom[column]


def forms(wire):
    return [request.form for request in wire.requests if request.method == "POST" and "/bugs/" in request.url]


@pytest.mark.parametrize(("takes", "requests"), [("both", 1), ("repeated", 1), ("commas", 2)])
@pytest.mark.parametrize("said", ["Windows,linux", ["Linux", "Windows"]])
def test_several_choices_reach_the_classic_api(world, bug, store, row, wire, takes, requests, said):
    """The field is repeated; where that does not take, it is written once with commas."""
    world.set(several_choices_as=takes)
    bug.update(Platforms=said, title="Login fails")
    assert set(held(store, row, "UDF_MULTI1")) == {"Windows", "Linux"}
    assert bug["title"] == "Login fails"
    assert len(forms(wire)) == requests
    assert [name for name, _ in forms(wire)[0]] == ["UDF_MULTI1", "UDF_MULTI1", "title"]


@pytest.mark.parametrize("takes", ["both", "ids", "names"])
@pytest.mark.parametrize(
    ("label", "said", "names"),
    [
        ("QA contact", "chen wei", {"Chen Wei"}),
        ("QA contact", "me", {"Maya Lindqvist"}),
        ("Reviewers", "Maya Lindqvist, Chen Wei", {"Maya Lindqvist", "Chen Wei"}),
        ("Reviewers", ["Chen Wei"], {"Chen Wei"}),
    ],
)
def test_people_reach_the_classic_api(world, bug, store, row, takes, label, said, names):
    """By the numbers of their accounts, else by their names."""
    world.set(custom_people_as=takes)
    bug.update(**{label: said})
    found = held(store, row, {"QA contact": "UDF_USER1", "Reviewers": "UDF_MULTIUSER1"}[label])
    assert {store.members.get(one).name for one in (found if isinstance(found, tuple) else (found,))} == names
    assert bug.shown(bug.change({label: None}))[0].removeprefix(f"{label}: ").startswith(tuple(names))
    bug.update(**{label: "none"})
    assert not held(store, row, {"QA contact": "UDF_USER1", "Reviewers": "UDF_MULTIUSER1"}[label])


def test_a_form_that_is_refused_is_written_in_the_other_one(world, bug, store, row, wire):
    """Zoho may ignore a value, or refuse the request: then nothing of it was written, and all of it goes again."""
    handle = wire.world.handle

    def refusing(request):
        if request.body.count(b"UDF_MULTI1=") > 1:
            world.faults.add(kind="status", status=400, path="*/bugs/*", times=1)
        return handle(request)

    wire.world.handle = refusing
    bug.update(Platforms="Windows,Linux", title="Login fails")
    assert set(held(store, row, "UDF_MULTI1")) == {"Windows", "Linux"}
    assert store.bugs.get(row.id).title == "Login fails"
    world.faults.add(kind="status", status=400, path="*/bugs/*", times=1)
    with pytest.raises(ApiError):
        bug.update(title="Other")


def test_what_takes_in_no_form_is_said(world, bug):
    """Both were tried."""
    world.set(custom_people_as="names", several_choices_as="repeated")
    with pytest.raises(ApiError, match=r"did not take: Reviewers \(asked: Maya Lindqvist, Chen Wei, "):
        bug.update(Reviewers="Maya Lindqvist,Chen Wei")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Platforms": "Win"}, "no platform 'Win'"),
        ({"QA contact": "Nobody"}, "no person"),
        ({"Reviewers": "me,X"}, "'X'"),
    ],
)
def test_what_there_is_not_is_refused_unsent(api, bug, wire, said, words):  # noqa: ARG001  runs once an API
    """With the nearest, over the classic API too."""
    with pytest.raises(UsageError, match=words):
        bug.update(**said)
    assert not forms(wire)


def test_a_new_bug_has_them(api, connection, store, row):  # noqa: ARG001  runs once an API
    """Over either API."""
    portal = connection.lookups.portal("")
    within = Within(portal, tuple(one for one in connection.lookups.projects(portal) if one.id == str(row.project_id)))
    change, call = creating(connection, within, {"title": "New", "Platforms": "Linux,iOS", "QA contact": "Chen Wei"})
    bug = made(connection, within, connection.client.fetch(call).thing)
    bug.take(change, ())
    custom = store.bugs.get(int(bug.id)).custom
    assert set(custom["UDF_MULTI1"]) == {"Linux", "iOS"}
    assert store.members.get(custom["UDF_USER1"]).name == "Chen Wei"


def test_they_are_chosen_one_by_one(api, connection, store):  # noqa: ARG001  runs once an API
    """A person by every name, me and none; one of several choices; in a text, commas separate and belong to it."""
    maya = next(iter(store.members))
    chen = next(member for member in store.members if member.name == "Chen Wei")
    odd = store.bugs.change(next(iter(store.bugs)), custom={"UDF_CHAR1": "Smith, Ltd", "UDF_MULTI1": ("iOS", "Linux")})

    def value(bug, column):
        return prose.custom_values(bug).get(column)

    cases = {
        f"QA contact=={chen.email}": lambda bug: value(bug, "UDF_USER1") == chen.id,
        f"QA contact!={chen.zpuid}": lambda bug: value(bug, "UDF_USER1") != chen.id,
        "QA contact==me": lambda bug: value(bug, "UDF_USER1") == maya.id,
        "QA contact==none": lambda bug: not value(bug, "UDF_USER1"),
        "Reviewers==chen wei": lambda bug: chen.id in (value(bug, "UDF_MULTIUSER1") or ()),
        "Reviewers!=Chen Wei,none": lambda bug: chen.id not in (value(bug, "UDF_MULTIUSER1") or (chen.id,)),
        "Platforms==linux": lambda bug: "Linux" in (value(bug, "UDF_MULTI1") or ()),
        "Platforms==linux,ios": lambda bug: not {"Linux", "iOS"}.isdisjoint(value(bug, "UDF_MULTI1") or ()),
        "Platforms!=Linux": lambda bug: "Linux" not in (value(bug, "UDF_MULTI1") or ()),
        "Platforms==none": lambda bug: not value(bug, "UDF_MULTI1"),
        "Customer==Smith, Ltd": lambda bug: bug.id == odd.id,
        "Customer!=Smith, Ltd": lambda bug: bug.id != odd.id,
        "First seen>=2026-06-01": lambda bug: (value(bug, "UDF_DATETIME1") or 0) >= 1_780_282_800_000,  # in São Paulo
        "First seen==none": lambda bug: not value(bug, "UDF_DATETIME1"),
        "Found on<2026-06-01": lambda bug: 0 < (value(bug, "UDF_DATE1") or 0) < 1_780_272_000_000,
        "Support ticket>=40000": lambda bug: int(value(bug, "UDF_LONG1") or 0) >= 40_000,
        "Share of users<0.5": lambda bug: float(value(bug, "UDF_DOUBLE1") or 1) < 0.5,
        "Blocks a release==false": lambda bug: value(bug, "UDF_BOOLEAN1") is False,
        "Cost>=100": lambda bug: (value(bug, "UDF_CURRENCY1") or 0) >= 10_000,
        "Cost<12.5": lambda bug: 0 < (value(bug, "UDF_CURRENCY1") or 0) < 1250,
        "Cost==none": lambda bug: not value(bug, "UDF_CURRENCY1"),
        "Customer==none": lambda bug: not value(bug, "UDF_CHAR1"),
    }
    for said, test in cases.items():
        found = connection.bugs(said, progress=False)
        assert sorted(found["id"] if len(found) else []) == sorted(bug.id for bug in store.bugs if test(bug)), said


@pytest.mark.parametrize(
    ("filter_", "words"),
    [("Platforms==Win", "no platform"), ("Reviewers==X", "no person"), ("QA contact==Chen", "no person")],
)
def test_a_filter_by_what_there_is_not_is_refused(api, connection, filter_, words):  # noqa: ARG001  runs once an API
    """As it is of Zoho's own fields."""
    with pytest.raises(UsageError, match=words):
        connection.bugs(filter_, progress=False)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2026-09-01T10:00", "09-01-2026 10:00 AM"),
        ("2026-09-01T16:30Z", "09-01-2026 01:30 PM"),
        ("today", "09-21-2026 12:00 AM"),
        ("now", "09-21-2026 11:13 AM"),
    ],
)
def test_a_date_time_reaches_the_classic_api(bug, store, row, said, told):
    """As that API shows one, in the portal's zone: so it is compared with the answer, and shown before."""
    bug.update(**{"First seen": said})
    assert held(store, row, "UDF_DATETIME1") == told
    assert bug.shown(bug.change({"First seen": "none"})) == [f"First seen: {told} → none"]
    bug.update(**{"First seen": None})
    assert not held(store, row, "UDF_DATETIME1")


def test_what_is_no_date_time_is_refused(bug, wire):
    """Nothing is sent."""
    with pytest.raises(UsageError, match="'soon' is no date"):
        bug.update(**{"First seen": "soon"})
    assert not forms(wire)
