"""Check: a text, a page or a name judged, with what it mentions set off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from techwatch import checking
from techwatch.checking import Check, Part
from techwatch.digests.reasons import reason
from techwatch.labels import event_label
from techwatch.model import Field, Mention
from techwatch.web.views.reading import of_one_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from techwatch.model import Entity, Feature, Item
    from techwatch.watch import Watch

LONGEST = 20_000  # characters of a text
MOST_COUNTED = 1_000  # items of the store; more are told as "more than"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; the pieces in a row are the text."""

    text: str
    entity_id: str | None = None  # of whom it is a name
    entity_name: str | None = None
    score: float | None = None  # of the mention, 0..1


@dataclass(frozen=True, slots=True)
class Checked:
    """A text with its verdict and all that is known of what it mentions."""

    check: Check
    language: str
    link: str | None  # of the page, where one was read
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]  # what follows the headline
    reason: str  # why the verdict is what it is; empty for a name
    reason_language: str
    parts: tuple[Part, ...]  # what was weighed
    mentions: tuple[Mention, ...]
    unread: int  # characters at the end that were not searched for names
    most_counted: int = MOST_COUNTED


@of_one_state
def check(watch: Watch, item: Item, link: str | None = None, language: str = "en") -> Checked:
    """Judge a text, a name or a page that was read, for readers of a language."""
    found = checking.check(watch, item, counted=MOST_COUNTED)
    assessed = found.assessment
    mentions = assessed.mentions if assessed else ()
    entities = watch.baseline.entities
    why, told_in = reason(assessed, watch.baseline, language) if assessed else ("", language)
    return Checked(
        check=found,
        language=item.language,
        link=link,
        title=pieces(item.title, mentions, Field.TITLE, entities),
        text=pieces(item.summary, mentions, Field.SUMMARY, entities),
        reason=why,
        reason_language=told_in,
        parts=checking.parts(_named(assessed.features, watch, language)) if assessed else (),
        mentions=mentions,
        unread=watch.judge.unread(item),
    )


def _named(features: Iterable[Feature], watch: Watch, language: str) -> Iterator[Feature]:
    """Give features, those of a kind of event named as readers call it."""
    kinds = watch.baseline.event_types
    for one in features:
        kind = kinds.get(one.name.partition("event:")[2])
        if kind is None or language == "en":
            yield one
        else:
            yield replace(one, sentence=f"the kind of event: {event_label(kind, language)}")


def item_of(text: str, language: str | None) -> Item:
    """Make an item of a text: its first line is the headline."""
    title, _, rest = text.replace("\0", "").strip().partition("\n")
    return checking.item_of(title.strip(), rest.strip(), language)


def pieces(
    text: str, mentions: Iterable[Mention], field: Field, entities: Mapping[str, Entity]
) -> tuple[Piece, ...]:
    """Divide a text where mentions begin and end; of two that overlap the first is set off."""
    found: list[Piece] = []
    last = 0
    for one in sorted((m for m in mentions if m.field is field), key=lambda m: (m.start, -m.end)):
        if one.start < last:
            continue
        if one.start > last:
            found.append(Piece(text[last : one.start]))
        known = entities.get(one.entity_id)
        name = known.name if known else one.entity_id
        found.append(Piece(text[one.start : one.end], one.entity_id, name, one.score))
        last = one.end
    return (*found, Piece(text[last:])) if text[last:] else tuple(found)
