"""Read a folder of YAML files into a Baseline, or say everything that is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from techwatch import collector
from techwatch.baseline import checking, wordlist
from techwatch.baseline.building import build
from techwatch.baseline.checking import Entries, Entry
from techwatch.baseline.schema import (
    EntityEntry,
    EventTypeEntry,
    NamingFile,
    SourceEntry,
    TrackEntry,
    VocabularyFile,
)
from techwatch.errors import InvalidFilesError, Problem
from techwatch.text import digest
from techwatch.yamlfile import Loc, YamlDocument, read, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from techwatch.model import Baseline

Model = TypeVar("Model", bound=BaseModel)

SOURCES = "sources.yaml"
EVENTS = "events.yaml"
ENTITY_FOLDERS = ("actors", "laws")
VOCABULARY_FOLDER = "vocabulary"
NAMING_FOLDER = "naming"  # may be absent: then no emerging names are told
_EVENT_LISTS = ("tracks", "event_types")
_VERSION_DIGITS = 12


def load(directory: Path) -> Baseline:
    """Read the baseline in a folder.

    Raises InvalidFilesError with every problem of every file.
    """
    return _load(directory, _no_more)


def check(directory: Path) -> Baseline:
    """Read the baseline and run all checks, also those too slow for every start.

    Raises InvalidFilesError with every problem of every file.
    """
    return _load(directory, _slow_checks)


def _load(directory: Path, more: Callable[[Entries], list[Problem]]) -> Baseline:
    with collector.paused():
        reading = _Reading(directory)
        entries = reading.read()
        problems = [*reading.problems, *checking.check(entries), *more(entries)]
        if problems:
            raise InvalidFilesError(problems)
        return build(entries, version(directory))


def _no_more(_: Entries) -> list[Problem]:
    return []


def _slow_checks(entries: Entries) -> list[Problem]:
    return checking.dictionary_words(entries, wordlist.common_words())


def version(directory: Path) -> str:
    """Hash names and contents of the files, 12 hex digits; the same on every machine."""
    parts = [
        part
        for path in _files(directory)
        for part in (path.relative_to(directory).as_posix(), path.read_bytes().hex())
    ]
    return digest(*parts)[:_VERSION_DIGITS]


def _files(directory: Path) -> list[Path]:
    folders = (*ENTITY_FOLDERS, VOCABULARY_FOLDER, NAMING_FOLDER)
    return [
        directory / SOURCES,
        directory / EVENTS,
        *(path for folder in folders for path in sorted((directory / folder).glob("*.yaml"))),
    ]


class _Reading:
    """One pass over the files, gathering entries and problems."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.problems: list[Problem] = []
        self._ids: dict[str, set[str]] = {}
        self._unread: set[str] = set()  # lists of which some entries may not be known

    def read(self) -> Entries:
        """Return what kept to the schema; what did not is in `problems` then."""
        sources, events, *others = _files(self.directory)
        in_folders = [path for path in others if path.parent.name in ENTITY_FOLDERS]
        vocabularies = [path for path in others if path.parent.name == VOCABULARY_FOLDER]
        namings = [path for path in others if path.parent.name == NAMING_FOLDER]
        self._find_unread_files()
        source_entries = tuple(self._list(sources, SourceEntry, "sources"))
        tracks, event_types = self._events(events)
        entities = tuple(
            entry for path in in_folders for entry in self._list(path, EntityEntry, "entities")
        )
        words = tuple(e for path in vocabularies for e in self._whole(path, VocabularyFile))
        naming = tuple(e for path in namings for e in self._whole(path, NamingFile))
        names = ("sources", *_EVENT_LISTS, "entities")
        ids = {n: None if n in self._unread else frozenset(self._ids.get(n, ())) for n in names}
        return Entries(source_entries, tracks, event_types, entities, words, ids, naming)

    def _find_unread_files(self) -> None:
        """Report files that would be passed over in silence."""
        expected = set(_files(self.directory))
        for path in sorted(self.directory.rglob("*.y*ml")):
            if path not in expected:
                message = "is not read: entities belong in actors/*.yaml or laws/*.yaml"
                self.problems.append(Problem(self._shown(path), 0, message))

    def _events(
        self, path: Path
    ) -> tuple[tuple[Entry[TrackEntry], ...], tuple[Entry[EventTypeEntry], ...]]:
        document = self._document(path, *_EVENT_LISTS)
        if document is None:
            return (), ()
        for key in document.data if isinstance(document.data, dict) else ():
            if key not in _EVENT_LISTS:
                message = f"{key}: unknown key; known are {', '.join(_EVENT_LISTS)}"
                self.problems.append(Problem(document.name, document.line((key,)), message))
        tracks = tuple(self._entries(document, ("tracks",), TrackEntry, "tracks"))
        types = self._entries(document, ("event_types",), EventTypeEntry, "event_types")
        return tracks, tuple(types)

    def _whole(self, path: Path, model: type[Model]) -> Iterator[Entry[Model]]:
        """Validate a file that is one entry."""
        document = self._document(path)
        if document is not None:
            yield from self._one(document, (), model)

    def _list(self, path: Path, model: type[Model], name: str) -> Iterator[Entry[Model]]:
        document = self._document(path, name)
        if document is not None:
            yield from self._entries(document, (), model, name)

    def _document(self, path: Path, *names: str) -> YamlDocument | None:
        try:
            return read(path, self._shown(path))
        except InvalidFilesError as error:
            self.problems += error.problems
            self._unread |= set(names)
            return None

    def _shown(self, path: Path) -> str:
        return f"{self.directory.name}/{path.relative_to(self.directory).as_posix()}"

    def _entries(
        self, document: YamlDocument, at: Loc, model: type[Model], name: str
    ) -> Iterator[Entry[Model]]:
        """Validate a list entry by entry, so that one bad entry doesn't hide the others."""
        data = document.data
        if at:
            data = data.get(at[0]) if isinstance(data, dict) else None
        if not isinstance(data, list):
            message = f"{name.replace('_', ' ')} should be a list of entries, each beginning with -"
            self.problems.append(Problem(document.name, document.line(at), message))
            self._unread.add(name)
            return
        ids = (item.get("id") for item in data if isinstance(item, dict))
        self._ids.setdefault(name, set()).update(i for i in ids if isinstance(i, str))
        for index in range(len(data)):
            yield from self._one(document, (*at, index), model)

    def _one(self, document: YamlDocument, at: Loc, model: type[Model]) -> Iterator[Entry[Model]]:
        try:
            yield Entry(document, at, validate(document, model, at))
        except InvalidFilesError as error:
            self.problems += error.problems
