"""Publication times as feeds write them, in UTC.

feedparser's own dates are not used: it reads 2024/01/02 as November and can't tell a time with a
zone from one without.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

_CST = re.compile(r"\s*\bCST\s*$")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日\s*|\s+|$)")
_SHORT_HOUR = re.compile(r"(?<= )(\d):")
_YEAR_ONE = re.compile(r"(?:^|\s)0\d{3}(?=[\s-])")  # how some programs write "none"; not 2001
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")
_UTC_NAME = re.compile(r"\s*(?:UTC|GMT)$")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)


def published(text: str, zone: str | None, fetched_at: datetime) -> datetime | None:
    """Return when an entry was published, aware and in UTC; None where that can't be told.

    A time that names no zone is in `zone`, or in UTC without one; CST is China's time where the
    feed's zone is set, though RFC 822 means Chicago. A time of up to two days ahead is a slip of
    a clock or zone and becomes `fetched_at`; one further ahead, or before 1990, is no time of
    publication.
    """
    text = text.strip()
    if zone:
        text = _CST.sub("", text)
    when = _read(text)
    if when is None:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    try:
        when = when.astimezone(UTC)
    except OverflowError:  # the first or last day that Python knows
        return None
    return min(when, fetched_at) if _EARLIEST <= when <= fetched_at + _AHEAD else None


def _read(text: str) -> datetime | None:
    """Read ISO 8601 and its dialects, then RFC 822 and its."""
    if _YEAR_ONE.search(text):
        return None
    return _try_iso(_plain_iso(text)) or _try_rfc822(text) or _try_rfc822(f"{text} 00:00:00")


def _plain_iso(text: str) -> str:
    """Turn 2024/1/2, 2024年1月2日 and spaced zones into what ISO 8601 wants."""
    text = _YEAR_FIRST.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02} ", text).strip()
    text = _SHORT_HOUR.sub(r"0\1:", text)
    return _UTC_NAME.sub("Z", _SPACED_OFFSET.sub("", text))


def _try_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _try_rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
