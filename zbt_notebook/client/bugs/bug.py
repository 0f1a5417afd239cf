"""One bug: what it holds, what hangs on it, and how it is changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from zbt_notebook.client import v3_columns
from zbt_notebook.client.bugs.files import Files
from zbt_notebook.client.bugs.finding import Found, bug_path, v3_path
from zbt_notebook.client.bugs.resolver import Resolver, Within
from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.bugs.writing import Change, change, closing
from zbt_notebook.client.errors import ApiError, UsageError
from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.criteria import Choice
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.retirement import on_either_api

if TYPE_CHECKING:
    import pandas as pd


T = TypeVar("T")


class Bug(Mapping[str, Any]):
    """A bug as it was when it was last fetched or written: ``bug["status"]``, by the short names, or Zoho's own.

    Iterating gives the short names that hold something; ``record`` is Zoho's own answer.
    """

    def __init__(self, tracker: Tracker, found: Found, record: Mapping[str, Any] | None = None) -> None:
        self._tracker = tracker
        self._found = found
        self._record = dict(record) if record else None
        self._is_of_v3 = tracker.lookups.is_v3  # where the record came from, in whose shape it is
        self._tags: list[Any] | None = None  # as V3 tells them, where the classic API is at hand, which does not

    def __repr__(self) -> str:
        summary = "" if self._record is None else f" {self['title']!r}: {self['status']}"
        return f"<Bug {self.key}{summary}>"

    @property
    def id(self) -> str:
        """Its id, as text: it has more digits than a float holds."""
        return self._found.id

    @property
    def key(self) -> str:
        """What people call it, such as HW1-I600."""
        return self._found.key or str(self["key"] or self.id)

    @property
    def path(self) -> str:
        """Its path in the API at hand."""
        return self._path()

    @property
    def record(self) -> dict[str, Any]:
        """Zoho's own record, fetched when it is first asked for."""
        if self._is_of_v3 != self._tracker.lookups.is_v3:
            self._record = self._tags = None
        if self._record is None:
            self._record = self._on_either_api(self._fetched)
            self._is_of_v3 = self._tracker.lookups.is_v3
        return self._record

    def _fetched(self) -> dict[str, Any]:
        thing = self._tracker.client.fetch(ApiCall("GET", self._path())).thing
        return dict(thing) if isinstance(thing, dict) else {}

    def _on_either_api(self, road: Callable[[], T]) -> T:
        return on_either_api(self._tracker.client, road)

    def refresh(self) -> "Bug":
        """Fetch it anew."""
        self._record = self._tags = None
        _ = self.record
        return self

    def __getitem__(self, name: str) -> Any:
        if name == "tags":
            return [tag.name for tag in self._tagged()] or None
        for known in fields.FIELDS["bugs"]:
            if known.name == name:
                values = [value.name if isinstance(value, Choice) else value for value in known.read(self._classic)]
                return values[0] if values else None
        if name in self.record:
            return self.record[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (known.name for known in fields.FIELDS["bugs"] if known.read(self._classic))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bug) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def _classic(self) -> Mapping[str, Any]:
        """The record in the shape in which fields are read, custom ones by their labels."""
        record = self.record
        if not self._tracker.lookups.is_v3:
            return record if self._tags is None else {**record, "tags": self._tags}
        found = self._found
        custom = [
            {"label_name": own.label, "column_name": own.column, "value": record[own.column]}
            for own in self._tracker.lookups.custom_fields(found.portal, found.project)
            if own.column in record
        ]
        classic = v3_columns.as_classic("bugs", record)
        return {**classic, "customfields": custom} if custom else classic

    def _tagged(self) -> list[Choice]:
        """Its tags: V3 tells them, whichever API is at hand."""
        if self._tags is None and not self._tracker.lookups.is_v3:
            thing = self._tracker.client.fetch(ApiCall("GET", self._v3_path)).thing
            self._tags = (thing.get("tags") if isinstance(thing, dict) else None) or []
        tags = fields.field("bugs", "tags").read(self._classic)
        return [tag for tag in tags if isinstance(tag, Choice)]

    # -- what hangs on it

    def comments(self) -> "pd.DataFrame":
        """Its comments, with their text beside Zoho's HTML."""
        return self._list("comments", "comments")

    def history(self) -> "pd.DataFrame":
        """What happened to it."""
        return self._list("activities", "history")

    def attachments(self) -> "pd.DataFrame":
        """Its files."""
        return self._list("attachments", "attachments")

    @property
    def files(self) -> Files:
        """Its files, to be fetched and added to: ``files.download(0)``, ``files.attach("log.txt")``."""
        return Files(self._tracker, self._found)

    def _list(self, below: str, word: str) -> "pd.DataFrame":
        frame = self._on_either_api(
            lambda: self._tracker.pulled(PullRequest(path=self._path(below), word=word), progress=False)
        )
        frame.attrs["zbt"] |= {"bug": self._found.id, "portal": self._found.portal.id}
        return frame

    def _path(self, below: str = "") -> str:
        found = self._found
        return bug_path(self._tracker.lookups, found.portal, found.project, found.id, below)

    @property
    def _v3_path(self) -> str:
        return v3_path(self._found.portal, self._found.project, self._found.id)

    # -- how it is changed

    def update(self, *, comment: str = "", **said: Any) -> "Bug":
        """Change fields by name: ``update(status="Closed", severity="Major", due="2026-12-01")``.

        None empties a description or a custom field; how to empty another is documented nowhere, so it is refused.

        Names and values are looked up first: UsageError for a wrong one, and nothing is sent. Raise ApiError where
        Zoho's answer shows that something did not take. *comment* is added afterwards.
        """
        if not said and not comment:
            raise UsageError("update() has nothing to change", hint='Name a field: update(status="Closed").')
        if said:
            self._on_either_api(lambda: self._write(self.change(said)))
        if comment:
            self._on_either_api(lambda: self._tracker.client.send(self.commenting(comment)))
        return self

    def close(self, *, comment: str = "") -> "Bug":
        """Give it the status that closes it."""
        return self.update(comment=comment, status=self.status_that(closes=True))

    def reopen(self, *, comment: str = "") -> "Bug":
        """Give it the status of what is open again."""
        return self.update(comment=comment, status=self.status_that(closes=False))

    def status_that(self, *, closes: bool) -> str:
        """The portal's status that closes a bug, or opens it again."""
        return closing(self._tracker.lookups, self._resolver, closes=closes)

    @property
    def _resolver(self) -> Resolver:
        found = self._found
        return Resolver.of(self._tracker, "bugs", Within(found.portal, (found.project,)))

    def change(self, said: Mapping[str, Any]) -> Change:
        """Look up what is to be changed; nothing is sent."""
        return change(self._resolver, said, self._tagged)

    def shown(self, change: Change) -> list[str]:
        """A change in words: ``severity: Minor → Major``."""
        return change.shown(self._classic)

    def calls(self, change: Change) -> list[ApiCall]:
        """The requests that make the change; none where the bug is so already.

        What goes to the other API goes first: where that refuses, nothing has been written.
        """
        method = "PATCH" if self._tracker.lookups.is_v3 else "POST"
        made = [ApiCall(method, self._path(), fields=change.body)] if change.body else []
        wanted = [*self.calls_beside(change), *made]
        return [api.normalize(call, self._tracker.data_center) for call in wanted]

    def calls_beside(self, change: Change) -> list[ApiCall]:
        """Those that go to V3, where the classic API is at hand and cannot write all of it."""
        call = ApiCall("PATCH", self._v3_path, fields=change.beside)
        return [api.normalize(call, self._tracker.data_center)] if change.beside else []

    def commenting(self, comment: str) -> ApiCall:
        """The request that adds a comment."""
        key = "comment" if self._tracker.lookups.is_v3 else "content"
        call = ApiCall("POST", self._path("comments"), fields=((key, comment),))
        return api.normalize(call, self._tracker.data_center)

    def take(self, change: Change, answers: Iterable[tuple[ApiCall, Any]]) -> None:
        """Keep the answers to a change's requests; raise ApiError for what did not take."""
        self._keep(answers)
        if change.again and change.again.not_taken(self._classic):
            self._keep(self._send(change.again))
        if any(field.name == "tags" for field, _ in change.wanted):
            self._tagged()
        left = change.not_taken(self._classic)
        if left:
            raise ApiError(
                f"{self.key} was written, but this did not take: {'; '.join(left)}",
                hint="May your role change it, and does the project's layout have it? What else was asked is done.",
            )

    def _write(self, change: Change) -> None:
        self.take(change, self._send(change))

    def _send(self, change: Change) -> list[tuple[ApiCall, Any]]:
        try:
            return [(call, self._tracker.client.fetch(call).thing) for call in self.calls(change)]
        except ApiError as refusal:
            return self._send(change.after(refusal))

    def _keep(self, answers: Iterable[tuple[ApiCall, Any]]) -> None:
        for call, answer in answers:
            record = answer if isinstance(answer, dict) and answer.get("id") else None
            if call.path == self._path():
                self._record = dict(record) if record else None
                self._is_of_v3 = self._tracker.lookups.is_v3
            else:
                self._tags = None if record is None else record.get("tags") or []


def creating(tracker: Tracker, within: Within, said: Mapping[str, Any]) -> tuple[Change, ApiCall]:
    """A new bug in a project: what is wanted, and the request for it. Raise UsageError where there is no title."""
    if not any(name.strip().casefold() in {"title", "name"} for name in said):
        raise UsageError("a new bug needs a title", hint='Write title="…", and any other field by its name.')
    if len(within.projects) != 1:
        names = ", ".join(one.name for one in within.projects[:12])
        raise UsageError("a new bug needs its project", hint=f"Name one of: {names or 'none'}.")
    changes = change(Resolver.of(tracker, "bugs", within), said)
    project = within.projects[0]
    path = bug_path(tracker.lookups, within.portal, project, "").removesuffix("/").removesuffix("/")
    call = ApiCall("POST", path, fields=changes.body)
    return changes, api.normalize(call, tracker.data_center)


def made(tracker: Tracker, within: Within, answer: Any) -> Bug:
    """The bug that an answer tells of."""
    record = answer if isinstance(answer, dict) else {}
    key = str(record.get("key") or record.get("prefix") or "")
    number = str(record.get("id_string") or record.get("id") or "")
    return Bug(tracker, Found(within.portal, within.projects[0], number, key), record)
