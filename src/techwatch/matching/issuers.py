"""Whose body and whose measure a text speaks of: China's export controls are not America's."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from techwatch.model import EntityKind
from techwatch.phrases import SENTENCE_END, PhraseSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.matching.index import Candidate
    from techwatch.matching.passage import Passage
    from techwatch.model import Baseline, Entity

_BODIES = frozenset({"government_body", "legislature", "court", "party_body"})
_PLACE_WORDS = "place "  # the contexts of a vocabulary that list a country's words: "place jp"
# After the one who takes a measure, for folded text: a verb of taking measures, soon.
_TAKES_A_MEASURE = re.compile(
    r"(?:'s? \w+ \w+|'s? \w+)?(?: (?!says?\b|said\b|tells?\b|told\b)\w+){0,2}?"
    r" (?:impos|restrict|bann?|curb|announc|tighten|expand|unveil|introduc|adopt|halt|suspend|"
    r"limit|block|slap|hit|retaliat|defend|step|add|place|issue|launch|strengthen|set)\w*"
    r"|(?:政府|当局|方面)?(?:今日|日前|近日|将|拟|已)?(?:宣布|对[^,。]{1,12}(?:实施|采取|出口管制|限制)|"
    r"限制|禁止|出台|实施|发布|公布|启动|反制|收紧)"
)
_OWNS = re.compile(r"'s? (?:\w+ ){0,2}")  # between an owner and its measure: "Beijing's new"
_OWNS_AS_ADJECTIVE = re.compile(r" (?:\w+ ){0,2}")  # "Dutch", "Chinese" do without a genitive
_ADJECTIVE = re.compile(r"(?:ese|ish|an|utch|wiss|us|u\.s\.?|eu|isk|iske)$")
# From an owner to the end of its measure: "US chip restrictions".
_OWN_MEASURE = re.compile(
    r"(?:'s?)?(?: (?!with |on |in |for |to |as |over |amid |and |of )\w+){1,3}"
)
_RIGHT_BEFORE = re.compile(r"(?:'s?)? ?")  # between a country and its body: "India's", "韩国"
_RIGHT_AFTER = re.compile(r"(?: and \w+)? (?:of|in) (?:the )?")  # "of Vietnam"
_REACH = 80  # folded characters that an owner or a verb is looked for
_LONGEST = 200  # folded characters of a power's name
_NEXT_TO = 30  # folded characters between a body and the country whose it is


class Power(NamedTuple):
    """A place in a text that speaks of one who can take measures."""

    start: int  # in the folded text, end exclusive
    end: int
    country: str
    name: str  # for people


class PlaceWords:
    """The words of all countries that the vocabularies list, compiled once."""

    def __init__(self, baseline: Baseline) -> None:
        self._countries: list[str] = []
        patterns: list[str] = []
        for vocabulary in baseline.vocabularies.values():
            for key, words in vocabulary.contexts.items():
                if key.startswith(_PLACE_WORDS):
                    country = key.removeprefix(_PLACE_WORDS).split("-")[0]
                    self._countries += [country] * len(words)
                    patterns += words
        self._phrases = PhraseSet(patterns)

    def powers(self, passage: Passage, candidates: Iterable[Candidate]) -> list[Power]:
        """List the powers of a passage: the baseline's places and bodies, and other countries."""
        known = [
            Power(c.start, c.end, c.entity.country, c.entity.name)
            for c in candidates
            if c.entity.country and (c.entity.kind is EntityKind.PLACE or _body(c.entity))
        ]
        others = [
            Power(
                hit.start,
                hit.end,
                self._countries[hit.key],
                passage.cut(hit.start, hit.end)[2],
            )
            for hit in self._phrases.find(passage.folded, passage.original)
        ]
        return sorted(known + others)


def can_be_foreign(entity: Entity) -> bool:
    """Whether other countries have the like: a ministry, a law."""
    return entity.country is not None and (_body(entity) or entity.kind is EntityKind.LAW)


def foreign_issuer(
    entity: Entity, span: tuple[int, int], passage: Passage, powers: Sequence[Power]
) -> str | None:
    """Name the power that the sentence gives the measure to, if it is not the entity's own.

    A power inside the stretch `span` of the folded text or before it counts where a verb of taking
    measures or a genitive follows it; the first one decides.
    """
    if entity.kind is not EntityKind.LAW or entity.country is None:
        return None
    text = passage.folded.text
    near = [p for p in _from(powers, span[0] - _REACH, span[1]) if p.end + _REACH >= span[0]]
    for power in near:
        if power.country == entity.country and _OWN_MEASURE.fullmatch(text, power.end, span[1]):
            return None
    for power in near:
        if not SENTENCE_END.search(text, power.end, span[0]) and _acts(power, span[0], text):
            return None if power.country == entity.country else power.name
    return None


def _acts(power: Power, start: int, text: str) -> bool:
    """Whether a power takes a measure, or owns the one that begins at `start`."""
    if _TAKES_A_MEASURE.match(text, power.end, power.end + _REACH):
        return True
    adjective = _ADJECTIVE.search(text, power.start, power.end)
    owns = _OWNS_AS_ADJECTIVE if adjective else _OWNS
    return owns.fullmatch(text, power.end, max(start, power.end)) is not None


def foreign_owner(
    entity: Entity, span: tuple[int, int], passage: Passage, powers: Sequence[Power]
) -> str | None:
    """Name the other country whose body or law it is: "India's ministry", 韩国商务部."""
    start, end = span
    text = passage.folded.text
    for power in _from(powers, start - _NEXT_TO, end + _NEXT_TO):
        before = 0 <= start - power.end < _NEXT_TO and _RIGHT_BEFORE.fullmatch(
            text, power.end, start
        )
        after = 0 <= power.start - end < _NEXT_TO and _RIGHT_AFTER.fullmatch(text, end, power.start)
        if before or after:
            return None if power.country == entity.country else power.name
    return None


def _from(powers: Sequence[Power], start: int, end: int) -> Sequence[Power]:
    """Return the powers that may reach past `start` and begin before `end`; looks at few."""
    first = bisect_left(powers, start - _LONGEST, key=lambda power: power.start)
    return powers[first : bisect_left(powers, end, lo=first, key=lambda power: power.start)]


def _body(entity: Entity) -> bool:
    return entity.type in _BODIES
