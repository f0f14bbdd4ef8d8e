"""Emerging names: names that the baseline lacks, where they stand near names that it has.

A name is near if an actor or law of the baseline is mentioned in the same sentence, or if it
stands in the title of an item and the title mentions one. In an item that mentions none, but was
found to matter all the same, China takes their place. Precision comes first, since a person
reads the list: what may as well be ordinary words is left out.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING

from techwatch.matching.capitalised import attached_laws, pieces
from techwatch.matching.known import KnownNames
from techwatch.matching.naming import Dictionary, Words, no_dictionary, vocabulary_words
from techwatch.matching.pieces import Taken
from techwatch.matching.unspaced import companies, titles
from techwatch.matching.variants import initials
from techwatch.model import EntityKind, Field, Method, Sighting
from techwatch.phrases import SENTENCE_END
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techwatch.matching.pieces import Piece
    from techwatch.model import Baseline, Mention

_READ = 4_000  # characters of each text that are read: news leads with what is new
_SHOWN = 300  # characters of a sentence that are kept as an example
_MOST = 40  # names of one item; more is a list, not news
_END = re.compile(SENTENCE_END.pattern, re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_BAR = re.compile(r"\s(?:[|–—-]|\|\|)\s")
_SLASH = re.compile(r"\s/\s")  # between a photographer and the paper
_BYLINE_WORDS = 4
_CHINA = "cn"
_ATTACHING = frozenset({"nb"})  # languages that write the title of a law in one word
_CAPITALS = "en"  # whose lists serve names in Latin letters inside Chinese texts


class EmergingNames:
    """Finds names that a baseline lacks. Word lists are compiled when they are first needed."""

    def __init__(self, baseline: Baseline, dictionary: Dictionary = no_dictionary) -> None:
        """Keep what is needed.

        Args:
            baseline: with its lists of how names look; without them nothing is found.
            dictionary: asked once at most, when the first capital is weighed.
        """
        self._baseline = baseline
        self._dictionary = cache(dictionary)
        self._words: dict[str, Words] = {}

    def find(
        self,
        texts: Mapping[Field, str],
        language: str,
        mentions: Sequence[Mention],
        publisher: str = "",
    ) -> tuple[Sighting, ...]:
        """Return the names of an item that the baseline lacks, each once, by field and place.

        Args:
            texts: of the item, as published; `mentions` are those found in them.
            language: of the item; nothing is found in one whose names have no lists.
            mentions: of the item, places included.
            publisher: of the item's feed: its own name is none.
        """
        words = self._words_of(language)
        if words is None:
            return ()
        anchors = self._anchors(mentions)
        found = [
            sighting
            for field in Field
            if texts.get(field) and anchors
            for sighting in self._in_text(field, texts[field][:_READ], language, mentions, anchors)
        ]
        own = f" {words.key(publisher)} "
        return _each_once([s for s in found if f" {s.key} " not in own])[:_MOST]

    def lacks(self, name: str, language: str = "en") -> bool:
        """Whether the baseline has no entity of this name, however it is written or misspelt."""
        words = self._words_of(language) or self._words_of(_CAPITALS)
        return words is None or words.key(name) not in self._known

    def key(self, name: str, language: str = "en") -> str:
        """Return the key under which the variants of a name are counted together."""
        words = self._words_of(language) or self._words_of(_CAPITALS)
        return fold(name).text.strip() if words is None else words.key(name)

    def _words_of(self, language: str) -> Words | None:
        naming = self._baseline.naming.get(language)
        if naming is None:
            return None
        if language not in self._words:
            dictionary = self._dictionary if language == _CAPITALS else no_dictionary
            plain = vocabulary_words(self._baseline)
            self._words[language] = Words.of(naming, plain, dictionary)
        return self._words[language]

    @cached_property
    def _known(self) -> KnownNames:
        languages = [self._words_of(language) for language in self._baseline.naming]
        return KnownNames(self._baseline, [words for words in languages if words])

    def _is_place(self, mention: Mention) -> bool:
        entity = self._baseline.entities.get(mention.entity_id)
        return entity is None or entity.kind is EntityKind.PLACE

    def _anchors(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Return what a name must stand near: actors and laws; China where none is named."""
        named = [m for m in mentions if not self._is_place(m)]
        return named or [m for m in mentions if self._country(m) == _CHINA]

    def _country(self, mention: Mention) -> str | None:
        entity = self._baseline.entities.get(mention.entity_id)
        return entity.country if entity else None

    def _in_text(
        self,
        field: Field,
        text: str,
        language: str,
        mentions: Sequence[Mention],
        anchors: Sequence[Mention],
    ) -> Iterator[Sighting]:
        here = [m for m in mentions if m.field is field and m.start < len(text)]
        known = [m for m in anchors if m.field is field and m.start < len(text)]
        taken = [self._taken(m) for m in here if m.method is not Method.DESCRIBED]
        for start, end in _sentences(text[: _byline(text)] if field is Field.TITLE else text):
            stretch = [m for m in known if start <= m.start < end]
            near = known if field is Field.TITLE else stretch
            if not near:
                continue
            entities = tuple(dict.fromkeys(m.entity_id for m in near))
            sentence = _shortened(text[start:end].strip())
            for piece, words in self._pieces(text, start, end, taken, language):
                surface = text[piece.start : piece.end]
                key = words.key(surface)
                if len(key) > 1 and not words.names_nobody(key) and key not in self._known:
                    at = piece.start, piece.end
                    yield Sighting(
                        key, piece.kind, piece.type, surface, field, *at, sentence, entities
                    )

    def _taken(self, mention: Mention) -> Taken:
        entity = self._baseline.entities.get(mention.entity_id)
        place = entity is None or entity.kind is EntityKind.PLACE
        person = entity is not None and entity.type == "person"
        return Taken(mention.start, mention.end, place, person)

    def _pieces(
        self, text: str, start: int, end: int, taken: Sequence[Taken], language: str
    ) -> Iterator[tuple[Piece, Words]]:
        chinese = self._words_of("zh") if _CHINESE.search(text, start, end) else None
        if chinese is not None:
            found = (
                *titles(text, start, end, chinese),
                *companies(text, start, end, taken, chinese),
            )
            credited = chinese.credited(text, start, end)
            yield from ((p, chinese) for p in found if not _inside(p, credited))
        latin = self._words_of(language if language != "zh" else _CAPITALS)
        if latin is None or latin.boilerplate.search(text, start, end):
            return
        if language in _ATTACHING:
            for piece in attached_laws(text, start, end, latin):
                yield piece, latin
        credited = latin.credited(text, start, end)
        capitalised = pieces(text, start, end, taken, latin)
        for piece in capitalised:
            if not _inside(piece, credited) and not _SLASH.match(text, piece.end):
                yield piece, latin


def _inside(piece: Piece, stretches: Sequence[range]) -> bool:
    return any(piece.start in stretch for stretch in stretches)


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _SHOWN else f"{sentence[: _SHOWN - 1].rstrip()}…"


def _byline(title: str) -> int:
    """Return where the name of an author or paper begins that ends a title; its end if none."""
    bars = [*_BAR.finditer(title)]
    last = title[bars[-1].end() :] if bars else ""
    few = 0 < len(last.split()) <= _BYLINE_WORDS
    return bars[-1].start() if few and not last[:1].islower() else len(title)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _END.finditer(text):
        yield start, stop.start() + 1
        start = stop.end()
    if start < len(text):
        yield start, len(text)


def _each_once(found: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Keep the first sighting of each name; a part or the initials of another are that one."""
    first: dict[str, Sighting] = {}
    for sighting in found:
        kept = first.setdefault(sighting.key, sighting)
        if kept.type == "unknown" != sighting.type:
            first[sighting.key] = sighting
    padded = [f" {key} " for key in first]
    short = {initials(s.surface) for s in first.values()}
    return tuple(
        s
        for key, s in first.items()
        if s.surface not in short and sum(f" {key} " in longer for longer in padded) == 1
    )
