"""A bug is found by its number in few requests, whatever was deleted or moved; one that is not there is missed soon."""

import json
from dataclasses import replace
from math import log2

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.client.conftest import NOW, Wire, sign_in
from zbt_notebook.client.errors import NotFound
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.world import World

PAGE = 200


class Project:
    """A portal of one project, whose list of bugs has these numbers, in this order; it counts the requests for it."""

    def __init__(self, api):
        world = World(projects=1, bugs=1, clock=Clock(frozen_at=NOW))
        world.set(url_limit=0, v3_limit=0, classic_end="410" if api == "v3" else "none")
        self.v3, self.wire = api == "v3", Wire(world)
        self.connection = sign_in(world, self.wire)
        self.connection.client.limits = RateLimits(lambda: 0, self.connection.client.today, limit=10_000)
        self.connection.client.transport = self.answer
        (project,) = world.bugtracker().store.projects
        self.prefix = project.prefix
        self.numbers: list[int] = []
        self.requests = 0

    def answer(self, request):
        given = self.wire(request)
        if request.url.endswith("/projects/"):
            body = json.loads(given.body)
            body["projects"][0]["bug_count"] = {"open": len(self.numbers), "closed": 0}
            return replace(given, body=json.dumps(body).encode())
        if not request.url.rstrip("/").endswith("/issues" if self.v3 else "/bugs"):
            return given
        self.requests += 1
        asked = dict(request.params)
        size = int(asked["per_page" if self.v3 else "range"])
        start = (int(asked["page"]) - 1) * size if self.v3 else int(asked["index"]) - 1
        rows = [self.row(number) for number in self.numbers[start : start + size]]
        body = {"issues": rows} if self.v3 else {"bugs": rows}
        return Response(200 if rows else 204, {}, json.dumps(body).encode() if rows else b"")

    def row(self, number):
        key, identity = f"{self.prefix}-I{number}", 10**15 + number
        return (
            {"id": str(identity), "prefix": key}
            if self.v3
            else {"id_string": str(identity), "id": identity, "key": key}
        )

    def find(self, number):
        """The key of the bug that is found, or None; and how many requests for the list it took."""
        self.requests = 0
        self.connection.lookups.forget()
        try:
            return self.connection.bug(f"{self.prefix}-I{number}").key, self.requests
        except NotFound:
            return None, self.requests


@pytest.fixture(scope="module")
def projects():
    return {api: Project(api) for api in ("classic", "v3")}


@pytest.mark.parametrize("api", ["classic", "v3"])
@given(
    made=st.integers(0, 3000),
    gone=st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 900)), max_size=5),
    number=st.integers(1, 3000) | st.sampled_from([999_999, 10**8]),
)
@example(made=600, gone=[], number=999_999)
@example(made=600, gone=[], number=600)
@example(made=3000, gone=[(1, 1500)], number=2900)
def test_a_number_is_found_where_it_is(projects, api, made, gone, number):
    """In as many requests as there are doublings; one that is missing costs one reading of the list besides."""
    project = projects[api]
    deleted = {one for start, length in gone for one in range(start, start + length)}
    project.numbers = [one for one in range(1, made + 1) if one not in deleted]
    key, requests = project.find(number)
    assert key == (f"{project.prefix}-I{number}" if number in project.numbers else None)
    pages = len(project.numbers) / PAGE + 2
    assert requests <= 3 + 3 * log2(pages) + (key is None) * (pages + 1)


@pytest.mark.parametrize("api", ["classic", "v3"])
@pytest.mark.parametrize("deleted", [0, 1, 150, 250])
def test_one_that_was_not_long_ago_takes_a_request_or_two(projects, api, deleted):
    """Few bugs are ever deleted."""
    project = projects[api]
    project.numbers = list(range(1 + deleted, 2001))
    for number in (1990, 1700, 400):
        key, requests = project.find(number)
        assert key == f"{project.prefix}-I{number}"
        assert requests <= 1 + (deleted > 0) + (deleted > PAGE), number


@pytest.mark.parametrize("api", ["classic", "v3"])
@given(order=st.permutations([*range(1, 9), 2001, 2002, 2003]), number=st.sampled_from([3, 2002, 1500]))
def test_moved_bugs_are_found_out_of_their_order(projects, api, order, number):
    """A bug that came from another project has a new number, and was made before."""
    project = projects[api]
    project.numbers = [*range(9, 900), *order, *range(900, 2000)]
    assert project.find(number)[0] == f"{project.prefix}-I{number}"
