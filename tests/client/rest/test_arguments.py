"""requests' arguments: every shape that it takes, none dropped without a word."""

import io
import os

import pytest

from tests.conftest import without_addresses
from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.http.bodies import encode_body
from zbt_notebook.client.rest.arguments import call, pairs


@pytest.fixture
def bugs(connection):
    portal = connection.get("/portals/")["portals"][0]["id"]
    project = connection.get(f"/portal/{portal}/projects/")["projects"][0]["id"]
    return f"/portal/{portal}/projects/{project}/bugs/"


SHAPES = [
    lambda: {"title": "Shaped"},
    lambda: [("title", "Shaped")],
    lambda: [["title", "Shaped"]],
    lambda: (("title", "Shaped"),),
    {"title": "Shaped"}.items,
    lambda: iter([("title", "Shaped")]),
    lambda: ((name, "Shaped") for name in ("title",)),
    lambda: {b"title": "Shaped"},
]
RAW = [
    lambda: "title=Shaped",
    lambda: b"title=Shaped",
    lambda: bytearray(b"title=Shaped"),
    lambda: memoryview(b"title=Shaped"),
    lambda: io.BytesIO(b"title=Shaped"),
    lambda: io.StringIO("title=Shaped"),
    lambda: (piece for piece in (b"title=", "Shaped")),
    lambda: iter([b"title=", b"Shaped"]),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_data_by_name_arrives(shape, connection, bugs):
    """A dict, pairs, items, a generator: the bug has the title."""
    assert connection.request("POST", bugs, data=shape()).json()["bugs"][0]["title"] == "Shaped"


@pytest.mark.parametrize("shape", RAW)
def test_data_as_it_is_arrives(shape, connection, bugs):
    """Text, bytes of every kind, an open file, pieces: the server reads the same body."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert connection.request("POST", bugs, data=shape(), headers=form).json()["bugs"][0]["title"] == "Shaped"


@pytest.mark.parametrize("shape", SHAPES[4:-1])
def test_what_requests_itself_cannot_write_is_refused(shape, connection, bugs):
    """Pairs that come one by one are a stream to requests, and no bytes."""
    with pytest.raises(UsageError, match="cannot be read"):
        connection.session.post(f"{connection.data_center.api_url}/restapi{bugs}", data=shape())


@pytest.mark.parametrize("shape", [*SHAPES[:4], *RAW])
def test_the_session_sends_the_same(shape, connection, bugs):
    """connection.session with requests' own encoding."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = connection.session.post(f"{connection.data_center.api_url}/restapi{bugs}", data=shape(), headers=form)
    assert answer.json()["bugs"][0]["title"] == "Shaped"


def test_an_open_file_is_read_from_where_it_stands(tmp_path):
    """As requests reads it."""
    place = tmp_path / "body"
    place.write_text("xxtitle=Shaped")
    with place.open("rb") as file:
        file.seek(2)
        assert call("POST", "/x/", data=file).raw == b"title=Shaped"
        file.close()
        with pytest.raises(UsageError, match="cannot be read"):
            call("POST", "/x/", data=file)


NO_DATA = [
    5,
    object(),
    ["a"],
    [("a",)],
    [("a", 1, 2)],
    {None: 1},
    {(1,): 2},
    [b"a", 5],
    "\ud800",
    {"a": object()},
    True,
]


@pytest.mark.parametrize("data", NO_DATA, ids=without_addresses)
def test_data_of_another_shape_is_refused(data):
    """Two lines, nothing sent."""
    with pytest.raises(UsageError) as refusal:
        call("POST", "/x/", data=data)
    assert refusal.value.hint


@pytest.mark.parametrize("params", [5, b"\xff", ["a"], [("a",)], {"a": None}, {"a": object()}, {None: 1}, object()])
def test_params_of_another_shape_are_refused(params):
    """As data= is."""
    with pytest.raises(UsageError):
        pairs(params)


def test_params_in_every_shape():
    """A mapping, pairs, a generator, a query string."""
    expected = (("a", "1"), ("b", ""))
    for params in ({"a": 1, "b": ""}, [("a", 1), ("b", "")], iter((("a", 1), ("b", ""))), "?a=1&b=", b"a=1&b="):
        assert pairs(params) == expected


FILES = [
    (lambda _: {"uploaddoc": b"hello"}, "uploaddoc", ""),
    (lambda _: {"uploaddoc": "hello"}, "uploaddoc", ""),
    (lambda _: {"uploaddoc": io.BytesIO(b"hello")}, "uploaddoc", ""),
    (lambda path: {"uploaddoc": path}, "uploaddoc", ""),
    (lambda path: {"uploaddoc": path.open("rb")}, "note.txt", ""),
    (lambda path: {"uploaddoc": path.open()}, "note.txt", ""),
    (lambda path: [("uploaddoc", path.open("rb"))], "note.txt", ""),
    (lambda _: {"uploaddoc": ("a.txt", "hello")}, "a.txt", ""),
    (lambda _: {"uploaddoc": ["a.txt", b"hello"]}, "a.txt", ""),
    (lambda path: {"uploaddoc": ("a.txt", path)}, "a.txt", ""),
    (lambda _: {"uploaddoc": ("a.txt", b"hello", "image/png")}, "a.txt", "image/png"),
    (lambda _: {"uploaddoc": ("a.txt", b"hello", "image/png", {"X-A": "1"})}, "a.txt", "image/png"),
    (lambda _: {"uploaddoc": (None, b"hello")}, "", ""),
    (lambda _: {"uploaddoc": bytearray(b"hello")}, "uploaddoc", ""),
]


@pytest.mark.parametrize(("shape", "filename", "kind"), FILES)
def test_files_in_every_shape(shape, filename, kind, tmp_path):
    """Open, a path, bytes, text, or any of these after its name, with a type and headers of its own."""
    place = tmp_path / "note.txt"
    place.write_text("hello")
    files = shape(place)
    upload = call("POST", "/x/", files=files).uploads[0]
    assert (upload.name, upload.content, upload.content_type) == ("uploaddoc", b"hello", kind)
    assert upload.filename in {filename, "note.txt" if filename == "uploaddoc" else filename}
    for file in files.values() if isinstance(files, dict) else (file for _, file in files):
        if isinstance(file, io.IOBase):
            file.close()


def test_a_file_without_a_name_of_its_own(tmp_path):
    """A number for a name, as os.fdopen gives it, is none."""
    place = tmp_path / "x"
    place.write_bytes(b"hello")
    with os.fdopen(os.open(place, os.O_RDONLY), "rb") as file:
        assert call("POST", "/x/", files={"doc": file}).uploads[0].filename == "doc"


NO_FILES = [
    *({"a": 5}, {"a": None}, {"a": ("x",)}, {"a": ("x", b"", "t", {}, 1)}, {"a": ("x", 5)}, [5], "text"),
    *({"a": ("\ud800", b"")}, {"a": object()}),
]


@pytest.mark.parametrize("files", NO_FILES, ids=without_addresses)
def test_files_of_another_shape_are_refused(files):
    """Nothing is sent without its file."""
    with pytest.raises(UsageError):
        call("POST", "/x/", files=files)


def test_a_file_that_is_not_there_is_named(tmp_path):
    """Two lines, with the system's word."""
    with pytest.raises(UsageError, match="No such file"):
        call("POST", "/x/", files={"a": tmp_path / "nowhere"})


def test_a_multipart_body_keeps_type_and_headers(connection, wire):
    """What a tuple of four says stands in its part."""
    with pytest.raises(ApiError):
        connection.request("POST", "/portals/", files={"doc": ("a.bin", b"x", "image/png", {"X-Part": "yes"})})
    body, kind = encode_body(wire.requests[-1])
    assert kind.startswith("multipart/form-data; boundary=")
    assert body
    assert b"Content-Type: image/png" in body
    assert b"X-Part: yes" in body
    assert b'filename="a.bin"' in body


@pytest.mark.parametrize(
    "arguments",
    [
        {"data": {"a": 1}, "json": {}},
        {"data": "a=1", "json": []},
        {"json": {}, "files": {"a": b""}},
        {"data": b"a=1", "files": {"a": b""}},
    ],
)
def test_two_bodies_are_refused(arguments):
    """The library would drop one of them."""
    with pytest.raises(UsageError, match="two bodies"):
        call("POST", "/x/", **arguments)


def test_a_field_twice_is_sent_twice_or_refused():
    """A form holds both; JSON would lose one."""
    assert call("POST", "/x/", data=[("a", 1), ("a", 2)]).fields == (("a", "1"), ("a", "2"))
    with pytest.raises(UsageError, match="'a' is there twice"):
        call("POST", "/api/v3/x", data=[("a", 1), ("a", 2)])


@pytest.mark.parametrize(("method", "path"), [(5, "/x/"), (None, "/x/"), ("GET", None), ("GET", b"/x/"), ("GET", 5)])
def test_method_and_path_are_texts(method, path):
    """Not Python's AttributeError."""
    with pytest.raises(UsageError):
        call(method, path)
