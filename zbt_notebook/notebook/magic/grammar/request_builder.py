"""A line becomes an API call: names filled in, items put where they belong, files read."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Upload
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.encoding import Dates, dates_of
from zbt_notebook.client.suggestions import did_you_mean
from zbt_notebook.notebook.magic.grammar.cell_body import Body, read_body
from zbt_notebook.notebook.magic.grammar.file_names import path_of, working_folder
from zbt_notebook.notebook.magic.grammar.interpolation import Names, in_json, in_path, in_text
from zbt_notebook.notebook.magic.grammar.options import file_problem
from zbt_notebook.notebook.magic.grammar.parser import CallLine, CommandLine, Item, ItemKind, Options

_SEPARATORS = frozenset('()<>@,;:\\"/[]?={} \t')


def fill(line: CallLine, names: Names, cell: str | None = None) -> ApiCall:
    """Make the call that the line, and the body of its cell, ask for. Raise UsageError; nothing is sent."""
    path = in_path(line.path, names)
    filled = [(item, _value(item, names, dates_of(line.method, path, item.name))) for item in line.items]
    body = _body(line, path, cell, names)
    fields = (*body.fields, *((item.name, value) for item, value in filled if item.kind in _FIELDS))
    _refuse_twice(fields)
    if body.document is not None and fields:
        raise UsageError("the body is a JSON list, so that fields have no place", hint="Put them into the body.")
    call = ApiCall(
        line.method,
        path,
        tuple((in_text(item.name, names), value) for item, value in filled if item.kind is ItemKind.QUERY),
        tuple((_header_name(item.name), value) for item, value in filled if item.kind is ItemKind.HEADER),
        fields,
        body.document,
        tuple(_upload(item, value) for item, value in filled if item.kind is ItemKind.FILE),
    )
    _refuse_half_characters(call)
    return call


def _refuse_twice(fields: tuple[tuple[str, Any], ...]) -> None:
    """A field twice would be sent twice in a form, and in JSON one of the two would be lost; neither is meant."""
    names = [name for name, _ in fields]
    for name in names if len(set(names)) < len(names) else ():
        if names.count(name) > 1:
            raise UsageError(
                f"the field {shown(name)} is there twice", hint="Keep one of them; a list is written name:=[…]."
            )


def fill_use(line: CommandLine, names: Names) -> CommandLine:
    """Fill the values of a ``%zbt use`` line, so that a loop can go from project to project. Raise UsageError.

    ``{project}`` there is the loop's variable, not the one in use until now.
    """
    names = replace(names, variables_first=True)
    arguments = [argument.partition("=") for argument in line.arguments]
    return replace(line, arguments=tuple(f"{name}={in_text(value, names)}" for name, _, value in arguments))


def fill_options(options: Options, names: Names) -> Options:
    """Fill ``{name}`` in the options that take a file. Raise UsageError for a name that is no such file then."""
    if "save" not in options:
        return options
    filled = in_text(options.get("save"), names, Dates.DAY)
    if problem := file_problem(filled):
        raise UsageError(f"--save {problem}, not {shown(filled)}", hint="As in: --save bugs-{day}.csv")
    return Options(tuple((name, filled if name == "save" else value) for name, value in options.pairs))


def _refuse_half_characters(call: ApiCall) -> None:
    """Raise UsageError for what no request can hold: the half of a pair of surrogates."""
    for name, value in (
        ("path", call.path),
        *call.params,
        *call.fields,
        *((up.name, up.filename) for up in call.uploads),
    ):
        for text in (name, value):
            if isinstance(text, str) and not text.isascii() and _HALF.search(text):
                raise UsageError(f"{shown(name)} holds half a character", hint="Look at the value.")


_HALF = re.compile("[\ud800-\udfff]")
_FIELDS = frozenset({ItemKind.FIELD, ItemKind.JSON})


def _body(line: CallLine, path: str, cell: str | None, names: Names) -> Body:
    if cell is None or not cell.strip():
        return Body()
    if line.method == "GET":
        raise UsageError(
            "the cell has a body, and a GET has none", hint="Begin the cell with %%zbt POST …, or use %zbt in a line."
        )
    return read_body(
        cell,
        names,
        classic="/api/v3" not in path,
        dates=dates_of(line.method, path),
        known=_fields_of(line.method, path),
    )


def _fields_of(method: str, path: str) -> frozenset[str]:
    """The fields that the catalogue knows for a call; none where it does not know the call."""
    endpoint = endpoints.match(method, path)
    return (
        frozenset(param.name for param in endpoint.params if param.place in {"form", "json"})
        if endpoint
        else frozenset()
    )


def _value(item: Item, names: Names, dates: Dates) -> Any:
    if item.kind is ItemKind.JSON:
        return in_json(item.value, names, dates)
    text = in_text(item.value, names, dates)
    if item.kind is ItemKind.HEADER:
        return _header_value(item.name, text.strip())
    return text


def _header_name(name: str) -> str:
    name = name.strip()
    if not name.isascii() or not name.isprintable() or set(name) & _SEPARATORS:
        raise UsageError(f"{shown(name)} is not the name of a header", hint="As in: If-Modified-Since:…")
    return name


def _header_value(name: str, value: str) -> str:
    if not value.isprintable() or not value.isascii():
        raise UsageError(
            f"the header {shown(name)} holds a line end or a character beyond ASCII",
            hint="Take it out: look at the value.",
        )
    return value


def _upload(item: Item, filename: str) -> Upload:
    path = path_of(filename)
    try:
        return Upload(item.name, path.name, read_plain(path), str(path.absolute()))
    except FileNotFoundError:
        problem = UsageError(f"there is no file {shown(filename)}", hint=_nearest_file(path))
    except OSError as error:
        problem = UsageError(
            f"the file {shown(filename)} cannot be read: {error.strerror}", hint="Check the path and its rights."
        )
    raise problem


def _nearest_file(path: Path) -> str:
    try:
        beside = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"There is no folder {shown(str(path.parent))} either; the kernel works in {shown(working_folder())}."
    return did_you_mean(path.name, beside, f"The kernel works in {shown(working_folder())}.", quote=_bare)


def _bare(name: str) -> str:
    return shown(name)[1:-1]


def doubts(call: ApiCall) -> list[str]:
    """Tell which parameters and values the catalogue does not know; it may be the one that is wrong."""
    endpoint = endpoints.match(call.method, call.path) if call.params or call.fields else None
    if endpoint is None:
        return []
    found: list[str] = []
    for name, value in (*call.params, *call.fields):
        parameter = endpoint.parameter(name)
        if parameter is None:
            nearest = endpoints.nearest_parameter(endpoint, name)
            advice = f"; did you mean {nearest.name}?" if nearest else ""
            found.append(f"Zoho documents no parameter {shown(name)} for {endpoint.method} {endpoint.path}{advice}")
        elif parameter.allowed and isinstance(value, str) and "," not in value:
            allowed = {known.lower() for known in parameter.allowed}
            if value.lower() not in allowed:
                found.append(f"Zoho documents {name} as one of {', '.join(parameter.allowed)}, not {shown(value)}")
    return found
