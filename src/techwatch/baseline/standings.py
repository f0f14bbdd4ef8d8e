"""How far the documents say that an entity has come on each ladder. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techwatch.baseline.dates import sort_key, span
from techwatch.model import Direction, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techwatch.model import Baseline, Entity, EventType, Fact

_Ladder = tuple[str, str | None]  # track and jurisdiction


@dataclass(slots=True)
class _Climb:
    """The steps on one ladder so far, by height of rung."""

    reached: dict[int, Fact] = field(default_factory=dict)
    latest_fall: Fact | None = None  # None again when a step up follows

    def take(self, fact: Fact, height: int, direction: Direction) -> None:
        if direction is Direction.UP:
            if height > max(self.reached, default=-1):
                self.latest_fall = None
            self.reached.setdefault(height, fact)
        else:
            self.reached = {h: f for h, f in self.reached.items() if h < height}
            self.latest_fall = fact


def standings(entity: Entity, baseline: Baseline, as_of: str | None = None) -> tuple[Standing, ...]:
    """Return the entity's place on every ladder that its facts touch, one per jurisdiction.

    The highest rung that a fact asserts counts; a step back leaves its rung and all above it.
    Without `as_of` a step counts if it had happened when its document was written: a law that
    is due to take effect later is passed, not in force. With `as_of`, a date in any of the forms
    of techwatch.baseline.dates, all steps dated up to its last day count, also those then due.
    """
    climbs: dict[_Ladder, _Climb] = {}
    for fact, event_type in _steps(entity, baseline, as_of):
        if event_type.rung is None:
            continue
        height = baseline.tracks[event_type.track].rungs.index(event_type.rung)
        climb = climbs.setdefault((event_type.track, fact.jurisdiction), _Climb())
        climb.take(fact, height, event_type.direction)
    return tuple(
        _standing(entity, ladder, climb, baseline.tracks[ladder[0]].rungs)
        for ladder, climb in sorted(climbs.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    )


def _steps(
    entity: Entity, baseline: Baseline, as_of: str | None
) -> Iterator[tuple[Fact, EventType]]:
    for fact in _oldest_first(entity.facts):
        limit = as_of or baseline.sources[fact.source].date
        if fact.event_type is not None and span(fact.date)[0] <= span(limit)[1]:
            yield fact, baseline.event_types[fact.event_type]


def _oldest_first(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: sort_key(fact.date))


def _standing(entity: Entity, ladder: _Ladder, climb: _Climb, rungs: tuple[str, ...]) -> Standing:
    highest = max(climb.reached, default=None)
    fact = climb.latest_fall or climb.reached[max(climb.reached)]
    return Standing(
        entity_id=entity.id,
        track=ladder[0],
        rung=None if highest is None else rungs[highest],
        jurisdiction=ladder[1],
        since=fact.date,
        reason=fact.text,
        source=fact.source,
    )
