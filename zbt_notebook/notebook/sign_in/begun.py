"""The sign-ins that have begun: whether one still waits for its user, and what is made ready meanwhile."""

import contextlib
import threading
from typing import Any
from weakref import WeakSet

_MOMENT = 1.0  # seconds that the card has to itself, before anything is imported

_begun: "WeakSet[Any]" = WeakSet()


def begin(sign_in: Any) -> None:
    """Remember a sign-in that waits for its user, and import what a table needs while the user is at Zoho."""
    _begun.add(sign_in)
    timer = threading.Timer(_MOMENT, _import_for_tables)
    timer.name, timer.daemon = "zbt-imports", True
    timer.start()


def one_waits() -> bool:
    """Whether a card, or another sign-in, can still be finished."""
    return any(
        sign_in.view()["phase"] in {"form", "waiting"} and not sign_in.view()["ended"] for sign_in in list(_begun)
    )


def _import_for_tables() -> None:
    with contextlib.suppress(Exception):  # a kernel that ends meanwhile; whoever asks for a table meets what is broken
        import zbt_notebook.client.frames
        import zbt_notebook.client.lists.pull  # noqa: F401  likewise
