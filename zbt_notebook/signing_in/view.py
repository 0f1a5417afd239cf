"""What a card shows of a sign-in, as plain values without a secret."""

from typing import Any
from urllib.parse import urlsplit

from zbt_notebook.connection import Connection
from zbt_notebook.oauth import CODE_LIFE
from zbt_notebook.scopes import FAMILY, MODULES, PRESETS
from zbt_notebook.signing_in.sign_in import SignIn

_STATES = {"form": "Not connected", "waiting": "Waiting for your consent", "connected": "Connected"}


def view_of(sign_in: SignIn) -> dict[str, Any]:
    """Everything a view needs, whenever it was opened."""
    with sign_in.lock:
        return _view_of(sign_in)


def _view_of(sign_in: SignIn) -> dict[str, Any]:
    problem, form = sign_in.problem, sign_in.form
    return {
        "kind": "view",
        "phase": sign_in.phase,
        "attempt": sign_in.attempt,
        "busy": sign_in.busy,
        "status": [problem.message, problem.hint] if problem else [_STATES[sign_in.phase]],
        "failed": problem is not None,
        "field": problem.field if problem else "",
        "note": sign_in.note,
        "form": {
            "data_center": form.data_center,
            "client_id": form.client_id,
            "redirect_uri": form.redirect_uri,
            "scopes": form.scopes,
        },
        "secret_held": sign_in.holds_secret,
        "consent_url": sign_in.consent_url,
        "self_client": sign_in.self_client,
        "code_life": int(CODE_LIFE),
        "data_centers": [
            {"name": site.name, "host": urlsplit(site.accounts_url).netloc, "console_url": site.console_url}
            for site in sign_in.data_centers.values()
        ],
        "scopes": {
            "family": FAMILY,
            "modules": [[module, list(operations)] for module, operations in MODULES.items()],
            "presets": [[name.capitalize(), list(scopes)] for name, scopes in PRESETS.items()],
        },
        "connection": _described(sign_in.connection),
    }


def _described(connection: Connection | None) -> dict[str, Any] | None:
    if connection is None:
        return None
    status = connection.status()
    return {
        "name": status.name,
        "data_center": status.data_center,
        "host": urlsplit(status.api_url).netloc,
        "client_id": status.client_id,
        "granted": list(status.scopes_granted),
        "missing": list(status.scopes_missing),
        "seconds_left": round(status.seconds_left),
        "can_refresh": status.can_refresh,
    }
