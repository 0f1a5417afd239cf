"""What to say where a classic path is called and the classic API is off: the line of V3, ready to run."""

import json
from typing import TYPE_CHECKING

from zbt_notebook.client import v3_instead
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.retirement import ClassicApiOff
from zbt_notebook.notebook.magic.grammar.tokenizer import quote_word

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection


def explained(connection: "Connection", call: ApiCall, error: ZbtError) -> ZbtError:
    """The error itself, or what to call in V3 where it came because the classic API is off."""
    if not v3_instead.is_over(connection, call, error):
        return error
    message = f"{call.method} {call.path} is of the classic API, which is off here"
    twin = v3_instead.in_v3(connection, call)
    if twin is None:
        return ClassicApiOff(
            message, hint="V3 has no such path that is known: %zbt endpoints /api/v3 lists those it has."
        )
    return ClassicApiOff(f"{message}; V3 has it at {twin.path}", hint=f"Run: {as_line(twin)}")


def as_line(call: ApiCall) -> str:
    """A call as a line of %zbt; braces are doubled, for single ones would be filled in."""
    words = [call.method, call.path] if call.method != "GET" else [call.path]
    words += [_item(f"{name}==", value) for name, value in call.params]
    for name, value in call.fields:
        typed = not isinstance(value, str)
        words.append(_item(f"{name}{':=' if typed else '='}", json.dumps(value) if typed else value))
    words += [f"{upload.name}@{quote_word(upload.filename)}" for upload in call.uploads]
    return f"%zbt {' '.join(words)}"


def _item(name: str, value: str) -> str:
    return quote_word(name + value.replace("{", "{{").replace("}", "}}"))
