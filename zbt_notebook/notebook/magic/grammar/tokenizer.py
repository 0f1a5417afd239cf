"""A magic line as words: quotes and braces hold a word together, as a shell's quotes do."""

import re

from zbt_notebook.client.errors import UsageError

_BARE = re.compile(r"(?:[^\s'\"\\{}]|\{[A-Za-z_]\w*\})+")
_HOLDS_TOGETHER = re.compile(r"['\"\\{]")
_CLOSES = {"(": ")", "[": "]", "{": "}"}


def split_words(line: str) -> tuple[str, ...]:
    r"""Split at white space outside quotes and braces.

    Single quotes keep everything; in double quotes a backslash escapes ``"`` and itself; outside quotes it escapes
    white space, quotes and itself, and is kept before anything else (``C:\reports`` stays whole). ``{…}`` keeps a
    Python expression together, with its spaces and quotes. Raise UsageError for a quote that is never closed.
    """
    if not _HOLDS_TOGETHER.search(line):
        return tuple(line.split())
    words: list[str] = []
    word: str | None = None
    at = 0
    while at < len(line):
        if line[at].isspace():
            if word is not None:
                words.append(word)
            word, at = None, at + 1
        else:
            piece, at = _take(line, at)
            word = (word or "") + piece
    return tuple(words if word is None else [*words, word])


def _take(line: str, at: int) -> tuple[str, int]:
    """Give the next piece of a word, unquoted, and where the one after it begins."""
    character, following = line[at], line[at + 1 : at + 2]
    if character in "'\"":
        return _take_quoted(line, at)
    if character == "\\" and following and (following in "'\"\\" or following.isspace()):
        return following, at + 2
    if character == "{" and following == "{":
        return "{{", at + 2
    if character == "{":
        end = closing_brace(line, at)
        if end > 0:
            return line[at : end + 1], end + 1
    return character, at + 1


def _take_quoted(line: str, at: int) -> tuple[str, int]:
    quote, start, piece = line[at], at + 1, ""
    while start < len(line) and line[start] != quote:
        if quote == '"' and line[start] == "\\" and line[start + 1 : start + 2] in {'"', "\\"}:
            start += 1
        piece += line[start]
        start += 1
    if start >= len(line):
        raise UsageError(
            f"a quote ({quote}) is opened and never closed",
            hint='Close it; a text with an apostrophe goes in double quotes, whole: "title=Don\'t panic".',
        )
    return piece, start + 1


def closing_brace(text: str, at: int) -> int:
    """Find the brace that closes the one at ``at``, past Python strings and nested brackets; -1 if there is none."""
    waiting: list[str] = []
    quote = ""
    index = at
    while index < len(text):
        character = text[index]
        if quote:
            if character == "\\":
                index += 1
            elif character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif character in _CLOSES:
            waiting.append(_CLOSES[character])
        elif character in ")]}":
            if waiting.pop() != character:
                return -1
            if not waiting:
                return index
        index += 1
    return -1


def quote_word(word: str) -> str:
    """Write a word so that split_words gives it back."""
    if _BARE.fullmatch(word):
        return word
    if "'" not in word:
        return f"'{word}'"
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
