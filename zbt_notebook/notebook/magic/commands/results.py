"""One call made and its answer given as it was asked for: a DataFrame, dicts, a choice from them."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.errors import ApiError, IncompletePull, UsageError, ZbtError
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.progress import SILENT_FOR, Reporter, Snapshot, reporter
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall, Page
from zbt_notebook.notebook.magic.display.bug_card import Bug, is_bug, page_of_issue
from zbt_notebook.notebook.magic.display.table import counted, note
from zbt_notebook.notebook.magic.grammar import jmespath_query
from zbt_notebook.notebook.magic.grammar.parser import Options

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection
    from zbt_notebook.client.http.messages import Response
    from zbt_notebook.notebook.magic.context import Atlas


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
    began = time.monotonic()
    faces: list[Reporter] = []  # nearly every call goes at once: nothing is made for it

    def waiting(seconds: float) -> None:
        faces[:] = faces or [reporter(progress=True)]
        faces[0].tell(Snapshot("", waiting=seconds))

    try:
        response = connection.send(call, Lane(waiting=waiting))
    finally:
        for face in faces:
            face.end(Snapshot("", seconds=time.monotonic() - began, done=True))
    return Answer(call, (connection.client.read(response, call),), response.elapsed, response, is_whole=False)


def ask_pages(connection: "Connection", call: ApiCall, limit: int | None) -> Answer:
    """Fetch page after page of a normalized call; where that breaks off, raise IncompletePull with what came."""
    started = time.monotonic()
    pages: list[Page] = []
    shown = reporter(progress=True)

    has_waited = False

    def waiting(seconds: float) -> None:
        nonlocal has_waited
        has_waited = True
        shown.tell(replace(_snapshot(pages, started, limit), waiting=seconds))

    try:
        for page in connection.pages(call, limit=limit, lane=Lane(waiting=waiting)):
            pages.append(page)
            shown.tell(_snapshot(pages, started, limit))
            _be_ready_to_stop(started)
    except (ZbtError, KeyboardInterrupt) as error:
        if pages or has_waited:
            shown.end(_snapshot(pages, started, limit))
        if not pages:
            raise
        broken: BaseException = error
    else:
        shown.end(replace(_snapshot(pages, started, limit), done=True))
        return Answer(call, tuple(pages), time.monotonic() - started, limit=limit)
    raise _incomplete(connection, call, limit, pages, broken)


def _be_ready_to_stop(started: float) -> None:
    """Import what makes a frame of the rows that came, as soon as a call is long: Ctrl-C shall not wait for pandas."""
    if time.monotonic() - started > SILENT_FOR:
        import zbt_notebook.client.frames  # noqa: F401  for its being there


def _snapshot(pages: list[Page], started: float, limit: int | None) -> Snapshot:
    rows = sum(len(page.records or ()) for page in pages)
    seconds = time.monotonic() - started
    if limit is None or not rows or not pages[-1].next:
        return Snapshot("rows", rows, len(pages), seconds=seconds)
    share = min(1.0, rows / limit)  # of a list that is as long; a shorter one ends sooner
    of = max(len(pages), ceil(len(pages) / share))
    return Snapshot("rows", rows, len(pages), of, seconds, seconds / share - seconds)


def _incomplete(
    connection: "Connection", call: ApiCall, limit: int | None, pages: list[Page], error: BaseException
) -> IncompletePull:
    from zbt_notebook.client.lists import kept_pull
    from zbt_notebook.client.lists.pull import Pull
    from zbt_notebook.client.lists.pull_request import PullRequest

    rows = sum(len(page.records or ()) for page in pages)
    wish = PullRequest(path=call.path, where=call.params, limit=limit, connection=connection.name, id=token_hex(8))
    kept_pull.keep(wish.id, Pull(connection.client, wish, reporter(progress=False)))  # for zbt.resume()
    why = error.message if isinstance(error, ZbtError) else "interrupted"
    return IncompletePull(
        f"{counted(rows, 'row')} of {counted(len(pages), 'page')} came, then: {why}",
        hint="What came is in sys.last_value.rows; zbt.resume(), or the cell again, fetches all of it.",
        status=error.status if isinstance(error, ApiError) else 0,
        code=error.code if isinstance(error, ApiError) else "",
        rows=_frame(connection, call, pages, asked={"all": limit is None, "limit": limit}),
        resume=wish.token(),
    )


def result(connection: "Connection", answer: Answer, options: Options, atlas: "Atlas | None" = None) -> Any:
    """Give the answer in the form that the options ask for; by itself a list is a DataFrame, one thing a dict.

    A bug's card links to its page as far as the *atlas* knows its portal's name.
    """
    if "response" in options:
        return _requests_response(connection, answer)
    page = answer.pages[0] if answer.pages else Page([], None, None)
    records = answer.records
    if "jmespath" in options:
        expression = jmespath_query.read(options.get("jmespath"))
        found = jmespath_query.search(expression, records, page.thing, page.body)
        return _chosen(connection, answer, found, expression, options)
    if records is None:
        return _thing(connection, answer, page.thing, options, atlas)
    return records if "json" in options else _frame(connection, answer.call, answer.pages, asked=answer.asked)


def _thing(connection: "Connection", answer: Answer, thing: Any, options: Options, atlas: "Atlas | None") -> Any:
    if "df" in options:
        return _as_frame(connection, answer, [thing])
    if "json" in options or not is_bug(thing):
        return thing
    site = connection.data_center.api_url
    return Bug(thing, site, page_of_issue(answer.call.path, thing, atlas.known_portals() if atlas else {}, site))


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
    from zbt_notebook.client.frames import to_frame

    names = {name for record in records for name in record}
    types = {name: kind for name, kind in api.column_types(answer.call).items() if name in names}
    frame = to_frame(records, types)
    origin = connection.frame_of(answer.call, iter(())).attrs["zbt"]
    frame.attrs["zbt"] = {**origin, "pages": len(answer.pages), "rows": len(frame), **answer.asked}
    return frame


def _requests_response(connection: "Connection", answer: Answer) -> Any:
    from zbt_notebook.client.http.requests_objects import as_requests_response

    if answer.response is None:
        raise UsageError("many pages are no one response", hint="Take --all, --limit and --cache away.")
    return as_requests_response(answer.response, api.write(answer.call, connection.data_center))


def tell_the_rest(answer: Answer) -> None:
    """Say what the result does not show: that there is more."""
    if answer.has_more:
        following = answer.pages[-1].next
        told = following is not None and following.param("page")  # V3 says it; the classic API's page is full
        note(f"{counted(len(answer.records or ()), 'row')}; more {'exist' if told else 'may exist'}: --all")
