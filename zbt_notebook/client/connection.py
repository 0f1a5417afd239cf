"""One sign-in and everything it allows."""

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zbt_notebook.client import expect
from zbt_notebook.client.auth.account import Account, AccountLookup
from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.scopes import missing
from zbt_notebook.client.bugs.bug import Bug
from zbt_notebook.client.bugs.filters import read_arguments, read_filter
from zbt_notebook.client.bugs.finding import find_bug, with_ids
from zbt_notebook.client.bugs.listing import fetch, listing
from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.http.messages import Transport
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.limits.registry import limits_of
from zbt_notebook.client.lists import kept_pull
from zbt_notebook.client.lists.checkpoint import default_path
from zbt_notebook.client.lists.kinds import find_kind
from zbt_notebook.client.lists.pull_request import PullRequest, as_filters, as_milliseconds, as_names
from zbt_notebook.client.progress import reporter
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest import api, arguments
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.arguments import Params, pairs
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.rest.encoding import as_count, as_text, as_texts, unwrapped
from zbt_notebook.client.rest.retirement import on_either_api
from zbt_notebook.client.settings import setting
from zbt_notebook.client.status import LogoutReport, Status
from zbt_notebook.client.v3_instead import hinted

if TYPE_CHECKING:
    import pandas as pd
    import requests

    from zbt_notebook.client.lists.pull_request import Api, Since
    from zbt_notebook.client.progress import OnProgress

Keeper = Literal["kernel", "keyring"]
"""Who keeps a connection: this process under its name, or this machine for the next one."""


class Connection(Tracker):
    """The API of one data centre, as one user. Safe to use from any number of threads; not to be pickled."""

    def __init__(
        self,
        authorization: Authorization,
        transport: Transport,
        *,
        name: str = "default",
        clock: Clock | None = None,
        limits: RateLimits | None = None,
    ) -> None:
        client = ApiClient(authorization, transport, limits or _limits(authorization, clock), clock=clock or Clock())
        super().__init__(client, AccountLookup(authorization, transport), name)
        self.redirect_uri = ""  # where the user was sent back to, if there was a consent
        self.is_consented = False  # whether a consent in this kernel led to it, rather than a token from elsewhere
        self._keepers: dict[Keeper, Callable[[], bool]] = {}
        self._left: LogoutReport | None = None
        self._leaving = ForkSafeLock(threading.RLock)
        if limits is None and setting("ZBT_SHARED_BUDGET").lower() in {"1", "true", "yes"}:
            self.share_budget()

    def __repr__(self) -> str:
        return f"<zbt_notebook.Connection {self.status()}>"

    def __await__(self) -> "Generator[Any, None, Connection]":
        """Itself: ``await zbt.login(…)`` reads the same whether its user is waited for or the sign-in is over."""
        return _itself(self).__await__()

    @property
    def client_id(self) -> str:
        """The registered client on whose behalf the user consented."""
        return self.client.authorization.client_id

    @property
    def account(self) -> Account | None:
        """Who is signed in, as far as it is known by now: with the scope AaaServer.profile.READ name and e-mail."""
        return self.who.account

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that were granted."""
        return self.client.authorization.scopes

    def get(self, path: str, params: Params = None) -> Any:
        """The decoded body of one GET; an empty list where Zoho answers 204.

        Raise ApiError where the API refuses, Unreachable where nothing answers.
        """
        call = self._meant(ApiCall("GET", expect.text(path, "the path"), pairs(params, "GET", path)))
        with hinted(self, "get", call):
            return self.client.fetch(call).body

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params = None,
        data: Any = None,
        json: Any = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> "requests.Response":
        """One call of any method, with requests' own arguments; the Response is requests' and bears no token.

        *data* may be a dict, pairs, text, bytes, an open file or pieces of these; *files* as requests takes them. The
        answer is read whole before it is given, with *stream* too: nothing is left open.

        Raise ApiError where the API refuses: its text is in the exception, so that nothing goes on by mistake.
        """
        from zbt_notebook.client.http.requests_objects import as_requests_response

        del stream
        call = arguments.call(method, path, params=params, data=data, json=json, files=files, headers=headers)
        call = api.normalize(self._meant(call), self.data_center)
        with hinted(self, "request", call):
            return as_requests_response(self.client.send(call), api.write(call, self.data_center))

    def rows(self, path: str, params: Params = None, limit: int | None = None) -> Iterator[Any]:
        """Every record of every page, as Zoho sent it; at most *limit*. A page is asked for when it is wanted.

        Raise IncompletePull, whose ``rows`` are the records so far, where the list breaks off.
        """
        call = self._meant(ApiCall("GET", expect.text(path, "the path"), pairs(params, "GET", path)))
        return self._stream(PullRequest(path=call.path, where=call.params, limit=_limit(limit)))

    def _stream(self, request: PullRequest) -> Iterator[Any]:
        pull = self.begin(request, reporter(progress=False), as_records=True)
        with hinted(self, "rows", ApiCall("GET", request.path, request.where)), kept_pull.kept_if_incomplete(pull):
            for records in pull.stream():
                yield from records

    def frame(self, path: str, params: Params = None, limit: int | None = None) -> "pd.DataFrame":
        """Every record of every page as a DataFrame with typed columns; at most *limit* rows.

        ``*_long`` columns are UTC timestamps, nested objects are flattened with dots, ids are exact. ``attrs["zbt"]``
        tells where it came from. Raise IncompletePull, which holds what came, where it ends early.
        """
        call = self._meant(ApiCall("GET", expect.text(path, "the path"), pairs(params, "GET", path)))
        return self._hinted_pull(PullRequest(path=call.path, where=call.params, limit=_limit(limit)), progress=False)

    def _meant(self, call: ApiCall) -> ApiCall:
        """The call as Zoho takes it: with the number of a bug where its path has the key."""
        return with_ids(self, call)

    def pull(
        self,
        kind: str,
        *,
        portal: str | int | None = None,
        projects: str | int | Sequence[str | int] = "all",
        where: Mapping[str, object] | None = None,
        since: "Since" = None,
        concurrency: int = 8,
        api: "Api" = "auto",
        progress: "bool | OnProgress" = True,
        limit: int | None = None,
        checkpoint: bool | str | Path = False,
    ) -> "pd.DataFrame":
        """Everything of a *kind* in many projects as one DataFrame: as fast as Zoho allows, complete, nothing twice.

        *kind* is "bugs", "comments", "milestones", "timelogs", "users", any other list of a project in the catalogue,
        or the path of one list, whole. *projects* is "all" (the active ones), or names or ids. *where* goes to Zoho's
        own filters. *since* (a date, a datetime, a timedelta back from now) keeps what was changed from then on; for
        time logs, what was logged. ``project.id`` and ``project.name`` stand first; ``attrs["zbt"]["errors"]`` lists
        projects that refused.

        *api* "auto" takes the classic API as long as it answers, then V3, with the same columns (``v3_columns``).
        *progress* may be a function that takes each Snapshot. With *checkpoint* pages are kept in a file too, in the
        user's cache or at the path given; the same call takes up where a killed kernel stopped.

        Raise IncompletePull where it is stopped or ends early: ``zbt.resume()`` goes on.
        """
        expect.text(kind, "the kind of a pull", hint="As in: pull('bugs').")
        expect.one_of(api, "api=", ("auto", "classic", "v3"))
        if kind.startswith("/"):
            if portal is not None or projects != "all" or since is not None:
                raise UsageError(
                    f"{shown(kind)} is one list: portal=, projects=, since= are not for it", hint="Use where=."
                )
            request = PullRequest(path=kind, where=pairs(where, "GET", kind), limit=_limit(limit))
        else:
            request = PullRequest(
                kind=find_kind(kind).name,
                portal=_portal(portal),
                projects=as_names(projects),
                where=as_filters(where, kind),
                since=as_milliseconds(since, self.client.today()),
                api=api,
                limit=_limit(limit),
                concurrency=as_count(concurrency, "concurrency", at_least=1),
            )
        return self._hinted_pull(self._with_checkpoint(request, checkpoint), progress=progress)

    def _with_checkpoint(self, request: PullRequest, checkpoint: bool | str | Path | None) -> PullRequest:  # noqa: FBT001  as in pull()
        if checkpoint is False or checkpoint is None:
            return request
        if checkpoint is True:
            return replace(request, checkpoint=str(default_path(request, self.data_center.name)))
        return replace(request, checkpoint=str(expect.file_path(checkpoint, "checkpoint=")))

    def bugs(
        self,
        *filters: str,
        projects: str | int | Sequence[str | int] = "all",
        portal: str | int | None = None,
        limit: int | None = None,
        progress: "bool | OnProgress" = True,
        **named: Any,
    ) -> "pd.DataFrame":
        """The bugs that fulfil every filter, by the names of the field: the same from both APIs.

        ``status="Open"``, ``severity=["Critical", "Major"]`` (one of), ``assignee="me"`` or None (nobody),
        ``created_from=``, ``created_to=`` (that day too), ``title_contains=``, ``status_not=``; or filters as they are
        written on a line: ``"created>=-30d"``. Custom fields go by their label. Raise UsageError, with the nearest
        right word, for a field or value that there is not; then nothing was sent.
        """
        plain = {name: unwrapped(value, name) for name, value in named.items()}
        asked = [*map(read_filter, filters), *read_arguments(plain)]
        words = partial(listing, self, "bugs", asked, portal=_portal(portal), projects=projects, limit=_limit(limit))
        return on_either_api(self.client, lambda: fetch(self, words(), progress=progress))  # type: ignore[no-any-return]  # a frame

    def bug(self, said: Any, *, portal: str | int | None = None, project: str | int | None = None) -> Bug:
        """One bug by its key (``HW1-I600``), its number in a *project*, its id, its web address or its row of a frame.

        Raise NotFound where there is none, UsageError for what names no bug.
        """
        projects = () if project is None else as_texts(project, "project=")
        return on_either_api(
            self.client, lambda: Bug(self, find_bug(self, said, portal=_portal(portal), projects=projects))
        )

    def resume(self, request: PullRequest, *, progress: "bool | OnProgress" = True) -> "pd.DataFrame":
        """Go on with a pull that ended early; what this kernel or a checkpoint holds of it is not fetched again."""
        return self._hinted_pull(request, progress=progress)

    def _hinted_pull(self, request: PullRequest, *, progress: "bool | OnProgress") -> "pd.DataFrame":
        with hinted(self, "frame", ApiCall("GET", request.path, request.where)):
            return self.pulled(request, progress=progress)

    @cached_property
    def session(self) -> "requests.Session":
        """A requests.Session that signs what goes to this data centre's APIs, within their limits, and nothing else."""
        from zbt_notebook.client.http.requests_objects import signing_session

        return signing_session(self.data_center.v3_hosts, self.client.exchange)

    def share_budget(self) -> bool:
        """Count requests together with this user's other kernels on this machine; tell whether that is possible.

        So do this kernel's other connections with the same client from then on. What counts already goes on counting.
        """
        from zbt_notebook.client.limits.shared_budget import SharedBudget

        budget = SharedBudget.of(self.data_center.api_url, self.client_id)
        if budget is not None:
            self.client.limits.share(budget)
        return budget is not None

    def refresh(self) -> Status:
        """Get a new access token now, though the old one may still be good."""
        self.client.authorization.refresh()
        return self.status()

    def status(self) -> Status:
        """What can be told of this connection, without asking Zoho."""
        authorization = self.client.authorization
        return Status(
            self.name,
            self.data_center.name,
            self.data_center.api_url,
            self.client_id,
            authorization.scopes,
            missing(authorization.scopes, authorization.requested_scopes) if authorization.scopes else (),
            not authorization.is_revoked,
            authorization.can_refresh,
            authorization.seconds_left(),
            authorization.budget_left(),
            self.client.limits.use(),
            str(self.who.account or ""),
            self.client.v3_host.url,
        )

    def kept_by(self, keeper: Keeper, forget: Callable[[], bool]) -> None:
        """Have a keeper of this connection forget it at its logout; *forget* tells whether that was possible."""
        self._keepers[keeper] = forget

    @property
    def is_remembered(self) -> bool:
        """Whether this machine's keyring keeps it for the next kernel."""
        return "keyring" in self._keepers

    def shares_grant_with(self, other: "Connection") -> bool:
        """Whether to revoke one would revoke the other: both have the same refresh token."""
        return self.client.authorization.has_same_grant(other.client.authorization)

    def logout(self) -> LogoutReport:
        """Revoke at Zoho, forget here and in the keyring; forgotten here even where Zoho cannot be reached.

        A second time it gives the first one's report, and waits for it where another thread still signs out.
        """
        with self._leaving:
            if self._left is None:
                revoked = False
                try:
                    revoked = self.client.authorization.revoke()
                finally:  # Stop, too, may end the request
                    self.client.authorization.forget()
                    self.client.close()
                    forgotten = {keeper: forget() for keeper, forget in self._keepers.items()}
                    self._left = LogoutReport(revoked=revoked, forgotten=True, keyring=forgotten.get("keyring"))
            return self._left


def _portal(portal: object) -> str:
    return "" if portal is None else as_text(portal, "portal=", lists=False)


def _limit(limit: object) -> int | None:
    return None if limit is None else as_count(limit, "limit")


def _limits(authorization: Authorization, clock: Clock | None) -> RateLimits:
    """The process-wide limits, which know what an earlier sign-in used; fresh ones if a clock is injected."""
    if clock is None:
        return limits_of(authorization.data_center.api_url, authorization.client_id)
    return RateLimits(lambda: int(clock.monotonic() * 1e9), clock.today)


async def _itself(connection: Connection) -> Connection:
    return connection
