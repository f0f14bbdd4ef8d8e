"""The baseline: what is known, to be browsed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch import labels
from techwatch.errors import NotFoundError
from techwatch.model import Direction, EntityKind, Mode, Source
from techwatch.web.views.proposing import Folder, folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.errors import Problem
    from techwatch.model import Baseline, EventType, Track, Vocabulary
    from techwatch.watch import Watch

_PAGE = 50  # sources


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many entities of a kind there are."""

    kind: EntityKind
    entities: int
    facts: int


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """What the vocabulary of a language holds."""

    language: str
    phrases: int
    names: int  # of entities, in it


@dataclass(frozen=True, slots=True)
class EventTypeShown:
    """A kind of event."""

    id: str
    label: str
    sentence: str
    weight: float
    rung_label: str | None  # that it reaches, or leaves going back
    direction: Direction


@dataclass(frozen=True, slots=True)
class TrackShown:
    """A field of events; a ladder where it has rungs."""

    id: str
    label: str
    rungs: tuple[str, ...]  # labels, lowest first
    event_types: tuple[EventTypeShown, ...]


@dataclass(frozen=True, slots=True)
class BaselineShown:
    """What the baseline holds."""

    version: str  # hash of the files that are in use
    problems: tuple[str, ...]  # of the files as they are now: they are not in use then
    folder: Folder
    kinds: tuple[KindCount, ...]
    languages: tuple[LanguageCount, ...]
    sources: int
    tracks: tuple[TrackShown, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """A page of documents and articles, by id."""

    sources: tuple[Source, ...]
    after: str | None  # where the next page begins; None: this is the last


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases that mean one thing."""

    id: str
    label: str
    phrases: tuple[str, ...]  # in the pattern language of the baseline


@dataclass(frozen=True, slots=True)
class VocabularyShown:
    """The words of one language."""

    language: str
    triggers: tuple[Phrases, ...]  # by event type
    markers: tuple[Phrases, ...]  # by mode: how far an event has come
    contexts: tuple[Phrases, ...]
    topics: tuple[str, ...]
    noise: tuple[str, ...]


def baseline(watch: Watch, problems: Iterable[Problem], language: str = "en") -> BaselineShown:
    """Return what the baseline holds, by counts, and its tracks.

    `problems` are those of the files as they are now, where they can't be used; `language` is that
    of readers, for labels.
    """
    known = watch.baseline
    entities = known.entities.values()
    kinds = Counter(entity.kind for entity in entities)
    facts = Counter(entity.kind for entity in entities for _ in entity.facts)
    names = Counter(name.language for entity in entities for name in entity.names)
    return BaselineShown(
        version=known.version,
        problems=tuple(str(problem) for problem in problems),
        folder=folder(watch),
        kinds=tuple(KindCount(kind, kinds[kind], facts[kind]) for kind in EntityKind),
        languages=tuple(
            LanguageCount(
                language, len(v.triggers) + sum(map(len, v.markers.values())), names[v.language]
            )
            for language, v in sorted(known.vocabularies.items())
        ),
        sources=len(known.sources),
        tracks=tuple(_track(track, known, language) for track in known.tracks.values()),
    )


def _phrases(words: Vocabulary) -> int:
    return len(words.triggers) + sum(map(len, words.markers.values()))


def sources(watch: Watch, after: str = "") -> Sources:
    """Return a page of sources, those after an id."""
    known = watch.baseline.sources
    rest = [known[i] for i in sorted(known) if i > after]
    return Sources(tuple(rest[:_PAGE]), rest[_PAGE - 1].id if len(rest) > _PAGE else None)


def vocabulary(watch: Watch, language: str, readers: str = "en") -> VocabularyShown:
    """Return the words of a language, labelled in that of readers; raises NotFoundError."""
    known = watch.baseline
    words = known.vocabularies.get(language)
    if words is None:
        raise NotFoundError("vocabulary", language, f"there are {', '.join(known.vocabularies)}")
    triggers: dict[str, list[str]] = {}
    for trigger in words.triggers:
        mode = f" ({trigger.mode})" if trigger.mode else ""
        triggers.setdefault(trigger.event_type, []).append(trigger.pattern + mode)
    return VocabularyShown(
        language=language,
        triggers=tuple(
            Phrases(i, labels.event_label(known.event_types[i], readers), tuple(found))
            for i, found in triggers.items()
        ),
        markers=tuple(Phrases(m, m, words.markers[m]) for m in Mode if m in words.markers),
        contexts=tuple(Phrases(i, i, found) for i, found in words.contexts.items()),
        topics=words.topics,
        noise=words.noise,
    )


def _track(track: Track, known: Baseline, language: str) -> TrackShown:
    types = (t for t in known.event_types.values() if t.track == track.id)
    return TrackShown(
        track.id,
        labels.track_label(track, language),
        labels.rung_labels(track, language),
        tuple(_event_type(t, track, language) for t in types),
    )


def _event_type(of: EventType, track: Track, language: str) -> EventTypeShown:
    return EventTypeShown(
        id=of.id,
        label=labels.event_label(of, language),
        sentence=labels.event_sentence(of, language),
        weight=of.weight,
        rung_label=labels.rung_label(track, of.rung, language),
        direction=of.direction,
    )
