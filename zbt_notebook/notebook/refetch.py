"""Fetches a frame anew: sends the request that it came from once more."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import NotSignedIn, UsageError
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.notebook.magic.commands import results
from zbt_notebook.notebook.magic.grammar.parser import Options

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.connection import Connection


def refetch(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The same request as it is answered now, as a new frame; *frame* itself stays as it is.

    ``frame.attrs["zbt"]`` tells what to ask for, and over which connection; where that is gone, the current one to the
    same data centre is taken. What pandas makes of a frame (a filter, a copy, a Parquet file) mostly keeps ``attrs``,
    and is fetched whole. Raise UsageError where it tells nothing, NotSignedIn where nobody is signed in there.
    """
    origin = getattr(frame, "attrs", {}).get("zbt")
    if not isinstance(origin, dict) or not ("wish" in origin or "path" in origin):
        raise UsageError(
            "this frame does not tell where it came from",
            hint="Give one of %zbt, connection.frame or connection.pull: frame.attrs['zbt'] holds its request.",
        )
    connection = _connection(origin)
    if "wish" in origin:
        return connection.resume(replace(PullRequest.from_token(str(origin["wish"])), id="", checkpoint=""))
    call, limit = _call(origin), origin.get("limit")
    call = api.normalize(call, connection.data_center)
    many = bool(origin.get("all", True)) or limit is not None
    answer = results.ask_pages(connection, call, limit) if many else results.ask(connection, call)
    chosen = (("jmespath", str(origin["jmespath"])),) if "jmespath" in origin else ()
    again: pd.DataFrame = results.result(connection, answer, Options((*chosen, ("df", ""))))
    return again


def _connection(origin: dict[str, Any]) -> "Connection":
    name, data_center = origin.get("connection"), origin.get("data_center")
    try:
        connection = signed_in.current(name if isinstance(name, str) else None)
    except NotSignedIn:
        connection = signed_in.current()
    if data_center not in {None, connection.data_center.name}:
        raise NotSignedIn(
            f"this frame came from the data centre {data_center!r}, and {connection.name!r} is signed in elsewhere",
            hint=f"Sign in there: %zbt login --dc {data_center} --as {name}",
        )
    return connection


def _call(origin: dict[str, Any]) -> ApiCall:
    method = str(origin.get("method", "GET"))
    if method != "GET":
        raise UsageError(f"this frame is the answer to a {method}", hint="A write is not repeated: send it anew.")
    try:
        params = tuple((str(name), str(value)) for name, value in origin.get("params", ()))
    except (TypeError, ValueError):
        raise UsageError("frame.attrs['zbt']['params'] is no list of pairs", hint="Leave it as it came.") from None
    return ApiCall("GET", str(origin["path"]), params)
