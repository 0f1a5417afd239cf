"""What a sign-in was filled in with is there the next time: without its secret, and forgotten at a word."""

import json
import os
from unittest.mock import Mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.notebook.sign_in.conftest import begin, connect, login_card
from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in import login, remembered_form
from zbt_notebook.notebook.sign_in.form import Form

EU = DATA_CENTERS["eu"]
FORM = Form("eu", "1000.MINE", "http://localhost:9999/cb", "ZohoBugTracker.bugs.READ")


@pytest.fixture(autouse=True)
def notebook(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)


def path():
    return remembered_form.folder() / "sign_in.json"


def test_a_sign_in_that_worked_is_filled_in_the_next_time(site):
    """All but the secret: typed once, told on the card; the file is the user's own, and holds no secret."""
    connection = connect(site, begin(site))
    refresh_token = connection.client.authorization.keepsake().refresh_token
    connection.logout()
    text = path().read_text("utf-8")
    assert site.client_secret not in text
    assert refresh_token not in text
    if os.name == "posix":
        assert path().stat().st_mode & 0o777 == 0o600
    view = login_card(data_center=site.data_center).sign_in.view()
    assert (view["remembered"], view["secret_held"]) == (True, False)
    assert view["form"] == {
        "data_center": "sandbox",
        "client_id": site.client_id,
        "redirect_uri": site.redirect_uri,
        "scopes": ", ".join(site.scopes),
    }


def test_nothing_is_remembered_before_it_worked(site):
    """A form that led nowhere is not filled in again; nor is the sandbox's own."""
    begin(site).sign_in.handle({"kind": "start", "attempt": 0, "client_id": "1000.TYPED", "client_secret": "x"})
    login.login(sandbox=True, auto=True)
    assert not path().exists()


def test_forget_takes_it_away(site):
    """One press: the file and the form are empty."""
    connect(site, begin(site)).logout()
    card = login_card(data_center=site.data_center)
    card.sign_in.handle({"kind": "forget"})
    view = card.sign_in.view()
    assert (view["form"]["client_id"], view["remembered"]) == ("", False)
    assert json.loads(path().read_text("utf-8")) == {}
    assert not login_card(data_center=site.data_center).sign_in.view()["remembered"]


def test_what_the_caller_says_counts_more():
    """A client ID, a data centre or a redirect URI on the line is not overwritten by what was remembered."""
    assert remembered_form.remember("default", FORM, EU)
    assert login_card().sign_in.view()["form"]["client_id"] == "1000.MINE"
    assert login_card(client_id="1000.X").sign_in.view()["form"]["client_id"] == "1000.X"
    assert login_card(data_center="us").sign_in.view()["form"]["client_id"] == ""
    assert login_card(data_center="eu").sign_in.view()["form"]["client_id"] == "1000.MINE"
    assert login_card(name="work").sign_in.view()["form"]["client_id"] == ""
    other = login_card(redirect_uri="http://localhost:1/").sign_in.view()["form"]
    assert (other["client_id"], other["redirect_uri"]) == ("1000.MINE", "http://localhost:1/")


def test_the_servers_client_counts_more(monkeypatch):
    """ZBT_CLIENT_ID and ZBT_CLIENT_SECRET: a card of one button."""
    remembered_form.remember("default", FORM, EU)
    monkeypatch.setenv("ZBT_CLIENT_ID", "1000.SERVER")
    monkeypatch.setenv("ZBT_CLIENT_SECRET", "s" * 42)
    view = login_card().sign_in.view()
    assert (view["form"]["client_id"], view["secret_held"], view["remembered"]) == ("1000.SERVER", True, False)
    assert view["filled_in"].startswith("by ")


def test_two_names_are_two_entries():
    """Each connection has its own; to forget one leaves the other."""
    remembered_form.remember("a", FORM, EU)
    remembered_form.remember("b", FORM, EU)
    assert remembered_form.forget("a")
    assert remembered_form.recall("a", None) is None
    assert remembered_form.recall("b", EU) == FORM


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"[" * 10_000)
def test_a_file_of_any_kind_is_no_error(content):
    """What another program, or a full disk, left there: nothing is filled in, and the next sign-in replaces it."""
    path().parent.mkdir(parents=True, exist_ok=True)
    path().write_bytes(content)
    assert remembered_form.recall("default", None) is None
    assert remembered_form.remember("default", FORM, EU)
    assert remembered_form.recall("default", EU) == FORM


@pytest.mark.parametrize("value", [None, 1, [], "x", {"client_id": 1}, {"client_id": "1000.\x1b[31m"}])
def test_an_entry_of_any_shape_is_no_error(value):
    """Only four printable texts are a form."""
    path().parent.mkdir(parents=True, exist_ok=True)
    path().write_text(json.dumps({"default": value}), "utf-8")
    assert remembered_form.recall("default", None) is None


def test_a_folder_that_takes_nothing_costs_only_the_memory(site, monkeypatch):
    """The sign-in stands; the next one is filled in by hand."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "/dev/null/nowhere")
    assert connect(site, begin(site)).status().signed_in
    assert not remembered_form.remember("default", FORM, EU)
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(remembered_form, "folder", Mock(side_effect=RuntimeError))  # a user without a home
    assert remembered_form.recall("default", EU) is None
    assert not remembered_form.remember("default", FORM, EU)
    assert remembered_form.forget("default")
