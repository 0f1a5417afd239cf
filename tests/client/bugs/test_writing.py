"""Changes of a bug by name over V3: what the world holds afterwards; what either API cannot do is refused unsent."""

import copy
from dataclasses import replace

import pytest

from zbt_notebook.client.bugs.bug import creating, made
from zbt_notebook.client.bugs.resolver import Within
from zbt_notebook.client.bugs.writing import Change
from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.lists.fields import custom_field, field

EMPTIED = ("assignee", "due", "milestone", "affected", "status", "flag")  # the others have a choice called None


@pytest.fixture
def row(store):
    """A bug that is not its project's newest, of a project that is not the first."""
    project = list(store.projects)[2]
    return next(bug for bug in store.bugs.of(project.id) if bug.number == 30)


@pytest.fixture
def bug(api, connection, store, row):  # noqa: ARG001  the API is chosen before the bug is looked for
    return connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")


@pytest.fixture
def v3_bug(world, connection, store, row):
    """The same bug after the end of the classic API."""
    world.set(classic_end="410")
    return connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")


def writes(wire):
    """The writes of bugs that went out; the sign-in's own POST is none."""
    changing = [request for request in wire.requests if request.method in {"POST", "PATCH"}]
    return [request for request in changing if "/bugs/" in request.url or "/issues" in request.url]


def test_an_update_by_name_reaches_the_world(v3_bug, wire, store, row):
    """Names become nested ids, a day stays ISO, and one PATCH carries all of it."""
    milestone = store.milestones.of(row.project_id)[3]
    v3_bug.update(
        title="Login fails",
        status="In progress",
        severity="critical",
        assignee="Tom O'Connor",
        due="2026-12-01",
        milestone=milestone.name,
        flag="External",
    )
    now = store.bugs.get(row.id)
    assert now.title == v3_bug["title"] == "Login fails"
    assert store.choices[now.status_id].name == v3_bug["status"] == "In progress"
    assert store.choices[now.severity_id].name == "Critical"
    assert store.members.get(now.assignee).name == v3_bug["assignee"] == "Tom O'Connor"
    assert now.milestone_id == milestone.id
    assert not now.internal
    assert str(v3_bug["due"]) == "2026-12-01"
    assert [request.method for request in writes(wire)] == ["PATCH"]


def test_close_with_a_comment_and_reopen(v3_bug, store, row):
    """The portal's own words for it; the comment is there afterwards."""
    v3_bug.close(comment="Fixed in 4.2")
    assert store.bugs.get(row.id).closed_ms is not None
    assert "Fixed in 4.2" in v3_bug.comments()["content_text"].tolist()
    v3_bug.reopen()
    assert store.bugs.get(row.id).closed_ms is None
    assert v3_bug["status"] == "Reopen"


@pytest.mark.parametrize(
    "case",
    [
        ("Customer", "Acme", "Acme"),
        ("environment", "STAGING", "staging"),
        ("cf_support_ticket", 4711, "4711"),
        ("Blocks a release", "yes", True),
    ],
)
def test_a_custom_field_by_its_label(v3_bug, store, row, case):
    """By label in any case or by key, checked against its values; None empties it."""
    said, value, held = case
    v3_bug.update(**{said: value})
    assert held in store.bugs.get(row.id).custom.values()
    v3_bug.update(**{said: None})
    assert held not in store.bugs.get(row.id).custom.values()


@pytest.mark.parametrize(
    ("label", "said", "sent"),
    [
        ("QA contact", "Maya Lindqvist", {"zpuid": "Maya Lindqvist"}),
        ("Reviewers", "Maya Lindqvist, Chen Wei", [{"zpuid": "Maya Lindqvist"}, {"zpuid": "Chen Wei"}]),
        ("Reviewers", ["Chen Wei"], [{"zpuid": "Chen Wei"}]),
        ("Platforms", "Linux,windows", ["Linux", "Windows"]),
        ("Platforms", ["Linux"], ["Linux"]),
        ("Cost", 12.5, {"amount": "12.50"}),
        ("Cost", "1234", {"amount": "1234.00"}),
        ("Support ticket", 4711.0, 4711),
    ],
)
def test_custom_fields_that_are_more_than_a_text(v3_bug, store, wire, row, label, said, sent):
    """People, several choices and money go in V3's own shapes, and are found again in its answer; None empties them."""
    names = {str(member.zpuid): member.name for member in store.members}
    v3_bug.update(**{label: said})
    (told,) = copy.deepcopy(writes(wire)[-1].json).values()
    for person in told if isinstance(told, list) else [told]:
        if isinstance(person, dict) and "zpuid" in person:
            person["zpuid"] = names[person["zpuid"]]
    assert told == sent
    held = {value for value in map(str, store.bugs.get(row.id).custom.values()) if value}
    v3_bug.update(**{label: None})
    assert len(held - {str(value) for value in store.bugs.get(row.id).custom.values()}) == 1


@pytest.mark.parametrize(
    ("label", "said", "words"),
    [
        ("QA contact", "Nobody Here", "there is no person"),
        ("Reviewers", "Maya Lindqvist, X", "there is no person 'X'"),
        ("Platforms", "Win,Linux", "there is no platform 'Win'"),
        ("Cost", "much", "is a number"),
        ("Reviewers", [], "no plain text"),
    ],
)
def test_what_does_not_fit_such_a_field_is_refused(v3_bug, wire, label, said, words):
    """Nothing is sent."""
    with pytest.raises(UsageError, match=words):
        v3_bug.update(**{label: said})
    assert not writes(wire)


@pytest.mark.parametrize("dress", ["api_name", "list", "object"])
@pytest.mark.parametrize(
    ("label", "said"), [("Cost", "12.5"), ("Reviewers", "Maya Lindqvist,Chen Wei"), ("Platforms", "iOS")]
)
def test_they_are_found_again_in_every_dress_of_v3(world, v3_bug, dress, label, said):
    """Money as 12.50 with its currency, people by name."""
    world.set(v3_custom_fields_as=dress)
    v3_bug.update(**{label: said})


@pytest.mark.parametrize("told", ["Old Acme", "Acme, Old", "Old"])
def test_another_text_has_not_taken(told):
    """The text of a custom field is compared whole: it is no list of names, though a comma stands in it."""
    record = {"customfields": [{"label_name": "Customer", "column_name": "cf_customer", "value": told}]}
    wanted = Change((), ((custom_field("Customer", "text", "cf_customer"), "Old, Acme"),))
    assert len(wanted.not_taken(record)) == 1


@pytest.mark.parametrize(
    "record",
    [
        {"title": "Acme"},
        {"title": "Acme", "customfields": []},
        {"customfields": [{"label_name": "Client", "column_name": "cf_client", "value": "Acme"}]},
        {"customfields": [{"label_name": "Customer", "column_name": "cf_customer", "value": "ACME"}]},
        {"customfields": [{"label_name": "Customer", "column_name": "cf_customer", "value": None}]},
    ],
)
def test_a_value_is_looked_for_in_its_own_field(record):
    """That another column has the same text, or that an answer tells no field at all, is no proof."""
    wanted = Change((), ((custom_field("Customer", "text", "cf_customer"), "Acme"),))
    assert len(wanted.not_taken(record)) == 1


@pytest.mark.parametrize(("told", "amount"), [("USD 1,250.00", 1250), ("$12.50", 12.5), ("EUR -3", -3), ("7", 7)])
def test_money_is_compared_by_its_amount(told, amount):
    """Whatever sign or code of a currency stands before it."""
    record = {"customfields": [{"label_name": "Cost", "value": told}]}
    cost = custom_field("Cost", "number", "UDF_CURRENCY1")
    assert cost.read(record) == [amount]
    assert Change((), ((cost, amount),)).not_taken(record) == []
    assert Change((), ((cost, amount + 1),)).shown(record) == [f"Cost: {told} → {amount + 1}"]


def test_an_answer_that_tells_no_custom_field_is_no_answer(world, v3_bug):
    """Some portals' answers tell none: that is said, and not that the field is empty."""
    world.set(v3_custom_fields_as="none")
    with pytest.raises(ApiError, match="Zoho's answer shows no such field at all"):
        v3_bug.update(Customer="Acme")


@pytest.mark.parametrize("api", ["classic", "v3"])
def test_a_custom_field_that_did_not_take_is_said(world, store, row, api):
    """In either API: the answer to the write has other custom fields, and one text that is equal, and not this."""
    from tests.client.conftest import Wire, sign_in

    def deaf(request):
        key = next((key for key, value in request.form or () if value == "Acme"), "")
        kept = tuple(pair for pair in request.form or () if pair[0] != key) if request.form else request.form
        told = {name: value for name, value in (request.json or {}).items() if value != "Acme"}
        return Wire(world)(replace(request, form=kept, json=told if request.json else request.json))

    if api == "v3":
        world.set(classic_end="410")
    bug = sign_in(world, deaf).bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}")
    with pytest.raises(ApiError, match=r"did not take: Customer \(asked: Acme, Zoho has: "):
        bug.update(title="acme", Customer="Acme")


@pytest.mark.parametrize(
    ("asked", "told", "took"),
    [("Login", "login", False), ("a <b> c", "a &amp;lt;b&amp;gt; c", True), ("&lt;", "<", True), (" x ", "x", True)],
)
def test_a_title_is_compared_letter_by_letter(asked, told, took):
    """Another case is another title; that a portal escapes it for HTML, or trims it, is none."""
    wanted = Change((), ((field("bugs", "title"), asked),))
    assert bool(wanted.not_taken({"title": told})) is not took


def test_no_list_of_custom_fields_is_fetched_for_a_title(connection, store, row, wire):
    """What the portal added is asked for where it is named, and not before."""
    connection.bug(f"{store.projects.get(row.project_id).prefix}-I{row.number}").update(title="Login fails")
    assert writes(wire)
    assert not [request for request in wire.requests if "/customfields/" in request.url]


def test_a_new_bug_by_name(world, connection, store, row):
    """Its answer is the bug, under the next key of its project."""
    world.set(classic_end="410")
    portal = connection.lookups.portal("")
    within = Within(portal, tuple(one for one in connection.lookups.projects(portal) if one.id == str(row.project_id)))
    said = {"title": "Login fails on Firefox", "severity": "Major", "assignee": "Tom O'Connor", "due": "2026-12-01"}
    change, call = creating(connection, within, said)
    assert call.method == "POST"
    assert call.path.endswith("/issues")
    bug = made(connection, within, connection.client.fetch(call).thing)
    bug.take(change, ())
    there = store.bugs.get(int(bug.id))
    assert there.title == said["title"]
    assert store.choices[there.severity_id].name == "Major"
    assert store.members.get(there.assignee).name == "Tom O'Connor"
    assert bug.key == f"{store.projects.get(row.project_id).prefix}-I{there.number}"


@pytest.mark.parametrize("field", EMPTIED)
def test_emptying_what_the_api_cannot_empty_is_refused_unsent(bug, wire, field):
    """None is no value of Zoho's own fields: two clear lines in either API, and no write."""
    with pytest.raises(UsageError, match="no documented way to empty") as caught:
        bug.update(**{field: None})
    assert f"leave {field}= out" in caught.value.hint
    assert not writes(wire)


@pytest.mark.parametrize("nothing", ["none", None, ""])
def test_a_description_can_be_emptied(bug, nothing):
    """By none, None or an empty text, in either API."""
    bug.update(description="<b>It fails</b>")
    assert bug["description"]
    bug.update(description=nothing)
    assert not bug["description"]


@pytest.mark.parametrize("field", ["assignee", "due", "milestone"])
def test_the_word_none_of_a_line_is_refused_alike(bug, wire, field):
    """What ``%zbt bug KEY assignee=none`` says is the text."""
    with pytest.raises(UsageError, match="no documented way to empty"):
        bug.update(**{field: "none"})
    assert not writes(wire)
