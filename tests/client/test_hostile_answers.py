"""An API that answers anything, in any place of its JSON: a result, or a ZbtError of two lines, and soon."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zbt_notebook as zbt
from tests.client.conftest import NOW, Wire, login_flow
from tests.tiers import examples
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.world import World

ACTS = {
    "get": lambda c, _: c.get("/portals/"),
    "frame": lambda c, _: c.frame("/api/v3/portals"),
    "pull": lambda c, _: c.pull("bugs", projects="all", progress=False),
    "pull of V3": lambda c, _: c.pull("bugs", projects="all", progress=False, api="v3"),
    "milestones": lambda c, _: c.pull("milestones", projects="all", progress=False),
    "by name": lambda c, _: c.bugs(status="Open", assignee="me", severity="Critical", progress=False),
    "bug": lambda c, place: look_at(c.bug("HW1-I1"), place),
    "mirror": lambda c, place: [zbt.mirror(place / "m" / "bugs", connection=c, progress=False) for _ in range(2)],
}


def look_at(bug, place):
    """All that hangs on a bug."""
    shown = f"{bug!r}{bug.comments()!r}{bug.history()!r}{bug.attachments()!r}"
    for number, _ in enumerate(bug.files.records()):
        shown += repr(bug.files.download(number, to=place / "m"))
    bug.update(status="Closed", assignee="me")
    return shown


HOSTILE: list[object] = [
    *(None, True, -1, 1.5, 1e300, 10**400, float("nan"), [], {}, [None], [[]], {"id": None}, {"a": [1]}),
    *("", "9" * 400, "²", "../../x", "a\0b", "x" * 5000, "\ud800", "\x1b[31m", "2026-99-99", "0000-00-00T00:00:00Z"),
]
MOST_REQUESTS = 300


def twisted(value, key, hostile):
    """The same JSON with another value wherever that key stands."""
    if isinstance(value, list):
        return [twisted(one, key, hostile) for one in value]
    if isinstance(value, dict):
        return {name: hostile if name == key else twisted(one, key, hostile) for name, one in value.items()}
    return value


def connected(key, hostile):
    """A connection whose API says *hostile* under *key*, and the keys that it met."""
    world = World(projects=2, bugs=12, clock=Clock(frozen_at=NOW))
    wire = Wire(world)
    flow = login_flow(world, wire)
    connection = flow.finish(world.consent(flow.authorization_url))
    keys: set[str] = set()

    def answer(request):
        assert len(wire.requests) < MOST_REQUESTS
        given = wire(request)
        if "/oauth/" in request.url or not given.body:
            return given

        def noted(pairs):
            keys.update(name for name, _ in pairs)
            return dict(pairs)

        body = json.loads(given.body, object_pairs_hook=noted)
        return Response(given.status, given.headers, json.dumps(twisted(body, key, hostile)).encode())

    connection.client.transport = answer
    connection.client._sleep = world.clock.advance
    return connection, keys


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Every key of the answers, act by act."""
    found = {}
    for name, act in ACTS.items():
        connection, met = connected("", None)
        act(connection, tmp_path_factory.mktemp("as-they-are"))
        found[name] = sorted(met)
    return found


@settings(max_examples=examples(40))
@given(data=st.data(), name=st.sampled_from(sorted(ACTS)), hostile=st.sampled_from(HOSTILE))
def test_any_value_in_any_place_is_a_result_or_two_lines(data, name, hostile, keys, tmp_path_factory):
    """Nothing of it is somebody else's exception, or a request without end."""
    attack(name, data.draw(st.sampled_from(keys[name])), hostile, tmp_path_factory.mktemp("place"))


@pytest.mark.parametrize(
    ("name", "key", "hostile"),
    [
        *((name, "default", []) for name in ("pull", "bug")),
        ("bug", "bugs", [None]),
        *((name, "portals", [True]) for name in ("pull", "mirror")),
        *(("pull", "open", hostile) for hostile in ("9" * 400, "²", 10**400)),
        *(("pull", key, hostile) for key in ("id", "id_string") for hostile in ({"a": 1}, [1])),
        *(("mirror", "updated_time_long", hostile) for hostile in (None, True, "2026-99-99", 1e300, "\ud800")),
        *(("mirror", "created_time_long", hostile) for hostile in (None, True, "x", {"a": 1})),
        *(("by name", key, 1.5) for key in ("status_deatils", "severity_details", "status_details")),
        *(("pull of V3", "pick_list_values", hostile) for hostile in (1, True)),
        ("pull of V3", "description", "\ud800"),
    ],
    ids=lambda part: f"{part}"[:20].encode("ascii", "backslashreplace").decode(),
)
def test_what_was_once_somebody_elses_exception_is_none(name, key, hostile, tmp_path):
    """Each was found by a random search, in one record or in all of them."""
    attack(name, key, hostile, tmp_path)


def attack(name, key, hostile, place):
    connection, _ = connected(key, hostile)
    (place / "m").mkdir()
    try:
        repr(ACTS[name](connection, place))
    except ZbtError as error:
        lines = error._render_traceback_()
        assert len(lines) == 2
        assert all(line.isprintable() and len(line) < 1100 for line in lines)
    assert [path.name for path in place.iterdir()] == ["m"]
    assert name == "bug" or {path.name for path in (place / "m").iterdir()} <= {"bugs"}
