"""What can happen to a sign-in: what its user does, and what became of what was set going."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.form import Problem

Method = Literal["link", "device"]  # Zoho's page with a redirect, or a short code to type there
Standing = Literal["live", "signed out", "replaced"]  # of a connection, in this kernel


@dataclass(frozen=True, slots=True)
class Typed:
    """Fields of the form changed; the secret itself comes with the press of a button alone."""

    fields: Mapping[str, str]
    secret_typed: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that begins something; ``attempt`` is the one that its user saw, so that two clicks begin one thing."""

    button: Literal["start", "start_again", "device", "prompt"]
    attempt: object
    fields: Mapping[str, str]
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Pasted:
    """Something was pasted as the code."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A button that needs nothing with it."""

    button: Literal["refresh", "sign_out", "keep", "another", "forget"]


@dataclass(frozen=True, slots=True)
class KeepTicked:
    """The box *Keep me signed in on this machine* was ticked, or not."""

    keep: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """There is a redirect URI at which this Jupyter catches the redirect itself."""

    redirect_uri: str


@dataclass(frozen=True, slots=True)
class PromptOffered:
    """A running cell waits that could ask in the card's stead, or none does any more."""

    possible: bool


@dataclass(frozen=True, slots=True)
class Inspected:
    """How the connection was found to stand."""

    standing: Standing
    problem: Problem | None = None  # why Zoho gave it no new token, the last time one was asked for


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody sees this sign-in any more."""


# What became of an effect: each names its attempt, for it may come when another one is under way.


@dataclass(frozen=True, slots=True)
class LinkMade:
    """There is a consent link."""

    attempt: int
    flow: LoginFlow


@dataclass(frozen=True, slots=True)
class ShortCodeMade:
    """There is a short code."""

    attempt: int
    code: ShortCode


@dataclass(frozen=True, slots=True)
class Listening:
    """The redirect will be caught, or cannot be."""

    attempt: int
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Unheard:
    """The listening ended, and no redirect had come."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Caught:
    """The redirect came."""

    attempt: int
    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """Zoho gave tokens; nobody but this event knows the connection yet."""

    attempt: int
    connection: Connection


@dataclass(frozen=True, slots=True)
class Settled:
    """The connection is the kernel's current one."""

    attempt: int
    connection: Connection
    note: str = ""
    replaced: Connection | None = None  # the one that it took the name of, to be signed out


@dataclass(frozen=True, slots=True)
class Refused:
    """It went wrong; ``word`` is Zoho's own."""

    attempt: int
    problem: Problem
    word: str = ""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """There is a new access token."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Left:
    """The connection is signed out; ``report`` says what that achieved."""

    attempt: int
    report: str


Event = (
    Typed
    | Pressed
    | Pasted
    | Chosen
    | KeepTicked
    | PromptOffered
    | Offered
    | Inspected
    | Closed
    | LinkMade
    | ShortCodeMade
    | Listening
    | Unheard
    | Caught
    | Brought
    | Settled
    | Refused
    | Refreshed
    | Left
)

FIELDS = ("data_center", "client_id", "redirect_uri", "scopes")


def read_message(message: Mapping[str, Any]) -> Event | None:
    """Read what a front end sent; None where it is nothing that a sign-in knows, or not in its shape."""
    kind = _text(message, "kind")
    if kind == "form":
        return Typed(_fields(message), message.get("secret_typed") is True)
    if kind in {"start", "start_again", "device", "prompt"}:
        secret = _text(message, "client_secret").strip()
        return Pressed(kind, message.get("attempt"), _fields(message), secret)  # type: ignore[arg-type]  # just checked
    if kind == "code":
        return Pasted(_text(message, "code"))
    if kind in {"refresh", "sign_out", "keep", "another", "forget"}:
        return Chosen(kind)  # type: ignore[arg-type]  # just checked
    if kind == "keep_signed_in":
        return KeepTicked(message.get("wanted") is True)
    return None


def _fields(message: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: message[name] for name in FIELDS if isinstance(message.get(name), str)}


def _text(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""
