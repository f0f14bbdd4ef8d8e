"""What only several entries together can get wrong: ids, references, shared names, patterns.

Pure: takes the entries as read and returns problems, each with its file and line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from techwatch.errors import Problem
from techwatch.phrases import PatternError
from techwatch.phrases import check as check_pattern
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping

    from techwatch.baseline.schema import (
        DescribedEntry,
        EntityEntry,
        EventTypeEntry,
        FactEntry,
        NamingFile,
        SourceEntry,
        TrackEntry,
        VocabularyFile,
    )
    from techwatch.yamlfile import Loc, YamlDocument

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    """An entry that kept to the schema, and where it stands."""

    document: YamlDocument
    at: Loc
    value: Value

    def problem(self, message: str, *path: int | str) -> Problem:
        """Return a problem at a place inside the entry."""
        return Problem(self.document.name, self.document.line((*self.at, *path)), message)


@dataclass(frozen=True)
class Entries:
    """All entries of all files.

    `ids` holds the ids of every entry written, also of those that broke the schema: what refers
    to them is not wrong on that account. None stands where a file could not be read at all.
    """

    sources: tuple[Entry[SourceEntry], ...]
    tracks: tuple[Entry[TrackEntry], ...]
    event_types: tuple[Entry[EventTypeEntry], ...]
    entities: tuple[Entry[EntityEntry], ...]
    vocabularies: tuple[Entry[VocabularyFile], ...]
    ids: Mapping[str, frozenset[str] | None]  # by the name of the field above
    naming: tuple[Entry[NamingFile], ...] = ()

    @cached_property
    def articles(self) -> frozenset[str]:
        """The ids of sources that are articles, which no entity lists among its documents."""
        return frozenset(s.value.id for s in self.sources if s.value.kind == "article")


def check(entries: Entries) -> list[Problem]:
    """Return every problem between the entries."""
    return [
        *_twice("source", entries.sources),
        *_twice("track", entries.tracks),
        *_twice("event type", entries.event_types),
        *_twice("entity", entries.entities),
        *_languages_twice(entries.vocabularies),
        *_languages_twice(entries.naming),
        *(p for e in entries.event_types for p in _event_type(e, entries)),
        *(p for e in entries.entities for p in _entity(e, entries)),
        *(p for v in entries.vocabularies for p in _vocabulary(v, entries)),
        *_shared_names(entries.entities),
    ]


_Identified = TypeVar("_Identified", "SourceEntry", "TrackEntry", "EventTypeEntry", "EntityEntry")


def _twice(what: str, entries: Iterable[Entry[_Identified]]) -> Iterator[Problem]:
    first: dict[str, Entry[_Identified]] = {}
    for entry in entries:
        if (other := first.setdefault(entry.value.id, entry)) is not entry:
            here = entry.problem(f"{what} {entry.value.id!r} stands here a second time", "id")
            yield _also_at(here, other.problem("", "id"))


_OfLanguage = TypeVar("_OfLanguage", "VocabularyFile", "NamingFile")


def _languages_twice(files: Iterable[Entry[_OfLanguage]]) -> Iterator[Problem]:
    first: dict[str, Entry[_OfLanguage]] = {}
    for entry in files:
        if (other := first.setdefault(entry.value.language, entry)) is not entry:
            here = entry.problem(
                f"language {entry.value.language!r} has a file already", "language"
            )
            yield _also_at(here, other.problem("", "language"))


def _also_at(problem: Problem, other: Problem) -> Problem:
    message = f"{problem.message}; the first is at {other.file}:{other.line}"
    return Problem(problem.file, problem.line, message)


def _event_type(entry: Entry[EventTypeEntry], entries: Entries) -> Iterator[Problem]:
    event_type = entry.value
    yield from _unknown(entry, "track", event_type.track, entries.ids["tracks"], "track")
    track = next((t.value for t in entries.tracks if t.value.id == event_type.track), None)
    if track is not None and event_type.rung is not None and event_type.rung not in track.rungs:
        rungs = ", ".join(track.rungs) or "none: it is no ladder"
        yield entry.problem(
            f"unknown rung {event_type.rung!r}; the rungs of {track.id} are {rungs}", "rung"
        )


def _entity(entry: Entry[EntityEntry], entries: Entries) -> Iterator[Problem]:
    yield from _flags(entry)
    for index, document in enumerate(entry.value.documents):
        known = entries.ids["sources"]
        yield from _unknown(entry, "document", document, known, "documents", index)
    for index, relation in enumerate(entry.value.relations):
        known = entries.ids["entities"]
        yield from _unknown(entry, "entity", relation.target, known, "relations", index, "target")
    for index, described in enumerate(entry.value.described):
        yield from _described(entry, index, described)
    for index, fact in enumerate(entry.value.facts):
        yield from _fact(entry, index, fact, entries)


def _fact(
    entry: Entry[EntityEntry], index: int, fact: FactEntry, entries: Entries
) -> Iterator[Problem]:
    at = ("facts", index)
    yield from _unknown(entry, "source", fact.source, entries.ids["sources"], *at, "source")
    if fact.source not in {*entry.value.documents, *entries.articles}:
        message = f"source {fact.source!r} is not among the entity's documents; add it there"
        yield entry.problem(message, *at, "source")
    if fact.event is not None:
        known = entries.ids["event_types"]
        yield from _unknown(entry, "event type", fact.event, known, *at, "event")
    for which, other in enumerate(fact.disputed_by):
        yield from _dispute(entry, fact, other, entries, (*at, "disputed_by", which))


def _dispute(
    entry: Entry[EntityEntry], fact: FactEntry, other: str, entries: Entries, at: Loc
) -> Iterator[Problem]:
    """Find disputes with nobody, with the document itself, and those that one side alone marks."""
    unknown = [*_unknown(entry, "source", other, entries.ids["sources"], *at)]
    yield from unknown
    if other == fact.source:
        yield entry.problem(f"{other!r} is the fact's own source; a dispute takes another", *at)
    elif not unknown and not any(
        against.source == other and fact.source in against.disputed_by
        for against in entry.value.facts
    ):
        message = f"no fact of {other!r} here is disputed_by {fact.source!r} in turn; mark both"
        yield entry.problem(message, *at)


def dictionary_words(entries: Entries, common: Container[str]) -> list[Problem]:
    """Return a problem for every Latin name that is a common word and neither weak nor sure.

    `common` holds words in small letters. Slow to come by, so that only a check on demand asks.
    """
    return [
        entry.problem(
            f"name {name!r} is also a common word; make it weak, or list it under sure",
            "names",
            language,
            index,
        )
        for entry in entries.entities
        for language, index, name in _strong_names(entry.value)
        if name not in entry.value.sure and fold(name).text in common
    ]


def _flags(entry: Entry[EntityEntry]) -> Iterator[Problem]:
    """Find weak and other flags on names that the entity doesn't have."""
    entity = entry.value
    names = {name for names in entity.names.values() for name in names}
    flags = {
        "weak": (entity.weak, names),
        "sure": (entity.sure, names),
        "exact_case": (entity.exact_case, names),
        "no_fuzzy": (entity.no_fuzzy, names),
        "ours": (entity.ours, names | set(entity.names)),
    }
    for key, (flagged, known) in flags.items():
        for index, name in enumerate(flagged):
            if name not in known:
                yield entry.problem(f"{key}: {name!r} is not among the names", key, index)
    for index, name in enumerate(entity.sure):
        if name in entity.weak:
            yield entry.problem(f"sure: {name!r} is weak too; choose one", "sure", index)


def _described(
    entry: Entry[EntityEntry], index: int, described: DescribedEntry
) -> Iterator[Problem]:
    for language, groups in described.groups().items():
        for which, group in enumerate(groups):
            for pattern in alternatives(group):
                yield from _pattern(entry, pattern, "described", index, language, which)


def alternatives(group: str) -> tuple[str, ...]:
    """Split a group of a described name at each | outside parentheses."""
    parts = [""]
    depth = 0
    for char in group:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(part.strip() for part in parts)


def _vocabulary(entry: Entry[VocabularyFile], entries: Entries) -> Iterator[Problem]:
    vocabulary = entry.value
    for event_type, triggers in vocabulary.triggers.items():
        at = ("triggers", event_type)
        known = entries.ids["event_types"]
        yield from _unknown(entry, "event type", event_type, known, *at)
        for index, trigger in enumerate(triggers):
            yield from _pattern(entry, trigger.phrase, *at, index)
    yield from _patterns(entry, vocabulary.topics, "topics")
    yield from _patterns(entry, vocabulary.noise, "noise")
    for mode, patterns in vocabulary.markers.items():
        yield from _patterns(entry, patterns, "markers", str(mode))
    for name, patterns in vocabulary.contexts.items():
        yield from _patterns(entry, patterns, "contexts", name)


def _patterns(
    entry: Entry[VocabularyFile], patterns: Iterable[str], *path: int | str
) -> Iterator[Problem]:
    for index, pattern in enumerate(patterns):
        yield from _pattern(entry, pattern, *path, index)


def _pattern(entry: Entry[Value], pattern: str, *path: int | str) -> Iterator[Problem]:
    try:
        check_pattern(pattern)
    except PatternError as error:
        yield entry.problem(f"pattern {pattern!r} can't be read: {error}", *path)


def _unknown(
    entry: Entry[Value], what: str, name: str, known: Collection[str] | None, *path: int | str
) -> Iterator[Problem]:
    if known is not None and name not in known:
        yield entry.problem(f"unknown {what} {name!r}{_advice(name, known)}", *path)


def _advice(name: str, known: Collection[str]) -> str:
    import difflib  # noqa: PLC0415 - only files with mistakes pay

    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _shared_names(entities: Iterable[Entry[EntityEntry]]) -> Iterator[Problem]:
    """Find names that two entities hold and both count without support."""
    strong: dict[str, str] = {}
    for entry in entities:
        for language, index, name in _strong_names(entry.value):
            key = name if name in entry.value.exact_case else fold(name).text
            other = strong.setdefault(key, entry.value.id)
            if other != entry.value.id:
                message = f"name {name!r} is also a name of {other!r}; make it weak on one of them"
                yield entry.problem(message, "names", language, index)


def _strong_names(entity: EntityEntry) -> Iterator[tuple[str, int, str]]:
    for language, names in entity.names.items():
        for index, name in enumerate(names):
            if name not in entity.weak:
                yield language, index, name
