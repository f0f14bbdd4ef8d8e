"""A development as facts of the baseline, with the article they were taken from. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.assessment.verdict import describe
from techwatch.model import Direction, EntityKind, Fact, Source
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.judgements import Subject
    from techwatch.model import Baseline, Event

_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
_ID_DIGITS = 6  # of the item's id, so that two articles of a day are two sources


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is to be written."""

    source: Source
    facts: tuple[Fact, ...]


def acceptance(
    of: Subject,
    baseline: Baseline,
    *,
    entity_ids: Sequence[str] = (),
    text: str | None = None,
    date: str | None = None,
) -> Acceptance:
    """Return the facts that accept a development, one for each entity it concerns.

    Without `entity_ids` those of its event; none are returned where it names none and `text` is
    not given either. A step that is only possible or planned, and was not judged a step, is
    written without its event type: it is on record, but moves no state.
    """
    event = of.assessment.event
    day = date or (of.stored.item.published or of.stored.first_seen_at).date().isoformat()
    source = _source(of)
    concerned = entity_ids or (event.entity_ids if event else ())
    told = text or (f"{describe(event, baseline)}, {source.publisher} reported." if event else "")
    facts = [
        Fact(
            entity_id=entity_id,
            text=told,
            source=source.id,
            date=day,
            event_type=_recorded_type(event, of),
            jurisdiction=_power(event, entity_id, baseline),
        )
        for entity_id in dict.fromkeys(concerned)
        if told
    ]
    return Acceptance(source, tuple(f for f in facts if not _there(f, baseline)))


def _power(event: Event | None, entity_id: str, baseline: Baseline) -> str | None:
    """Return whose step it is; who makes a country's law need not be told."""
    entity = baseline.entities.get(entity_id)
    if event is None or event.jurisdiction or entity is None or event.track != "law_making":
        return event.jurisdiction if event else None
    return entity.country if entity.kind is EntityKind.LAW else None


def _recorded_type(event: Event | None, of: Subject) -> str | None:
    if event is None:
        return None
    stepped = of.assessment.verdict.value in {"escalating", "easing"}
    return event.event_type if stepped or event.direction is Direction.NONE else None


def _there(fact: Fact, baseline: Baseline) -> bool:
    entity = baseline.entities.get(fact.entity_id)
    return entity is not None and any(
        (known.source, known.event_type) == (fact.source, fact.event_type) for known in entity.facts
    )


def _source(of: Subject) -> Source:
    item, publisher = of.stored.item, of.stored.feed.publisher
    day = (item.published or of.stored.first_seen_at).date().isoformat()
    who = _NOT_IN_IDS.sub("-", fold(publisher).text).strip("-") or "article"
    digits = _NOT_IN_IDS.sub("", item.id.lower())[:_ID_DIGITS]
    return Source(
        id=f"{who}-{day}-{digits}",
        title=item.title,
        publisher=publisher,
        date=day,
        kind="article",
        link=item.link,
    )
