"""What the magics say by themselves: plain text and small tables, with the API's texts made harmless."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_WIDEST = 100


class PlainText(str):
    """A text that a cell shows as it is, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A small table, shown as text and as HTML; every cell is escaped."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""

    def __repr__(self) -> str:
        cells = [
            tuple(plain(cell) for cell in row) for row in ((self.columns,) if any(self.columns) else ()) + self.rows
        ]
        widths = [min(_WIDEST, max((len(cell) for cell in column), default=0)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
        ]
        return "\n".join([self.title, *lines] if self.title else lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{_html(name)}</th>" for name in self.columns) if any(self.columns) else ""
        body = "".join("<tr>" + "".join(f"<td>{_html(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        title = f"<caption>{_html(self.title)}</caption>" if self.title else ""
        return (
            '<table class="zbt-sheet tex2jax_ignore" style="text-align:left">'
            f"{title}{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"
        )


def _html(text: str) -> str:
    return escape(plain(text))


def plain(text: str) -> str:
    """Make a text harmless to print: no control or direction characters, no escape sequences, one line."""
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "\ufffd" for character in text
    )


def note(text: str) -> None:
    """Tell the user something beside the result, in one line."""
    sys.stdout.write(plain(text) + "\n")


def listed(words: Iterable[str], *, most: int = 5) -> str:
    """Write a list for a sentence: ``a, b, c and 4 more``."""
    words = [plain(word) for word in words]
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def ago(seconds: float) -> str:
    """Say how long ago: ``3 minutes ago``."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def counted(count: int, noun: str) -> str:
    """Count things: ``1 row``, ``1,200 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
