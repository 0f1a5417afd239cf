"""What the user asked for, as a value that can be written down and taken up again."""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from zbt_notebook.client import expect
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists.criteria import Criterion, as_json, from_json
from zbt_notebook.client.lists.kinds import find_kind
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.arguments import Params, pairs
from zbt_notebook.client.rest.encoding import as_moment, as_texts
from zbt_notebook.client.rest.endpoints import Endpoint
from zbt_notebook.client.suggestions import there_are

Api = Literal["auto", "classic", "v3"]
Since = datetime | date | timedelta | str | int | None

_MARK = "zbt1."  # the first version of these tokens
_OURS = {"index", "range", "page", "per_page"}


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull: ``kind`` of ``projects`` (empty: all), or one list at ``path``. It holds no secret."""

    kind: str = ""
    path: str = ""  # of a single list, in place of kind and projects
    word: str = ""  # what that list holds, where its frame is to begin with the short names
    portal: str = ""
    projects: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    criteria: tuple[Criterion, ...] = ()  # what every record has to fulfil, whatever Zoho was asked for
    since: int | None = None  # epoch milliseconds
    api: Api = "auto"
    limit: int | None = None
    concurrency: int = 8
    connection: str = ""
    id: str = ""
    checkpoint: str = ""

    @property
    def holds(self) -> str:
        """What kind of thing its records are; empty for a path that is asked for as it is."""
        return self.kind or self.word

    def token(self) -> str:
        """The request as one word: to be kept, and given to ``zbt.resume``."""
        kept = {name: value for name, value in asdict(self).items() if value not in ("", (), None)}
        if self.criteria:
            kept["criteria"] = as_json(self.criteria)
        packed = zlib.compress(json.dumps(kept, separators=(",", ":")).encode(), 9)
        return _MARK + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> "PullRequest":
        """Read what ``token`` wrote; raise UsageError for any other text."""
        text = expect.text(token, "the resume token").strip().strip("\"'")
        try:
            if not text.startswith(_MARK):
                raise ValueError  # noqa: TRY301  one way out for all that is no token
            packed = base64.urlsafe_b64decode(text.removeprefix(_MARK) + "===")
            kept = json.loads(zlib.decompressobj().decompress(packed, 1_000_000))
            kept["projects"] = tuple(map(str, kept.get("projects", ())))
            kept["where"] = tuple((str(name), str(value)) for name, value in kept.get("where", ()))
            kept["criteria"] = from_json(kept.get("criteria", ()))
            return cls(**kept)
        except (ValueError, TypeError, KeyError, zlib.error, binascii.Error):
            pass
        raise UsageError("that is no resume token", hint="Give what stands in IncompletePull.resume, whole.")


def as_milliseconds(since: Since, now: datetime) -> int | None:
    """A time in any of the usual ways as epoch milliseconds; what has no time zone is taken as UTC."""
    if since is None:
        return None
    moment = as_moment(since, "since=")
    if isinstance(moment, int) and 0 <= moment < _LATEST:
        return moment
    try:
        if isinstance(moment, timedelta):
            moment = now - moment
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment.strip())
        if not isinstance(moment, datetime) and isinstance(moment, date):
            moment = datetime.combine(moment, time())
        if isinstance(moment, datetime):
            return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        pass
    raise UsageError(
        f"since={shown(str(since) if isinstance(since, str) else type(since).__name__)} is no time",
        hint="Give a date, a datetime, a timedelta back from now, or a text such as 2026-07-09 or 2026-07-09T13:00Z.",
    )


_LATEST = 253_402_300_800_000  # the year 10000, in epoch milliseconds


def as_filters(where: Params, kind: str) -> tuple[tuple[str, str], ...]:
    """Check filters against what the kind's list takes; raise UsageError for an unknown name, word or a missing one."""
    endpoint = find_kind(kind).endpoint
    assumed, given = dict(find_kind(kind).params), dict(pairs(where))
    for name, value in given.items():
        if assumed.get(name) != value:
            _check(endpoint, name, value)
    filters = assumed | given
    missing = [
        param
        for param in endpoint.params
        if param.required and param.place == "query" and param.name not in filters and param.name not in _OURS
    ]
    missing = [param for param in missing if not (find_kind(kind).by_month and param.name == "date")]
    if missing:
        words = "; ".join(f"{param.name}: {' or '.join(param.allowed) or param.meaning}" for param in missing)
        first = missing[0]
        example = f"where={{{first.name!r}: {(first.allowed or ('…',))[0]!r}}}"
        raise UsageError(f"the list of {kind} needs to be told more ({words})", hint=f"For example {example}")
    return tuple(filters.items())


def _check(endpoint: Endpoint, name: str, value: str) -> None:
    param = endpoint.parameter(name)
    if name in _OURS or param is None:
        names = [param.name for param in endpoint.params if param.place == "query" and param.name not in _OURS]
        nearest = endpoints.nearest_parameter(endpoint, name)
        meant = nearest.name if nearest and nearest.name in names else name
        raise UsageError(f"Zoho's list has no filter {shown(name)}", hint=there_are(meant, names))
    if param.allowed and value not in param.allowed:
        raise UsageError(f"{name}={value!r} is not known", hint=f"It may be: {', '.join(param.allowed)}.")


def as_names(projects: str | int | Sequence[str | int]) -> tuple[str, ...]:
    """Projects by name or id; none where all are meant."""
    names = as_texts(projects, "projects=")
    return () if names == ("all",) else names
