"""The entities of the baseline, listed and found by a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import EntityKind
from techwatch.text import fold
from techwatch.web.views import ladders

if TYPE_CHECKING:
    from techwatch.model import Entity
    from techwatch.watch import Watch

_PAGE = 50
_SUGGESTIONS = 10


@dataclass(frozen=True, slots=True)
class EntityLine:
    """An entity in a list."""

    id: str
    kind: EntityKind
    type: str
    name: str
    country: str | None
    names: tuple[str, ...]  # a few others
    ladders: tuple[str, ...]  # "Coercion of an actor: banned, us, 2020-08"


@dataclass(frozen=True, slots=True)
class Entities:
    """A page of the baseline's entities."""

    entities: tuple[EntityLine, ...]
    suggested: bool  # none has the words asked for; these have names like them
    after: str | None  # where the next page begins; None: this is the last


def entities(
    watch: Watch,
    words: str = "",
    kind: EntityKind | None = None,
    after: str = "",
    language: str = "en",
) -> Entities:
    """Return a page of entities by id: all, or those with words in a name, or with like names.

    Args:
        watch: techwatch.
        words: that a name holds; empty: all are listed.
        kind: only these.
        after: the id after which the page begins.
        language: of readers, for labels.
    """
    known = watch.baseline.entities
    chosen = [known[i] for i in sorted(known) if kind in {None, known[i].kind}]
    wanted, suggested = fold(words).text.strip(), False
    if wanted:
        found = [entity for entity in chosen if _holds(entity, wanted)]
        if not found:
            like = watch.judge.matcher.suggest(words, _SUGGESTIONS)
            found = [known[s.entity_id] for s in like if kind in {None, known[s.entity_id].kind}]
            suggested = True
            return Entities(tuple(_line(watch, e, language) for e in found), suggested, None)
        chosen = found
    rest = [entity for entity in chosen if entity.id > after]
    following = rest[_PAGE - 1].id if len(rest) > _PAGE else None
    return Entities(tuple(_line(watch, e, language) for e in rest[:_PAGE]), suggested, following)


def _holds(entity: Entity, wanted: str) -> bool:
    texts = (entity.id, entity.name, *(name.text for name in entity.names))
    return any(wanted in fold(text).text for text in texts)


def _line(watch: Watch, entity: Entity, language: str) -> EntityLine:
    known = watch.baseline
    others = dict.fromkeys(n.text for n in entity.names if n.text != entity.name and not n.weak)
    return EntityLine(
        id=entity.id,
        kind=entity.kind,
        type=entity.type,
        name=entity.name,
        country=entity.country,
        names=tuple(others)[:3],
        ladders=tuple(
            ladders.in_words(s, known.tracks[s.track], language)
            for s in watch.judge.known.get(entity.id, ())
        ),
    )
