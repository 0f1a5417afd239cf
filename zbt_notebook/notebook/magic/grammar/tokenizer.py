"""A magic line as words: quotes and braces hold a word together, as a shell's quotes do."""

import re

from zbt_notebook.client.errors import UsageError

_BARE = re.compile(r"(?:[^\s'\"\\{}]|\{[A-Za-z_]\w*\})+")
_HOLDS_TOGETHER = re.compile(r"['\"\\{]")
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_AS_WRITTEN = ("-q", "--jmespath")  # options whose value has quotes and brackets of its own


def split_words(line: str) -> tuple[str, ...]:
    r"""Split at white space outside quotes and braces.

    Single quotes keep everything; in double quotes a backslash escapes ``"`` and itself; outside quotes it escapes
    white space, quotes and itself, and is kept before anything else (``C:\reports`` stays whole). ``{…}`` keeps a
    Python expression together, with its spaces and quotes. The expression behind ``-q`` is taken as it is written,
    with its quotes, and with its spaces inside brackets; quotes around the whole of it are the line's. Raise UsageError
    for a quote that is never closed.
    """
    if not _HOLDS_TOGETHER.search(line) and not any(option in line for option in _AS_WRITTEN):
        return tuple(line.split())
    words: list[str] = []
    word: str | None = None
    at = 0
    while at < len(line):
        if line[at].isspace():
            if word is not None:
                words.append(word)
            word, at = None, at + 1
        elif word is None and (begun := _before_an_expression(line, at, words)) is not None:
            word, at = _take_as_written(line, at + len(begun))
            word = begun + word
        else:
            piece, at = _take(line, at)
            word = (word or "") + piece
    return tuple(words if word is None else [*words, word])


def _before_an_expression(line: str, at: int, words: list[str]) -> str | None:
    """What stands before an expression that is to be taken as it is written; None where none begins."""
    if words and words[-1] in _AS_WRITTEN and "--" not in words:
        return ""
    attached = (f"{option}=" for option in _AS_WRITTEN if line.startswith(f"{option}=", at))
    return next((begun for begun in attached if line[at + len(begun) : at + len(begun) + 1].strip()), None)


def _take_as_written(line: str, at: int) -> tuple[str, int]:
    """Give an expression up to the next white space outside its quotes and brackets, and where the line goes on."""
    if line[at] in "'\"":
        piece, end = _take_quoted(line, at)
        if not line[end : end + 1].strip():
            return piece, end
    start, depth, quote = at, 0, ""
    while at < len(line):
        character = line[at]
        if quote:
            at += character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character.isspace() and depth <= 0:
            break
        at += 1
    if quote:
        raise UsageError(
            f"a quote ({quote}) is opened and never closed", hint="Close it; the expression is read whole."
        )
    return line[start:at], at


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


def quote_word(word: str, *, always: bool = False) -> str:
    """Write a word so that split_words gives it back; *always* in quotes, as an expression needs them."""
    if not always and _BARE.fullmatch(word):
        return word
    if "'" not in word:
        return f"'{word}'"
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
