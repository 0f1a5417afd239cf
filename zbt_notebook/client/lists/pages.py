"""Fetches pages of a list from either API in the classic shape, and does without what V3 refuses or ignores."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from zbt_notebook.client import v3_columns
from zbt_notebook.client.errors import ApiError, NotFound, RateLimited, ScopeMissing, TokenRejected, UsageError
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.field_names import FieldNames, field_names
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.page import Page
from zbt_notebook.client.lists.plan_v3 import issue_of
from zbt_notebook.client.lists.read_lists import fetch_page
from zbt_notebook.client.lists.row_filter import RowFilter
from zbt_notebook.client.lists.v3_filter import CHANGED_NEVER
from zbt_notebook.client.lists.worker_pool import PagedList
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

_SERVER_FAULT = 500  # from this status on it is no refusal
_DISPENSABLE = ("sort_by", "filter")  # parameters of ours that V3 may refuse, in the order in which they are left out


class NoTimeOfChange(UsageError):
    """``since`` cannot be answered: the records bear no time of change, and V3 does not choose by it."""


class Pages:
    """Fetches pages for one pull. Several threads call it at once."""

    def __init__(self, rows: RowFilter, kind: Kind | None, holds: str) -> None:
        self._rows, self._kind, self._holds = rows, kind, holds
        self._lock = Lock()  # over what is found out once
        self._left_out: frozenset[str] = frozenset()  # parameters that V3 refused or ignored
        self._chooses_by_change: bool | None = None  # V3 chooses by the time of change; None: not asked yet

    def fetch(self, client: ApiClient, listed: PagedList, page: Page, lane: Lane) -> tuple[Sequence[Any], bool | None]:
        """One page's records, and the server's word on whether there is more (None where it has none).

        Nothing is asked for where they came with the plan. Raise what ``fetch_page`` raises, and NoTimeOfChange.
        """
        call: ApiCall = listed.subject.call
        if listed.subject.came is not None:
            return self._in_classic_shape(client, call, listed.subject.came), False
        asked = call.without_params(self._left_out)
        try:
            records, more = fetch_page(client, listed, asked, page, lane)
        except ApiError as refusal:
            refused = self._may_be_refused(asked, refusal)
            if not refused:
                raise
            self._left_out |= {refused[0]}
            return self.fetch(client, listed, page, lane)
        if self._holds and call.path.startswith("/api/v3"):
            records = self._in_classic_shape(client, asked, records)
            if self._rows.cannot_be_dated(records) and not self._chooses(client, listed, asked, lane):
                time = self._rows.asked
                raise NoTimeOfChange(
                    f"{time} cannot be answered here: V3's list tells no time of change and cannot be filtered by it",
                    hint=f"Leave {time} out and read all of it, or choose in the DataFrame by the time of creation.",
                )
        return records, more

    def _may_be_refused(self, call: ApiCall, refusal: ApiError) -> Sequence[str]:
        """The parameters of ours that V3 may refuse by this: with 400, or under 200 as it was seen to."""
        of_another_kind = (NotFound, RateLimited, ScopeMissing, TokenRejected)
        if refusal.status >= _SERVER_FAULT or isinstance(refusal, of_another_kind):
            return ()
        ours = self._kind is not None and call.path.startswith("/api/v3")
        return [name for name in _DISPENSABLE if ours and call.param(name) is not None]

    def _in_classic_shape(self, client: ApiClient, call: ApiCall, records: Sequence[Any]) -> Sequence[Any]:
        of = issue_of(self._kind, call) if self._kind else ""
        names = field_names(client, call.path) if self._holds == "bugs" and records else FieldNames()
        records = [v3_columns.as_classic(self._holds, record, of, names.labels) for record in records]
        if call.param("filter") and not self._rows.obeyed(records, names.picks):
            self._left_out |= {"filter"}  # the rows are tested here in any case
        return records

    def _chooses(self, client: ApiClient, listed: PagedList, call: ApiCall, lane: Lane) -> bool:
        """Whether V3 chooses by the time of change: asked once, for what no record can fulfil."""
        if call.param("filter") is None:
            return False
        with self._lock:
            if self._chooses_by_change is None:
                impossible = call.with_params(filter=CHANGED_NEVER)
                try:
                    found, _ = fetch_page(client, listed, impossible, Page(1, 1), lane)
                except ApiError as refusal:
                    if not self._may_be_refused(impossible, refusal):
                        raise
                    found = (refusal,)
                self._chooses_by_change = not found
            return self._chooses_by_change
