"""Read what a publisher asks of those who poll: in headers, and in the document. Pure.

Headers: RFC 9111 (Cache-Control, Expires, Age). Documents: ttl, skipHours and skipDays of RSS 2.0,
and the syndication module of RSS 1.0 (updatePeriod, updateFrequency). What can't be read is taken
as not asked.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from techwatch.model import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d{1,9})\s*$")
_FIRST_ENTRY = re.compile(r"<(?:item|entry)[\s>]")
_MOST_HEAD = 50_000  # characters; a head has some hundreds
_WISH = re.compile(
    r"<(?:[\w.-]{1,20}:)?(ttl|updatePeriod|updateFrequency)\b[^<>]{0,200}>([^<>]{0,40})<",
    re.IGNORECASE,
)
_SKIPPED = re.compile(r"<skip(hours|days)>(.{0,2000}?)</skip\1>", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r"<(?:hour|day)>([^<>]{0,40})<", re.IGNORECASE)
_HOUR, _DAY = 3600.0, 86_400.0
_PERIODS = {
    "hourly": _HOUR,
    "daily": _DAY,
    "weekly": 7 * _DAY,
    "monthly": 30 * _DAY,
    "yearly": 365 * _DAY,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LATEST_HOUR = 23


def fresh_for(headers: Mapping[str, str], now: datetime) -> float:
    """Return for how many seconds an answer stays as it is, by its headers; 0 where not said.

    The keys of `headers` are found whatever their case. `max-age` outweighs `Expires`, and time
    that the answer spent in caches is taken off.
    """
    control = headers.get("cache-control") or ""
    if _NEVER_FRESH.search(control):
        return 0.0
    asked = _MAX_AGE.search(control)
    if asked:
        return max(float(asked[1]) - (_number(headers.get("age")) or 0), 0.0)
    expires = _http_date(headers.get("expires"))
    if expires is None:
        return 0.0
    sent = _http_date(headers.get("date")) or now
    return max((expires - sent).total_seconds(), 0.0)


def wishes(text: str) -> Wishes:
    """Read what stands in an RSS document before its first item.

    That is ttl in minutes, hours in GMT, days in English. Prefixes of name spaces don't count.
    """
    first = _FIRST_ENTRY.search(text)
    head = text[: min(first.start() if first else _MOST_HEAD, _MOST_HEAD)]
    found = {name.lower(): value for name, value in _WISH.findall(head)}
    skipped = {name.lower(): _PART.findall(inner) for name, inner in _SKIPPED.findall(head)}
    every = max(
        (_number(found.get("ttl")) or 0) * 60.0,
        _period(found.get("updateperiod"), found.get("updatefrequency")),
    )
    return _wishes(every, skipped.get("hours", ()), skipped.get("days", ()))


def _wishes(every: float, hours: Iterable[str], days: Iterable[str]) -> Wishes:
    skipped_hours = {0 if hour == _LATEST_HOUR + 1 else hour for hour in map(_number, hours)}
    skipped_days = {day.strip().lower() for day in days}
    return Wishes(
        every=every,
        skip_hours=tuple(sorted(h for h in skipped_hours if h is not None and h <= _LATEST_HOUR)),
        skip_days=tuple(n for n, day in enumerate(_DAYS) if day in skipped_days),
    )


def _period(period: str | None, frequency: str | None) -> float:
    """Return the seconds between two updates; a frequency is so many updates in a period."""
    if not period and not frequency:
        return 0.0
    seconds = _PERIODS.get((period or "daily").strip().lower(), 0.0)
    return seconds / max(_number(frequency) or 1, 1)


def _number(text: str | None) -> int | None:
    found = _NUMBER.match(text or "")
    return int(found[1]) if found else None


def _http_date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
