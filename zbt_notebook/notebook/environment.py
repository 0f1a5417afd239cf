"""What the user sits in front of: whether there is a kernel, somebody to ask or wait for, and a widget would be drawn.

All of it is guessed from outside, in this one place, and asked again each time: the cells of one kernel can come from
several front ends.
"""

import os
import sys
from typing import Any

from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.client.settings import setting
from zbt_notebook.client.streams import is_terminal

VARIABLES = ("ZBT_CLIENT_ID", "ZBT_CLIENT_SECRET", "ZBT_REFRESH_TOKEN")
_ELSEWHERE = (
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_USER",
    "BINDER_SERVICE_HOST",
    "KAGGLE_KERNEL_RUN_TYPE",
    "CODESPACES",
    "VSCODE_PROXY_URI",  # code-server, which sets it for extensions and terminals
    "SSH_CONNECTION",
)


def has_variables() -> bool:
    """Whether the environment holds all that a sign-in without a user needs."""
    return all(setting(variable) for variable in VARIABLES)


def kernel() -> Any:
    """The Jupyter kernel that this process is; None in a script, in a terminal's IPython, and in marimo."""
    return getattr(_shell(), "kernel", None)


def page() -> str:
    """The name of what shows this notebook as a page, if it is Voilà or marimo; else empty.

    There somebody looks at widgets, has no stdin to answer on, and is not heard before the running cell has ended.
    """
    if os.environ.get("VOILA_KERNEL_ID"):
        return "Voilà"
    marimo = sys.modules.get("marimo")
    return "marimo" if marimo and getattr(marimo, "running_in_notebook", bool)() else ""


def is_open_to_others() -> bool:
    """Whether several people may use this process, and with it each other's sign-ins: what ``marimo run`` serves."""
    return page() == "marimo" and getattr(sys.modules["marimo"].app_meta(), "mode", "") == "run"


def can_be_asked() -> bool:
    """Whether somebody may answer a prompt: a front end with a stdin, or a terminal."""
    if page():
        return False
    request = _request()
    if request is not None:
        return bool(request.get("content", {}).get("allow_stdin", False))
    return is_a_terminal()


def is_a_terminal() -> bool:
    """Whether stdin is one; it may be closed, or not be there at all."""
    return is_terminal(sys.stdin)


def has_a_user() -> bool:
    """Whether somebody sits there, who can answer a prompt or press what a widget shows."""
    return bool(page()) or can_be_asked()


def may_draw_widgets() -> bool:
    """Whether the front end is a notebook, as far as can be told before it draws one.

    The class of the shell says nothing: `jupyter console` and nbclient have the same. Notebooks send a cell's id, or
    have started the kernel for a session; VS Code, Colab, Voilà and marimo show themselves otherwise.
    """
    if page():
        return True
    request = _request()
    if request is None:
        return False
    return bool(
        request.get("metadata", {}).get("cellId")
        or os.environ.get("JPY_SESSION_NAME")
        or os.environ.get("VSCODE_PID")
        or "google.colab" in sys.modules
    )


def is_vs_code() -> bool:
    """Whether VS Code, on this machine or as code-server in a browser, started the kernel."""
    return any(os.environ.get(name) for name in ("VSCODE_PID", "VSCODE_IPC_HOOK", "VSCODE_IPC_HOOK_CLI"))


def may_share_the_users_machine() -> bool:
    """Whether the browser may run on the kernel's machine, as far as can be told here.

    JupyterHub, Binder, Colab, Kaggle, Codespaces, code-server and a kernel started over SSH say that it does not. The
    card itself looks at the address of its page as well.
    """
    return not any(os.environ.get(name) for name in _ELSEWHERE) and "google.colab" not in sys.modules


def require_a_user() -> None:
    """Raise NotSignedIn, at once and with what to set, where nobody can be asked."""
    if not has_a_user():
        raise NotSignedIn(
            "nobody can be asked to sign in here: this runs without a user",
            hint=f"Set {', '.join(VARIABLES)}, and ZBT_DATA_CENTER where it is not us, before the kernel starts.",
        )


def require_waiting() -> None:
    """Raise NotSignedIn, at once and with another way, where a running cell can never hear what its user does."""
    if name := page():
        raise NotSignedIn(
            f"a cell cannot wait for a sign-in in {name}, which passes on what its user does when the cell has ended",
            hint="Show the card without waiting; let what needs the sign-in run later, on a button or a timer.",
        )


def _shell() -> Any:
    """IPython's shell; None where IPython is not even imported."""
    module = sys.modules.get("IPython.core.getipython")
    return module.get_ipython() if module else None


def _request() -> dict[str, Any] | None:
    """The request of the running cell; None where there is no kernel."""
    if kernel() is None:
        return None
    request: dict[str, Any] = _shell().get_parent() or {}
    return request
