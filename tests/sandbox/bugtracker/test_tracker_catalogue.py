"""The client's catalogue and the sandbox were written apart; here they are held against each other."""

import json
import re
from pathlib import Path

import pytest

import zbt_notebook
from zbt_notebook.simulator.bugtracker.catalogue import TABLE

CATALOGUE = Path(zbt_notebook.__file__).parent / "client" / "rest" / "endpoints.json"
LISTED = json.loads(CATALOGUE.read_text("utf-8"))["endpoints"]


def place(method, path):
    return method, re.sub(r"\{\w+\}", "{}", path).rstrip("/")


ROUTES = {place(route.method, route.path): route for route in TABLE.routes}


@pytest.mark.parametrize("endpoint", LISTED, ids=lambda endpoint: endpoint["id"])
def test_every_endpoint_of_the_clients_catalogue_is_answered(endpoint):
    """Path, method, scopes, parameters and the kind of body that the client knows, the sandbox knows."""
    route = ROUTES[place(endpoint["method"], endpoint["path"])]
    assert route.scope == f"{endpoint['module']}.{endpoint['operation']}"
    known = {name for parameter in (*route.query, *route.body) for name in (parameter.name, parameter.also)}
    assert {parameter["name"] for parameter in endpoint["params"]} <= known
    if not route.classic:
        assert set(route.also) == set(endpoint.get("also", ()))
        kinds = {parameter["in"] for parameter in endpoint["params"]} - {"query", "path"}
        assert kinds <= ({"form", "file"} if route.form else {"json"})


def test_the_client_knows_every_route():
    """The sandbox has no route that the client's catalogue leaves out."""
    assert ROUTES.keys() == {place(endpoint["method"], endpoint["path"]) for endpoint in LISTED}
