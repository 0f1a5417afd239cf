"""One call made and its answer given as it was asked for: a DataFrame, dicts, a choice from them."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zbt_notebook import api
from zbt_notebook.api import ApiCall, Page
from zbt_notebook.errors import ApiError, IncompletePull, UsageError, ZbtError
from zbt_notebook.magics import query
from zbt_notebook.magics.bug_card import Bug, is_bug
from zbt_notebook.magics.call_line import Options
from zbt_notebook.magics.sheet import counted, note
from zbt_notebook.progress import Snapshot, reporter

if TYPE_CHECKING:
    from zbt_notebook.connection import Connection
    from zbt_notebook.http import Response


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: its pages, and how long it took. ``response`` is there where it was one exchange."""

    call: ApiCall
    pages: tuple[Page, ...]
    elapsed: float
    response: "Response | None" = None
    is_whole: bool = True  # a list was asked for to its end, or to the limit
    limit: int | None = None

    @property
    def records(self) -> list[Any] | None:
        """The records of all pages, or None where the answer is one thing."""
        if not self.pages:
            return []
        if len(self.pages) == 1 or self.pages[0].records is None:
            return self.pages[0].records
        return [record for page in self.pages for record in page.records or ()]

    @property
    def asked(self) -> dict[str, Any]:
        """How much was asked for, as a frame tells it."""
        return {"all": self.is_whole and self.limit is None, "limit": self.limit}

    @property
    def has_more(self) -> bool:
        """Whether there are pages that were not asked for."""
        return bool(self.pages) and self.pages[-1].next is not None and not self.is_whole


def ask(connection: "Connection", call: ApiCall) -> Answer:
    """Send one normalized call and read its one answer."""
    response = connection.send(call)
    return Answer(call, (api.read(response, call),), response.elapsed, response, is_whole=False)


def ask_pages(connection: "Connection", call: ApiCall, limit: int | None) -> Answer:
    """Fetch page after page of a normalized call; where that breaks off, raise IncompletePull with what came."""
    started = time.monotonic()
    pages: list[Page] = []
    shown = reporter(progress=True)
    try:
        for page in connection.pages(call, limit=limit):
            pages.append(page)
            shown.tell(_snapshot(pages, started))
    except (ZbtError, KeyboardInterrupt) as error:
        if not pages:
            raise
        shown.end(_snapshot(pages, started))
        broken: BaseException = error
    else:
        shown.end(_snapshot(pages, started, done=True))
        return Answer(call, tuple(pages), time.monotonic() - started, limit=limit)
    raise _incomplete(connection, call, limit, pages, broken)


def _snapshot(pages: list[Page], started: float, *, done: bool = False) -> Snapshot:
    rows = sum(len(page.records or ()) for page in pages)
    return Snapshot("rows", rows, len(pages), seconds=time.monotonic() - started, done=done)


def _incomplete(
    connection: "Connection", call: ApiCall, limit: int | None, pages: list[Page], error: BaseException
) -> IncompletePull:
    from zbt_notebook.pull.wish import Wish

    rows = sum(len(page.records or ()) for page in pages)
    why = error.message if isinstance(error, ZbtError) else "interrupted"
    return IncompletePull(
        f"{counted(rows, 'row')} of {counted(len(pages), 'page')} came, then: {why}",
        hint="What came is in sys.last_value.rows; run the cell again to fetch all of it.",
        status=error.status if isinstance(error, ApiError) else 0,
        code=error.code if isinstance(error, ApiError) else "",
        rows=_frame(connection, call, pages, asked={"all": limit is None, "limit": limit}),
        resume=Wish(path=call.path, where=call.params, limit=limit, connection=connection.name).token(),
    )


def result(connection: "Connection", answer: Answer, options: Options) -> Any:
    """Give the answer in the form that the options ask for; by itself a list is a DataFrame, one thing a dict."""
    if "response" in options:
        return _requests_response(connection, answer)
    page = answer.pages[0] if answer.pages else Page([], None, None)
    records = answer.records
    if "jmespath" in options:
        expression = query.read(options.get("jmespath"))
        found = query.search(expression, records, page.thing, page.body)
        return _chosen(connection, answer, found, expression, options)
    if records is None:
        return _thing(connection, answer, page.thing, options)
    return records if "json" in options else _frame(connection, answer.call, answer.pages, asked=answer.asked)


def _thing(connection: "Connection", answer: Answer, thing: Any, options: Options) -> Any:
    if "df" in options:
        return _as_frame(connection, answer, [thing])
    if "json" in options or not is_bug(thing):
        return thing
    return Bug(thing, connection.data_center.api_url)


def _frame(connection: "Connection", call: ApiCall, pages: Iterable[Page], *, asked: dict[str, Any]) -> Any:
    frame = connection.frame_of(call, iter(pages))
    frame.attrs["zbt"] |= asked
    return frame


def _chosen(connection: "Connection", answer: Answer, found: Any, expression: str, options: Options) -> Any:
    is_table = isinstance(found, list) and bool(found) and all(isinstance(record, dict) for record in found)
    if "json" in options or not (is_table or "df" in options):
        return found
    frame = _as_frame(connection, answer, found if isinstance(found, list) else [found])
    frame.attrs["zbt"]["jmespath"] = expression
    return frame


def _as_frame(connection: "Connection", answer: Answer, records: list[Any]) -> Any:
    if not all(isinstance(record, dict) for record in records):
        if any(isinstance(record, dict | list) for record in records) or records == [None]:
            raise UsageError("this answer is not a table", hint="Take --df away, or choose records by -q.")
        records = [{"value": record} for record in records]
    from zbt_notebook.frames import to_frame

    names = {name for record in records for name in record}
    types = {name: kind for name, kind in api.column_types(answer.call).items() if name in names}
    frame = to_frame(records, types)
    origin = connection.frame_of(answer.call, iter(())).attrs["zbt"]
    frame.attrs["zbt"] = {**origin, "pages": len(answer.pages), "rows": len(frame), **answer.asked}
    return frame


def _requests_response(connection: "Connection", answer: Answer) -> Any:
    from zbt_notebook.transport import as_requests_response

    if answer.response is None:
        raise UsageError("many pages are no one response", hint="Take --all, --limit and --cache away.")
    return as_requests_response(answer.response, api.write(answer.call, connection.data_center))


def tell_the_rest(answer: Answer) -> None:
    """Say what the result does not show: that there is more."""
    if answer.has_more:
        following = answer.pages[-1].next
        told = following is not None and following.param("page")  # V3 says it; the classic API's page is full
        note(f"{counted(len(answer.records or ()), 'row')}; more {'exist' if told else 'may exist'}: --all")
