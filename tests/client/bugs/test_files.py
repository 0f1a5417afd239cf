"""A bug's files: listed, fetched from another host without the token, attached in the API's own steps."""

import pytest

from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.client.errors import ApiError, ScopeMissing, UsageError
from zbt_notebook.client.login_flow import LoginFlow

WORKDRIVE = ("WorkDrive.workspace.ALL", "WorkDrive.team.ALL", "WorkDrive.files.ALL")
SCOPES = (*PRESETS["triage"], "ZohoProjects.portals.CREATE", *WORKDRIVE)


def sign_in(world, wire, clock, data_center, scopes):
    client = world.client
    flow = LoginFlow(
        *(client.client_id, client.client_secret, client.redirect_uri, scopes, data_center), transport=wire, clock=clock
    )
    return flow.finish(world.consent(flow.authorization_url))


@pytest.fixture
def connection(world, wire, clock, data_center):
    """With the scopes of files as well."""
    return sign_in(world, wire, clock, data_center, SCOPES)


@pytest.fixture
def key(connection):
    frame = connection.pull("bugs")
    return frame.loc[frame["attachment_count"].astype("Int64") > 0, "key"].iloc[0]


@pytest.fixture
def bug(connection, world, key):
    def bug(**switches):
        world.set(classic_end="410", **switches)
        connection.lookups.forget()
        connection.client.classic_is_off = False
        return connection.bug(key)

    return bug


@pytest.mark.parametrize("at", ["both", "issue", "project"])
@pytest.mark.parametrize("word", ["singular", "plural"])
def test_files_are_listed_wherever_the_portal_lists_them(bug, at, word):
    """By the issue or by the project, under either word, with ids or without."""
    files = bug(attachments_path=at, attachment_key=word, attachment_ids="some -1").files
    assert files.records()
    assert all(record["name"] for record in files.records())


def test_a_file_comes_from_its_own_host_without_the_token(bug, wire, tmp_path):
    """The host is named, and saw no token."""
    files = bug().files
    wire.requests.clear()
    done = files.download(0, tmp_path)
    assert done.path.read_bytes()
    assert done.path.parent == tmp_path
    assert not done.with_token
    fetched = [request for request in wire.requests if done.host in request.url]
    assert len(fetched) == 1
    assert "bugtracker" not in done.host
    assert not any(name.lower() == "authorization" for name, _ in fetched[0].headers)
    assert done.host in str(done)


@pytest.mark.parametrize(
    ("hidden", "told"), [(False, "answers HTTP 40"), (True, "answers HTTP 200 with INVALID_OAUTHTOKEN")]
)
def test_the_token_goes_there_only_where_the_user_says_so(bug, tmp_path, hidden, told):
    """Where the host wants it, the error says how; a refusal under 200 is not saved as the file."""
    files = bug(downloads_need_token=True, errors_in_200=hidden).files
    with pytest.raises(ApiError, match=told) as raised:
        files.download(0, tmp_path)
    assert "with_token=True" in raised.value.hint
    assert not list(tmp_path.iterdir())
    assert files.download(0, tmp_path, with_token=True).path.read_bytes()


def test_a_file_that_tells_of_an_error_is_a_file(bug, tmp_path):
    """JSON of the size that was told, whatever it says."""
    source = tmp_path / "answer.json"
    source.write_bytes(b'{"error": {"code": 6401, "message": "from a log"}}')
    files = bug().files
    files.attach(source)
    assert files.download("answer.json", tmp_path / "again.json").path.read_bytes() == source.read_bytes()


def test_nothing_is_overwritten_and_no_name_leads_out(bug, tmp_path):
    """Whatever the server calls a file."""
    files = bug().files
    files.download(0, tmp_path)
    with pytest.raises(UsageError, match="there already"):
        files.download(0, tmp_path)
    with pytest.raises(UsageError, match="no file"):
        files.download("../../etc/passwd", tmp_path)


def test_a_file_is_attached_in_two_steps(bug, wire, tmp_path):
    """To the portal as multipart, then to the issue by a form; it is listed after that, with the same bytes."""
    source = tmp_path / "log.txt"
    source.write_bytes(b"what happened")
    files = bug().files
    wire.requests.clear()
    files.attach(source)
    posts = [request.url.rpartition("/")[2] for request in wire.requests if request.method == "POST"]
    assert posts == ["attachments", "attachments"]
    assert files.download("log.txt", tmp_path / "again.txt").path.read_bytes() == b"what happened"


def test_the_classic_api_does_the_same(connection, key, tmp_path):
    """In one step, from its own host."""
    source = tmp_path / "log.txt"
    source.write_bytes(b"what happened")
    files = connection.bug(key).files
    files.attach(source)
    assert files.download("log.txt", tmp_path / "again.txt").path.read_bytes() == b"what happened"


def test_the_scopes_of_files_are_named_with_the_line_that_adds_them(world, wire, clock, data_center, key, tmp_path):
    """A sign-in for triage may read files, and not upload them."""
    source = tmp_path / "log.txt"
    source.write_bytes(b"x")
    world.set(classic_end="410")
    with pytest.raises(ScopeMissing) as raised:
        sign_in(world, wire, clock, data_center, PRESETS["triage"]).bug(key).files.attach(source)
    assert set(WORKDRIVE) <= set(raised.value.needed.split(","))


def test_a_portal_without_its_file_store_says_so(bug, tmp_path):
    """V3 uploads to WorkDrive, which not every portal has."""
    source = tmp_path / "log.txt"
    source.write_bytes(b"x")
    with pytest.raises(ApiError):
        bug(workdrive=False).files.attach(source)
