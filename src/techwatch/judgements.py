"""What a person decides about an item, and what follows at once; judging heeds the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from techwatch.errors import JudgementError, NotFoundError
from techwatch.model import Decision, Direction, EntityKind, Judgement, Mode, Verdict
from techwatch.pipeline import judge_item
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from techwatch.judging import Judge
    from techwatch.model import Assessment, Baseline, Standing, StoredItem
    from techwatch.storage import Judging, Store

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


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of an item."""

    decision: Decision
    note: str = ""
    entity: str | None = None  # id of the one that is not meant, for `wrong-entity`
    right: str | None = None  # id of the one that is
    other: str | None = None  # names the story that tells the same, for `same-as`


def decide(
    store: Store,
    by: Judge,
    of: Subject,
    decision: Decision | Said,
    note: str = "",
    *,
    who: str,
    now: datetime,
) -> Judgement:
    """Record what a person says of an item; what was said of its story before stays on record.

    A word on its story changes later verdicts. Where something was misread, the items concerned
    are judged again at once. Raises NotFoundError where an entity or story that is named is not
    there, JudgementError where it can't be so.
    """
    said = decision if isinstance(decision, Said) else Said(decision, note)
    judgement = Judgement(
        0, of.item_id, of.story_id, said.decision, said.note, who, now,
        verdict=of.assessment.verdict,
    )  # fmt: skip
    if said.decision.is_word:
        brings = missed_step(by, of) if said.decision is Decision.ACCEPT else ()
        stored = of.stored
        told_at = stored.item.published or stored.first_seen_at
        return store.judgements.record(judgement, brings, told_at)
    names: frozenset[str] = frozenset()
    if of.stored.text_gone_at is not None and said.decision is not Decision.SAME_AS:
        raise JudgementError("its text was dropped for its age, and it can't be judged again")
    if said.decision is Decision.WRONG_ENTITY:
        judgement, names = _misread(judgement, said, of, by.baseline)
    if said.decision is Decision.SAME_AS:
        judgement = replace(judgement, other_story_id=find_story(store, said.other or ""))
    with store.judging.judging() as judging:
        made = judging.teach(judgement, names)
        _judge_again(judging, by, now)
    return made


def _misread(
    judgement: Judgement, said: Said, of: Subject, baseline: Baseline
) -> tuple[Judgement, frozenset[str]]:
    """Say which entity is not meant, and by what names it was found, folded."""
    named = [m for m in of.assessment.mentions if m.entity_id == said.entity]
    if not named:
        found = ", ".join(sorted({m.entity_id for m in of.assessment.mentions})) or "none"
        raise NotFoundError("entity in this item", said.entity or "", f"it names {found}")
    if said.right is not None and said.right not in baseline.entities:
        raise NotFoundError("entity", said.right, "`techwatch baseline find NAME` finds its id")
    if said.right == said.entity:
        raise JudgementError("that is the entity that was found")
    names = frozenset(fold(mention.surface).text for mention in named)
    return replace(judgement, entity_id=said.entity, right_id=said.right), names


def find_story(store: Store, name: str) -> str:
    """Return the id of a story, by it or by what `find` takes for one of its items.

    Raises NotFoundError, JudgementError where that item tells no event.
    """
    try:
        return store.judging.story(name).id
    except NotFoundError:
        found = subject(store, name)
    if found.story_id is None:
        raise JudgementError(f"the item {name!r} tells no event, and so no story")
    return store.judgements.recognised_by(found.item_id, found.story_id)


def undo(store: Store, by: Judge, of: Subject, *, who: str, now: datetime) -> Judgement:
    """Take back the last judgement on an item or its story; raises NotFoundError if there is none.

    What was judged again for it is judged again without it.
    """
    return take_back(store, by, store.judgements.latest(of.item_id, of.story_id).id, who, now)


def take_back(store: Store, by: Judge, judgement_id: int, who: str, now: datetime) -> Judgement:
    """Take back a judgement; raises NotFoundError if it is not in force."""
    with store.judging.judging() as judging:
        undone = judging.take_back(judgement_id, who, now)
        _judge_again(judging, by, now)
    return undone


def _judge_again(judging: Judging, by: Judge, now: datetime) -> None:
    for stored in judging.settling():
        judge_item(stored, by.mentions(stored.item, stored.feed.tags), by, judging, now)


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
    known; rejected is unrelated. Where something was misread, the one it has by now.
    """
    if not decision.is_word:
        return assessment.verdict
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
    found |= _misread_case(judgement)
    found["title"] = item.title
    return found | ({"summary": item.summary} if item.summary else {})


def _misread_case(judgement: Judgement) -> dict[str, Any]:
    """Say what a case is about where something was misread."""
    said = {
        "not_meant": judgement.entity_id,
        "meant": judgement.right_id,
        "same_story": judgement.other_story_id,
        "not_story": judgement.story_id if judgement.decision is Decision.NOT_SAME else None,
    }
    return {key: value for key, value in said.items() if value}


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
        **_misread_case(judgement),
        "note": judgement.note,
        "by": judgement.by,
        "at": judgement.at.isoformat(),
    }


def exported(store: Store, baseline: Baseline, form: Literal["yaml", "jsonl"]) -> Iterator[str]:
    """Give a line for each item of which something is in force: the last word, else the last."""
    last: dict[str, Judgement] = {}
    for said in store.judgements.all(undone=False):
        before = last.get(said.item_id)
        if before is None or said.decision.is_word or not before.decision.is_word:
            last[said.item_id] = said
    for said in last.values():
        of = subject(store, said.item_id)
        if form == "jsonl":
            yield json.dumps(labelled(said, of, baseline), ensure_ascii=False) + "\n"
        else:
            yield f"- {flow(case(said, of))}\n"


def flow(values: dict[str, Any]) -> str:
    """Write a mapping on one line; JSON strings are YAML strings too."""
    pairs = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "{" + ", ".join(pairs) + "}"
