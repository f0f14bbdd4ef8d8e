"""What a person decides about an item, and what follows at once; judging heeds the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from techwatch.errors import NotFoundError
from techwatch.model import Decision, Direction, EntityKind, Judgement, Mode, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.judging import Judge
    from techwatch.model import Assessment, Baseline, Standing, StoredItem
    from techwatch.storage import Store

_HAPPENED = frozenset({Mode.DECIDED, Mode.IN_EFFECT, Mode.REVERSED})


@dataclass(frozen=True, slots=True)
class Subject:
    """An item that a person speaks of."""

    stored: StoredItem
    assessment: Assessment
    story_id: str | None  # None: it tells no event

    @property
    def item_id(self) -> str:
        """Its id."""
        return self.stored.item.id


def find(store: Store, name: str) -> StoredItem:
    """Find an item by its id, the beginning of it, its link, or its development's id.

    Raises NotFoundError.
    """
    try:
        return store.judging.item(name)
    except NotFoundError:
        leading = store.judgements.leading_item(name)
        if leading is None:
            raise
        return store.judging.item(leading)


def subject(store: Store, name: str) -> Subject:
    """Find an item that has a verdict; raises NotFoundError."""
    stored = find(store, name)
    found = store.judging.assessment(stored.item.id)
    if found is None:
        raise NotFoundError("verdict on", name, "`techwatch run --once` judges what is waiting")
    return Subject(stored, *found)


def decide(
    store: Store,
    by: Judge,
    of: Subject,
    decision: Decision,
    note: str,
    *,
    who: str,
    now: datetime,
) -> Judgement:
    """Record what a person says of an item; what was said of its story before stays on record."""
    judgement = Judgement(0, of.item_id, of.story_id, decision, note, who, now)
    brings = missed_step(by, of) if decision is Decision.ACCEPT else ()
    stored = of.stored
    return store.judgements.record(judgement, brings, stored.item.published or stored.first_seen_at)


def undo(store: Store, of: Subject, *, who: str, now: datetime) -> Judgement:
    """Take back the last word on an item or its story; raises NotFoundError if there is none."""
    return store.judgements.undo(of.item_id, of.story_id, who, now)


def missed_step(by: Judge, of: Subject) -> tuple[Standing, ...]:
    """Return the standings of a step that was taken for no news; none where there is no step."""
    event = of.assessment.event
    if of.story_id is None or of.assessment.verdict.flagged or event is None:
        return ()
    if event.mode not in _HAPPENED or event.direction is Direction.NONE:
        return ()
    item = of.stored.item
    step = replace(of.assessment, verdict=_step(event.direction))
    reading = by.read(item, by.mentions(item, of.stored.feed.tags))
    at = item.published or of.stored.first_seen_at
    moves = by.standing_after(reading, step, of.story_id, at)
    return tuple(replace(move, source=of.stored.feed.publisher) for move in moves)


def verdict_by(decision: Decision, assessment: Assessment) -> Verdict:
    """Return the verdict that a person's word comes to.

    Accepted: the verdict found, and where that was no development, the one of its event. Known is
    known; rejected is unrelated.
    """
    if decision is not Decision.ACCEPT:
        return Verdict.KNOWN if decision is Decision.KNOWN else Verdict.UNRELATED
    if assessment.verdict.flagged:
        return assessment.verdict
    event = assessment.event
    if event is None or event.mode not in _HAPPENED or event.direction is Direction.NONE:
        return Verdict.NOVEL
    return _step(event.direction)


def _step(direction: Direction) -> Verdict:
    return Verdict.EASING if direction is Direction.BACK else Verdict.ESCALATING


def case(judgement: Judgement, of: Subject) -> dict[str, Any]:
    """Return a judgement as a case: an entry of the case file of the assessment's tests."""
    item, event = of.stored.item, of.assessment.event
    found: dict[str, Any] = {"category": "judged", "lang": item.language}
    found["verdict"] = verdict_by(judgement.decision, of.assessment).value
    if judgement.decision is Decision.ACCEPT and of.assessment.verdict.flagged and event:
        found |= {"event": event.event_type, "mode": event.mode.value}
    found["title"] = item.title
    return found | ({"summary": item.summary} if item.summary else {})


def labelled(judgement: Judgement, of: Subject, baseline: Baseline) -> dict[str, Any]:
    """Return a judgement as a labelled line of an archive, which `replay` scores against."""
    item = of.stored.item
    ids = sorted({mention.entity_id for mention in of.assessment.mentions})
    kinds = {i: baseline.entities[i].kind for i in ids if i in baseline.entities}
    return {
        "id": item.id,
        "title": item.title,
        "summary": item.summary,
        "published": item.published.isoformat() if item.published else None,
        "link": item.link,
        "feed": item.feed_url,
        "source": of.stored.feed.publisher,
        "lang": item.language,
        "verdict": verdict_by(judgement.decision, of.assessment).value,
        "actors": [i for i, kind in kinds.items() if kind is EntityKind.ACTOR],
        "laws": [i for i, kind in kinds.items() if kind is EntityKind.LAW],
        "decision": judgement.decision.value,
        "note": judgement.note,
        "by": judgement.by,
        "at": judgement.at.isoformat(),
    }
