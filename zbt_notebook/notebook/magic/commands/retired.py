"""What to say where a classic path is called and the classic API is off: the line of V3, ready to run."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from zbt_notebook.client.errors import ApiError, Unreachable, UsageError, ZbtError
from zbt_notebook.client.lists.field_names import field_names
from zbt_notebook.client.lists.project_lookup import is_retired
from zbt_notebook.client.lists.v3_filter import PICKS
from zbt_notebook.client.lists.v3_twin import v3_twin
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.notebook.magic.grammar.tokenizer import quote_word

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection


def explained(connection: "Connection", call: ApiCall, error: ZbtError) -> ZbtError:
    """The error itself, or what to call in V3 where it came because the classic API is off."""
    if not call.path.startswith("/restapi/") or not isinstance(error, (ApiError, Unreachable)):
        return error
    try:
        off = is_retired(connection.client, error, call.path)
    except ZbtError:
        return error
    if not off:
        return error
    message = f"{call.method} {call.path} is of the classic API, which is off here"
    twin = v3_twin(call)
    if twin is None:
        return UsageError(message, hint="V3 has no such path that is known: %zbt endpoints /api/v3 lists those it has.")
    told = _with_names(connection, call, _with_number(connection, twin))
    return UsageError(f"{message}; V3 has it at {twin.path}", hint=f"Run: {as_line(told)}")


def _with_names(connection: "Connection", call: ApiCall, twin: ApiCall) -> ApiCall:
    """The twin with the names of what the call chooses by ids, where V3 tells them."""
    if PICKS.isdisjoint(dict(call.params)):
        return twin
    try:
        named = v3_twin(call, field_names(connection.client, twin.path).picks)
    except ZbtError:
        return twin
    return replace(twin, params=named.params) if named else twin


def _with_number(connection: "Connection", call: ApiCall) -> ApiCall:
    """The call with the portal's number in the place of its name, where V3 tells it."""
    parts = call.path.split("/")
    if len(parts) < 5 or parts[4].isdigit():  # noqa: PLR2004  /api/v3/portal/NAME
        return call
    try:
        parts[4] = connection.lookups.portal(parts[4]).id
    except ZbtError:
        return call
    return replace(call, path="/".join(parts))


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
