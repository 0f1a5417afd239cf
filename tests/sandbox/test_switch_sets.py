"""The sets of switches try every pair, and under none of them does the sandbox fall over."""

import json
from itertools import combinations

import pytest

from tests.sandbox.person import Person
from tests.sandbox.switch_sets import SETS, VALUES, numbered, pairwise
from zbt_notebook.simulator import Clock, World
from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE
from zbt_notebook.simulator.http import Request
from zbt_notebook.simulator.world import DEMO_SCOPES

P = f"/api/v3/portal/{PORTAL_ID}"
J = f"{P}/projects/{PROJECT_BASE}"
LISTS = (
    *("/api/v3/portals", f"{P}/projects", f"{J}/issues", f"{P}/issues", f"{J}/bugs", f"{J}/users", f"{P}/tags"),
    *(f"{J}/phases", f"{J}/milestones", f"{P}/settings/fields", f"{J}/timelogs", f"{J}/attachments"),
    *(f"{J}/issues/BUG{part}" for part in ("", "/comments", "/attachments", "/followers", "/activities")),
)
ASKED = {
    "timelogs": {"module": '{"type":"issue"}', "view_type": "projectspan"},
    "bugs": {"is_desc_needed": "true"},
    "fields": {"module": "issues"},
}


@pytest.fixture(scope="module")
def world():
    return World(clock=Clock(frozen_at=1_790_000_000), projects=1, bugs=30)


@pytest.fixture(scope="module")
def token(world):
    return Person(world).sign_in(scope=",".join(DEMO_SCOPES))["access_token"]


def test_every_pair_of_settings_is_tried():
    """Any value of any switch stands beside any value of any other in one of the sets."""
    values = {"a": (1, 2, 3), "b": (True, False), "c": ("x", "y", "z"), "d": (0, 5)}
    sets = list(pairwise(values))
    for one, other in combinations(values, 2):
        pairs = {(told[one], told[other]) for told in sets}
        assert pairs == {(a, b) for a in values[one] for b in values[other]}
    assert sets[0] == {name: told[0] for name, told in values.items()}


def test_every_switch_of_v3_is_among_them():
    """In each of its values, the defaults by not being named."""
    for name, told in VALUES.items():
        assert {chosen.get(name, told[0]) for chosen in SETS} == set(told)


@pytest.mark.parametrize("switches", SETS, ids=numbered)
def test_nothing_falls_over_under_any_pair(world, token, switches):
    """Every list answers with JSON, or with nothing, and with a status of Zoho's, from every host."""
    world.set(**{name: told[0] for name, told in VALUES.items()} | switches)
    bug = next(iter(world.bugtracker().store.bugs)).id
    for origin in world.v3_urls():
        for path in LISTS:
            asked = {"page": "1", "per_page": "5", **ASKED.get(path.rpartition("/")[2], {})}
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            url = f"{origin}{path.replace('BUG', str(bug))}?{query}"
            answer = world.handle(Request("GET", url, {"authorization": f"Bearer {token}"}))
            assert answer.status in {200, 204, 302, 400, 401, 404, 429, 502}, (path, answer)
            assert not answer.body or json.loads(answer.body) is not None
