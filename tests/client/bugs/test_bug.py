"""One bug by what people call it, and changes of it by name."""

import pytest

from tests.client.conftest import Wire
from zbt_notebook.client.errors import ApiError, NotFound, UsageError
from zbt_notebook.client.http.messages import Response


@pytest.fixture
def bug_of_the_world(store):
    """A bug that is not its project's newest, of a project that is not the first."""
    project = list(store.projects)[2]
    return next(bug for bug in store.bugs.of(project.id) if bug.number == 30 and bug.comment_count is not None)


def key_of(store, bug):
    return f"{store.projects.get(bug.project_id).prefix}-I{bug.number}"


def test_a_bug_goes_by_key_number_id_and_address(connection, store, bug_of_the_world):
    """Whatever a colleague sends, it is the same bug."""
    bug = bug_of_the_world
    project = store.projects.get(bug.project_id)
    page = f"https://bugtracker.zoho.com/portal/brightwater#buginfo/{project.id}/{bug.id}"
    key = key_of(store, bug)
    for said in (key, key.lower(), bug.id, str(bug.id), page):
        found = connection.bug(said)
        assert found.id == str(bug.id)
        assert found["title"] == bug.title
    assert connection.bug(bug.number, project=project.name).key == key


@pytest.mark.parametrize("api", ["auto", "v3"])
def test_a_bug_goes_by_its_row(connection, store, bug_of_the_world, api):
    """A row of any frame, a frame of one row, a record, a Bug itself; what is none of these says what to give."""
    number = str(bug_of_the_world.id)
    frame = connection.pull("bugs", projects=store.projects.get(bug_of_the_world.project_id).name, api=api)
    chosen = frame[frame["id"].astype(str) == number]
    row, key = chosen.iloc[0], key_of(store, bug_of_the_world)
    record = {"id_string": number, "key": key}
    for said in (row, row[["key", "title"]], chosen, record, row.to_dict(), connection.bug(key)):
        assert connection.bug(said).id == number
    for said, problem in ((frame, "a table of [0-9,]+ rows"), (row[["title"]], "names no bug"), ({}, "names no bug")):
        with pytest.raises(UsageError, match=problem):
            connection.bug(said)


@pytest.mark.parametrize("api", ["classic", "v3"])
def test_a_bug_is_found_where_the_server_caps_its_pages(connection, world, store, api):
    """It gives 37 where 200 are asked for: no bug is missing for that."""
    if api == "v3":
        world.set(classic_end="410")
    project = max(store.projects, key=lambda one: len(store.bugs.of(one.id)))
    world.faults.add(path=f"*/{project.id}/*", kind="small_pages", size=37, times=99)
    number = len(store.bugs.of(project.id)) // 2
    assert connection.bug(number, project=project.name).key == f"{project.prefix}-I{number}"


def test_a_wrong_key_names_the_prefixes_that_there_are(connection, store, bug_of_the_world):
    """Of no project: an error with the right ones. Of none of its bugs: not found."""
    with pytest.raises(UsageError) as caught:
        connection.bug("XX9-I1")
    assert all(project.prefix in caught.value.hint for project in store.projects)
    with pytest.raises(NotFound):
        connection.bug(key_of(store, bug_of_the_world).partition("-")[0] + "-I99999")
    with pytest.raises(UsageError, match="names no bug"):
        connection.bug("the one with the login")


def test_what_hangs_on_a_bug(connection, store):
    """Its comments with their text, its history, its files, each as a table that begins with who and when."""
    bug = next(bug for bug in store.bugs if bug.comment_count > 2 and bug.attachment_count)
    found = connection.bug(key_of(store, bug))
    comments = found.comments()
    assert len(comments) == bug.comment_count
    assert list(comments.columns[:3]) == ["author", "created", "content_text"]
    assert not comments["content_text"].str.contains("<").any()
    assert list(found.history().columns[:3]) == ["time", "person", "activity"]
    assert len(found.attachments()) == bug.attachment_count
    assert list(found.attachments().columns[:4]) == ["name", "size", "person", "created"]


def test_a_change_by_name_reaches_the_world(connection, store, bug_of_the_world):
    """Names become ids, dates the API's form; the answer is the new record."""
    bug = connection.bug(key_of(store, bug_of_the_world))
    milestone = store.milestones.of(bug_of_the_world.project_id)[3]
    bug.update(
        status="In progress", severity="critical", assignee="Tom O'Connor", due="2026-12-01", milestone=milestone.name
    )
    now = store.bugs.get(bug_of_the_world.id)
    assert store.choices[now.status_id].name == bug["status"] == "In progress"
    assert store.choices[now.severity_id].name == "Critical"
    assert store.members.get(now.assignee).name == bug["assignee"] == "Tom O'Connor"
    assert now.milestone_id == milestone.id
    assert str(bug["due"]) == "2026-12-01"


def test_close_and_reopen(connection, store, bug_of_the_world):
    """The portal's own words for it; a comment comes with it."""
    bug = connection.bug(key_of(store, bug_of_the_world))
    bug.close(comment="Fixed in 4.2")
    assert store.bugs.get(bug_of_the_world.id).closed_ms is not None
    assert "Fixed in 4.2" in bug.comments()["content_text"].tolist()
    bug.reopen()
    assert store.bugs.get(bug_of_the_world.id).closed_ms is None
    assert bug["status"] == "Reopen"


@pytest.mark.parametrize(
    "case",
    [
        ({"statsu": "Closed"}, "Did you mean status?"),
        ({"status": "Clsoed"}, "Did you mean Closed?"),
        ({"created": "2026-01-01"}, "These can: title, status"),
        ({"due": "soon"}, "2026-09-01"),
        ({"assignee": "Nobody Here"}, "There are:"),
        ({"title": ""}, 'Write title="…"'),
        ({}, "Name a field"),
    ],
)
def test_nothing_is_sent_where_a_word_is_wrong(connection, wire, store, bug_of_the_world, case):
    """Unknown keys and values are refused before the write."""
    said, told = case
    bug = connection.bug(key_of(store, bug_of_the_world))
    with pytest.raises(UsageError) as caught:
        bug.update(**said)
    assert told in caught.value.hint
    assert not [request for request in wire.requests if request.method == "POST" and "/bugs/" in request.url]


def test_a_choice_that_is_called_none_and_a_text_are_emptied(connection, store, bug_of_the_world):
    """None means the severity of that name, and "" no description; the answer is compared with that."""
    bug = connection.bug(key_of(store, bug_of_the_world))
    bug.update(severity="Major", description="Seen in build 7")
    bug.update(severity=None, description="")
    assert bug["severity"] == "None"
    assert bug["description"] is None


class Deaf(Wire):
    """A Zoho that takes a write with 200 and changes nothing, as V3 does with keys that it does not know."""

    def __call__(self, request):
        if request.method == "POST" and "/bugs/" in request.url:
            from dataclasses import replace

            answer = super().__call__(replace(request, method="GET", form=None))
            return Response(answer.status, answer.headers, answer.body)
        return super().__call__(request)


def test_what_did_not_take_is_said(world, store, bug_of_the_world):
    """A 200 is no proof: the answer is compared with what was asked."""
    from tests.client.conftest import sign_in

    connection = sign_in(world, Deaf(world))
    bug = connection.bug(key_of(store, bug_of_the_world))
    other = "Minor" if bug["severity"] != "Minor" else "Major"
    with pytest.raises(ApiError, match=r"did not take: severity \(asked: M"):
        bug.update(severity=other)


def test_a_key_stands_for_the_number_in_a_path(connection, store, bug_of_the_world):
    """The raw path of a bug, or of what hangs on it, takes its key; another project's key is refused."""
    bug = bug_of_the_world
    here = f"/portal/brightwater/projects/{bug.project_id}/bugs/{key_of(store, bug)}/"
    assert connection.get(here)["bugs"][0]["id"] == bug.id
    assert len(connection.frame(here + "comments/")) == bug.comment_count
    elsewhere = next(project for project in store.projects if project.id != bug.project_id)
    with pytest.raises(UsageError, match="another project"):
        connection.get(f"/portal/brightwater/projects/{elsewhere.id}/bugs/{key_of(store, bug)}/")
