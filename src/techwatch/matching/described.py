"""Entities that have no title of their own, told by words that stand together.

"US curbs on chip exports to China" speaks of export controls without naming them. One word of
every group must stand in one sentence, the first and the last not too many words apart.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.phrases import SENTENCE_END, PhraseSet, beginnings
from techwatch.text import is_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from techwatch.model import DescribedName, Entity
    from techwatch.phrases import Hit
    from techwatch.text import Folded

    _Roles = list[tuple[Hit, int]]  # hits, and which group of words each belongs to

_CJK_CHARACTERS_A_WORD = 2
_CHARACTERS_A_WORD = 40  # at most, on the average of a description


@dataclass(frozen=True, slots=True)
class Description:
    """A place where the words stand together. Offsets are into the folded text."""

    entity: Entity
    described: DescribedName
    start: int
    end: int
    words: int  # from the first hit to the last, both counted


class DescribedIndex:
    """All described names, their words compiled into one set.

    `cues` are folded literals; each description has one of them at the beginning of a word.
    """

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._described = [(entity, d) for entity in entities for d in entity.described if d.groups]
        patterns: dict[str, list[tuple[int, int]]] = {}
        for number, (_, described) in enumerate(self._described):
            for group, alternatives in enumerate(described.groups):
                for pattern in alternatives:
                    patterns.setdefault(pattern, []).append((number, group))
        self._roles = list(patterns.values())
        self._phrases = PhraseSet(list(patterns))
        rarest = [max(described.groups, key=_rarity) for _, described in self._described]
        self.cues = beginnings(itertools.chain.from_iterable(rarest))
        keys = {pattern: key for key, pattern in enumerate(patterns)}
        self._groups = [
            [{keys[pattern] for pattern in group} for group in described.groups]
            for _, described in self._described
        ]
        self._told_by: dict[int, list[int]] = {}  # by the key of a rare word, whose it is
        for number, alternatives in enumerate(rarest):
            for pattern in alternatives:
                self._told_by.setdefault(keys[pattern], []).append(number)

    def find(self, folded: Folded, original: str) -> list[Description]:
        """Return for each described name and sentence the place where it stands closest.

        A text in which none of the `cues` stands has none.
        """
        possible = self._possible(folded, original)
        if not possible:
            return []
        parts: dict[int, _Roles] = {}
        for hit in self._phrases.find(folded, original):
            for number, group in self._roles[hit.key]:
                if number in possible:
                    parts.setdefault(number, []).append((hit, group))
        ends = [match.end() for match in SENTENCE_END.finditer(folded.text)]
        found: list[Description] = []
        for number, roles in parts.items():
            entity, described = self._described[number]
            found.extend(_closest(entity, described, _by_sentence(roles, ends), folded.text))
        return found

    def _possible(self, folded: Folded, original: str) -> set[int]:
        """Return the numbers of those of which every group has a word in the text; few have."""
        standing = self._phrases.standing(folded, original)
        told = {number for key in standing for number in self._told_by.get(key, ())}
        return {n for n in told if not any(map(standing.isdisjoint, self._groups[n]))}


def _rarity(alternatives: Iterable[str]) -> int:
    """Guess how seldom one of a group's words stands in a text: the longer, the rarer."""
    return min(map(len, beginnings(alternatives)))


def _closest(
    entity: Entity, described: DescribedName, sentences: Iterable[_Roles], text: str
) -> Iterator[Description]:
    for sentence in sentences:
        windows = [
            Description(entity, described, start, end, count_words(text[start:end]))
            for start, end in _windows(sentence, len(described.groups))
            if end - start <= described.window * _CHARACTERS_A_WORD
        ]
        fitting = [window for window in windows if window.words <= described.window]
        if fitting:
            yield min(fitting, key=lambda window: (window.words, window.start))


def _by_sentence(roles: _Roles, ends: Sequence[int]) -> Iterable[_Roles]:
    sentences: dict[int, _Roles] = {}
    for hit, group in roles:
        sentences.setdefault(bisect_right(ends, hit.start), []).append((hit, group))
    return sentences.values()


def _windows(roles: _Roles, groups: int) -> Iterator[tuple[int, int]]:
    """Give the stretches that end with a hit and hold the latest one of every other group."""
    latest: dict[int, Hit] = {}
    for hit, group in roles:
        latest[group] = hit
        if len(latest) == groups and _distinct(latest.values()):
            spans = latest.values()
            yield min(h.start for h in spans), max(h.end for h in spans)


def _distinct(hits: Iterable[Hit]) -> bool:
    """Whether no word stands for two groups."""
    ordered = sorted((hit.start, hit.end) for hit in hits)
    return all(a[1] <= b[0] for a, b in itertools.pairwise(ordered))


def count_words(text: str) -> int:
    """Count words; two Chinese characters are taken for one, which is their usual length."""
    spaced = "".join(c if is_word(c) else " " for c in text)
    others = sum(c.isalpha() and not is_word(c) for c in text)
    return len(spaced.split()) + (others + 1) // _CJK_CHARACTERS_A_WORD
