"""Which names stand in a text misspelt: candidates from a neighbourhood, then verified.

Each word of a text is looked up once among the words of names; what was found is remembered. What
stands around it, and the case of its letters, then tell whether a name was meant.

The neighbourhood keeps first letters. A wrong, missing or added first letter is found by what is
behind it, in names of six letters or more: shorter ones are other words then.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from techwatch.matching.index import Candidate
from techwatch.matching.neighbourhood import ONE_EDIT_LETTERS, Neighbourhood, allowed_edits
from techwatch.matching.spellings import Form
from techwatch.model import EntityKind
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from techwatch.model import Entity, Name
    from techwatch.text import Folded

__all__ = ["ONE_EDIT_LETTERS", "TypoIndex", "allowed_edits"]

_FIRST_LETTER_LETTERS = 6  # a shorter name is another word with another first letter: "Maidu"
_SHORTEST = ONE_EDIT_LETTERS - 1  # letters of a word that may have lost one
_LONGEST = 40  # longer runs of letters are no words
_AMBIGUOUS = 3  # a word near to more words of names than these is a misspelling of none
_MEMO = 1 << 17  # words of texts that are remembered
_MANY = 12  # words to look for one by one

_WORD = re.compile(r"[a-z0-9\u00df-\u024f]+")  # in folded text, Latin script only
_CASED_WORD = re.compile(rf"[A-Za-z0-9\u00df-\u024f]{{{_SHORTEST},}}")  # the same, case kept
_ACRONYM_PART = re.compile(r"(?<=[a-z])[A-Z]{2,}|[A-Z]{2,}(?=[A-Z][a-z])")

_Side = tuple[int, str]  # which neighbour, and the word that stands there
_ALONE: _Side = (0, "")


class _Place(NamedTuple):
    """One word of one name."""

    entity: Entity
    name: Name
    words: tuple[str, ...]
    at: int  # which of them
    small: bool  # whether the name has it in small letters

    def sides(self) -> Iterator[_Side]:
        """Give what must stand beside it: one neighbour is enough to look the place up by."""
        if len(self.words) == 1:
            yield _ALONE
        if self.at > 0:
            yield -1, self.words[self.at - 1]
        if self.at + 1 < len(self.words):
            yield 1, self.words[self.at + 1]


class TypoIndex:
    """The words of all names that may be misspelt, compiled for searching."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._right: set[str] = set()  # words that are right as they stand
        self._small: set[str] = set()  # words of names that have them in small letters
        self._places: dict[str, dict[_Side, list[_Place]]] = {}
        for entity in entities:
            self._learn(entity)
        self._words = Neighbourhood(self._places)
        self._tails: dict[str, list[str]] = {}  # words of names by what is behind the first letter
        for word in self._places:
            self._tails.setdefault(word[1:], []).append(word)
        self._small_words = Neighbourhood(self._small)
        self._known: dict[str, tuple[str, ...]] = {}  # words of texts, and what they are near to
        # What stood between spaces and is near to no name, where case tells and where it doesn't.
        self._settled: dict[bool, set[str]] = {True: set(), False: set()}

    def _learn(self, entity: Entity) -> None:
        for friend in entity.false_friends:
            self._right.update(_WORD.findall(fold(friend.text).text))
        for name in entity.names:
            folded = fold(name.text)
            spans = [match.span() for match in _WORD.finditer(folded.text)]
            words = tuple(folded.text[start:end] for start, end in spans)
            self._right.update(words)
            if entity.kind is EntityKind.PLACE or not _may_be_misspelt(name):
                continue
            for index, (start, _) in enumerate(spans):
                if len(words[index]) >= ONE_EDIT_LETTERS and words[index].isalpha():
                    small = name.text[folded.span(start, start + 1)[0]].islower()
                    self._add(_Place(entity, name, words, index, small))

    def _add(self, place: _Place) -> None:
        word = place.words[place.at]
        by_side = self._places.setdefault(word, {})
        if place.small:
            self._small.add(word)
        for side in place.sides():
            by_side.setdefault(side, []).append(place)

    def _near(self, word: str) -> tuple[str, ...]:
        """Return what `_near_words` says, from memory if it was asked before."""
        near = self._known.get(word)
        if near is None:
            if len(self._known) > _MEMO:
                self._known.clear()
            near = self._known[word] = self._near_words(word)
        return near

    def _near_words(self, word: str) -> tuple[str, ...]:
        """List the words of names that a word of a text may be a misspelling of."""
        if not (_SHORTEST <= len(word) <= _LONGEST and word.isalpha()):
            return ()
        if word in self._right or word.removesuffix("s") in self._right:
            return ()
        around = self._words.around(word) | self._begun_otherwise(word)
        meant = sorted(found for found in around if _is_typo(word, found)) if around else ()
        return tuple(meant) if len(meant) <= _AMBIGUOUS else ()

    def _begun_otherwise(self, word: str) -> set[str]:
        """Return the words of names that a word is but for its first letter."""
        tails = self._tails
        if word not in tails and word[1:] not in tails and word[1:] not in self._places:
            return set()
        found = {*tails.get(word, ()), *tails.get(word[1:], ())}
        return found | ({word[1:]} & self._places.keys())

    def candidates(self, folded: Folded, original: str) -> list[Candidate]:
        """Return every place where a misspelt name may stand."""
        if not self._places:
            return []
        near = self._suspects(folded.cased, case_tells=not original.islower())
        suspects = {word for word in near if self._neighbour_may_stand(word, folded.text)}
        if not suspects:
            return []
        words = _Words(folded, original)
        return [
            candidate
            for at in words.numbers_of(suspects)
            for near in self._near(words.word(at))
            for candidate in self._verified(words, at, near)
        ]

    def _suspects(self, cased: str, *, case_tells: bool) -> set[str]:
        """Return the words of a text that are near to a name; what has none is remembered.

        A small word may only be one that a name has small. Most words are small and most words of
        names are not, so that most are looked for among few.
        """
        settled = self._settled[case_tells]
        chunks = [*itertools.filterfalse(settled.__contains__, cased.split(" "))]
        if not chunks:
            return set()
        near: set[str] = set()
        for word in set(_CASED_WORD.findall(" ".join(chunks))):
            lower = word.lower()
            begun_otherwise = lower in self._tails or lower[1:] in self._places
            if case_tells and word[0] == lower[0] and not begun_otherwise:
                if self._small_words.may_be_near(lower) and self._small & {*self._near(lower)}:
                    near.add(word)
            elif self._near(lower):
                near.add(word)
        if near:
            chunks = [c for c in chunks if not any(word in c for word in near)]
        if len(settled) > _MEMO:
            settled.clear()
        settled.update([chunk for chunk in chunks if len(chunk) <= _LONGEST])
        return {word.lower() for word in near}

    def _neighbour_may_stand(self, word: str, text: str) -> bool:
        """Whether a text has what must stand beside a word; a quick look before a close one."""
        return any(
            _ALONE in sides or len(sides) > _MANY or any(side in text for _, side in sides)
            for sides in map(self._places.__getitem__, self._near(word))
        )

    def _verified(self, words: _Words, at: int, near: str) -> Iterator[Candidate]:
        by_side = self._places[near]
        for side in (_ALONE, (-1, words.word(at - 1)), (1, words.word(at + 1))):
            for place in by_side.get(side, ()):
                if not words.may_be(at, place):
                    continue
                first = at - place.at
                edits = words.edits(first, place.words)
                if edits is not None:
                    start, end = words.span(first, len(place.words))
                    yield Candidate(place.entity, place.name, start, end, Form.LISTED, edits=edits)


class _Words:
    """The words of a text, numbered."""

    def __init__(self, folded: Folded, original: str) -> None:
        self._folded = folded
        self._original = original
        self._caseless = original.islower()
        self._spans = [match.span() for match in _WORD.finditer(folded.text)]
        self._words = [folded.text[start:end] for start, end in self._spans]

    def numbers_of(self, words: set[str]) -> Iterator[int]:
        """Give the number of each of these words that may be a name's, in order."""
        for number, word in enumerate(self._words):
            if word in words and not self._in_address(number):
                yield number

    def _in_address(self, number: int) -> bool:
        """Whether it follows "@", or a point without a space: a handle or a web address."""
        start = self._spans[number][0]
        before = self._folded.text[max(0, start - 2) : start]
        return before.endswith("@") or (before.endswith(".") and before[0].isalnum())

    def word(self, number: int) -> str:
        """Return a word; "" beyond the ends."""
        return self._words[number] if 0 <= number < len(self._words) else ""

    def span(self, first: int, count: int) -> tuple[int, int]:
        """Return where `count` words from `first` on stand in the folded text."""
        return self._spans[first][0], self._spans[first + count - 1][1]

    def may_be(self, number: int, place: _Place) -> bool:
        """Whether case allows a word to be that of a name.

        It has the capital that the name has, unless it lost it or the text has none at all; and
        capitals inside camel-case words are the same: OpenAPI is not OpenAI.
        """
        start, end = self._folded.span(*self._spans[number])
        surface = self._original[start:end]
        found, wanted = self._words[number], place.words[place.at]
        alone = len(place.words) == 1
        if alone and place.small and found == wanted[1:]:  # what iPhone leaves is another word
            return False
        if surface[0].islower() and not (place.small or self._caseless):
            lost = found == wanted[1:] and surface in place.name.text
            return lost or (found[1:] == wanted and surface[1:] in place.name.text)
        if surface.isupper() or surface.islower():
            return True
        parts, known = (set(_ACRONYM_PART.findall(t)) for t in (surface, place.name.text))
        return parts <= known

    def edits(self, first: int, wanted: tuple[str, ...]) -> int | None:
        """Count the edits that turn the words from `first` on into those wanted, if allowed."""
        if first < 0 or first + len(wanted) > len(self._words):
            return None
        total = 0
        for found, word in zip(self._words[first:], wanted, strict=False):
            if found == word:
                continue
            short = len(wanted) == 1 and len(word) < _FIRST_LETTER_LETTERS
            if not _is_typo(found, word) or (short and _begins_otherwise(found, word)):
                return None
            total += _edits(found, word)
        return total


def _may_be_misspelt(name: Name) -> bool:
    return name.fuzzy and name.text.isascii() and not (name.weak or name.exact_case)


@cache
def _distance() -> Callable[..., int]:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - 20 ms that texts without typos don't pay

    return OSA.distance


def _edits(found: str, word: str, limit: int | None = None) -> int:
    """Count edits, a swap of neighbours being one (optimal string alignment); past `limit` more."""
    return _distance()(found, word, score_cutoff=limit)


def _is_typo(found: str, word: str) -> bool:
    """Whether one word is a misspelling of the other, and no inflection of it."""
    limit = allowed_edits(len(word))
    if not limit or abs(len(found) - len(word)) > limit:
        return False
    if found[0] != word[0] and not _begins_otherwise(found, word) and found[:2] != word[1::-1]:
        return False
    return _edits(found, word, limit) <= limit and not _inflected(found, word)


def _begins_otherwise(found: str, word: str) -> bool:
    """Whether the first letter alone is wrong, missing or one too many."""
    return found[0] != word[0] and (found[1:] in {word, word[1:]} or found == word[1:])


def _inflected(found: str, word: str) -> bool:
    """Whether only an ending was added or a plural's taken away; a doubled last letter is none."""
    if found + "s" == word:
        return True
    return found.startswith(word) and found[len(word) :].strip(word[-1]) != ""
