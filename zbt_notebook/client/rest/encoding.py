"""The one way in which a value of the user's becomes part of a call: as text, as JSON, or a refusal.

Nothing is sent as its ``repr``, and nothing is lost on the way: what has no plain text, has lost digits or is missing
is a UsageError. numpy's, pandas' and others' values are known by their methods, so that none of these is imported.
"""

import json
import math
import re
from collections import deque
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, cast

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.redactor import holds_token
from zbt_notebook.client.secret_str import live_secrets

_EXACT = 2**53  # beyond it a float skips whole numbers: an id that went through one is another bug's
_TOO_MANY = 10**1000  # Python does not even write longer ones (sys.set_int_max_str_digits)
_DEEPEST = 100
_SHORTEST_SECRET = 8
_HALF = re.compile("[\ud800-\udfff]")
_WRAPPING = frozenset({"numpy", "pandas", "polars", "pyarrow"})  # whose values are unwrapped
_SEVERAL = (tuple, set, frozenset, range, deque, KeysView, ValuesView, ItemsView, Iterator)


class Dates(Enum):
    """How an API takes dates."""

    US = "MM-DD-YYYY"  # the classic API, and V3 where it takes phases
    ISO = "ISO 8601"  # V3
    DAY = "YYYY-MM-DD"  # V3's logs and filters: a day, no time of day


def dates_of(method: str, path: str, name: str = "") -> Dates:
    """How the API at *path* takes a date, under a parameter or field of that *name* where it differs.

    Phases: ISO is refused as INVALID_PARAMETER_VALUE. A filter's value and a log's date are days without a time.
    """
    if "/api/v3" not in path:
        return Dates.US
    if _PHASES.search(path) and method.upper() not in {"GET", "HEAD"}:
        return Dates.US
    return Dates.DAY if name == "filter" or _LOGS.search(path) else Dates.ISO


_PHASES = re.compile(r"/api/v3/.*/(?:phases|milestones)(?:/|$|\?)")
_LOGS = re.compile(r"/(?:timelogs|log|logs|addbulktimelogs)(?:/|$|\?)")


def as_text(value: object, what: str, *, dates: Dates = Dates.US, lists: bool = True) -> str:
    """Write a value for a path, a query, a form or a header; *what* names it in a refusal.

    Several values become a comma list, as Zoho's filters take them, and a mapping JSON, both only with *lists*.
    """
    value = plain(value, what)
    if is_missing(value):
        raise refusal(what, "is empty (None or NaN)", "Leave it away, or give it a value.")
    if lists and isinstance(value, list) and not any(isinstance(part, Mapping) for part in value):
        return _comma_list(value, what, dates)
    if lists and isinstance(value, list | Mapping):
        return json.dumps(as_json(value, what, dates=dates), ensure_ascii=False, separators=(",", ":"))
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value, what, dates)
    raise refusal(
        what, f"is of the type {type(value).__name__}, which has no plain text", "Give a text, a number or a date."
    )


def _comma_list(values: list[object], what: str, dates: Dates) -> str:
    if not values:
        raise refusal(what, "is an empty list", "Leave it away, or put something into it.")
    texts = [as_text(part, what, dates=dates, lists=False) for part in values]
    if any("," in text for text in texts):
        raise refusal(what, "holds a comma in one of its parts", "Zoho separates by commas: give ids.")
    return ",".join(texts)


def as_json(value: object, what: str, *, dates: Dates = Dates.ISO, depth: int = 0) -> Any:
    """Make a value that JSON can hold; missing values are null. Refuse what has no counterpart there."""
    if depth > _DEEPEST:
        raise refusal(what, "is nested too deeply, or in itself", "Give what the call needs of it.")
    value = plain(value, what)
    if is_missing(value):
        return None
    if isinstance(value, Mapping):
        return _json_object(value, what, dates, depth)
    if isinstance(value, list):
        return [as_json(part, what, dates=dates, depth=depth + 1) for part in value]
    if isinstance(value, bool | int | float):
        return _json_number(value, what)
    if isinstance(value, str | date | time | Decimal | PurePath):
        return as_text(value, what, dates=dates)
    raise refusal(
        what, f"is of the type {type(value).__name__}, which JSON cannot hold", "Give texts, numbers, lists, dicts."
    )


def _json_number(value: float, what: str) -> float:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _countable(int(value), what)
    if math.isinf(value):
        raise refusal(what, "is infinite, which JSON cannot say", "Give a finite number.")
    return float(value)


def _json_object(value: Mapping[Any, Any], what: str, dates: Dates, depth: int) -> dict[str, Any]:
    made = {
        _key(key, what): as_json(part, what, dates=Dates.DAY if key == "filter" else dates, depth=depth + 1)
        for key, part in value.items()
    }
    if len(made) < len(value):
        raise refusal(what, "has two keys that are one in JSON", "JSON's keys are texts.")
    return made


def _key(key: object, what: str) -> str:
    key = plain(key, what)
    if isinstance(key, str | int) and not isinstance(key, bool):
        return as_text(key, what)
    raise refusal(what, f"has a key of the type {type(key).__name__}", "JSON's keys are texts.")


def as_count(value: object, what: str, *, at_least: int = 0) -> int:
    """Read a number of things: a whole number, from *at_least* up."""
    value = plain(value, what)
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,200}\s*", value, re.ASCII):
        value = int(value)
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == value // 1:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and at_least <= value:
        return min(int(value), _EXACT)  # there are no more of anything
    raise refusal(what, f"takes a whole number from {at_least} up", f"As in: {what}=500")


def as_texts(value: object, what: str) -> tuple[str, ...]:
    """Read names or ids, one or several, as texts."""
    value = plain(value, what)
    parts = value if isinstance(value, list) else [value]
    if not parts:
        raise refusal(what, "is an empty list", "Leave it away, or put something into it.")
    return tuple(as_text(part, what, lists=False) for part in parts)


def plain(value: object, what: str) -> object:
    """Take a value out of its wrapper: an enum's, numpy's, pandas'; anything of several values becomes a list.

    Refuse what is, or holds, a secret.
    """
    refuse_secret(value, what)
    wrapped = value
    for _ in range(_DEEPEST):
        if isinstance(value, Enum):
            value = value.value
        elif type(value).__module__.partition(".")[0] in _WRAPPING:
            inner = _unwrapped(value)
            if inner is value:
                return value
            value = inner
        else:
            break
    if value is not wrapped:
        refuse_secret(value, what)
    if isinstance(value, _SEVERAL) and not isinstance(value, str):
        try:
            return list(value)
        except Exception as error:  # noqa: BLE001  a generator of the user's may raise anything
            problem = type(error).__name__
        raise refusal(what, f"raises {problem} as it is read", "Make a list of it first.")
    return value


def unwrapped(value: object, what: str) -> object:
    """The same as Python's own value, its parts too: for who reads it himself. Refuse secrets, and numbers too long."""
    value = plain(value, what)
    if isinstance(value, list):
        return [unwrapped(part, what) for part in value]
    return _countable(value, what) if isinstance(value, int) and not isinstance(value, bool) else value


def _unwrapped(value: Any) -> object:
    kind = type(value).__name__
    try:
        if kind in {"NAType", "NaTType"}:
            return None
        if kind == "Timestamp":
            return cast("object", value.to_pydatetime(warn=False))
        if kind in {"datetime64", "timedelta64"} and isinstance(value.item(), int):  # nanoseconds: a bare number
            return cast("object", value.astype(f"{kind}[us]").item())
        methods = (getattr(value, name, None) for name in ("as_py", "to_pytimedelta", "tolist", "to_list"))
        unwrap = next(filter(callable, methods), None)
        return unwrap() if unwrap else value
    except Exception:  # noqa: BLE001  not a value of the kind that its name promises: refused by its type
        return value


def is_missing(value: object) -> bool:
    """Whether a value without its wrapper is none: None, NaN, what pandas has for it."""
    if value is None:
        return True
    return math.isnan(value) if isinstance(value, float) else isinstance(value, Decimal) and value.is_nan()


def refuse_secret(value: object, what: str, secrets: Iterable[str] = ()) -> None:
    """Raise UsageError, without the value, where a value is or holds a secret."""
    own = type(value).__module__.partition(".")[0] == "zbt_notebook" and not isinstance(value, Mapping | Enum)
    if own or _is_marked(value) or (isinstance(value, str) and _holds_secret(value, secrets)):
        raise refusal(
            what,
            "is a secret, or holds one: it does not go into a call",
            "Calls are signed by themselves; signing in is another thing.",
        )


def _is_marked(value: object) -> bool:
    try:
        return bool(getattr(value, "is_secret", False))
    except Exception:  # noqa: BLE001  an attribute of somebody's class may do anything, and an ambiguous truth is none
        return False


def _holds_secret(text: str, secrets: Iterable[str]) -> bool:
    if len(text) < _SHORTEST_SECRET:
        return False
    known = (*secrets, *live_secrets())
    return holds_token(text) or any(secret in text for secret in known if len(secret) >= _SHORTEST_SECRET)


def refusal(what: str, problem: str, hint: str) -> UsageError:
    """The UsageError for a value that cannot be sent."""
    return UsageError(f"{shown(what)} {problem}", hint=hint)


def _write_text(value: Any, what: str, _dates: Dates) -> str:
    text = str.__str__(value) if isinstance(value, str) else str(value)
    if not text.isascii() and _HALF.search(text):
        raise refusal(what, "holds half a character", "Look at the value: a text was cut, or read in a wrong encoding.")
    return text


def _write_number(value: Any, what: str, _dates: Dates) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(_countable(int(value), what))
    if math.isinf(value):
        raise refusal(what, "is not a finite number", "Give a finite number.")
    if isinstance(value, Decimal):
        if value.adjusted() > _MOST_DIGITS or value.adjusted() < -_MOST_DIGITS:
            raise refusal(what, "is a number of more than 1,000 digits", "Look at its value.")
        return format(value, "f")
    if abs(value) >= _EXACT:
        raise refusal(what, "is a float too large to be exact", "Keep ids as int or str: read them anew.")
    return str(int(value)) if value.is_integer() else float.__repr__(value)


_MOST_DIGITS = 1000


def _countable(number: int, what: str) -> int:
    if abs(number) >= _TOO_MANY:
        raise refusal(what, "is a number of more than 1,000 digits", "Look at its value.")
    return number


def _write_date(value: Any, _what: str, dates: Dates) -> str:
    if dates is Dates.ISO:
        return str(value.isoformat())
    return f"{value.month:02}-{value.day:02}-{value.year:04}" if dates is Dates.US else str(value.isoformat()[:10])


def _write_time(value: Any, _what: str, _dates: Dates) -> str:
    return str(value.isoformat("auto" if value.second or value.microsecond else "minutes"))


_WRITERS: Sequence[tuple[type | tuple[type, ...], Callable[[Any, str, Dates], str]]] = (
    ((str, PurePath), _write_text),
    ((bool, int, float, Decimal), _write_number),
    ((datetime, date), _write_date),
    (time, _write_time),
)


def as_moment(value: object, what: str) -> datetime | date | timedelta | str | int:
    """Read a time in any of the usual ways: a date, a datetime, a timedelta, a text, or epoch milliseconds."""
    value = plain(value, what)
    if isinstance(value, str):
        return _write_text(value, what, Dates.ISO)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date | timedelta) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise refusal(what, "is no time", "Give a date, a datetime, or a timedelta back from now.")
