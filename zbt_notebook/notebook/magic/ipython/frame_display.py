"""Shows the frames that came from here by their first columns; imports neither pandas nor how before one is shown."""

from typing import Any

_TYPES = (("pandas", "DataFrame"), ("pandas.core.frame", "DataFrame"))  # where pandas 3, and 2, say that it lives


def add_frame_display(shell: Any) -> None:
    """Let this shell show them so."""
    formatters = getattr(getattr(shell, "display_formatter", None), "formatters", {})
    for kind, show in _SHOWN.items():
        for module, name in _TYPES if kind in formatters else ():
            formatters[kind].for_type_by_name(module, name, show)


def remove_frame_display(shell: Any) -> None:
    """Let pandas show them as before."""
    formatters = getattr(getattr(shell, "display_formatter", None), "formatters", {})
    for kind, show in _SHOWN.items():
        for known in (formatters[kind].deferred_printers, formatters[kind].type_printers) if kind in formatters else ():
            for key in [key for key, function in known.items() if function is show]:
                del known[key]


def _as_html(frame: Any) -> Any:
    from zbt_notebook.notebook.magic.display.frame_view import as_html

    return as_html(frame)


def _as_text(frame: Any, printer: Any, cycle: bool) -> None:  # noqa: FBT001  IPython's signature
    del cycle
    from zbt_notebook.notebook.magic.display.frame_view import as_text

    printer.text(as_text(frame))


_SHOWN: dict[str, Any] = {"text/html": _as_html, "text/plain": _as_text}
