"""When an alert may go out. Pure: the clock and the count of the last hour are arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.model import Edition, QuietHours


def may_alert(edition: Edition, sent_in_last_hour: int, now: datetime) -> bool:
    """Whether an edition of alerts may send one now; what waits is collected into the next."""
    rule = edition.alert
    if rule is None or sent_in_last_hour >= rule.most_an_hour:
        return False
    return rule.quiet is None or not _quiet(rule.quiet, now.astimezone(ZoneInfo(edition.zone)))


def _quiet(hours: QuietHours, local: datetime) -> bool:
    at = local.time().replace(tzinfo=None)
    if hours.start <= hours.end:
        return hours.start <= at < hours.end
    return at >= hours.start or at < hours.end
