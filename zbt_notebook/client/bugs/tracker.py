"""The bug tracker as one sign-in sees it: its calls, every record of a list, and the portals' own words."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.auth.account import AccountLookup
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.bugs.lookups import Lookups
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.limits.rate_limit import INTERACTIVE, Lane
from zbt_notebook.client.lists import first_columns, kept_pull
from zbt_notebook.client.lists.pull import Pull
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.rows import about
from zbt_notebook.client.progress import Reporter, reporter
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall, Page
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.secret_str import StaysInKernel

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.progress import OnProgress


class Tracker(StaysInKernel):
    """What every other part of the client asks of a connection. Safe to use from any number of threads."""

    def __init__(self, client: ApiClient, who: AccountLookup, name: str) -> None:
        self.client, self.who, self.name = client, who, name

    @property
    def data_center(self) -> DataCenter:
        """Where Zoho keeps this account."""
        return self.client.data_center

    @cached_property
    def lookups(self) -> Lookups:
        """What the portal itself has: statuses, people, milestones, fields; each list fetched once, and kept."""
        return Lookups(self.client)

    def send(self, call: ApiCall, lane: Lane = INTERACTIVE) -> Response:
        """One call that ``api.normalize`` has checked; its answer unread, but an ApiError where it is a refusal."""
        return self.client.send(call, lane)

    def fetch(self, call: ApiCall, lane: Lane = INTERACTIVE) -> Page:
        """One call as a value; its answer read: records, or one thing, and what comes next."""
        return self.client.fetch(call, lane)

    def records(self, call: ApiCall, *, limit: int | None = None) -> tuple[list[Any], int]:
        """Every record that a call lists, as Zoho sent them, and in how many pages; shows how far it is.

        Raise IncompletePull where it ends early, NotAList where the answer is one thing.
        """
        request = PullRequest(path=call.path, where=call.params, limit=limit)
        pull = self.begin(request, reporter(progress=True), call=call, as_records=True)
        with kept_pull.kept_if_incomplete(pull):
            pull.run()
        return pull.records, pull.pages

    def pulled(self, request: PullRequest, *, progress: "bool | OnProgress") -> "pd.DataFrame":
        """Carry a request out; statuses and severities of bugs in the portal's own order, where it can be had."""
        pull = (kept_pull.kept(request.id) if request.id else None) or self.begin(request, reporter(progress=False))
        with kept_pull.kept_if_incomplete(pull):
            pull.run(self.client, reporter(progress))
        if request.holds == "bugs":
            pull.orders = self.lookups.orders(pull.plan.portal, pull.plan.projects, v3=pull.is_v3)
        return pull.frame()

    def begin(
        self, request: PullRequest, shown: Reporter, *, call: ApiCall | None = None, as_records: bool = False
    ) -> Pull:
        """A pull of this connection's, which nothing is read for yet."""
        request = replace(request, connection=self.name, id=request.id or token_hex(8))
        return Pull(self.client, request, shown, call=call, as_records=as_records)

    def frame_of(
        self, call: ApiCall, records: Sequence[Any], *, pages: int = 1, is_part: bool = False, **about_it: Any
    ) -> "pd.DataFrame":
        """Records of a call's answer as one DataFrame; *about_it* stands in ``attrs["zbt"]`` beside where it came from.

        Every column that the catalogue knows of the list is there, but for a part that somebody chose from the answer.
        """
        from zbt_notebook.client.frames import to_frame
        from zbt_notebook.client.frames.arrange import reordered

        call = api.normalize(call, self.data_center)
        types = api.column_types(call)
        if is_part:
            types = {name: kind for name, kind in types.items() if any(name in record for record in records)}
        frame = to_frame(records, types)
        if not is_part:
            frame = reordered(frame, first_columns.first_columns(first_columns.kind_of(call.path)))
        frame.attrs["zbt"] = about(self.client, self.name, frame, pages, call) | about_it
        return frame
