"""How long to wait before a well feed is asked again. Pure.

Three say something: how often news came, what the publisher asks for, and the user, whose limits
stand above both.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from techwatch.feeds.polling_settings import PollingSettings
    from techwatch.model import FeedState, Item, Manners, Wishes

_NEWEST = 20  # items whose dates are looked at
_FEWEST = 4  # dates that tell a pace: three gaps
_SHARE_OF_A_GAP = 0.5  # ask twice as often as news comes: half of it is then a quarter gap late
_SHARE_OF_THE_WINDOW = 0.25  # ask four times before the oldest entry may scroll out unseen
_SHARE_OF_SILENCE = 1 / 8  # a feed that was quiet for a day is asked every three hours
_HOURS_A_DAY, _DAYS_A_WEEK = 24, 7
_HOUR = timedelta(hours=1)


def pace(items: Iterable[Item]) -> float | None:
    """Return the seconds to wait between polls, by when items were published; None if untold."""
    times = sorted({item.published for item in items if item.published}, reverse=True)
    if len(times) < _FEWEST:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times[:_NEWEST])]
    window = (times[0] - times[-1]).total_seconds()
    return min(median(gaps) * _SHARE_OF_A_GAP, window * _SHARE_OF_THE_WINDOW)


def reach(items: Iterable[Item], now: datetime) -> float | None:
    """Return how many seconds back the oldest item is; None where no date is known."""
    times = [item.published for item in items if item.published]
    return max((now - min(times)).total_seconds(), 0.0) if times else None


def usual_gap(manners: Manners) -> timedelta | None:
    """Return the usual time between two items of a feed, at the most; None where it isn't known."""
    return None if manners.pace is None else timedelta(seconds=manners.pace / _SHARE_OF_THE_WINDOW)


class Wait(NamedTuple):
    """How long to wait, and what decided it, as a part of a sentence."""

    span: timedelta
    why: str


def wait(state: FeedState, now: datetime, settings: PollingSettings) -> Wait:
    """Return how long to wait after a poll that went well, skipped hours not counted.

    What the publisher asks for is a minimum, up to the user's longest wait.
    """
    seconds, why = _ours(state, now, settings)
    wishes = state.manners.wishes
    for asked, by in (
        (wishes.fresh_for, "asked for by Cache-Control or Expires"),
        (wishes.every, "asked for by ttl or sy:updatePeriod"),
    ):
        if asked > seconds:
            seconds, why = asked, by
    longest = max(settings.longest, settings.interval) * 60
    if seconds > longest:
        seconds, why = longest, f"polling.longest; more would be {why}"
    return Wait(timedelta(seconds=seconds), why)


def _ours(state: FeedState, now: datetime, settings: PollingSettings) -> tuple[float, str]:
    """Return the seconds to wait if the publisher asks for nothing."""
    manners = state.manners
    shortest = min(settings.shortest, settings.interval) * 60
    seconds, why = settings.interval * 60, "polling.interval; how often it has news is not known"
    if manners.pace is not None:
        seconds, why = manners.pace, "by how often it has news"
        quiet = (now - state.news_at).total_seconds() if state.news_at else 0.0
        if quiet * _SHARE_OF_SILENCE > seconds:
            seconds, why = quiet * _SHARE_OF_SILENCE, "by how long it has had no news"
    if seconds < shortest:
        seconds, why = shortest, "polling.shortest; it often has news"
    if manners.slower > 1:
        why += "; lengthened, since its server said “too many requests”"
    return seconds * manners.slower, why


def allowed(at: datetime, wishes: Wishes) -> datetime:
    """Return the first moment from `at` on that is in no hour and no day to be skipped.

    A publisher that would have every hour skipped is not taken at its word. A day at most is
    skipped by hours, a week by days.
    """
    hours, days = set(wishes.skip_hours), set(wishes.skip_days)
    if len(hours) >= _HOURS_A_DAY or len(days) >= _DAYS_A_WEEK:
        return at
    while at.hour in hours or at.weekday() in days:
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    return at
