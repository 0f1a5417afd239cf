"""The sign-in by prompts: a link is printed, and what must not be seen is asked for unseen."""

import builtins
import getpass
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError
from zbt_notebook.notebook.environment import is_vs_code, may_draw_widgets, require_a_user
from zbt_notebook.notebook.sign_in.sign_in import SignIn
from zbt_notebook.notebook.sign_in.state import Waiting

TRIES = 5  # answers that may be wrong before it ends: a program that types nonsense shall not go on for ever


def sign_in_by_prompt(sign_in: SignIn) -> Connection:
    """Ask for what *sign_in* does not know yet, print the link, ask for the code; Stop ends it, as does Escape.

    The secret and the code are read by ``getpass``: nothing of them is shown, saved or kept in the history. Raise
    NotSignedIn where nobody can be asked or the user gives up, UsageError or SignInRejected after five wrong answers.
    """
    require_a_user()
    with _Notices() as notices:
        try:
            return _ask(sign_in, notices)
        except (EOFError, NotImplementedError):  # IPython's StdinNotImplementedError is one of the latter
            pass
    raise NotSignedIn("the prompt was closed before the sign-in ended", hint="Run the cell again.")


class _Notices:
    """What is shown of a sign-in while the prompt goes on: a notebook that is saved later holds no consent link."""

    def __init__(self) -> None:
        self._shown: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for shown in self._shown:
            shown.update({"text/plain": "The prompt that stood here is over."}, raw=True)

    def show(self, *paragraphs: str) -> None:
        text = "\n\n".join(paragraphs)
        if not may_draw_widgets():
            print(text)  # noqa: T201  a prompt talks to its user
            return
        from IPython.core.display_functions import display

        shown = display({"text/plain": text}, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython's
        self._shown.append(shown)


@contextmanager
def stoppable(hint: str = "Run the cell again.") -> Iterator[None]:
    """Let Stop and Ctrl-C end a prompt in a cell that awaits; raise NotSignedIn with that *hint* then.

    There Stop cancels the cell's task, which a prompt never notices; and a KeyboardInterrupt that a task lets through
    ends the kernel's event loop.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    stopped = False
    try:
        yield
    except KeyboardInterrupt:
        stopped = True
    finally:
        signal.signal(signal.SIGINT, before)
    if stopped:
        raise NotSignedIn("the prompt was stopped", hint=hint)


def _ask(sign_in: SignIn, notices: _Notices) -> Connection:
    for _ in range(TRIES):
        if not isinstance(sign_in.state, Waiting) or _field_at_fault(sign_in) == "client_id":
            _begin(sign_in, notices)
        if isinstance(sign_in.state, Waiting):
            code = _answered(getpass.getpass("Code, or the whole address (not shown): "))
            sign_in.handle({"kind": "code", "code": code})
        if sign_in.connection:
            if note := sign_in.state.desk.note:
                print(note)  # noqa: T201  as above
            return sign_in.connection
        if sign_in.problem:
            print(sign_in.problem.message, sign_in.problem.hint, sep="\n")  # noqa: T201  as above
    problem = sign_in.problem
    raise SignInRejected(f"{TRIES} answers were not right", hint=problem.hint if problem else "Run the cell again.")


def _answered(text: str) -> str:
    """An answer; from VS Code an empty one means that its user pressed Escape."""
    if not text.strip() and is_vs_code():
        raise NotSignedIn("the prompt was left empty, so the sign-in ended", hint="Run the cell again to sign in.")
    return text


def _field_at_fault(sign_in: SignIn) -> str:
    return sign_in.problem.field if sign_in.problem else ""


def _begin(sign_in: SignIn, notices: _Notices) -> None:
    ask_for_client(sign_in)
    problem, view = sign_in.problem, sign_in.view()
    if problem and problem.field not in {"client_id", "client_secret"}:
        raise UsageError(problem.message, hint=problem.hint)
    if view["self_client"]:
        notices.show("Generate a code in the API console, with these scopes:", view["form"]["scopes"])
    elif view["consent_url"]:
        notices.show(
            "Open this address, accept, and copy the code or the address of the page after that:",
            view["consent_url"],
            f"Its redirect URI is {view['form']['redirect_uri']}: "
            "the one registered in the API console, to the letter.",
        )


def ask_for_client(sign_in: SignIn, button: str = "start") -> None:
    """Press *button*, after asking for the client ID and the secret as far as they are not known, or were refused."""
    at_fault, view = _field_at_fault(sign_in), sign_in.view()
    message: dict[str, object] = {"kind": button, "attempt": view["attempt"]}
    if not view["form"]["client_id"] or at_fault == "client_id":
        require_a_user()
        message["client_id"] = _answered(builtins.input("Client ID: "))
        sign_in.handle({**message, "kind": "form"})
    if not sign_in.view()["secret_held"] or at_fault == "client_secret":
        require_a_user()
        message["client_secret"] = _answered(getpass.getpass("Client secret (not shown): "))
    sign_in.handle({**message, "attempt": sign_in.view()["attempt"]})
