"""Bugs chosen by the names of the field, in both APIs, against what the sandbox's world holds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.bugs.filters import Filter, read_filter
from zbt_notebook.client.errors import UsageError, ZbtError
from zbt_notebook.client.lists.criteria import OPERATORS
from zbt_notebook.client.lists.first_columns import FIRST
from zbt_notebook.client.mirror import mirror

NAMES = {"status": "status_id", "severity": "severity_id", "module": "module_id", "classification": "classification_id"}


def ids(frame):
    return sorted(frame["id"].tolist())


def bugs(store, test=lambda _: True):
    return sorted(bug.id for bug in store.bugs if test(bug))


def named(store, number):
    return store.choices[number].name


@pytest.mark.parametrize("field", sorted(NAMES))
def test_a_pick_list_goes_by_its_names(api, connection, store, field):  # noqa: ARG001  runs once an API
    """One of the names, several, and none of them, as the world has it, in any case."""
    column, words = NAMES[field], sorted({named(store, getattr(bug, NAMES[field])) for bug in store.bugs})[:2]

    def is_one(bug):
        return named(store, getattr(bug, column)) in words

    assert ids(connection.bugs(**{field: [word.upper() for word in words]}, progress=False)) == bugs(store, is_one)
    others = connection.bugs(f"{field}!={','.join(words)}", progress=False)
    assert ids(others) == bugs(store, lambda bug: not is_one(bug))


def test_people_go_by_name_id_or_address_and_nobody_by_none(api, connection, store):  # noqa: ARG001
    """The same person by every name of theirs; ``none`` and None are what nobody has."""
    maya = next(member for member in store.members if member.name.startswith("María"))
    hers = bugs(store, lambda bug: bug.assignee == maya.id)
    assert hers
    for word in (maya.name, maya.name.upper(), str(maya.zpuid), str(maya.id), maya.email):
        assert ids(connection.bugs(assignee=word, progress=False)) == hers
    nobody = bugs(store, lambda bug: not bug.assignee)
    assert ids(connection.bugs(assignee=None, progress=False)) == nobody
    assert ids(connection.bugs("assignee==none", progress=False)) == nobody
    either = connection.bugs(assignee=[maya.name, None], progress=False)
    assert ids(either) == sorted(hers + nobody)


def test_dates_are_days_of_the_portal_and_moments_are_exact(api, connection, store):  # noqa: ARG001
    """``>=`` a day from its midnight in the portal's zone on, ``<=`` to its end, and ``-30d`` back from today."""
    zone = connection.lookups.portal().zone
    day = datetime.fromtimestamp(sorted(bug.created_ms for bug in store.bugs)[250] / 1000, zone).date()
    begin = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000
    end = begin + 86_400_000

    def made(test):
        return bugs(store, lambda bug: test(bug.created_ms))

    assert ids(connection.bugs(created_from=str(day), progress=False)) == made(lambda at: at >= begin)
    assert ids(connection.bugs(created_to=day, progress=False)) == made(lambda at: at < end)
    assert ids(connection.bugs(f"created=={day}", progress=False)) == made(lambda at: begin <= at < end)
    assert ids(connection.bugs(f"created>{day}", progress=False)) == made(lambda at: at >= end)
    moment = sorted(bug.updated_ms for bug in store.bugs)[400]
    found = connection.bugs(updated_from=datetime.fromtimestamp(moment / 1000, UTC), progress=False)
    assert ids(found) == bugs(store, lambda bug: bug.updated_ms >= moment)
    today = connection.client.today().astimezone(zone)
    back = datetime.combine((today - timedelta(days=30)).date(), datetime.min.time(), zone).timestamp() * 1000
    assert ids(connection.bugs("updated>=-30d", progress=False)) == bugs(store, lambda bug: bug.updated_ms >= back)


def test_text_milestones_flags_and_custom_fields(api, connection, store):  # noqa: ARG001
    """What Zoho cannot filter is filtered here: texts, custom fields by their label, milestones by name, closed."""
    assert ids(connection.bugs("title~=TIME", progress=False)) == bugs(store, lambda b: "time" in b.title.casefold())
    assert ids(connection.bugs(closed=True, progress=False)) == bugs(store, lambda bug: bug.closed_ms is not None)
    assert ids(connection.bugs(flag="external", progress=False)) == bugs(store, lambda bug: not bug.internal)
    milestone = next(iter(store.milestones))
    found = connection.bugs(milestone=milestone.name, progress=False)
    assert ids(found) == bugs(store, lambda bug: bug.milestone_id == milestone.id)
    from zbt_notebook.simulator.data import prose

    def on_staging(bug):
        return prose.custom_values(bug).get("UDF_CHAR2") == "staging"

    assert ids(connection.bugs(Environment="Staging", progress=False)) == bugs(store, on_staging)


def test_projects_and_limit(api, connection, store):  # noqa: ARG001
    """``projects`` goes by name too, and a limit counts what is wanted, not what was read."""
    project = next(iter(store.projects))
    found = connection.bugs(projects=project.name, severity="Minor", progress=False)
    minor = bugs(store, lambda bug: bug.project_id == project.id and named(store, bug.severity_id) == "Minor")
    assert ids(found) == minor
    some = connection.bugs("title~=e", projects=[project.id], limit=7, progress=False)
    assert len(some) == 7


@pytest.mark.parametrize("nobody", ["Unassigned", "unassigned user", "none"])
def test_nobody_goes_by_the_word_that_tables_show(api, connection, store, nobody):  # noqa: ARG001  runs once an API
    """Either API has its own."""
    found = connection.bugs(f"assignee=={nobody}", progress=False)
    assert ids(found) == bugs(store, lambda bug: not bug.assignee)
    assert set(ids(connection.bugs(assignee=[nobody, "me"], progress=False))) > set(ids(found))


def test_two_values_of_a_field_that_has_one_are_no_filter(connection, store):
    """But what has several may have both, and what holds of both is no contradiction."""
    with pytest.raises(UsageError, match="Severity is asked for twice, and nothing has two") as caught:
        connection.bugs("severity==Major", "flag==Internal", "severity==Minor,Critical")
    assert caught.value.hint == "For either of them, write severity==Major,Minor,Critical."
    major = connection.bugs("severity==Major", progress=False)
    asked = ("severity==Major,Minor", "severity==Major", "severity>=Major")
    assert ids(connection.bugs(*asked, progress=False)) == ids(major)
    both = connection.bugs("tags==flaky", "tags==quick-win", progress=False)
    tags = {tag.id: tag.name for tag in store.tags}
    assert ids(both) == bugs(store, lambda bug: {"flaky", "quick-win"} <= {tags[one] for one in bug.tags})


@pytest.mark.parametrize(
    "said", ["title~=time", "assignee==none", "Customer~=e", "key~=I6", "severity!=Minor", "flag==External"]
)
def test_a_limit_is_reached_over_several_projects(api, connection, said):  # noqa: ARG001  runs once an API
    """However many of the first project's bugs pass, and wherever they are chosen."""
    whole = connection.bugs(said, projects="all", progress=False)
    assert whole["project.id"].nunique() > 1
    for limit in (len(whole) // 2, len(whole) + 9):
        some = connection.bugs(said, projects="all", limit=limit, progress=False)
        assert some["id"].tolist() == whole["id"].tolist()[:limit], limit


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"status": "Opne"}, "Did you mean Open? There are: Open, In progress"),
        ({"statsu": "Open"}, "Did you mean status? There are: key, title, status"),
        ({"assignee": "Maria Garcia"}, "Did you mean María García?"),
        ({"assignee": "maya"}, "Did you mean Maya Lindqvist?"),
        ({"comments_from": "1,000"}, "Write it as 1250"),
        ({"created_from": "last week"}, "Write 2026-09-01"),
        ({"title_from": "x"}, "It takes == != ~="),
        ({"Enviroment": "staging"}, "Did you mean Environment?"),
        ({"projects": "Harbour Web"}, "Did you mean Harbor Web?"),
        ({"severity": []}, "Leave it away"),
        ({"closed": "perhaps"}, "Write true or false"),
    ],
)
def test_a_wrong_word_names_the_nearest_and_all_right_ones(connection, wire, asked, said):
    """Two lines, and no list of bugs was asked for."""
    with pytest.raises(UsageError) as caught:
        connection.bugs(**asked, progress=False)
    assert said in caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    assert not [request for request in wire.requests if request.url.endswith("/bugs/")]


def test_two_people_of_one_name_are_told_apart(connection, store):
    """An ambiguous person is an error that has both, with address and id."""
    first, second = list(store.members)[1:3]
    store.members.change(second, name=first.name)
    with pytest.raises(UsageError) as caught:
        connection.bugs(assignee=first.name, progress=False)
    assert "2 people are called" in caught.value.message
    assert all(text in caught.value.hint for text in (first.email, str(second.zpuid), second.email))
    found = connection.bugs(assignee=second.email, progress=False)
    assert ids(found) == bugs(store, lambda bug: bug.assignee == second.id)


def test_me_is_who_is_signed_in(connection, store, world):
    """``me`` chooses the bugs of the account that consented."""
    mine = bugs(store, lambda bug: bug.reporter == world.bugtracker().store.members.get(60012345678).id)
    assert mine
    assert ids(connection.bugs(reporter="me", progress=False)) == mine


def test_the_lists_are_fetched_once_a_connection(connection, wire):
    """The second question looks nothing up that the first one has."""
    connection.bugs(status="Open", assignee="me", Environment="staging", limit=1, progress=False)
    before = len(wire.requests)
    connection.bugs(status="Closed", assignee="me", Environment="staging", limit=1, progress=False)
    paths = [request.url.rpartition("/restapi/")[2] for request in wire.requests[before:]]
    assert not [path for path in paths if "fields" in path or "users" in path]


def test_the_frame_begins_with_what_people_look_for(api, connection):  # noqa: ARG001
    """The same nine short columns from both APIs, typed, all else behind them, ids last."""
    frame = connection.bugs(limit=30, progress=False)
    assert tuple(frame.columns[:9]) == FIRST["bugs"]
    assert frame["severity"].cat.ordered
    assert list(frame["severity"].cat.categories)[:3] == ["None", "Minor", "Major"]
    assert frame["status"].cat.ordered
    assert str(frame["created"].dtype) == str(frame["updated"].dtype) == "datetime64[ms, UTC]"
    assert str(frame["due"].dtype).startswith("datetime64")
    assert frame["status"].astype(str).tolist() == frame["status.type"].tolist()
    assert {"id", "id_string", "project.id", "status.id"} <= set(frame.columns[-20:])


def test_every_column_stands_in_one_order(world, connection, tmp_path):
    """From both APIs, the words, a pull and a mirror, whichever record comes first; the project right behind."""
    frames = [
        connection.bugs(limit=90, progress=False),
        connection.pull("bugs", where={"statustype": "closed"}, limit=90),
    ]
    world.set(classic_end="410", url_limit=0, v3_limit=0)
    connection.lookups.forget()
    frames += [
        connection.bugs(limit=90, progress=False),
        mirror(tmp_path, connection=connection, progress=False).frame(),
    ]
    for one in frames:
        assert one.columns[9] == "project.name"
        assert one.columns[-1].endswith("id")
        for other in frames:
            assert [name for name in one if name in other] == [name for name in other if name in one]


def test_due_is_the_day_that_was_meant(api, connection, store):  # noqa: ARG001
    """Not the evening before, however the portal's zone lies."""
    frame = connection.bugs(limit=300, progress=False)
    told = {bug.id: bug.due_ms for bug in store.bugs}
    due = frame.dropna(subset=["due"])
    assert len(due)
    days = [datetime.fromtimestamp(told[number] / 1000, UTC).date() for number in due["id"]]
    assert [moment.date() for moment in due["due"]] == days


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXTS)
def test_any_text_is_a_filter_or_one_of_our_errors(text):
    """The grammar reads it or refuses it in two lines; nothing else ever comes out."""
    try:
        found = read_filter(text)
    except ZbtError as error:
        assert error.hint
        assert error.message
    else:
        assert found.operator in OPERATORS
        assert all(found.values)


WORDS = st.from_regex(r"[A-Za-z0-9é' ._-]*[A-Za-z0-9]", fullmatch=True).map(str.strip).filter(bool)


@given(WORDS, st.sampled_from(OPERATORS), st.lists(WORDS, min_size=1, max_size=4))
def test_what_is_written_is_read_again(name, operator, values):
    """A filter's text has its parts; commas are alternatives only where one of several can be meant."""
    many = operator in {"==", "!="}
    text = f"{name}{operator}{','.join(values)}"
    found = read_filter(text)
    assert (found.name, found.operator) == (name, operator)
    assert found.values == (tuple(values) if many else (",".join(values),))
    assert read_filter(str(found)) == found == Filter(name, operator, found.values, ",".join(values))


@pytest.mark.parametrize(
    ("text", "said"),
    [("status=Open", "status==Open"), ("created=>2026-01-01", "created>=2026-01-01"), ("status==", "status==none")],
)
def test_a_slip_of_the_pen_is_shown_right(text, said):
    """The hint has the filter as it should be."""
    with pytest.raises(UsageError) as caught:
        read_filter(text)
    assert said in caught.value.hint
