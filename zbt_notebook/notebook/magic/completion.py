"""What may come next on a ``%zbt`` line, told from what is known already: nothing is fetched."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.auth.scopes import FAMILY, MODULES, PRESETS
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.redactor import plain
from zbt_notebook.client.rest import endpoints
from zbt_notebook.notebook.magic.context import PortalOrProject
from zbt_notebook.notebook.magic.filter_completion import Values, changes, escaped, field_names, filters
from zbt_notebook.notebook.magic.grammar.options import (
    CALL,
    LISTS,
    METHODS,
    OPTIONS,
    SAVE_SUFFIXES,
    SUBCOMMANDS,
    Option,
    options_of,
)
from zbt_notebook.notebook.magic.grammar.tokenizer import split_words

_SPELLINGS = {spelling: option for option in OPTIONS for spelling in (option.flag, option.short) if spelling}
_MANY = 1000  # entries of a folder that are looked at: completion must not wait for a huge one
_BODY_SIGNS = {"form": "=", "json": "=", "file": "@"}


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that may stand from ``start`` to the cursor; ``kind`` says what it is."""

    text: str
    start: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known without asking anybody."""

    connections: tuple[str, ...] = ()
    portals: tuple[PortalOrProject, ...] = ()
    projects: tuple[PortalOrProject, ...] = ()
    variables: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)  # of a portal's fields, by their short names or labels


def complete(text: str, cursor: int, known: Known) -> list[Completion]:
    """Complete what follows ``%zbt`` at the cursor; the completions all go on with the same word.

    A name with control or direction characters is not offered: they would stand in the cell, unseen.
    A quote or brace that stands behind the cursor already, as front ends put it there, is not closed once more.
    """
    before, behind = text[:cursor], text[cursor : cursor + 1]
    start = _word_start(before)
    fragment = before[start:]
    done = _words(before[:start])
    if done is None:
        return []
    word = _plain(fragment)
    candidates = [pair for pair in dict.fromkeys(_candidates(word, fragment, done, known)) if plain(pair[0]) == pair[0]]
    found = [(_going_on(candidate, fragment, word), kind) for candidate, kind in candidates]
    closing = behind if behind in {"'", '"', "}"} else ""
    return [Completion(whole.removesuffix(closing), start, kind) for whole, kind in found if whole]


def is_open_to_python(text: str) -> bool:
    """Whether the cursor, at the end of the text, is within braces: what IPython completes there is of use."""
    return _open_brace(text[_word_start(text) :]) >= 0


def complete_field(method: str, path: str, begun: str) -> list[str]:
    """Complete the name of a field, or its value, on a line of a ``%%zbt`` cell."""
    endpoint = endpoints.match(method, path)
    fields = [parameter for parameter in endpoint.params if parameter.place in _BODY_SIGNS] if endpoint else []
    name, colon, value = begun.partition(":")
    if not colon:
        return [f"{field.name}: " for field in fields if field.name.startswith(begun)]
    value = value.lstrip()
    head = begun[: len(begun) - len(value)]
    return [
        head + allowed
        for field in fields
        if field.name == name.strip()
        for allowed in field.allowed
        if allowed.startswith(value) and allowed != value
    ]


Candidates = Iterator[tuple[str, str]]


def _candidates(word: str, fragment: str, done: tuple[str, ...], known: Known) -> Candidates:
    option = _SPELLINGS.get(done[-1]) if done else None
    positional = _positional(done)
    if option is not None and option.takes_value and not option.default:
        yield from _values(option, "", fragment, positional, known)
    elif fragment.startswith("-"):
        yield from _options(fragment, positional, done, known)
    elif _open_brace(fragment) >= 0:
        yield from _names(fragment, known)
    elif not positional:
        yield from ((name, "subcommand") for name in SUBCOMMANDS)
        yield from ((name, "method") for name in METHODS)
        yield from _paths(word, "GET", known)
    elif positional[0] in LISTS:
        yield from filters(positional[0], word, known.values, is_quoted=_words(fragment) is None)
    elif positional[0] == "bug":
        yield from changes(word, positional[1:], known.values, is_quoted=_words(fragment) is None)
    elif positional[0] in SUBCOMMANDS:
        yield from _arguments(positional[0], fragment, known)
    else:
        yield from _call_words(word, fragment, positional, known)


def _call_words(word: str, fragment: str, positional: tuple[str, ...], known: Known) -> Candidates:
    method = positional[0].upper() if positional[0].upper() in METHODS else "GET"
    rest = positional[1:] if positional[0].upper() in METHODS else positional
    if not rest:
        yield from _paths(word, method, known)
        return
    endpoint = endpoints.match(method, rest[0])
    if endpoint is None:
        return
    if _FILE.fullmatch(word):
        name, _, begun = word.partition("@")
        yield from _files(f"{name}@", begun, is_quoted=_words(fragment) is None)
    taken = {item.partition("=")[0].partition("@")[0].rstrip(":") for item in rest[1:]}
    for parameter in endpoint.params:
        sign = "==" if parameter.place == "query" else _BODY_SIGNS.get(parameter.place, "")
        if not sign or parameter.name in taken:
            continue
        begun = parameter.name + sign
        if word.startswith(begun) and parameter.allowed:
            chosen = word.rpartition(",")[0] + "," if "," in word else begun
            yield from ((chosen + value, parameter.name) for value in parameter.allowed)
        else:
            yield begun, ("required " if parameter.required else "") + parameter.type


_FILE = re.compile(r"[^=:@]+@.*", re.DOTALL)


def _paths(word: str, method: str, known: Known) -> Candidates:
    if word and not word.startswith("/"):
        return
    head, _, last = word.rpartition("/")
    for segment in endpoints.children(f"{head}/", method):
        for name, kind in _segment_names(segment, known):
            if name.startswith(last):
                yield from _path_ends(f"{head}/{name}", method, kind)


def _segment_names(segment: str, known: Known) -> Candidates:
    if not segment.startswith("{"):
        yield segment, "path"
        return
    name = segment[1:-1]
    if name in {"portal", "project"} or name in known.variables:
        yield segment, "value"
    choices = {"portal": known.portals, "project": known.projects}.get(name, ())
    yield from ((choice.id, choice.name or "id") for choice in choices)
    if name == "portal":
        yield from ((choice.name, "portal") for choice in choices if choice.name.isalnum() and choice.name.isascii())


def _path_ends(path: str, method: str, kind: str) -> Candidates:
    endpoint = endpoints.match(method, path)
    if endpoint is None or endpoint.path.endswith("/"):
        yield f"{path}/", kind
        return
    yield path, kind
    if endpoints.children(f"{path}/", method):
        yield f"{path}/", kind


def _arguments(subcommand: str, fragment: str, known: Known) -> Candidates:
    if subcommand == "use":
        for kind, choices in (("portal", known.portals), ("project", known.projects)):
            yield f"{kind}=", kind
            if fragment.startswith(f"{kind}="):
                yield from ((_written(kind, choice.name, fragment), kind) for choice in choices)
    elif subcommand == "switch":
        yield from ((name, "connection") for name in known.connections)
    elif subcommand == "endpoints":
        yield from ((name, "module") for name in endpoints.modules())
    elif subcommand == "help":
        yield from ((name, "subcommand") for name in SUBCOMMANDS)
        yield from ((name, "module") for name in endpoints.modules())
        yield from ((option.flag, "option") for option in OPTIONS)


def _written(kind: str, name: str, fragment: str) -> str:
    """Write a name as it was begun: in the same quotes, else with its spaces escaped."""
    quote = fragment[len(kind) + 1 : len(kind) + 2]
    if quote in {"'", '"'} and quote not in name and "\\" not in name:
        return f"{kind}={quote}{name}{quote}"
    return f"{kind}=" + escaped(name)


def _options(fragment: str, positional: tuple[str, ...], done: tuple[str, ...], known: Known) -> Candidates:
    spelling, equals, _ = fragment.partition("=")
    if equals:
        option = _SPELLINGS.get(spelling)
        if option is not None:
            yield from _values(option, f"{spelling}=", fragment, positional, known)
        return
    owner = positional[0] if positional and positional[0] in SUBCOMMANDS else CALL
    for option in options_of(owner):
        if option.flag not in done and (not option.short or option.short not in done):
            yield option.flag, "option"
            if option.short:
                yield option.short, "option"


def _values(option: Option, head: str, fragment: str, positional: tuple[str, ...], known: Known) -> Candidates:
    values: Iterable[str] = option.choices
    if option.name == "as":
        values = known.connections
    elif option.name == "dc":
        values = DATA_CENTERS
    elif option.name == "projects":
        values = ("all", *map(escaped, known.values.get("project", ())), *(escaped(one.name) for one in known.projects))
    elif option.kind == "duration":
        values = ("30s", "10m", "1h")
    elif option.kind == "variable":
        values = known.variables
    elif option.kind == "file":
        begun = _plain(fragment).removeprefix(head)
        yield from _files(head, begun, SAVE_SUFFIXES, is_quoted=_words(fragment) is None)
        return
    elif option.name in {"scopes", "add-scope", "columns"}:
        chosen = fragment[: fragment.rindex(",") + 1] if "," in fragment else head
        there = set(chosen.removeprefix(head).split(","))
        several: Iterable[str] = _scopes(with_presets=chosen == head and option.name == "scopes")
        if option.name == "columns":
            several = map(escaped, field_names(positional[0] if positional else "", known.values))
        yield from ((chosen + one, option.metavar.lower()) for one in several if one not in there)
        return
    yield from ((head + value, option.metavar.lower()) for value in values)


def _scopes(*, with_presets: bool) -> Iterator[str]:
    if with_presets:
        yield from (name for name in PRESETS if " " not in name)
    yield from (f"{FAMILY}.{module}.{operation}" for module, operations in MODULES.items() for operation in operations)


def _names(fragment: str, known: Known) -> Candidates:
    head = fragment[: _open_brace(fragment) + 1]
    for name in dict.fromkeys(("portal", "project", *known.variables)):
        yield f"{head}{name}}}", "value"


def _open_brace(fragment: str) -> int:
    """Find the brace in which the cursor is; -1 where it is in none."""
    brace = fragment.rfind("{")
    doubled = brace > 0 and fragment[brace - 1] == "{"
    return -1 if doubled or "}" in fragment[brace:] else brace


def _going_on(candidate: str, fragment: str, word: str) -> str:
    """Give the candidate as it goes on from what stands there, in the quotes that are open there; else nothing."""
    if candidate.startswith(fragment):
        return candidate if candidate != fragment else ""
    is_quoted = _words(fragment) is None
    return fragment + candidate[len(word) :] if is_quoted and candidate.startswith(word) and candidate != word else ""


def _positional(done: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    skip = False
    for word in done:
        option = _SPELLINGS.get(word.partition("=")[0]) if word.startswith("-") else None
        if not skip and option is None:
            found.append(word)
        skip = option is not None and option.takes_value and not option.default and "=" not in word
    return tuple(found)


def _word_start(before: str) -> int:
    """Find where the word at the cursor begins: after the last white space that no quote or brace encloses."""
    for at in range(len(before), 0, -1):
        if before[at - 1].isspace() and not _escaped(before, at - 1) and _words(before[:at]) is not None:
            return at
    return 0


def _escaped(before: str, at: int) -> bool:
    return at > 0 and before[at - 1] == "\\"


def _words(text: str) -> tuple[str, ...] | None:
    try:
        return split_words(text)
    except UsageError:
        return None


def _plain(fragment: str) -> str:
    for closing in ("", "'", '"'):
        words = _words(fragment + closing)
        if words is not None:
            return words[0] if words else ""
    return fragment


def _files(name: str, begun: str, suffixes: tuple[str, ...] = (), *, is_quoted: bool) -> Iterator[tuple[str, str]]:
    """Give the files and folders that go on from what was begun after ``name@``, or after an option, and their kind."""
    head, slash, last = begun.rpartition("/")
    write = str if is_quoted else escaped
    try:
        entries = sorted(entry.name for entry in islice(Path(head + slash).expanduser().iterdir(), _MANY))
    except (OSError, ValueError, RuntimeError):  # no folder, a NUL in it, nobody's home
        return
    for entry in entries:
        if not entry.startswith(last) or (entry.startswith(".") and not last):
            continue
        path = write(name + head + slash + entry)
        if Path(head + slash, entry).expanduser().is_dir():
            yield f"{path}/", "folder"
        elif not suffixes or entry.lower().endswith(suffixes):
            yield path, "file"
