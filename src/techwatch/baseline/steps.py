"""What would move an entity on a ladder: the next step up, and the ways back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import Direction, EntityKind

if TYPE_CHECKING:
    from techwatch.model import Baseline, Entity, EventType, Standing, Track

_FIRST_LADDER = {EntityKind.LAW: "law_making", EntityKind.ACTOR: "coercion"}


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What counts as a step beyond a standing."""

    track: Track
    standing: Standing | None  # None: the ladder is not begun
    up: tuple[EventType, ...]  # nearest rung first; at the top, what may be repeated there
    back: tuple[EventType, ...]  # what takes it down, most first


def next_steps(
    entity: Entity, standings: tuple[Standing, ...], baseline: Baseline
) -> tuple[NextSteps, ...]:
    """Return the next steps of an entity, one for each ladder and jurisdiction it stands on.

    An entity that stands on none is at the foot of the ladder of its kind.
    """
    if not standings and entity.kind in _FIRST_LADDER:
        track = baseline.tracks[_FIRST_LADDER[entity.kind]]
        return (_steps(track, None, baseline),)
    return tuple(_steps(baseline.tracks[s.track], s, baseline) for s in standings)


def _steps(track: Track, standing: Standing | None, baseline: Baseline) -> NextSteps:
    rung = standing.rung if standing else None
    height = track.rungs.index(rung) if rung in track.rungs else -1
    types = [t for t in baseline.event_types.values() if t.track == track.id and t.rung is not None]
    wanted = min(height + 1, len(track.rungs) - 1)
    up = [t for t in types if t.direction is Direction.UP and _height(t, track) >= wanted]
    back = [t for t in types if t.direction is Direction.BACK and _height(t, track) <= height]
    return NextSteps(
        track,
        standing,
        up=tuple(sorted(up, key=lambda t: _height(t, track))),
        back=tuple(sorted(back, key=lambda t: -_height(t, track))),
    )


def _height(event_type: EventType, track: Track) -> int:
    return track.rungs.index(event_type.rung) if event_type.rung in track.rungs else -1
