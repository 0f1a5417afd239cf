"""Lines of %zbt, written so that the parser gives them back."""

import re

from zbt_notebook.notebook.magic.grammar.parser import _ESCAPABLE, _TYPESET, CallLine, CommandLine, Item
from zbt_notebook.notebook.magic.grammar.tokenizer import quote_word


def format_item(item: Item) -> str:
    """Write an item so that parse_item gives it back."""
    name = re.sub(r"[=:@\\]", r"\\\g<0>", item.name)
    escape = "\\" if item.kind in _ESCAPABLE and re.match(r"\\*=", item.value) else ""
    return f"{name}{item.kind.value}{escape}{item.value}"


def format_line(line: CallLine | CommandLine) -> str:
    """Write a line so that parse gives it back."""
    if isinstance(line, CallLine):
        words = [line.method, line.path, *(format_item(item) for item in line.items)]
    else:
        words = [line.subcommand, *line.arguments]
    options = [_format_option(name, value) for name, value in line.options.pairs]
    apart = ["--"] if any(word[:1] in {"-", *_TYPESET} for word in words) else []
    quoted = [quote_word(word) for word in words]
    return " ".join([*options, *apart, *quoted] if apart else [*quoted, *options])


def _format_option(name: str, value: str) -> str:
    if not value:
        return f"--{name}"
    if name == "jmespath":
        return f"--{name}={quote_word(value, always=True)}"
    return quote_word(f"--{name}={value}") if value.startswith("-") else f"--{name} {quote_word(value)}"
