"""Whatever road leads to a list: it comes whole, or what came stands in an error that tells so."""

import json
import threading
from dataclasses import replace

import pytest

from tests.client.conftest import NOW
from zbt_notebook.client.errors import ApiError, IncompletePull, Unreachable
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.lists import kept_pull
from zbt_notebook.client.refetch import refetch, resume
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.simulator.clock import Clock as SandboxClock
from zbt_notebook.simulator.world import World

ROADS = ["rows", "frame", "records", "limit", "pull", "refetch"]


@pytest.fixture
def world():
    return World(projects=2, bugs=760, clock=SandboxClock(frozen_at=NOW))


@pytest.fixture
def project(store):
    """A project with 450 bugs: three pages."""
    project = max(store.projects, key=lambda project: len(store.bugs.of(project.id)))
    bugs = store.bugs.of(project.id)
    for bug in bugs[450:]:
        store.bugs.remove(bug)
    assert len(store.bugs.of(project.id)) == 450
    return project


@pytest.fixture
def path(project):
    return f"/portal/brightwater/projects/{project.id}/bugs/"


@pytest.fixture
def twist(connection, monkeypatch):
    """Let ``twist(answer)`` change what the list of bugs answers: it is given the request, the answer, its position."""
    send = connection.client.transport
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)

    def install(change):
        def transport(request):
            answer = send(request)
            if not request.url.endswith("/bugs/"):
                return answer
            return change(request, answer, int(dict(request.params).get("index", 1)))

        connection.client.transport = transport

    install.off = lambda: setattr(connection.client, "transport", send)  # type: ignore[attr-defined]
    return install


@pytest.fixture
def before(connection, path, road):
    """The table to be asked for anew, on the road that needs one."""
    return connection.frame(path) if road == "refetch" else None


def read(road, connection, project, path, before=None):
    """The ids that a road gives."""
    if road == "rows":
        return [row.get("id") for row in connection.rows(path)]
    if road == "frame":
        return list(connection.frame(path)["id"])
    if road == "records":
        return [row["id"] for row in connection.records(ApiCall("GET", path))[0]]
    if road == "limit":
        return [row.get("id") for row in connection.rows(path, limit=10_000)]
    if road == "refetch":
        return list(refetch(before)["id"])
    return list(connection.pull("bugs", projects=project.id, progress=False)["id"])


def body(answer, **changes):
    return replace(answer, status=200, body=json.dumps({**json.loads(answer.body or b"{}"), **changes}).encode())


def error(status, code=6500, under=None):
    told = json.dumps({"error": {"code": code, "message": "no"}}).encode()
    return Response(under or status, {"content-type": "application/json"}, told)


FAULTS = {
    "400": lambda _: error(400, 6831),
    "403": lambda _: error(403, 6403),
    "404": lambda _: error(404, 6404),
    "500": lambda _: error(500),
    "redirect": lambda _: Response(302, {"location": "https://elsewhere.example/"}, b""),
    "error under 200": lambda _: error(200, 6403),
    "error behind the rows": lambda answer: body(answer, error={"code": 6403, "message": "no"}),
    "error behind blanks": lambda answer: replace(answer, body=b" " * 5000 + b'{"error":{"code":6403,"message":"no"}}'),
    "error spelt otherwise": lambda answer: replace(answer, body=rb'{"\u0065rror":{"code":6403,"message":"no"}}'),
    "no JSON": lambda answer: replace(answer, body=b"<html>Good evening</html>"),
    "half of it": lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]),
    "another list": lambda answer: replace(answer, body=b'{"milestones":[{"id":1,"id_string":"1"}]}'),
    "one thing": lambda answer: replace(answer, body=b'{"bugs":{"id":1}}'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_later_page_that_fails_first_waits_for_the_first_page(connection, twist, project, store, fault):
    """Pages are asked for side by side: which answer comes first makes no difference to what is told."""
    late = threading.Event()

    def change(_request, answer, index):
        if index == 1:
            late.wait(0.1)
            return answer
        return FAULTS[fault](answer)

    twist(change)
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", projects=project.id, progress=False)
    assert len(caught.value.rows) == 200
    twist(lambda _request, answer, _index: answer)
    wanted = sorted(bug.id for bug in store.bugs.of(project.id))
    assert sorted(resume(caught.value.resume, progress=False)["id"]) == wanted


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("road", ROADS)
def test_a_page_that_fails_midway_is_no_result(connection, twist, project, path, store, road, fault, before):
    """What came is in the error, and resume fetches the rest of it and no more."""
    wanted = sorted(bug.id for bug in store.bugs.of(project.id))
    asked = []
    mended = False

    def change(_request, answer, index):
        asked.append(index)
        return answer if index == 1 or mended else FAULTS[fault](answer)

    twist(change)
    with pytest.raises(IncompletePull) as caught:
        read(road, connection, project, path, before)
    broken = caught.value
    assert len(broken.rows) == 200
    assert isinstance(broken.rows, list) == (road in {"rows", "limit"})
    assert broken.hint
    assert 1 in asked
    del asked[:]
    mended = True
    assert sorted(resume(broken.resume, progress=False)["id"]) == wanted
    assert 1 not in asked
    assert kept_pull.kept() is None


@pytest.mark.parametrize("road", ROADS)
def test_a_server_that_ignores_the_index_is_an_error_that_says_so(connection, twist, project, path, road, before):
    """The same full page again and again is never a list of 200."""
    pages = []

    def change(_request, answer, _index):
        pages.append(answer)
        return pages[0]

    twist(change)
    with pytest.raises(IncompletePull, match="same page again"):
        read(road, connection, project, path, before)
    assert len(pages) < 9


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("cap", [37, 100])
def test_a_server_that_caps_its_pages_gives_all(connection, twist, project, path, store, road, cap, before):
    """A hundred where two hundred were asked for is no end."""
    twist(
        lambda _request, answer, _index: (
            body(answer, bugs=json.loads(answer.body)["bugs"][:cap]) if answer.body else answer
        )
    )
    ids = read(road, connection, project, path, before)
    assert sorted(ids) == sorted(bug.id for bug in store.bugs.of(project.id))


@pytest.mark.parametrize("projects", ["one", "all"])
def test_bugs_that_share_an_id_are_kept_and_told(connection, twist, project, store, projects, capsys):
    """Two records of one page with one id: both are rows, and a line says so."""

    def change(_request, answer, _index):
        if not answer.body or f"/{project.id}/" not in _request.url:
            return answer
        first, second, *others = json.loads(answer.body)["bugs"]
        twins = [{**one, "id": 5, "id_string": "5"} for one in (first, second)]
        return body(answer, bugs=[*twins, *others])

    twist(change)
    frame = connection.pull("bugs", projects=project.id if projects == "one" else "all", progress=False)
    assert len(frame) == (450 if projects == "one" else len(list(store.bugs)))
    assert "6 bugs bear an id that others" in capsys.readouterr().err
    assert "all of them were kept" in frame.attrs["zbt"]["warnings"][0]


@pytest.mark.parametrize("road", ROADS)
def test_rows_without_ids_have_an_end(connection, twist, project, path, road, before):
    """250 of them, whatever is asked for: an error after a few requests."""
    rows, asked = [{"title": f"row {number}"} for number in range(250)], []

    def change(_request, answer, index):
        asked.append(index)
        return body(answer, bugs=rows)

    twist(change)
    with pytest.raises(ApiError, match="same page again"):
        read(road, connection, project, path, before)
    assert len(asked) < 6


@pytest.mark.parametrize("road", [road for road in ROADS if road != "refetch"])
@pytest.mark.parametrize("told", ['{"milestones":[{"id":1}]}', '{"bugs":{"a":1}}', '{"bugs":"none"}', '"bugs"', "7"])
def test_a_first_page_in_a_shape_that_is_not_understood_is_an_error(connection, twist, project, path, road, told):
    """Never an empty table."""
    twist(lambda _request, answer, _index: replace(answer, status=200, body=told.encode()))
    with pytest.raises((ApiError, Unreachable)):
        read(road, connection, project, path)


@pytest.mark.parametrize(
    "told", ["", "{}", "[]", '{"bugs":[]}', '{"bugs":null}', '{"page_info":[{"has_next_page":false}]}']
)
@pytest.mark.parametrize("road", ["rows", "frame", "records"])
def test_an_empty_answer_is_an_empty_table(connection, twist, project, path, road, told):
    """204, an empty envelope, an empty list."""
    twist(lambda _request, answer, _index: replace(answer, status=200 if told else 204, body=told.encode()))
    assert len(connection.frame(path) if road == "frame" else read(road, connection, project, path)) == 0


@pytest.mark.parametrize("status", [403, 404])
def test_a_project_that_refuses_is_told_in_a_line(connection, world, store, status, capsys):
    """Whoever watches, or nobody: the line stands on the error stream, and so in a saved notebook."""
    gone = list(store.projects)[1]
    world.faults.add(path=f"*/{gone.id}/bugs/", kind="status", status=status, times=99)
    for progress in (True, False, lambda _: None):
        frame = connection.pull("bugs", progress=progress)
        assert [one["project.name"] for one in frame.attrs["zbt"]["errors"]] == [gone.name]
        assert "1 project refused" in capsys.readouterr().err


@pytest.mark.parametrize("fault", ["500", "redirect", "half of it", "no JSON"])
def test_a_fault_of_the_servers_is_no_refusal(connection, store, monkeypatch, fault):
    """The first page of one project fails: the pull is incomplete, and does not go on without it."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    later = list(store.projects)[1]
    send = connection.client.transport

    def transport(request):
        answer = send(request)
        return FAULTS[fault](answer) if f"{later.id}/bugs/" in request.url else answer

    connection.client.transport = transport
    with pytest.raises(IncompletePull) as caught:
        connection.pull("bugs", concurrency=1)
    assert caught.value.rows.attrs["zbt"]["errors"] == []
    connection.client.transport = send
    assert len(resume()) == len(list(store.bugs))


@pytest.mark.parametrize("off", [-3, 5])
def test_a_count_that_is_not_what_came_is_told(connection, project, capsys, off):
    """In the frame and in a line."""
    send = connection.client.transport

    def transport(request):
        answer = send(request)
        if request.url.partition("?")[0].endswith("/projects/"):
            told = json.loads(answer.body)
            for one in told["projects"]:
                if one["id"] == project.id:
                    one["bug_count"] = {"open": 450 + off, "closed": 0}
            answer = replace(answer, body=json.dumps(told).encode())
        return answer

    connection.client.transport = transport
    frame = connection.pull("bugs", projects=project.id, progress=False)
    assert len(frame) == 450
    assert frame.attrs["zbt"]["warnings"] == [f"{project.name} announces {450 + off} bugs, 450 came"]
    assert "450 came" in capsys.readouterr().err


@pytest.mark.parametrize("word", [True, "true"])
@pytest.mark.parametrize("shape", ["object", "array"])
@pytest.mark.parametrize("road", ["rows", "frame"])
def test_v3s_word_that_there_is_more_is_taken_in_every_dress(
    connection, store, project, monkeypatch, road, shape, word
):
    """A boolean or a string, in an object or an array; fifty records a page, where two hundred were asked for."""
    portal = connection.get("/portals/")["portals"][0]["id"]
    path = f"/api/v3/portal/{portal}/projects/{project.id}/issues"
    wanted = [{"id": str(bug.id)} for bug in store.bugs.of(project.id)]
    send = connection.client.transport

    def transport(request):
        answer = send(request)
        if "/issues" not in request.url:
            return answer
        asked = dict(request.params)
        size = min(50, int(asked["per_page"]))
        begin = (int(asked["page"]) - 1) * size
        more = begin + size < len(wanted)
        info = {"has_next_page": word if more else type(word)(not word) if isinstance(word, bool) else "false"}
        told = {"issues": wanted[begin : begin + size], "page_info": info if shape == "object" else [info]}
        return replace(answer, status=200, body=json.dumps(told).encode())

    monkeypatch.setattr(connection.client, "transport", transport)
    ids = [row["id"] for row in connection.rows(path)] if road == "rows" else list(connection.frame(path)["id"])
    assert sorted(map(int, ids)) == sorted(int(row["id"]) for row in wanted)


LOG = {"id": 1, "id_string": "1", "hours": 2}


@pytest.mark.parametrize(
    "told",
    [
        {"timelogs": {"buglogs": [LOG]}},
        {"timelogs": {"grandtotal": "02:00", "role": "admin", "buglogs": [LOG]}},
        {"timelogs": {"date": [{"date": "12-11-2018", "buglogs": [LOG]}]}},
        {"timelogs": {"date": {"date": "12-11-2018", "buglogs": [LOG]}}},
        {"timelogs": [{"date": "12-11-2018", "buglogs": [LOG]}]},
        {"timelogs": [LOG]},
    ],
)
@pytest.mark.parametrize("of", ["logs/", "bugs/404170000000040099/logs/"])
def test_time_logs_are_rows_with_days_or_without(connection, project, told, of):
    """Of a project, and of one bug, where its own link points."""
    send = connection.client.transport

    def transport(request):
        answer = send(request)
        return replace(answer, status=200, body=json.dumps(told).encode()) if "/logs/" in request.url else answer

    connection.client.transport = transport
    frame = connection.frame(f"/portal/brightwater/projects/{project.id}/{of}")
    assert list(frame["id"]) == [1]


@pytest.mark.parametrize(
    "told", [{"timelogs": {"of": {"buglogs": [LOG]}}}, {"timelogs": {"buglogs": [7]}}, {"timelogs": 7}]
)
def test_time_logs_in_another_shape_are_an_error(connection, project, told):
    """They would be missing without a word."""
    send = connection.client.transport

    def transport(request):
        answer = send(request)
        return replace(answer, status=200, body=json.dumps(told).encode()) if "/logs/" in request.url else answer

    connection.client.transport = transport
    with pytest.raises(ApiError):
        connection.frame(f"/portal/brightwater/projects/{project.id}/logs/")
