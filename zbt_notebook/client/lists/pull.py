"""A pull under way: runs, stops, and goes on where it stopped."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import v3_columns
from zbt_notebook.client.errors import ApiError, IncompletePull, RateLimited, UsageError, ZbtError
from zbt_notebook.client.limits.allowance import OneLock
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.checkpoint import Checkpoint
from zbt_notebook.client.lists.discovery import survey, survey_v3
from zbt_notebook.client.lists.gc_pause import no_collections
from zbt_notebook.client.lists.interrupts import noticed
from zbt_notebook.client.lists.kinds import Kind, find_kind
from zbt_notebook.client.lists.page_calls import beginning, page_call, paging_of
from zbt_notebook.client.lists.pager import Ask, Pager
from zbt_notebook.client.lists.plan import Listing, Plan
from zbt_notebook.client.lists.plan_v3 import issue_of
from zbt_notebook.client.lists.project_lookup import Retired, is_retired
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.row_filter import RowFilter
from zbt_notebook.client.lists.rows import after, before, refusal
from zbt_notebook.client.lists.slot_reserve import Pace
from zbt_notebook.client.lists.turning import Layout, layout, turn
from zbt_notebook.client.lists.worker_pool import Line, Stopped, WorkerPool
from zbt_notebook.client.progress import Reporter, Snapshot
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

if TYPE_CHECKING:
    import pandas as pd

_PATIENCE = 0.1  # seconds between two looks at Ctrl-C


class Pull:
    """One pull. ``run`` gives its frame or raises IncompletePull; called again, it goes on where it stopped."""

    def __init__(self, client: ApiClient, wish: PullRequest, reporter: Reporter) -> None:
        self.wish = wish
        self.rows = 0
        self.pages = 0
        self.errors: list[dict[str, Any]] = []
        self.forecast = ""
        self.orders: Mapping[str, Sequence[str]] = {}  # the portal's own order of statuses and severities, where known
        self._client = client
        self._reporter = reporter
        self._kind: Kind | None = find_kind(wish.kind) if wish.kind else None
        self._api = "v3" if wish.api == "v3" else "classic"
        self._plan: Plan | None = None
        self._lines: list[Line] = []
        self._builder: Any = None
        self._sieve = RowFilter(wish, self._kind)
        self._planned_at = 0  # epoch milliseconds
        self._due = 0
        self._waiting = 0.0
        self._others_may_call = False
        self._began = time.monotonic()
        self._checkpoint: Checkpoint | None = None
        self._one_lock = OneLock()

    def run(self, client: ApiClient | None = None, reporter: Reporter | None = None) -> "pd.DataFrame":
        """Fetch what is still to come. Raise IncompletePull where it ends early, else what refused the first call."""
        self._client = client or self._client
        self._reporter = reporter or self._reporter
        self._began = time.monotonic()
        in_a_cell = threading.current_thread() is threading.main_thread()  # then no other cell runs meanwhile
        self._others_may_call = not in_a_cell or self._client.limits.is_shared
        try:
            if self._plan is None:
                self._prepare()
            elif self._checkpoint is not None:
                self._checkpoint.go_on()
            while True:
                with noticed() as interrupted, no_collections():
                    failure = self._fetch_all(interrupted)
                    if failure is None:
                        self._finish()
                        return self._frame()
                if isinstance(failure, Retired):
                    failure = self._turn_to_v3()
                if failure is not None:
                    self._give_up(failure)
        finally:
            if self._checkpoint is not None:
                self._checkpoint.close()

    # -- before the first page

    def _prepare(self) -> None:
        from zbt_notebook.client.frames import FrameBuilder

        self._planned_at = int(self._client.today().timestamp() * 1000)
        begun = None
        if self.wish.checkpoint:
            self._checkpoint = Checkpoint(self.wish)
            begun = self._checkpoint.read()
        if begun is not None:
            self._api, self._planned_at, self._plan = begun
        else:
            self._api, self._plan = survey(self._client, self.wish, self._kind, self._reporter.tell)
        listings = self._plan.listings
        self._builder = FrameBuilder(self._kind.columns if self._kind else api.column_types(listings[0].call))
        self._lines = [self._line(listing, position) for position, listing in enumerate(listings)]
        self._due = self._plan.pages
        if self._checkpoint is not None:
            self._take_up(self._checkpoint, begun=begun is not None)
        self.forecast = self._foretell()

    def _take_up(self, checkpoint: Checkpoint, *, begun: bool) -> None:
        if not begun:
            checkpoint.begin(self._api, self._planned_at, self._plan or Plan(()))
            return
        for entry in checkpoint.entries():
            if isinstance(entry, list):
                self._turn(entry)
                continue
            position, ask, more, records = entry
            line = self._lines[position]
            line.pager = line.pager or line.open(None)
            if line.pager.claim(ask):
                line.pager.take(ask, records, more=more)
                self.pages += 1
                self._due = max(0, self._due - 1)
        checkpoint.go_on()

    def _foretell(self) -> str:
        if not self._plan or not self._plan.listings:
            return "0 pages"
        return self._pace.foretell(self._plan.listings[0].call, self._due, self.wish.concurrency)

    # -- page by page

    def _fetch_all(self, interrupted: Callable[[], bool]) -> BaseException | None:
        """Work until all is there, or something stops it: then give that."""
        knows = self._plan is not None and self._plan.certain
        crew: WorkerPool = WorkerPool(
            self._lines,
            partial(self._fetch, lambda: crew.stopped),
            size=max(1, min(self.wish.concurrency, 32)) if self._kind else 1,
            eager=self.wish.limit is None or knows,
            wanted=None if self.wish.limit is None or self._chooses else self.wish.limit - self.rows,
        )
        try:
            with crew:
                while not crew.finished:
                    for line, records in crew.collect(_PATIENCE):
                        self._store(line, records)
                    if self.wish.limit is not None and self.rows >= self.wish.limit:
                        return None
                    if interrupted():
                        return KeyboardInterrupt()
                    if crew.failure is not None:
                        return crew.failure
                    self._reporter.tell(self._snapshot())
        except KeyboardInterrupt as interrupt:
            return interrupt
        return None

    def _fetch(self, stopped: Callable[[], bool], line: Line, ask: Ask) -> tuple[Sequence[Any], bool | None]:
        listing: Listing = line.subject

        def waiting(seconds: float) -> None:
            self._waiting = seconds
            if stopped():
                raise Stopped

        paging = paging_of(listing.call)
        try:
            page = self._client.fetch(page_call(listing.call, paging, ask), self._lane(listing.call, waiting))
        except ApiError as error:
            if self._kind and self._api == "classic" and self.wish.api == "auto" and is_retired(self._client, error):
                raise Retired from None
            raise
        if page.records is None:
            raise UsageError(f"{listing.call.path} is one thing, not a list", hint="Use connection.get(path) for it.")
        self._waiting = 0.0
        self.pages += 1
        self._due = max(0, self._due - 1)
        records = page.records
        if self.wish.word and listing.call.path.startswith("/api/v3"):
            records = [v3_columns.as_classic(self.wish.word, record) for record in records]
        if self._api == "v3" and self._kind:
            of = issue_of(self._kind, listing.call)
            records = [v3_columns.as_classic(self._kind.name, record, of) for record in records]
        more = page.next is not None if paging == "page" else None if paging else False
        if self._checkpoint is not None:
            self._checkpoint.write(line.position, ask, more, records)
        return records, more

    def _lane(self, call: ApiCall, waiting: Callable[[float], None]) -> Lane:
        reserve = self._pace.reserve(call, self._due)
        return Lane(reserve, waiting, gives_way=self._kind is not None, through=self._one_lock)

    @property
    def _pace(self) -> Pace:
        certain = self._plan is not None and self._plan.certain
        return Pace(self._client.limits, certain, self._others_may_call, gives_way=self._kind is not None)

    def _line(self, listing: Listing, position: int, known: frozenset[str] = frozenset()) -> Line:
        def open_pager(wanted: int | None) -> Pager:
            limits = [limit for limit in (listing.limit, wanted) if limit is not None and not self._chooses]
            paging = paging_of(listing.call)
            start, size = beginning(listing.call, paging)
            since, kind = self.wish.since, self._kind
            newest_first = self._sieve.newest_change_first(v3=self._is_v3)
            pager = Pager(
                size=size,
                start=start,
                expected=listing.exact,
                at_most=listing.at_most,
                limit=min(limits, default=None),
                numbered=paging == "page",
                is_new=partial(after, kind.made, self._planned_at) if kind and kind.made else None,
                is_past=partial(before, kind.changed, since) if newest_first and kind and since is not None else None,
            )
            pager.knows(known)
            return pager

        return Line(open_pager, listing, position, error=listing.refused)

    def _store(self, line: Line, records: list[Any]) -> None:
        """Take records of a line, in order, into the frame."""
        listing: Listing = line.subject
        self._take(listing, records)

    def _take(self, listing: Listing, records: Sequence[Any]) -> None:
        records = self._sieve.sift(listing, records, v3=self._is_v3, of_many=len(self._lines) > 1)
        if self.wish.limit is not None:
            records = records[: self.wish.limit - self.rows]
        self.rows += len(records)
        self._builder.add(records)

    @property
    def _is_v3(self) -> bool:
        return self._api == "v3"

    @property
    def _chooses(self) -> bool:
        return self._sieve.chooses(v3=self._is_v3)

    # -- the end, and the ends before it

    def _turn_to_v3(self) -> ZbtError | KeyboardInterrupt | None:
        """Zoho has retired the classic API meanwhile: read from V3 what is still to come. Gives what prevents it."""
        if self._kind is None:
            return None
        try:
            found = survey_v3(self._client, self.wish, self._kind, self._reporter.tell)
        except (ZbtError, KeyboardInterrupt) as error:
            return error
        with noticed():
            turned = layout(self._lines, found.listings)
            if self._checkpoint is not None:
                self._checkpoint.turn(turned)
            self._turn(turned)
        return None

    def _turn(self, turned: Layout) -> None:
        self._lines, dropped = turn(self._lines, turned, self._line)
        for line in dropped:
            if line.pager is not None:
                self._store(line, line.pager.ready())
        self._api = "v3"
        self._plan = Plan(tuple(line.subject for line in self._lines), self._plan.empty if self._plan else 0)
        self._due = sum(line.subject.pages for line in self._lines if not line.done)

    def _give_up(self, failure: BaseException) -> None:
        if not isinstance(failure, (KeyboardInterrupt, Stopped)) and not self.rows and not self.pages:
            self._reporter.end(self._snapshot())
            raise failure.with_traceback(None)
        if (isinstance(failure, UsageError) and not self.rows) or not isinstance(
            failure, (Exception, KeyboardInterrupt)
        ):
            raise failure
        cause, hint = "you stopped it", "Go on with zbt.resume(): nothing that came is fetched again."
        if isinstance(failure, ApiError) or hasattr(failure, "hint"):
            cause = str(getattr(failure, "message", failure))
        elif not isinstance(failure, (KeyboardInterrupt, Stopped)):
            raise failure
        if isinstance(failure, RateLimited) and failure.retry_at:
            hint = f"From {failure.retry_at:%H:%M} UTC on, go on with zbt.resume(): nothing that came is fetched again."
        self._reporter.end(self._snapshot())
        raise IncompletePull(
            f"{self.rows:,} {self.what} in {self.pages:,} pages came, then it ended: {cause}",
            hint=hint,
            status=getattr(failure, "status", 0),
            code=getattr(failure, "code", ""),
            rows=self._frame(),
            resume=self.wish.token(),
        ) from None

    def _finish(self) -> None:
        self.errors = [refusal(line) for line in self._lines if line.error is not None]
        refused = [line.error for line in self._lines if line.error is not None]
        if refused and len(refused) == len(self._lines) and not self.rows:
            raise refused[0].with_traceback(None)  # every list refuses: that is no result
        if self._checkpoint is not None:
            self._checkpoint.done()
        self._reporter.end(replace(self._snapshot(), done=True))

    def _arranged(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """With the first columns of its kind; a list by its path has Zoho's own, in useful order."""
        from zbt_notebook.client.frames.arrange import Lead, lead, reordered

        if self.wish.holds:
            return lead(frame, [Lead(*told) for told in fields.leads(self.wish.holds, self.orders)])
        listing = fields.kind_of(self._plan.listings[0].call.path) if self._plan else ""
        return reordered(frame, fields.first_columns(listing))

    @property
    def what(self) -> str:
        """What its rows are."""
        return self._kind.name if self._kind else "rows"

    def _snapshot(self) -> Snapshot:
        elapsed = time.monotonic() - self._began
        of = self.pages + self._due if self._plan and self._plan.certain else None
        left = None
        if self._due and self.pages and self._plan:
            pace = elapsed / self.pages * self._due
            left = max(self._pace.wait(self._plan.listings[0].call, self._due), pace if not self._waiting else 0)
        refused = sum(line.error is not None for line in self._lines)
        return Snapshot(self.what, self.rows, self.pages, of, elapsed, left, self._waiting, refused, self.forecast)

    def _frame(self) -> "pd.DataFrame":
        frame = self._arranged(self._builder.frame())
        listings = self._plan.listings if self._plan else ()
        about: dict[str, Any] = {
            "pages": self.pages,
            "rows": len(frame),
            "fetched_at": self._client.today().isoformat(timespec="seconds"),
            "data_center": self._client.data_center.name,
            "connection": self.wish.connection,
        }
        if self._kind is None:
            call = listings[0].call
            about |= {"method": call.method, "path": call.path, "params": [list(pair) for pair in call.params]}
        else:
            about |= {
                "kind": self._kind.name,
                "api": self._api,
                "projects": len({str(listing.project["id"]) for listing in listings})
                + (self._plan.empty if self._plan else 0),
                "where": [list(pair) for pair in self.wish.where],
                "since": self.wish.since,
                "forecast": self.forecast,
                "announced": dict(self._plan.announced) if self._plan else {},
                "errors": [refusal(line) for line in self._lines if line.error is not None],
            }
        frame.attrs["zbt"] = about
        return frame
