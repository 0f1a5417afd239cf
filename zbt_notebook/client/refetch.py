"""Fetches a frame anew, by the request that it came from; or goes on with a pull that ended early."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import ApiError, NotSignedIn, Unreachable, UsageError
from zbt_notebook.client.lists.first_columns import kind_of
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.v3_instead import hinted, in_v3, is_over

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.connection import Connection
from typing import TYPE_CHECKING

from zbt_notebook.client.lists import kept_pull

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.progress import OnProgress


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
            hint="Give one of connection.frame, connection.pull or a magic: frame.attrs['zbt'] holds its request.",
        )
    connection = _connection(origin)
    if "wish" in origin and "jmespath" not in origin:
        return _resumed(connection, replace(PullRequest.from_token(str(origin["wish"])), id="", checkpoint=""))
    with hinted(connection, "get", _call(origin)):
        return _anew(connection, origin)


def resume(token: str | None = None, *, progress: "bool | OnProgress" = True) -> "pd.DataFrame":
    """Go on with a pull that ended early; the whole of it as a DataFrame.

    *token* is ``IncompletePull.resume``; without one, the latest interrupted pull of this kernel goes on. What this
    kernel or the pull's checkpoint holds is not fetched again; where neither is left, all of it is.
    """
    if token is None:
        latest = kept_pull.kept()
        if latest is None:
            raise UsageError(
                "no pull of this kernel was interrupted", hint="Give the token: zbt.resume(error.resume), or pull anew."
            )
        request: PullRequest = latest.request
    else:
        request = PullRequest.from_token(token)
    try:
        connection = signed_in.current(request.connection)
    except NotSignedIn:
        connection = signed_in.current()
    return connection.resume(request, progress=progress)


def _resumed(connection: "Connection", request: PullRequest) -> "pd.DataFrame":
    """All of a list; from V3, in the classic columns, where it was a classic path's and that API is off by now."""
    try:
        return connection.resume(request)
    except (ApiError, Unreachable) as error:
        call = ApiCall("GET", request.path, request.where)
        twin = in_v3(connection, call) if is_over(connection, call, error) else None
        word = request.word or kind_of(request.path)
        if twin is None or not word or twin.path.endswith("/settings/fields"):
            raise
    return connection.resume(replace(request, path=twin.path, where=twin.params, word=word))


def _anew(connection: "Connection", origin: dict[str, Any]) -> "pd.DataFrame":
    """One page, or what an expression chose from a list."""
    call, limit = api.normalize(_call(origin), connection.data_center), origin.get("limit")
    asked: dict[str, Any] = {"all": bool(origin.get("all", True)), "limit": limit}
    pages = 1
    if asked["all"] or limit is not None:
        found, pages = connection.records(call, limit=limit)
    else:
        page = connection.fetch(call)
        found = page.thing if page.records is None and not page.misread else page.the_records(call)
    if "jmespath" in origin:
        asked["jmespath"] = str(origin["jmespath"])
        found = _chosen(asked["jmespath"], found)
    return connection.frame_of(call, as_rows(found), pages=pages, is_part="jmespath" in origin, **asked)


def _chosen(expression: str, found: Any) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(expression, found)
    except JMESPathError as error:
        problem = str(error).partition("\n")[0]
    raise UsageError(
        f"{expression!r} does not fit the answer: {problem[:200]}", hint="Fetch it with another expression."
    )


def as_rows(found: Any) -> list[Any]:
    """What is to be the rows of a frame; raise UsageError for what is no table."""
    records = found if isinstance(found, list) else [found]
    if all(isinstance(record, dict) for record in records):
        return records
    if any(isinstance(record, dict | list) for record in records) or records == [None]:
        raise UsageError("this answer is not a table", hint="Take it as JSON, or choose records from it.")
    return [{"value": record} for record in records]


def _connection(origin: dict[str, Any]) -> "Connection":
    name, data_center = origin.get("connection"), origin.get("data_center")
    try:
        connection = signed_in.current(name if isinstance(name, str) else None)
    except NotSignedIn:
        connection = signed_in.current()
    if data_center not in {None, connection.data_center.name}:
        raise NotSignedIn(
            f"this frame came from the data centre {data_center!r}, and {connection.name!r} is signed in elsewhere",
            hint=f"Sign in to {data_center!r}: {step('login as', name=str(name))}",
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
