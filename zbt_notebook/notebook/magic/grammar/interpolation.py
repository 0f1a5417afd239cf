"""Values from the notebook in a line or a body, each encoded for its place, so that none can change what surrounds it.

On a line ``{name}`` stands for a value and ``{{`` for a brace; in a body, where braces are JSON's, ``{{name}}`` does.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import a, shown
from zbt_notebook.client.rest.encoding import Dates, as_json, as_text, dates_of, plain, refuse_secret
from zbt_notebook.client.suggestions import did_you_mean, same_name
from zbt_notebook.notebook.magic.grammar.tokenizer import closing_brace

CONTEXT_NAMES = ("portal", "project")
_IN_USE = re.compile(rf"use\s*\.\s*({'|'.join(CONTEXT_NAMES)})")


@dataclass(frozen=True, slots=True)
class Names:
    """Where values come from: the context first, then Python expressions.

    ``evaluate`` gives the value of an expression in the user's namespace, ``known`` the names there, ``secrets`` what
    must not get into a call. ``called`` gives what each value of the context is called; ``variables_first`` turns the
    order, for a line that sets the context.
    """

    context: Mapping[str, str]
    evaluate: Callable[[str], object]
    known: Callable[[], Iterable[str]] = tuple
    secrets: Callable[[], Iterable[str]] = tuple
    called: Mapping[str, str] = field(default_factory=dict)
    variables_first: bool = False

    def value(self, expression: str) -> object:
        """Give the value; raise UsageError for an unknown name, with the nearest, and for a secret.

        A variable of the context's name that means another thing is an error too: nobody can know which is meant.
        ``use.project`` is always the context's.
        """
        expression = expression.strip()
        in_use = _IN_USE.fullmatch(expression)
        if in_use:
            return self._in_use(in_use[1])
        if expression in self.context and not self.variables_first:
            self._refuse_another(expression)
            return self.context[expression]
        value = self._evaluated(expression)
        refuse_secret(value, expression, self.secrets())
        return value

    def _in_use(self, name: str) -> str:
        if name in self.context:
            return self.context[name]
        raise UsageError(f"no {name} is in use", hint=f"Set it first: %zbt use {name}=NAME-OR-ID")

    def _refuse_another(self, name: str) -> None:
        try:
            variable = plain(self.evaluate(name), name)
        except Exception:  # noqa: BLE001  there is none, or it is a secret, which would be none of the context's
            return
        if not isinstance(variable, str | int | float | Decimal):
            return
        identity, title = self.context[name], self.called.get(name, "")
        try:
            text = as_text(variable, name)
            yours = shown(text)
        except UsageError:  # NaN and their like mean nothing
            text, kind = "", type(variable).__name__
            yours = f"{a(kind)} that cannot be sent"
        if text and (same_name(text, identity) or same_name(text, title)):
            return
        called = f"{shown(title)} ({identity})" if title else shown(identity)
        raise UsageError(
            f"{name} in braces could be the one in use, {called}, or your variable, {yours}",
            hint=f"Write {{use.{name}}} for the one in use; for the variable give it another name, or: del {name}",
        )

    def _evaluated(self, expression: str) -> object:
        if not expression:
            raise UsageError("a pair of braces is empty", hint="Name a value in it, or double the braces: {{ and }}.")
        try:
            return self.evaluate(expression)
        except NameError as error:
            problem = self._unknown(error.name or expression, expression)
        except SyntaxError:
            problem = UsageError(
                f"{shown(expression)} in braces is not a Python expression",
                hint="Double the braces that are meant literally: {{ and }}; or put JSON into a %%zbt cell's body.",
            )
        except Exception as error:  # noqa: BLE001  it is the user's own expression: anything may come out of it
            problem = UsageError(
                f"{shown(expression)} in braces raises {type(error).__name__}",
                hint="Try the expression in a cell of its own.",
            )
        raise problem

    def _unknown(self, name: str, expression: str) -> UsageError:
        where = f" in {shown(expression)}" if name != expression else ""
        if name in CONTEXT_NAMES:
            hint = f"Set it first: %zbt use {name}=NAME-OR-ID"
        else:
            hint = "Set it in a cell before this one; double the braces that are meant literally: {{ and }}."
        hint = did_you_mean(name, [*self.context, *self.known()], hint, n=3)
        return UsageError(f"nothing is called {shown(name)}{where}", hint=hint)


@dataclass(frozen=True, slots=True)
class _Expression:
    source: str


def in_path(template: str, names: Names) -> str:
    """Fill a path: values are percent-encoded, slashes and all, and must name something."""
    host_end = _host_end(template)
    pieces: list[str] = []
    for piece in _line_pieces(template):
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        if len("".join(pieces)) < host_end:
            raise UsageError("the host of an address is not filled in", hint="Write the path alone: /portals/.")
        text = as_text(names.value(piece.source), piece.source, dates=dates_of("GET", template), lists=False)
        if not text:
            raise UsageError(f"{shown(piece.source)} is empty, which would change the path", hint="Look at its value.")
        pieces.append(_quoted(text, piece.source))
    path = "".join(pieces)
    has_dots = "." in path or "%" in path  # seldom: the look at each segment is then worth its time
    if has_dots and any(unquote(segment) in {".", ".."} for segment in path.partition("?")[0].split("/")):
        raise UsageError(
            "a segment of the path is '.' or '..', which would change the path", hint="Look at the values."
        )
    return path


def in_text(template: str, names: Names, dates: Dates = Dates.US) -> str:
    """Fill a query parameter, a form field, a header or a file name: as text, encoded later as a whole."""
    return "".join(
        piece if isinstance(piece, str) else as_text(names.value(piece.source), piece.source, dates=dates)
        for piece in _line_pieces(template)
    )


def in_json(template: str, names: Names, dates: Dates = Dates.ISO) -> Any:
    """Fill ``name:=…`` and read it as JSON: values keep their types."""
    literal = _literal_json(template)
    if literal is not None:
        return literal[0]
    text = _filled_json(_line_pieces(template), names, dates)
    return read_json(text, hint="Put the item in single quotes, with braces doubled: 'name:={{\"a\": 1}}'.")


def in_json_body(template: str, names: Names, dates: Dates = Dates.ISO) -> Any:
    """Fill the ``{{name}}`` of a JSON body and read it; inside its strings values become text."""
    text = _filled_json(_body_pieces(template), names, dates)
    return read_json(text, hint="Fields can be written as lines too: field: value.")


def in_body_text(template: str, names: Names, dates: Dates = Dates.US, *, classic: bool = True) -> Any:
    """Fill the ``{{name}}`` of a field's text; a value that is all there is keeps its type where the body is JSON."""
    pieces = [piece for piece in _body_pieces(template) if piece]
    if len(pieces) == 1 and isinstance(pieces[0], _Expression) and not classic:
        return as_json(names.value(pieces[0].source), pieces[0].source, dates=dates)
    return "".join(
        piece if isinstance(piece, str) else as_text(names.value(piece.source), piece.source, dates=dates)
        for piece in pieces
    )


def read_json(text: str, *, hint: str) -> Any:
    """Decode strict JSON; raise UsageError that tells where it is not."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        problem = str(error)
    raise UsageError(f"this is not JSON: {problem}", hint=hint)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _host_end(template: str) -> int:
    if not template.startswith(("http://", "https://")):
        return 0
    slash = template.find("/", template.index("://") + 3)
    return len(template) if slash < 0 else slash


def _quoted(text: str, expression: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        problem = UsageError(f"{shown(expression)} holds half a character", hint="Look at its value.")
    raise problem


def _line_pieces(template: str) -> Iterable[str | _Expression]:
    return _pieces_between_braces(template) if "{" in template or "}" in template else (template,)


def _pieces_between_braces(template: str) -> Iterator[str | _Expression]:
    at = 0
    while at < len(template):
        brace = _BRACE.search(template, at)
        if brace is None:
            yield template[at:]
            return
        if brace.start() > at:
            yield template[at : brace.start()]
        at, found = brace.end(), brace[0]
        if len(found) > 1:
            yield found[0]
        elif found == "}":
            raise UsageError("a brace } is closed and never opened", hint="Write }} for a literal brace.")
        else:
            end = closing_brace(template, brace.start())
            if end < 0:
                raise UsageError("a brace { is opened and never closed", hint="Write {{ for a literal brace.")
            yield _Expression(template[at:end])
            at = end + 1


_BRACE = re.compile(r"\{\{|\}\}|[{}]")


def _body_pieces(template: str) -> Iterator[str | _Expression]:
    at = 0
    while True:
        start = template.find("{{", at)
        if start < 0:
            yield template[at:]
            return
        yield template[at:start]
        end = closing_brace(template, start + 1)
        if end < 0 or template[end + 1 : end + 2] != "}":
            line = template.count("\n", 0, start) + 1
            raise UsageError(
                f"{{{{ is opened and never closed in line {line} of the body",
                hint="Close it with }}; for the braces themselves write {{ '{{' }}.",
            )
        yield _Expression(template[start + 2 : end])
        at = end + 2


def _filled_json(pieces: Iterable[str | _Expression], names: Names, dates: Dates) -> str:
    filled: list[str] = []
    in_string = escaped = False
    for piece in pieces:
        if isinstance(piece, str):
            filled.append(piece)
            in_string, escaped = _after(piece, in_string=in_string, escaped=escaped)
        elif in_string:
            text = as_text(names.value(piece.source), piece.source, dates=dates)
            filled.append(json.dumps(text)[1:-1])
        else:
            filled.append(json.dumps(as_json(names.value(piece.source), piece.source, dates=dates)))
    return "".join(filled)


def _after(text: str, *, in_string: bool, escaped: bool) -> tuple[bool, bool]:
    """Tell whether a JSON text ends within a string, and behind a backslash there."""
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = in_string
        elif character == '"':
            in_string = not in_string
    return in_string, escaped


def _literal_json(text: str) -> tuple[Any] | None:
    """Give the value of a text that is JSON as it stands, with no brace in its strings that could be ours."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return None if _has_brace(value) else (value,)


def _has_brace(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_brace(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_has_brace, value))
    return isinstance(value, str) and ("{" in value or "}" in value)
