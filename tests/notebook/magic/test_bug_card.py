"""One bug: a card to look at, a dict to work with."""

import copy
import json
import pickle
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.lib.pretty import pretty

from zbt_notebook.notebook.magic.display.bug_card import Bug, is_bug, page_of_issue, web_address
from zbt_notebook.notebook.magic.display.html_text import paragraphs

SITE = "https://bugtracker.zoho.com"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "\u202etxt.exe",
    "\x1b[31mred\x1b[0m\x07",
    "\u0000\u2066hidden\u2069",
    "javascript:alert(1)",
    "]]><!--<!DOCTYPE",
    "$\\href{javascript:alert(1)}{x}$",
)
ALLOWED_ATTRIBUTES = {"class", "style", "role", "aria-label", "aria-hidden", "dir", "tabindex", "href", "target", "rel"}
ALLOWED_TAGS = {"a", "bdi", "br", "details", "div", "p", "pre", "span", "summary"}


def a_bug(**more):
    return {
        "key": "PT1-I47",
        "title": "Save does nothing",
        "status": {"type": "Open", "colorcode": "#08aeea"},
        "severity": {"type": "Major"},
        "assignee_name": "Ingrid Sørensen",
        "created_time_long": 1795097472000,
        "due_date_long": 1798081200000,
        "description": "<div><p>First.</p><ol><li>one</li><li>two</li></ol></div>",
        "link": {"web": {"url": f"{SITE}/portal/acme#buginfo/2/3"}},
        **more,
    }


class Seen(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.links = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "src"}]


@pytest.fixture
def path(connection):
    project = next(connection.rows("/portal/brightwater/projects/"))["id_string"]
    return f"/portal/brightwater/projects/{project}/bugs/"


@pytest.mark.usefixtures("connection")
def test_a_bug_is_a_card_in_a_notebook_and_a_dict_in_python(zbt, connection, path):
    """Reading, comparing, encoding, copying and framing it are a dict's; the card says what a person asks first."""
    identifier = connection.get(path, {"range": 1})["bugs"][0]["id_string"]
    plain = connection.get(f"{path}{identifier}/")["bugs"][0]
    bug = zbt(f"GET {path}{identifier}/")
    assert isinstance(bug, dict)
    assert bug == plain
    assert repr(bug) == repr(plain)
    assert json.loads(json.dumps(bug)) == plain
    assert pd.json_normalize(bug).equals(pd.json_normalize(plain))
    html = bug._repr_html_()  # type: ignore[attr-defined]
    for word in (plain["key"], plain["status"]["type"], plain["status"]["colorcode"], plain["severity"]["type"]):
        assert word in html
    assert plain["link"]["web"]["url"] in Seen(html).links
    assert 'rel="noopener noreferrer"' in html
    assert type(zbt(f"GET {path}{identifier}/ --json")) is dict
    assert "_repr_html_" not in dir(zbt(f"GET {path}{identifier}/ -q status"))


@pytest.mark.usefixtures("connection")
def test_a_new_bug_and_v3s_are_cards_too(zbt, connection, path):
    """The answer to a POST that makes a bug, and a bug in V3's spelling; a project is a plain dict."""
    assert isinstance(zbt(f"POST {path} title=Hello --yes"), Bug)
    project = path.split("/")[4]
    portal = connection.get("/portals/")["portals"][0]["id_string"]
    identifier = connection.get(path, {"range": 1})["bugs"][0]["id_string"]
    bug = zbt(f"GET /api/v3/portal/{portal}/projects/{project}/issues/{identifier}")
    assert bug["prefix"] in pretty(bug)
    assert bug["severity"]["value"] in bug._repr_html_()
    assert type(zbt(f"GET /portal/brightwater/projects/{project}/")) is dict


@pytest.mark.usefixtures("connection")
def test_a_bug_of_v3_links_to_the_page_that_the_classic_api_tells(zbt, connection, path):
    """V3 sends no address; with the portal in use its name is known, and nothing more is asked."""
    project = path.split("/")[4]
    portal = connection.get("/portals/")["portals"][0]["id_string"]
    identifier = connection.get(path, {"range": 1})["bugs"][0]["id_string"]
    line = f"GET /api/v3/portal/{portal}/projects/{project}/issues/{identifier}"
    assert Seen(zbt(line)._repr_html_()).links == []
    zbt(f"use portal={portal}")
    page = zbt(f"GET {path}{identifier}/")["link"]["web"]["url"]
    bug = zbt(line)
    assert "link" not in bug
    assert Seen(bug._repr_html_()).links == [page]
    assert page in pretty(bug)


PORTALS = {"1": "acme"}


@pytest.mark.parametrize(
    ("path", "bug", "portals", "page"),
    [
        ("/api/v3/portal/1/projects/2/issues/3", {"id": "3"}, PORTALS, f"{SITE}/portal/acme#buginfo/2/3"),
        ("/api/v3/portal/1/projects/2/issues", {"id": 3}, PORTALS, f"{SITE}/portal/acme#buginfo/2/3"),
        ("/api/v3/portal/1/projects/2/issues/3", {"id": "3"}, {}, ""),
        ("/api/v3/portal/1/projects/2/issues/3", {"id": "3"}, {"1": ""}, ""),
        ("/api/v3/portal/1/projects/2/issues/3", {"id": "3"}, {"1": "a/../b"}, ""),
        ("/api/v3/portal/1/projects/2/issues/3", {"id": "3#x"}, PORTALS, ""),
        ("/api/v3/portal/1/projects/2/issues/3", {}, PORTALS, ""),
        ("/api/v3/portal/acme/projects/2/issues/3", {"id": "3"}, PORTALS, ""),
        ("/api/v3/portal/1/projects/2/issues/3/comments", {"id": "3"}, PORTALS, ""),
        ("/restapi/portal/1/projects/2/bugs/3/", {"id": 3}, PORTALS, ""),
    ],
)
def test_an_address_is_made_where_all_of_it_is_sure(path, bug, portals, page):
    """A portal whose name was seen, and ids that are ids; else the card says nothing."""
    assert page_of_issue(path, bug, portals, SITE) == page


@pytest.mark.parametrize(
    "derive",
    [dict, dict.copy, copy.copy, copy.deepcopy, lambda bug: bug | {}, lambda bug: pickle.loads(pickle.dumps(bug))],  # noqa: S301  our own
)
def test_what_is_made_of_it_is_a_plain_dict(derive):
    """What is kept or sent on needs nothing of this package."""
    derived = derive(Bug(a_bug(), SITE))
    assert type(derived) is dict
    assert derived == a_bug()


@pytest.mark.parametrize("written", ["2026-11-19T14:11:48.000Z", "2026-11-19T16:11:48+02:00"])
def test_a_time_of_v3_is_told_to_the_minute(written):
    """As one of the classic API is; what is no such time is shown as it came."""
    rest = {name: value for name, value in a_bug().items() if name != "created_time_long"}
    assert "Created 2026-11-19 14:11 UTC" in pretty(Bug(rest | {"created_time": written}, SITE))
    for odd in ("11-19-2026", "0001-01-01T00:00:00+14:00", "soon"):
        assert f"Created {odd}" in pretty(Bug(rest | {"created_time": odd}, SITE))


def test_the_text_is_tidy():
    """A terminal has the same facts, in lines; inside of another value a bug is written like any dict."""
    bug = Bug(a_bug(), SITE)
    assert pretty(bug).splitlines() == [
        "PT1-I47  Save does nothing",
        "Open · Major",
        "Assignee Ingrid Sørensen · Created 2026-11-19 14:11 UTC · Due 2026-12-24",
        f"{SITE}/portal/acme#buginfo/2/3",
        "",
        "First.",
        "",
        "1. one",
        "2. two",
        "",
        "A dict of 9 fields: dict(_) shows them all.",
    ]
    assert pretty([bug]).startswith("[{'key': 'PT1-I47'")


@pytest.mark.parametrize("payload", HOSTILE)
@pytest.mark.parametrize("place", ["title", "key", "status", "colour", "assignee_name", "description", "link", "new"])
def test_hostile_texts_are_texts(payload, place):
    """Whatever somebody writes into a bug runs nowhere, steers no terminal, turns no direction, links nowhere else."""
    more: dict[str, Any] = {
        "status": {"status": {"type": payload}},
        "colour": {"status": {"type": "Open", "colorcode": payload}},
        "link": {"link": {"web": {"url": payload}}},
        "description": {"description": f"{payload}<p>{payload}</p>"},
    }
    bug = Bug(a_bug(**more.get(place, {place: payload})), SITE)
    html, text = bug._repr_html_(), pretty(bug)
    seen = Seen(html)
    assert seen.tags <= ALLOWED_TAGS
    assert seen.attributes <= ALLOWED_ATTRIBUTES
    assert all(link.startswith(f"{SITE}/") for link in seen.links)
    assert "mathjax_ignore" in html
    for shown in (html, text):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//bugtracker.zoho.com",
        "data:text/html,x",
        "//bugtracker.zoho.com/portal",
        "http://bugtracker.zoho.com/portal",
        "https://bugtracker.zoho.com.evil.example/",
        "https://bugtracker.zoho.com@evil.example/",
        "https://evil.example\\@bugtracker.zoho.com/",
        "https://bugtracker.zoho.com:444/",
        "https://bugtracker.zoho.com/\n<script>",
        'https://bugtracker.zoho.com/" onclick="x',
        "https://[bugtracker.zoho.com/",
        "",
        None,
        3,
    ],
)
def test_only_the_data_centres_own_pages_are_linked(address):
    """Same host and port, http or https, nothing odd in it."""
    assert web_address(address, SITE) == ""


def test_the_sandboxs_pages_are_linked():
    """A stand-in on this machine is a data centre like any other; https is never left for http."""
    assert web_address("http://127.0.0.1:8000/portal/a#b", "http://127.0.0.1:8000")
    assert web_address(f"{SITE}/portal/a#buginfo/1/2", SITE)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("plain &amp; simple<br/>next", ["plain & simple\nnext"]),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", ["• a", "1. b", "• c"]),
        ("<style>p{}</style>seen<script>if (a<b) {}</script>", ["seen"]),
        ("<svg><script>x</script></svg>after", ["after"]),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", ["<script>alert(1)</script>"]),
        ("<p>never closed <b>bold", ["never closed bold"]),
        ("a < b and c > d", ["a < b and c > d"]),
        ("<![if x]>kept", ["kept"]),
        ("👨‍👩‍👧 and می‌خواهم", ["👨‍👩‍👧 and می‌خواهم"]),
        ("", []),
    ],
)
def test_descriptions_become_text(markup, text):
    """Paragraphs, lists and line ends stay; scripts, styles and tags go; entities are read."""
    assert paragraphs(markup) == text


@given(st.text() | st.text("<>!-/[]&;# \n\"'=abdiloprstv0x"))
def test_any_markup_is_read(markup):
    """Nothing that a description can hold raises, or gets a control character through."""
    assert all(part.strip() and not re.search("[\x00-\x09\x0b-\x1f\x7f]", part) for part in paragraphs(markup))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(a_bug(), values)))
def test_any_values_are_shown(more):
    """Zoho may send, and a user may put in, any value anywhere: the card stands."""
    bug = Bug(a_bug(**more), SITE)
    assert Seen(bug._repr_html_()).tags <= ALLOWED_TAGS
    assert pretty(bug)
    assert is_bug(bug) is (isinstance(bug["status"], dict))
