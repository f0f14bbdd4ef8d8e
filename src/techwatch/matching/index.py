"""Which names stand in a text, letter by letter: one automaton over every spelling of every name.

The cost of a search grows with the text, not with the number of names.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation

from techwatch.matching.inside import in_compound, in_hashtag
from techwatch.matching.spellings import Form, latin, spellings
from techwatch.text import Folded, fold, is_word, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techwatch.model import Entity, Name

_FEW_LITERALS = 3_000  # they take about 12 MB and 0.03 s
_ENDING_LETTERS = 4  # from this length on a Latin name may take a bare s: "Huaweis"
_LINE_BREAK = re.compile(r"[A-Z]\w+-\s+[a-z]\w*")  # a name that was hyphenated: "Hua- wei"


@dataclass(frozen=True, slots=True, eq=False)  # each is its own: comparing entities is slow
class Candidate:
    """A place where a name may stand. Offsets are into the folded text, end exclusive."""

    entity: Entity
    name: Name
    start: int
    end: int
    form: Form = Form.LISTED
    weak: bool = False
    edits: int = 0  # letters that had to be mended

    @property
    def firm(self) -> bool:
        """Whether it needs no support."""
        return not self.weak and not self.edits

    def covers(self, other: Candidate) -> bool:
        """Whether the other stands inside this one and is shorter."""
        return self.start <= other.start and other.end <= self.end and self.length > other.length

    @property
    def length(self) -> int:
        """How many folded characters it spans."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one literal may stand for."""

    entity: Entity
    name: Name
    form: Form
    weak: bool


_Readings = tuple[_Reading, ...]


class NameIndex:
    """All names of some entities, compiled for searching."""

    def __init__(self, entities: Iterable[Entity], cues: Iterable[str] = ()) -> None:
        literals: dict[str, _Readings] = {}
        blocks: dict[str, list[str]] = {}  # ids of the entities that a literal is no name of
        for entity in entities:
            for name in entity.names:
                _add_name(literals, entity, name)
            for friend in entity.false_friends:
                if folded := fold(friend.text).text.strip():
                    for literal in (folded, "#" + folded.replace(" ", "")):
                        literals.setdefault(literal, ())
                        blocks.setdefault(literal, []).append(entity.id)
        cues = {cue: literals.setdefault(cue, ()) for cue in sorted(cues)}
        self._cues = {n for n, text in enumerate(literals) if text in cues}
        self._readings = list(literals.values())
        self._blocks = {n: blocks[text] for n, text in enumerate(literals) if text in blocks}
        texts = list(literals)
        self._automaton = _automaton(texts) if texts else None

    def candidates(self, folded: Folded, original: str) -> tuple[list[Candidate], bool]:
        """Return every place where a name may stand, overlapping ones too, and if a cue stands.

        Left out are names in a case they must not have, names inside a longer word, and names
        inside a false friend of their entity. `folded` must be `fold(original)`. The cues are
        looked for in the same pass, since each pass takes its time.
        """
        found: list[Candidate] = []
        if self._automaton is None:
            return found, False
        blocked: list[tuple[str, int, int]] = []
        cued = False
        text = folded.text
        tagged = "#" in text
        for which, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            in_tag = tagged and in_hashtag(folded, original, start, end)
            inside = start and text[start - 1].isalnum() and joined(text[start - 1], text[start])
            if inside and not in_tag:
                continue
            cued = cued or which in self._cues
            if not (self._readings[which] or which in self._blocks):  # a cue and nothing else
                continue
            if not (_ends(text, start, end) or in_tag or in_compound(text, start, end)):
                continue
            if which in self._blocks:
                blocked.extend((entity_id, start, end) for entity_id in self._blocks[which])
            if readings := self._readings[which]:
                first, last = folded.span(start, end)
                found.extend(_fitting(readings, start, end, original[first:last]))
        if blocked:
            found = _outside(found, blocked)
        return found, cued


def _automaton(texts: list[str]) -> AhoCorasick:
    """Build the automaton: of the kind that is faster by half and ten times as large, if small."""
    kind = Implementation.DFA if len(texts) <= _FEW_LITERALS else Implementation.ContiguousNFA
    return AhoCorasick(texts, store_patterns=False, implementation=kind)


def _add_name(literals: dict[str, _Readings], entity: Entity, name: Name) -> None:
    """Add a name's spellings; those in a row that mean the same share what they stand for."""
    last: _Readings = ()
    for folded, form, doubtful in spellings(name):
        weak = name.weak or doubtful
        if not last or last[0].form is not form or last[0].weak != weak:
            last = (_Reading(entity, name, form, weak),)
        before = literals.get(folded)
        literals[folded] = before + last if before else last


def _ends(text: str, start: int, end: int) -> bool:
    """Whether no word goes on after the stretch, but for an s; CJK has no such bounds."""
    if end == len(text) or not joined(text[end - 1], text[end]):
        return True
    if text[end] != "s" or end - start < _ENDING_LETTERS or not latin(text[start:end]):
        return False
    return end + 1 == len(text) or not is_word(text[end + 1])


def _fitting(readings: _Readings, start: int, end: int, surface: str) -> Iterator[Candidate]:
    for reading in readings:
        name = reading.name
        if name.exact_case and not _same_case(name.text, surface):
            continue
        weak = reading.weak
        if reading.form is Form.RESPACED and not capitalised(surface):
            if not _LINE_BREAK.fullmatch(surface):
                continue
            weak = name.weak
        yield Candidate(reading.entity, name, start, end, reading.form, weak)


def _same_case(name: str, surface: str) -> bool:
    plain = surface if surface.isascii() else unicodedata.normalize("NFKC", surface)
    return name == plain or name.replace(".", "") == plain.replace(".", "")


def capitalised(surface: str) -> bool:
    """Whether every word begins with a capital or with what has no case."""
    return not any(word[0].islower() for word in surface.replace("-", " ").split())


def _outside(found: list[Candidate], blocked: list[tuple[str, int, int]]) -> list[Candidate]:
    """Drop what stands inside a false friend of its entity; `blocked` has whose, start and end."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for entity_id, start, end in sorted(blocked):
        before = spans.setdefault(entity_id, [])
        furthest = max(end, before[-1][1]) if before else end  # of all that begin up to here
        before.append((start, furthest))
    kept = []
    for candidate in found:
        before = spans.get(candidate.entity.id, [])
        at = bisect_right(before, candidate.start, key=itemgetter(0))
        if not at or before[at - 1][1] < candidate.end:
            kept.append(candidate)
    return kept
