"""Remembers a sign-in in the operating system's keyring, if the user asks for it, and nowhere else."""

import json
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.auth.authorization import Keepsake
from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter
from zbt_notebook.client.errors import UsageError, ZbtError
from zbt_notebook.client.next_steps import step

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "zbt-notebook"

# Backends that keep nothing, or keep it readable for everybody: by module and class, for most are not installed
_UNSAFE = {
    "keyring.backends.fail.Keyring": "there is no keyring on this machine",
    "keyring.backends.null.Keyring": "the keyring is switched off",
    "keyrings.alt.file.PlaintextKeyring": "the only keyring here is a file in plain text",
    "keyrings.alt.file.EncryptedKeyring": "the only keyring here is a file of its own, whose password it would ask for",
}


class KeyringStore:
    """Sign-ins by connection name, in the keyring of the operating system.

    Raise UsageError where keyring is not installed, or what it would use is not safe.
    """

    def __init__(self, backend: "KeyringBackend | None" = None) -> None:
        found = _members(backend or _system_backend())
        problem = _problem(found[0]) if found else _UNSAFE["keyring.backends.fail.Keyring"]
        if problem:
            raise UsageError(
                f"this sign-in cannot be remembered: {problem}",
                hint="Without --remember it is kept until the kernel ends. For unattended runs use ZBT_* variables.",
            )
        self._backends = tuple(takewhile(lambda member: not _problem(member), found))

    def save(self, name: str, keepsake: Keepsake) -> None:
        """Remember the sign-in under the connection's name, in place of an earlier one."""
        value = {
            "data_center": keepsake.data_center.name,
            "accounts_url": keepsake.data_center.accounts_url,
            "api_url": keepsake.data_center.api_url,
            "client_id": keepsake.client_id,
            "client_secret": keepsake.client_secret,
            "refresh_token": keepsake.refresh_token,
            "scopes": list(keepsake.scopes),
            "redirect_uri": keepsake.redirect_uri,
        }
        try:
            self._write(name, json.dumps(value))
        except Exception:  # noqa: BLE001  each backend has errors of its own, which may quote the value
            refused = True
        else:
            refused = False
        if refused:
            raise UsageError(
                "the keyring does not take the sign-in",
                hint=f"Unlock it, then run {step('login and remember')} again. This sign-in ends with this process.",
            )

    def load(self, name: str) -> Keepsake | None:
        """The sign-in remembered under that name, or None."""
        try:
            text = self._find(name)[1]
            return _read(json.loads(text)) if text else None
        except (ValueError, KeyError, TypeError, ZbtError):  # somebody else's entry under our name
            return None
        except Exception:  # noqa: BLE001  a locked keyring, in each backend's own words
            return None

    def forget(self, name: str) -> bool:
        """Forget what is remembered under that name; tell whether it is gone."""
        try:
            keeper, _ = self._find(name)
            if keeper:
                keeper.delete_password(SERVICE, name)
        except Exception:  # noqa: BLE001  as above
            return False
        return True

    def _write(self, name: str, text: str) -> None:
        """Write to the first that writes, as a chain does; but never on to one that is not safe."""
        for backend in self._backends:
            with suppress(NotImplementedError):  # it only reads
                backend.set_password(SERVICE, name, text)
                return
        raise NotImplementedError

    def _find(self, name: str) -> "tuple[KeyringBackend | None, str | None]":
        for backend in self._backends:
            text = backend.get_password(SERVICE, name)
            if text is not None:
                return backend, text
        return None, None


def _read(value: dict[str, Any]) -> Keepsake:
    known = DATA_CENTERS.get(value["data_center"])
    data_center = DataCenter(value["data_center"], value["accounts_url"], value["api_url"])
    return Keepsake(
        known if known == data_center else data_center,
        str(value["client_id"]),
        str(value["client_secret"]),
        str(value["refresh_token"]),
        tuple(map(str, value["scopes"])),
        str(value.get("redirect_uri", "")),
    )


def _system_backend() -> "KeyringBackend":
    try:
        import keyring
    except ImportError:
        missing = True
    else:
        missing = False
    if missing:
        raise UsageError(
            "remembering needs the package keyring, which is not installed",
            hint='Run: %pip install "zbt-notebook[keyring]"',
        )
    try:
        return keyring.get_keyring()
    except Exception as error:  # noqa: BLE001  whatever the backend that is set up raises, or the import of it
        kind = type(error).__name__
    raise UsageError(
        f"this sign-in cannot be remembered: the keyring that is set up here does not start ({kind})",
        hint="Look at PYTHON_KEYRING_BACKEND and at keyring's own configuration: python -m keyring diagnose",
    )


def _members(backend: "KeyringBackend") -> "tuple[KeyringBackend, ...]":
    """The backends of a chain, in its order; else the one backend."""
    chained = getattr(backend, "backends", None)
    return (backend,) if chained is None else tuple(member for one in chained for member in _members(one))


def _problem(backend: "KeyringBackend") -> str:
    """Why this backend must not be used; empty where it may."""
    kind = type(backend)
    for ancestor in kind.__mro__:
        name = f"{ancestor.__module__}.{ancestor.__qualname__}"
        if name in _UNSAFE:
            return _UNSAFE[name]
    if kind.__module__.startswith("keyrings.alt."):
        return f"its backend {kind.__qualname__} keeps secrets where other programs can read them"
    return ""
