"""Remembered in the operating system's keyring, and nowhere else."""

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from zbt_notebook.client.auth.keyring_store import SERVICE, KeyringStore
from zbt_notebook.client.errors import NotSignedIn, UsageError


class Chest(KeyringBackend):
    """A keyring in memory, which can be locked."""

    priority = 0

    def __init__(self):
        super().__init__()
        self.entries = {}
        self.locked = False

    def _open(self):
        if self.locked:
            raise KeyringLocked("canary")

    def get_password(self, service, username):
        self._open()
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self._open()
        self.entries[service, username] = password

    def delete_password(self, service, username):
        self._open()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError


def test_a_sign_in_is_remembered_and_forgotten(connection):
    """By the connection's name; what comes back signs in again."""
    store = KeyringStore(Chest())
    keepsake = connection.client.authorization.keepsake()
    store.save("default", keepsake)
    assert store.load("default") == keepsake
    assert store.load("work") is None
    assert store.forget("default")
    assert store.load("default") is None
    assert store.forget("default")


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_a_keyring_that_keeps_nothing_is_refused(backend):
    """With the reason, and what works instead."""
    with pytest.raises(UsageError, match="cannot be remembered") as caught:
        KeyringStore(backend())
    assert "ZBT_" in caught.value.hint


@pytest.mark.parametrize("named", ["nowhere.Keyring", "keyring.backend.KeyringBackend", "keyring.Missing"])
def test_a_keyring_that_does_not_start_is_a_clear_error(monkeypatch, named):
    """A backend that is set up and cannot be loaded: two lines, as for one that is not there; the card still comes."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
    with pytest.raises(UsageError, match="does not start") as caught:
        KeyringStore()
    assert "keyring diagnose" in caught.value.hint


def test_a_plain_text_keyring_is_refused():
    """keyrings.alt silently offers one on machines without a keyring."""
    plain = type("PlaintextKeyring", (Chest,), {"__module__": "keyrings.alt.file"})
    with pytest.raises(UsageError, match="plain text"):
        KeyringStore(plain())
    other = type("Keyring", (Chest,), {"__module__": "keyrings.alt.Gnome"})
    with pytest.raises(UsageError, match="other programs"):
        KeyringStore(other())


class OnlyRead(Chest):
    """As those that fetch credentials for package indexes: a chain passes on what this one does not write."""

    def set_password(self, service, username, password):
        raise NotImplementedError


def chain(monkeypatch, *backends):
    chained = keyring.backends.chainer.ChainerBackend
    monkeypatch.setattr(chained, "backends", list(backends))
    return chained()


def test_a_chain_does_not_pass_a_secret_on_to_plain_text(connection, monkeypatch):
    """Whatever stands before it: what is not safe is never written to."""
    plain = type("PlaintextKeyring", (Chest,), {"__module__": "keyrings.alt.file"})()
    store = KeyringStore(chain(monkeypatch, OnlyRead(), plain))
    with pytest.raises(UsageError, match="does not take"):
        store.save("default", connection.client.authorization.keepsake())
    assert not plain.entries


def test_a_chain_is_used_up_to_its_safe_member(connection, monkeypatch):
    """One that only reads is no obstacle, and plain text behind a safe one is no danger."""
    safe, plain = Chest(), type("PlaintextKeyring", (Chest,), {"__module__": "keyrings.alt.file"})()
    store = KeyringStore(chain(monkeypatch, OnlyRead(), safe, plain))
    store.save("default", connection.client.authorization.keepsake())
    assert safe.entries
    assert not plain.entries
    assert store.load("default") == connection.client.authorization.keepsake()
    assert store.forget("default")
    assert not safe.entries
    with pytest.raises(UsageError, match="plain text"):
        KeyringStore(chain(monkeypatch, plain, safe))
    with pytest.raises(UsageError, match="no keyring"):
        KeyringStore(chain(monkeypatch))


def test_a_locked_keyring_is_a_clear_error(connection):
    """The backend's own exception might quote what it was given."""
    chest = Chest()
    store = KeyringStore(chest)
    chest.locked = True
    with pytest.raises(UsageError, match="does not take") as caught:
        store.save("default", connection.client.authorization.keepsake())
    assert caught.value.__context__ is None
    assert store.load("default") is None
    assert not store.forget("default")


@pytest.mark.parametrize("text", ["", "not json", "{}", "[]", "null", '{"data_center": "us"}'])
def test_somebody_elses_entry_is_no_sign_in(text):
    """Whatever stands there."""
    chest = Chest()
    chest.entries[SERVICE, "default"] = text
    assert KeyringStore(chest).load("default") is None


def test_signing_out_forgets_there_too(connection):
    """And tells so."""
    store = KeyringStore(Chest())
    store.save(connection.name, connection.client.authorization.keepsake())
    connection.kept_by("keyring", lambda: store.forget(connection.name))
    report = connection.logout()
    assert report.keyring
    assert "keyring" in str(report)
    assert store.load(connection.name) is None
    with pytest.raises(NotSignedIn):
        connection.client.authorization.keepsake()


def test_a_keepsake_shows_no_secret(connection):
    """Its repr has the client's name only."""
    keepsake = connection.client.authorization.keepsake()
    assert keepsake.client_secret not in repr(keepsake)
    assert keepsake.refresh_token not in repr(keepsake)
