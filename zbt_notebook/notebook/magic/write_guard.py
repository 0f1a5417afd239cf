"""No write goes out by accident, and *Run All* sends none twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Request
from zbt_notebook.client.redactor import plain
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.magic.display.table import ago

Ask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that went out: when, and what came back; ``is_certain`` unless no answer came."""

    at: float
    answer: Any = field(repr=False)
    summary: str
    is_certain: bool = True

    def describe(self, now: float) -> str:
        """Say when and what: ``sent 3 minutes ago: bug PT1-I47``."""
        return f"sent {ago(now - self.at)}{f': {self.summary}' if self.summary else ''}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The writes of this kernel, by the cell that sent them."""

    clock: Callable[[], float]
    sent: dict[tuple[str, str], Sent] = field(default_factory=dict)

    def earlier(self, cell: str, request: Request) -> Sent | None:
        """Give the same write of the same cell, if it went out before."""
        return self.sent.get((cell, fingerprint(request)))

    def enter(self, cell: str, request: Request, answer: Any) -> None:
        """Remember a write that went out."""
        self.sent[cell, fingerprint(request)] = Sent(self.clock(), answer, summary(answer))

    def enter_doubt(self, cell: str, request: Request) -> None:
        """Remember a write to which no answer came."""
        self.sent[cell, fingerprint(request)] = Sent(self.clock(), None, "no answer came", is_certain=False)


def fingerprint(request: Request) -> str:
    """Give one text for what is the same write: method, address, parameters and body."""
    uploads = [(upload.name, upload.filename, hashlib.sha256(upload.content).hexdigest()) for upload in request.uploads]
    whole = repr((request.method, request.url, request.params, request.headers, request.form, request.json, uploads))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def summary(answer: Any) -> str:
    """Name what a write made, in a few words, from its answer."""
    if not isinstance(answer, dict):
        return ""
    for name in ("key", "prefix", "name", "title", "id_string", "id", "response"):
        if isinstance(answer.get(name), str | int):
            return plain(str(answer[name]))[:60]
    return ""


def confirm(question: str, ask: Ask) -> None:
    """Ask y/N; raise UsageError where the answer is no, or nobody can be asked."""
    answer = ask(f"{plain(question)} [y/N] ").strip().lower()
    if answer not in {"y", "yes"}:
        raise UsageError("not sent: the question was not answered with y", hint="Run the cell again, or add --yes.")


def ask_by_stdin(question: str) -> str:
    """Ask on stdin: in a notebook below the cell, in a terminal in its line. Raise UsageError where there is none."""
    from IPython.core.error import StdinNotImplementedError

    if environment.kernel() is None and not environment.is_a_terminal():
        raise _nobody_to_ask()
    try:
        return input(question)
    except (StdinNotImplementedError, EOFError, OSError, ValueError, RuntimeError):  # none, at its end, closed, lost
        problem = _nobody_to_ask()
    raise problem


def _nobody_to_ask() -> UsageError:
    return UsageError("a write asks before it goes, and here is nobody to ask", hint="Add --yes to send it unasked.")
