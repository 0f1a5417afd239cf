"""requests' arguments as parts of a call, in every shape that requests takes; what it would not take is refused."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.bodies import is_raw, read_body
from zbt_notebook.client.http.messages import Pairs, Upload
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.encoding import as_json, as_text, dates_of, plain, refusal

Params = Mapping[str, object] | Iterable[tuple[str, object]] | str | bytes | None

_SHAPES = "Give a dict, or pairs: [(name, value), …]."


def call(
    method: str,
    path: str,
    *,
    params: Params = None,
    data: Any = None,
    json: Any = None,
    files: Any = None,
    headers: Any = None,
) -> ApiCall:
    """The call that such arguments make. Raise UsageError where two of them would be its body."""
    for name, value in (("method", method), ("path", path)):
        if not isinstance(value, str):
            raise refusal(
                name, f"is of the type {type(value).__name__}", "It is a text, as in request('GET', '/portals/')."
            )
    method = method.upper()
    form, raw_body = body(data, method, path)
    document = None if json is None else as_json(json, "json=", dates=dates_of(method, path))
    attached = uploads(files)
    if (document is not None and (form or raw_body is not None or attached)) or (raw_body is not None and attached):
        raise UsageError(
            "the call has two bodies", hint="Give one of data=, json= and files=; files= goes with a dict in data=."
        )
    return ApiCall(method, path, pairs(params, method, path), header_pairs(headers), form, document, attached, raw_body)


def pairs(params: Params, method: str = "GET", path: str = "") -> Pairs:
    """Parameters as they go into an address: a mapping, pairs, or a query string."""
    if isinstance(params, str | bytes):
        text = _decoded(params, "params=")
        return tuple(parse_qsl(text.removeprefix("?"), keep_blank_values=True))
    return tuple(
        (name, as_text(value, name, dates=dates_of(method, path, name))) for name, value in _named(params, "params=")
    )


def header_pairs(headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> Pairs:
    """Headers as text; their words are checked where a request is."""
    return tuple(
        (name, _decoded(value, name) if isinstance(value, bytes) else as_text(value, name))
        for name, value in _named(headers, "headers=")
    )


def body(data: Any, method: str, path: str) -> tuple[tuple[tuple[str, Any], ...], bytes | None]:
    """A ``data=`` as fields, or as the bytes that it is: text, bytes, an open file, or what gives these piece by piece.

    In the classic API fields are text; in V3, whose bodies are JSON, they keep their types.
    """
    if data is None:
        return (), None
    if isinstance(data, Mapping):
        return fields(_named(data, "data="), method, path), None
    given = data
    if not isinstance(data, str) and not is_raw(data) and isinstance(data, Iterable):
        try:
            data = list(data)
        except Exception as error:  # noqa: BLE001  a generator of the user's may raise anything
            problem = type(error).__name__
        else:
            problem = ""
        if problem:
            raise refusal("data=", f"raises {problem} as it is read", "Make a list of it first.")
        if (
            isinstance(given, list | tuple)
            or not data
            or not all(isinstance(part, str) or is_raw(part) for part in data)
        ):
            return fields(_named(data, "data="), method, path), None
    return (), read_body(data)


def fields(named: list[tuple[str, object]], method: str, path: str) -> tuple[tuple[str, Any], ...]:
    """Fields encoded for the API at *path*."""
    if "/api/v3" not in path:
        return tuple((name, as_text(value, name)) for name, value in named)
    names = [name for name, _ in named]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"the field {shown(twice)} is there twice", hint="JSON holds it once: give a list as value.")
    return tuple((name, as_json(value, name, dates=dates_of(method, path, name))) for name, value in named)


def uploads(files: Any) -> tuple[Upload, ...]:
    """Files as requests takes them: by name, or as pairs."""
    return tuple(upload(name, file) for name, file in _named(files, "files="))


def upload(name: str, file: Any) -> Upload:
    """One file: open, a path, bytes or text; or ``(filename, content[, content type[, headers]])``."""
    given = getattr(file, "name", None)
    filename: Any = given if isinstance(given, str) and given[:1] != "<" else name
    content_type, headers = "", header_pairs(None)
    if isinstance(file, tuple | list):
        if not 2 <= len(file) <= 4:  # noqa: PLR2004  as requests takes them
            raise refusal(name, f"is a file of {len(file)} parts", "Give (filename, content, content type, headers).")
        filename, content, *more = file
        content_type = as_text(more[0], name) if more and more[0] else ""
        headers = header_pairs(more[1]) if len(more) > 1 else ()
    else:
        content = file
    filename = "" if filename is None else Path(as_text(filename, name)).name
    return Upload(name, filename, _content(content, name), content_type=content_type, headers=headers)


def _content(content: Any, name: str) -> bytes:
    if not isinstance(content, Path):
        return read_body(content, name)
    try:
        return read_plain(content)
    except OSError as error:
        problem = error.strerror
    raise UsageError(f"the file {shown(str(content))} cannot be read: {problem}", hint="Check the path and its rights.")


def _named(given: Any, what: str) -> list[tuple[str, object]]:
    """What was given by name, as pairs."""
    if given is None:
        return []
    is_text = isinstance(given, str | bytes | bytearray)
    read: Callable[[], Any] = given.items if isinstance(given, Mapping) else (lambda: given)
    try:
        items = None if is_text else list(read())
    except Exception:  # noqa: BLE001  what is no collection, or a generator that raises
        items = None
    if items is None or not all(isinstance(item, tuple | list) and len(item) == 2 for item in items):  # noqa: PLR2004  a name and a value
        raise refusal(what, f"is of the type {type(given).__name__}, which holds no names", _SHAPES)
    return [(_name(name, what), value) for name, value in items]


def _name(name: object, what: str) -> str:
    name = _decoded(name, what) if isinstance(name, bytes) else plain(name, what)
    if isinstance(name, str | int) and not isinstance(name, bool):
        return as_text(name, what)
    raise refusal(what, f"has a name of the type {type(name).__name__}", "Names are texts.")


def _decoded(value: str | bytes, what: str) -> str:
    try:
        return value if isinstance(value, str) else value.decode()
    except UnicodeDecodeError:
        pass
    raise refusal(what, "is no UTF-8", "Give a text.")
