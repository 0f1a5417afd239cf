"""A portal of its own for each test, and a caller with a token for everything."""

import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest

from zbt_notebook.simulator.accounts.grant import DEMO_USER, Grant
from zbt_notebook.simulator.accounts.scopes import FILES, SEARCH, WORKDRIVE
from zbt_notebook.simulator.bugtracker import BugTracker
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.data.portal import PROJECT_BASE
from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.sites import invented_site
from zbt_notebook.simulator.switches import Switches

ORIGIN = "https://bugtracker.sandbox.test"
NOW = 1_790_000_000.0
MODULES = "portals projects milestones bugs timesheets events users tags forums documents".split()  # noqa: SIM905  shorter


def grant_of(*scopes: str) -> Grant:
    return Grant(DEMO_USER, scopes, "1000.CLIENT", "us", NOW + 3600)


@dataclass
class Caller:
    """Speaks HTTP to a BugTracker without sockets."""

    tracker: BugTracker
    clock: Clock
    switches: list[Switches]
    grant: Grant | None = field(
        default_factory=lambda: grant_of(
            *(f"ZohoBugTracker.{name}.ALL" for name in MODULES),
            "ZohoBugTracker.search.READ",
            *(f"ZohoProjects.{name}.ALL" for name in (*MODULES, "custom_fields", "status", "projectgroups", "bulk")),
            *(*WORKDRIVE, SEARCH, FILES),
        )
    )
    headers: dict[str, str] = field(default_factory=lambda: {"authorization": "Zoho-oauthtoken 1000.token"})

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "", **params: object) -> Response:
        url = f"{ORIGIN}{path}" + (f"?{urlencode(params)}" if params else "")
        headers = {**self.headers, **({"content-type": kind} if kind else {})}
        return self.tracker.handle(Request(method, url, headers, body), self.grant)

    def get(self, path: str, **params: Any) -> Any:
        response = self.send("GET", path, **params)
        assert response.status == 200, (response.status, response.body)
        return json.loads(response.body)

    def form(self, path: str, method: str = "POST", **fields: object) -> Response:
        return self.send(method, path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def json(self, method: str, path: str, value: object) -> Response:
        return self.send(method, path, json.dumps(value).encode(), "application/json")

    def upload(self, path: str, files: dict[str, tuple[str, bytes]], **fields: str) -> Response:
        parts = [
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        parts += [
            f'--edge\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode()
            + content
            + b"\r\n"
            for name, (file_name, content) in files.items()
        ]
        return self.send("POST", path, b"".join(parts) + b"--edge--\r\n", "multipart/form-data; boundary=edge")

    def switch(self, **changes: Any) -> None:
        self.switches[0] = replace(self.switches[0], **changes)

    def error(self, response: Response) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(response.body)["error"]
        return found


def make_caller(*, bugs: int = 300, hostile: bool = False) -> Caller:
    clock = Clock(frozen_at=NOW)
    switches = [Switches()]
    tracker = BugTracker(clock, lambda: switches[0], bugs=bugs, hostile=hostile, site=lambda: invented_site("us"))
    return Caller(tracker, clock, switches)


@pytest.fixture
def caller():
    return make_caller()


@pytest.fixture
def busy_caller():
    """A portal of the usual size."""
    return make_caller(bugs=2000)


@pytest.fixture
def hostile_caller():
    return make_caller(bugs=60, hostile=True)


@pytest.fixture
def scopes():
    """Makes a grant of the scopes it is called with."""
    return grant_of


@pytest.fixture
def now() -> float:
    return NOW


@pytest.fixture
def home() -> str:
    """The first project, in the classic API."""
    return f"/restapi/portal/brightwater/projects/{PROJECT_BASE}"


@pytest.fixture(scope="module")
def shared_caller():
    """One portal, without a rate limit, for tests that do not mind each other's writes."""
    shared = make_caller(bugs=60)
    shared.switch(url_limit=0, v3_limit=0, time_log_create_as="201")
    return shared
