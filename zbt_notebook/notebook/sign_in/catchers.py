"""What catches the redirect of a sign-in, so that its user has nothing to paste."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser that brought the redirect is told: ``connected`` only where the sign-in led to a connection."""

    connected: bool
    title: str
    text: str


OnRedirect = Callable[[str], Answer]  # takes the redirect's query string; comes back when it is known how it ended


class Catcher(Protocol):
    """One place to which a browser can be sent back. Several may wait for one sign-in: what catches first wins."""

    @property
    def redirect_uri(self) -> str:
        """The address that it waits at, to be offered to the user; empty where any suitable one will do."""

    def seen_at(self, page: str) -> None:
        """Take the address of the page in which the user works: it may tell where that is."""

    def suits(self, redirect_uri: str) -> bool:
        """Whether a redirect to that address can arrive here."""

    def state(self, nonce: str) -> str:
        """What to send as the sign-in's ``state``: *nonce*, or something signed that holds it."""

    def start(self, state: str, on_redirect: OnRedirect, *, redirect_uri: str) -> Callable[[], None]:
        """Wait, in a thread, for the one redirect with that ``state``; give what ends the waiting and frees all.

        Any other redirect is refused and changes nothing. To end twice does no harm, nor does it from within
        *on_redirect*. Raise UsageError where it is impossible (a port that is taken).
        """
