"""Which records of a list belong into the frame, where Zoho's answer holds more than was asked for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zbt_notebook.client import v3_columns
from zbt_notebook.client.lists.criteria import Choice, as_written
from zbt_notebook.client.lists.fields import field, fulfils, read
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.page import identify
from zbt_notebook.client.lists.plan import Listing
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.lists.rows import after, before, with_project
from zbt_notebook.client.lists.v3_filter import filter_of
from zbt_notebook.client.quoting import shown, singular
from zbt_notebook.client.suggestions import did_you_mean, same_name, there_are

_FEW = 12  # words that a line can name


class RowFilter:
    """Chooses the records that a request asks for, each once; *v3* is whether they came from that API."""

    def __init__(self, request: PullRequest, kind: Kind | None) -> None:
        self._request = request
        self._kind = kind
        self._seen: dict[str, Listing] = {}
        self._met: dict[str, set[str]] | None = {}  # what the fields that were compared hold, while no record is let by
        self.undecided = 0  # records that bear no time of change, though it was to be compared
        by_change = [one for one in request.criteria if one.field == "updated" and None not in one.values]
        self.asked = "updated" if by_change else "since="
        self._otherwise = [one for one in request.criteria if one not in by_change]
        self._by_change = any(one.operator not in {">=", ">"} for one in by_change)  # these are bounds of since too

    def newest_change_first(self, *, v3: bool) -> bool:
        """Whether the server sorts by the time of change, so that the first older record ends a list."""
        kind = self._kind
        return bool(kind and kind.newest_change_first and self._request.since is not None and not v3)

    def chooses(self, *, v3: bool) -> bool:
        """Whether records are left out after they came, so that what is wanted cannot be counted before."""
        if self._request.criteria:
            return True
        if v3:
            assumed = self._kind is not None and v3_columns.leaves_out(self._kind.name, dict(self._request.where))
            return assumed or self._request.since is not None
        return self._request.since is not None and not self.newest_change_first(v3=False)

    def obeyed(self, records: Sequence[Any], names: Mapping[str, str]) -> bool:
        """Whether V3 heeded the filter: every row then fulfils it."""
        kind = self._kind
        if kind is None:
            return True
        asked = filter_of(
            kind.name, dict(self._request.where), self._request.criteria, self._request.since, names=names
        )
        where = dict(asked.where)
        return all(
            v3_columns.keeps(kind.name, record, where) and fulfils(kind.name, record, asked.criteria)
            for record in records
        )

    def cannot_be_dated(self, records: Sequence[Any]) -> bool:
        """Whether no record of a page bears the time of change that is asked for, though it would decide."""
        kind = self._kind
        if kind is None or not (self._by_change or self._request.since is not None):
            return False
        bears = any(isinstance(record, dict) and record.get(kind.changed) is not None for record in records)
        return not bears and any(self._is_undecided(kind, record) for record in records)

    def _is_undecided(self, kind: Kind, record: Any) -> bool:
        """Whether the time of change would decide, which a record does not bear: what was made later changed later."""
        since = self._request.since
        if not self._is_undated(record) or not fulfils(self._request.holds, record, self._otherwise):
            return False
        later = since is not None and after(kind.made, _to_the_second(since) - 1, record)
        return not later or self._by_change

    def _is_undated(self, record: Any) -> bool:
        return self._kind is not None and isinstance(record, dict) and record.get(self._kind.changed) is None

    def select(self, listing: Listing, records: Sequence[Any], *, v3: bool, of_many: bool) -> Sequence[Any]:
        """What is wanted of a list's records, with its project in front; *of_many* where there are other lists."""
        if self._kind is None:
            return [one for one in records if self._fulfils(one)] if self._request.criteria else records
        kind, project = self._kind, dict(listing.project)
        return [
            whole
            for whole in (with_project(record, project) for record in records)
            if self._is_wanted(kind, whole, listing if of_many else None, v3=v3)
        ]

    def _fulfils(self, record: Any) -> bool:
        kind = self._request.holds
        criteria = self._otherwise if self._is_undated(record) else self._request.criteria
        if fulfils(kind, record, criteria):
            self._met = None
            return True
        if self._met is not None:
            for one in criteria:
                found = read(kind, record, one) if one.operator == "==" and isinstance(record, dict) else ()
                self._met.setdefault(one.field, set()).update(as_written(value) for value in found)
        return False

    def misses(self) -> Iterator[str]:
        """Where nothing came: the words that no record has in its field, and what it does have, a sentence each."""
        held = self._met or {}
        for one in [one for one in self._request.criteria if one.operator == "=="] if held else ():
            met = sorted(held.get(one.field, ()))
            words = [as_written(value) for value in one.values if isinstance(value, str | Choice)]
            missing = [word for word in words if not any(same_name(word, known) for known in met)]
            thing, label = singular(self._request.holds), field(self._request.holds, one.field).label
            if missing and met:
                near = there_are(missing[0], met) if len(met) <= _FEW else did_you_mean(missing[0], met)
                yield f"no {thing} has the {singular(label.casefold())} {shown(missing[0])}. {near}".removesuffix(". ")
            elif missing:  # nobody filled it in, or this API's list leaves it out
                yield f"no {thing} that came shows anything in {label}"

    def _is_wanted(self, kind: Kind, record: Any, listing: Listing | None, *, v3: bool) -> bool:
        since = self._request.since
        if since is not None and before(kind.changed, _to_the_second(since) if v3 else since, record):
            return False
        if v3 and not v3_columns.keeps(kind.name, record, dict(self._request.where)):
            return False
        if self._request.criteria and not self._fulfils(record):
            return False
        self.undecided += (self._by_change or since is not None) and self._is_undecided(kind, record)
        identity = identify(record) if kind.ids_are_global else None
        if identity is None or listing is None:
            return True
        return self._seen.setdefault(identity, listing) is listing  # else it moved between projects meanwhile


def _to_the_second(moment: int) -> int:
    """Rounded down, as V3 was seen to round its times; in epoch milliseconds."""
    return moment - moment % 1000
