"""The body of a ``%%zbt`` cell: JSON, or a field a line.

::

    title: Save button does nothing        {"title": "Save button does nothing",
    severity_id: {{severities["Major"]}}    "severity": {"id": {{severity}}}}
    description: First line
      and the second, indented
    # not sent
"""

import re
from dataclasses import dataclass
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest.encoding import Dates
from zbt_notebook.notebook.magic.grammar.interpolation import Names, in_body_text, in_json_body, read_json
from zbt_notebook.notebook.magic.grammar.secrets_on_lines import refuse_secret_item

_FIELD = re.compile(r"(?P<name>[^\s:=#][^:=]*?)\s*(?P<kind>:=|:)(?:[ \t]+|$)?(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Body:
    """A body, read: ``fields`` by name, or ``document`` where it is JSON but no object."""

    fields: tuple[tuple[str, Any], ...] = ()
    document: Any = None


def read_body(text: str, names: Names, *, classic: bool, dates: Dates | None = None) -> Body:
    """Read and fill the body of a cell. Raise UsageError that names the line."""
    if not text.strip():
        return Body()
    dates = dates or (Dates.US if classic else Dates.ISO)
    if text.lstrip()[0] in "{[":
        return _json_body(in_json_body(text, names, dates), classic=classic)
    fields: dict[str, Any] = {}
    for number, field in _fields(text):
        name, value = _read_field(number, field, names, dates, classic=classic)
        if name in fields:
            raise UsageError(f"line {number} of the body gives {shown(name)} once more", hint="Keep one of them.")
        fields[name] = value
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


def _fields(text: str) -> list[tuple[int, str]]:
    """Give each field with its line number; indented lines go on with the field before them."""
    fields: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1].isspace() and line.strip() and fields:
            start, begun = fields[-1]
            fields[-1] = (
                start,
                f"{begun}\n{line.strip()}" if begun.rstrip()[-1:] != ":" else f"{begun} {line.strip()}",
            )
        elif line.strip() and not line.startswith("#"):
            fields.append((number, line.strip()))
    return fields


def _read_field(number: int, field: str, names: Names, dates: Dates, *, classic: bool) -> tuple[str, Any]:
    match = _FIELD.fullmatch(field)
    if match is None:
        raise UsageError(
            f"line {number} of the body, {shown(field)}, is not a field",
            hint="Write field: value; indent the lines that go on with a value; or make the whole body JSON.",
        )
    name, value = match["name"], match["value"]
    refuse_secret_item(name, value)
    if match["kind"] == ":=":
        filled = (
            in_json_body(value, names, dates)
            if "{{" in value
            else read_json(value, hint="Write field: text for a text.")
        )
        return name, filled
    return name, in_body_text(value, names, dates, classic=classic)
