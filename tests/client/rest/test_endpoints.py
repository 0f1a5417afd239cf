"""The catalogue: its file is consistent, and whatever is asked of it is answered."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.auth import scopes
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.endpoints import Endpoint, Parameter
from zbt_notebook.simulator.bugtracker.catalogue import TABLE

FILE = Path(endpoints.__file__).with_name("endpoints.json")
ENTRIES = json.loads(FILE.read_bytes())["endpoints"]
PORTAL = "/restapi/portal/{portal}"
PROJECT = PORTAL + "/projects/{project}"

EVERYTHING = ["READ", "CREATE", "UPDATE", "DELETE", "ALL"]
MODULES = {
    "portals": ["READ", "ALL"],
    "projects": EVERYTHING,
    "milestones": EVERYTHING,
    "bugs": EVERYTHING,
    "timesheets": EVERYTHING,
    "events": EVERYTHING,
    "forums": EVERYTHING,
    "documents": EVERYTHING,
    "users": EVERYTHING,
    "search": ["READ"],
    "tags": ["READ", "CREATE", "ALL"],
}

V3_MODULES = [
    *("portals", "projects", "projectgroups", "milestones", "bugs", "timesheets", "events", "forums", "documents"),
    *("users", "tags", "custom_fields", "status", "bulk"),
]

# Written down apart from the catalogue, from Zoho's pages: P is a portal, PP a project, V the portal in V3.
REQUIRED = """
GET /restapi/portals/ | GET P/
GET P/projects/ | GET PP/ | GET P/projects/customfields/ | POST P/projects/ | POST PP/ | DELETE PP/
GET PP/milestones/ | GET PP/milestones/1/ | POST PP/milestones/ | POST PP/milestones/1/
POST PP/milestones/1/status/ | DELETE PP/milestones/1/
GET PP/bugs/ | GET PP/bugs/1/ | POST PP/bugs/ | POST PP/bugs/1/ | DELETE PP/bugs/1/
POST PP/bugs/1/comments/ | GET PP/bugs/1/comments/ | GET PP/bugs/comments/ | DELETE PP/bugs/1/comments/2
GET PP/bugs/1/timer | GET PP/bugs/customviews/ | GET PP/bugs/1/attachments/
POST PP/bugs/1/attachments/ | GET PP/bugs/1/attachments/2/ | DELETE PP/bugs/1/attachments/2/
GET PP/bugs/1/resolution/ | POST PP/bugs/1/resolution/ | PUT PP/bugs/1/resolution/ | DELETE PP/bugs/1/resolution/
POST PP/bugs/1/bugfollowers/ | GET PP/bugs/1/bugfollowers/ | DELETE PP/bugs/1/bugfollowers/
GET PP/bugs/defaultfields/ | GET PP/bugs/customfields/ | GET PP/bugs/1/activities/ | GET PP/bugs/renamedfields/
GET PP/logs/ | POST PP/bugs/1/logs/ | POST PP/bugs/1/logs/2/ | DELETE PP/bugs/1/logs/2/
POST PP/bugs/1/logs/2/approval | POST PP/logs/2/approval | POST PP/logs/ | POST PP/logs/2/ | DELETE PP/logs/2/
GET PP/events/ | POST PP/events/ | POST PP/events/1/ | DELETE PP/events/1/
GET PP/forums/ | POST PP/forums/ | POST PP/forums/1/ | DELETE PP/forums/1/ | GET PP/forums/1/comments/
POST PP/forums/1/comments/ | GET PP/categories/ | POST PP/categories/
GET PP/documents/ | GET PP/documents/1/ | POST PP/documents/1/ | DELETE PP/documents/1/ | POST PP/documents/
GET PP/documents/1/versions/1.1/ | GET PP/folders/ | POST PP/folders/ | POST PP/folders/1/ | DELETE PP/folders/1/
GET PP/users/ | POST PP/users/ | POST PP/users/1/ | DELETE PP/users/1/ | GET P/users/ | POST P/users/
DELETE P/users/1/ | GET P/users/availcount/ | POST P/users/activate/ | POST P/clients/1/users
GET V/tags | POST V/tags | PATCH V/tags/1 | DELETE V/tags/1 | POST VP/tags/associate | POST VP/tags/dissociate
GET V/globaltags/search | GET P/search?search_term=x | GET PP/activities/ | GET PP/statuses/
GET /api/v3/portals | GET V/projects | GET V/issues | GET VP/issues | GET VP/issues/1 | POST VP/issues
PATCH VP/issues/1 | DELETE VP/issues/1 | GET VP/issues/1/description | POST VP/issues/1/move
POST VP/issues/1/clone | GET VP/issues/1/activities | GET VP/issues/1/comments | POST VP/issues/1/comments
GET VP/issues/1/followers | GET VP/issues/1/resolution | GET VP/issues/1/attachments
GET VP/issues/1/linkedissues | GET VP/bugs | GET VP/milestones
GET VP | GET V/users | GET VP/bugs/1 | POST VP/issues/1/attachments | DELETE VP/issues/1/attachments/2
POST VP/issues/1/followers | POST VP/issues/1/resolution | POST VP/issues/1/link | POST PP/statuses/
GET V | POST V/projects | PATCH VP | POST VP/trash | POST VP/restore | DELETE VP | GET VP/comments | POST VP/comments
GET VP/comments/1 | PATCH VP/comments/1 | DELETE VP/comments/1 | GET V/projects/customview | GET V/project-groups
GET VP/modules | GET VP/issues/1/statustransition | GET WP/issues/1/status-timeline | GET V/issues/customviews
GET VP/issues/customviews | GET VP/issues/1/comments/2 | PATCH VP/issues/1/comments/2 | DELETE VP/issues/1/comments/2
GET VP/attachments | GET VP/attachments/1 | DELETE VP/attachments/1 | POST V/attachments | POST V/associate-attachments
POST V/entity-attachments | GET WP/issues/1/followers | POST WP/issues/1/follow | POST WP/issues/1/unfollow
GET WP/issues/1/linked-issues | POST VP/issues/1/link/2 | DELETE VP/issues/1/link/2 | POST VP/issues/bulk-link-bugs
POST WP/issue-links | DELETE WP/issue-links | PUT VP/issues/1/resolution | DELETE VP/issues/1/resolution
PATCH WP/issues/1/resolution | GET VP/issues/1/associated-tasks | POST VP/issues/1/associate-tasks
DELETE VP/issues/1/task/2 | POST WP/task-issue-mapping | GET VP/timelogs | GET V/timelogs | GET VP/logs/1
PATCH VP/logs/1 | DELETE VP/logs/1 | POST VP/log | POST V/addbulktimelogs | PATCH V/logs | DELETE V/timelogs/bulkdelete
GET VP/timelogs/report | GET V/timelogs/report | GET V/timelogs/timers | GET V/phases | GET VP/phases | GET VP/phases/1
POST VP/phases | POST VP/phases/1 | DELETE VP/phases/1 | POST VP/phases/1/clone | POST VP/phases/1/move
GET VP/phases/1/comments | GET VP/phases/1/followers | GET VP/phases/1/activities | POST VP/milestones
POST VP/milestones/1 | GET VP/users | GET W/users | GET WP/users | GET V/users/1 | GET V/users/license-details
GET VP/users/1 | GET VP/tags | GET V/settings/modules | GET V/module/1/fields | GET V/settings/fields
GET V/settings/layouts | GET V/settings/layouts/1 | GET V/settings/layouts/default-layout | GET V/settings/options
GET V/settings/fields-configuration | GET V/settings/global-statuses | GET V/search | GET VP/search | GET VP/events
POST VP/events | PATCH VP/events/1 | DELETE VP/events/1 | GET V/events/1/participants | GET VP/forums
POST VP/forums | GET VP/forums/1 | GET VP/forums/1/comments | POST VP/forums/1/comments | GET VP/documents
POST V/bulk/export | GET V/bulk/export/fields | POST V/portal_export
"""
SHORT = {
    "WP": "/api/v3.1/portal/7/projects/9",
    "W": "/api/v3.1/portal/7",
    "PP": "/restapi/portal/zillum/projects/9",
    "P": "/restapi/portal/zillum",
    "VP": "/api/v3/portal/7/projects/9",
    "V": "/api/v3/portal/7",
}
CALLS = [
    (method, re.sub(r"^[A-Z]+", lambda found: SHORT[found[0]], path))
    for method, path in (call.split() for call in re.split(r"[|\n]", REQUIRED) if call.strip())
]


def entry_of(method: str, path: str) -> Endpoint:
    """The entry that a call leads to."""
    entry = endpoints.match(method, path)
    assert entry
    return entry


def parameter_of(endpoint: Endpoint, name: str) -> Parameter:
    """Its parameter of that name."""
    parameter = endpoint.parameter(name)
    assert parameter
    return parameter


def ids(found):
    return [endpoint.id for endpoint in found]


# ---- the file


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_an_entry_is_complete_and_of_known_words(entry):
    """Every entry has each key, and its words are those that the rest of the toolkit understands."""
    assert set(entry) - {"also", "envelope", "page_size"} == {
        *("id", "method", "path", "module", "operation", "certainty"),
        *("summary", "page", "list_key", "paging", "columns", "params"),
    }
    assert entry["method"] in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert entry["operation"] in {"READ", "CREATE", "UPDATE", "DELETE"}
    assert (entry["operation"] == "READ") == (entry["method"] == "GET") or entry["module"] == "bulk"
    assert entry["module"] in (V3_MODULES if entry["path"].startswith("/api/") else MODULES)
    assert entry["certainty"] in {"DOC", "CODE", "LIVE", "3P", "INF"}
    assert entry["paging"] in {"index", "page", None}
    for column in entry["columns"].values():
        assert column in {"int", "bool", "float", "datetime"} or re.fullmatch(r"category:\w[\w ]*(\|\w[\w ]*)+", column)
    assert re.fullmatch(r"[A-Z].*\.", entry["summary"])
    assert entry["page"].startswith("https://") or entry["certainty"] == "INF"
    assert re.fullmatch(r"/(restapi|api/v3(\.1)?)(/([\w-]+|\{\w+\}))+/?", entry["path"])
    if entry["path"].startswith("/api/"):
        assert not entry["path"].endswith("/")
    if entry["list_key"] is None:
        assert not entry["columns"]
        assert not entry["paging"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_a_parameter_says_what_it_is(entry):
    """Every parameter has a place, a type and a meaning, once; its default is allowed; reading sends no body."""
    names = Counter(param["name"] for param in entry["params"])
    assert set(names.values()) <= {1}
    for param in entry["params"]:
        assert set(param) >= {"name", "in", "type", "required", "meaning"}
        assert set(param) <= {"name", "in", "type", "required", "meaning", "allowed", "default", "certainty", "format"}
        assert ("format" in param) <= (param["type"] == "date")
        assert param["in"] in {"query", "form", "json", "file"}
        assert param["type"] in {"str", "int", "float", "bool", "date", "html", "id", "ids", "file", "array", "object"}
        assert (param["type"] == "file") == (param["in"] == "file")
        assert param.get("certainty", "DOC") in {"DOC", "CODE", "LIVE", "3P", "INF"}
        assert param["meaning"]
        assert not param.get("default") or param["default"] in param.get("allowed", [param["default"]])
        if entry["method"] == "GET":
            assert param["in"] == "query"
    paging = {"index": {"index", "range"}, "page": {"page", "per_page"}, None: set()}[entry["paging"]]
    assert paging <= set(names)


def test_each_placeholder_is_documented_and_none_is_idle():
    """The names in braces are those that the file explains, no more and no fewer."""
    used = {name for entry in ENTRIES for name in re.findall(r"\{(\w+)\}", entry["path"])}
    assert used == set(json.loads(FILE.read_bytes())["placeholders"])
    for endpoint in endpoints.all_endpoints():
        in_path = [param.name for param in endpoint.params if param.place == "path"]
        assert in_path == re.findall(r"\{(\w+)\}", endpoint.path)


def test_no_two_entries_are_the_same_call():
    """Ids and templates are unique: a call belongs to one entry."""
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)
    assert len({endpoints.template(entry["method"], entry["path"]) for entry in ENTRIES}) == len(ENTRIES)


def test_modules_have_the_operations_that_zoho_gives():
    """A scope is only ever one that Zoho knows; tags and portals have fewer operations than the rest."""
    assert json.loads(FILE.read_bytes())["modules"] == MODULES
    assert set(endpoints.modules()) == {*MODULES, *V3_MODULES}
    assert {module: list(operations) for module, operations in scopes.MODULES.items()} == MODULES
    for endpoint in endpoints.all_endpoints():
        family, module, operation = endpoint.scope.split(".")
        assert (family, module) == ("ZohoProjects" if endpoint.is_v3 else "ZohoBugTracker", endpoint.module)
        assert endpoint.is_v3 or operation in MODULES[module]


@pytest.mark.parametrize(("method", "path"), CALLS, ids=lambda value: value)
def test_every_documented_call_is_in_the_catalogue(method, path):
    """What Zoho documents is found, under the template of its own entry."""
    entry = entry_of(method, path)
    assert endpoints.template(method, path) == endpoints.template(entry.method, entry.path)


def test_whatever_the_sandbox_answers_is_in_the_catalogue():
    """Two readings of Zoho's pages, made apart, agree: on paths, on the scope that suffices, on the key of a list."""
    for route in TABLE.routes:
        endpoint = endpoints.match(route.method, route.path)
        assert endpoint, route.pattern
        assert scopes.covers([endpoint.scope], f"{endpoints.FAMILY}.{route.scope}"), route.pattern
        returned = route.returns or {}
        if endpoint.list_key:
            assert set(endpoint.list_keys) & set(returned["properties"]), route.pattern
        if endpoint.list_keys == ("",):
            assert returned["type"] == "array", route.pattern


def test_every_entry_matches_itself():
    """The path of an entry, placeholders and all, leads to that entry."""
    for endpoint in endpoints.all_endpoints():
        assert endpoints.match(endpoint.method, endpoint.path) is endpoint


# ---- asking


@pytest.mark.parametrize(
    "path",
    [
        "/restapi/portal/zillum/projects/12/bugs/",
        "/portal/zillum/projects/12/bugs/",
        "portal/zillum/projects/12/bugs",
        "/portal/{portal}/projects/{project}/bugs/?index=1&range=200",
        "https://bugtracker.zoho.eu/restapi/portal/zillum/projects/12/bugs/",
    ],
)
def test_a_classic_path_is_known_in_every_spelling(path):
    """With or without prefix, slashes, query and host, by id or by name, it is the same endpoint."""
    assert entry_of("get", path).id == "bugs.list"
    assert endpoints.template("get", path) == "GET /restapi/portal/{}/projects/{}/bugs"


def test_a_word_wins_over_a_placeholder():
    """``customfields`` is not a bug's id, and there is no deleting it; a portal may still be called ``portals``."""
    assert entry_of("GET", PROJECT + "/bugs/customfields/").id == "bugs.customfields"
    assert entry_of("GET", PROJECT + "/bugs/47/").id == "bugs.get"
    assert endpoints.match("DELETE", PROJECT + "/bugs/customfields/") is None
    assert entry_of("GET", "/portal/portals/projects/").id == "projects.list"


def test_a_project_named_like_a_word_keeps_its_bugs():
    """A way that ends early at a word goes on by the placeholder."""
    assert entry_of("GET", "/portal/1/projects/customfields/bugs/").id == "bugs.list"


@pytest.mark.parametrize(
    "path",
    ["", "/", "/portal//projects/", "/portal/../projects/", "/portal/1/projekts/", "/nothing", "/api/v4/portals"],
)
def test_what_is_not_in_the_catalogue_is_none(path):
    """A blank or a dotted segment names nothing, and a misspelt word is not an id."""
    assert endpoints.match("GET", path) is None


def test_one_template_for_all_projects_even_of_unknown_paths():
    """No id is left in a template, whether the catalogue knows the path or not."""
    template = endpoints.template
    assert template("GET", "/portal/a/projects/1/bugs/2/") == template("GET", "/portal/b/projects/3/bugs/4")
    assert template("GET", "/portal/a/projects/1/wombats/7/") == "GET /restapi/portal/{}/projects/{}/{}/{}"
    assert template("PUT", "/portal/a/projects/1/bugs/7/logs/") == "PUT /restapi/portal/{}/projects/{}/bugs/{}/logs"
    assert template("GET", "/api/v3/portal/1/projects/2/issues/3/") == "GET /api/v3/portal/{}/projects/{}/issues/{}"
    assert template("GET", "/portal/bugs/projects/users/nix/") == "GET /restapi/portal/{}/projects/{}/{}"


def test_templates_of_different_methods_differ():
    """Reading bugs and reporting one are two patterns."""
    assert endpoints.template("GET", PROJECT + "/bugs/") != endpoints.template("POST", PROJECT + "/bugs/")


def test_a_scope_is_named_for_each_method_of_a_path():
    """The catalogue's own scope where it lists the method, else the one that such a method would need."""
    bugs = entry_of("GET", PROJECT + "/bugs/1/")
    assert bugs.scope == "ZohoBugTracker.bugs.READ"
    assert bugs.needs("POST") == "ZohoBugTracker.bugs.UPDATE"
    assert bugs.needs("delete") == "ZohoBugTracker.bugs.DELETE"
    assert bugs.needs("PUT") == "ZohoBugTracker.bugs.UPDATE"
    assert bugs.needs("HEAD") == "ZohoBugTracker.bugs.READ"
    assert entry_of("PATCH", "/api/v3/portal/1/tags/2").scope == "ZohoProjects.tags.UPDATE"
    assert entry_of("GET", "/api/v3/portal/1/issues").needs("PATCH") == "ZohoProjects.bugs.UPDATE"
    assert entry_of("GET", "/portal/1/search").needs("POST") == "ZohoBugTracker.search.READ"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/portals/1/projects/", "projects.list"),
        ("GET", "/portl/1/projects/2/bugs/", "bugs.list"),
        ("GET", "/portal/1/project/2/bug/", "bugs.list"),
        ("POST", "/portal/1/project/2/bug/", "bugs.create"),
        ("GET", "/portal/1/projects/2/milestone/", "milestones.list"),
        ("GET", "/portal/1/projects/2/issues/", "v3.issues.list"),
        ("GET", "/api/v3/portals/1/projects", "v3.projects.list"),
        ("GET", "/portals", "portals.list"),
        ("GET", "/projects/2/bugs/", "bugs.list"),
        ("GET", "/bugs/", "bugs.list"),
        ("POST", "/bugs", "bugs.create"),
        ("GET", "/users/", "users.portal.list"),
        ("GET", "/portal/zillum/projects/apollo/bugz/", "bugs.list"),
    ],
)
def test_the_nearest_endpoint_is_the_one_that_was_meant(method, path, expected):
    """A slip of the fingers, a singular, a forgotten beginning: the first suggestion is right."""
    assert ids(endpoints.nearest(method, path))[0] == expected


def test_nothing_is_near_to_nonsense():
    """No suggestion is better than a silly one, and as many come as were asked for."""
    assert endpoints.nearest("GET", "/xyzzy") == ()
    assert endpoints.nearest("GET", "/") == ()
    assert endpoints.nearest("GET", "/portals/", n=0) == ()
    assert endpoints.nearest("GET", "/portals/", n=-3) == ()
    assert len(endpoints.nearest("GET", "/portal/1/projects/2/bugs/", n=5)) == 5


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sort_column", "sort_column"),
        ("sort_colum", "sort_column"),
        ("sortColumn", "sort_column"),
        ("statustyp", "statustype"),
        ("assignees", "assignee"),
        ("rang", "range"),
        ("cview", "cview_id"),
        ("Severity", "severity"),
    ],
)
def test_the_nearest_parameter_is_the_one_that_was_meant(written, meant):
    """Misspelt, abbreviated or in another style, a parameter is recognised."""
    bugs = entry_of("GET", PROJECT + "/bugs/")
    assert endpoints.nearest_parameter(bugs, written) == parameter_of(bugs, meant)


def test_no_parameter_is_near_to_nonsense():
    """A word that looks like none of them has no suggestion, and what stands in the path is no suggestion."""
    bugs = entry_of("GET", PROJECT + "/bugs/")
    for written in ("", "xyzzy", "portal", "project"):
        assert endpoints.nearest_parameter(bugs, written) is None
    assert bugs.parameter("portal") is None
    assert parameter_of(bugs, "statustype").allowed == ("open", "closed")


def test_a_search_puts_the_module_first():
    """``%zbt endpoints milestones`` begins with the milestones; all words count; nothing asked is everything."""
    found = endpoints.search("Milestones")
    assert found[0].module == "milestones"
    assert {endpoint.module for endpoint in found[:6]} == {"milestones"}
    assert ids(endpoints.search("delete bug comment"))[0] == "bugs.comments.delete"
    assert ids(endpoints.search("escalation")) == ["bugs.list"]
    assert endpoints.search("xyzzy") == ()
    assert endpoints.search("  ") == endpoints.all_endpoints()


def test_completion_goes_segment_by_segment():
    """Each Tab offers what may come next, by word or by placeholder, and only what was begun."""
    assert set(endpoints.children("/")) == {"portals", "portal", "restapi", "api"}
    assert endpoints.children("/por") == ("portals", "portal")
    assert endpoints.children("por") == ("portals", "portal")
    assert endpoints.children("/portal/") == ("{portal}",)
    assert endpoints.children("/portal/zillum/pro") == ("projects",)
    assert endpoints.children("/restapi/portal/zillum/pro") == ("projects",)
    assert endpoints.children("/portal/zillum/projects/{pr") == ("{project}",)
    assert endpoints.children("/portal/zillum/projects/12") == ()
    assert {"{bug}", "customfields", "comments"} <= set(endpoints.children("/portal/1/projects/2/bugs/"))
    assert endpoints.children("/api/") == ("v3", "v3.1")
    assert "issues" in endpoints.children("/api/v3/portal/7/")
    assert endpoints.children("/portal//") == ()
    assert endpoints.children("/portals/?in") == ()


def test_completion_follows_the_method():
    """With a method, only the ways to what takes it are offered."""
    assert set(endpoints.children("/portal/1/users/", "DELETE")) == {"{user}"}
    assert set(endpoints.children("/portal/1/users/", "post")) == {"activate"}
    assert endpoints.children("/portals/", "GET") == ()
    assert endpoints.children("/", "PUT") == ("portal", "restapi", "api")


def test_the_catalogue_can_be_walked_from_the_root_to_every_entry():
    """Every path of the catalogue can be completed from nothing."""
    for endpoint in endpoints.all_endpoints():
        prefix = "/"
        for segment in endpoint.path.strip("/").split("/"):
            assert segment in endpoints.children(prefix, endpoint.method)
            prefix += segment + "/"


def test_the_catalogue_tells_the_kind_of_each_body():
    """V3 takes JSON mostly, forms in four places, a file in one; the classic API takes forms."""
    v3 = [endpoint for endpoint in endpoints.all_endpoints() if endpoint.is_v3]
    assert {endpoint.id for endpoint in v3 if endpoint.body == "form"} == {
        *("tags.create", "tags.associate", "tags.dissociate", "v3.timelogs.bulk"),
        *("v3.issues.attachments.associate", "v3.attachments.associate", "v3.attachments.entity"),
    }
    assert [endpoint.id for endpoint in v3 if endpoint.body == "file"] == ["v3.attachments.upload"]
    assert entry_of("PATCH", "/api/v3/portal/1/projects/2/issues/3").body == "json"
    assert entry_of("POST", PROJECT + "/bugs/").body in {"form", "file"}
    assert entry_of("GET", PROJECT + "/bugs/").body == ""


def test_the_catalogue_tells_how_a_date_is_written():
    """As MM-DD-YYYY in the classic API and in V3's milestones, else as ISO 8601."""
    due = parameter_of(entry_of("POST", PROJECT + "/bugs/"), "due_date")
    start = parameter_of(entry_of("POST", "/api/v3/portal/1/projects/2/phases"), "start_date")
    logged = parameter_of(entry_of("GET", "/api/v3/portal/1/projects/2/timelogs"), "start_date")
    assert (due.date_format, start.date_format, logged.date_format) == ("MM-DD-YYYY", "MM-DD-YYYY", "YYYY-MM-DD")


def test_v3_lists_can_be_asked_to_choose():
    """By filter, order and view; issues by their numbers too."""
    for path in ("/api/v3/portal/1/issues", "/api/v3/portal/1/projects/2/issues"):
        assert {"filter", "sort_by", "view_id", "issue_ids"} <= {p.name for p in entry_of("GET", path).params}
    assert entry_of("GET", "/api/v3/portal/1/projects/2/phases").parameter("filter")


def test_endpoints_are_values():
    """They cannot be changed, they can be put into sets, and the same ones come every time."""
    endpoint: Any = endpoints.all_endpoints()[0]
    with pytest.raises(AttributeError):
        endpoint.path = "/elsewhere"
    with pytest.raises(TypeError):
        endpoint.columns["id"] = "int"
    assert len(set(endpoints.all_endpoints())) == len(ENTRIES)
    assert endpoints.all_endpoints() is endpoints.all_endpoints()


def test_importing_reads_nothing():
    """The file is read at the first question, not when the module is imported."""
    code = (
        "import zbt_notebook.client.rest.endpoints as e; assert not e._catalogue.cache_info().currsize;"
        "e.match('GET', '/portals/');"
        "assert e._catalogue.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=FILE.parent.parent)


# ---- whatever comes in

WORDS = sorted({segment for entry in ENTRIES for segment in entry["path"].split("/")})
PATHS = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(categories=("Cs", "Cc", "Nd", "Ll")), max_size=30),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=14).map("/".join),
    st.sampled_from([entry["path"] for entry in ENTRIES]),
)
METHODS = st.one_of(st.sampled_from(["GET", "post", "DELETE", "PATCH", ""]), st.text(max_size=9))


@given(METHODS, PATHS, st.integers())
def test_no_question_is_too_strange(method, path, n):
    """Whatever string comes in, there is an answer and no exception."""
    found = endpoints.match(method, path)
    assert found is None or found in endpoints.all_endpoints()
    endpoints.nearest(method, path, min(n, 9))
    endpoints.search(path)
    assert all("/" not in name for name in endpoints.children(path, method))
    endpoints.nearest_parameter(endpoints.all_endpoints()[2], path)
    endpoints.all_endpoints()[2].parameter(path)
    assert endpoints.all_endpoints()[2].needs(method).startswith("ZohoBugTracker.projects.")


@given(METHODS, PATHS)
def test_a_template_holds_words_of_the_catalogue_and_holes(method, path):
    """Nothing foreign gets into a template: it can be a key for ever, and be logged."""
    verb, _, rest = endpoints.template(method, path).partition(" /")
    assert verb == "{}" or (verb.isascii() and verb.isupper())
    assert set(rest.split("/")) <= {*WORDS, "{}"}


@given(st.sampled_from(ENTRIES), st.text(alphabet="0123456789abcXYZ-._~%é", min_size=1).filter(lambda s: s.strip(".")))
def test_any_id_or_name_leads_to_the_entry_or_to_a_word_in_its_place(entry, name):
    """Placeholders take ids and names; the template does not depend on which."""
    path = re.sub(r"\{\w+\}", lambda _: name, entry["path"])
    assert entry_of(entry["method"], path).id == entry["id"]
    assert endpoints.template(entry["method"], path) == endpoints.template(entry["method"], entry["path"])


@given(st.text())
def test_a_template_is_stable(text):
    """The template of a template's path is itself."""
    once = endpoints.template("GET", text)
    assert endpoints.template("GET", once.removeprefix("GET ")) == once
