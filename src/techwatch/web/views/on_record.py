"""What the baseline says of one entity: names, facts with their documents, whom it is tied to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.labels import event_label
from techwatch.model import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.model import Baseline, Entity, Fact


@dataclass(frozen=True, slots=True)
class NameShown:
    """One way of writing an entity."""

    text: str
    weak: bool  # counts only with support from the context
    exact_case: bool
    ours: bool  # not in the documents


@dataclass(frozen=True, slots=True)
class NamesOf:
    """Its names in one language."""

    language: str
    names: tuple[NameShown, ...]


@dataclass(frozen=True, slots=True)
class FalseFriendShown:
    """What holds a name but means something else."""

    text: str
    means: str


@dataclass(frozen=True, slots=True)
class FactShown:
    """What a document says."""

    date: str
    text: str
    source: Source | None
    post: str | None
    event_label: str | None
    jurisdiction: str | None
    disputed_by: tuple[Source, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Related:
    """Another entity, by the baseline."""

    id: str
    name: str
    relation: str  # "owner", as the baseline has it
    back: bool  # the other one's entry says so: it is the other that is owner


def names(of: Entity) -> tuple[NamesOf, ...]:
    """Sort its names by language, as the baseline orders them."""
    by_language: dict[str, list[NameShown]] = {}
    for name in of.names:
        shown = NameShown(name.text, name.weak, name.exact_case, name.ours)
        by_language.setdefault(name.language, []).append(shown)
    return tuple(NamesOf(language, tuple(names)) for language, names in by_language.items())


def facts(of: Entity, known: Baseline, language: str = "en") -> tuple[FactShown, ...]:
    """Return its facts, the newest first, with labels in a language of readers."""
    return tuple(_fact(fact, known, language) for fact in reversed(of.facts))


def _fact(fact: Fact, known: Baseline, language: str) -> FactShown:
    event_type = known.event_types.get(fact.event_type or "")
    return FactShown(
        date=fact.date,
        text=fact.text,
        source=known.sources.get(fact.source),
        post=fact.post,
        event_label=event_label(event_type, language) if event_type else None,
        jurisdiction=fact.jurisdiction,
        disputed_by=sources(fact.disputed_by, known),
        note=fact.note,
    )


def sources(ids: Iterable[str], known: Baseline) -> tuple[Source, ...]:
    """Return the documents of these ids."""
    return tuple(known.sources[i] for i in ids if i in known.sources)


def relations(of: Entity, known: Baseline) -> tuple[Related, ...]:
    """Return whom it is tied to: by its own entry first, then by those of others."""
    own = [(r.target, r.type, False) for r in of.relations]
    others: Sequence[tuple[str, str, bool]] = [
        (e.id, r.type, True)
        for e in known.entities.values()
        for r in e.relations
        if r.target == of.id
    ]
    return tuple(
        Related(i, known.entities[i].name, relation, back)
        for i, relation, back in (*own, *others)
        if i in known.entities
    )
