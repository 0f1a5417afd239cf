r"""What a ``%zbt`` line says, as a value: parsed without looking anything up, and written back.

::

    [METHOD] PATH [ITEM …] [OPTION …]      a call
    SUBCOMMAND [ARGUMENT …] [OPTION …]     anything else

Items are HTTPie's: ``name==value`` query, ``name=value`` body field, ``name:=json`` typed body field, ``name@file``
upload, ``Name:value`` header. A backslash takes a separator's meaning away (``a\:b=c``).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.suggestions import did_you_mean, nearest
from zbt_notebook.notebook.magic.grammar.options import CALL, METHODS, OPTIONS, SUBCOMMANDS, Option, options_of
from zbt_notebook.notebook.magic.grammar.secrets_on_lines import refuse_secret_item, refuse_secret_words
from zbt_notebook.notebook.magic.grammar.tokenizer import split_words


class ItemKind(StrEnum):
    """What an item is, by its separator."""

    QUERY = "=="
    JSON = ":="
    FIELD = "="
    FILE = "@"
    HEADER = ":"


BODY_KINDS = frozenset({ItemKind.FIELD, ItemKind.JSON, ItemKind.FILE})


@dataclass(frozen=True, slots=True)
class Item:
    """One item, as written: nothing in it is interpolated or decoded yet."""

    kind: ItemKind
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a line, in the order of their declaration; a flag's value is empty."""

    pairs: tuple[tuple[str, str], ...] = ()

    def __contains__(self, name: str) -> bool:
        for known, _ in self.pairs:  # noqa: SIM110  asked twenty times a call, and any() takes five times as long
            if known == name:
                return True
        return False

    def get(self, name: str, default: str = "") -> str:
        """Give the option's value, or the default where it is not on the line."""
        for known, value in self.pairs:
            if known == name:
                return value
        return default

    def first_of(self, *names: str) -> str:
        """Give the first of these names that is on the line, or an empty text."""
        for known, _ in self.pairs:
            if known in names:
                return known
        return ""


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call of the API."""

    method: str
    path: str
    items: tuple[Item, ...] = ()
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A subcommand with its arguments."""

    subcommand: str
    arguments: tuple[str, ...] = ()
    options: Options = Options()


_SEPARATOR = "==|:=|=|@|:"
_ITEM = re.compile(rf"(?P<name>(?:\\[=:@\\]|[^=:@\\]|\\(?![=:@\\]))*)(?P<kind>{_SEPARATOR})(?P<value>.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([=:@\\])")
_SPELLINGS = {spelling: option for option in OPTIONS for spelling in (option.flag, option.short) if spelling}
_ORDER = tuple(dict.fromkeys(option.name for option in OPTIONS))
_TYPESET = frozenset("\u2010\u2011\u2012\u2013\u2014\u2212")  # dashes that word processors make of hyphens
_DASHES = str.maketrans(dict.fromkeys(_TYPESET, "-"))


@lru_cache(maxsize=128)  # in a loop the line is the same at each turn: its values are filled in later
def parse(line: str) -> CallLine | CommandLine:
    """Read what follows ``%zbt``. Raise UsageError that quotes the word and offers the nearest right one."""
    words = split_words(line)
    refuse_secret_words(words)
    if _HELP.intersection(words[: words.index("--")] if "--" in words else words) and words[:1] != ("help",):
        return _help_on(words)
    positional, given = (list(words), []) if words[:1] == ("help",) else _sort_out(words)  # help --all is about --all
    if not positional:
        return CommandLine("help", (), _options(given, "help"))
    first = positional[0]
    if first in SUBCOMMANDS:
        return _command(first, positional[1:], given)
    return _call(positional, given)


_HELP = frozenset({"--help", "-h"})


def _help_on(words: tuple[str, ...]) -> CommandLine:
    """What ``--help`` asks about: the path of a call, else the word that the line begins with."""
    topics = [word for word in words if not word.startswith("-")]
    path = next(filter(is_path, topics), "")
    topic = path or next(iter(topics), "")
    return CommandLine("help", (topic,) if topic and topic.upper() not in METHODS else ())


def _sort_out(words: tuple[str, ...]) -> tuple[list[str], list[tuple[Option, str]]]:
    positional: list[str] = []
    given: list[tuple[Option, str]] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return positional + rest, given
        if word.startswith("-") and word != "-":
            given.append(_read_option(word, rest))
        elif word[:1] in _TYPESET and "--" + word.partition("=")[0].translate(_DASHES).lstrip("-") in _SPELLINGS:
            raise _unknown_option(word.partition("=")[0])
        else:
            positional.append(word)
    return positional, given


def _read_option(word: str, rest: list[str]) -> tuple[Option, str]:
    spelling, equals, value = word.partition("=")
    option = _SPELLINGS.get(spelling)
    if option is None:
        raise _unknown_option(spelling)
    if equals and not option.takes_value:
        raise UsageError(f"{option.flag} takes no value", hint=f"Write {option.flag} alone: {option.help}.")
    if equals or not option.takes_value:
        return option, option.check(value)
    if option.default:
        follows = bool(rest) and re.fullmatch(r"[0-9.]+[smhd]?", rest[0])
        return option, option.check(rest.pop(0)) if follows else option.default
    if not rest or rest[0].partition("=")[0] in _SPELLINGS:
        raise UsageError(
            f"{spelling} is given without its {option.metavar}", hint=f"Write {option.usage}: {option.help}."
        )
    return option, option.check(rest.pop(0))


def _unknown_option(spelling: str) -> UsageError:
    plain = spelling.translate(_DASHES)
    attached = _SPELLINGS.get(plain[:2])
    if attached and attached.takes_value:
        hint = f"Write {attached.usage}, with a space between."
    else:
        otherwise = "%zbt help lists the options. Before an item that begins with a dash, write --."
        flags = [flag[2:] for flag in _SPELLINGS if flag.startswith("--")]
        hint = did_you_mean(plain.lstrip("-"), flags, otherwise, quote="--{}".format)
    return UsageError(f"there is no option {shown(spelling)}", hint=hint)


def _options(given: list[tuple[Option, str]], owner: str) -> Options:
    if not given:
        return Options()
    values: dict[str, str] = {}
    groups: dict[str, str] = {}
    for option, value in given:
        own = next((known for known in options_of(owner) if known.name == option.name), None)
        if own is None:
            raise _misplaced(option, owner)
        if own.name in values and own.takes_value:
            raise UsageError(f"{own.flag} is there twice", hint="Keep one of them.")
        other = groups.setdefault(own.group, own.name) if own.group else own.name
        if other != own.name:
            raise UsageError(f"{own.flag} and --{other} exclude each other", hint="Keep one of them.")
        values[own.name] = value
    return Options(tuple((name, values[name]) for name in _ORDER if name in values))


def _misplaced(option: Option, owner: str) -> UsageError:
    owners = [name for known in OPTIONS if known.name == option.name for name in known.on]
    named = ", ".join("calls" if name == CALL else f"%zbt {name}" for name in owners)
    here = "a call" if owner == CALL else f"%zbt {owner}"
    return UsageError(f"{option.flag} is not an option of {here}", hint=f"It belongs to {named}.")


def _command(name: str, arguments: list[str], given: list[tuple[Option, str]]) -> CommandLine:
    command = SUBCOMMANDS[name]
    options = _options(given, name)
    if len(arguments) > command.at_most:
        takes = f"no more than {command.arguments}" if command.at_most else "options only"  # the word may be a secret
        raise UsageError(f"%zbt {name} takes {takes}", hint=f"As in: {command.examples[0]}")
    if len(arguments) < command.at_least:
        raise UsageError(f"%zbt {name} needs {command.arguments}", hint=f"As in: {command.examples[0]}")
    if name == "use":
        _check_use(arguments)
    return CommandLine(name, tuple(arguments), options)


def _check_use(arguments: list[str]) -> None:
    names = [argument.partition("=")[0] for argument in arguments]
    for name, argument in zip(names, arguments, strict=True):
        if name == argument or name not in {"portal", "project"}:
            near = nearest(name, ("portal", "project"))
            raise UsageError(
                f"%zbt use does not know {shown(name)}",
                hint=f"Write {near[0]}=NAME-OR-ID." if near else "Write portal=NAME-OR-ID or project=NAME-OR-ID.",
            )
    if len(set(names)) < len(names):
        raise UsageError(f"{names[0]} is there twice", hint="Keep one of them.")


def _call(positional: list[str], given: list[tuple[Option, str]]) -> CallLine:
    first = positional[0]
    if first.upper() in METHODS:
        method, rest = first.upper(), positional[1:]
        if not rest:
            raise UsageError(f"{method} is given without a path", hint=f"As in: %zbt {method} /portals/")
    elif is_path(first):
        method, rest = "GET", positional
    else:
        raise _unknown_first_word(first)
    path, *items = rest
    if not is_path(path):
        raise UsageError(f"{shown(path)} is not a path", hint=_path_advice(path))
    call = CallLine(method, path, tuple(parse_item(word) for word in items), _options(given, CALL))
    _check_call(call)
    return call


def is_path(word: str) -> bool:
    """Whether a word is meant as a path: it begins with a slash, or is a whole address."""
    return word.startswith(("/", "http://", "https://"))


def _unknown_first_word(word: str) -> UsageError:
    if "/" in word and "://" not in word:
        return UsageError(f"{shown(word)} is not a path", hint=_path_advice(word))
    otherwise = "Begin with a path (/portals/), a method or a subcommand; %zbt help."
    hint = did_you_mean(word, (*SUBCOMMANDS, *METHODS), otherwise)
    return UsageError(f"{shown(word)} is neither a method nor a subcommand, and a path begins with /", hint=hint)


def _path_advice(word: str) -> str:
    if re.match(r"[a-zA-Z0-9{]", word) and "=" not in word and "://" not in word:
        return f"A path begins with a slash: {shown('/' + word)[1:-1]}"
    return "A path begins with a slash, as in /portals/; the items come after it."


def _check_call(call: CallLine) -> None:
    if call.method != "GET":
        for name in ("all", "limit", "cache"):
            if name in call.options:
                raise UsageError(f"--{name} is for GET, not for {call.method}", hint=f"Take --{name} away.")
        return
    for item in call.items:
        if item.kind in BODY_KINDS:
            written = f"{item.name}{item.kind}…"
            raise UsageError(
                f"{shown(written)} is part of a body, and a GET has none",
                hint=f"Write {_plain(item.name)}==… for a query parameter, or begin with POST.",
            )


def _plain(name: str) -> str:
    return shown(name)[1:-1]


def parse_item(word: str) -> Item:
    """Read one item. Raise UsageError where it has no separator or no name."""
    match = _ITEM.fullmatch(word)
    if match is None:
        hint = "Items come after the path: name==value, name=value, name:=json, name@file or Name:value."
        if word.startswith("#"):
            hint = "A %zbt line takes no comment: put it on a line of its own. A text with spaces goes in quotes."
        elif word == ";":
            hint = "It stands at the end of the line, and hides the result."
        elif word.upper() in METHODS:
            hint = f"The method comes before the path: %zbt {word.upper()} …"
        raise UsageError(f"{shown(word)} is not an item", hint=hint)
    kind, value = ItemKind(match["kind"]), match["value"]
    name = _ESCAPED.sub(r"\1", match["name"])
    if not name.strip():
        raise UsageError(f"an item begins with {kind.value!r} and has no name", hint=f"Write name{kind.value}value.")
    if kind in _ESCAPABLE and re.match(r"\\+=", value):
        value = value[1:]
    refuse_secret_item(name, value)
    return Item(kind, name, value)


_ESCAPABLE = frozenset({ItemKind.FIELD, ItemKind.HEADER})  # a value that begins with = would make another separator
