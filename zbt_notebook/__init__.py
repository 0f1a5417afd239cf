"""Sign in to Zoho BugTracker from a notebook with a card, and call its API with ``%zbt``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zbt_notebook.client.auth.data_centers import DATA_CENTERS as DATA_CENTERS
    from zbt_notebook.client.auth.data_centers import DataCenter as DataCenter
    from zbt_notebook.client.connection import Connection as Connection
    from zbt_notebook.client.errors import ApiError as ApiError
    from zbt_notebook.client.errors import IncompletePull as IncompletePull
    from zbt_notebook.client.errors import NotFound as NotFound
    from zbt_notebook.client.errors import NotSignedIn as NotSignedIn
    from zbt_notebook.client.errors import RateLimited as RateLimited
    from zbt_notebook.client.errors import ScopeMissing as ScopeMissing
    from zbt_notebook.client.errors import SignInRejected as SignInRejected
    from zbt_notebook.client.errors import TokenRejected as TokenRejected
    from zbt_notebook.client.errors import Unreachable as Unreachable
    from zbt_notebook.client.errors import UsageError as UsageError
    from zbt_notebook.client.errors import ZbtError as ZbtError
    from zbt_notebook.client.login_flow import LoginFlow as LoginFlow
    from zbt_notebook.client.login_flow import connect as connect
    from zbt_notebook.client.mirror import mirror as mirror
    from zbt_notebook.client.refetch import refetch as refetch
    from zbt_notebook.client.refetch import resume as resume
    from zbt_notebook.client.signed_in import current as current
    from zbt_notebook.notebook.audit import audit as audit
    from zbt_notebook.notebook.embedded_sandbox import sandbox as sandbox
    from zbt_notebook.notebook.sign_in.login import login as login

__version__ = "0.1.0"

# Name -> where it lives. Resolved on first use (PEP 562), so that `%load_ext zbt_notebook` costs milliseconds.
_FRONT_DOOR = {
    "ApiError": "client.errors",
    "Connection": "client.connection",
    "DATA_CENTERS": "client.auth.data_centers",
    "DataCenter": "client.auth.data_centers",
    "IncompletePull": "client.errors",
    "LoginFlow": "client.login_flow",
    "NotFound": "client.errors",
    "NotSignedIn": "client.errors",
    "RateLimited": "client.errors",
    "ScopeMissing": "client.errors",
    "SignInRejected": "client.errors",
    "TokenRejected": "client.errors",
    "Unreachable": "client.errors",
    "UsageError": "client.errors",
    "ZbtError": "client.errors",
    "audit": "notebook.audit",
    "connect": "client.login_flow",
    "current": "client.signed_in",
    "login": "notebook.sign_in.login",
    "refetch": "client.refetch",
    "mirror": "client.mirror",
    "resume": "client.refetch",
    "sandbox": "notebook.embedded_sandbox",
}

__all__ = [*sorted(_FRONT_DOOR), "__version__", "load_ipython_extension"]  # noqa: PLE0604  names of strings


def __getattr__(name: str) -> Any:
    if name not in _FRONT_DOOR:
        message = f"module 'zbt_notebook' has no attribute {name!r}"
        raise AttributeError(message)
    import_module("zbt_notebook.notebook").install()
    value = getattr(import_module(f"zbt_notebook.{_FRONT_DOOR[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_FRONT_DOOR})


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext zbt_notebook``: register ``%zbt`` and ``%%zbt``."""
    from zbt_notebook.notebook import hints, install
    from zbt_notebook.notebook.magic import load

    hints.install()
    load(ipython, install)  # the rest of it waits for the first use: that keeps this at a few milliseconds


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext zbt_notebook``: take them away again."""
    from zbt_notebook.notebook.magic import unload

    unload(ipython)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "zbt_notebook"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Let Jupyter's server catch the redirect of a sign-in; enabled by being installed."""
    from zbt_notebook.notebook.sign_in.server_extension import load

    load(server)
