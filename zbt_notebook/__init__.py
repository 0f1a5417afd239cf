"""Sign in to Zoho BugTracker from a notebook with a card, and call its API with ``%zbt``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zbt_notebook.accounts.data_centers import DATA_CENTERS as DATA_CENTERS
    from zbt_notebook.accounts.data_centers import DataCenter as DataCenter
    from zbt_notebook.connection import Connection as Connection
    from zbt_notebook.embedded_sandbox import sandbox as sandbox
    from zbt_notebook.errors import ApiError as ApiError
    from zbt_notebook.errors import IncompletePull as IncompletePull
    from zbt_notebook.errors import NotFound as NotFound
    from zbt_notebook.errors import NotSignedIn as NotSignedIn
    from zbt_notebook.errors import RateLimited as RateLimited
    from zbt_notebook.errors import ScopeMissing as ScopeMissing
    from zbt_notebook.errors import SignInRejected as SignInRejected
    from zbt_notebook.errors import TokenRejected as TokenRejected
    from zbt_notebook.errors import Unreachable as Unreachable
    from zbt_notebook.errors import UsageError as UsageError
    from zbt_notebook.errors import ZbtError as ZbtError
    from zbt_notebook.kernel import current as current
    from zbt_notebook.login_flow import LoginFlow as LoginFlow
    from zbt_notebook.login_flow import connect as connect
    from zbt_notebook.parquet_mirror import mirror as mirror
    from zbt_notebook.repetition import refetch as refetch
    from zbt_notebook.resumption import resume as resume
    from zbt_notebook.signing_in.ways import login as login

__version__ = "0.1.0"

# Name -> where it lives. Resolved on first use (PEP 562), so that `%load_ext zbt_notebook` costs milliseconds.
_FRONT_DOOR = {
    "ApiError": "errors",
    "Connection": "connection",
    "DATA_CENTERS": "accounts.data_centers",
    "DataCenter": "accounts.data_centers",
    "IncompletePull": "errors",
    "LoginFlow": "login_flow",
    "NotFound": "errors",
    "NotSignedIn": "errors",
    "RateLimited": "errors",
    "ScopeMissing": "errors",
    "SignInRejected": "errors",
    "TokenRejected": "errors",
    "Unreachable": "errors",
    "UsageError": "errors",
    "ZbtError": "errors",
    "connect": "login_flow",
    "current": "kernel",
    "login": "signing_in.ways",
    "refetch": "repetition",
    "mirror": "parquet_mirror",
    "resume": "resumption",
    "sandbox": "embedded_sandbox",
}

__all__ = [*sorted(_FRONT_DOOR), "__version__", "load_ipython_extension"]  # noqa: PLE0604  names of strings


def __getattr__(name: str) -> Any:
    if name not in _FRONT_DOOR:
        message = f"module 'zbt_notebook' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"zbt_notebook.{_FRONT_DOOR[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_FRONT_DOOR})


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext zbt_notebook``: register ``%zbt`` and ``%%zbt``."""
    from zbt_notebook.magics import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext zbt_notebook``: take them away again."""
    from zbt_notebook.magics import unload

    unload(ipython)
