"""What a connected card offers next: a portal and a project to use, chosen where ``%zbt`` keeps them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection

Choose = Callable[[Mapping[str, Any]], dict[str, Any]]  # a front end's message -> what to show

_provider: "Callable[[Connection], Choose] | None" = None


def provide(provider: "Callable[[Connection], Choose] | None") -> None:
    """Say who keeps the portals and projects: ``%load_ext zbt_notebook`` does."""
    global _provider  # noqa: PLW0603  one a kernel, as the extension is
    _provider = provider


def chooser_of(connection: "Connection") -> Choose | None:
    """What answers the picker inside the card; None where ``%zbt`` is not loaded."""
    return _provider(connection) if _provider else None
