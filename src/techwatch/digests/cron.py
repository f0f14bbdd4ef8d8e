"""Read schedules: cron lines as cron does, for APScheduler's calendar, and plain words.

In words: "daily 07:00", "weekdays 07:00, 16:30", "weekends 09:00", "weekly mon 08:30",
"monthly 1 09:00"; each may name several times of day.

Two differences are bridged: cron counts weekdays from Sunday (0 or 7) where APScheduler counts
from Monday, and cron's ranges may run over the end of the week. Where a line names both a day of
the month and a weekday, cron means either and APScheduler both; such a line is refused.
"""

from __future__ import annotations

import heapq
import re
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = "minute hour day month weekday"
_WORDS = re.compile(
    r"(?P<every>daily|weekdays|weekends|weekly (?P<weekday>[a-z]{3})|monthly (?P<day>\d{1,2}))"
    r" (?P<times>\d{1,2}:\d\d(?: ?, ?\d{1,2}:\d\d)*)$"
)
_EXAMPLES = "'daily 07:00', 'weekdays 07:00, 16:30', 'weekly mon 08:30' or cron's '0 7 * * mon-fri'"
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PIECE = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[1-9]\d?))?$")
# A leap year, and the first year of a cycle of 400: every date there is comes in these five.
_TRIAL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2004, 12, 31, tzinfo=UTC)


class CronError(ValueError):
    """A schedule that can't be read, or never comes; its text says what would be right."""


def wall_times(schedule: str, after: datetime, until: datetime | None = None) -> Iterator[datetime]:
    """Yield the times on the wall's clock that a schedule names, `after` and `until` included.

    All of them are without zone. The clock knows no summer time: each day has all its hours once.
    Raises CronError.
    """
    times = heapq.merge(*(_wall_times(line, after, until) for line in lines(schedule)))
    yield from (time for time, _ in groupby(times))


def check(schedule: str) -> None:
    """Raise CronError unless the schedule can be read and comes at some time."""
    first, last = _TRIAL
    for line in lines(schedule):
        if _trigger(line, last).get_next_fire_time(None, first) is None:
            message = f"{schedule!r} never comes: no month has such a day"
            raise CronError(message)


def lines(schedule: str) -> tuple[str, ...]:
    """Return the cron lines that a schedule means; a cron line means itself."""
    words = _WORDS.match(" ".join(schedule.lower().split()))
    if words is None:
        return (schedule,)
    days = {
        "daily": "* * *",
        "weekdays": "* * mon-fri",
        "weekends": "* * sat,sun",
        "weekly": f"* * {words['weekday']}",
        "monthly": f"{words['day']} * *",
    }[words["every"].split()[0]]
    clocks = [time.strip().split(":") for time in words["times"].split(",")]
    return tuple(f"{int(minute)} {int(hour)} {days}" for hour, minute in clocks)


def _wall_times(line: str, after: datetime, until: datetime | None) -> Iterator[datetime]:
    trigger = _trigger(line, until and until.replace(tzinfo=UTC))
    now = after.replace(tzinfo=UTC)
    fired: datetime | None = trigger.get_next_fire_time(None, now)
    while fired is not None:
        yield fired.replace(tzinfo=None)
        fired = trigger.get_next_fire_time(fired, fired)


def _trigger(schedule: str, end: datetime | None = None) -> CronTrigger:
    parts = schedule.lower().split()
    if len(parts) != len(_FIELDS.split()):
        message = f"{schedule!r} is no schedule; write {_EXAMPLES} ({_FIELDS})"
        raise CronError(message)
    minute, hour, day, month, weekday = parts
    if "*" not in (day, weekday):
        message = f"{schedule!r} names a day of the month and a weekday; name one, the other is *"
        raise CronError(message)
    try:
        return CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=_weekdays(weekday),
            end_date=end,
            timezone=UTC,
        )
    except (ValueError, TypeError) as error:
        message = f"{schedule!r} is no cron line ({_FIELDS}): {error}"
        raise CronError(message) from None


def _weekdays(field: str) -> str:
    """Spell out cron's weekday field by names: "5-7" is "fri,sat,sun"."""
    if field == "*":
        return field
    days: set[str] = set()
    for piece in field.split(","):
        days.update(_DAYS[number % 7] for number in _span(piece))
    return ",".join(day for day in _DAYS if day in days)


def _span(piece: str) -> range:
    match = _PIECE.match(piece)
    if match is None or (match["first"] == "*" and match["last"]):
        message = f"{piece!r} is no weekday"
        raise ValueError(message)
    step = int(match["step"] or 1)
    if match["first"] == "*":
        return range(0, 7, step)
    first = _number(match["first"])
    last = _number(match["last"]) if match["last"] else (6 if match["step"] else first)
    return range(first, (last if last >= first else last + 7) + 1, step)


def _number(day: str) -> int:
    if day in _DAYS:
        return _DAYS.index(day)
    if day.isdecimal() and int(day) <= 7:  # noqa: PLR2004 - cron's second Sunday
        return int(day)
    message = f"{day!r} is no weekday: 0 or sun to 6 or sat"
    raise ValueError(message)
