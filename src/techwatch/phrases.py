"""Find any number of phrases in a text in one pass.

The pattern language, for vocabulary files and described names:

    ban(s|ned|ning)?        alternatives and optional parts
    crack(s|ed|ing)? down   white space and hyphens are alike; case, accents, 繁體 are folded
    regulat*                any ending
    =US                     in this very case
    add(s|ed)? … list       a gap of at most MAX_GAP characters inside one sentence
    列入…清单               the same in Chinese

Patterns are expanded to literal strings, which one Aho-Corasick automaton finds; the cost of a
search does not grow with their number.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick

from techwatch.text import Folded, fold, is_word, joined

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MAX_GAP = 60  # characters of the folded text between two parts of a phrase
MAX_EXPANSION = 500  # literals one pattern may stand for
_GAP = re.compile(r"\s*(?:…|\.\.\.)\s*")
_GROUP = re.compile(r"\(([^()]*)\)(\??)")
# A full stop after a lone letter or a title belongs to an abbreviation: "U.S. bans", "Foo Inc. is".
# What stands before it is looked at last, so that a search goes from stop to stop.
SENTENCE_END = re.compile(
    r"\.(?<!\b\w\.)(?<!\binc\.)(?<!\bltd\.)(?<!\bcorp\.)(?<!\bco\.)(?<!\bmr\.)(?<!\bms\.)"
    r"(?<!\bdr\.)(?<!\bst\.)(?<!\bgov\.)(?<!\bsen\.)(?<!\brep\.)\s|[!?;]\s|[。！？；\n]"
)  # for folded text


class PatternError(ValueError):
    """A pattern that can't be read."""


class Hit(NamedTuple):
    """A phrase found. Offsets are into the folded text, end exclusive."""

    key: int  # index of the phrase in the set
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)  # each is its own: comparing them is slow
class _Part:
    """One literal of one part of one phrase."""

    key: int
    index: int  # which part of the phrase
    open_end: bool
    cased: str | None  # the spelling demanded


def expand(pattern: str) -> list[str]:
    """List the literal strings that a pattern without gaps stands for."""
    pieces: list[list[str]] = []
    at = 0
    for group in _GROUP.finditer(pattern):
        pieces.append([pattern[at : group.start()]])
        pieces.append(group[1].split("|") + ([""] if group[2] else []))
        at = group.end()
    pieces.append([pattern[at:]])
    total = 1
    for piece in pieces:
        total *= len(piece)
    if total > MAX_EXPANSION:
        message = f"stands for {total} spellings, more than {MAX_EXPANSION}"
        raise PatternError(message)
    literals = ["".join(choice) for choice in itertools.product(*pieces)]
    if any(c in literal for literal in literals for c in "()|?"):
        message = "parentheses don't match, or | and ? stand outside them"
        raise PatternError(message)
    return literals


def check(pattern: str) -> None:
    """Raise PatternError if a PhraseSet could not be made of the pattern."""
    for part in [part for part in _GAP.split(pattern) if part] or [""]:
        for spelling in expand(part):
            if not spelling.removeprefix("=").removesuffix("*").strip():
                message = f"part {spelling!r} is empty"
                raise PatternError(message)


def beginnings(patterns: Iterable[str]) -> set[str]:
    """List folded literals, with one of which each place begins where a pattern stands."""
    parts = (next(part for part in _GAP.split(pattern) if part) for pattern in patterns)
    return {_literal(spelling) for part in parts for spelling in expand(part)}


def _literal(spelling: str) -> str:
    """Fold one spelling of a pattern to what is searched; its marks of case and ending go."""
    return " ".join(fold(spelling.removeprefix("=").removesuffix("*")).text.split())


class PhraseSet:
    """Phrases compiled for searching; the index of a phrase is its key."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile the patterns; raises PatternError naming the first that can't be read."""
        self._literals: dict[str, list[_Part]] = {}
        self._parts: list[int] = []
        for key, pattern in enumerate(patterns):
            self._add(key, pattern)
        self._lookup = list(self._literals.values())
        self._open = [[part for part in parts if part.open_end] for parts in self._lookup]
        self._cased = {n for n, parts in enumerate(self._lookup) if any(p.cased for p in parts)}
        self._automaton = AhoCorasick(list(self._literals)) if self._literals else None

    def _add(self, key: int, pattern: str) -> None:
        parts = [part for part in _GAP.split(pattern) if part]
        if not parts:
            message = f"pattern {pattern!r} is empty"
            raise PatternError(message)
        self._parts.append(len(parts))
        for index, part in enumerate(parts):
            cased = "=" in part
            try:  # what no case is demanded of is folded before it is expanded: ten times less work
                spellings = expand(part if cased else fold(part).text)
            except PatternError as error:
                message = f"pattern {pattern!r} {error}"
                raise PatternError(message) from None
            for spelling in spellings:
                self._add_literal(key, index, spelling, folded=not cased)

    def _add_literal(self, key: int, index: int, spelling: str, *, folded: bool) -> None:
        cased = spelling.startswith("=")
        open_end = spelling.endswith("*")
        literal = spelling.removeprefix("=").removesuffix("*")
        key_text = " ".join((literal if folded else fold(literal).text).split())
        if not key_text:
            message = f"pattern part {spelling!r} is empty"
            raise PatternError(message)
        parts = self._literals.setdefault(key_text, [])
        parts.append(_Part(key, index, open_end, literal if cased else None))

    def find(self, folded: Folded, original: str) -> list[Hit]:
        """Return every phrase in the text, by start; overlapping ones too.

        `folded` must be `fold(original)`.
        """
        hits: list[Hit] = []
        apart: dict[tuple[int, int], list[tuple[int, int]]] = {}  # by phrase and part
        text = folded.text
        for which, start, end in self._matches(text):
            for part in self._fitting(which, start, end, folded, original):
                stop = _word_end(text, end) if part.open_end else end
                if self._parts[part.key] == 1:
                    hits.append(Hit(part.key, start, stop))
                else:
                    apart.setdefault((part.key, part.index), []).append((start, stop))
        for key in self._whole(apart):
            places = [apart[key, index] for index in range(self._parts[key])]
            hits.extend(Hit(key, start, end) for start, end in _chains(places, text))
        return sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.key))

    def standing(self, folded: Folded, original: str) -> set[int]:
        """Return the keys of the phrases that `find` finds; faster, since places don't matter."""
        seen: set[_Part] = set()
        for which, start, end in self._matches(folded.text):
            if not seen.issuperset(self._lookup[which]):
                seen.update(self._fitting(which, start, end, folded, original))
        apart = {(part.key, part.index) for part in seen if self._parts[part.key] > 1}
        if apart and self._whole(apart):
            return {hit.key for hit in self.find(folded, original)}
        return {part.key for part in seen if self._parts[part.key] == 1}

    def _whole(self, apart: Collection[tuple[int, int]]) -> list[int]:
        """Return the keys of those phrases in several parts of which every part is there."""
        return [
            key
            for key, index in apart
            if index == 0 and all((key, i) in apart for i in range(1, self._parts[key]))
        ]

    def _matches(self, text: str) -> Sequence[tuple[int, int, int]]:
        """Return every literal in the text, with its start and end, inside words too."""
        if self._automaton is None:
            return ()
        return self._automaton.find_matches_as_indexes(text, overlapping=True)

    def _fitting(
        self, which: int, start: int, end: int, folded: Folded, original: str
    ) -> Sequence[_Part]:
        """Return what a literal stands for at a place, by the words' bounds and by case."""
        text = folded.text
        if start and text[start - 1].isalnum() and joined(text[start - 1], text[start]):
            return ()
        parts = self._open[which] if _goes_on(text, end) else self._lookup[which]
        if parts and which in self._cased:
            first, last = folded.span(start, end)
            return [p for p in parts if p.cased is None or p.cased == original[first:last]]
        return parts


def _goes_on(text: str, end: int) -> bool:
    """Whether a word goes on behind what ends there."""
    return end < len(text) and text[end].isalnum() and joined(text[end - 1], text[end])


def _word_end(text: str, end: int) -> int:
    """Return where the word ends that goes on behind `end`, if one does."""
    if _goes_on(text, end):
        while end < len(text) and is_word(text[end]):
            end += 1
    return end


def _chains(places: Iterable[list[tuple[int, int]]], text: str) -> list[tuple[int, int]]:
    """Join the hits of a phrase's parts, in order, each as near to the one before as can be."""
    first, *rest = map(sorted, places)
    chains = []
    for start, end in first:
        stop: int | None = end
        for hits in rest:
            stop = _next_end(hits, stop, text) if stop is not None else None
        if stop is not None:
            chains.append((start, stop))
    return chains


def _next_end(hits: list[tuple[int, int]], after: int, text: str) -> int | None:
    """Return where the first hit from `after` on ends, if it is near and in the same sentence."""
    at = bisect_left(hits, (after, after))
    if at == len(hits):
        return None
    start, end = hits[at]
    too_far = start - after > MAX_GAP or SENTENCE_END.search(text, after, start)
    return None if too_far else end
