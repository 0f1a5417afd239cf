"""The body of a ``%%zbt`` cell: JSON, or a field a line.

::

    title: Save button does nothing        {"title": "Save button does nothing",
    severity_id: {{severities["Major"]}}    "severity": {"id": {{severity}}}}
    description:
      Indented lines are the value, without
      the indentation that they share:

          this stays four further in
    # not sent

What stands behind the colon is the value's first line; indented lines below it go on with it as they are typed.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest.encoding import Dates
from zbt_notebook.notebook.magic.grammar.interpolation import Names, in_body_text, in_json_body, read_json
from zbt_notebook.notebook.magic.grammar.secrets_on_lines import refuse_secret_item

_FIELD = re.compile(r"(?P<name>[^\s:=#*>-][^\s:=]*)[ \t]*(?P<kind>:=|:(?!//))(?P<value>.*)", re.DOTALL)
_CUSTOM = ("udf_", "cf_")  # how the names of custom fields begin, which no catalogue knows


@dataclass(frozen=True, slots=True)
class Body:
    """A body, read: ``fields`` by name, or ``document`` where it is JSON but no object."""

    fields: tuple[tuple[str, Any], ...] = ()
    document: Any = None


def read_body(
    text: str, names: Names, *, classic: bool, dates: Dates | None = None, known: Collection[str] = ()
) -> Body:
    """Read and fill the body of a cell. Raise UsageError that names the line.

    *known* are the fields that the endpoint takes, where the catalogue tells: they tell a field behind a value of
    several lines from one more line of it.
    """
    if not text.strip():
        return Body()
    dates = dates or (Dates.US if classic else Dates.ISO)
    if text.lstrip()[0] in "{[":
        return _json_body(in_json_body(text, names, dates), classic=classic)
    fields: dict[str, Any] = {}
    above: _Field | None = None
    for field in _fields(text):
        name, value = _read_field(field, names, dates, classic=classic)
        is_known = not known or name in known or name.lower().startswith(_CUSTOM)
        if above is not None and len(above.lines) > 1 and not is_known:
            raise UsageError(
                f"line {field.number} of the body could be a field, {shown(name)}, or a line of the value above",
                hint="Indent it as the value's other lines are; or, if it is a field, put it before that value.",
            )
        if name in fields:
            raise UsageError(f"line {field.number} of the body gives {shown(name)} once more", hint="Keep one of them.")
        fields[name] = value
        above = field
    return Body(tuple(fields.items()))


def _json_body(document: Any, *, classic: bool) -> Body:
    if isinstance(document, dict):
        for name, value in document.items():
            refuse_secret_item(name, str(value))
        return Body(tuple(document.items()))
    if classic:
        raise UsageError(
            "the body of a classic call is made of fields, and this JSON has none",
            hint='Write {"field": "value"}, or a field a line: field: value.',
        )
    return Body(document=document)


@dataclass(frozen=True, slots=True)
class _Field:
    """The lines of a field as they are typed, and the number of its first."""

    number: int
    lines: list[str]


def _fields(text: str) -> Iterator[_Field]:
    """Give each field with its lines: those that are indented, and the blank ones among them, go on with it."""
    lines = dedent(text).split("\n")  # a whole cell that is indented, as in a function, means the same
    field: _Field | None = None
    comment = 0
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\r")  # noqa: PLW2901  the end of a line, however it is written
        if not line.strip():
            if field:
                field.lines.append("")
        elif line[0].isspace():
            if field is None or comment:
                problem = f"goes on with what line {comment} cuts off" if comment else "is indented below nothing"
                raise UsageError(
                    f"line {number} of the body {problem}",
                    hint="Begin with field: value; indent what is the value's, a # at its beginning too.",
                )
            field.lines.append(line)
        elif line.startswith("#"):
            comment = number
        else:
            if field:
                yield field
            field, comment = _Field(number, [line]), 0
    if field:
        yield field


def _read_field(field: _Field, names: Names, dates: Dates, *, classic: bool) -> tuple[str, Any]:
    match = _FIELD.fullmatch(field.lines[0])
    if match is None:
        raise UsageError(
            f"line {field.number} of the body, {shown(field.lines[0])}, is not a field",
            hint="Write field: value; indent the lines that go on with a value; or make the whole body JSON.",
        )
    name, value = match["name"], _value(match["value"].strip(), field.lines[1:])
    refuse_secret_item(name, value)
    if match["kind"] == ":=":
        filled = (
            in_json_body(value, names, dates)
            if "{{" in value
            else read_json(value, hint="Write field: text for a text.")
        )
        return name, filled
    return name, in_body_text(value, names, dates, classic=classic)


def _value(first: str, rest: list[str]) -> str:
    """The value as it is typed, without the blank lines behind it; a block below its field without its indentation."""
    below = "\n".join(rest).rstrip()
    if first:
        return f"{first}\n{below}" if below else first
    return dedent(below)
