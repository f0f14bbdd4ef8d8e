"""All vocabularies compiled into one search.

One pass over a text finds every trigger, marker, topic, context and noise word of every language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from techwatch.phrases import PhraseSet
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from techwatch.model import Mode, Vocabulary

# Words of these languages are common words of others ("bot", "rammer"): read only in their own.
_OWN_LANGUAGE_ONLY = {"nb": frozenset({"nb", "no", "nn", "da", "sv"})}


class Kind(StrEnum):
    """What a word of the vocabulary is for."""

    TRIGGER = "trigger"
    MARKER = "marker"
    TOPIC = "topic"
    CONTEXT = "context"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Word:
    """One pattern of a vocabulary."""

    kind: Kind
    value: str  # event type, mode, or name of the context list
    language: str
    mode: Mode | None = None  # of a trigger that fixes it
    parts: int = 1  # the more parts, the more it demands


@dataclass(frozen=True, slots=True)
class Found:
    """A word where it stands; offsets into the text as published, end exclusive."""

    word: Word
    start: int
    end: int

    def holds(self, other: Found) -> bool:
        """Whether the other stands inside this one and demands less: it is shorter, or vaguer."""
        if not (self.start <= other.start and other.end <= self.end):
            return False
        longer = self.end - self.start > other.end - other.start
        return longer or self.word.parts > other.word.parts

    def overlaps(self, other: Found) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


class Lexicon:
    """The words of all vocabularies, ready to search."""

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        wanted: Callable[[Word], bool] = lambda _: True,
    ) -> None:
        """Compile those that are wanted; raises PatternError naming the first it can't read."""
        every = (entry for key in sorted(vocabularies) for entry in _entries(vocabularies[key]))
        entries = [(word, pattern) for word, pattern in every if wanted(word)]
        self._words = [word for word, _ in entries]
        self._phrases = PhraseSet([pattern for _, pattern in entries])

    def find(self, text: str, language: str) -> list[Found]:
        """Return every word in the text, by where it starts, longer ones first."""
        folded = fold(text)
        return [
            Found(word, *folded.span(hit.start, hit.end))
            for hit in self._phrases.find(folded, text)
            if _is_read(word := self._words[hit.key], language)
        ]

    def standing(self, text: str, language: str) -> list[Word]:
        """Return the words that `find` finds, each once, in no order; faster, without places."""
        words = map(self._words.__getitem__, self._phrases.standing(fold(text), text))
        return [word for word in words if _is_read(word, language)]


def _is_read(word: Word, language: str) -> bool:
    """Whether a word is looked for in texts of a language."""
    only = _OWN_LANGUAGE_ONLY.get(word.language)
    return only is None or language in only


def _entries(vocabulary: Vocabulary) -> Iterator[tuple[Word, str]]:
    language = vocabulary.language
    for trigger in vocabulary.triggers:
        parts = 1 + trigger.pattern.count("…") + trigger.pattern.count("...")
        word = Word(Kind.TRIGGER, trigger.event_type, language, trigger.mode, parts)
        yield word, trigger.pattern
    for mode, patterns in vocabulary.markers.items():
        yield from _listed(Kind.MARKER, str(mode), language, patterns)
    for name, patterns in vocabulary.contexts.items():
        yield from _listed(Kind.CONTEXT, name, language, patterns)
    yield from _listed(Kind.TOPIC, "topic", language, vocabulary.topics)
    yield from _listed(Kind.NOISE, "noise", language, vocabulary.noise)


def _listed(
    kind: Kind, value: str, language: str, patterns: Iterable[str]
) -> Iterator[tuple[Word, str]]:
    for pattern in patterns:
        yield Word(kind, value, language), pattern
