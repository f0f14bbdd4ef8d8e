"""Developments in outline: what filters look at, and by what they are sorted. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

from techwatch.digests.compose import standing
from techwatch.digests.development import leads
from techwatch.digests.filtering import matches
from techwatch.model import Facets, Filter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from techwatch.model import Baseline, Glimpse, Listed
    from techwatch.storage.board import Said

Value = TypeVar("Value")
Order = Literal["rank", "newest"]
Heeding = Literal["open", "quiet", "all"]
Key = tuple[float, int, float, str]


@dataclass(frozen=True, slots=True)
class Outline:
    """A development for readers of one language."""

    id: str
    created_at: datetime
    facets: Facets
    rank: Key  # as digests rank


@dataclass(frozen=True, slots=True)
class Asked:
    """Which developments are asked for, and in which order."""

    filter: Filter = field(default_factory=Filter)
    since: datetime | None = None  # when they became developments; None: from the first on
    until: datetime | None = None  # not itself; None: to the last
    judged: Heeding = "open"  # open: those that no person rejected or marked as known
    order: Order = "rank"


def led_by(listed: Listed, language: str) -> Glimpse:
    """Return the item that leads for readers of a language."""
    return min(listed.tellings, key=lambda item: leads(item, language))


def outline(listed: Listed, lead: Glimpse, said: Said | None, baseline: Baseline) -> Outline:
    """Make the outline of a development from what its leading item says."""
    ids = dict.fromkeys((*(said.entity_ids if said else ()), *listed.entity_ids))
    known = [baseline.entities[i] for i in ids if i in baseline.entities]
    event_type = baseline.event_types.get(said.event_type) if said else None
    track = baseline.tracks.get(event_type.track) if event_type else None
    facets = Facets(
        verdict=lead.verdict,
        score=lead.score,
        entity_ids=tuple(entity.id for entity in known),
        sectors=_distinct(entity.sector for entity in known if entity.sector is not None),
        kinds=_distinct(entity.kind for entity in known),
        track=track.id if track else None,
        jurisdiction=said.jurisdiction if said else None,
        publishers=_distinct(telling.publisher for telling in listed.tellings),
        tags=_distinct(tag for telling in listed.tellings for tag in telling.tags),
        languages=_distinct(telling.language for telling in listed.tellings),
    )
    at = lead.published or min(telling.first_seen_at for telling in listed.tellings)
    rank = standing(lead.score, lead.verdict, at, listed.id)
    return Outline(listed.id, listed.created_at, facets, rank)


def _distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))


def key_of(one: Outline, order: Order) -> Key:
    """Return by what an outline is sorted."""
    return one.rank if order == "rank" else (-one.created_at.timestamp(), 0, 0.0, one.id)


def is_asked_for(one: Outline, quiet: frozenset[str], asked: Asked) -> bool:
    """Whether an outline is asked for; `quiet` are those that people rejected or knew."""
    if asked.since is not None and one.created_at < asked.since:
        return False
    if asked.until is not None and one.created_at >= asked.until:
        return False
    return _is_heeded(one.id in quiet, asked.judged) and matches(one.facets, asked.filter)


def _is_heeded(quiet: bool, judged: Heeding) -> bool:  # noqa: FBT001 - a fact of the story
    return judged == "all" or quiet == (judged == "quiet")


@dataclass(frozen=True, slots=True)
class Values:
    """What stands in outlines, the most frequent first."""

    publishers: tuple[str, ...]
    tags: tuple[str, ...]
    languages: tuple[str, ...]
    jurisdictions: tuple[str, ...]
