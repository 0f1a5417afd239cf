"""The actions behind ``df.zbt``. Other modules register them, so that frames need to import no connection."""

from collections.abc import Callable, Mapping
from typing import Any

from zbt_notebook.client.errors import UsageError

_taught: dict[str, Callable[..., Any]] = {}


def teach(actions: Mapping[str, Callable[..., Any]]) -> None:
    """Register what *open*, *refetch* and *excel* do; each takes the frame first."""
    _taught.update(actions)


def act(name: str, *arguments: Any) -> Any:
    """Call the action of that name; raise UsageError where none is registered."""
    if name not in _taught:
        raise UsageError(f"df.zbt.{name} is not at hand", hint="Import zbt_notebook, and sign in by it.")
    return _taught[name](*arguments)
