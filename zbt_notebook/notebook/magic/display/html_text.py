"""The text of somebody's HTML: paragraphs, lists and line ends kept, everything else gone."""

import re
from html.parser import HTMLParser

from zbt_notebook.client.redactor import plain

LONGEST = 20_000  # characters of a description that are looked at; more is a log that somebody pasted
_PARAGRAPHS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "div", "dl", "fieldset", "figure", "footer", "form", "header"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"),
    }
)
_LINES = frozenset({"br", "dd", "dt", "li", "option", "tr"})
_UNSEEN = frozenset({"iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title"})


def paragraphs(markup: str) -> list[str]:
    """Give the text in paragraphs, each of one line or more; nothing in it is markup, or a control character.

    It is *text*: whoever puts it into HTML still escapes it.
    """
    whole = markup[:LONGEST] + (" …" if len(markup) > LONGEST else "")
    reader = _Reader()
    try:
        reader.feed(whole)
        reader.close()
    except AssertionError:  # what html.parser raises at a malformed <!DOCTYPE
        return _tidy(re.sub(r"<[^>]*>?", " ", whole))
    return _tidy("".join(reader.pieces))


def _tidy(text: str) -> list[str]:
    lines = [" ".join(plain(line).split()) for line in text.split("\n")]
    return [part.strip("\n") for part in re.split(r"\n{2,}", "\n".join(lines)) if part.strip()]


class _Reader(HTMLParser):
    """Collects the text; ``unseen`` holds the elements without text for a reader that are open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen: list[str] = []
        self.counters: list[int | None] = []  # of the open lists; None counts nothing

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs  # nothing in them is text
        if tag in _UNSEEN:
            self.unseen.append(tag)
        if tag in {"ol", "ul"}:
            self.counters.append(0 if tag == "ol" else None)
        self._break(tag)
        if tag == "li":
            self.pieces.append(self._bullet())
        elif tag in {"td", "th"}:
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            del self.unseen[self.unseen.index(tag) :]
        if tag in {"ol", "ul"} and self.counters:
            self.counters.pop()
        if tag in _PARAGRAPHS or tag == "br":  # a line ends where the next one begins
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(data)

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.pieces.append("\n\n")
        elif tag in _LINES:
            self.pieces.append("\n")

    def _bullet(self) -> str:
        if not self.counters or self.counters[-1] is None:
            return "• "
        self.counters[-1] += 1
        return f"{self.counters[-1]}. "
