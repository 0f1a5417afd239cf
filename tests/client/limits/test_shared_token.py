"""One refresh for all processes of one sign-in."""

import os
import subprocess
import sys
import tempfile
from typing import Any
from unittest.mock import Mock

import pytest

from tests.client.lists.test_shared_budget import WRONG
from zbt_notebook.client.auth.authorization import Authorization
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.errors import SignInRejected
from zbt_notebook.client.limits import shared_file
from zbt_notebook.client.limits.shared_file import runtime_folder
from zbt_notebook.client.limits.shared_token import Shared, TokenShare
from zbt_notebook.simulator import Sandbox

KNOWN = Shared("canary-token", 2.0, 1.0, ("a.b.C",), (0.5,))


@pytest.fixture
def share_of(tmp_path):
    """``share_of(secret)``: the share of everyone who holds it."""
    return lambda secret: TokenShare.of(secret, tmp_path)


@pytest.fixture
def share(share_of):
    return share_of("the refresh token")


def test_what_one_knows_all_know(share, share_of):
    """Everyone who holds the same refresh token."""
    with share.alone() as entry:
        assert entry.read() == Shared()
        entry.write(KNOWN)
    with share_of("the refresh token").alone() as entry:
        assert entry.read() == KNOWN
    with share_of("another").alone() as entry:
        assert entry.read() == Shared()


def test_the_file_gives_nothing_away(share, tmp_path):
    """It is the user's alone, and its name is no secret's."""
    with share.alone() as entry:
        entry.write(KNOWN)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "canary" not in f"{path}{share!r}{KNOWN!r}"


def test_a_torn_or_forged_file_counts_as_empty(share, tmp_path):
    """A process may be killed while it writes."""
    with share.alone() as entry:
        entry.write(KNOWN)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    half = whole[: len(whole) // 2]
    wrong_times = whole.replace(b"0.5", b"true"), whole.replace(b"0.5", b"1e999"), whole.replace(b"0.5", b"9" * 400)
    wrong_texts = whole.replace(b'"canary-token"', b"[]"), b'"canary-token"', b"[" * 60_000, b"\xff\xfe", half
    no_header = [whole.replace(b"canary-token", token) for token in (b"a\\r\\nb", b"\\u20ac", b"a b", b"a" * 5000)]
    for wrong in (b"", whole[:-1], whole + b"}", os.urandom(200), *wrong_times, *wrong_texts, *no_header):
        path.write_bytes(wrong)
        with share.alone() as entry:
            assert entry.read() == Shared()


@pytest.mark.parametrize("put", WRONG.values(), ids=WRONG)
def test_t52_whatever_is_in_its_place_costs_only_the_sharing(*, put, share, connection, world, wire, clock, caplog):
    """The token is fetched all the same, nobody else's file is touched, and the user is told once."""
    shared_file._reported.clear()
    put(share._path)
    refresh_token = connection.client.authorization.keepsake().refresh_token
    authorization = signed_in(world, wire, clock, share, refresh_token)
    assert authorization.access_token()
    assert authorization.refresh()
    assert len(caplog.records) == 1
    assert "token is not shared" in caplog.text
    assert refresh_token not in caplog.text


def test_a_peer_that_holds_the_file_is_not_waited_for_for_ever(*, share, monkeypatch, connection, world, wire, clock):
    """It may be stopped, or hang in its own request: after some seconds this process asks Zoho itself."""
    monkeypatch.setattr("zbt_notebook.client.limits.shared_token.PATIENCE", 0.05)
    refresh_token = connection.client.authorization.keepsake().refresh_token
    with shared_file.held(share._path, seconds=0):
        assert signed_in(world, wire, clock, share, refresh_token).access_token()


def test_the_folder_is_this_users_own(tmp_path, monkeypatch):
    """A folder that others can enter, or a link, is not used."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "zbt-notebook"
    assert runtime_folder() == folder
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    assert runtime_folder() is None
    folder.rmdir()
    folder.symlink_to(tmp_path)
    assert runtime_folder() is None
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    assert runtime_folder() is None
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "gettempdir", Mock(side_effect=FileNotFoundError))
    assert runtime_folder() is None


def signed_in(world, wire, clock, share, refresh_token="1000.wrong.wrong"):  # noqa: S107  a wrong one
    client = ClientCredentials(world.client.client_id, world.client.client_secret)
    site = DataCenter("sandbox", world.accounts_url(), world.api_url())
    return Authorization(client, site, Token("", refresh_token), wire, clock=clock, share=share)


def test_a_second_process_adopts_the_token_the_budget_and_the_failure(connection, world, wire, clock, share_of):
    """Two authorizations that share nothing but the file."""
    refresh_token = connection.client.authorization.keepsake().refresh_token
    first, second = (signed_in(world, wire, clock, share_of("s"), refresh_token) for _ in range(2))
    before = wire.count("/oauth/v2/token")
    assert first.access_token() == second.access_token()
    assert wire.count("/oauth/v2/token") == before + 1
    assert second.budget_left() == first.budget_left() == 9
    assert second.scopes == first.scopes
    assert second.refresh(rejected=first.access_token()) != first.access_token()
    world.clock.advance(3601)
    assert first.access_token() == second.access_token()
    assert wire.count("/oauth/v2/token") == before + 3

    wrong = [signed_in(world, wire, clock, share_of("w")) for _ in range(2)]
    before = wire.count("/oauth/v2/token")
    for authorization in wrong:
        with pytest.raises(SignInRejected) as caught:
            authorization.access_token()
        assert caught.value.error == "invalid_code"
    assert wire.count("/oauth/v2/token") == before + 1


SCRIPT = """
import sys, zbt_notebook as zbt, zbt_notebook.client.http.transport
print("ready", flush=True)
sys.stdin.readline()
try:
    zbt.connect().get("/portals/")
    print("ok")
except zbt.ZbtError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("good", [True, False])
def test_four_processes_cost_one_token_request(good, tmp_path):
    """Whether it succeeds or fails: they all start at once, with the same refresh token."""
    with Sandbox(projects=1, bugs=5) as sandbox:
        person = sandbox.world
        landed = person.consent(
            f"{sandbox.accounts_url}/oauth/v2/auth?response_type=code&access_type=offline&prompt=consent"
            f"&client_id={sandbox.client_id}&redirect_uri={sandbox.redirect_uri}&scope=ZohoBugTracker.portals.READ"
        )
        from zbt_notebook.client.login_flow import LoginFlow

        site = DataCenter("sandbox", sandbox.accounts_url, sandbox.api_url)
        flow = LoginFlow(sandbox.client_id, sandbox.client_secret, sandbox.redirect_uri, "read only", site)
        keepsake = flow.finish(landed.partition("code=")[2].partition("&")[0]).client.authorization.keepsake()
        before = len(sandbox.world.log.entries(path="/oauth/v2/token"))
        environment = {
            **os.environ,
            "ZBT_CLIENT_ID": sandbox.client_id,
            "ZBT_CLIENT_SECRET": sandbox.client_secret,
            "ZBT_REFRESH_TOKEN": keepsake.refresh_token if good else "1000.wrong.wrong",
            "ZBT_ACCOUNTS_URL": sandbox.accounts_url,
            "ZBT_API_URL": sandbox.api_url,
            "XDG_RUNTIME_DIR": str(tmp_path),
        }
        children: list[Any] = [
            subprocess.Popen(
                [sys.executable, "-c", SCRIPT],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        assert [child.stdout.readline() for child in children] == ["ready\n"] * 4
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        answers = [child.communicate(timeout=60)[0].strip() for child in children]
        assert answers == ["ok" if good else "SignInRejected"] * 4
        assert len(sandbox.world.log.entries(path="/oauth/v2/token")) - before == 1
