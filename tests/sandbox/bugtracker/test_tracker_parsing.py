"""Whatever is sent, the simulated API reads it or refuses it, and never falls over."""

import json
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import tiers
from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.catalogue import TABLE
from zbt_notebook.simulator.bugtracker.kinds import (
    Clocked,
    Day,
    Identifier,
    Identifiers,
    Link,
    OneOf,
    Text,
    Whole,
    YesNo,
)
from zbt_notebook.simulator.bugtracker.openapi import examples
from zbt_notebook.simulator.bugtracker.parameters import ManyOf, Parameter
from zbt_notebook.simulator.bugtracker.refusals import Refused
from zbt_notebook.simulator.bugtracker.v3 import timesheets
from zbt_notebook.simulator.http import Request, json_response

KINDS = (
    Text(20, 1), Whole(0, 99), OneOf(("open", "closed")), Identifier(), Identifiers("all"), Day(), Day(iso=True),
    Clocked(), YesNo(), Link(), ManyOf((Parameter("id", Identifier()),)),
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
SURROGATES = st.text(st.characters(codec=None), max_size=30)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
@settings(max_examples=tiers.examples(50))
@given(value=ANYTHING | st.sampled_from(["1", "01-31-2026", "2026-02-28", "12:30", "true", "all", "1,2", "٣", "²"]))
def test_a_kind_reads_or_refuses(kind, value):
    """Any value is read, or refused by the name of its parameter; nothing else is raised."""
    try:
        kind.read("field", value)
    except Refused as refused:
        assert refused.status == 400
        assert refused.field.startswith(("field", "id")) or refused.title in {
            "EXTRA_KEY_FOUND_IN_JSON",
            "JSON_PARSE_ERROR",
        }


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)))
def test_days_survive_both_notations(day):
    """A day written as MM-DD-YYYY or YYYY-MM-DD is read as the same day."""
    day_ms = dates.read_day(f"{day.month:02}-{day.day:02}-{day.year:04}")
    assert day_ms == dates.read_iso_day(day.isoformat())
    assert dates.iso_day(day_ms) == day.isoformat()
    assert dates.read_day(dates.day_text(day_ms)) == day_ms


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)), st.integers(-720, 840))  # noqa: DTZ001  bounds of naive local times
def test_moments_are_shown_in_any_zone(local, offset):
    """What a triple shows, read as the portal's local time, is the moment it was made of."""
    at_ms = int(local.replace(tzinfo=UTC, microsecond=0).timestamp() - offset * 60) * 1000
    shown = dates.triple("t", at_ms, offset)
    assert datetime.strptime(str(shown["t_format"]), "%m-%d-%Y %I:%M:%S %p") == local.replace(microsecond=0)  # noqa: DTZ007  compared as local
    assert dates.read_day(str(shown["t"])) == dates.today(at_ms, offset)


@given(SURROGATES)
def test_any_text_survives_json(text):
    """Lone surrogates too: they are escaped, the rest is UTF-8."""
    told = json.loads(json_response(200, {"title": text}).body.decode("utf-8"))["title"]
    assert told.encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tiers.examples(80))
@given(
    route=st.sampled_from([route for route in TABLE.routes if route.handler is not timesheets.fail]),
    fields=st.dictionaries(
        st.sampled_from(["title", "name", "index", "range", "page", "date", "x"]), st.text(max_size=9)
    ),
    body=st.binary(max_size=40) | st.builds(lambda value: json.dumps(value).encode(), ANYTHING),
    kind=st.sampled_from(["application/json", "multipart/form-data; boundary=b", "multipart/form-data", "", "a/b"]),
)
def test_no_call_makes_it_fall_over(shared_caller, route, fields, body, kind):
    """Random fields and bodies get an answer with a known status, and JSON in it if anything."""
    shared_caller.tracker.generate(bugs=12)
    path = route.path
    for name, value in {"portal": "700318264", **examples(shared_caller.tracker.store)}.items():
        path = path.replace(f"{{{name}}}", value)
    url = f"https://bugtracker.sandbox.test{quote(path)}?{urlencode(fields)}"
    headers = {**shared_caller.headers, "content-type": kind}
    response = shared_caller.tracker.handle(Request(route.method, url, headers, body), shared_caller.grant)
    assert response.status in {200, 201, 204, 400, 404}
    if response.status == 204:
        assert response.body == b""
    elif not route.binary or response.status != 200:
        json.loads(response.body)


@given(title=st.text(min_size=1, max_size=50).filter(lambda text: text.isprintable()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tiers.examples(30))
def test_a_title_comes_back_as_it_was_sent(shared_caller, home, title):
    """A form's text, a list's text and a detail's text are one text."""
    shared_caller.tracker.generate(bugs=12)
    bug = json.loads(shared_caller.form(f"{home}/bugs/", title=title).body)["bugs"][0]
    assert bug["title"] == title
    listed = shared_caller.get(f"{home}/bugs/", range=1)["bugs"][0]
    assert listed["title"] == title
