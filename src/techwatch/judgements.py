"""What a person decides about an item, and what follows at once; judging heeds the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.errors import JudgementError, NotFoundError
from techwatch.model import Decision, Direction, EntityKind, Judgement, Mode, Verdict
from techwatch.pipeline import judge_item
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from techwatch.judging import Judge
    from techwatch.model import Assessment, Baseline, Event, Standing, StoredItem
    from techwatch.storage import Judging, Store

_HAPPENED = frozenset({Mode.DECIDED, Mode.IN_EFFECT, Mode.REVERSED})
TEXT_GONE = (
    "its text was dropped for its age, and what it says can't be read again; without it one can "
    "reject it, call it known, or join it to another story (same-as), and a name that means "
    "another can be written down in the baseline, as a false friend"
)
_AGAIN = timedelta(seconds=10)  # within which the same words are said once


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
    if same := _just_said(store, of, said, who, now):
        return same
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
        raise JudgementError(TEXT_GONE)
    if said.decision is Decision.WRONG_ENTITY:
        judgement, names = _misread(judgement, said, of, by.baseline)
    if said.decision is Decision.SAME_AS:
        judgement = replace(judgement, other_story_id=find_story(store, said.other or ""))
    with store.judging.judging() as judging:
        made = judging.teach(judgement, names)
        _judge_again(judging, by, now)
    return made


def _just_said(store: Store, of: Subject, said: Said, who: str, now: datetime) -> Judgement | None:
    """Return what the same person said last of an item, in the same words, seconds ago, if so.

    A button that was pressed twice, or a request that was sent again, is one word.
    """
    try:
        last = store.judgements.latest(of.item_id, None)
    except NotFoundError:
        return None
    if (last.by, last.decision, last.note) != (who, said.decision, said.note):
        return None
    if said.decision is Decision.WRONG_ENTITY and said.entity:
        same = (last.entity_id, last.right_id) == (said.entity, said.right)
    elif said.decision is Decision.SAME_AS:
        same = last.other_story_id == find_story(store, said.other or "")
    else:
        same = True
    return last if same and now - last.at <= _AGAIN else None


def _misread(
    judgement: Judgement, said: Said, of: Subject, baseline: Baseline
) -> tuple[Judgement, frozenset[str]]:
    """Say which entity is not meant, and by what names it was found, folded.

    One that is not named is the only one that its event concerns, else that the item names.
    """
    ids = {mention.entity_id for mention in of.assessment.mentions}
    event = of.assessment.event
    wrong = (
        said.entity
        or _only(ids.intersection(event.entity_ids if event else ()), baseline)
        or _only(ids, baseline)
    )
    if wrong not in ids:
        found = ", ".join(sorted(ids)) or "none"
        raise NotFoundError("entity in this item", wrong, f"it names {found}")
    if said.right is not None and said.right not in baseline.entities:
        raise NotFoundError("entity", said.right, "`techwatch baseline find NAME` finds its id")
    if said.right == wrong:
        raise JudgementError("that is the entity that was found")
    named = (mention for mention in of.assessment.mentions if mention.entity_id == wrong)
    names = frozenset(fold(mention.surface).text for mention in named)
    return replace(judgement, entity_id=wrong, right_id=said.right), names


def _only(ids: Iterable[str], baseline: Baseline) -> str:
    """Return the only actor or law of these; empty where there is none, or more than one."""
    known = baseline.entities
    found = [i for i in ids if i in known and known[i].kind is not EntityKind.PLACE]
    return found[0] if len(found) == 1 else ""


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
    verdict = step_verdict(of.assessment.event)
    if of.story_id is None or of.assessment.verdict.flagged or verdict is None:
        return ()
    item = of.stored.item
    step = replace(of.assessment, verdict=verdict)
    reading = by.read(item, by.mentions(item, of.stored.feed.tags))
    at = item.published or of.stored.first_seen_at
    moves = by.standing_after(reading, step, of.story_id, at)
    return tuple(replace(move, source=of.stored.feed.publisher) for move in moves)


def step_verdict(event: Event | None) -> Verdict | None:
    """Return the verdict of news that tells an event; None where that is no step that happened."""
    if event is None or event.mode not in _HAPPENED or event.direction is Direction.NONE:
        return None
    return Verdict.EASING if event.direction is Direction.BACK else Verdict.ESCALATING
