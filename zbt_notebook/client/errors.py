"""What can go wrong, and what to do next.

::

    ZbtError                      .hint says what to do next
    ├── UsageError                the call's own words are off
    ├── NotSignedIn               there is no connection to call with
    ├── SignInRejected            Zoho, or a check of ours, refused the sign-in
    ├── Unreachable               no answer came, or one that is not Zoho's
    └── ApiError                  the API refused: .status, .code
        ├── TokenRejected         the access token is not accepted any more
        ├── ScopeMissing          .needed names the scope
        ├── NotFound              nothing is there
        ├── RateLimited           .retry_at tells when the next call may go
        └── IncompletePull        .rows came, .resume fetches the rest
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from zbt_notebook.client.redactor import NO_WORD, plain, redact

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ZbtError(Exception):
    """Base of all errors of this package; ``hint`` is the next step, as an imperative."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(redact(message[: 2 * _LONGEST], enough=NO_WORD))
        self.hint = _one_line(redact(hint[: 2 * _LONGEST], enough=NO_WORD))

    @property
    def message(self) -> str:
        """What happened, in one line."""
        return _one_line(str(self.args[0])) if self.args else type(self).__name__

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """Two lines instead of a stack trace: IPython asks for this name.

        They hold no frame, so ``%xmode Verbose`` has no argument values to print.
        """
        lines = [f"{type(self).__name__}: {self.message}"]
        return [*lines, self.hint] if self.hint else lines


def _one_line(text: str) -> str:
    """A text in one line, harmless and not longer than anybody reads: what others wrote may stand in it."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return text if text.isprintable() else plain(" ".join(text.split()))


_LONGEST = 1_000


class UsageError(ZbtError):
    """The words of the call are off: nothing was sent; ``field`` is the part at fault, where one is."""

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


@contextmanager
def reading(field: str) -> Iterator[None]:
    """Tell what was being read where a UsageError comes of it: ``"client_id"``. A decorator as well."""
    try:
        yield
    except UsageError as error:
        error.field = error.field or field
        raise


def without_frames(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Raise what goes wrong outside of the function's frames, whose variables hold secrets as they were handed over.

    ``%xmode Verbose`` prints the frames of an error that is the cause of another; debuggers print those of any.
    """

    @wraps(function)
    def outside(*given: _P.args, **named: _P.kwargs) -> _R:
        try:
            return function(*given, **named)
        except (ZbtError, KeyboardInterrupt) as error:
            failure = error.with_traceback(None)
        del given, named  # this frame is shown
        failure.__cause__ = failure.__context__ = None  # they have frames of their own
        raise failure

    return outside


class NotSignedIn(ZbtError):
    """There is no connection to make the call with."""


class SignInRejected(ZbtError):
    """Zoho, or a check of ours, refused the sign-in; ``error`` is Zoho's word for it, or empty."""

    def __init__(self, message: str, *, hint: str = "", error: str = "") -> None:
        super().__init__(message, hint=hint)
        self.error = error


class Unreachable(ZbtError):
    """No answer came, or one that cannot be Zoho's; ``outcome_unknown`` where a write may have happened.

    ``nothing_sent`` where it is certain that no byte of the request left: there was never a connection to send it on.
    ``hung_up`` where somebody took the connection and closed it. ``seconds`` is how long it took to know.
    """

    def __init__(
        self, message: str, *, hint: str = "", outcome_unknown: bool = False, nothing_sent: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.outcome_unknown = outcome_unknown
        self.nothing_sent = nothing_sent
        self.hung_up = False
        self.seconds = 0.0

    @property
    def may_mean_gone(self) -> bool:
        """Whether what was asked may be gone for good, and can be asked for elsewhere: nothing has happened."""
        return self.nothing_sent or (self.hung_up and not self.outcome_unknown)


class ApiError(ZbtError):
    """The API refused the call: HTTP ``status`` and Zoho's ``code`` (a title or a number, as text)."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0, code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code


class TokenRejected(ApiError):
    """The access token is not accepted, and a fresh one was not either."""


class ScopeMissing(ApiError):
    """The sign-in does not cover the call; ``needed`` names the scope, or is empty where nobody knows."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0, code: str = "", needed: str = "") -> None:
        super().__init__(message, hint=hint, status=status, code=code)
        self.needed = needed


class NotFound(ApiError):
    """There is nothing at that path, or nothing with that id."""


class RateLimited(ApiError):
    """Zoho's lock, or our own limiter, holds the call back until ``retry_at`` (UTC)."""

    def __init__(
        self, message: str, *, hint: str = "", status: int = 0, code: str = "", retry_at: datetime | None = None
    ) -> None:
        super().__init__(message, hint=hint, status=status, code=code)
        self.retry_at = retry_at


class IncompletePull(ApiError):
    """A pull ended early: ``rows`` holds what came (a DataFrame), ``resume`` is the token that fetches the rest."""

    def __init__(
        self, message: str, *, hint: str = "", status: int = 0, code: str = "", rows: Any = None, resume: str = ""
    ) -> None:
        super().__init__(message, hint=hint, status=status, code=code)
        self.rows = rows
        self.resume = resume
