"""From checked entries to the values that the stages speak. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch import model
from techwatch.baseline.checking import alternatives
from techwatch.baseline.dates import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.baseline.checking import Entries
    from techwatch.baseline.schema import (
        EntityEntry,
        EventTypeEntry,
        FactEntry,
        QuantityEntry,
        TrackEntry,
        VocabularyFile,
    )


def build(entries: Entries, version: str) -> model.Baseline:
    """Make the baseline of entries in which checking found nothing."""
    return model.Baseline(
        entities={e.value.id: _entity(e.value) for e in entries.entities},
        tracks={e.value.id: _track(e.value) for e in entries.tracks},
        event_types={e.value.id: _event_type(e.value) for e in entries.event_types},
        vocabularies={e.value.language: _vocabulary(e.value) for e in entries.vocabularies},
        sources={e.value.id: model.Source(**e.value.model_dump()) for e in entries.sources},
        version=version,
        naming={e.value.language: model.Naming(**e.value.model_dump()) for e in entries.naming},
    )


def _track(entry: TrackEntry) -> model.Track:
    return model.Track(**entry.model_dump())


def _event_type(entry: EventTypeEntry) -> model.EventType:
    return model.EventType(**entry.model_dump())


def _entity(entry: EntityEntry) -> model.Entity:
    facts = [_fact(entry.id, fact) for fact in entry.facts]
    return model.Entity(
        id=entry.id,
        kind=entry.kind,
        type=entry.type,
        name=entry.name,
        names=tuple(_names(entry)),
        false_friends=tuple(model.FalseFriend(f.text, f.means) for f in entry.false_friends),
        described=tuple(_described(entry)),
        country=entry.country,
        sector=entry.sector,
        relations=tuple(model.Relation(r.type, r.target) for r in entry.relations),
        documents=entry.documents,
        facts=tuple(sorted(facts, key=lambda fact: sort_key(fact.date))),
    )


def _names(entry: EntityEntry) -> Iterator[model.Name]:
    """Yield each name once, under the first language that lists it."""
    seen: set[str] = set()
    for language, names in entry.names.items():
        for text in names:
            if text not in seen:
                seen.add(text)
                yield model.Name(
                    text=text,
                    language=language,
                    weak=text in entry.weak,
                    exact_case=text in entry.exact_case,
                    fuzzy=text not in entry.no_fuzzy,
                    ours=text in entry.ours or language in entry.ours,
                )


def _described(entry: EntityEntry) -> Iterator[model.DescribedName]:
    for described in entry.described:
        for language, groups in described.groups().items():
            if groups:
                words = tuple(alternatives(group) for group in groups)
                yield model.DescribedName(words, language, described.window)


def _fact(entity_id: str, entry: FactEntry) -> model.Fact:
    return model.Fact(
        entity_id=entity_id,
        text=entry.text,
        source=entry.source,
        date=entry.date,
        event_type=entry.event,
        jurisdiction=entry.by,
        post=entry.post,
        disputed_by=entry.disputed_by,
        note=entry.note,
    )


def _vocabulary(entry: VocabularyFile) -> model.Vocabulary:
    return model.Vocabulary(
        language=entry.language,
        triggers=tuple(
            model.Trigger(trigger.phrase, event_type, trigger.mode)
            for event_type, triggers in entry.triggers.items()
            for trigger in triggers
        ),
        markers=entry.markers,
        topics=entry.topics,
        contexts=entry.contexts,
        noise=entry.noise,
        quantities=_quantities(entry.quantities) if entry.quantities else {},
    )


def _quantities(entry: QuantityEntry) -> dict[str, dict[str, tuple[str, ...]]]:
    kinds: dict[str, dict[str, tuple[str, ...]]] = {
        kind: {str(meaning): words for meaning, words in getattr(entry, kind).items()}
        for kind in ("currencies", "magnitudes", "numbers", "counted", "months")
    }
    return kinds | {"days": {"day": entry.days}}
