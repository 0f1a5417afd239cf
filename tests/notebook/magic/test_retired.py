"""A classic path where the classic API is off: two lines that say what to run in its place."""

import re

import pytest

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.v3_instead import v3_twin

B = "/restapi/portal/7/projects/9"
J = "/api/v3/portal/7/projects/9"


@pytest.fixture
def off(using, site):
    def end(way):
        site.world.set(classic_end=way)

    yield end
    site.world.set(classic_end="none")
    using.client.classic_is_off = False


@pytest.mark.parametrize("way", ["404", "410", "400", "403", "redirect"])
def test_the_line_of_v3_is_ready_to_run(using, off, zbt, run, way):
    """The error's second line, typed as it stands, gives the same bugs."""
    bugs = "GET /portal/{portal}/projects/{project}/bugs/ range==50 statustype==open --df"
    wanted = set(zbt(bugs)["id"].astype(str))
    assert wanted
    off(way)
    with pytest.raises(UsageError, match="classic API") as raised:
        zbt(bugs)
    [line] = re.findall(r"Run: (%zbt .*)", raised.value.hint)
    assert "/api/v3/portal/" in line
    using.client.classic_is_off = False
    found = run(f"{line} --df")
    assert len(found) == len(wanted)
    assert not found["status.is_closed_type"].any()


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (("GET", "/restapi/portals/"), ("GET", "/api/v3/portals", ())),
        (("GET", f"{B}/bugs/3/"), ("GET", f"{J}/issues/3", ())),
        (("POST", f"{B}/bugs/3/"), ("PATCH", f"{J}/issues/3", ())),
        (("POST", f"{B}/bugs/"), ("POST", f"{J}/issues", ())),
        (("DELETE", f"{B}/bugs/3/"), ("DELETE", f"{J}/issues/3", ())),
        (("GET", f"{B}/bugs/3/comments/"), ("GET", f"{J}/issues/3/comments", ())),
        (("GET", f"{B}/bugs/3/bugfollowers/"), ("GET", f"{J}/issues/3/followers", ())),
        (("GET", f"{B}/milestones/"), ("GET", f"{J}/phases", ())),
        (("POST", f"{B}/milestones/4/"), ("POST", f"{J}/phases/4", ())),
        (
            ("GET", f"{B}/bugs/defaultfields/"),
            ("GET", "/api/v3/portal/7/settings/fields", (("module", "issues"),)),
        ),
        (
            ("GET", f"{B}/bugs/", (("index", "201"), ("range", "100"), ("sort_column", "created_time"))),
            ("GET", f"{J}/issues", (("page", "3"), ("per_page", "100"), ("sort_by", "ASC(created_time)"))),
        ),
        (
            ("GET", f"{B}/logs/", (("view_type", "month"), ("date", "06-15-2026"), ("users_list", "all"))),
            (
                "GET",
                f"{J}/timelogs",
                (
                    ("module", '{"type":"issue"}'),
                    ("view_type", "customdate"),
                    ("start_date", "2026-06-01"),
                    ("end_date", "2026-06-30"),
                ),
            ),
        ),
    ],
)
def test_calls_are_translated(call, wanted):
    """Path, method and parameters."""
    assert v3_twin(ApiCall(*call)) == ApiCall(*wanted)


def test_bodies_are_translated():
    """Titles are names, ids are nested, dates are ISO 8601."""
    fields = (("title", "x"), ("severity_id", "5"), ("due_date", "06-15-2026"))
    twin = v3_twin(ApiCall("POST", f"{B}/bugs/", fields=fields))
    assert twin
    assert twin.fields == (("name", "x"), ("severity", {"id": "5"}), ("due_date", "2026-06-15"))


def test_what_v3_lacks_is_said(off, zbt):
    """With the way to what it has."""
    off("410")
    with pytest.raises(UsageError, match="classic API") as raised:
        zbt("GET /portal/{portal}/dashboard/")
    assert "endpoints" in raised.value.hint
