"""What a card shows of a sign-in, as plain values without a secret."""

from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.auth.oauth import CODE_LIFE
from zbt_notebook.client.auth.scopes import FAMILY, MODULES, PRESETS, PROFILE
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import DEFAULT_REDIRECT_URI
from zbt_notebook.notebook.sign_in.sign_in import SignIn

_STATES = {"form": "Not connected", "waiting": "Waiting for your consent", "connected": "Connected"}
_PROMPTING = "Go on in the prompt, in the output of the cell that waits. Stop ends it."


def view_of(sign_in: SignIn) -> dict[str, Any]:
    """Everything a view needs, whenever it was opened."""
    with sign_in.lock:
        return _view_of(sign_in)


def _view_of(sign_in: SignIn) -> dict[str, Any]:
    problem, form, work = sign_in.problem, sign_in.form, sign_in.work
    return {
        "kind": "view",
        "phase": sign_in.phase,
        "attempt": sign_in.attempt,
        "busy": sign_in.busy,
        "status": [problem.message, problem.hint] if problem else [_STATES[sign_in.phase]],
        "failed": problem is not None,
        "field": problem.field if problem else "",
        "note": _PROMPTING if sign_in.prompt == "under way" else sign_in.note,
        "form": {
            "data_center": form.data_center,
            "client_id": form.client_id,
            "redirect_uri": form.redirect_uri,
            "scopes": form.scopes,
        },
        "secret_held": sign_in.holds_secret,
        "consent_url": sign_in.consent_url,
        "way": sign_in.way,
        "user_code": work.user_code if work else "",
        "user_code_page": work.page if work else "",
        "seconds_left": round(work.seconds_left) if work else 0,
        "ways": list(sign_in.ways),
        "prompt": sign_in.prompt,
        "prompt_line": _prompt_line(sign_in),
        "self_client": sign_in.self_client,
        "code_life": int(CODE_LIFE),
        "data_centers": [
            {"name": site.name, "host": urlsplit(site.accounts_url).netloc, "console_url": site.console_url}
            for site in sign_in.data_centers.values()
        ],
        "scopes": {
            "family": FAMILY,
            "modules": [[module, list(operations)] for module, operations in MODULES.items()],
            "profile": PROFILE,
            "presets": [[name.capitalize(), list(scopes)] for name, scopes in PRESETS.items()],
        },
        "connection": _described(sign_in.connection),
    }


def _prompt_line(sign_in: SignIn) -> str:
    """What to run for the same sign-in by prompts, as far as a line can say it; never a secret."""
    form = sign_in.form
    options = {
        "--dc": form.data_center if form.data_center in DATA_CENTERS and form.data_center != "us" else "",
        "--as": sign_in.name if sign_in.name != "default" else "",
    }
    if form.data_center == "sandbox":
        flags = ["--sandbox"]
    else:
        flags = []
        options["--client-id"] = form.client_id.strip()
        options["--redirect-uri"] = form.redirect_uri.strip() if form.redirect_uri != DEFAULT_REDIRECT_URI else ""
    flags += ["--self-client"] if sign_in.self_client else []
    given = [f"{option} {quote(value)}" for option, value in options.items() if value]
    return " ".join(["%zbt login --mode prompt", *flags, *given])


def _described(connection: Connection | None) -> dict[str, Any] | None:
    if connection is None:
        return None
    status = connection.status()
    return {
        "name": status.name,
        "account": status.account,
        "data_center": status.data_center,
        "host": urlsplit(status.api_url).netloc,
        "client_id": status.client_id,
        "granted": list(status.scopes_granted),
        "missing": list(status.scopes_missing),
        "seconds_left": round(status.seconds_left),
        "can_refresh": status.can_refresh,
    }
