"""How a frame that came from here is shown: its first columns, numbers right and texts left; nothing else changes.

Other frames, and these once they are something else, look as pandas shows them; of what Zoho sent no control or
direction character is shown either way.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from zbt_notebook.client.lists.first_columns import FIRST
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.redactor import plain
from zbt_notebook.notebook.magic.display.table import MONO, QUIET, plain_lines

_LONGEST = 80  # characters of a cell


def shown_columns(frame: Any) -> list[str] | None:
    """The columns that are shown; None where the frame is to look as pandas has it."""
    origin = frame.attrs.get("zbt")
    if not isinstance(origin, dict) or frame.columns.nlevels > 1 or not frame.columns.is_unique:
        return None
    if origin.get("all_columns"):
        return list(frame.columns)
    kind = str(origin.get("kind") or origin.get("word") or "")
    first = [name for name in FIRST.get(kind, ()) if name in frame.columns]
    if len(first) < len(FIRST.get(kind, ())) or not first:
        return None
    more = ["project.name"] if kind == "bugs" and _differ(frame, "project.name") else []
    return [*first, *more]


def _differ(frame: Any, name: str) -> bool:
    return name in frame.columns and bool(frame[name].nunique() > 1)


def as_html(frame: Any) -> str | None:
    """The frame as a table, texts left and numbers right; as pandas shows it where it is none of ours."""
    columns = shown_columns(frame)
    if columns is None:
        html = frame._repr_html_()
        return plain_lines(html) if html and "zbt" in frame.attrs else html
    positions, cut = _positions(frame)
    sides = {name: _side(frame, name) for name in columns}
    head = "".join(f'<th scope="col" style="{_CELL}{sides[name]}{QUIET}">{_safe(name)}</th>' for name in columns)
    rows = []
    for position in positions:
        if cut and position == cut:
            rows.append(f'<tr><td colspan="{len(columns) + 1}" style="{_CELL}text-align:left;{QUIET}">…</td></tr>')
        cells = "".join(
            f'<td style="{_CELL}{sides[name]}">{_safe(_text(frame[name].iloc[position]))}</td>' for name in columns
        )
        index = f'<th scope="row" style="{_CELL}text-align:right;{QUIET}">{_safe(str(frame.index[position]))}</th>'
        rows.append(f"<tr>{index}{cells}</tr>")
    return (
        f'<div class="zbt-frame tex2jax_ignore mathjax_ignore" style="overflow-x:auto" tabindex="0">'
        f'<table border="1" class="dataframe" style="{_TABLE}"><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f'<p style="{MONO}{QUIET}margin:4px 0 0">{_safe(_extent(frame, columns))}</p>'
    )


_TABLE = "border-collapse:collapse;margin:2px 0;"
_CELL = "padding:3px 10px 3px 0;vertical-align:top;white-space:normal;overflow-wrap:break-word;max-width:34em;"
_SHORT = 18  # characters up to which a text stays on its line: a word such as "In progress", a name
_LONG = 32  # characters from which a text has a width below which it is not pressed: the table scrolls sooner
_WIDE = "text-align:left;min-width:18em;"


def _side(frame: Any, name: str) -> str:
    values = frame[name]
    if values.dtype.kind in "iufc":
        return "text-align:right;white-space:nowrap;"
    if values.dtype.kind == "M" or name == "key":
        return _NOWRAP
    longest = max((len(_text(value)) for value in values.head(_LOOKED_AT)), default=0)
    return _WIDE if longest > _LONG else _NOWRAP if longest <= _SHORT else "text-align:left;"


_LOOKED_AT = 60
_NOWRAP = "text-align:left;white-space:nowrap;"


def _positions(frame: Any) -> tuple[Sequence[int], int]:
    """Which rows are shown, and before which the others are left out: as pandas' own options say."""
    import sys

    options = sys.modules["pandas"].options.display  # there is a frame, so pandas is there
    most, least = options.max_rows or len(frame), options.min_rows or 10
    if len(frame) <= most:
        return range(len(frame)), 0
    half = max(1, min(least, most) // 2)
    return [*range(half), *range(len(frame) - half, len(frame))], len(frame) - half


def _text(value: Any) -> str:
    is_nan = isinstance(value, float) and value != value  # noqa: PLR0124  NaN is not itself
    if value is None or is_nan or type(value).__name__ in {"NAType", "NaTType"}:
        return ""
    if hasattr(value, "to_pydatetime"):
        return f"{value:%Y-%m-%d}" if value.tzinfo is None else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _extent(frame: Any, columns: Sequence[str]) -> str:
    more = len(frame.columns) - len(columns)
    rest = f": {more} of them in .columns, shown by --all-columns" if more else ""
    return f"{counted(len(frame), 'rows')}, {counted(len(frame.columns), 'columns')}{rest}"


def _safe(text: str) -> str:
    return escape(plain(text))


def as_text(frame: Any) -> str:
    """The same for a terminal."""
    columns = shown_columns(frame)
    if columns is None:
        return plain_lines(repr(frame)) if "zbt" in frame.attrs else repr(frame)
    shown = frame[columns].copy()
    for name in columns:
        if shown[name].dtype.kind == "M":
            shown[name] = shown[name].map(_text)
    text = shown.to_string(max_rows=20, max_colwidth=40, na_rep="")
    return f"{plain_lines(text)}\n\n{_extent(frame, columns)}"
