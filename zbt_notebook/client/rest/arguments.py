"""Python's arguments as parts of a call."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zbt_notebook.client.http.messages import Pairs, Upload

Params = Mapping[str, object] | Sequence[tuple[str, object]] | None


def pairs(params: Params) -> Pairs:
    """Parameters as they go into an address; those that are None do not."""
    if not params:
        return ()
    items = params.items() if isinstance(params, Mapping) else params
    return tuple((name, _as_text(value)) for name, value in items if value is not None)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))  # comma lists of ids, as the bug list's filters take them
    return str(value)


def upload(name: str, file: Any) -> Upload:
    """A file as requests takes it: open, a path, bytes or text, or any of these after its name."""
    filename, content = file if isinstance(file, tuple) else (getattr(file, "name", name), file)
    if isinstance(content, Path):
        content = content.read_bytes()
    elif hasattr(content, "read"):
        content = content.read()
    return Upload(name, Path(str(filename)).name, content.encode() if isinstance(content, str) else bytes(content))
