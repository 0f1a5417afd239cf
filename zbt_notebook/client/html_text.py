"""The text of somebody's HTML, fast: what stands in a comment or a description, for a column of a table."""

import re
from html import unescape

_UNSEEN = re.compile(r"(?is)<(script|style|title|noscript|template|svg|math)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")
_LINES = re.compile(
    r"(?i)\s*</?(?:address|article|aside|blockquote|br|dd|div|dl|dt|footer|form|h[1-6]|header|hr|li|main|ol|p|pre"
    r"|section|table|tr|ul)(?:\s[^<>]*)?/?>\s*"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLANK = re.compile(r"[ \t]*\n\s*\n\s*")


def text_of(markup: str) -> str:
    """The text of a piece of HTML: a line for each block, entities as characters, no tags.

    It is *text*: whoever puts it into HTML still escapes it.
    """
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    text = _LINES.sub("\n", _UNSEEN.sub(" ", markup))
    text = unescape(_TAG.sub("", text)).replace("\xa0", " ")
    return _BLANK.sub("\n", text).strip()
