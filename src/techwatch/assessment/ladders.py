"""Compare an event with how far its entity has come: up, again, back, or nothing new."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from techwatch.model import Direction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techwatch.model import Event, Standing, Track

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Move(StrEnum):
    """What an event does to a standing."""

    BEGINS = "begins"  # the first step on this ladder
    UP = "up"  # a rung above
    NEW_JURISDICTION = "new_jurisdiction"  # others stood there before
    AGAIN = "again"  # a further step, not above the highest so far
    BACK = "back"
    REPEATED = "repeated"  # the step already on record
    NONE = "none"  # the event moves no ladder


@dataclass(frozen=True, slots=True)
class Comparison:
    """The move, and the standing it starts from."""

    move: Move
    before: Standing | None = None


def compare(
    event: Event,
    standings: Sequence[Standing],
    track: Track,
    repeats: Callable[[Standing], bool],
) -> Comparison:
    """Compare an event with the standings of its entities on its track.

    `repeats` tells of a standing on the event's own rung and by its own jurisdiction whether the
    event is that step told again. Otherwise it is a further one: measures of one kind recur
    (fines, listings, device bans).
    """
    if not is_step(event, track):
        return Comparison(Move.NONE)
    on_track = [s for s in standings if s.track == event.track]
    own = [s for s in on_track if event.jurisdiction in {None, s.jurisdiction}]
    before = _highest(own, track)
    if event.direction is Direction.BACK:
        return Comparison(Move.BACK, before)
    told = next((s for s in own if s.rung == event.rung and repeats(s)), None)
    if told is not None:
        return Comparison(Move.REPEATED, told)
    if before is not None:
        above = _height(event.rung, track) > _height(before.rung, track)
        return Comparison(Move.UP if above else Move.AGAIN, before)
    elsewhere = _highest([s for s in on_track if s.rung is not None], track)
    return Comparison(Move.NEW_JURISDICTION if elsewhere else Move.BEGINS, elsewhere)


def is_step(event: Event, track: Track) -> bool:
    """Whether an event stands on a rung of its track; else no standing has a say in it."""
    return event.direction is not Direction.NONE and event.rung in track.rungs


def _highest(standings: Sequence[Standing], track: Track) -> Standing | None:
    return max(standings, key=lambda s: _height(s.rung, track), default=None)


def _height(rung: str | None, track: Track) -> int:
    return track.rungs.index(rung) if rung in track.rungs else -1


def within(since: str, published: datetime | None, days: int) -> bool:
    """Whether a text was published no more than some days after a date, or before it."""
    if published is None:
        return False
    day = last_day(since)
    return day is not None and published <= day + timedelta(days=days + 1)


def last_day(date: str) -> datetime | None:
    """Return the last day that a partial date may mean: 2020 is 31 December 2020."""
    match = _DATE.match(date)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 12), int(match[3] or 0)
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        return None
    if day:
        return _safe(year, month, day)
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return following - timedelta(days=1)


def _safe(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
