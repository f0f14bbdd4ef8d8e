"""When an edition is due. Pure: the clock is an argument.

A schedule names times on the wall's clock of the edition's zone. Each comes exactly once: one
that the clock skips in spring comes as long after the change as it would have stood after it
(02:30 is 03:30), one that stands twice in autumn comes the first time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from techwatch.digests.cron import CronError, wall_times
from techwatch.model import Edition, Slot

MOST = 100  # slots returned at once: after a long sleep only the latest matter
_SHIFT = timedelta(hours=3)  # more than any zone turns its clock


def slots(edition: Edition, after: datetime, until: datetime) -> tuple[Slot, ...]:
    """Return the slots with after < at <= until, oldest first; of very many, the last MOST.

    Raises CronError if the schedule can't be read, ZoneInfoNotFoundError for an unknown zone.
    """
    span = timedelta(days=1)
    while True:
        start = until - span if span < until - after else after
        found = _between(edition, start, until)
        if len(found) >= MOST or start == after:
            return found[-MOST:]
        span *= 4


def next_slot(edition: Edition, after: datetime) -> Slot:
    """Return the first slot after a time; raises CronError if the schedule never comes."""
    zone = ZoneInfo(edition.zone)
    for wall in wall_times(edition.schedule, _wall(after, zone) - _SHIFT):
        slot = _slot(edition, wall, zone)
        if slot.at > after:
            # A time skipped in spring moves behind later ones: the earliest counts.
            return _between(edition, after, slot.at)[0]
    message = f"{edition.schedule!r} never comes"
    raise CronError(message)


def _between(edition: Edition, after: datetime, until: datetime) -> tuple[Slot, ...]:
    zone = ZoneInfo(edition.zone)
    first, last = _wall(after, zone) - _SHIFT, _wall(until, zone) + _SHIFT
    found: dict[datetime, Slot] = {}
    for wall in wall_times(edition.schedule, first, last):
        slot = _slot(edition, wall, zone)
        if after < slot.at <= until:
            found.setdefault(slot.at, slot)
    return tuple(found[at] for at in sorted(found))


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _slot(edition: Edition, wall: datetime, zone: ZoneInfo) -> Slot:
    # fold=0: the first of two, and the offset before the change for one that isn't (PEP 495)
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return Slot(edition.id, at, wall.date())
