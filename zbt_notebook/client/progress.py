"""Tells how far something is that takes longer than a second: to a function, or as a line on the error stream.

Whoever can draw more than a line, as a notebook can, installs its own face by ``install``.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.streams import is_terminal, tell

SILENT_FOR = 1.0  # seconds
_EVERY = 0.2  # seconds between two drawings


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far it is; ``of`` is the number of pages where it is known, ``waiting`` the seconds until a slot is free.

    ``what`` is empty where nothing is counted: one call that waits for its turn.
    """

    what: str
    rows: int = 0
    pages: int = 0
    of: int | None = None
    seconds: float = 0.0
    left: float | None = None
    waiting: float = 0.0
    refused: int = 0
    forecast: str = ""
    done: bool = False
    notes: tuple[str, ...] = ()  # what is not as it was announced

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1, where that is known."""
        return min(1.0, self.pages / self.of) if self.of else None

    def __str__(self) -> str:
        pages = counted(self.pages, "pages")
        if self.of and not self.done:
            pages = f"{self.pages:,} of {counted(self.of, 'pages')}"
        began = self.what and (self.pages or self.of or self.done or not self.waiting)
        parts = [counted(self.rows, self.what), pages] if began else []
        if self.done:
            parts.append(duration(self.seconds) if self.what else f"waited {duration(self.seconds)} for the rate limit")
        elif self.left is not None:
            parts.append(f"about {duration(max(self.left, self.waiting))} left")
        if self.waiting > 1 and not self.done:
            parts.append(f"the rate limit frees a slot in {duration(self.waiting)}")
        if self.refused:
            parts.append(f"{counted(self.refused, 'projects')} refused, see attrs['zbt']['errors']")
        more = f" and {len(self.notes) - 3} more, see attrs['zbt']['warnings']" if len(self.notes) > 3 else ""  # noqa: PLR2004  a line's worth
        if self.notes:
            parts.append("; ".join(self.notes[:3]) + more)
        return ", ".join(parts)


OnProgress = Callable[[Snapshot], None]


def reporter(progress: bool | OnProgress) -> "Reporter":  # noqa: FBT001  the user's own word: progress=False
    """Who shows the snapshots: the user's own function, nobody, or what fits where this runs."""
    if callable(progress):
        return Reporter(_Given(progress))
    if not isinstance(progress, bool | int | None):
        raise UsageError(
            f"progress= is of the type {type(progress).__name__}",
            hint="Give True, False or a function that takes a Snapshot.",
        )
    if not progress:
        return Reporter(_Nobody())
    for make in _installed:
        face = make()
        if face is not None:
            return Reporter(face)
    return Reporter(_Terminal() if is_terminal(sys.stderr) else _OneLine())


def install(make: "Callable[[], Face | None]") -> None:
    """Let *make* give the face for progress=True; where it gives None, lines on the error stream are shown."""
    if make not in _installed:
        _installed.append(make)


def say(line: str) -> None:
    """Write a line to the error stream, if there is one: pythonw has none, and a closed one cannot be helped."""
    tell(f"{line}\n", to="stderr")


def duration(seconds: float) -> str:
    """Seconds as people say them: 75 s, 12 min, 3 h 05 min."""
    if seconds < 120:  # noqa: PLR2004  two minutes, the length of Zoho's window
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004  two hours


class Face(Protocol):
    """Where progress is shown: not before so many seconds."""

    silent_for: float

    def draw(self, snapshot: Snapshot) -> None:
        """Show a state, in the place of the one before."""

    def end(self, snapshot: Snapshot) -> None:
        """Show how it ended."""


_installed: "list[Callable[[], Face | None]]" = []


class Reporter:
    """Draws now and then, and nothing at all where it is over in a second."""

    def __init__(self, face: Face, clock: Callable[[], float] = time.monotonic) -> None:
        self._face = face
        self._clock = clock
        self._began = clock()
        self._drawn = 0.0

    def tell(self, snapshot: Snapshot) -> None:
        """Take notice of a state; shows it where the last one was shown a while ago."""
        now = self._clock()
        if now - self._began >= self._face.silent_for and now - self._drawn >= _EVERY * (self._face.silent_for > 0):
            self._drawn = now
            self._face.draw(snapshot)

    def end(self, snapshot: Snapshot) -> None:
        """Show how it ended, where it took its time or something was refused; what broke off goes on no longer."""
        if not snapshot.done:
            snapshot = replace(snapshot, left=None, waiting=0.0)
        tells = bool(snapshot.refused or snapshot.notes)
        if self._drawn or tells or self._clock() - self._began >= self._face.silent_for:
            self._face.end(snapshot)
        if tells and isinstance(self._face, (_Given, _Nobody)):
            say(str(snapshot))  # nobody may miss it


class _Given:
    silent_for = 0.0

    def __init__(self, on_progress: OnProgress) -> None:
        self.draw = on_progress
        self.end = on_progress


class _Nobody:
    silent_for = float("inf")

    def draw(self, snapshot: Snapshot) -> None:
        """Show nothing."""

    def end(self, snapshot: Snapshot) -> None:
        """Show nothing."""


class _OneLine:
    """For logs: one line when it is over."""

    silent_for = SILENT_FOR

    def draw(self, snapshot: Snapshot) -> None:
        """Wait for the end."""

    def end(self, snapshot: Snapshot) -> None:
        say(str(snapshot))


class _Terminal:
    """One line that is written over."""

    silent_for = SILENT_FOR

    def __init__(self) -> None:
        self._width = 0

    def draw(self, snapshot: Snapshot) -> None:
        line = str(snapshot)
        tell("\r" + line.ljust(self._width), to="stderr")
        self._width = len(line)

    def end(self, snapshot: Snapshot) -> None:
        self.draw(snapshot)
        tell("\n", to="stderr")
