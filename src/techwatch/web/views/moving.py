"""Also moving: actors and laws told of far more than usual, as digests name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from techwatch.composing import bursts
from techwatch.model import Burst
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.model import Development

LONGEST = 7  # days before today that a period begins at the most, as that of a digest
MOST = 20  # bursts of a period
_LEVELS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Moving:
    """Who is told of far more than usual in a period of whole UTC days."""

    first: date  # day of the period
    last: date  # likewise: the day on which it was counted
    bursts: tuple[Burst, ...]  # the least likely first, at most 20


def days_since(since: datetime | None, now: datetime) -> int:
    """Return how many days before today a period begins, from 0 to 7."""
    return LONGEST if since is None else min(max((now.date() - since.date()).days, 0), LONGEST)


def moving(watch: Watch, days: int) -> Moving:
    """Count who is told of far more than usual since so many days before today."""
    now = watch.clock()
    since = now - timedelta(days=days)
    found = bursts(watch.store, watch.baseline, since, now)
    return Moving(since.date(), now.date(), found[:MOST])


def beside(found: Moving, shown: Sequence[Development]) -> tuple[Burst, ...]:
    """Leave out those of whom a page tells anyway."""
    telling = {i for one in shown for i in one.entity_ids}
    return tuple(one for one in found.bursts if one.entity_id not in telling)


def line(counts: Sequence[int]) -> str:
    """Draw counts as a line of bars, a character each: "▁▁▂█"."""
    most = max((*counts, 1))
    return "".join(_LEVELS[round(n / most * (len(_LEVELS) - 1))] for n in counts)
