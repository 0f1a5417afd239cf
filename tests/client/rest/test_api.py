"""The REST dialect: calls built, answers read, pages followed."""

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Response, Upload
from zbt_notebook.client.lists.page import Page
from zbt_notebook.client.lists.read_lists import beginning, page_call, paging_of
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall

US = DATA_CENTERS["us"]
BUGS = "/restapi/portal/1/projects/2/bugs/"


def call(path=BUGS, method="GET", **more):
    return api.normalize(ApiCall(method, path, **more), US)


def written(asked):
    return api.write(api.normalize(asked, US), US)


def read(body, asked=None, status=200):
    return api.read(Response(status, {"content-type": "application/json"}, json.dumps(body).encode()), asked or call())


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("/portals/", "/restapi/portals/"),
        ("portals/", "/restapi/portals/"),
        ("/portals", "/restapi/portals/"),
        ("/restapi/portals/", "/restapi/portals/"),
        ("/api/v3/portals", "/api/v3/portals"),
        ("https://bugtracker.zoho.com/restapi/portals/", "/restapi/portals/"),
        ("/portal/acme/projects/1/bugs/2/timer", "/restapi/portal/acme/projects/1/bugs/2/timer"),
        ("/something/new", "/restapi/something/new"),
        ("/portal/a%20b/projects/", "/restapi/portal/a%20b/projects/"),
    ],
)
def test_paths_in_three_spellings(typed, full):
    """Zoho's own, in full, or the whole address; a forgotten last slash is put where the catalogue has one."""
    assert call(typed).path == full


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/x",
        "https://evil.example/restapi/portals/",
        "https://bugtracker.zoho.com.evil.example/restapi/",
        "https://bugtracker.zoho.com@evil.example/restapi/",
        "http://bugtracker.zoho.com/restapi/portals/",
        "/\\evil.example",
        "/portals/../../x",
        "/portals/%2e%2E/x",
        "/portals/\r\nHost: evil",
        "/portals/\tx",
        "/por tals/",
        "///x",
    ],
)
def test_a_path_cannot_lead_elsewhere(path):
    """Refused before anything is signed."""
    with pytest.raises(UsageError):
        call(path)


@given(st.text(max_size=80))
def test_every_path_stays_on_the_api_host(path):
    """Whatever is typed: a usage error, or a request to this data centre."""
    try:
        request = written(ApiCall("GET", path))
    except UsageError:
        return
    parts = urlsplit(request.url)
    assert f"{parts.scheme}://{parts.netloc}" == US.api_url
    assert parts.path.startswith(("/restapi/", "/api/"))


def test_a_query_in_the_path_becomes_parameters():
    """As pasted from the documentation."""
    assert call("/portals/?index=1&range=5").params == (("index", "1"), ("range", "5"))


def test_classic_bodies_are_forms_and_v3_bodies_json():
    """Typed values are kept in JSON, and written as JSON into form fields."""
    fields = (("title", "It breaks"), ("flag", ["a"]))
    classic = written(ApiCall("POST", BUGS, fields=fields))
    assert classic.form == (("title", "It breaks"), ("flag", '["a"]'))
    v3 = written(ApiCall("POST", "/api/v3/portal/1/projects/2/issues", fields=fields))
    assert v3.json == {"title": "It breaks", "flag": ["a"]}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v3/portal/1/tags", "tags"),
        ("/api/v3/portal/1/addbulktimelogs", "log_object"),
        ("/api/v3/portal/1/projects/2/issues/3/attachments", "attachment_ids"),
    ],
)
def test_what_v3_wants_as_a_form_goes_as_one(path, field):
    """Tags, attachments' ids and bulk time logs: the field holds JSON, whether it was given as one or as the body."""
    value = [{"name": "x"}]
    for given_as in ({"fields": ((field, value),)}, {"json": value}, {"json": {field: value}}):
        request = written(ApiCall("POST", path, **given_as))
        assert request.form == ((field, '[{"name":"x"}]'),)
        assert request.json is None


def test_a_tag_is_associated_by_form_fields():
    """Numbers and all."""
    fields = (("tag_id", "5"), ("entity_id", "9"), ("entityType", 6))
    request = written(ApiCall("POST", "/api/v3/portal/1/projects/2/tags/associate", fields=fields))
    assert request.form == (("tag_id", "5"), ("entity_id", "9"), ("entityType", "6"))


def test_uploads_go_as_multipart_with_their_fields():
    """An attachment and its description."""
    request = written(
        ApiCall("POST", BUGS, fields=(("title", "x"),), uploads=(Upload("uploaddoc", "a.txt", b"hello"),))
    )
    assert request.uploads[0].content == b"hello"
    assert request.form == (("title", "x"),)


def test_v3_lists_always_name_their_page():
    """Without it Zoho answers LESS_THAN_MIN_OCCURANCE."""
    assert call("/api/v3/portal/1/projects/2/issues").params == (("page", "1"),)


def test_v3_lists_always_name_the_size_of_their_page():
    """Without it, some portals give ten records and others a hundred; the users of v3.1 come fifty at most."""
    issues = "/api/v3/portal/1/projects/2/issues"
    assert written(ApiCall("GET", issues)).params == (("page", "1"), ("per_page", "100"))
    assert written(ApiCall("GET", issues + "?page=3&per_page=7")).params == (("page", "3"), ("per_page", "7"))
    assert dict(written(ApiCall("GET", "/api/v3.1/portal/1/users")).params)["per_page"] == "50"
    assert dict(first_page(call("/api/v3.1/portal/1/users")).params)["per_page"] == "50"


def test_the_envelope_of_a_list_is_opened():
    """By the catalogue's key, whatever else stands beside it."""
    assert read({"login_id": "7", "bugs": [{"id": 1}]}).records == [{"id": 1}]


def test_a_bare_array_is_a_list():
    """As V3 gives its portals."""
    page = read([{"id": "1"}], call("/api/v3/portals"))
    assert page.records == [{"id": "1"}]
    assert page.next is None


def test_one_thing_is_taken_out_of_its_envelope():
    """A bug's own page answers {"bugs": [{…}]}; the body stays as it came."""
    page = read({"bugs": [{"id": 1, "title": "x"}]}, call(BUGS + "3/"))
    assert page.records is None
    assert page.thing == {"id": 1, "title": "x"}
    assert page.body == {"bugs": [{"id": 1, "title": "x"}]}


ISSUE = "/api/v3/portal/1/projects/2/issues/3"


@pytest.mark.parametrize("body", [[{"id": "3", "name": "x"}], {"id": "3", "name": "x"}])
def test_one_issue_is_one_thing_in_an_array_of_one_or_without(body):
    """Both were recorded; what comes out is the same, the body too."""
    page = read(body, call(ISSUE))
    assert (page.records, page.thing, page.body) == (None, {"id": "3", "name": "x"}, {"id": "3", "name": "x"})


@pytest.mark.parametrize("body", [[{"id": "7"}], {"comments": [{"id": "7"}]}, {"id": "7"}])
def test_a_written_comment_is_unwrapped_from_each_of_its_three_shapes(body):
    """A bare array, the list's envelope, or the comment itself."""
    assert read(body, call(f"{ISSUE}/comments", "POST"), 201).thing == {"id": "7"}


@pytest.mark.parametrize(
    ("path", "body", "thing"),
    [
        ("/resolution", {"issue_resolution": {"resolution": "done"}}, {"resolution": "done"}),
        ("/resolution", {"issue_resolution": {}}, {}),
        (
            "/linkedissues",
            {"issue_linked": {"linked_issues": {"relate": [{"issue_id": "4"}]}}},
            {"relate": [{"issue_id": "4"}]},
        ),
    ],
)
def test_what_v3_wraps_twice_is_unwrapped(path, body, thing):
    """A resolution; linked issues, which are one thing by kind of link, no list."""
    page = read(body, call(ISSUE + path))
    assert page.records is None
    assert page.thing == thing


@pytest.mark.parametrize("key", ["attachment", "attachments"])
def test_attachments_are_found_under_either_word(key):
    """The singular was recorded, and the plural."""
    body = {key: [{"attachment_id": "-1"}]}
    assert read(body, call("/api/v3/portal/1/projects/2/attachments")).records == [{"attachment_id": "-1"}]
    assert read(body, call(f"{ISSUE}/attachments")).records == [{"attachment_id": "-1"}]


@pytest.mark.parametrize("status", [204, 200])
def test_nothing_is_an_empty_list(status):
    """204 without a body is how Zoho says: no rows."""
    page = api.read(Response(status), call())
    assert page.records == []
    assert page.body == {"bugs": []}
    assert page.next is None


def test_nothing_after_a_deletion_is_nothing():
    """DELETE answers 204 in V3."""
    assert api.read(Response(204), call("/api/v3/portal/1/projects/2/issues/3", "DELETE")).records is None


def first_page(asked):
    paging = paging_of(asked)
    start, size = beginning(asked, paging)
    return page_call(asked, paging, Page(start, size))


def test_a_full_page_asks_for_the_next():
    """Index counts from 1: after 1..200 comes 201."""
    first = first_page(call())
    assert dict(first.params) == {"index": "1", "range": "200"}
    page = read({"bugs": [{"id": n} for n in range(200)]}, first)
    assert dict(page.next.params) == {"index": "201", "range": "200"}
    assert read({"bugs": [{"id": 1}] * 199}, page.next).next is None


@pytest.mark.parametrize("more", [True, "true"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_v3_tells_whether_there_is_more(more, wrapped):
    """has_next_page is a boolean or a string, page_info an object or an array of one."""
    info = {"page": 1, "has_next_page": more}
    asked = first_page(call("/api/v3/portal/1/projects/2/issues"))
    page = read({"issues": [{"id": "1"}], "page_info": [info] if wrapped else info}, asked)
    assert dict(page.next.params) == {"page": "2", "per_page": "200"}
    info["has_next_page"] = "false" if more == "true" else False
    assert read({"issues": [{"id": "1"}], "page_info": [info] if wrapped else info}, asked).next is None


def test_a_time_log_is_a_row():
    """Zoho groups them by day and kind; a row a log is what an analysis wants."""
    day = {
        "date": "12-11-2018",
        "total_hours": "03:00",
        "buglogs": [{"id": 1, "hours": 1}, {"id": 2, "hours": 1}],
        "generallogs": [{"id": 3, "hours": 1}],
    }
    page = read({"timelogs": {"grandtotal": 3, "date": [day]}}, call("/restapi/portal/1/projects/2/logs/"))
    assert [(row["id"], row["log_type"], row["day_date"]) for row in page.records] == [
        (1, "bug", "12-11-2018"),
        (2, "bug", "12-11-2018"),
        (3, "general", "12-11-2018"),
    ]


def test_a_file_is_given_as_bytes():
    """An attachment's download is no JSON."""
    page = api.read(Response(200, {"content-type": "image/png"}, b"\x89PNG"), call("/restapi/some/file"))
    assert page.thing == b"\x89PNG"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=5), v, max_size=4),
    )
)
def test_whatever_json_comes_it_is_read(body):
    """A list or one thing, never an exception."""
    page = read(body, call("/restapi/unknown/"))
    assert page.body == body
