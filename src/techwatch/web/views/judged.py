"""What people said, and what they may say of an item."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from techwatch import judgements
from techwatch.digests.reasons import reason
from techwatch.errors import NotFoundError
from techwatch.model import EntityKind, JudgedItem, Judgement, NearStory, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techwatch.watch import Watch

PAGE = 50
_STORY_PAGE = re.compile(r"/stories/([0-9a-f]{16})(?:[?#]|$)")


@dataclass(frozen=True, slots=True)
class Judged:
    """A page of what people said, the newest first."""

    judgements: tuple[JudgedItem, ...]
    after: int | None  # goes on after the judgement of this id; None: this was all


@dataclass(frozen=True, slots=True)
class Named:
    """An entity that an item names."""

    id: str
    name: str
    surfaces: tuple[str, ...]  # what was taken for its name, as published


@dataclass(frozen=True, slots=True)
class Sayable:
    """An item, and what may be said of it."""

    item_id: str
    story_id: str | None
    title: str
    link: str | None
    publisher: str
    language: str
    verdict: Verdict
    reason: str
    reason_language: str
    entities: tuple[Named, ...]  # any of which may be wrong
    near: tuple[NearStory, ...]  # any of which may be the same
    text_gone_at: datetime | None  # dropped for its age: what it says can't be judged again
    said: tuple[JudgedItem, ...]  # of it and its story, oldest first, not taken back


def judged(watch: Watch, after: int | None, name: str | None, *, undone: bool) -> Judged:
    """Return a page of what people said; `name`: of an item or story, by its id."""
    found = watch.store.said.page(PAGE + 1, after, name, undone=undone)
    more = found[PAGE - 1].judgement.id if len(found) > PAGE else None
    return Judged(found[:PAGE], more)


def one(watch: Watch, judgement_id: int) -> JudgedItem:
    """Return one judgement; raises NotFoundError."""
    for found in watch.store.said.page(1, judgement_id + 1):
        if found.judgement.id == judgement_id:
            return found
    raise NotFoundError("judgement", str(judgement_id))


def shown_with(
    watch: Watch, shown: Iterable[tuple[str, str]], last: int | None = None
) -> dict[str, Any]:
    """Return what `teaching.html` needs on a page that shows stories.

    Args:
        watch: techwatch.
        shown: (id of the story, id of the item that leads it) each.
        last: the judgement that was just made, if any: told on top, with a way to undo it.
    """
    pairs = list(shown)
    said = watch.store.said.of_stories({s for s, _ in pairs}, {i for _, i in pairs})
    names: Mapping[str, str] = {
        i: watch.baseline.entities[i].name if i in watch.baseline.entities else i
        for found in said.values()
        for told in found
        for i in (told.judgement.entity_id, told.judgement.right_id)
        if i
    }
    try:
        just = one(watch, last) if last is not None else None
    except NotFoundError:
        just = None
    return {"said": said, "said_names": names, "said_last": just}


def sayable(watch: Watch, name: str, language: str = "en") -> Sayable:
    """Return an item for readers of a language, and what may be said of it.

    Raises NotFoundError.
    """
    of = judgements.subject(watch.store, name)
    stored, story_id = of.stored, of.story_id
    at = stored.item.published or stored.first_seen_at
    said = watch.store.said.of_stories([story_id] if story_id else [], [of.item_id])
    why, told_in = reason(of.assessment, watch.baseline, language)
    return Sayable(
        item_id=of.item_id,
        story_id=story_id,
        title=stored.item.title,
        link=stored.item.link,
        publisher=stored.feed.publisher,
        language=stored.item.language,
        verdict=of.assessment.verdict,
        reason=why,
        reason_language=told_in,
        entities=_named(watch, of),
        near=watch.store.said.near(of.item_id, story_id, at) if story_id else (),
        text_gone_at=stored.text_gone_at,
        said=said.get(story_id or "", said.get(of.item_id, ())),
    )


def told_by(watch: Watch, item_id: str) -> str | None:
    """Return the story that an item tells by now; None: it tells none."""
    found = watch.store.judging.assessment(item_id)
    return found[1] if found else None


def _named(watch: Watch, of: judgements.Subject) -> tuple[Named, ...]:
    """List the actors and laws that the item names, those of its event first."""
    event = of.assessment.event
    surfaces: dict[str, dict[str, None]] = {i: {} for i in (event.entity_ids if event else ())}
    for mention in of.assessment.mentions:
        surfaces.setdefault(mention.entity_id, {})[mention.surface] = None
    known = watch.baseline.entities
    return tuple(
        Named(i, known[i].name, tuple(found))
        for i, found in surfaces.items()
        if found and i in known and known[i].kind is not EntityKind.PLACE
    )


def say(watch: Watch, item: str, said: judgements.Said, who: str) -> Judgement:
    """Record what somebody says of an item; raises NotFoundError, JudgementError.

    A wrong entity that is not named is the only one that its event concerns, else that the item
    names. Another story may be named by the address of its page at this desk, too.
    """
    page = _STORY_PAGE.search(said.other or "")
    if page is not None:
        said = replace(said, other=page[1])
    of = judgements.subject(watch.store, item)
    return judgements.decide(watch.store, watch.judge, of, said, who=who, now=watch.clock())


def undo(watch: Watch, judgement_id: int, who: str) -> Judgement:
    """Take a judgement back; raises NotFoundError if it is not in force."""
    return judgements.take_back(watch.store, watch.judge, judgement_id, who=who, now=watch.clock())
