"""The OpenAPI description is true: what schemathesis makes of it, the simulated API answers as described."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from zbt_notebook.simulator.bugtracker.catalogue import TABLE
from zbt_notebook.simulator.bugtracker.openapi import examples
from zbt_notebook.simulator.http import Request

GenerationMode = schemathesis.GenerationMode

TOKEN = {"Authorization": "Zoho-oauthtoken good"}
FEW = settings(
    derandomize=True,  # the budget is a minute: more examples are for a night
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
ANSWERED = [route for route in TABLE.routes if route.status < 500]  # the timers fail, as described
ORIGIN = "https://bugtracker.sandbox.test"


class Wsgi:
    """The tracker as a WSGI application, which schemathesis can call without sockets."""

    def __init__(self, caller):
        self.caller = caller

    def __call__(self, environ, start_response):
        headers = {
            name.removeprefix("HTTP_").lower().replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        length = int(environ.get("CONTENT_LENGTH") or 0)
        path = environ["REQUEST_URI"].partition("?")[0] + f"?{environ['QUERY_STRING']}"
        request = Request(environ["REQUEST_METHOD"], ORIGIN + path, headers, environ["wsgi.input"].read(length))
        grant = self.caller.grant if headers.get("authorization") == TOKEN["Authorization"] else None
        response = self.caller.tracker.handle(request, grant)
        start_response(f"{response.status} -", list(response.headers))
        return [response.body]


@pytest.fixture(scope="module")
def described(shared_caller):
    """Schemathesis's reading of the description."""
    return schemathesis.openapi.from_wsgi("/openapi.json", Wsgi(shared_caller))


def test_the_description_is_served_without_a_token(caller):
    """``/openapi.json`` describes every route once, with its scope and with ids that exist."""
    caller.headers, caller.grant = {}, None
    described = caller.get("/openapi.json")
    operations = [
        (method.upper(), path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    assert {(method, path) for method, path, _ in operations} == {(route.method, route.path) for route in TABLE.routes}
    families = {True: "Scope: `ZohoBugTracker.", False: "Scope: `ZohoProjects."}
    assert all(families[path.startswith("/restapi/")] in operation["description"] for _, path, operation in operations)
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names))
    assert json.dumps(described)


@pytest.mark.parametrize("route", ANSWERED, ids=lambda route: route.pattern)
def test_what_fits_the_description_is_answered_as_described(described, shared_caller, route):
    """Calls that fit the description, to things that exist, are not refused, and answered as it says."""
    shared_caller.tracker.generate(bugs=24)

    @settings(FEW, max_examples=2)
    @given(case=described[route.path][route.method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def check(case):
        known = examples(shared_caller.tracker.store)
        case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        for name in {"start_date", "end_date"} & set(case.query or ()):
            del case.query[name]  # no description can say how far apart the two may be
        shared_caller.tracker.store.exported_ms = None  # a portal can be exported once in 24 hours
        case.call_and_validate(headers=TOKEN)

    check()


@pytest.mark.parametrize("route", TABLE.routes[::3], ids=lambda route: route.pattern)
def test_what_does_not_fit_the_description_is_refused(described, route):
    """Calls that miss a parameter, or give it a wrong form, are refused as described; all routes refuse alike."""

    @settings(FEW, max_examples=2)
    @given(case=described[route.path][route.method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def check(case):
        case.call_and_validate(headers=TOKEN)

    check()
