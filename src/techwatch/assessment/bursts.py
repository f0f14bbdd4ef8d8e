"""Bursts: actors and laws told of far more often than usual, by publishers of their own.

A Poisson test of a period's items against the usual daily rate, as salience: a burst says that
something moves, never what. One publisher's series of ten articles is no burst, so publishers are
counted, not items.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from techwatch.bounds import Between
from techwatch.model import Burst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_LIFT = 0.2  # of what is missing to a score of 1
_DONE = 1e-18  # of a tail: what is left of it is too small to matter


@dataclass(frozen=True, slots=True)
class BurstSettings:
    """What counts as a burst."""

    publishers: Annotated[int, Between(1, 50), "So many publishers must tell of it."] = 3
    usual_days: Annotated[int, Between(7, 365), "The usual rate is that of so many days."] = 28
    chance: Annotated[
        float, Between(0, 1), "As unlikely as this, at the most, were the usual rate the cause."
    ] = 1e-4


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of an entity on one day."""

    entity_id: str
    day: date
    publishers: frozenset[str]


def bursts(
    heard: Iterable[Heard],
    days: tuple[date, ...],
    names: Mapping[str, str],
    settings: BurstSettings,
    shown: tuple[date, ...] = (),
) -> tuple[Burst, ...]:
    """Return the bursts of a period, the least likely first.

    Args:
        heard: what was heard on its days and on the days before that make the usual rate; a day
            without a line is one of silence.
        days: the days of the period, in order.
        names: of the entities that are reported, by id; others are left out.
        settings: how long before is usual, how unlikely, and how many publishers.
        shown: the days whose counts are given; those of the period, where there are none.
    """
    by_entity: dict[str, dict[date, frozenset[str]]] = {}
    for one in heard:
        if one.entity_id in names:
            by_entity.setdefault(one.entity_id, {})[one.day] = one.publishers
    found = [
        _burst(i, names[i], told, days, settings, shown or days) for i, told in by_entity.items()
    ]
    return tuple(sorted((b for b in found if b is not None), key=lambda b: (b.chance, b.entity_id)))


def _burst(
    entity_id: str,
    name: str,
    told: Mapping[date, frozenset[str]],
    days: tuple[date, ...],
    settings: BurstSettings,
    shown: tuple[date, ...],
) -> Burst | None:
    before = sum(len(publishers) for day, publishers in told.items() if day < days[0])
    # One more than was heard: an entity never heard of has a rate too, though a small one.
    usual = (before + 1) / settings.usual_days
    publishers = frozenset().union(*(told.get(day, frozenset()) for day in days))
    chance = tail(sum(len(told.get(day, ())) for day in days), usual * len(days))
    if len(publishers) < settings.publishers or chance > settings.chance:
        return None
    counts = tuple(len(told.get(day, ())) for day in shown)
    return Burst(entity_id, name, counts, round(usual, 3), len(publishers), chance)


def lifted(score: float) -> float:
    """Return the score, 0 to 1, of what is told of an entity in a burst: nearer to 1 by a fifth."""
    return round(score + _LIFT * (1 - score), 4)


def tail(count: int, expected: float) -> float:
    """Return how likely `count` or more are where `expected` are usual: the Poisson tail.

    Summed from `count` upwards, so that small chances keep their figures. `expected` above 0.
    """
    if count <= 0:
        return 1.0
    term = math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))
    if count <= expected:  # more than half: one minus the rest is exact enough
        return max(0.0, 1.0 - _below(count, expected))
    total, at = term, count
    while term > _DONE * total:
        at += 1
        term *= expected / at
        total += term
    return min(1.0, total)


def _below(count: int, expected: float) -> float:
    logs = (n * math.log(expected) - expected - math.lgamma(n + 1) for n in range(count))
    return sum(math.exp(one) for one in logs)
