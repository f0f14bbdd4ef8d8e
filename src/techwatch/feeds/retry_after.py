"""How long a server asks to be left alone."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def seconds_to_wait(retry_after: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date; None if there is none to read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)
