"""What a reader is told about a story: one development made of its items and verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from techwatch.digests.reasons import reason
from techwatch.labels import event_label, rung_labels, track_label
from techwatch.model import Development, Direction, Glimpse, Mode, OtherSource

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from techwatch.model import (
        Assessment,
        Baseline,
        Entity,
        Report,
        StoredItem,
        Track,
        UntoldStory,
    )

Value = TypeVar("Value")
_MOVING = frozenset({Mode.PROPOSED, Mode.DECIDED, Mode.IN_EFFECT, Mode.REVERSED})


def development(untold: UntoldStory, baseline: Baseline, language: str) -> Development:
    """Tell a story by its best item for readers of a language; the others are its other sources.

    Labels and the reason are in that language, as far as they can be.
    """
    best = lead(untold.reports, language)
    item, assessment = best.stored.item, best.assessment
    entity = _entity(assessment, baseline)
    event_type = baseline.event_types.get(assessment.event.event_type) if assessment.event else None
    track = baseline.tracks.get(event_type.track) if event_type else None
    fact = assessment.fact
    concerned = _concerned(untold, best, baseline)
    why, told_in = reason(assessment, baseline, language)
    return Development(
        id=untold.story.id,
        story_id=untold.story.id,
        item_id=item.id,
        verdict=assessment.verdict,
        score=assessment.score,
        entity_id=entity.id if entity else None,
        entity_name=entity.name if entity else "",
        entity_kind=entity.kind if entity else None,
        title=item.title,
        link=item.link,
        publisher=best.stored.feed.publisher,
        language=item.language,
        published=item.published,
        first_seen_at=min(report.stored.first_seen_at for report in untold.reports),
        reason=why,
        event_label=event_label(event_type, language) if event_type else None,
        track_label=track_label(track, language) if track else None,
        ladder=rung_labels(track, language) if track else (),
        rung_before=_rung_before(track, assessment),
        rung_after=_rung_after(track, assessment),
        fact=fact,
        fact_source=baseline.sources.get(fact.source) if fact else None,
        earlier_title=best.earlier_title,
        others=tuple(
            _other(report.stored) for report in untold.reports if report.stored.item.id != item.id
        ),
        entity_ids=tuple(concerned),
        sectors=_distinct(e.sector for e in concerned.values()),
        kinds=_distinct(e.kind for e in concerned.values()),
        track=track.id if track else None,
        jurisdiction=assessment.event.jurisdiction if assessment.event else None,
        tags=_distinct(tag for report in untold.reports for tag in report.stored.feed.tags),
        last_told_at=max(_told_at(report.stored) for report in untold.reports),
        follows=untold.follows,
        reason_language=told_in,
    )


def _concerned(untold: UntoldStory, best: Report, baseline: Baseline) -> dict[str, Entity]:
    """Return all actors and laws that the event or its story is about, the event's first."""
    event = best.assessment.event
    ids = dict.fromkeys((*(event.entity_ids if event else ()), *untold.story.entity_ids))
    return {i: baseline.entities[i] for i in ids if i in baseline.entities}


def _distinct(values: Iterable[Value | None]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _told_at(stored: StoredItem) -> datetime:
    return stored.item.published or stored.first_seen_at


def lead(reports: tuple[Report, ...], language: str) -> Report:
    """Choose the item that leads for readers of a language, see `leads`."""

    def key(report: Report) -> tuple[bool, int, int, float, datetime, str]:
        stored, verdict = report.stored, report.assessment
        glimpse = Glimpse(
            item_id=stored.item.id,
            verdict=verdict.verdict,
            score=verdict.score,
            language=stored.item.language,
            publisher=stored.feed.publisher,
            tier=stored.feed.tier,
            tags=stored.feed.tags,
            published=stored.item.published,
            first_seen_at=stored.first_seen_at,
        )
        return leads(glimpse, language)

    return min(reports, key=key)


def leads(item: Glimpse, language: str) -> tuple[bool, int, int, float, datetime, str]:
    """Return by what items are sorted, the one that leads first.

    Flagged, in the readers' language or at least in English, of the best tier, scored highest,
    told first.
    """
    readable = (language, "en")
    return (
        not item.verdict.flagged,
        readable.index(item.language) if item.language in readable else 2,
        item.tier,
        -item.score,
        item.published or item.first_seen_at,
        item.item_id,
    )


def _entity(assessment: Assessment, baseline: Baseline) -> Entity | None:
    ids = assessment.event.entity_ids if assessment.event else ()
    return next((baseline.entities[i] for i in ids if i in baseline.entities), None)


def _rung(track: Track | None, rung: str | None) -> int | None:
    if track is None or rung not in track.rungs:
        return None
    return track.rungs.index(rung)


def _rung_before(track: Track | None, assessment: Assessment) -> int | None:
    """Where the same jurisdiction stood; what another one did is told in the reason."""
    event, before = assessment.event, assessment.before
    if event is None or before is None or event.jurisdiction not in {None, before.jurisdiction}:
        return None
    return _rung(track, before.rung)


def _rung_after(track: Track | None, assessment: Assessment) -> int | None:
    """Where the event leaves the ladder: a step back leaves its rung for the one below.

    What is only reported as possible, denied or looked back on moves nothing.
    """
    event, before = assessment.event, _rung_before(track, assessment)
    at = _rung(track, event.rung) if event else None
    if event is not None and event.mode not in _MOVING:
        return before
    if at is None or event is None or event.direction is not Direction.BACK:
        return at
    below = at - 1 if before is None else min(at - 1, before)
    return below if below >= 0 else None


def _other(stored: StoredItem) -> OtherSource:
    return OtherSource(
        publisher=stored.feed.publisher,
        title=stored.item.title,
        link=stored.item.link,
        language=stored.item.language,
        published=stored.item.published,
        item_id=stored.item.id,
    )
