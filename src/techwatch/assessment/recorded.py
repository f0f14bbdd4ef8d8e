"""Tell whether a fact of the baseline records the very event that an item tells. Pure.

Steps up a ladder are compared with standings, see techwatch.assessment.ladders. This is for what
leaves no rung to be compared with: steps back, and events and intentions that move no ladder.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from techwatch.assessment.ladders import last_day
from techwatch.assessment.stories import alike, comparable, headline
from techwatch.model import Direction, Verdict

if TYPE_CHECKING:
    from techwatch.assessment.reading import Reading
    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.model import Assessment, Baseline, Event, Fact, Source

_UNFLAGGED = 0.8  # of its score; as for every item that is not flagged


def recorded(reading: Reading, baseline: Baseline, settings: AssessmentSettings) -> Fact | None:
    """Return the fact that records an item's event, if one does.

    It concerns the same entity and jurisdiction and was dated within `restated_days` of the
    publication. A step back is recorded by a fact of its own event type. Anything else must be
    told like the article that the fact was taken from.
    """
    main, published = reading.main, reading.published
    if main is None or published is None:
        return None
    event = main.event
    for entity_id in event.entity_ids:
        entity = baseline.entities.get(entity_id)
        for fact in entity.facts if entity else ():
            if not _by_the_same(event, fact) or not _near(fact.date, published, settings):
                continue
            if event.direction is Direction.BACK and fact.event_type == event.event_type:
                return fact
            same = fact.event_type == event.event_type or (
                fact.event_type is None and not main.is_step
            )
            if same and _told_alike(reading.title, baseline.sources[fact.source], settings):
                return fact
    return None


def restated(assessment: Assessment, fact: Fact) -> Assessment:
    """Return the verdict on an item that restates a fact."""
    return replace(
        assessment,
        verdict=Verdict.KNOWN,
        score=round(assessment.score * _UNFLAGGED, 4),
        reason=f"{assessment.reason} Until now: {fact.text.rstrip('.')} ({fact.date}).",
        fact=fact,
    )


def _by_the_same(event: Event, fact: Fact) -> bool:
    return len({event.jurisdiction, fact.jurisdiction} - {None}) <= 1


def _near(date: str, published: datetime, settings: AssessmentSettings) -> bool:
    day = last_day(date)
    return day is not None and abs(published - _noon(day)) <= timedelta(
        days=settings.restated_days + 1
    )


def _noon(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(12), UTC)


def _told_alike(title: str, source: Source, settings: AssessmentSettings) -> bool:
    if source.kind != "article":
        return False
    ours, theirs = headline(title), headline(source.title)
    return not comparable(ours, theirs) or alike(ours, theirs) >= settings.repeat_likeness
