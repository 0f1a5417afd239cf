"""Every field by every operator, in both APIs, compared with the sandbox's world itself."""

import json
import re
from collections.abc import Callable
from unicodedata import normalize

import pytest

from tests.client.conftest import NOW
from zbt_notebook.client.bugs.filters import read_filter
from zbt_notebook.client.bugs.listing import explain, fetch, listing
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.html_text import text_of
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.data import prose
from zbt_notebook.simulator.world import World


@pytest.fixture
def world():
    return World(projects=2, bugs=90, clock=SandboxClock(frozen_at=NOW))


def name_of(table, number):
    row = table.get(number)
    return row.name if row else None


HELD: dict[str, Callable] = {  # what a bug has in each field: one text, several, or None
    "key": lambda store, bug: f"{store.projects.get(bug.project_id).prefix}-I{bug.number}",
    "title": lambda _, bug: bug.title,
    "status": lambda store, bug: store.choices[bug.status_id].name,
    "severity": lambda store, bug: store.choices[bug.severity_id].name,
    "classification": lambda store, bug: store.choices[bug.classification_id].name,
    "module": lambda store, bug: store.choices[bug.module_id].name,
    "reproducible": lambda store, bug: store.choices[bug.reproducible_id].name,
    "assignee": lambda store, bug: name_of(store.members, bug.assignee),
    "milestone": lambda store, bug: name_of(store.milestones, bug.milestone_id),
    "affected": lambda store, bug: name_of(store.milestones, bug.affected_id),
    "reporter": lambda store, bug: name_of(store.members, bug.reporter),
    "flag": lambda _, bug: "Internal" if bug.internal else "External",
    "tags": lambda store, bug: [store.tags.get(tag).name for tag in bug.tags],
    "description": lambda _, bug: text_of(prose.description(bug)),
    "project": lambda store, bug: store.projects.get(bug.project_id).name,
}


@pytest.mark.parametrize("field", HELD)
def test_texts_choices_people_and_tags(api, connection, store, field):  # noqa: ARG001  runs once an API
    """One of, none of, contains, none and not none: the bugs are those of the world."""
    held = {bug.id: HELD[field](store, bug) for bug in store.bugs}
    several = {
        number: value if isinstance(value, list) else [value] * (value is not None) for number, value in held.items()
    }
    words = sorted({word for values in several.values() for word in values if not re.search(r"[,\\]", word)})
    first, last = words[0], words[-1]
    part = first[1:4].strip()

    def is_one(wanted, *, none=False):
        return lambda values: bool(set(wanted) & set(values)) or (none and values in ([], ["None"]))

    cases = {
        f"{field}=={first.upper()}": is_one([first]),
        f"{field}!={first}": lambda values: first not in values,
        f"{field}=={first},{last}": is_one([first, last]),
        f"{field}!={first},{last}": lambda values: not is_one([first, last])(values),
        f"{field}=={last},none": is_one([last], none=True),
        f"{field}!={last},none": lambda values: not is_one([last], none=True)(values),
        f"{field}==none": is_one([], none=True),
        f"{field}~={part.upper()}": lambda values: any(part.casefold() in value.casefold() for value in values),
    }
    for said, test in cases.items():
        found = connection.bugs(said, progress=False)
        assert sorted(found["id"] if len(found) else []) == sorted(n for n, v in several.items() if test(v)), said


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_an_accent_may_be_a_character_of_its_own(api, connection, store, form, other):  # noqa: ARG001  runs once an API
    """As a Mac writes it, in what is asked and in what is there; names, titles, tags and values alike."""
    row = list(store.bugs)[7]
    maria = next(member for member in store.members if member.name == "María García")
    store.bugs.change(
        row,
        title=normalize(other, "Das Café öffnet"),
        assignee=maria.id,
        custom={"UDF_CHAR1": normalize(other, "Éclair")},
    )
    for said in ("title~=CAFÉ Ö", "title==das café öffnet", "Customer==éclair", "Customer~=écl"):
        assert connection.bugs(normalize(form, said), progress=False)["id"].tolist() == [row.id], said
    assert row.id in set(connection.bugs(normalize(form, "assignee==maría garcía"), progress=False)["id"])


@pytest.mark.parametrize("filter_", ["comments>=1", "attachments==0"])
def test_what_no_list_of_v3_tells_is_refused(world, connection, wire, filter_):
    """An empty table would be no answer."""
    assert len(connection.bugs(filter_, progress=False))
    world.set(classic_end="410")
    connection.lookups.forget()
    wire.requests.clear()
    with pytest.raises(UsageError, match="does not tell how many"):
        connection.bugs(filter_, progress=False)
    with pytest.raises(UsageError, match="does not tell how many"):
        connection.bugs(filter_, "tags==none", progress=False)
    assert not [request for request in wire.requests if request.url.endswith("/issues")]


@pytest.mark.parametrize("filtering", ["honoured", "ignored", "refused"])
def test_a_time_of_change_that_no_record_bears(world, connection, store, filtering):
    """V3 chooses by it, or it is refused: no empty table; where the time of creation decides, none is asked for."""
    world.set(classic_end="410", last_updated_time_in_lists=False, filter_on_issues=filtering)
    whole = [bug.id for bug in store.bugs if bug.created_ms >= 1_788_231_600_000]  # 2026-09-01 in São Paulo
    assert sorted(connection.bugs("created>=2026-09-01", progress=False)["id"]) == sorted(whole)
    wanted = {
        "updated>=2026-09-01": {bug.id for bug in store.bugs if bug.updated_ms >= 1_788_231_600_000},
        "updated<=2026-08-31": {bug.id for bug in store.bugs if bug.updated_ms < 1_788_231_600_000},
    }
    for filter_, right in wanted.items():
        if filtering == "honoured":
            found = connection.bugs(filter_, progress=False)
            assert right <= set(found["id"]) < {bug.id for bug in store.bugs}
            assert "no time of change" in " ".join(found.attrs["zbt"]["warnings"])
        else:
            with pytest.raises(UsageError, match="updated cannot be answered here") as caught:
                connection.bugs(filter_, progress=False)
            assert "Leave updated out" in caught.value.hint


@pytest.mark.parametrize("words", ["status==Open severity!=Minor", "assignee==none", "due<=2026-10-01", "title~=e"])
def test_a_filter_that_v3_refuses_is_answered_here(world, connection, words):
    """The list is read without it, and the rows are the same."""
    wanted = connection.bugs(*words.split(), progress=False)
    world.set(classic_end="410", filter_on_issues="refused")
    connection.lookups.forget()
    found = connection.bugs(*words.split(), progress=False)
    assert found.attrs["zbt"]["api"] == "v3"
    assert sorted(found["id"]) == sorted(wanted["id"])


def listed(connection, kind, *filters, projects="all"):
    found = listing(connection, kind, [read_filter(one) for one in filters], projects=projects)
    return fetch(connection, found, progress=False)


def test_people_of_projects(api, connection, store):  # noqa: ARG001  runs once an API
    """Those who left too, by the projects that are named in either way."""
    project = next(iter(store.projects))
    gone = next(member for member in store.members if not member.active)
    store.projects.change(project, team=(*project.team, gone.id))
    team = {store.members.get(number).name for number in (*project.team, gone.id)}
    for words in ({"projects": project.name}, {}):
        filters = () if words else (f"project=={project.name}",)
        assert set(listed(connection, "users", "active==false", *filters, **words)["name"]) == {gone.name}
        assert set(listed(connection, "users", *filters, **words)["name"]) == team - {gone.name}
        assert set(listed(connection, "users", "active==true,false", *filters, **words)["name"]) == team


def test_projects_by_their_status(api, connection, store):  # noqa: ARG001  runs once an API
    """V3 tells it as an object, the classic API as a word."""
    assert len(listed(connection, "projects", "status==active")) == len(list(store.projects))
    assert not len(listed(connection, "projects", "status!=active"))


def told(connection, *filters):
    found = listing(connection, "bugs", [read_filter(one) for one in filters])
    sides = dict(explain(connection, found))
    fetch(connection, found, progress=False)
    return sides["asked of Zoho"], sides["filtered here"]


@pytest.mark.parametrize(
    ("filter_", "field", "here"),
    [
        ("status==Open", "status", False),
        ("status!=Closed,Reopen", "status", False),
        ("severity!=Minor", "severity", False),
        ("assignee==none", "assignee", False),
        ("reporter!=me", "created_by", False),
        ("title~=time", "name", False),
        ("closed==true", "status", False),
        ("created<=2026-09-01", "created_time", True),
        ("due>2026-09-01", "due_date", True),
        ("flag==internal", "", True),
        ("tags==flaky", "", True),
        ("Environment==staging", "", True),
        ("due==none", "", True),
    ],
)
def test_explain_says_what_v3_is_asked(world, connection, wire, filter_, field, here):
    """Each condition is sent once, where it is said to be sent; days are compared here as well."""
    world.set(classic_end="410")
    wire.requests.clear()
    asked, left = told(connection, filter_)
    sent = [dict(one.params).get("filter", "") for one in wire.requests if one.url.endswith("/issues")]
    criteria = [one["field_name"] for one in json.loads(sent[0])["criteria"]] if sent[0] else []
    assert criteria == [field] * bool(field)
    name = re.findall(r"\w+", filter_)[0]
    assert asked.startswith(name if field else "nothing")
    assert left.startswith(name if here else "nothing")


def test_explain_says_that_the_newest_changes_came_at_once(world, connection):
    """One page of the portal's issues had all: the rest is chosen here."""
    world.set(classic_end="410")
    assert told(connection, "updated>=-30d", "severity!=Minor") == (
        "the newest changes",
        "updated>=2026-08-22, severity!=Minor",
    )
