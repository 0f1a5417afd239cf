"""What the user sits in front of: whether they can be asked, and whether a widget would be drawn."""

import os
import sys
from typing import Any

from zbt_notebook.client.errors import NotSignedIn

VARIABLES = ("ZBT_CLIENT_ID", "ZBT_CLIENT_SECRET", "ZBT_REFRESH_TOKEN")


def has_variables() -> bool:
    """Whether the environment holds all that a sign-in without a user needs."""
    return all(os.environ.get(variable) for variable in VARIABLES)


def in_a_kernel() -> bool:
    """Whether a Jupyter kernel runs this, which shows outputs."""
    return _request() is not None


def can_be_asked() -> bool:
    """Whether somebody may answer a prompt: a front end with a stdin, or a terminal."""
    request = _request()
    if request is not None:
        return bool(request.get("content", {}).get("allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()


def may_draw_widgets() -> bool:
    """Whether the front end is a notebook, as far as can be told before it draws one.

    The class of the shell says nothing: `jupyter console` and nbclient have the same. Notebooks send a cell's id, or
    have started the kernel for a session; VS Code and Colab show themselves otherwise.
    """
    request = _request()
    if request is None:
        return False
    return bool(
        request.get("metadata", {}).get("cellId")
        or os.environ.get("JPY_SESSION_NAME")
        or os.environ.get("VSCODE_PID")
        or "google.colab" in sys.modules
    )


def may_share_the_users_machine() -> bool:
    """Whether the browser may run on the kernel's machine, as far as can be told here.

    JupyterHub, Binder, Colab, Kaggle, Codespaces and a kernel started over SSH say that it does not. The card itself
    looks at the address of its page as well.
    """
    elsewhere = ("JUPYTERHUB_API_URL", "JUPYTERHUB_USER", "BINDER_SERVICE_HOST", "KAGGLE_KERNEL_RUN_TYPE", "CODESPACES")
    named = any(os.environ.get(name) for name in (*elsewhere, "SSH_CONNECTION"))
    return not named and "google.colab" not in sys.modules


def require_a_user() -> None:
    """Raise NotSignedIn, at once and with what to set, where nobody can be asked."""
    if not can_be_asked():
        raise NotSignedIn(
            "nobody can be asked to sign in here: this runs without a user",
            hint=f"Set {', '.join(VARIABLES)}, and ZBT_DATA_CENTER where it is not us, before the kernel starts.",
        )


def _request() -> dict[str, Any] | None:
    """The request of the running cell; None where there is no kernel."""
    shell_module = sys.modules.get("IPython.core.getipython")
    shell: Any = shell_module.get_ipython() if shell_module else None
    if getattr(shell, "kernel", None) is None:
        return None
    request: dict[str, Any] = shell.get_parent() or {}
    return request
