"""The signed state of a sign-in on JupyterHub."""

import base64
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook.hub_service import add_to
from zbt_notebook.notebook.sign_in import hub_state
from zbt_notebook.notebook.sign_in.hub_state import LIFE, Destination, destination_of, signed, state_here, user_key

SECRET, NONCE = "the hub's own", "n" * 43
ADA = Destination("ada", "/user/ada/")


def test_a_state_tells_where_it_is_to_go_for_ten_minutes():
    """What a user's kernel signs the service reads, until it is too old."""
    state = signed(NONCE, ADA, user_key(SECRET, "ada"), now=1000)
    assert destination_of(state, SECRET, now=1000 + LIFE) == ADA
    assert destination_of(state, SECRET, now=1001 + LIFE) is None
    assert destination_of(state, "another hub's", now=1000) is None


def test_nobody_signs_for_somebody_else():
    """Bob's key makes no state that leads to Ada, or from Ada's name to him."""
    forged = signed(NONCE, ADA, user_key(SECRET, "bob"))
    assert destination_of(forged, SECRET) is None


@given(st.text())
@example(base64.urlsafe_b64encode(b"[" * 100_000).decode())
@example(base64.urlsafe_b64encode(b'["ada", "/", 1' + b"0" * 400 + b', "x"]').decode())
def test_what_is_no_state_leads_nowhere(text):
    """Any text may stand in an address."""
    assert destination_of(text, SECRET) is None


@given(st.integers(0, 200), st.characters())
def test_a_changed_state_leads_nowhere(place, character):
    """One other character anywhere, and it is not the state that was signed."""
    state = signed(NONCE, ADA, user_key(SECRET, "ada"), now=1000)
    place %= len(state)
    changed = state[:place] + character + state[place + 1 :]
    assert destination_of(changed, SECRET, now=1000) in ({ADA, None} if changed == state else {None})


@given(user=st.text(), base_url=st.text())
def test_any_name_comes_back(user, base_url):
    """Users are called as they like."""
    destination = Destination(user, base_url)
    assert destination_of(signed(NONCE, destination, user_key(SECRET, user)), SECRET) == destination


@pytest.mark.parametrize("key", ["", user_key(SECRET, "ada")])
def test_only_a_hub_with_the_service_has_it_signed(monkeypatch, key):
    """Elsewhere the state is the nonce."""
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    monkeypatch.setenv(hub_state.KEY, key)
    state = state_here(NONCE)
    assert (destination_of(state, SECRET) == ADA) if key else (state == NONCE)


def hub_configuration():
    """The parts of a Hub's configuration that the service is written into."""
    jupyterhub = SimpleNamespace(services=[], load_roles=[])
    return SimpleNamespace(JupyterHub=jupyterhub, Spawner=SimpleNamespace(environment={}))


def test_the_hubs_secret_is_made_once(tmp_path):
    """A restart of the Hub takes the same one, which its user alone can read."""
    file = tmp_path / "secret"
    first, second = hub_configuration(), hub_configuration()
    for configuration in (first, second):
        add_to(configuration, secret_file=str(file))
    assert first.JupyterHub.services == second.JupyterHub.services
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_an_emptied_secret_signs_nothing(tmp_path, content):
    """With it whoever has a server could sign for any user: the Hub does not start, and is told what to do."""
    file = tmp_path / "secret"
    file.write_text(content, "utf-8")
    configuration = hub_configuration()
    with pytest.raises(UsageError, match="does not hold a whole secret") as caught:
        add_to(configuration, secret_file=str(file))
    assert "Delete it" in str(caught.value)
    assert configuration.JupyterHub.services == []
