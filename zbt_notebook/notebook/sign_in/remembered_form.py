"""Remembers what a sign-in was filled in with, without its secret, in a file of the user's own configuration."""

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.notebook.sign_in.form import Form

_LONGEST = 100_000  # bytes: a file that is larger is none of ours


def folder() -> Path:
    """Where the configuration of a user's programs belongs on this system."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin" and not os.environ.get("XDG_CONFIG_HOME"):
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "zbt-notebook"


def remember(name: str, form: Form, site: DataCenter) -> bool:
    """Keep a form under the connection's name; tell whether that was possible."""
    entry = {
        "data_center": form.data_center,
        "accounts_url": site.accounts_url,
        "client_id": form.client_id.strip(),
        "redirect_uri": form.redirect_uri.strip(),
        "scopes": form.scopes,
    }
    return _write({**_read(), name: entry})


def recall(name: str, site: DataCenter | None) -> Form | None:
    """What is kept under that name; with a *site* only where it was filled in for that one."""
    entry = _read().get(name)
    if not isinstance(entry, dict) or (site and entry.get("accounts_url") != site.accounts_url):
        return None
    values = [entry.get(part) for part in ("data_center", "client_id", "redirect_uri", "scopes")]
    texts = [value for value in values if isinstance(value, str) and value.isprintable()]
    return Form(*texts) if len(texts) == len(values) else None


def forget(name: str) -> bool:
    """Keep nothing under that name any more; tell whether that was possible."""
    entries = _read()
    return entries.pop(name, None) is None or _write(entries)


def _path() -> Path:
    return folder() / "sign_in.json"


def _read() -> dict[str, Any]:
    """What is kept; nothing where the file is no file of ours, or not readable."""
    with suppress(OSError, ValueError, RuntimeError):  # too deep, or a user without a home
        path = _path()
        if path.is_file() and not path.is_symlink() and path.stat().st_size < _LONGEST:
            entries = json.loads(path.read_text("utf-8"))
            return entries if isinstance(entries, dict) else {}
    return {}


def _write(entries: dict[str, Any]) -> bool:
    """Replace the file as a whole: another process sees the old one or the new one."""
    try:
        path = _path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)  # which makes it readable for its owner alone
    except (OSError, ValueError, RuntimeError):
        return False
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(entries, file, indent=1, sort_keys=True)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        return False
    return True
