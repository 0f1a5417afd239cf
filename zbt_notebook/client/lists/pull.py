"""The one road from a list to its records: reads every page, stops, and goes on where it stopped."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.errors import (
    ApiError,
    IncompletePull,
    Unreachable,
    UsageError,
    ZbtError,
)
from zbt_notebook.client.limits.allowance import OneLock
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.checkpoint import Checkpoint
from zbt_notebook.client.lists.discovery import discover
from zbt_notebook.client.lists.interrupts import Interrupts, noticed
from zbt_notebook.client.lists.kinds import Kind, find_kind
from zbt_notebook.client.lists.outcome import cause_and_hint, differences
from zbt_notebook.client.lists.page import PAGE_SIZE, Largest, Page
from zbt_notebook.client.lists.pager import Pager
from zbt_notebook.client.lists.pages import NoTimeOfChange, Pages
from zbt_notebook.client.lists.plan import Listing, Plan
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.read_lists import beginning, paging_of
from zbt_notebook.client.lists.row_filter import RowFilter
from zbt_notebook.client.lists.rows import about, after, arranged, before, of_plan, refusal, taker
from zbt_notebook.client.lists.slot_reserve import Pace
from zbt_notebook.client.lists.worker_pool import PagedList, Stopped, WorkerPool
from zbt_notebook.client.progress import SILENT_FOR, Reporter, Snapshot
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.rare_gc import gc_rarely
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.rest.retirement import Retired, is_retired

if TYPE_CHECKING:
    import pandas as pd

_PATIENCE = 0.1  # seconds between two looks at Ctrl-C


class Pull:
    """One pull. ``run`` reads all of it or raises IncompletePull; called again, it goes on where it stopped.

    Then ``frame`` and, *as_records*, ``records`` give what came. *call* is the list where the request cannot name it:
    a call with headers of the user's own.
    """

    def __init__(
        self,
        client: ApiClient,
        request: PullRequest,
        reporter: Reporter,
        *,
        call: ApiCall | None = None,
        as_records: bool = False,
    ) -> None:
        self.request = request
        self.orders: Mapping[str, Sequence[str]] = {}  # the portal's own order of statuses and severities, where known
        self._client, self._reporter = client, reporter
        self._call, self._as_records = call, as_records
        self._streams = False
        self._kind: Kind | None = find_kind(request.kind) if request.kind else None
        self._lock = threading.Lock()  # over what the threads count
        self._interrupts = Interrupts()
        self._began = time.monotonic()
        self._others_may_call = False
        self._forget()

    def _forget(self) -> None:
        """Go back to the state before the first page."""
        self.rows = self.pages = self._due = 0
        self.forecast = ""
        self._waiting = 0.0
        self._api = "v3" if self.request.api == "v3" else "classic"
        self._plan: Plan | None = None
        self._planned_at = 0  # epoch milliseconds
        self._lists: list[PagedList] = []
        self._largest = Largest()
        self._taken: Any = None
        self._filter = RowFilter(self.request, self._kind)
        self._checkpoint: Checkpoint | None = None
        self._one_lock = OneLock()
        self._pages = Pages(self._filter, self._kind, self._kind.name if self._kind else self.request.word)

    def run(self, client: ApiClient | None = None, reporter: Reporter | None = None) -> None:
        """Read what is still to come. Raise IncompletePull where it ends early, else what refused the first call."""
        self._streams = False
        threads = max(1, min(self.request.concurrency, 32)) if self._kind else 1
        with self._begun(client, reporter), noticed() as interrupted, self._pool(threads) as pool:
            while not pool.finished:
                self._take(pool.collect(_PATIENCE))
                if self._has_enough:
                    return
                self._raise_if_ended(pool, interrupted)
                self._reporter.tell(self._snapshot())
                self._import_pandas_early()

    def stream(self) -> Iterator[list[Any]]:
        """The same records as they come, read in the caller's own thread: no page is asked for before it is wanted."""
        given, self._streams = 0, True
        with self._begun(), self._pool(0) as pool:
            while not pool.finished and not self._has_enough:
                with noticed() as self._interrupts:
                    self._take(pool.collect(0))
                self._raise_if_ended(pool, self._interrupts)
                given, came = self.rows, self.records[given:]
                if came:
                    yield came

    def _prepare(self) -> None:
        self._planned_at = int(self._client.today().timestamp() * 1000)
        begun = None
        if self.request.checkpoint:
            self._checkpoint = Checkpoint(self.request)
            begun = self._checkpoint.read()
        if begun is not None:
            self._api, self._planned_at, plan = begun
        else:
            self._api, plan = discover(self._client, self.request, self._kind, self._reporter.tell, self._call)
        self._lists = [self._paged(listing, position) for position, listing in enumerate(plan.listings)]
        self._due = plan.pages if self._kind or self.request.limit is None else ceil(self.request.limit / PAGE_SIZE)
        self._taken = taker(self._kind, plan, as_records=self._as_records)
        if self._checkpoint is not None:
            self._resume_from(self._checkpoint, None if begun is not None else plan)
        self._plan = plan
        first = plan.listings[0].call if plan.listings else None
        self.forecast = self._pace.forecast(first, self._due, self.request.concurrency) if first else "0 pages"

    def _resume_from(self, checkpoint: Checkpoint, fresh: Plan | None) -> None:
        if fresh is not None:
            checkpoint.begin(self._api, self._planned_at, fresh)
            return
        for position, page, more, records in checkpoint.entries(len(self._lists)):
            listed = self._lists[position]
            listed.pager = listed.pager or listed.open(None)
            if listed.pager.claim(page):
                listed.pager.take(page, records, more=more)
                self.pages += 1
                self._due = max(0, self._due - 1)
        checkpoint.go_on()

    def _pool(self, threads: int) -> WorkerPool:
        knows = self._plan is not None and self._plan.certain
        pool: WorkerPool = WorkerPool(
            self._lists,
            partial(self._fetch, lambda: pool.stopped),
            size=threads,
            eager=self.request.limit is None or knows,
            wanted=None if self.request.limit is None or self._chooses else self.request.limit - self.rows,
        )
        return pool

    def _fetch(self, stopped: Callable[[], bool], listed: PagedList, page: Page) -> tuple[Sequence[Any], bool | None]:
        listing: Listing = listed.subject

        def waiting(seconds: float) -> None:
            self._count(waiting=seconds)
            if stopped():
                raise Stopped

        try:
            with self._interrupts.let_through():
                records, more = self._pages.fetch(self._client, listed, page, self._lane(listing.call, waiting))
        except (ApiError, Unreachable) as error:
            if self._kind and self._api == "classic" and self.request.api == "auto" and is_retired(self._client, error):
                raise Retired from None
            raise
        self._count(pages=int(listing.came is None))
        if self._checkpoint is not None:
            self._checkpoint.write(listed.position, page, more, records)
        return records, more

    def _count(self, *, pages: int = 0, waiting: float = 0.0) -> None:
        with self._lock:
            self.pages += pages
            self._due = max(0, self._due - pages)
            self._waiting = waiting

    def _lane(self, call: ApiCall, waiting: Callable[[float], None]) -> Lane:
        reserve = self._pace.reserve(call, self._due)
        return Lane(reserve, waiting, yields=self._kind is not None, through=self._one_lock)

    @property
    def _pace(self) -> Pace:
        certain = self._plan is not None and self._plan.certain
        return Pace(self._client.limits, certain, self._others_may_call, yields=self._kind is not None)

    def _paged(self, listing: Listing, position: int) -> PagedList:
        def open_pager(wanted: int | None) -> Pager:
            limits = [limit for limit in (listing.limit, wanted) if limit is not None and not self._chooses]
            paging = paging_of(listing.call)
            start, size = beginning(listing.call, paging)
            since, kind = self.request.since, self._kind
            newest_first = self._filter.newest_change_first(v3=self.is_v3)
            return Pager(
                size=size,
                start=start,
                expected=listing.exact,
                at_most=listing.at_most,
                limit=min(limits, default=None),
                numbered=paging == "page",
                is_new=partial(after, kind.made, self._planned_at) if kind and kind.made else None,
                is_past=partial(before, kind.changed, since) if newest_first and kind and since is not None else None,
                largest=self._largest,
            )

        return PagedList(open_pager, listing, position, error=listing.refused)

    def _take(self, batch: Sequence[tuple[PagedList, Sequence[Any]]]) -> None:
        """Take records of lists, in order, into the result."""
        for listed, came in batch:
            records = self._filter.select(listed.subject, came, v3=self.is_v3, of_many=len(self._lists) > 1)
            if self.request.limit is not None:
                records = records[: max(0, self.request.limit - self.rows)]
            self._taken.add(records)
            self.rows += len(records)

    @property
    def _has_enough(self) -> bool:
        return self.request.limit is not None and self.rows >= self.request.limit

    def _raise_if_ended(self, pool: WorkerPool, interrupted: Callable[[], bool]) -> None:
        if interrupted():
            raise KeyboardInterrupt
        if pool.failure is not None:
            raise pool.failure.with_traceback(None)

    def _import_pandas_early(self) -> None:
        """Import what makes a frame of the rows that came, once it takes long: Ctrl-C shall not wait for pandas."""
        if self._as_records and time.monotonic() - self._began > SILENT_FOR:
            import zbt_notebook.client.frames  # noqa: F401  for its being there

    @property
    def is_v3(self) -> bool:
        """Whether it is V3 that answers."""
        return self._api == "v3"

    @property
    def _chooses(self) -> bool:
        return self._filter.chooses(v3=self.is_v3)

    @contextmanager
    def _begun(self, client: ApiClient | None = None, reporter: Reporter | None = None) -> Iterator[None]:
        """Begin, or go on; an error inside becomes IncompletePull, with what came."""
        self._client = client or self._client
        self._reporter = reporter or self._reporter
        self._began = time.monotonic()
        self._interrupts = Interrupts()
        in_a_cell = threading.current_thread() is threading.main_thread()  # then no other cell runs meanwhile
        self._others_may_call = not in_a_cell or self._client.limits.is_shared
        try:
            if self._plan is None:
                self._prepare()
            elif self._checkpoint is not None:
                self._checkpoint.go_on()
            try:
                with gc_rarely():
                    yield
            except (ZbtError, Retired, Stopped, KeyboardInterrupt) as failure:
                problem = self._incomplete(failure)
            else:
                self._finish()
                return
            raise problem
        finally:
            if self._checkpoint is not None:
                self._checkpoint.close()

    def _incomplete(self, failure: BaseException) -> BaseException:
        """What to raise where it ends early: the failure itself where nothing had come before it."""
        self._reporter.end(self._snapshot())
        is_first = not self.rows and (not self.pages or isinstance(failure, UsageError))
        is_unanswerable = isinstance(failure, NoTimeOfChange)  # the rows that came are no part of an answer
        if is_unanswerable or (is_first and not isinstance(failure, (KeyboardInterrupt, Stopped, Retired))):
            return failure.with_traceback(None)
        cause, hint = cause_and_hint(failure)
        incomplete = IncompletePull(
            f"{counted(self.rows, self.what)} in {counted(self.pages, 'pages')} came, then it ended: {cause}",
            hint=hint,
            status=failure.status if isinstance(failure, ApiError) else 0,
            code=failure.code if isinstance(failure, ApiError) else "",
            rows=self.records if self._streams else self.frame(),
            resume=self.request.token(),
        )
        if isinstance(failure, Retired):
            if self._checkpoint is not None:
                self._checkpoint.done()
            self._forget()
        return incomplete

    def _finish(self) -> None:
        refused = [listed.error for listed in self._lists if listed.error is not None]
        if refused and len(refused) == len(self._lists) and not self.rows:
            raise refused[0].with_traceback(None)  # every list refuses: that is no result
        if self._checkpoint is not None:
            self._checkpoint.done()
        self._reporter.end(replace(self._snapshot(), done=True, notes=self._differences()))

    def _differences(self) -> tuple[str, ...]:
        """What the user is told of what came and what was announced."""
        request = self.request
        asks_for_part = self._chooses or request.where or request.since is not None or request.limit is not None
        sentences = differences(self._lists, {} if asks_for_part else self.plan.announced, self.what)
        if self._filter.undecided:
            sentences.append(
                f"of {counted(self._filter.undecided, self.what)} no time of change is told: "
                "V3 chose them by its days, and some may lie a day or two outside"
            )
        if self.plan.left_out and not self._has_enough:
            rest = counted(self.plan.left_out, "projects")
            sentences.append(f"fewer came than were announced, and {rest} more were not read: leave the limit out")
        if not self.rows:
            sentences += self._filter.misses()
        return tuple(sentences)

    @property
    def plan(self) -> Plan:
        """What there is to be read; nothing before it is known."""
        return self._plan or Plan(())

    @property
    def what(self) -> str:
        """What its rows are called in messages."""
        return self.request.holds or "rows"

    def _snapshot(self) -> Snapshot:
        elapsed = time.monotonic() - self._began
        ends_early = self._kind is None and self.request.limit is not None
        knows = self._plan is not None and (self._plan.certain or ends_early)
        of = self.pages + self._due if knows else None
        left = None
        if self._due and self.pages and self._plan:
            pace = elapsed / self.pages * self._due
            left = max(self._pace.wait(self._plan.listings[0].call, self._due), pace if not self._waiting else 0)
        refused = sum(listed.error is not None for listed in self._lists)
        return Snapshot(self.what, self.rows, self.pages, of, elapsed, left, self._waiting, refused, self.forecast)

    @property
    def records(self) -> list[Any]:
        """What came, as Zoho sent it; of a pull *as_records*."""
        records: list[Any] = self._taken.records
        return records

    def frame(self) -> "pd.DataFrame":
        """What came as a DataFrame; ``attrs["zbt"]`` tells where from."""
        listings = self.plan.listings
        call = listings[0].call if listings and self._kind is None else None
        types = (api.column_types(call),) if self._as_records and call else ()
        path = listings[0].call.path if listings else ""
        frame = arranged(self._taken.frame(*types), self.request.holds, self.orders, path)
        origin = about(self._client, self.request.connection, frame, self.pages, call)
        if self._kind is None and self.request.word:
            origin["word"] = self.request.word
        if self._kind is not None:
            origin |= {
                "kind": self._kind.name,
                "api": self._api,
                "where": [list(pair) for pair in self.request.where],
                "since": self.request.since,
                "forecast": self.forecast,
                **of_plan(self.plan),
                "orders": {name: list(words) for name, words in self.orders.items()},
                "errors": [refusal(listed) for listed in self._lists if listed.error is not None],
            }
        else:
            origin |= {"all": self.request.limit is None, "limit": self.request.limit}
        origin["warnings"] = list(self._differences())
        origin["wish"] = replace(self.request, id="", checkpoint="").token()  # for refetch
        frame.attrs["zbt"] = origin
        return frame
