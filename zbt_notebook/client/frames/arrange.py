"""The first columns of a frame: short names and types for what people look for, then everything else, ids last."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from zbt_notebook.client.html_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Lead(NamedTuple):
    """A column to begin with: it is made of the first of its *sources* that the frame has.

    ``type`` is text, choice, person, moment, day, number or flag. ``words`` are a choice's, in their own order.
    """

    name: str
    type: str
    sources: tuple[str, ...]
    words: tuple[str, ...] = ()


HTML = ("content", "comment", "description")
"""Columns that hold Zoho's HTML; the text of each stands beside it under ``…_text``."""

_IDS = re.compile(r"(?:^|[._])(?:id|id_string|ids|zpuid|zuid|zuidString)$|^index$")
_LINKS = re.compile(r"^link\.|(?:^|[._])url$")
_NEAREST_DAY = pd.Timedelta(hours=13)  # a day is its midnight in the portal's zone, of any from -10:59 to +13
_MINUTES = ("total_minutes", "hours", "minutes")


def lead(frame: pd.DataFrame, leads: Sequence[Lead]) -> pd.DataFrame:
    """Give the frame with these columns in front, the project and the others by name, and the text of what is HTML."""
    columns: dict[str, Any] = {}
    plain = without_attrs(frame)
    for name in in_useful_order(sorted(frame.columns, key=str), ("project.name",)):
        columns[name] = plain[name]
        if name in HTML and f"{name}_text" not in frame:
            columns[f"{name}_text"] = _as_text(plain[name])
    whole = _assembled(columns, plain)
    made = {one.name: _column(whole, one) for one in leads}
    return _assembled({**made, **{name: column for name, column in columns.items() if name not in made}}, frame)


def without_attrs(frame: pd.DataFrame) -> pd.DataFrame:
    """The same columns without ``attrs``, which pandas copies deeply for each column that is taken."""
    plain = frame.copy(deep=False)
    plain.attrs = {}
    return plain


def as_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows as JSON has them: moments in UTC as ISO 8601, days as days, null where a cell is missing."""
    plain = without_attrs(frame)
    for position, dtype in enumerate(frame.dtypes):
        if dtype.kind == "M" and not isinstance(dtype, pd.DatetimeTZDtype):
            times = plain.iloc[:, position]
            if bool((times.dropna() == times.dropna().dt.floor("D")).all()):
                plain.isetitem(position, times.dt.strftime("%Y-%m-%d"))
    return json.loads(plain.to_json(orient="records", date_format="iso", double_precision=15))  # type: ignore[no-any-return]


def in_useful_order(names: Iterable[str], first: Sequence[str]) -> list[str]:
    """Give the names with the *first* ones first, addresses near the end, and ids last."""
    names = list(names)
    known = set(names)
    front = [name for name in first if name in known]
    rest = [name for name in names if name not in set(front)]
    return [
        *front,
        *sorted(rest, key=lambda name: 2 if _IDS.search(str(name)) else 1 if _LINKS.search(str(name)) else 0),
    ]


def reordered(frame: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    """Give the same columns in useful order."""
    order = in_useful_order(frame.columns, first)
    if order == list(frame.columns):
        return frame
    plain = without_attrs(frame)
    return _assembled({name: plain[name] for name in order}, frame)


def as_categories(frame: pd.DataFrame, words: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Make ordered categories of these columns; a word that is not among theirs follows them."""
    for name, known in words.items():
        if name in frame and known:
            frame[name] = _choice(frame[name], tuple(known))
    return frame


def _assembled(columns: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    made = pd.DataFrame(dict(enumerate(columns.values())), index=frame.index, copy=False)
    made.columns = pd.Index(list(columns), dtype=frame.columns.dtype) if columns else frame.columns
    made.attrs = frame.attrs
    return made


def _column(frame: pd.DataFrame, one: Lead) -> Any:
    if one.name == "hours" and _MINUTES[0] in frame:
        return _whole_hours(frame)
    source = next((name for name in one.sources if name in frame), None)
    if source is None:
        return _empty(frame, one)
    values = frame[source]
    if one.type == "moment":
        return moments(values)
    if one.type == "day":
        times = moments(values)
        is_midnight = isinstance(values.dtype, pd.DatetimeTZDtype)
        days = (times + _NEAREST_DAY if is_midnight else times).dt.tz_localize(None).dt.floor("D")
        return days.astype("datetime64[ms]")
    if one.type == "choice" and one.words:
        return _choice(values, one.words)
    return values if source == one.name else values.copy()


def _empty(frame: pd.DataFrame, one: Lead) -> Any:
    dtype = {"moment": "datetime64[ms, UTC]", "day": "datetime64[ms]", "number": "float64", "flag": "boolean"}
    words = one.words if one.type == "choice" else ()
    missing: Any = pd.Series([None] * len(frame), index=frame.index, dtype=dtype.get(one.type, pd.Series([""]).dtype))
    return _choice(missing, words) if words else missing


def moments(values: pd.Series[Any]) -> Any:
    """A column's times in UTC, to the millisecond; what is no time, in whatever shape, is missing."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.copy()
    if values.dtype != pd.Series([""]).dtype:  # a number is no time, and pandas would read it as one
        texts = [value if isinstance(value, str) and value.isascii() else None for value in values]
        values = pd.Series(texts, index=values.index, dtype=object)
    return pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601").astype("datetime64[ms, UTC]")


def _choice(values: pd.Series[Any], words: tuple[str, ...]) -> Any:
    """An ordered category of texts; anything else as it is."""
    try:
        found = set(values.dropna().unique())
        if not all(type(value) is str for value in found):
            return values.copy()
        categories = pd.Index([*words, *sorted(found.difference(words))], dtype=pd.Series([""]).dtype)
    except (TypeError, UnicodeEncodeError):  # lists and objects; half a surrogate pair, which Arrow cannot hold
        return values.copy()
    return pd.Series(pd.Categorical(values, categories=categories, ordered=True), index=values.index)


def _whole_hours(frame: pd.DataFrame) -> Any:
    """Hours with their minutes: Zoho's own number leaves them out, so that a sum of it is too small."""
    return (pd.to_numeric(frame[_MINUTES[0]], errors="coerce").astype("Float64") / 60).astype("float64")


def _as_text(values: pd.Series[Any]) -> Any:
    def read(value: Any) -> Any:
        return text_of(value) if isinstance(value, str) else value

    try:
        return values.map(read)
    except UnicodeEncodeError:  # half a surrogate pair, as above
        return pd.Series([read(value) for value in values], index=values.index, dtype=object)
