"""What the magics say by themselves: plain text and small tables, with the API's texts made harmless."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap

from zbt_notebook.client.quoting import counted
from zbt_notebook.client.redactor import plain
from zbt_notebook.client.streams import tell
from zbt_notebook.notebook import environment


class PlainText(str):
    """A text that a cell shows as it is, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Table:
    """A small table, shown as text within the terminal's width and as HTML; every cell is escaped.

    ``title`` may have lines.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""

    def __repr__(self) -> str:
        rows = ((self.columns,) if any(self.columns) else ()) + self.rows
        cells = [[plain(cell) for cell in row] for row in rows]
        widths = _fitting([max(map(len, column)) for column in zip(*cells, strict=True)])
        lines = [line for row in cells for line in _laid_out(row, widths)]
        title = [line for part in self.title.split("\n") for line in wrap(plain(part), text_width())]
        return "\n".join([*title, *lines])

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="{_CELL}{QUIET}white-space:nowrap">{_html(name)}</th>' for name in self.columns
        )
        body = "".join(f'<tr style="background:none">{self._cells(row)}</tr>' for row in self.rows)
        title = "<br>".join(map(_html, self.title.split("\n")))
        title = f'<div style="padding-bottom:4px">{title}</div>' if self.title else ""
        head = f'<thead><tr style="background:none">{head}</tr></thead>' if any(self.columns) else ""
        return (
            f'<div class="zbt-sheet tex2jax_ignore mathjax_ignore" style="{UI}overflow-x:auto;max-width:64rem">{title}'
            f'<table style="border:0;border-collapse:collapse;margin:2px 0;font:inherit">{head}<tbody>{body}</tbody>'
            "</table></div>"
        )

    def _cells(self, row: tuple[str, ...]) -> str:
        first = "td" if any(self.columns) else 'th scope="row"'
        styles = [f"{_CELL}white-space:nowrap;{'' if any(self.columns) else QUIET}", *[_CELL] * (len(row) - 1)]
        tags = [first, *["td"] * (len(row) - 1)]
        return "".join(
            f'<{tag} style="{style}">{_html(cell)}</{tag.split()[0]}>'
            for tag, style, cell in zip(tags, styles, row, strict=True)
        )


# Said in each output, as a style sheet does not outlive a notebook that is not trusted; colours are the reader's own
UI = "font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);"
MONO = "font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);font-size:12px;"
QUIET = "opacity:.72;font-weight:400;"
_CELL = (
    "border:0;text-align:left;vertical-align:top;padding:2px 20px 2px 0;"
    "white-space:normal;overflow-wrap:break-word;line-height:20px;"
)


def text_width() -> int:
    """Give the width in which text is laid out: the terminal's, and what fits beside a side bar in a notebook."""
    if environment.kernel() is not None:  # its stdout may be the terminal that the server runs in
        return _NOTEBOOK
    return max(40, get_terminal_size((_NOTEBOOK, 24)).columns - 1)


def in_two_columns(pairs: Iterable[tuple[str, str]], indent: str = "  ") -> list[str]:
    """Lay terms and what they mean beside one another, or below where there is little room, in wrapped lines."""
    pairs, width = list(pairs), text_width()
    beside = len(indent) + max((len(term) for term, _ in pairs), default=0) + 2
    if beside > width // 2:
        return [line for term, meaning in pairs for line in (indent + term, *_hanging(meaning, " " * 4, width))]
    return [
        line
        for term, meaning in pairs
        for line in _hanging(meaning, " " * beside, width, first=f"{indent}{term}".ljust(beside))
    ]


def _hanging(text: str, indent: str, width: int, *, first: str | None = None) -> list[str]:
    return wrap(text, width, initial_indent=indent if first is None else first, subsequent_indent=indent)


def _fitting(widths: list[int]) -> list[int]:
    """Make the widest columns narrower, until all of them fit beside one another."""
    room = text_width() - 2 * (len(widths) - 1)
    widths = [min(width, room) for width in widths]
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


_NARROWEST = 8
_NOTEBOOK = 80  # beside an open side bar in a window of 1,100 pixels


def _laid_out(row: list[str], widths: list[int]) -> list[str]:
    columns = [wrap(cell, max(1, width)) for cell, width in zip(row, widths, strict=True)]
    lines = zip_longest(*columns, fillvalue="")
    return ["  ".join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _html(text: str) -> str:
    return escape(plain(text))


def plain_lines(text: str) -> str:
    """Make a text of several lines harmless to print."""
    return "\n".join(map(plain, text.split("\n")))


def note(text: str) -> None:
    """Tell the user something beside the result, in one line."""
    tell(plain(text) + "\n")


def listed(words: Iterable[str], *, most: int = 5) -> str:
    """Write a list for a sentence: ``a, b, c and 4 more``."""
    words = [plain(word) for word in words]
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def ago(seconds: float) -> str:
    """Say how long ago: ``3 minutes ago``."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1)):
        count = int(seconds // size)
        if count:
            return f"{counted(count, unit)} ago"
    return "just now"
