"""One call made and its answer given as it was asked for: a DataFrame, dicts, a choice from them."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.progress import Reporter, Snapshot, reporter
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.refetch import as_rows
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall, NotAList, Page
from zbt_notebook.notebook.magic.display.bug_card import Bug, is_bug, page_of_issue
from zbt_notebook.notebook.magic.display.table import note
from zbt_notebook.notebook.magic.grammar import jmespath_query
from zbt_notebook.notebook.magic.grammar.parser import Options

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection
    from zbt_notebook.client.http.messages import Response
    from zbt_notebook.notebook.magic.context import Atlas


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: one page, or all pages as one. ``response`` is there where it was one exchange."""

    call: ApiCall
    page: Page
    pages: int = 1
    response: "Response | None" = None
    is_whole: bool = True  # a list was asked for to its end, or to the limit
    limit: int | None = None

    @property
    def records(self) -> list[Any] | None:
        """The records of all pages, or None where the answer is one thing; raise ApiError for what is neither."""
        return self.page.the_records(self.call) if self.page.misread else self.page.records

    @property
    def asked(self) -> dict[str, Any]:
        """How much was asked for, as a frame tells it."""
        return {"all": self.is_whole and self.limit is None, "limit": self.limit}

    @property
    def has_more(self) -> bool:
        """Whether there are pages that were not asked for."""
        return self.page.next is not None and not self.is_whole


def fetch_one(connection: "Connection", call: ApiCall) -> Answer:
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
    return Answer(call, connection.client.read(response, call), response=response, is_whole=False)


def fetch_pages(connection: "Connection", call: ApiCall, limit: int | None) -> Answer:
    """Read a normalized call's list to its end; where that breaks off, raise IncompletePull with what came."""
    try:
        records, pages = connection.records(call, limit=limit)
    except NotAList as one_thing:
        return Answer(call, one_thing.page, limit=limit)
    return Answer(call, Page(records, None, records), pages, limit=limit)


def result(connection: "Connection", answer: Answer, options: Options, atlas: "Atlas | None" = None) -> Any:
    """Give the answer in the form that the options ask for; by itself a list is a DataFrame, one thing a dict.

    A bug's card links to its page as far as the *atlas* knows its portal's name.
    """
    if "response" in options:
        return _requests_response(connection, answer)
    page = answer.page
    records = answer.records
    if "jmespath" in options:
        expression = jmespath_query.read(options.get("jmespath"))
        found = jmespath_query.search(expression, records, page.thing, page.body)
        return _chosen(connection, answer, found, expression, options)
    if records is None:
        return _thing(connection, answer, page.thing, options, atlas)
    return records if "json" in options else _as_frame(connection, answer, records, is_part=False)


def _thing(connection: "Connection", answer: Answer, thing: Any, options: Options, atlas: "Atlas | None") -> Any:
    if "df" in options:
        return _as_frame(connection, answer, [thing])
    if "json" in options or not is_bug(thing):
        return thing
    site = connection.data_center.api_url
    return Bug(thing, site, page_of_issue(answer.call.path, thing, atlas.known_portals() if atlas else {}, site))


def _chosen(connection: "Connection", answer: Answer, found: Any, expression: str, options: Options) -> Any:
    is_table = isinstance(found, list) and bool(found) and all(isinstance(record, dict) for record in found)
    if "json" in options or not (is_table or "df" in options):
        return found
    frame = _as_frame(connection, answer, found)
    frame.attrs["zbt"]["jmespath"] = expression
    return frame


def _as_frame(connection: "Connection", answer: Answer, found: Any, *, is_part: bool = True) -> Any:
    rows = as_rows(found) if is_part else found
    return connection.frame_of(answer.call, rows, pages=answer.pages, is_part=is_part, **answer.asked)


def _requests_response(connection: "Connection", answer: Answer) -> Any:
    from zbt_notebook.client.http.requests_objects import as_requests_response

    if answer.response is None:
        raise UsageError("many pages are no one response", hint="Take --all, --limit and --cache away.")
    return as_requests_response(answer.response, api.write(answer.call, connection.data_center))


def tell_the_rest(answer: Answer) -> None:
    """Say what the result does not show: that there is more."""
    if answer.has_more:
        following = answer.page.next
        certain = following is not None and following.param("page")  # V3 says it; the classic API's page is full
        note(f"{counted(len(answer.records or ()), 'rows')}; more {'exist' if certain else 'may exist'}: --all")
