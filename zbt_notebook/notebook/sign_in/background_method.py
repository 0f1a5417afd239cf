"""What a sign-in with nothing to paste is made of: a way, its work, and the thread that does it."""

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import ZbtError

Asking = TypeVar("Asking", contravariant=True)  # noqa: PLC0105  the sign-in that a way is for: it knows ways, they not it


class Work(Protocol):
    """What the thread does."""

    @property
    def link(self) -> str:
        """Where the user has to go."""

    @property
    def instructions(self) -> tuple[str, ...]:
        """What to tell them, in lines."""

    @property
    def user_code(self) -> str:
        """What the user types there; empty where nothing is typed."""

    @property
    def page(self) -> str:
        """The address where it is typed, short enough to be typed as well."""

    @property
    def seconds_left(self) -> float:
        """How long the user may take."""

    def run(self, stopped: threading.Event) -> Connection:
        """Give the connection, or raise; come back soon after *stopped* is set."""


class UnderWay(Protocol):
    """Work that runs in a thread."""

    def stop(self, patience: float | None = None) -> None:
        """Let it end, and wait for that; at most *patience* seconds."""


class Way(Protocol[Asking]):
    """A way to sign in with nothing pasted."""

    @property
    def catches_redirect(self) -> bool:
        """Whether it ends with a redirect, which could be pasted as well."""

    def suits(self, redirect_uri: str) -> bool:
        """Whether it can work for a client that is registered so."""

    def prepare(self, sign_in: Asking, client: ClientCredentials) -> Work:
        """Do what can fail at once; raise a ZbtError then."""

    def set_out(self, work: Work, ended: Callable[[ZbtError | None], None]) -> UnderWay:
        """Run it in a thread, which tells its end."""
