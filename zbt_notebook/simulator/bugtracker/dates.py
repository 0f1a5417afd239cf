"""Zoho's dates: ``MM-DD-YYYY`` in the portal's time zone, beside milliseconds of the epoch.

A *calendar day* is kept as the milliseconds of its midnight in UTC, so that it names the same day in every time zone.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US_DAY = re.compile(r"(?P<month>[0-9]{2})-(?P<day>[0-9]{2})-(?P<year>[0-9]{4})\Z")
_ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:T.*)?$")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


@lru_cache(maxsize=65536)
def shown(seconds: int) -> tuple[str, str, str]:
    """A day, a second and a minute, as Zoho writes them."""
    moment = _EPOCH + timedelta(seconds=seconds)
    day = f"{moment.month:02}-{moment.day:02}-{moment.year:04}"
    hour, half = moment.hour % 12 or 12, "PM" if moment.hour > 11 else "AM"  # noqa: PLR2004  noon
    return (
        day,
        f"{day} {hour:02}:{moment.minute:02}:{moment.second:02} {half}",
        f"{day} {hour:02}:{moment.minute:02} {half}",
    )


def triple(name: str, at_ms: int, offset: int) -> dict[str, str | int]:
    """``name``, ``name_format`` and ``name_long`` of a moment; *offset* is the portal's, in minutes."""
    day, full, _ = shown(at_ms // 1000 + offset * 60)
    return {name: day, f"{name}_format": full, f"{name}_long": at_ms}


def day_triple(name: str, day_ms: int, offset: int) -> dict[str, str | int]:
    """The same of a calendar day, whose moment is the portal's midnight."""
    day, _, short = shown(day_ms // 1000)
    return {name: day, f"{name}_format": short, f"{name}_long": midnight(day_ms, offset)}


def midnight(day_ms: int, offset: int) -> int:
    """When that calendar day begins in the portal."""
    return day_ms - offset * 60_000


def day_text(at_ms: int, offset: int = 0) -> str:
    """``08-07-2023``."""
    return shown(at_ms // 1000 + offset * 60)[0]


def minute_text(at_ms: int, offset: int = 0) -> str:
    """``08-07-2023 07:19 PM``."""
    return shown(at_ms // 1000 + offset * 60)[2]


@lru_cache(maxsize=65536)
def iso(at_ms: int) -> str:
    """``2023-08-07T22:19:53.000Z``, as V3 writes it."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_day(day_ms: int) -> str:
    """``2023-08-07``."""
    return (_EPOCH + timedelta(milliseconds=day_ms)).date().isoformat()


def today(now_ms: int, offset: int) -> int:
    """The portal's calendar day."""
    return (now_ms + offset * 60_000) // DAY_MS * DAY_MS


def read_day(text: str) -> int:
    """Parse ``MM-DD-YYYY`` into a calendar day; raise ValueError for anything else."""
    return _read(_US_DAY, text)


def read_iso_day(text: str) -> int:
    """Parse ``YYYY-MM-DD``, whatever time may follow, into a calendar day; raise ValueError for anything else."""
    return _read(_ISO_DAY, text)


def read_iso(text: str) -> int:
    """Parse an ISO 8601 moment, in UTC where it names no zone, into milliseconds; ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _read(form: re.Pattern[str], text: str) -> int:
    found = form.match(text)
    if not found:
        message = "not written as a day"
        raise ValueError(message)
    day = date(**{name: int(digits) for name, digits in found.groupdict().items()})
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        message = "not a year of this tracker"
        raise ValueError(message)
    return (day - _EPOCH.date()).days * DAY_MS
