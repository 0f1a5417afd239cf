"""The actions behind ``df.zbt``. Other modules register them, so that frames need to import no connection."""

from collections.abc import Callable, Mapping
from typing import Any

from zbt_notebook.client.errors import UsageError

_taught: dict[str, Callable[..., Any]] = {}


def teach(actions: Mapping[str, Callable[..., Any]]) -> None:
    """Let *open*, *refetch* and *excel* be done so, each of a frame."""
    _taught.update(actions)


def act(name: str, *arguments: Any) -> Any:
    """Do it; UsageError where nobody has said how."""
    if name not in _taught:
        raise UsageError(f"df.zbt.{name} is not at hand", hint="Import zbt_notebook, and sign in by it.")
    return _taught[name](*arguments)
