"""What the baseline knows of an entity, told to a person: for commands, pages and programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.baseline.dates import span
from techwatch.baseline.standings import standings
from techwatch.baseline.steps import next_steps
from techwatch.model import Standing  # noqa: TC001 - the API reads the annotations at run time

if TYPE_CHECKING:
    from techwatch.baseline.steps import NextSteps
    from techwatch.model import Baseline, Fact
    from techwatch.watch import Watch

_STEPS = 6  # kinds of event named as next steps


@dataclass(frozen=True, slots=True)
class ToldFact:
    """A fact with its source's title."""

    date: str  # as precise as is known
    text: str
    source: str  # id of the document
    source_title: str
    event_type: str | None
    disputed_by: tuple[str, ...]  # ids of documents
    note: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the baseline knows of an entity."""

    id: str
    kind: str  # actor, law or place
    type: str
    name: str
    names: tuple[str, ...]
    weak: tuple[str, ...]  # those of the names that count only with support
    false_friends: tuple[str, ...]
    relations: tuple[str, ...]
    documents: tuple[str, ...]  # ids
    as_of: str | None  # the day up to which it is told; None: all
    standings: tuple[Standing, ...]
    standing: tuple[str, ...]  # the same as sentences
    facts: tuple[ToldFact, ...]  # oldest first
    next: tuple[str, ...]  # what would count as the next step, a sentence for each ladder


def known_of(watch: Watch, entity_id: str, *, as_of: str | None = None) -> Known:
    """Return what the baseline knows of an entity that it has, as of a date or now."""
    entity, known = watch.baseline.entities[entity_id], watch.baseline
    found = (
        tuple(standings(entity, known, as_of)) if as_of else watch.judge.known.get(entity_id, ())
    )
    return Known(
        id=entity.id,
        kind=entity.kind.value,
        type=entity.type,
        name=entity.name,
        names=tuple(name.text for name in entity.names),
        weak=tuple(name.text for name in entity.names if name.weak),
        false_friends=tuple(f"{friend.text} ({friend.means})" for friend in entity.false_friends),
        relations=tuple(f"{relation.type} {relation.target}" for relation in entity.relations),
        documents=entity.documents,
        as_of=as_of,
        standings=found,
        standing=tuple(standing_sentence(standing, known) for standing in found),
        facts=tuple(told_fact(f, known) for f in entity.facts if _by_then(f, as_of)),
        next=tuple(next_sentence(steps) for steps in next_steps(entity, found, known)),
    )


def _by_then(fact: Fact, as_of: str | None) -> bool:
    return as_of is None or span(fact.date)[0] <= span(as_of)[1]


def told_fact(fact: Fact, baseline: Baseline) -> ToldFact:
    """Return a fact with its source's title."""
    source = baseline.sources.get(fact.source)
    return ToldFact(
        date=fact.date,
        text=fact.text,
        source=fact.source,
        source_title=source.title if source else fact.source,
        event_type=fact.event_type,
        disputed_by=fact.disputed_by,
        note=fact.note,
    )


def standing_sentence(standing: Standing, baseline: Baseline) -> str:
    """Say where an entity stands on a ladder."""
    track = baseline.tracks[standing.track]
    rung = "nowhere"
    if standing.rung in track.rungs:
        rung = track.rung_labels[track.rungs.index(standing.rung)]
    by = f" by {standing.jurisdiction}" if standing.jurisdiction else ""
    return f"{track.label}: {rung}{by}, {standing.since}"


def next_sentence(steps: NextSteps) -> str:
    """Say what would count as the next step up, and what as a step back."""
    by = (
        f" by {steps.standing.jurisdiction}"
        if steps.standing and steps.standing.jurisdiction
        else ""
    )
    up = ", ".join(event_type.label for event_type in steps.up[:_STEPS]) or "nothing"
    back = ", ".join(event_type.label for event_type in steps.back[:_STEPS])
    return f"{steps.track.label}{by}: up: {up}" + (f"; back: {back}" if back else "")
