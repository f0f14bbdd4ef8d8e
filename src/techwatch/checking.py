"""A text, a page or a name judged against the baseline, beside what the store holds of it.

For `techwatch check`, and for the page and the API that say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime  # noqa: TC003 - the API reads the annotations at run time
from typing import TYPE_CHECKING, Literal

from techwatch.judging import loose_item
from techwatch.knowledge import Known, known_of
from techwatch.model import Assessment, FoundDevelopment, Hit  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.model import Feature, Item
    from techwatch.watch import Watch

_KEYWORD_WORDS = 4  # so many words may a name have that is asked for alone
_SUGGESTIONS = 5
_NEWEST = 5  # items of the store, or developments, that are shown
_AMONG = 1_000  # newest items of which the developments are looked up
_MOST_WORDS = 20  # of a headline that are looked for in the archive


QUESTIONS = {
    "relevance": "Does it concern the field?",
    "development": "Does it tell something new?",
    "importance": "How high does it rank?",
    "story": "Does it tell the same as an earlier item?",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, with what it adds to a score."""

    adds: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a judgement with its reasons, strongest first."""

    id: str
    question: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A name like one that is not known."""

    name: str
    entity_id: str
    score: float  # 0..1


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item of the store, as a line of a list."""

    id: str
    title: str
    published: datetime | None
    language: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds on an entity."""

    entity: str  # id
    items: int  # that mention it
    newest: tuple[HeldItem, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """What the archive has of the words of a text."""

    words: tuple[str, ...]  # as they were looked for
    items: int  # as far as they were counted
    newest: tuple[Hit, ...]
    developments: tuple[FoundDevelopment, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What a check came to."""

    text: str  # the headline or the name
    kind: Literal["name", "text"]
    flagged: bool  # of a name: whether it is known
    entities: tuple[Known, ...]
    assessment: Assessment | None = None  # of a text
    suggestions: tuple[Suggested, ...] = ()  # for a name that is not known
    store: tuple[Held, ...] = ()
    archive: Archive | None = None  # None: not asked, or no word to look for


def item_of(text: str, summary: str = "", language: str | None = None) -> Item:
    """Make an item of a text that comes from no feed; without a language it is guessed."""
    return loose_item(text, summary, language or _guess(text))


def _guess(text: str) -> str:
    """Tell Chinese by its characters; Norwegian must be said."""
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"


def check(watch: Watch, item: Item, *, counted: int | None = None, archive: bool = True) -> Check:
    """Judge an item against the baseline, and say what the store holds of it.

    Args:
        watch: techwatch, put together.
        item: what `item_of` made, or `reading_pages.item_of`.
        counted: so many items of the store are counted at the most, and one more where there are
            more; None: all that mention an entity, and as many as a search counts.
        archive: whether the store is looked at, where there is one.
    """
    found = _keyword(watch, item) if _is_keyword(watch, item) else _verdict(watch, item)
    if not archive or not watch.has_store():
        return found
    store, archived = _stored(watch, found, counted), _archived(watch, found, counted)
    return replace(found, store=store, archive=archived)


def parts(features: Iterable[Feature]) -> tuple[Part, ...]:
    """Gather the reasons for each part of a judgement; those that add nothing are left out."""
    found: dict[str, list[Reason]] = {}
    for feature in features:
        if adds := feature.value * feature.weight:
            part = feature.name.partition(".")[0]
            found.setdefault(part, []).append(Reason(adds, feature.sentence))
    return tuple(
        Part(
            part,
            QUESTIONS.get(part, part.capitalize()),
            tuple(sorted(reasons, key=lambda reason: -abs(reason.adds))),
        )
        for part, reasons in found.items()
    )


def _is_keyword(watch: Watch, item: Item) -> bool:
    """Whether the text is a name alone: short, and telling of no event."""
    if item.summary or len(item.title.split()) > _KEYWORD_WORDS:
        return False
    judge = watch.judge
    return not judge.read(item, judge.mentions(item)).events


def _keyword(watch: Watch, item: Item) -> Check:
    suggestions = watch.judge.matcher.suggest(item.title, _SUGGESTIONS)
    ids = list(dict.fromkeys(s.entity_id for s in suggestions if s.score == 1))
    return Check(
        text=item.title,
        kind="name",
        flagged=bool(ids),
        entities=tuple(known_of(watch, entity_id) for entity_id in ids),
        suggestions=() if ids else tuple(Suggested(*one) for one in suggestions),
    )


def _verdict(watch: Watch, item: Item) -> Check:
    assessment = watch.judge.alone(item)
    ids = dict.fromkeys(m.entity_id for m in assessment.mentions)
    return Check(
        text=item.title,
        kind="text",
        flagged=assessment.verdict.flagged,
        entities=tuple(known_of(watch, entity_id) for entity_id in ids),
        assessment=assessment,
    )


def _stored(watch: Watch, found: Check, counted: int | None) -> tuple[Held, ...]:
    held = []
    for entity in found.entities:
        count, newest = watch.store.judging.mentioning(entity.id, _NEWEST, counted)
        items = tuple(
            HeldItem(s.item.id, s.item.title, s.item.published, s.item.language) for s in newest
        )
        held.append(Held(entity.id, count, items))
    return tuple(held)


def _archived(watch: Watch, found: Check, counted: int | None) -> Archive | None:
    """Return what the archive has of the words: of a name in a row, of a headline all of them."""
    from techwatch.search.query import Having, Query, all_of, phrase_of  # noqa: PLC0415 - slow
    from techwatch.search.words import look_for  # noqa: PLC0415 - likewise

    words, begins = look_for(found.text)
    if not words:
        return None
    is_name = found.kind == "name"
    asked = phrase_of(words, begins=begins) if is_name else all_of(words[:_MOST_WORDS])
    ids = tuple(entity.id for entity in found.entities)
    search = watch.store.search
    of = Query(having=(Having("entity", ids),)) if ids else asked
    return Archive(
        words=words,
        items=search.count(asked) if counted is None else search.count(asked, counted),
        newest=search.items(asked, _NEWEST),
        developments=tuple(one for _, one in search.developments(of, _NEWEST, most=_AMONG).found),
    )
