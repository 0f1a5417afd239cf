"""The sign-in by prompts: a link is printed, and what must not be seen is asked for unseen."""

import builtins
import getpass
import signal
import threading

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, SignInRejected, UsageError
from zbt_notebook.notebook.environment import require_a_user
from zbt_notebook.notebook.sign_in.sign_in import SignIn

TRIES = 5  # answers that may be wrong before it ends: a program that types nonsense shall not go on for ever


def sign_in_by_prompt(sign_in: SignIn) -> Connection:
    """Ask for what *sign_in* does not know yet, print the link, ask for the code; stop with Ctrl-C or Stop.

    The secret and the code are read by ``getpass``: nothing of them is shown, saved or kept in the history. Raise
    NotSignedIn where nobody can be asked, UsageError or SignInRejected after five wrong answers.
    """
    require_a_user()
    try:
        return _ask(sign_in)
    except (EOFError, NotImplementedError):  # IPython's StdinNotImplementedError is one of the latter
        pass
    raise NotSignedIn("the prompt was closed before the sign-in ended", hint="Run the cell again.")


def sign_in_by_prompt_in_a_coroutine(sign_in: SignIn) -> Connection:
    """Do the same where a cell awaits; Stop raises NotSignedIn.

    There Stop cancels the cell's task, which a prompt never notices; and a KeyboardInterrupt that a task lets through
    ends the kernel's event loop.
    """
    if threading.current_thread() is not threading.main_thread():
        return sign_in_by_prompt(sign_in)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return sign_in_by_prompt(sign_in)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, before)
    raise NotSignedIn("the prompt was stopped", hint="The card goes on working: finish there at any time.")


def _ask(sign_in: SignIn) -> Connection:
    for _ in range(TRIES):
        if sign_in.phase != "waiting" or _field_at_fault(sign_in) == "client_id":
            _begin(sign_in)
        if sign_in.phase == "waiting":
            sign_in.handle({"kind": "code", "code": getpass.getpass("Code, or the whole address (not shown): ")})
        if sign_in.connection:
            if sign_in.note:
                print(sign_in.note)  # noqa: T201  as below
            return sign_in.connection
        if sign_in.problem:
            print(sign_in.problem.message, sign_in.problem.hint, sep="\n")  # noqa: T201  a prompt talks to its user
    problem = sign_in.problem
    raise SignInRejected(f"{TRIES} answers were not right", hint=problem.hint if problem else "Run the cell again.")


def _field_at_fault(sign_in: SignIn) -> str:
    return sign_in.problem.field if sign_in.problem else ""


def _begin(sign_in: SignIn) -> None:
    ask_for_client(sign_in)
    problem = sign_in.problem
    if problem and problem.field not in {"client_id", "client_secret"}:
        raise UsageError(problem.message, hint=problem.hint)
    if sign_in.self_client:
        print("Generate a code in the API console, with these scopes:", sign_in.form.scopes, sep="\n\n")  # noqa: T201
    elif sign_in.consent_url:
        print(  # noqa: T201  as above
            "Open this address, accept, and copy the code or the address of the page after that:",
            sign_in.consent_url,
            f"Its redirect URI is {sign_in.form.redirect_uri}: the one registered in the API console, to the letter.",
            sep="\n\n",
        )


def ask_for_client(sign_in: SignIn) -> None:
    """Start *sign_in*, after asking for the client ID and the secret as far as they are not known, or were refused."""
    at_fault = _field_at_fault(sign_in)
    event: dict[str, object] = {"kind": "start", "attempt": sign_in.attempt}
    if not sign_in.form.client_id or at_fault == "client_id":
        require_a_user()
        event["client_id"] = builtins.input("Client ID: ")
        sign_in.handle({**event, "kind": "form"})
    if not sign_in.holds_secret or at_fault == "client_secret":
        require_a_user()
        event["client_secret"] = getpass.getpass("Client secret (not shown): ")
    sign_in.handle(event)
