"""Times as a person writes them in a query: days, months, years, and ages. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?$")
_AGE = re.compile(r"(\d{1,6})([hdw])$")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LAST_MONTH = 12
_FORMS = "write 2026-11-01, 2026-11, 2026, or an age: 12h, 7d, 2w"


def moment(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Return when what a text names begins, and when it ends, in UTC; of an age both are one.

    Days are those of the zone of `now`, from which ages count back. Raises ValueError with the
    forms that there are.
    """
    if found := _AGE.match(text):
        try:
            at = (now - int(found.group(1)) * _UNITS[found.group(2)]).astimezone(UTC)
        except OverflowError:
            raise ValueError(f"{text} is too long ago") from None
        return at, at
    if not (found := _DATE.match(text)):
        raise ValueError(f"{text} is no time: {_FORMS}")
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=now.tzinfo)
        end = begin + timedelta(days=1)
        if not month:
            end = begin.replace(year=year + 1)
        elif not day:
            later = begin.replace(day=1, month=month % _LAST_MONTH + 1)
            end = later.replace(year=year + month // _LAST_MONTH)
        return begin.astimezone(UTC), end.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text} is no date: {_FORMS}") from None
