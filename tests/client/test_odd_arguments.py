"""Whatever is handed to a public name: a result, or a ZbtError of two lines; never somebody else's exception."""

import inspect
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import zbt_notebook as zbt
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import ZbtError

ODD = {
    "None": None,
    "True": True,
    "zero": 0,
    "minus": -1,
    "huge": 10**5000,
    "float": 1.5,
    "nan": float("nan"),
    "bytes": b"x",
    "empty": "",
    "nul": "a\0b",
    "half": "\ud800",
    "line end": "a\r\nb",
    "long": "x" * 20_000,
    "list": [],
    "dict": {},
    "object": object(),
    "of None": [None],
    "type": int,
    "path": Path("/nowhere/x"),
    "day": date(2026, 1, 1),
    "frame": pd.DataFrame({"a": [1]}),
    "series": pd.Series([1]),
    "set": {1},
    "NA": pd.NA,
    "tuple": (1, 2, 3),
    "pairs": [("a", object())],
    "up": "../../x",
    "number": np.int64(7),
    "apart": "e\u0301",
}
HERE = "/portals/"
SCOPES = ["ZohoBugTracker.bugs.READ"]


def flow(**odd):
    named = {
        "client_id": "1000.ABC",
        "client_secret": "canary-of-a-client",
        "redirect_uri": "http://localhost/x",
        "scopes": SCOPES,
        "data_center": "us",
    }
    return zbt.LoginFlow(**{**named, **odd}).authorization_url


def headless(c, **odd):
    named = {"client_id": "x", "client_secret": "x", "refresh_token": "y", "data_center": c.data_center}
    return zbt.connect(transport=c.client.transport, **{**named, **odd})


CALLS: dict[str, dict] = {
    "Connection.get": {
        "path": lambda c, v: c.get(v),
        "params": lambda c, v: c.get(HERE, v),
        "a parameter": lambda c, v: c.get(HERE, {"a": v}),
    },
    "Connection.request": {
        "method": lambda c, v: c.request(v, HERE),
        "path": lambda c, v: c.request("GET", v),
        "params": lambda c, v: c.request("GET", HERE, params=v),
        "data": lambda c, v: c.request("POST", HERE, data=v),
        "a field": lambda c, v: c.request("POST", HERE, data={"title": v}),
        "json": lambda c, v: c.request("POST", HERE, json=v),
        "files": lambda c, v: c.request("POST", HERE, files=v),
        "a file": lambda c, v: c.request("POST", HERE, files={"a": v}),
        "headers": lambda c, v: c.request("GET", HERE, headers=v),
        "a header": lambda c, v: c.request("GET", HERE, headers={"X-A": v}),
    },
    "Connection.rows": {
        "path": lambda c, v: list(islice(c.rows(v), 3)),
        "params": lambda c, v: list(islice(c.rows(HERE, v), 3)),
        "limit": lambda c, v: list(islice(c.rows(HERE, limit=v), 3)),
    },
    "Connection.frame": {
        "path": lambda c, v: c.frame(v),
        "params": lambda c, v: c.frame(HERE, v),
        "limit": lambda c, v: c.frame(HERE, limit=v),
    },
    "Connection.pull": {
        name: lambda c, v, name=name: c.pull(**{"kind": "bugs", "progress": False, "limit": 1, name: v})
        for name in ("kind", "portal", "projects", "where", "since", "concurrency", "api", "limit", "checkpoint")
    }
    | {"a filter": lambda c, v: c.pull("bugs", where={"flag": v}, progress=False, limit=1)},
    "Connection.bugs": {
        name: lambda c, v, name=name: c.bugs(**{"progress": False, "limit": 1, name: v})
        for name in ("status", "assignee", "created_from", "title_contains", "projects", "limit")
    },
    "Connection.bug": {"key": lambda c, v: c.bug(v)},
    "Connection.session": {
        "params": lambda c, v: c.session.get(c.data_center.api_url + "/restapi/portals/", params={"a": v}),
        "headers": lambda c, v: c.session.get(c.data_center.api_url + "/restapi/portals/", headers={"X-A": v}),
        "data": lambda c, v: c.session.post(c.data_center.api_url + "/restapi/portals/", data=v),
    },
    "resume": {"token": lambda _, v: zbt.resume(v, progress=False)},
    "refetch": {"frame": lambda _, v: zbt.refetch(v)},
    "current": {"name": lambda _, v: zbt.current(v)},
    "connect": {
        name: lambda c, v, name=name: headless(c, **{name: v})
        for name in ("client_id", "client_secret", "refresh_token", "name", "scopes")
    }
    | {"data_center": lambda c, v: headless(c, data_center="us" if v is None else v)},
    "LoginFlow": {
        name: lambda _, v, name=name: flow(**{name: v})
        for name in ("client_id", "client_secret", "redirect_uri", "scopes", "data_center", "name")
    },
    "LoginFlow.finish": {"pasted": lambda _, v: zbt.LoginFlow("i", "s", "http://localhost/x", SCOPES).finish(v)},
    "DataCenter": {
        "accounts_url": lambda _, v: zbt.DataCenter("x", v, "https://a.b"),
        "api_url": lambda _, v: zbt.DataCenter("x", "https://a.b", v),
    },
    "login": {
        name: lambda _, v, name=name: zbt.login(**{"mode": "env", name: v})
        for name in ("mode", "data_center", "name", "redirect_uri", "client_id")
    },
    "mirror": {"kind": lambda _, v: zbt.mirror("/dev/null/x", v), "place": lambda _, v: zbt.mirror(v, "nonsense")},
}
CASES = [(name, argument) for name, arguments in CALLS.items() for argument in arguments]


@pytest.fixture
def quick(connection, monkeypatch):
    """A connection that waits for nothing."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)
    for variable in ("ZBT_CLIENT_ID", "ZBT_CLIENT_SECRET", "ZBT_REFRESH_TOKEN", "ZBT_DATA_CENTER"):
        monkeypatch.delenv(variable, raising=False)
    return connection


@pytest.mark.parametrize(("name", "argument"), CASES, ids=lambda part: part)
def test_an_odd_argument_gives_a_result_or_two_lines(name, argument, quick, monkeypatch, tmp_path):
    """Numbers, bytes, halves of characters, NULs, frames, files, paths upwards: none reaches Python's own errors."""
    monkeypatch.chdir(tmp_path)
    act = CALLS[name][argument]
    for odd, value in ODD.items():
        try:
            act(quick, value)
        except ZbtError as error:
            lines = error._render_traceback_()
            assert len(lines) == 2, f"{odd}: {lines}"
            assert not any("\n" in line or "\r" in line or len(line) > 1100 for line in lines), f"{odd}: {lines}"
        except Exception as error:  # noqa: BLE001  which is what must not be
            pytest.fail(f"{name}, {argument} = {odd}: {type(error).__name__}: {str(error)[:200]}")


def test_every_public_call_is_among_them():
    """A new name is tried here as well, or said to take nothing."""
    takes_nothing = {"refresh", "status", "logout", "share_budget"}
    of_values = {"send", "fetch", "pages", "records", "frame_of", "resume", "known_as", "pulled", "begin"}
    of_others = {"bug_in", "listed", "shares_grant_with", "kept_by"}
    methods = {
        name
        for name, member in inspect.getmembers(Connection)
        if not name.startswith("_") and inspect.isfunction(member) and name not in takes_nothing | of_values | of_others
    }
    tried = {name.partition(".")[2] for name in CALLS if name.startswith("Connection.")}
    assert methods <= tried, methods - tried
    callables = {
        name
        for name in zbt.__all__
        if callable(getattr(zbt, name))
        and not (inspect.isclass(getattr(zbt, name)) and name not in {"DataCenter", "LoginFlow"})
    }
    assert callables - {"load_ipython_extension", "sandbox", "audit"} <= set(CALLS)
