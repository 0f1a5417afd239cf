"""What a card shows of a sign-in: a pure function of its state, in plain values without a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter
from zbt_notebook.client.auth.oauth import CODE_LIFE
from zbt_notebook.client.auth.scopes import CHOICES, FAMILY, PRESETS, PROFILE
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import DEFAULT_REDIRECT_URI
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.state import (
    Beginning,
    Connected,
    Desk,
    Filling,
    Finishing,
    Settling,
    State,
    Waiting,
)

_ENDED = {"": "Not connected", "signed out": "Signed out", "replaced": "Replaced by a newer sign-in"}
_PROMPTING = "Go on in the prompt, in the output of the cell that waits. Stop ends it."
_ALLOWS = {
    "read only": "look at everything, change nothing",
    "triage": "look at bugs, and file and change them",
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What does not change while a sign-in goes on."""

    name: str
    data_centers: tuple[DataCenter, ...]
    filled_in: str = ""  # by whom the client was, where the user need not
    cannot_keep: str = ""  # why nothing can be remembered on this machine
    has_cells: bool = True  # whether whoever sees it can run a line of %zbt


def view_of(state: State, outlook: Outlook) -> dict[str, Any]:
    """Everything that a front end needs, whenever it was opened."""
    desk = state.desk
    phase = (
        "connected" if isinstance(state, Connected) else "form" if isinstance(state, Filling | Beginning) else "waiting"
    )
    problem = desk.problem
    return {
        "kind": "view",
        "phase": phase,
        "attempt": desk.attempt,
        "busy": _busy(state),
        "status": [problem.message, problem.hint] if problem else [_status(state)],
        "failed": problem is not None,
        "field": problem.field if problem else "",
        "ended": state.ended if isinstance(state, Filling) else "",
        "note": _note(state, outlook),
        "line": _login_line(desk, outlook) if isinstance(state, Filling) and state.ended and outlook.has_cells else "",
        "tomorrow": _tomorrows_line(desk, outlook) if isinstance(state, Connected) and outlook.has_cells else "",
        "form": _form(desk),
        "secret_held": bool(desk.secret),
        "filled_in": outlook.filled_in if desk.secret and desk.held is desk.given else "",
        "remembered": desk.remembered,
        "keep": desk.keep,
        "cannot_keep": outlook.cannot_keep,
        **_waiting(state),
        "prompt": desk.prompt,
        "prompt_line": _prompt_line(desk, outlook) if outlook.has_cells else "",
        "self_client": desk.self_client,
        "code_life": int(CODE_LIFE),
        "data_centers": [
            {"name": site.name, "host": urlsplit(site.accounts_url).netloc, "console_url": site.console_url}
            for site in outlook.data_centers
        ],
        "scopes": _scopes(),
        "connection": _described(state.connection) if isinstance(state, Connected) else None,
        "greets": isinstance(state, Connected) and state.greets,
    }


def _form(desk: Desk) -> Mapping[str, str]:
    """What stands in the fields."""
    return {
        "data_center": desk.form.data_center,
        "client_id": desk.form.client_id,
        "redirect_uri": desk.form.redirect_uri,
        "scopes": desk.form.scopes,
    }


def _scopes() -> Mapping[str, Any]:
    """The scopes to choose from: by module and operation, and the presets."""
    return {
        "family": FAMILY,
        "modules": [
            [module, {operation: list(scopes) for operation, scopes in choices.items()}]
            for module, choices in CHOICES.items()
        ],
        "profile": PROFILE,
        "presets": [[name.capitalize(), list(scopes), _ALLOWS.get(name, "")] for name, scopes in PRESETS.items()],
    }


def _status(state: State) -> str:
    if isinstance(state, Filling):
        return _ENDED[state.ended]
    if isinstance(state, Beginning):
        return "Not connected"
    return "Connected" if isinstance(state, Connected) else "Waiting for your consent"


def _busy(state: State) -> str:
    if isinstance(state, Connected):
        return state.business
    return (
        "beginning" if isinstance(state, Beginning) else "connecting" if isinstance(state, Finishing | Settling) else ""
    )


def _note(state: State, outlook: Outlook) -> str:
    desk = state.desk
    if desk.prompt == "under way":
        return _PROMPTING
    if desk.note or not isinstance(state, Filling):
        return desk.note
    if state.ended == "replaced":
        text = f"Another sign-in has taken the name {outlook.name!r}."
        return f"{text} To see it, run this line in a cell:" if outlook.has_cells else text
    if state.ended:
        text = "It was signed out elsewhere in the notebook. Press Sign in at Zoho"
        return f"{text}, or run this line in a cell:" if outlook.has_cells else f"{text}."
    return ""


def _waiting(state: State) -> Mapping[str, Any]:
    """What there is to follow, to type and to wait for."""
    waiting = state.waiting if isinstance(state, Finishing) else state
    begun = waiting.begun if isinstance(waiting, Waiting) else None
    code = begun if isinstance(begun, ShortCode) else None
    link = code.link if code else begun.authorization_url if begun and not isinstance(begun, ShortCode) else ""
    return {
        "consent_url": link,
        "catching": isinstance(waiting, Waiting) and waiting.catching,
        "uncaught": waiting.uncaught.message if isinstance(waiting, Waiting) and waiting.uncaught else "",
        "method": "device" if code else "link",
        "user_code": code.user_code if code else "",
        "user_code_page": code.page if code else "",
        "seconds_left": round(code.seconds_left) if code else 0,
    }


def _login_line(desk: Desk, outlook: Outlook) -> str:
    return _line("%zbt login", desk, outlook)


def _tomorrows_line(desk: Desk, outlook: Outlook) -> str:
    """What signs in tomorrow, before the cells below it run; the form is filled in from what is remembered."""
    ends = ["--sandbox", "--auto"] if desk.form.data_center == "sandbox" else ["--wait", "300"]
    given = ["--as", quote(outlook.name)] if outlook.name != "default" else []
    return " ".join(["%zbt login", *given, *(["--self-client"] if desk.self_client else []), *ends])


def _prompt_line(desk: Desk, outlook: Outlook) -> str:
    """What to run for the same sign-in by prompts, as far as a line can say it; never a secret."""
    return _line("%zbt login --mode prompt", desk, outlook)


def _line(begins: str, desk: Desk, outlook: Outlook) -> str:
    form = desk.form
    options = {
        "--dc": form.data_center if form.data_center in DATA_CENTERS and form.data_center != "us" else "",
        "--as": outlook.name if outlook.name != "default" else "",
    }
    if form.data_center == "sandbox":
        flags = ["--sandbox"]
    else:
        flags = []
        options["--client-id"] = form.client_id.strip()
        options["--redirect-uri"] = form.redirect_uri.strip() if form.redirect_uri != DEFAULT_REDIRECT_URI else ""
    flags += ["--self-client"] if desk.self_client else []
    given = [f"{option} {quote(value)}" for option, value in options.items() if value]
    return " ".join([begins, *flags, *given])


def _described(connection: Connection) -> dict[str, Any]:
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
